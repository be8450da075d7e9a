"""Routes written inside a route table."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import items, read


def check(table: Resource, _: Context) -> Iterator[str]:
    """Yield a message for routes that are not resources of their own."""
    if list(items(read(table.properties, "routes"), "routes")):
        yield "routes is set: make each route a resource of its own, so that it can be judged"


RULE = ResourceRule(
    name="route-table-routes",
    promise="Every route is a resource of its own.",
    why="Routes inside a table overwrite each other, and no other rule follows where they lead.",
    types=("aws:ec2/routeTable:RouteTable", "aws:ec2/defaultRouteTable:DefaultRouteTable"),
    check=check,
)
