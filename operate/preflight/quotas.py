"""Whether the account's quotas leave room for the stack's resources."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from operate.checks import attempt
from operate.findings import Finding, failure, ok, warning
from operate.preflight import usage
from operate.preflight.plan import Plan, PlanCheck


@dataclass(frozen=True)
class Quota:
    """One quota of Service Quotas.

    `needed` computes how much of it the finished stack uses. `own` lists the types of resources by which an
    existing stack already uses a part of that.
    """

    name: str
    service: str
    code: str
    needed: Callable[[Plan], float]
    used: Callable[[Plan], float]
    own: tuple[str, ...] = ()


# Names and codes as Service Quotas lists them (aws service-quotas list-aws-default-service-quotas).
QUOTAS = (
    Quota(
        "EC2-VPC Elastic IPs",
        "ec2",
        "L-0263D0A3",
        lambda plan: plan.zones_with_nat,
        usage.elastic_addresses,
        ("aws:ec2/eip:Eip",),
    ),
    Quota("VPCs per Region", "vpc", "L-F678F1CE", lambda _: 1, usage.vpcs, ("aws:ec2/vpc:Vpc",)),
    Quota(
        "Internet gateways per Region",
        "vpc",
        "L-A4707A72",
        lambda _: 1,
        usage.internet_gateways,
        ("aws:ec2/internetGateway:InternetGateway",),
    ),
    Quota(
        "NAT gateways per Availability Zone",
        "vpc",
        "L-FE5A380F",
        lambda _: 1,
        usage.nat_gateways,
        ("aws:ec2/natGateway:NatGateway",),
    ),
    Quota(
        "VPC security groups per Region",
        "vpc",
        "L-E79EC296",
        # The groups of the load balancer, the desktop and the agent, and the VPC's default group.
        lambda _: 4,
        usage.security_groups,
        ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
    ),
    # The largest group of the stack has fewer rules than this in each direction.
    Quota("Inbound or outbound rules per security group", "vpc", "L-0EA8095F", lambda _: 8, usage.nothing),
    Quota(
        "Network Load Balancers per Region",
        "elasticloadbalancing",
        "L-69A177A2",
        lambda _: 1,
        usage.network_load_balancers,
        ("aws:lb/loadBalancer:LoadBalancer",),
    ),
    Quota(
        "Target Groups per Region",
        "elasticloadbalancing",
        "L-B22855CB",
        lambda _: 2,
        usage.target_groups,
        ("aws:lb/targetGroup:TargetGroup",),
    ),
    Quota(
        "Fargate On-Demand vCPU resource count",
        "fargate",
        "L-3032A538",
        lambda plan: plan.task_cpus,
        usage.fargate_cpus,
    ),
)
ROLES = 4
"""IAM roles of the stack: an execution role per task, the agent's task role, and the flow logs' role."""
# AWS creates this policy, once per region. It lets log delivery write to log groups.
LOG_DELIVERY_POLICY = "AWSLogDeliveryWrite20150319"
LOG_POLICIES = 10
"""CloudWatch Logs resource policies per Region; this quota cannot be raised (CloudWatch Logs User Guide)."""


def find(plan: Plan) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    for quota in QUOTAS:
        yield from attempt(quota.name, lambda quota=quota: _judge(plan, quota))  # type: ignore[misc]
    yield from attempt("IAM roles", lambda: _roles(plan))
    yield from attempt("CloudWatch Logs resource policies", lambda: _log_policies(plan))


def _judge(plan: Plan, quota: Quota) -> Iterator[Finding]:
    needed = quota.needed(plan) - len(plan.stack.owned(*quota.own))
    if quota.own and needed <= 0:
        yield ok(f"{quota.name}: the stack already has what it needs")
        return
    value = _value(plan, quota)
    if value is None:
        yield warning(
            f"{quota.name}: Service Quotas has no value in {plan.aws.region}",
            f"the stack needs {needed:g} more: look the quota up in the service's console",
        )
        return
    used = quota.used(plan)
    room = f"{quota.name}: {used:g} of {value:g} used, {needed:g} more needed"
    if used + needed > value:
        yield failure(
            room,
            "release some, or aws service-quotas request-service-quota-increase "
            f"--service-code {quota.service} --quota-code {quota.code} --desired-value {used + needed:g}",
        )
    else:
        yield ok(room)


def _value(plan: Plan, quota: Quota) -> float | None:
    """The account's value, or AWS's default if the account has no value of its own."""
    for operation in ("get_service_quota", "get_aws_default_service_quota"):
        answer = plan.aws.find(
            "service-quotas",
            operation,
            "NoSuchResourceException",
            ServiceCode=quota.service,
            QuotaCode=quota.code,
        )
        if answer is not None:
            return float(answer["Quota"]["Value"])
    return None


def _roles(plan: Plan) -> Iterator[Finding]:
    summary = plan.aws.get("iam", "get_account_summary")["SummaryMap"]
    used, value = summary["Roles"], summary["RolesQuota"]
    needed = max(0, ROLES - len(plan.stack.owned("aws:iam/role:Role")))
    room = f"IAM roles: {used} of {value} used, {needed} more needed"
    if used + needed > value:
        yield failure(room, "delete unused roles, or request an increase (IAM quotas are in us-east-1)")
    else:
        yield ok(room)


def _log_policies(plan: Plan) -> Iterator[Finding]:
    policies = list(plan.aws.all("logs", "describe_resource_policies", "resourcePolicies"))
    if any(policy["policyName"] == LOG_DELIVERY_POLICY for policy in policies):
        yield ok("CloudWatch Logs already has the resource policy of the log delivery service")
    elif len(policies) >= LOG_POLICIES:
        yield failure(
            f"CloudWatch Logs has {len(policies)} resource policies of {LOG_POLICIES} in {plan.aws.region}, "
            "but query logging needs one more",
            "merge some of them: aws logs describe-resource-policies, then delete-resource-policy",
        )
    else:
        yield ok(f"CloudWatch Logs resource policies: {len(policies)} of {LOG_POLICIES} used, 1 more needed")


CHECK = PlanCheck("quotas", "The account's quotas leave room for the stack's resources.", find)
