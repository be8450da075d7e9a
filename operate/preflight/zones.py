"""Whether the account has two availability zones in the region in which Fargate runs tasks."""

from collections.abc import Iterator, Mapping

from operate.findings import Finding, failure, ok
from operate.preflight.plan import Plan, PlanCheck

NEEDED = 2
# Zones of regions where Fargate runs in some zones only. They are zone ids, which are the same in every
# account (Amazon ECS Developer Guide, "Supported Regions for Amazon ECS on AWS Fargate", Linux containers).
FARGATE_ZONES: Mapping[str, frozenset[str]] = {
    "ap-northeast-1": frozenset({"apne1-az1", "apne1-az2", "apne1-az4"}),
    "cn-north-1": frozenset({"cnn1-az1", "cnn1-az2"}),
    "us-west-1": frozenset({"usw1-az1", "usw1-az3"}),
}


def find(plan: Plan) -> Iterator[Finding]:
    """Yield the findings. Local and Wavelength Zones have another opt-in status and do not count."""
    answer = plan.aws.get(
        "ec2",
        "describe_availability_zones",
        Filters=[{"Name": "opt-in-status", "Values": ["opt-in-not-required"]}],
    )
    available = [zone for zone in answer["AvailabilityZones"] if zone["State"] == "available"]
    offered = FARGATE_ZONES.get(plan.aws.region)
    usable = sorted(
        str(zone["ZoneName"]) for zone in available if offered is None or zone["ZoneId"] in offered
    )
    if len(usable) < NEEDED:
        yield failure(
            f"this account has {len(usable)} zone(s) with Fargate in {plan.aws.region} "
            f"({', '.join(usable) or 'none'}), but the sandbox needs {NEEDED}",
            "choose another region: pulumi config set aws:region us-west-2",
        )
    else:
        yield ok(f"{len(usable)} zones with Fargate: {', '.join(usable)}")


CHECK = PlanCheck("zones", "Two availability zones can run the tasks.", find)
