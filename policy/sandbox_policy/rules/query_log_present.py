"""Rule: each VPC logs its DNS queries."""

from collections.abc import Iterator

from sandbox_policy.links import awaits_link, linked
from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.vpc_features import missing

ASSOCIATION = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
CONFIG = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


def check(stack: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each VPC that logs no queries, and for each log outside the stack."""
    yield from missing(stack, ASSOCIATION, "resourceId", "does not log its DNS queries")
    for association in stack.of_type(ASSOCIATION):
        if not linked(stack, association, "resolverQueryLogConfigId", CONFIG):
            yield Finding(f"{association.name} does not use a query log of this stack", association.urn)
    for config in stack.of_type(CONFIG):
        if awaits_link(config, "destinationArn", context):
            continue
        if not linked(stack, config, "destinationArn", LOG_GROUP):
            yield Finding(f"{config.name} does not write to a log group of this stack", config.urn)


RULE = StackRule(
    name="query-log-present",
    promise="Every DNS query of the VPC is logged to a log group of this stack.",
    why="Blocked queries show what the desktop tried to reach, and allowed ones what it reached.",
    check=check,
)
