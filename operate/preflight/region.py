"""Whether the region exists and offers every service that the stack needs."""

from collections.abc import Iterator

from operate.findings import Finding, failure, ok
from operate.preflight.plan import Plan, PlanCheck

# boto3's names of the services of which the program creates resources.
SERVICES = (
    "ec2",
    "ecr",
    "ecs",
    "elbv2",
    "kms",
    "logs",
    "route53resolver",
    "secretsmanager",
    "servicediscovery",
)


def find(plan: Plan) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    region, partition = plan.aws.region, plan.aws.partition
    known = plan.aws.regions_of("ec2")
    if region not in known:
        yield failure(
            f"botocore knows no region {region} in the partition {partition}",
            f"pulumi config set aws:region to one of {', '.join(known)}",
        )
        return
    wanted = (*SERVICES, "bedrock") if plan.uses_bedrock else SERVICES
    missing = [service for service in wanted if region not in plan.aws.regions_of(service)]
    if missing:
        everywhere = set(known).intersection(*(plan.aws.regions_of(service) for service in wanted))
        yield failure(
            f"{region} does not offer {', '.join(missing)}",
            f"pulumi config set aws:region to one of {', '.join(sorted(everywhere)) or 'another partition'}",
        )
    else:
        yield ok(f"{region} (partition {partition}) offers every service that the stack needs")


CHECK = PlanCheck(
    "region", "The region exists and offers every service that the stack needs.", find, needs_aws=False
)
