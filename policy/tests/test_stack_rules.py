"""Stack rules check existence and references of resources, at preview and after the update."""

import pytest
from engine import engine_context, judge_stack
from good_stack import (
    BALANCER,
    CONFIG,
    DEFAULT_GROUP,
    DOMAINS,
    FIREWALL,
    FIREWALL_CONFIG,
    FIREWALL_RULE,
    FLOW_LOG,
    GROUP,
    IGW,
    INGRESS,
    LIFECYCLE,
    LOG_GROUP,
    NAT,
    QUERY_LOG,
    QUERY_LOG_ASSOCIATION,
    REPOSITORY,
    ROUTE,
    RULE_GROUP,
    SECRET,
    SERVICE,
    SUBNET,
    TABLE,
    TABLE_ASSOCIATION,
    VPC,
    Change,
    good_stack,
    with_link,
    with_resource,
    with_value,
    without,
)
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_NUMBER_VALUE, UNKNOWN_STRING_VALUE

from sandbox_policy.catalogue import STACK_RULES

LEGACY = "aws:ec2/securityGroupRule:SecurityGroupRule"

VIOLATING: list[tuple[str, Change]] = [
    ("group-sources", with_link(INGRESS, "deployer-to-console", "securityGroupId", (GROUP, "orchestration"))),
    ("group-sources", with_link(INGRESS, "deployer-to-viewer", "securityGroupId", (GROUP, "environment"))),
    (
        "group-sources",
        with_link(INGRESS, "agent-to-control", "referencedSecurityGroupId", (GROUP, "front-door")),
    ),
    (
        "group-sources",
        with_link(INGRESS, "agent-to-control", "referencedSecurityGroupId", (GROUP, "environment")),
    ),
    (
        "group-sources",
        with_link(INGRESS, "door-to-viewer", "referencedSecurityGroupId", (GROUP, "orchestration")),
    ),
    ("group-sources", with_value(INGRESS, "door-to-viewer", "referencedSecurityGroupId", "sg-0123456789")),
    ("group-sources", with_value(INGRESS, "door-to-viewer", "securityGroupId", "sg-0123456789")),
    ("group-sources", with_value(GROUP, "environment", "ingress", [{"cidrBlocks": ["203.0.113.1/32"]}])),
    (
        "group-sources",
        with_resource(
            LEGACY, "more", type="ingress", securityGroupId="sg-0123456789", cidrBlocks=["10.0.0.0/8"]
        ),
    ),
    ("ingress-found", with_value(GROUP, "front-door", "ingress", [{"cidrBlocks": ["0.0.0.0/0"]}])),
    ("ingress-found", with_value(GROUP, "front-door", "ingress", [{"ipv6CidrBlocks": ["::/0"]}])),
    ("ingress-found", with_value(GROUP, "environment", "ingress", [{"prefixListIds": ["pl-0a"]}])),
    ("default-security-group-present", without(DEFAULT_GROUP, "default")),
    ("default-security-group-present", with_value(DEFAULT_GROUP, "default", "vpcId", "vpc-0123456789")),
    (
        "private-tasks",
        with_link(
            SERVICE,
            "environment",
            "networkConfiguration",
            (SUBNET, "public-0"),
            (SUBNET, "private-1"),
            wrap=True,
        ),
    ),
    ("private-tasks", with_link(TABLE_ASSOCIATION, "private-1", "routeTableId", (TABLE, "public"))),
    ("private-tasks", with_link(ROUTE, "public", "routeTableId", (TABLE, "private"))),
    ("private-tasks", without(TABLE_ASSOCIATION, "private-0")),
    (
        "private-tasks",
        with_value(SERVICE, "environment", "networkConfiguration", {"subnets": ["subnet-012345"]}),
    ),
    ("private-tasks", with_link(SUBNET, "private-0", "ipv6CidrBlock", (VPC, "sandbox"))),
    ("dns-firewall-present", without(FIREWALL, "dns")),
    ("dns-firewall-present", with_value(FIREWALL, "dns", "vpcId", "vpc-0123456789")),
    ("dns-firewall-present", with_value(FIREWALL, "dns", "firewallRuleGroupId", "rslvr-frg-0123456789")),
    ("dns-firewall-rules", without(FIREWALL_RULE, "every-name")),
    ("dns-firewall-rules", with_value(FIREWALL_RULE, "every-name", "action", "ALLOW")),
    ("dns-firewall-rules", with_value(FIREWALL_RULE, "every-name", "action", "ALERT")),
    ("dns-firewall-rules", with_value(FIREWALL_RULE, "every-name", "priority", 50)),
    ("dns-firewall-rules", with_value(FIREWALL_RULE, "every-name", "priority", 200)),
    ("dns-firewall-rules", with_value(DOMAINS, "every-name", "domains", ["*.org."])),
    ("dns-firewall-rules", with_value(DOMAINS, "allowed", "domains", ["example.com.", "*."])),
    ("dns-firewall-rules", with_value(DOMAINS, "allowed", "domains", ["*"])),
    ("dns-firewall-rules", with_value(DOMAINS, "task-names", "domains", ["*.com."])),
    (
        "dns-firewall-rules",
        with_value(FIREWALL_RULE, "allowed", "firewallDomainListId", "rslvr-fdl-aws-managed"),
    ),
    ("dns-firewall-rules", with_resource(RULE_GROUP, "empty", id="rslvr-frg-empty")),
    ("dns-fail-closed-present", without(FIREWALL_CONFIG, "dns")),
    ("dns-fail-closed-present", with_value(FIREWALL_CONFIG, "dns", "resourceId", "vpc-0123456789")),
    ("query-log-present", without(QUERY_LOG_ASSOCIATION, "dns")),
    (
        "query-log-present",
        with_value(QUERY_LOG_ASSOCIATION, "dns", "resolverQueryLogConfigId", "rqlc-0123456789"),
    ),
    ("query-log-present", with_value(QUERY_LOG, "dns", "destinationArn", "arn:aws:s3:::somewhere-else")),
    ("flow-log-present", without(FLOW_LOG, "sandbox")),
    ("flow-log-present", with_value(FLOW_LOG, "sandbox", "vpcId", None)),
    ("own-key", with_value(LOG_GROUP, "dns-queries", "kmsKeyId", None)),
    (
        "own-key",
        with_value(LOG_GROUP, "flow-logs", "kmsKeyId", "arn:aws:kms:us-west-2:999999999999:key/other"),
    ),
    ("own-key", with_value(SECRET, "login", "kmsKeyId", "alias/aws/secretsmanager")),
    ("own-key", with_value(REPOSITORY, "images", "encryptionConfigurations", [{"encryptionType": "AES256"}])),
    ("repository-lifecycle", without(LIFECYCLE, "images")),
    ("repository-lifecycle", with_value(LIFECYCLE, "images", "repository", "another")),
    ("two-zones", with_link(BALANCER, "front-door", "subnets", (SUBNET, "public-0"), wrap=True)),
    ("two-zones", with_value(SUBNET, "public-1", "availabilityZone", "us-west-2a")),
    ("route-targets", with_value(ROUTE, "private", "natGatewayId", "nat-0123456789")),
    ("route-targets", without(NAT, "nat")),
    ("route-targets", with_value(ROUTE, "private", "vpcPeeringConnectionId", "pcx-0123456789")),
    ("route-targets", with_link(ROUTE, "private", "gatewayId", (IGW, "sandbox"))),
    ("route-targets", with_value(ROUTE, "public", "gatewayId", None)),
    ("own-vpc", with_value(SUBNET, "public-1", "vpcId", "vpc-0123456789")),
    ("own-vpc", with_value(GROUP, "environment", "vpcId", "vpc-0123456789")),
    ("own-vpc", with_value(TABLE, "private", "vpcId", None)),
]

