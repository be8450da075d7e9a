"""Real packets in the running stack's networks: who reaches what.

Each refusal comes with a place from where the same listener is reached, so that it could fail.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from runner.network.namespace import Namespace
from story import packets
from story.packets import is_cut_off, reaches
from story.sandbox import CONSOLE, VIEWER, Sandbox

STRANGER = ("198.51.100.66", "2001:db8:ffff::66")
# A resolver, and a site: nobody else's address, and none that the emulator gives to a gateway.
OTHER = "192.0.2.253"
SITE, SITE_PORT, CLOSED_PORT = "198.51.100.80", 80, 8080
CONTROL = 5000


@dataclass(frozen=True)
class Network:
    """Namespaces of the running stack, and addresses in them."""

    desktop: Namespace
    console: Namespace
    balancer: Namespace
    desktop_address: str
    console_address: str
    public_addresses: tuple[str, ...]
    stranger: Namespace
    other: Namespace


@pytest.fixture(scope="module")
def network(sandbox: Sandbox) -> Iterator[Network]:
    found = sandbox.machine.aws("ec2").describe_network_interfaces()["NetworkInterfaces"]
    balancers = [one for one in found if one["Description"].startswith("ELB net/")]
    desktop, desktop_address = packets.interface_of(sandbox.task("environment"))
    console, console_address = packets.interface_of(sandbox.task("orchestration"))
    ipv6 = [address["Ipv6Address"] for one in balancers for address in one.get("Ipv6Addresses", [])]
    with contextlib.ExitStack() as stack:
        shown = stack.enter_context(packets.namespaces(sandbox.machine))
        yield Network(
            desktop=shown[desktop],
            console=shown[console],
            balancer=shown[balancers[0]["NetworkInterfaceId"]],
            desktop_address=desktop_address,
            console_address=console_address,
            public_addresses=(*(one["Association"]["PublicIp"] for one in balancers), *ipv6),
            stranger=stack.enter_context(packets.host(shown["internet"], *STRANGER)),
            other=stack.enter_context(packets.host(shown["internet"], OTHER)),
        )


@pytest.mark.parametrize("port", [CONSOLE, VIEWER])
def test_only_the_deployer_connects_to_the_load_balancer(
    sandbox: Sandbox, network: Network, port: int
) -> None:
    # From 203.0.113.1, as which the doors on loopback connect.
    assert sandbox.is_open()
    assert network.public_addresses
    for address in network.public_addresses:
        assert is_cut_off(network.stranger, address, port), address


def test_the_stranger_has_a_network_that_works(network: Network) -> None:
    assert reaches(network.stranger, SITE, SITE_PORT)


def test_the_stranger_gets_in_while_the_security_group_lets_it(sandbox: Sandbox, network: Network) -> None:
    ec2 = sandbox.machine.aws("ec2")
    groups = ec2.describe_security_groups()["SecurityGroups"]
    (door,) = [one["GroupId"] for one in groups if "front-door" in one["GroupName"]]
    opening = [
        {
            "IpProtocol": "tcp",
            "FromPort": CONSOLE,
            "ToPort": CONSOLE,
            "IpRanges": [{"CidrIp": f"{STRANGER[0]}/32"}],
        }
    ]
    ec2.authorize_security_group_ingress(GroupId=door, IpPermissions=opening)
    address = network.public_addresses[0]
    try:
        packets.until(lambda: reaches(network.stranger, address, CONSOLE))
    finally:
        ec2.revoke_security_group_ingress(GroupId=door, IpPermissions=opening)
    packets.until(lambda: is_cut_off(network.stranger, address, CONSOLE))


@pytest.mark.parametrize(
    ("kind", "port"), [(socket.SOCK_DGRAM, 53), (socket.SOCK_STREAM, 53), (socket.SOCK_STREAM, 853)]
)
def test_the_desktop_cannot_ask_another_resolver(network: Network, kind: int, port: int) -> None:
    with (
        packets.server(network.other, kind, OTHER, port),
        packets.server(network.other, socket.SOCK_STREAM, OTHER, 443),
    ):
        assert is_cut_off(network.desktop, OTHER, port, kind)
        assert reaches(network.stranger, OTHER, port, kind)
        # The address is not what is refused.
        assert reaches(network.desktop, OTHER, 443)


def test_the_desktop_reaches_sites_on_open_ports_only(network: Network) -> None:
    assert reaches(network.desktop, SITE, SITE_PORT)
    with (
        packets.server(network.other, socket.SOCK_STREAM, OTHER, CLOSED_PORT),
        packets.server(network.other, socket.SOCK_STREAM, OTHER, SITE_PORT),
    ):
        assert is_cut_off(network.desktop, OTHER, CLOSED_PORT)
        assert reaches(network.stranger, OTHER, CLOSED_PORT)
        assert reaches(network.desktop, OTHER, SITE_PORT)


def test_only_the_console_reaches_the_control_api(network: Network) -> None:
    assert reaches(network.console, network.desktop_address, CONTROL)
    assert is_cut_off(network.balancer, network.desktop_address, CONTROL)
    assert reaches(network.balancer, network.desktop_address, VIEWER)


def test_the_desktop_does_not_reach_the_console(network: Network) -> None:
    assert is_cut_off(network.desktop, network.console_address, CONSOLE)
    assert reaches(network.balancer, network.console_address, CONSOLE)
