"""The ingress theorem is exact for any number of rules: one stranger among ten thousand is found."""

import dataclasses

from prove.addresses import AddressSet
from prove.benchmark import front_door, ingress_holds
from prove.world import Rule, World


def with_rule(world: World, cidr: str) -> World:
    """The world with one more rule in the load balancer's group."""
    door = world.groups["door"]
    rule = Rule("one more", "tcp", (8443, 8443), AddressSet.of(cidr))
    return dataclasses.replace(
        world, groups={**world.groups, "door": dataclasses.replace(door, ingress=(*door.ingress, rule))}
    )


def test_ten_thousand_rules_within_the_range_are_proved() -> None:
    assert ingress_holds(front_door(10_000, strangers=False))


def test_one_address_too_many_is_found() -> None:
    world = front_door(10_000, strangers=False)
    assert ingress_holds(with_rule(world, "203.0.255.255/32"))
    assert not ingress_holds(with_rule(world, "203.1.0.0/32"))
    assert not ingress_holds(with_rule(world, "202.255.255.255/32"))