MALFORMED: list[tuple[str, Change]] = [
    ("group-sources", with_value(GROUP, "environment", "ingress", "everybody")),
    ("ingress-found", with_value(GROUP, "front-door", "ingress", ["everybody"])),
    ("default-security-group-present", with_value(DEFAULT_GROUP, "default", "vpcId", 7)),
    ("private-tasks", with_value(SERVICE, "environment", "networkConfiguration", "private")),
    ("dns-firewall-present", with_value(FIREWALL, "dns", "vpcId", ["somewhere"])),
    ("dns-firewall-rules", with_value(FIREWALL_RULE, "allowed", "priority", "first")),
    ("dns-firewall-rules", with_value(DOMAINS, "allowed", "domains", "example.com.")),
    ("dns-firewall-rules", with_value(DOMAINS, "allowed", "domains", [7])),
    ("dns-fail-closed-present", with_value(FIREWALL_CONFIG, "dns", "resourceId", 7)),
    ("query-log-present", with_value(QUERY_LOG, "dns", "destinationArn", 7)),
    ("flow-log-present", with_value(FLOW_LOG, "sandbox", "vpcId", {"id": 7})),
    ("own-key", with_value(SECRET, "login", "kmsKeyId", 7)),
    ("repository-lifecycle", with_value(LIFECYCLE, "images", "repository", 7)),
    ("two-zones", with_value(BALANCER, "front-door", "subnets", "everywhere")),
    ("route-targets", with_value(ROUTE, "private", "natGatewayId", 7)),
    ("own-vpc", with_value(SUBNET, "private-1", "vpcId", 7)),
]

