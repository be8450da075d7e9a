"""Rule: where routes lead."""

from collections.abc import Iterator

from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Resource, Stack, StackRule
from sandbox_policy.values import UNKNOWN, read

ROUTE = "aws:ec2/route:Route"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
TARGETS = {
    "gatewayId": "aws:ec2/internetGateway:InternetGateway",
    "natGatewayId": "aws:ec2/natGateway:NatGateway",
}
FOREIGN_TARGETS = (
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "localGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each route whose target is not a gateway that this stack creates."""
    for route in stack.of_type(ROUTE):
        targets = [key for key in TARGETS if _is_set(route, key)]
        foreign = [key for key in FOREIGN_TARGETS if _is_set(route, key)]
        if foreign or len(targets) != 1:
            yield Finding(f"{route.name} leads to {', '.join(targets + foreign) or 'nothing'}", route.urn)
        for key in targets:
            if not linked(stack, route, key, TARGETS[key]):
                yield Finding(f"{route.name} leads to a {key} that this stack does not create", route.urn)


def _is_set(route: Resource, key: str) -> bool:
    value = read(route.properties, key)
    # The provider also reports omitted targets as unknown, but the engine records no dependency for them.
    return bool(route.ties.get(key)) if value is UNKNOWN else value not in (None, "")


RULE = StackRule(
    name="route-targets",
    promise="Every route leads to an internet or NAT gateway of this stack.",
    why="A route to a missing gateway drops traffic, and one to a peer leads out of the sandbox.",
    check=check,
)
