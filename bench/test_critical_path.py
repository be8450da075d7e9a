"""The critical path is the slowest way through the dependencies, whatever the order in the state."""

from __future__ import annotations

from bench.critical_path import longest_chain, seconds, table

URN = "urn:pulumi:s::p::{}::{}"
VPC = URN.format("aws:ec2/vpc:Vpc", "vpc")
NAT = URN.format("aws:ec2/natGateway:NatGateway", "nat")
BALANCER = URN.format("aws:lb/loadBalancer:LoadBalancer", "door")
COMPONENT = URN.format("computer-use-sandbox:network:FrontDoor", "door")
SERVICE = URN.format("aws:ecs/service:Service", "service")


def resources() -> list[dict[str, object]]:
    return [
        {"urn": SERVICE, "dependencies": [COMPONENT, NAT]},
        {"urn": COMPONENT},
        {"urn": BALANCER, "parent": COMPONENT, "dependencies": [VPC]},
        {"urn": NAT, "dependencies": [VPC]},
        {"urn": VPC},
    ]


def test_the_slowest_way_is_found_also_through_a_component() -> None:
    assert longest_chain(resources()) == [VPC, BALANCER, SERVICE]


def test_a_component_takes_no_time_of_its_own() -> None:
    assert seconds(COMPONENT) == 0


def test_the_table_ends_with_the_sum_of_the_chain() -> None:
    total = sum(seconds(urn) for urn in (VPC, BALANCER, SERVICE))
    assert f"\n{total} s in all" in table(resources())