UNKNOWN_FOR_EVER: list[tuple[str, Change]] = [
    ("dns-firewall-rules", with_value(DOMAINS, "allowed", "domains", UNKNOWN_ARRAY_VALUE)),
    ("dns-firewall-rules", with_value(DOMAINS, "allowed", "domains", [UNKNOWN_STRING_VALUE])),
    ("own-key", with_value(SECRET, "login", "kmsKeyId", UNKNOWN_STRING_VALUE)),
    ("query-log-present", with_value(QUERY_LOG, "dns", "destinationArn", UNKNOWN_STRING_VALUE)),
]

ADMITTED = [{"cidrBlocks": ["203.0.113.1/32"], "ipv6CidrBlocks": [], "securityGroups": ["sg-0123456789"]}]

UNKNOWN_REFUSED: list[tuple[str, Change]] = [
    ("dns-firewall-rules", with_value(FIREWALL_RULE, "allowed", "priority", UNKNOWN_NUMBER_VALUE)),
    ("route-targets", with_value(ROUTE, "private", "natGatewayId", UNKNOWN_STRING_VALUE)),
    ("own-vpc", with_value(SUBNET, "private-1", "vpcId", UNKNOWN_STRING_VALUE)),
    ("default-security-group-present", with_value(DEFAULT_GROUP, "default", "vpcId", UNKNOWN_STRING_VALUE)),
    ("group-sources", with_value(INGRESS, "door-to-viewer", "securityGroupId", UNKNOWN_STRING_VALUE)),
]
"""An unknown value that, as far as the engine knows, does not depend on any resource of this stack."""


@pytest.mark.parametrize(("preview", "ids"), [(True, True), (False, True), (False, False)])
@pytest.mark.parametrize("rule", [rule.name for rule in STACK_RULES])
def test_a_stack_that_keeps_its_promises_passes_at_preview_and_after(
    rule: str, preview: bool, ids: bool
) -> None:
    stubs = good_stack(preview=preview, ids=ids)
    assert judge_stack(rule, stubs, engine_context(CONFIG, preview=preview)) == []


