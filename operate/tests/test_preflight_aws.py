"""Each check of the account passes for a good account, and names the obstacle and the fix for a bad one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session

from operate.checks import run
from operate.findings import Finding, Outcome, Status
from operate.preflight import (
    credentials,
    examine,
    models,
    names,
    permissions,
    quotas,
    region,
    stack_name,
    zones,
)
from operate.preflight.plan import Plan, PlanCheck
from operate.tests import good_answers
from operate.tests.conftest import MakePlan
from operate.tests.good_answers import MODEL, PROFILE, availability, quota, simulated
from operate.tests.wire import Answer, Call, Fault, Wire

Client = Callable[[str], Any]

TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
  "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}"""
POLICY = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["ec2:CreateVpc", "ec2:DeleteVpc"], "Resource": "*",
   "Condition": {"StringEquals": {"aws:RequestTag/Project": "ComputerUseSandbox"}}},
  {"Effect": "Allow", "Action": "iam:CreateRole",
   "Resource": "arn:aws:iam::*:role/computer-use-sandbox/*"}]}"""


@pytest.fixture(autouse=True)
def good_account(wire: Wire) -> None:
    good_answers.prepare(wire)


@pytest.fixture
def deployer_policy(tmp_path: Path) -> Path:
    folder = tmp_path / "deployer-policy"
    folder.mkdir()
    (folder / "one.json").write_text(POLICY, encoding="utf-8")
    return folder


@pytest.fixture
def permissions_check(deployer_policy: Path) -> PlanCheck:
    """The permissions check, with a small policy."""
    return PlanCheck("permissions", "-", lambda plan: permissions.find(plan, deployer_policy))


def _statuses(outcome: Outcome) -> set[str]:
    return {str(finding.status) for finding in outcome.findings}


def _only(outcome: Outcome, status: Status) -> Finding:
    """The only finding with that status."""
    found = [finding for finding in outcome.findings if finding.status is status]
    assert len(found) == 1, outcome
    return found[0]


AWS_CHECKS = (credentials, region, zones, models, quotas, names, stack_name)


@pytest.mark.parametrize("module", AWS_CHECKS, ids=lambda module: str(module.CHECK.name))
def test_a_good_account_and_stack_pass(module: Any, make_plan: MakePlan) -> None:
    assert _statuses(run(module.CHECK, make_plan())) == {"ok"}


def test_the_deployers_policy_passes(permissions_check: PlanCheck, make_plan: MakePlan) -> None:
    outcome = run(permissions_check, make_plan())
    assert _statuses(outcome) == {"ok"}
    assert "3 of the deployer's 3 actions" in outcome.findings[0].what


class TestCredentials:
    def test_refused_credentials_fail_and_no_other_call_is_made(
        self, wire: Wire, make_plan: MakePlan
    ) -> None:
        wire.answers["sts", "GetCallerIdentity"] = Fault("ExpiredToken", "The token has expired")
        outcomes = examine(make_plan(), (credentials.CHECK, zones.CHECK, stack_name.CHECK))
        assert "ExpiredToken" in _only(outcomes[0], Status.FAILURE).what
        assert "aws sso login" in outcomes[0].findings[0].fix
        assert "the credentials fail" in _only(outcomes[1], Status.WARNING).what
        assert _statuses(outcomes[2]) == {"ok"}
        assert wire.calls == [("sts", "GetCallerIdentity")]

    def test_no_credentials_at_all_fail(self, make_plan: MakePlan, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        outcome = run(credentials.CHECK, make_plan())
        assert "credentials" in _only(outcome, Status.FAILURE).what

    def test_an_account_that_is_not_allowed_fails(self, make_plan: MakePlan, account: str) -> None:
        outcome = run(credentials.CHECK, make_plan(aws={"allowedAccountIds": ["999999999999"]}))
        assert account in _only(outcome, Status.FAILURE).what
        assert "aws:allowedAccountIds" in _only(outcome, Status.FAILURE).fix

    def test_an_account_that_is_forbidden_fails(self, make_plan: MakePlan, account: str) -> None:
        outcome = run(credentials.CHECK, make_plan(aws={"forbiddenAccountIds": [account]}))
        assert "aws:forbiddenAccountIds" in _only(outcome, Status.FAILURE).what

    def test_the_root_user_is_a_warning(self, wire: Wire, make_plan: MakePlan) -> None:
        root = {"UserId": "1", "Account": "123456789012", "Arn": "arn:aws:iam::123456789012:root"}
        wire.answers["sts", "GetCallerIdentity"] = root
        assert "root" in _only(run(credentials.CHECK, make_plan()), Status.WARNING).what

    def test_a_role_that_only_the_deployment_assumes_is_a_warning(self, make_plan: MakePlan) -> None:
        outcome = run(credentials.CHECK, make_plan(aws={"assumeRole": "{}"}))
        assert "aws:assumeRole" in _only(outcome, Status.WARNING).what


class TestRegionAndZones:
    def test_a_region_that_does_not_exist_fails(self, make_plan: MakePlan) -> None:
        finding = _only(run(region.CHECK, make_plan(region="us-west-9")), Status.FAILURE)
        assert "us-west-9" in finding.what
        assert "us-west-2" in finding.fix

    def test_a_region_without_bedrock_fails_unless_nobody_needs_it(self, make_plan: MakePlan) -> None:
        without = "ap-east-1"
        finding = _only(run(region.CHECK, make_plan(region=without)), Status.FAILURE)
        assert f"{without} does not offer bedrock" in finding.what
        assert without not in finding.fix.split()
        plan = make_plan(region=without, defaultProvider="anthropic")
        assert _statuses(run(region.CHECK, plan)) == {"ok"}

    @pytest.mark.parametrize(("zone", "state"), [("usw1-az2", "available"), ("usw1-az1", "impaired")])
    def test_too_few_zones_with_fargate_fail(
        self, wire: Wire, make_plan: MakePlan, zone: str, state: str
    ) -> None:
        wire.answers["ec2", "DescribeAvailabilityZones"] = _zones(("usw1-az3", "available"), (zone, state))
        finding = _only(run(zones.CHECK, make_plan(region="us-west-1")), Status.FAILURE)
        assert "1 zone(s)" in finding.what
        assert "aws:region" in finding.fix

    def test_every_zone_counts_in_regions_where_fargate_runs_in_all_zones(
        self, wire: Wire, make_plan: MakePlan
    ) -> None:
        wire.answers["ec2", "DescribeAvailabilityZones"] = _zones(
            ("usw2-az1", "available"), ("usw2-az9", "available")
        )
        assert _statuses(run(zones.CHECK, make_plan())) == {"ok"}


def _zones(*zones: tuple[str, str]) -> Answer:
    return {
        "AvailabilityZones": [
            {"ZoneName": f"{zone}-name", "ZoneId": zone, "State": state} for zone, state in zones
        ]
    }


class TestModels:
    def test_a_profile_that_the_region_lacks_fails(self, wire: Wire, make_plan: MakePlan) -> None:
        wire.answers["bedrock", "GetInferenceProfile"] = Fault("ResourceNotFoundException")
        finding = _only(run(models.CHECK, make_plan()), Status.FAILURE)
        assert PROFILE in finding.what
        assert "list-inference-profiles" in finding.fix

    def test_a_missing_use_case_form_fails(self, wire: Wire, make_plan: MakePlan) -> None:
        wire.answers["bedrock", "GetUseCaseForModelAccess"] = Fault("ResourceNotFoundException")
        finding = _only(run(models.CHECK, make_plan()), Status.FAILURE)
        assert "put-use-case-for-model-access" in finding.fix

    @pytest.mark.parametrize(
        ("answer", "status", "words"),
        [
            (availability(agreement="NOT_AVAILABLE"), Status.FAILURE, "create-foundation-model-agreement"),
            (availability(agreement="ERROR"), Status.FAILURE, "create-foundation-model-agreement"),
            (availability(agreement="PENDING"), Status.WARNING, "wait"),
            (availability(authorization="NOT_AUTHORIZED"), Status.FAILURE, "organisation"),
            (availability(entitlement="NOT_AVAILABLE"), Status.FAILURE, "accept the agreement"),
        ],
    )
    def test_each_obstacle_to_using_a_model_is_named(
        self, wire: Wire, make_plan: MakePlan, answer: Answer, status: Status, words: str
    ) -> None:
        wire.answers["bedrock", "GetFoundationModelAvailability"] = answer
        assert words in _only(run(models.CHECK, make_plan()), status).fix

    def test_an_unknown_model_fails(self, wire: Wire, make_plan: MakePlan) -> None:
        wire.answers["bedrock", "GetFoundationModelAvailability"] = Fault("ResourceNotFoundException")
        assert "does not know the model" in _only(run(models.CHECK, make_plan()), Status.FAILURE).what

    @pytest.mark.parametrize(("kinds", "passes"), [(["ON_DEMAND"], True), (["PROVISIONED"], False)])
    def test_a_plain_model_must_be_offered_on_demand(
        self, wire: Wire, make_plan: MakePlan, kinds: list[str], passes: bool
    ) -> None:
        details = {
            "modelArn": f"arn:aws:bedrock:us-west-2::foundation-model/{MODEL}",
            "modelId": MODEL,
            "inferenceTypesSupported": kinds,
        }
        wire.answers["bedrock", "GetFoundationModel"] = {"modelDetails": details}
        outcome = run(models.CHECK, make_plan(bedrockModels=[MODEL]))
        if passes:
            assert _statuses(outcome) == {"ok"}
        else:
            assert f"us.{MODEL}" in _only(outcome, Status.FAILURE).fix

    def test_every_model_is_checked_even_if_the_first_fails(self, wire: Wire, make_plan: MakePlan) -> None:
        def by_name(parameters: Any) -> Answer:
            if "eu." in parameters["path"]:
                raise Fault("ValidationException")
            return good_answers.profile()

        wire.answers["bedrock", "GetInferenceProfile"] = by_name
        outcome = run(models.CHECK, make_plan(bedrockModels=[f"eu.{MODEL}", PROFILE]))
        assert f"eu.{MODEL}" in _only(outcome, Status.FAILURE).what
        assert any(PROFILE in finding.what for finding in outcome.findings if finding.status is Status.OK)

    def test_without_bedrock_as_provider_it_is_a_warning(self, wire: Wire, make_plan: MakePlan) -> None:
        wire.answers["bedrock", "GetUseCaseForModelAccess"] = Fault("ResourceNotFoundException")
        outcome = run(models.CHECK, make_plan(defaultProvider="anthropic"))
        assert "use-case form" in _only(outcome, Status.WARNING).what

    def test_no_model_needs_no_access(self, wire: Wire, make_plan: MakePlan) -> None:
        assert _statuses(run(models.CHECK, make_plan(bedrockModels=[]))) == {"ok"}
        assert wire.calls == []


class TestQuotas:
    @pytest.mark.parametrize("limited", quotas.QUOTAS, ids=lambda limited: str(limited.name))
    def test_each_quota_that_is_used_up_fails(
        self, wire: Wire, make_plan: MakePlan, limited: quotas.Quota
    ) -> None:
        def value(parameters: Any) -> Answer:
            return quota(0.0 if parameters["QuotaCode"] == limited.code else 100.0)

        wire.answers["service-quotas", "GetServiceQuota"] = value
        finding = _only(run(quotas.CHECK, make_plan()), Status.FAILURE)
        assert finding.what.startswith(f"{limited.name}: ")
        assert f"--quota-code {limited.code}" in finding.fix

    def test_usage_by_others_counts(self, wire: Wire, client: Client, make_plan: MakePlan) -> None:
        ec2 = client("ec2")
        for _ in range(5):
            ec2.allocate_address(Domain="vpc")
        wire.answers["service-quotas", "GetServiceQuota"] = quota(6.0)
        assert _statuses(run(quotas.CHECK, make_plan())) == {
            "ok",
            "fails",
        }  # 6 security-group rules are too few
        wire.answers["service-quotas", "GetServiceQuota"] = quota(8.0)
        assert _statuses(run(quotas.CHECK, make_plan())) == {"ok"}
        finding = _only(run(quotas.CHECK, make_plan(natGateways=4)), Status.FAILURE)
        assert finding.what == "EC2-VPC Elastic IPs: 5 of 8 used, 4 more needed"

    def test_the_stacks_own_addresses_are_not_counted_twice(
        self, wire: Wire, client: Client, make_plan: MakePlan
    ) -> None:
        client("ec2").allocate_address(Domain="vpc")
        wire.answers["service-quotas", "GetServiceQuota"] = lambda parameters: quota(
            1.0 if parameters["QuotaCode"] == "L-0263D0A3" else 100.0
        )
        plan = make_plan(resources=[("aws:ec2/eip:Eip", "eipalloc-1")])
        assert _statuses(run(quotas.CHECK, plan)) == {"ok"}

    def test_running_fargate_tasks_count_but_not_the_stacks_own(
        self, wire: Wire, client: Client, make_plan: MakePlan
    ) -> None:
        client("ecs").create_cluster(clusterName="other")
        own = client("ecs").create_cluster(clusterName="computer-use-sandbox-dev-1234abcd")["cluster"]
        wire.answers["ecs", "ListTasks"] = {"taskArns": ["one", "two"]}
        wire.answers["ecs", "DescribeTasks"] = {"tasks": [{"cpu": "2048"}, {"cpu": "512"}]}
        plan = make_plan(resources=[("aws:ecs/cluster:Cluster", own["clusterArn"])])
        outcome = run(quotas.CHECK, plan)
        fargate = next(finding for finding in outcome.findings if "Fargate" in finding.what)
        assert fargate.what.endswith(": 2.5 of 100 used, 4 more needed")

    def test_an_account_without_a_value_of_its_own_has_the_default(
        self, wire: Wire, make_plan: MakePlan
    ) -> None:
        wire.answers["service-quotas", "GetServiceQuota"] = Fault("NoSuchResourceException")
        wire.answers["service-quotas", "GetAWSDefaultServiceQuota"] = quota(3.0)
        outcome = run(quotas.CHECK, make_plan())
        assert any("of 3 used" in finding.what for finding in outcome.findings)

    def test_a_quota_without_a_value_is_a_warning(self, wire: Wire, make_plan: MakePlan) -> None:
        wire.answers["service-quotas", "GetServiceQuota"] = Fault("NoSuchResourceException")
        wire.answers["service-quotas", "GetAWSDefaultServiceQuota"] = Fault("NoSuchResourceException")
        warnings = [
            finding for finding in run(quotas.CHECK, make_plan()).findings if finding.status is Status.WARNING
        ]
        assert len(warnings) == len(quotas.QUOTAS)

    def test_too_many_roles_fail(self, wire: Wire, make_plan: MakePlan) -> None:
        wire.answers["iam", "GetAccountSummary"] = {"SummaryMap": {"Roles": 997, "RolesQuota": 1000}}
        assert "IAM roles" in _only(run(quotas.CHECK, make_plan()), Status.FAILURE).what

    @pytest.mark.parametrize(("name", "passes"), [("other", False), ("AWSLogDeliveryWrite20150319", True)])
    def test_ten_resource_policies_leave_no_room_for_log_delivery(
        self, client: Client, make_plan: MakePlan, name: str, passes: bool
    ) -> None:
        logs = client("logs")
        for number in range(9):
            logs.put_resource_policy(policyName=f"p{number}", policyDocument="{}")
        logs.put_resource_policy(policyName=name, policyDocument="{}")
        outcome = run(quotas.CHECK, make_plan())
        if passes:
            assert _statuses(outcome) == {"ok"}
        else:
            assert "delete-resource-policy" in _only(outcome, Status.FAILURE).fix


class TestPermissions:
    @pytest.mark.parametrize(
        ("decision", "words"), [("implicitDeny", "no policy allows it"), ("explicitDeny", "an explicit Deny")]
    )
    def test_denied_actions_are_named(
        self, wire: Wire, make_plan: MakePlan, permissions_check: PlanCheck, decision: str, words: str
    ) -> None:
        wire.answers["iam", "SimulatePrincipalPolicy"] = simulated(decision, "iam:CreateRole")
        finding = _only(run(permissions_check, make_plan()), Status.FAILURE)
        assert "1 of 3" in finding.what
        assert "iam:CreateRole" in finding.what
        assert words in finding.what
        assert "service control policies" in finding.fix

    def test_a_denial_by_the_organisation_is_reported(
        self, wire: Wire, make_plan: MakePlan, permissions_check: PlanCheck
    ) -> None:
        def denied(parameters: Any) -> Answer:
            answer: Answer = simulated("implicitDeny")(parameters)
            for result in answer["EvaluationResults"]:
                result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": False}
            return answer

        wire.answers["iam", "SimulatePrincipalPolicy"] = denied
        finding = _only(run(permissions_check, make_plan()), Status.FAILURE)
        assert "service control policy" in finding.what

    def test_every_action_of_the_real_policy_is_simulated(self, wire: Wire, make_plan: MakePlan) -> None:
        asked: set[str] = set()

        def note(parameters: Any) -> Answer:
            answer: Answer = simulated()(parameters)
            asked.update(result["EvalActionName"] for result in answer["EvaluationResults"])
            return answer

        wire.answers["iam", "SimulatePrincipalPolicy"] = note
        outcome = run(permissions.CHECK, make_plan())
        written: set[str] = set()
        for file in permissions.POLICIES.glob("*.json"):
            for statement in json.loads(file.read_text(encoding="utf-8"))["Statement"]:
                actions = statement["Action"]
                written.update([actions] if isinstance(actions, str) else actions)
        assert _statuses(outcome) == {"ok"}
        assert len(written) > 100
        assert asked == written

    def test_resources_are_those_of_the_partition(
        self, wire: Wire, make_plan: MakePlan, permissions_check: PlanCheck
    ) -> None:
        asked: list[str] = []

        def note(parameters: Any) -> Answer:
            asked.append(parameters["ResourceArns.member.1"])
            answer: Answer = simulated()(parameters)
            return answer

        wire.answers["iam", "SimulatePrincipalPolicy"] = note
        run(permissions_check, make_plan(region="us-gov-west-1"))
        assert asked[1].startswith("arn:aws-us-gov:iam::")

    def test_one_fitting_resource_is_enough(
        self, wire: Wire, make_plan: MakePlan, permissions_check: PlanCheck
    ) -> None:
        def mixed(parameters: Any) -> Answer:
            answer: Answer = simulated("implicitDeny")(parameters)
            for result in answer["EvaluationResults"]:
                result["ResourceSpecificResults"] = [
                    {"EvalResourceName": "a", "EvalResourceDecision": "allowed"},
                    {"EvalResourceName": "b", "EvalResourceDecision": "implicitDeny"},
                ]
            return answer

        wire.answers["iam", "SimulatePrincipalPolicy"] = mixed
        assert _statuses(run(permissions_check, make_plan())) == {"ok"}

    def test_the_simulation_receives_the_context_that_the_policy_needs(
        self, wire: Wire, make_plan: MakePlan, permissions_check: PlanCheck, account: str
    ) -> None:
        asked: list[dict[str, str]] = []

        def note(parameters: Any) -> Answer:
            asked.append(dict(parameters))
            answer: Answer = simulated()(parameters)
            return answer

        wire.answers["iam", "SimulatePrincipalPolicy"] = note
        run(permissions_check, make_plan())
        tagged, role = asked
        assert tagged["ContextEntries.member.1.ContextKeyName"] == "aws:RequestTag/Project"
        assert tagged["ContextEntries.member.1.ContextKeyValues.member.1"] == "ComputerUseSandbox"
        assert role["ResourceArns.member.1"] == f"arn:aws:iam::{account}:role/computer-use-sandbox/preflight"

    def test_actions_that_iam_can_not_simulate_together_are_simulated_one_by_one(
        self, wire: Wire, make_plan: MakePlan, permissions_check: PlanCheck
    ) -> None:
        def picky(parameters: Any) -> Answer:
            if "ActionNames.member.2" in parameters:
                raise Fault("InvalidInput", "actions require different authorization information")
            if parameters["ActionNames.member.1"] == "ec2:DeleteVpc":
                raise Fault("InvalidInput", "not simulated")
            answer: Answer = simulated()(parameters)
            return answer

        wire.answers["iam", "SimulatePrincipalPolicy"] = picky
        outcome = run(permissions_check, make_plan())
        assert "ec2:DeleteVpc" in _only(outcome, Status.WARNING).what
        assert "2 of the deployer's 3 actions" in _only(outcome, Status.OK).what

    def test_a_sessions_role_is_looked_up_with_its_path(
        self, wire: Wire, client: Client, make_plan: MakePlan, permissions_check: PlanCheck, account: str
    ) -> None:
        client("iam").create_role(Path="/ops/", RoleName="deployer", AssumeRolePolicyDocument=TRUST)
        wire.answers["sts", "GetCallerIdentity"] = {
            "Account": account,
            "Arn": f"arn:aws:sts::{account}:assumed-role/deployer/me",
        }
        asked: list[str] = []

        def note(parameters: Any) -> Answer:
            asked.append(parameters["PolicySourceArn"])
            answer: Answer = simulated()(parameters)
            return answer

        wire.answers["iam", "SimulatePrincipalPolicy"] = note
        assert _statuses(run(permissions_check, make_plan())) == {"ok"}
        assert set(asked) == {f"arn:aws:iam::{account}:role/ops/deployer"}

    def test_an_identity_that_can_not_be_simulated_is_a_warning(
        self, wire: Wire, make_plan: MakePlan, permissions_check: PlanCheck
    ) -> None:
        wire.answers["sts", "GetCallerIdentity"] = {"Arn": "arn:aws:iam::123456789012:root"}
        assert "root" in _only(run(permissions_check, make_plan()), Status.WARNING).what

    def test_a_checkout_without_the_policy_is_a_warning(self, make_plan: MakePlan, tmp_path: Path) -> None:
        check = PlanCheck("permissions", "-", lambda plan: permissions.find(plan, tmp_path / "nothing"))
        assert "has no policy" in _only(run(check, make_plan()), Status.WARNING).what


class TestNames:
    @pytest.mark.parametrize("number", range(3))
    def test_a_log_group_of_that_name_fails(self, client: Client, make_plan: MakePlan, number: int) -> None:
        plan = make_plan()
        name = plan.stack.log_groups[number]
        client("logs").create_log_group(logGroupName=name)
        finding = _only(run(names.CHECK, plan), Status.FAILURE)
        assert f"delete-log-group --log-group-name {name}" in finding.fix
        own = make_plan(resources=[("aws:cloudwatch/logGroup:LogGroup", name)])
        assert _statuses(run(names.CHECK, own)) == {"ok"}

    def test_a_container_insights_group_of_an_earlier_deployment_does_not_collide(
        self, client: Client, make_plan: MakePlan
    ) -> None:
        name = "/aws/ecs/containerinsights/computer-use-sandbox-dev-1234abcd/performance"
        client("logs").create_log_group(logGroupName=name)
        assert _statuses(run(names.CHECK, make_plan())) == {"ok"}

    def test_a_log_group_with_a_longer_name_does_not_collide(
        self, client: Client, make_plan: MakePlan
    ) -> None:
        client("logs").create_log_group(logGroupName="/computer-use-sandbox/dev/containers-old")
        assert _statuses(run(names.CHECK, make_plan())) == {"ok"}

    def test_roles_secrets_and_repositories_outside_the_stack_are_reported(
        self, client: Client, make_plan: MakePlan
    ) -> None:
        client("iam").create_role(
            Path="/computer-use-sandbox/dev/", RoleName="left-role", AssumeRolePolicyDocument=TRUST
        )
        secrets = client("secretsmanager")
        for name in ("left-secret", "dying-secret"):
            secrets.create_secret(Name=f"computer-use-sandbox/dev/{name}", SecretString="x")
        secrets.delete_secret(SecretId="computer-use-sandbox/dev/dying-secret", RecoveryWindowInDays=7)
        client("ecr").create_repository(repositoryName="computer-use-sandbox-1234567")
        vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        client("servicediscovery").create_private_dns_namespace(Name="computer-use.local", Vpc=vpc)
        warnings = [
            finding.what
            for finding in run(names.CHECK, make_plan()).findings
            if finding.status is Status.WARNING
        ]
        assert [word for word in warnings if "left-role" in word]
        assert [word for word in warnings if "left-secret" in word]
        assert [word for word in warnings if "dying-secret (scheduled for deletion)" in word]
        assert [word for word in warnings if "computer-use-sandbox-1234567" in word]
        assert [word for word in warnings if "ns-" in word]


class TestStackName:
    @pytest.mark.parametrize("name", ["dev", "my_stack-2", "x" * 100])
    def test_names_that_aws_accepts_pass(self, make_plan: MakePlan, name: str) -> None:
        assert _statuses(run(stack_name.CHECK, make_plan(name=name))) == {"ok"}

    @pytest.mark.parametrize("name", ["dev.1", "dev 1", "x" * 101, "dév"])
    def test_names_that_aws_refuses_fail(self, make_plan: MakePlan, name: str) -> None:
        assert "pulumi stack rename" in _only(run(stack_name.CHECK, make_plan(name=name)), Status.FAILURE).fix


class TestEveryCheck:
    """Tests that apply to every check."""

    @pytest.fixture
    def checks(self, permissions_check: PlanCheck) -> list[PlanCheck]:
        return [*(module.CHECK for module in AWS_CHECKS), permissions_check]

    def test_only_read_only_calls_are_made(
        self, wire: Wire, make_plan: MakePlan, checks: list[PlanCheck]
    ) -> None:
        plan = make_plan()
        for check in checks:
            run(check, plan)
        assert len(wire.calls) > 20
        assert all(
            operation.startswith(("Describe", "Get", "List", "Simulate")) for _, operation in wire.calls
        )

    def test_a_denied_call_is_a_warning_that_names_the_permission(
        self, wire: Wire, make_plan: MakePlan, checks: list[PlanCheck]
    ) -> None:
        def deny(call: Call) -> str:
            wire.denied = {call}
            return f"may not call {get_session().get_service_model(call[0]).signing_name}:{call[1]}"

        _assert_reported(wire, make_plan(), checks, deny)

    def test_any_other_failed_call_is_a_warning_too(
        self, wire: Wire, make_plan: MakePlan, checks: list[PlanCheck]
    ) -> None:
        good = dict(wire.answers)

        def fail(call: Call) -> str:
            wire.answers = {**good, call: Fault("InvalidClientTokenId")}
            return f"{call[1]} answers InvalidClientTokenId"

        _assert_reported(wire, make_plan(), checks, fail)


def _assert_reported(
    wire: Wire, plan: Plan, checks: list[PlanCheck], break_it: Callable[[Call], str]
) -> None:
    """Break each call of each check once; the text that `break_it` returns must then be in a warning."""
    for check in checks:
        wire.calls.clear()
        before = run(check, plan)
        for call in sorted(set(wire.calls) - {("sts", "GetCallerIdentity")}):
            words = break_it(call)
            after = run(check, plan)
            warnings = [finding for finding in after.findings if words in finding.what]
            assert warnings, (check.name, call)
            assert all(finding.status is Status.WARNING for finding in warnings)
            assert len(after.findings) <= len(before.findings) + len(warnings)
