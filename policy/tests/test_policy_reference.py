"""A message about the service authorization reference names the statement, the element and the fix."""

from collections.abc import Mapping

import pytest
from engine import Stub, engine_context, judge_resource
from good_stack import ACCOUNT, CONFIG, KEY, ROLE, ROLE_POLICY
from policy_cases import CONTEXT, GROUP, KEY_ARN, key_for_logs, may, trusted, when
from rule_cases import Inputs

from sandbox_policy.arn_forms import fits, possible_types
from sandbox_policy.service_reference import key_matches, matching_actions, service_prefixes, similar_action


def judged(rule: str, kind: str, inputs: Inputs, config: Mapping[str, object] = CONFIG) -> list[str]:
    """The messages that the rule reports for a resource in an update."""
    return judge_resource(rule, Stub(kind, "it", inputs), engine_context(config, preview=False))


def test_an_action_without_resource_types_must_use_a_star() -> None:
    inputs = may(["logs:PutLogEvents", "logs:DescribeLogGroups"], [GROUP + ":*"])
    assert judged("policy-resources", ROLE_POLICY, inputs) == [
        f"statement It names logs:DescribeLogGroups on {GROUP}:*: "
        "AWS can't limit it to resources, so only Resource * matches"
    ]


def test_the_message_names_the_action_that_does_not_support_the_condition_key() -> None:
    inputs = key_for_logs(Action=["kms:Encrypt", "kms:GenerateDataKey*", "kms:DescribeKey"])
    assert judged("policy-conditions", KEY, inputs) == [
        f"statement Logs: ArnLike on {CONTEXT}: kms:DescribeKey does not support this key; "
        "the statement never matches it. Give kms:DescribeKey a statement of its own"
    ]


def test_a_condition_that_is_true_without_its_key_is_reported_as_without_effect() -> None:
    (message,) = judged(
        "policy-conditions", ROLE_POLICY, when("StringNotEquals", CONTEXT, GROUP, "kms:DescribeKey")
    )
    assert "always true, so it has no effect" in message


def test_the_message_for_a_resource_of_the_wrong_type_shows_the_right_arn_format() -> None:
    alias = f"arn:aws:kms:us-west-2:{ACCOUNT}:alias/sandbox"
    messages = judged("policy-resources", ROLE_POLICY, may("kms:Decrypt", alias))
    assert messages[0] == (
        f"statement It names kms:Decrypt on {alias}: "
        "it applies to arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}"
    )
    assert len(messages) == 2


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("logs:PutLogEvent", "logs:PutLogEvents"),
        ("log:PutLogEvents", "logs:PutLogEvents"),
        ("secretmanager:GetSecretValue", "secretsmanager:GetSecretValue"),
        ("kms:Decript", "kms:Decrypt"),
    ],
)
def test_the_message_for_a_misspelt_action_suggests_the_right_one(wrong: str, right: str) -> None:
    (message,) = judged("policy-actions", ROLE_POLICY, may(wrong, KEY_ARN))
    assert message.startswith(f"statement It names {wrong}: ")
    assert message.endswith(f"did you mean {right}?")


def test_a_misspelt_service_in_a_trust_policy_is_reported() -> None:
    inputs = trusted(Principal={"Service": "ecs-task.amazonaws.com"})
    assert judged("policy-principals", ROLE, inputs) == [
        "statement Assume names the principal Service 'ecs-task.amazonaws.com': AWS has no service principal "
        "ecs-task.amazonaws.com"
    ]


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("us-west-2", "aws", "amazonaws.com"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
    ],
)
def test_arns_and_host_names_are_those_of_the_region_s_partition(
    region: str, partition: str, suffix: str
) -> None:
    config = {**CONFIG, "aws:region": region}
    key = f"arn:{partition}:kms:{region}:{ACCOUNT}:key/0a1b"
    condition = {"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.{suffix}"}}
    inputs = may("kms:Decrypt", key, Condition=condition)
    for rule in ("policy-resources", "policy-conditions"):
        assert judged(rule, ROLE_POLICY, inputs, config) == []
        other = {**CONFIG, "aws:region": "ap-south-1" if partition != "aws" else "cn-north-1"}
        assert judged(rule, ROLE_POLICY, inputs, other)


def test_without_a_region_in_the_configuration_any_partition_of_aws_passes() -> None:
    inputs = may("kms:Decrypt", KEY_ARN.replace("arn:aws:", "arn:aws-cn:"))
    config = {key: value for key, value in CONFIG.items() if key != "aws:region"}
    assert judged("policy-resources", ROLE_POLICY, inputs, config) == []


@pytest.mark.parametrize(
    ("action", "arn", "names"),
    [
        ("s3", "arn:aws:s3:::b/*", {"object"}),
        ("s3", "arn:aws:s3:::b", {"bucket"}),
        ("s3", "arn:aws:s3:::b*", {"bucket", "object"}),
        ("s3", "arn:aws:s3:::?", {"bucket"}),
        ("logs", GROUP, {"log-group"}),
        ("logs", GROUP + ":*", {"log-group", "log-stream"}),
        ("logs", GROUP + ":log-stream:*", {"log-stream"}),
        ("kms", "arn:aws:kms:*:*:*", {"key", "alias"}),
        (
            "secretsmanager",
            "arn:aws:secretsmanager:us-west-2:123456789012:secret:${aws:username}/*",
            {"Secret"},
        ),
    ],
)
def test_a_pattern_names_the_most_specific_types_that_it_can_match(
    action: str, arn: str, names: set[str]
) -> None:
    assert {kind.name for kind in possible_types(arn, action)} >= names
    others = {"bucket", "object", "log-group", "log-stream", "key", "alias"} - names
    assert not {kind.name for kind in possible_types(arn, action)} & others


def test_only_a_star_matches_an_action_without_resources() -> None:
    (action,) = matching_actions("logs:DescribeLogGroups")
    assert fits(action, "*")
    assert not fits(action, "arn:aws:logs:*:*:*")


def test_only_the_wildcards_of_iam_work_in_actions() -> None:
    assert {action.name for action in matching_actions("kms:reencrypt*")} == {
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    }
    assert matching_actions("kms:Decryp?")
    assert not matching_actions("kms:[D]ecrypt")
    assert not matching_actions("kms")


def test_a_key_s_template_matches_only_a_filled_in_key() -> None:
    assert key_matches("kms:EncryptionContext:${EncryptionContextKey}", "kms:encryptioncontext:aws:logs:arn")
    assert not key_matches("kms:EncryptionContext:${EncryptionContextKey}", "kms:EncryptionContext:")
    assert key_matches("s3:ExistingObjectTag/<key>", "s3:ExistingObjectTag/a")
    assert key_matches("secretsmanager:ResourceTag/tag-key", "secretsmanager:ResourceTag/Project")
    assert not key_matches("kms:ViaService", "kms:ViaServices")


def test_the_reference_knows_every_service_that_the_sandbox_uses() -> None:
    used = {"bedrock", "ec2", "ecr", "ecs", "iam", "kms", "logs", "route53resolver", "s3", "secretsmanager"}
    assert used | {"elasticloadbalancing", "servicediscovery", "sts"} <= service_prefixes()


def test_a_name_unlike_any_action_gives_no_suggestion() -> None:
    assert similar_action("kms:Zzzzzzzz") is None
    assert similar_action("zzzzzzzz:Decrypt") is None
