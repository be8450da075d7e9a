"""Rule: no routes written inline in a route table."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import items, read


def check(table: Resource, _: Context) -> Iterator[str]:
    """Yield a message for routes that are not separate resources."""
    if list(items(read(table.properties, "routes"), "routes")):
        yield "routes is set: make each route a separate resource, so that it can be checked"


RULE = ResourceRule(
    name="route-table-routes",
    promise="Every route is a separate resource.",
    why="Inline routes conflict with separate ones, and no other rule checks where they lead.",
    types=("aws:ec2/routeTable:RouteTable", "aws:ec2/defaultRouteTable:DefaultRouteTable"),
    check=check,
)
