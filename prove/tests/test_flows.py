"""Reachability follows groups, ACLs, routes and load balancers, and errs on the side of "reachable"."""

import dataclasses

from prove.addresses import EVERYWHERE, IPV4, IPV6, NOWHERE, AddressSet
from prove.flows import Flow, acl_lets_through, from_outside, to_outside
from prove.tests.sandbox_builder import DEPLOYER
from prove.world import ANY_PROTOCOL, Acl, AclEntry, Group, Rule, Service, World

SOURCE = AddressSet.of(DEPLOYER)
NEIGHBOUR = AddressSet.of("198.51.100.0/24")


def desktop(world: World) -> Service:
    """The service that runs the desktop."""
    return next(one for one in world.services if one.name.startswith("environment"))


def door(world: World) -> str:
    """The id of the load balancer's group."""
    (group,) = world.balancers[0].groups
    return group


def to_viewer(world: World) -> list[Flow]:
    """The flows from outside to the viewer."""
    return [flow for flow in from_outside(world) if flow.ports == (8443, 8443)]


def with_group(world: World, group: Group) -> World:
    """The world with one security group replaced."""
    return dataclasses.replace(world, groups={**world.groups, group.id: group})


def with_ingress(world: World, group: str, *addresses: AddressSet) -> World:
    """The world with the ingress of a group replaced by rules that admit these addresses to 8443."""
    rules = tuple(Rule(f"rule for {one}", "tcp", (8443, 8443), one) for one in addresses)
    return with_group(world, dataclasses.replace(world.groups[group], ingress=rules))


def with_acl(world: World, *ingress: AclEntry) -> World:
    """The world with an ACL with these entries on every subnet."""
    acl = Acl("acl", ingress, (AclEntry(100, True, ANY_PROTOCOL, (0, 65535), EVERYWHERE),))
    subnets = {id: dataclasses.replace(subnet, acl=acl) for id, subnet in world.subnets.items()}
    return dataclasses.replace(world, subnets=subnets)


def test_the_flow_through_the_load_balancer_is_found_with_its_path(good: World) -> None:
    (flow,) = to_viewer(good)
    assert flow.sources == SOURCE
    assert flow.service == desktop(good).name
    assert flow.path[0].startswith("load balancer front-door")


def test_rules_of_a_group_add_up(good: World) -> None:
    (flow,) = to_viewer(with_ingress(good, door(good), SOURCE, NEIGHBOUR))
    assert flow.sources == SOURCE | NEIGHBOUR


def test_a_load_balancer_without_a_group_admits_everybody(good: World) -> None:
    open_door = dataclasses.replace(good.balancers[0], groups=frozenset())
    opened = with_ingress(good, next(iter(desktop(good).groups)), good.addresses)
    (flow,) = to_viewer(dataclasses.replace(opened, balancers=(open_door,)))
    assert flow.sources == EVERYWHERE - good.addresses


def test_a_load_balancer_that_may_not_send_to_the_task_gives_no_flow(good: World) -> None:
    shut = dataclasses.replace(good.groups[door(good)], egress=())
    assert to_viewer(with_group(good, shut)) == []


def test_an_internal_load_balancer_gives_no_flow_from_outside(good: World) -> None:
    internal = dataclasses.replace(good.balancers[0], public=False)
    assert from_outside(dataclasses.replace(good, balancers=(internal,))) == []


def test_a_subnet_without_a_route_to_the_internet_gives_no_flow(good: World) -> None:
    subnets = {id: dataclasses.replace(one, to_internet=NOWHERE) for id, one in good.subnets.items()}
    assert from_outside(dataclasses.replace(good, subnets=subnets)) == []


def test_with_client_addresses_preserved_the_task_must_admit_the_client(good: World) -> None:
    (group,) = desktop(good).groups
    kept = {arn: dataclasses.replace(one, keeps_client=True) for arn, one in good.target_groups.items()}
    world = dataclasses.replace(good, target_groups=kept)
    assert to_viewer(with_ingress(world, group, NEIGHBOUR)) == []
    (flow,) = to_viewer(with_ingress(world, group, IPV4))
    assert flow.sources == SOURCE


def test_a_public_address_gives_a_flow_that_bypasses_the_load_balancer(good: World) -> None:
    (group,) = desktop(good).groups
    public = [id for id, subnet in good.subnets.items() if subnet.to_internet]
    moved = tuple(
        dataclasses.replace(one, public_address=True, subnets=(public[0],)) if one == desktop(good) else one
        for one in good.services
    )
    flows = from_outside(dataclasses.replace(with_ingress(good, group, NEIGHBOUR), services=moved))
    (direct,) = [flow for flow in flows if flow.path[0] == "internet gateway"]
    assert direct.sources == NEIGHBOUR


def test_an_acl_narrows_what_groups_admit(good: World) -> None:
    half = AddressSet.of("203.0.113.0/25")
    denied = AclEntry(90, False, "tcp", (0, 65535), half)
    everything = AclEntry(100, True, ANY_PROTOCOL, (0, 65535), EVERYWHERE)
    (flow,) = to_viewer(with_acl(good, denied, everything))
    assert flow.sources == SOURCE - half
    assert from_outside(with_acl(good)) == []


def test_the_first_entry_of_an_acl_decides() -> None:
    allow = AclEntry(100, True, "tcp", (443, 443), IPV4)
    deny = AclEntry(200, False, ANY_PROTOCOL, (0, 65535), EVERYWHERE)
    assert acl_lets_through((allow, deny), "tcp", (443, 443)) == IPV4
    assert acl_lets_through((deny, allow), "tcp", (443, 443)) == NOWHERE
    assert acl_lets_through((allow,), "udp", (443, 443)) == NOWHERE
    assert acl_lets_through((allow,), "tcp", (80, 80)) == NOWHERE
    assert not acl_lets_through((allow,), "tcp", (443, 443)) & IPV6


def test_an_acl_entry_that_denies_part_of_a_range_does_not_count() -> None:
    deny = AclEntry(100, False, "tcp", (443, 443), EVERYWHERE)
    allow = AclEntry(200, True, ANY_PROTOCOL, (0, 65535), EVERYWHERE)
    assert acl_lets_through((deny, allow), "tcp", (0, 65535)) == EVERYWHERE


def test_outbound_flows_are_those_that_groups_and_routes_allow(good: World) -> None:
    flows = [flow for flow in to_outside(good) if flow.service == desktop(good).name]
    assert {flow.ports for flow in flows} == {(80, 80), (443, 443)}
    assert all(flow.addresses == IPV4 - good.addresses for flow in flows)
    cut = {id: dataclasses.replace(one, to_nat=NOWHERE) for id, one in good.subnets.items()}
    assert to_outside(dataclasses.replace(good, subnets=cut)) == []
