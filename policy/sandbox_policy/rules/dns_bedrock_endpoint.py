"""Rule: which endpoint of Amazon Bedrock the tasks can resolve."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.partitions import dns_suffix_of
from sandbox_policy.values import UNKNOWN, items, read

ENDPOINT = "bedrock-runtime"
"""The endpoint that AWS recommends for new applications (Amazon Bedrock user guide, "Endpoints")."""


def check(domains: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each Bedrock name on a firewall list other than the endpoint in this region."""
    value = read(domains.properties, "domains")
    if context.awaits(value, "domains"):
        return
    region = context.config.region
    suffix = "" if region is None else dns_suffix_of(region)
    for name in items(value, "domains"):
        if name is UNKNOWN and context.awaits(name, "domains"):
            continue
        labels = str(name).rstrip(".").split(".")
        host = next((label for label in labels if label.startswith("bedrock")), None)
        if host is None:
            continue
        if host != ENDPOINT or labels[0] != ENDPOINT:
            yield f"{name!r} is not needed to invoke a model: the one endpoint is {ENDPOINT}"
        elif region is not None and labels[1:] != [region, *suffix.split(".")]:
            yield f"{name!r} is not an endpoint in {region}: use {ENDPOINT}.{region}.{suffix}."


RULE = ResourceRule(
    name="dns-bedrock-endpoint",
    promise="The only Bedrock endpoint that resolves is bedrock-runtime in the stack's region.",
    why="Other endpoints manage models or run tools in AWS, and none of that has been reviewed.",
    types=("aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",),
    check=check,
)