@pytest.mark.parametrize(("preview", "ids"), [(True, True), (False, True), (False, False)])
@pytest.mark.parametrize(("rule", "change"), VIOLATING)
def test_a_stack_that_breaks_a_promise_is_refused_at_preview_and_after(
    rule: str, change: Change, preview: bool, ids: bool
) -> None:
    stubs = good_stack(preview=preview, ids=ids)
    change(stubs)
    assert judge_stack(rule, stubs, engine_context(CONFIG, preview=preview))


@pytest.mark.parametrize(("rule", "change"), MALFORMED)
def test_a_stack_that_can_not_be_read_is_refused(rule: str, change: Change) -> None:
    stubs = good_stack(preview=False)
    change(stubs)
    assert judge_stack(rule, stubs, engine_context(CONFIG, preview=False))


@pytest.mark.parametrize(("rule", "change"), UNKNOWN_FOR_EVER)
def test_a_value_that_only_the_update_knows_passes_at_preview_and_is_refused_if_still_unknown(
    rule: str, change: Change
) -> None:
    for preview in (True, False):
        stubs = good_stack(preview=preview)
        change(stubs)
        assert bool(judge_stack(rule, stubs, engine_context(CONFIG, preview=preview))) is not preview


@pytest.mark.parametrize(("rule", "change"), UNKNOWN_REFUSED)
def test_an_unknown_value_without_a_dependency_is_refused_at_preview(rule: str, change: Change) -> None:
    stubs = good_stack(preview=True)
    change(stubs)
    assert judge_stack(rule, stubs, engine_context(CONFIG, preview=True))


@pytest.mark.parametrize("found", [ADMITTED, [], UNKNOWN_ARRAY_VALUE])
def test_a_refreshed_group_passes_if_its_sources_lie_within_deployer_ip(found: object) -> None:
    stubs = good_stack(preview=True)
    with_value(GROUP, "front-door", "ingress", found)(stubs)
    assert judge_stack("ingress-found", stubs, engine_context(CONFIG, preview=True)) == []


def _admits(source: str, port: int) -> dict[str, object]:
    return {"cidrBlocks": [source], "ipv6CidrBlocks": [], "fromPort": port, "toPort": port}


def test_the_old_source_does_not_stop_a_change_of_deployer_ip() -> None:
    stubs = good_stack(preview=False)
    old = [_admits("198.51.100.0/24", 8501), _admits("198.51.100.0/24", 8443)]
    with_value(GROUP, "front-door", "ingress", old)(stubs)
    assert judge_stack("ingress-found", stubs, engine_context(CONFIG, preview=False)) == []


@pytest.mark.parametrize(
    "found",
    [
        # A second source besides the replaced one.
        [_admits("198.51.100.0/24", 8501), _admits("198.51.101.0/24", 8501)],
        # An additional source besides the current one.
        [_admits("203.0.113.1/32", 8501), _admits("198.51.100.0/24", 8501)],
        # A source at a port that no rule of the stack opens.
        [_admits("198.51.100.0/24", 22)],
        # A range wider than any valid deployerIp.
        [_admits("198.0.0.0/8", 8501)],
    ],
)
def test_nothing_but_the_replaced_source_is_tolerated(found: object) -> None:
    stubs = good_stack(preview=False)
    with_value(GROUP, "front-door", "ingress", found)(stubs)
    assert len(judge_stack("ingress-found", stubs, engine_context(CONFIG, preview=False))) == 1


def test_a_configuration_that_can_not_be_read_is_refused() -> None:
    context = engine_context({"deployerIp": "0.0.0.0/0"}, preview=True)
    assert "wider than /16" in judge_stack("stack-configuration", [], context)[0]


def test_every_stack_rule_has_cases() -> None:
    covered = {rule for rule, _ in VIOLATING} & {rule for rule, _ in MALFORMED}
    told_by_context = {"stack-configuration", "exceptions-in-force"}
    assert covered | told_by_context == {rule.name for rule in STACK_RULES}
