"""Rule: the subnets in which tasks run."""

from collections.abc import Iterator

from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.rules.route_targets import ROUTE, ROUTE_TABLE, TARGETS
from sandbox_policy.values import read
from sandbox_policy.vpc_features import SUBNET

SERVICE = "aws:ecs/service:Service"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each service in a subnet of another stack or with a route from the internet."""
    for service in stack.of_type(SERVICE):
        subnets = linked(stack, service, "networkConfiguration", SUBNET)
        if not subnets:
            yield Finding(f"{service.name} does not run in a subnet of this stack", service.urn)
        for subnet in subnets:
            if read(subnet.properties, "ipv6CidrBlock") not in (None, "") and "ipv6CidrBlock" in subnet.ties:
                yield Finding(f"{service.name} runs in {subnet.name}, which has IPv6", service.urn)
            tables = [
                table
                for association in stack.of_type(ASSOCIATION)
                if subnet in linked(stack, association, "subnetId", SUBNET)
                for table in linked(stack, association, "routeTableId", ROUTE_TABLE)
            ]
            if not tables:
                yield Finding(f"{subnet.name} uses the VPC's main route table", subnet.urn)
            for route in stack.of_type(ROUTE):
                leads = linked(stack, route, "gatewayId", TARGETS["gatewayId"])
                if leads and any(t in tables for t in linked(stack, route, "routeTableId", ROUTE_TABLE)):
                    yield Finding(
                        f"{service.name} runs in {subnet.name}, open to the internet by {route.name}",
                        service.urn,
                    )


RULE = StackRule(
    name="private-tasks",
    promise="Tasks run in private subnets of this stack, to which the internet has no route.",
    why="There a wrong public address or security group rule does not expose a task.",
    check=check,
)
