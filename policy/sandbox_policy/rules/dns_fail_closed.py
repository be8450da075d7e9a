"""Rule: what happens to DNS queries while the DNS firewall itself is down."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read


def check(config: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless queries fail while the firewall is down."""
    value = read(config.properties, "firewallFailOpen")
    if value != "DISABLED":
        yield f"firewallFailOpen is {value!r} instead of DISABLED"


RULE = ResourceRule(
    name="dns-fail-closed",
    promise="While the DNS firewall is down, no name resolves.",
    why="Otherwise every name would resolve during an outage of the firewall.",
    types=("aws:route53/resolverFirewallConfig:ResolverFirewallConfig",),
    check=check,
)
