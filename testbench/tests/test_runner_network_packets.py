"""The emulated VPC with real packets, between namespaces of our own; strangers have documentation addresses.

Each refusal is shown beside the same packet arriving once a rule lets it.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest

from runner.network.model import Interface, Rule, SecurityGroup, Vpc
from runner.network.namespace import Namespace, NetworkError, available
from runner.network.topology import Network

VPC = Vpc("vpc-0", IPv4Network("10.0.0.0/16"), IPv6Network("2001:db8:100::/56"))
EVERYWHERE, EVERYWHERE6 = IPv4Network("0.0.0.0/0"), IPv6Network("::/0")
DEPLOYER, DEPLOYER6 = IPv4Address("203.0.113.1"), IPv6Address("2001:db8:113::1")
STRANGER, STRANGER6 = IPv4Address("198.51.100.66"), IPv6Address("2001:db8:ffff::66")
RESOLVER, RESOLVER6 = IPv4Address("192.0.2.53"), IPv6Address("2001:db8::53")
WEB = IPv4Address("198.51.100.80")
PUBLIC, NAT = IPv4Address("203.0.113.80"), IPv4Address("203.0.113.20")

BALANCER = Interface(
    "balancer",
    IPv4Address("10.0.0.10"),
    IPv6Address("2001:db8:100::10"),
    ("sg-door",),
    PUBLIC,
    ipv6_public=True,
)
AGENT = Interface(
    "agent", IPv4Address("10.0.128.11"), IPv6Address("2001:db8:100:1::11"), ("sg-agent",), nat=NAT
)
# The stack's desktop has no IPv6; here it has, with a way out, so that only the group can hold it back.
DESKTOP = Interface(
    "desktop",
    IPv4Address("10.0.128.12"),
    IPv6Address("2001:db8:100:1::12"),
    ("sg-desktop",),
    nat=NAT,
    ipv6_public=True,
)


def tcp(port: int, peer: IPv4Network | IPv6Network | str) -> Rule:
    return Rule("tcp", port, port, peer)


def udp(port: int, peer: IPv4Network | IPv6Network | str) -> Rule:
    return Rule("udp", port, port, peer)


# As in the stack: src/main/java/io/computeruse/sandbox/network/TrafficPolicy.java
DOOR = SecurityGroup(
    "sg-door",
    (tcp(8501, IPv4Network("203.0.113.1/32")), tcp(8501, IPv6Network("2001:db8:113::1/128"))),
    (tcp(8501, "sg-agent"), tcp(8443, "sg-desktop")),
)
AGENTS = SecurityGroup("sg-agent", (tcp(8501, "sg-door"),), (tcp(5000, "sg-desktop"), tcp(443, EVERYWHERE)))
DESKTOPS = SecurityGroup(
    "sg-desktop",
    (tcp(8443, "sg-door"), tcp(5000, "sg-agent")),
    (tcp(443, EVERYWHERE), tcp(80, EVERYWHERE)),
)
GROUPS = (DOOR, AGENTS, DESKTOPS)


@dataclass(frozen=True)
class Scene:
    network: Network
    balancer: Namespace
    agent: Namespace
    desktop: Namespace
    deployer: Namespace
    stranger: Namespace
    resolver: Namespace
    web: Namespace


@pytest.fixture
def scene() -> Iterator[Scene]:
    reason = available()
    assert reason is None, reason
    with Network(VPC) as network:
        network.apply(GROUPS)
        yield Scene(
            network,
            balancer=network.attach(BALANCER),
            agent=network.attach(AGENT),
            desktop=network.attach(DESKTOP),
            deployer=network.add_internet_host(DEPLOYER, DEPLOYER6),
            stranger=network.add_internet_host(STRANGER, STRANGER6),
            resolver=network.add_internet_host(RESOLVER, RESOLVER6),
            web=network.add_internet_host(WEB),
        )


Address = IPv4Address | IPv6Address


def sender(namespace: Namespace, kind: int, to: Address) -> socket.socket:
    made = namespace.socket(socket.AF_INET6 if to.version == 6 else socket.AF_INET, kind)
    made.settimeout(5)
    return made


def server(namespace: Namespace, kind: int, port: int) -> socket.socket:
    """Listens on all addresses of a namespace, IPv6 and IPv4."""
    made = namespace.socket(socket.AF_INET6, kind)
    made.settimeout(5)
    made.bind(("::", port))
    if kind == socket.SOCK_STREAM:
        made.listen()
    return made


def connects(namespace: Namespace, to: Address, port: int) -> bool:
    with sender(namespace, socket.SOCK_STREAM, to) as client:
        client.connect((str(to), port))
        return True


def held_back(namespace: Namespace, to: Address, port: int) -> bool:
    with sender(namespace, socket.SOCK_STREAM, to) as client:
        # Packets here take microseconds; only those that never arrive take this long.
        client.settimeout(0.3)
        try:
            client.connect((str(to), port))
        except OSError:
            return True
        return False


def seen_from(listening: socket.socket) -> Address:
    """Whose connection, or datagram, the server got."""
    if listening.type == socket.SOCK_STREAM:
        connection, peer = listening.accept()
        connection.close()
    else:
        _, peer = listening.recvfrom(100)
    address = IPv6Address(peer[0])
    return address.ipv4_mapped or address


@pytest.mark.parametrize(
    ("listed", "unlisted", "to", "rule"),
    [
        (DEPLOYER, STRANGER, PUBLIC, tcp(8501, IPv4Network("198.51.100.66/32"))),
        (DEPLOYER6, STRANGER6, BALANCER.ipv6, tcp(8501, IPv6Network("2001:db8:ffff::66/128"))),
    ],
    ids=["IPv4", "IPv6"],
)
def test_a_stranger_cannot_connect_but_the_deployer_can(
    scene: Scene, listed: Address, unlisted: Address, to: Address, rule: Rule
) -> None:
    with server(scene.balancer, socket.SOCK_STREAM, 8501) as listening:
        assert connects(scene.deployer, to, 8501)
        assert seen_from(listening) == listed
        assert held_back(scene.stranger, to, 8501)
        scene.network.apply((replace(DOOR, ingress=(rule,)), AGENTS, DESKTOPS))
        assert connects(scene.stranger, to, 8501)
        assert seen_from(listening) == unlisted
        assert held_back(scene.deployer, to, 8501)


@pytest.mark.parametrize("to", [DESKTOP.address, DESKTOP.ipv6], ids=["IPv4", "IPv6"])
def test_only_the_agent_reaches_the_control_api(scene: Scene, to: Address) -> None:
    with server(scene.desktop, socket.SOCK_STREAM, 5000):
        assert connects(scene.agent, to, 5000)
        assert held_back(scene.balancer, to, 5000)


@pytest.mark.parametrize(
    "groups",
    [
        (DOOR, replace(AGENTS, egress=()), DESKTOPS),
        (DOOR, AGENTS, replace(DESKTOPS, ingress=())),
        (DOOR, AGENTS),
        (),
    ],
    ids=["no egress", "no ingress", "an unknown peer", "no groups"],
)
def test_a_connection_takes_a_rule_at_both_ends(scene: Scene, groups: tuple[SecurityGroup, ...]) -> None:
    with server(scene.desktop, socket.SOCK_STREAM, 5000):
        assert connects(scene.agent, DESKTOP.address, 5000)
        scene.network.apply(groups)
        assert held_back(scene.agent, DESKTOP.address, 5000)


def test_the_groups_of_an_interface_add_up(scene: Scene) -> None:
    scene.network.detach("desktop")
    both = replace(DESKTOP, groups=("sg-extra", "sg-desktop"))
    with server(scene.network.attach(both), socket.SOCK_STREAM, 5000):
        assert connects(scene.agent, DESKTOP.address, 5000)
        extra = SecurityGroup("sg-extra", (tcp(5000, "sg-agent"),))
        scene.network.apply((DOOR, AGENTS, replace(DESKTOPS, ingress=()), extra))
        assert connects(scene.agent, DESKTOP.address, 5000)
        scene.network.apply((DOOR, AGENTS, replace(DESKTOPS, ingress=())))
        assert held_back(scene.agent, DESKTOP.address, 5000)


@pytest.mark.parametrize("to", [RESOLVER, RESOLVER6], ids=str)
@pytest.mark.parametrize("port", [53, 853])
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["tcp", "udp"])
def test_the_desktop_cannot_reach_a_foreign_resolver(scene: Scene, to: Address, port: int, kind: int) -> None:
    protocol = "tcp" if kind == socket.SOCK_STREAM else "udp"
    rules = tuple(Rule(protocol, port, port, peer) for peer in (EVERYWHERE, EVERYWHERE6))
    with server(scene.resolver, kind, port) as listening, sender(scene.desktop, kind, to) as client:
        if kind == socket.SOCK_STREAM:
            assert held_back(scene.desktop, to, port)
        else:
            client.sendto(b"refused", (str(to), port))
        scene.network.apply((DOOR, AGENTS, replace(DESKTOPS, egress=rules)))
        if kind == socket.SOCK_STREAM:
            assert connects(scene.desktop, to, port)
        else:
            client.sendto(b"let through", (str(to), port))
            assert listening.recv(100, socket.MSG_PEEK) == b"let through"
        assert seen_from(listening) == (NAT if to.version == 4 else DESKTOP.ipv6)


def test_the_desktop_reaches_web_sites_on_their_ports_only(scene: Scene) -> None:
    with (
        server(scene.web, socket.SOCK_STREAM, 80) as plain,
        server(scene.web, socket.SOCK_STREAM, 443) as encrypted,
        server(scene.web, socket.SOCK_STREAM, 8080) as other,
    ):
        assert connects(scene.desktop, WEB, 80)
        assert seen_from(plain) == NAT
        assert connects(scene.desktop, WEB, 443)
        assert seen_from(encrypted) == NAT
        assert held_back(scene.desktop, WEB, 8080)
        scene.network.apply((replace(DESKTOPS, egress=(Rule("all", -1, -1, EVERYWHERE),)),))
        assert connects(scene.desktop, WEB, 8080)
        assert seen_from(other) == NAT


def test_no_packet_leaves_a_subnet_without_a_route_to_the_internet(scene: Scene) -> None:
    scene.network.apply((replace(DESKTOPS, egress=(udp(7000, EVERYWHERE),)),))
    with (
        server(scene.web, socket.SOCK_DGRAM, 7000) as listening,
        server(scene.network.router, socket.SOCK_DGRAM, 53) as resolver,
    ):
        for way in (None, NAT):
            scene.network.detach("desktop")
            desktop = scene.network.attach(replace(DESKTOP, nat=way))
            with sender(desktop, socket.SOCK_DGRAM, WEB) as client:
                client.sendto(str(way).encode(), (str(WEB), 7000))
                # When the second has come to the router, so had the first.
                client.sendto(b"question", (str(VPC.resolver), 53))
                assert resolver.recv(100) == b"question"
        assert listening.recv(100) == str(NAT).encode()


def test_no_ipv6_packet_passes_in_either_direction_without_a_route(scene: Scene) -> None:
    rules = (udp(7000, EVERYWHERE6),)
    scene.network.apply((replace(DOOR, ingress=rules, egress=rules),))
    to = BALANCER.ipv6
    assert to is not None
    make_neighbours(scene, to)
    with (
        server(scene.resolver, socket.SOCK_DGRAM, 7000) as outside,
        server(scene.network.router, socket.SOCK_DGRAM, 53) as resolver,
        sender(scene.stranger, socket.SOCK_DGRAM, to) as stranger,
    ):
        for routed in (False, True):
            scene.network.detach("balancer")
            balancer = scene.network.attach(replace(BALANCER, ipv6_public=routed))
            with (
                server(balancer, socket.SOCK_DGRAM, 7000) as inside,
                sender(balancer, socket.SOCK_DGRAM, RESOLVER6) as client,
                sender(balancer, socket.SOCK_DGRAM, VPC.resolver) as asking,
            ):
                client.sendto(str(routed).encode(), (str(RESOLVER6), 7000))
                stranger.sendto(str(routed).encode(), (str(to), 7000))
                asking.sendto(b"question", (str(VPC.resolver), 53))
                assert resolver.recv(100) == b"question"
                if routed:
                    assert inside.recv(100) == b"True"
                else:
                    inside.settimeout(0.3)
                    with pytest.raises(TimeoutError):
                        inside.recv(100)
        assert outside.recv(100) == b"True"


def make_neighbours(scene: Scene, *addresses: Address | None) -> None:
    """Tell the stranger that the router has these addresses, whether it answers for them or not."""
    shown = scene.network.router.run(["ip", "-json", "link", "show", "net0"])
    hardware = json.loads(shown)[0]["address"]
    for address in addresses:
        scene.stranger.run(["ip", "neighbour", "replace", str(address), "lladdr", hardware, "dev", "eth0"])


@pytest.mark.parametrize(
    ("forged", "to", "honestly_to"),
    [(AGENT.address, PUBLIC, BALANCER.address), (AGENT.ipv6, BALANCER.ipv6, BALANCER.ipv6)],
    ids=["IPv4", "IPv6"],
)
def test_a_packet_from_outside_with_the_address_of_a_task_is_dropped(
    scene: Scene, forged: Address, to: Address, honestly_to: Address
) -> None:
    scene.network.apply(
        (SecurityGroup("sg-door", (udp(7000, "sg-agent"),)), replace(AGENTS, egress=(udp(7000, "sg-door"),)))
    )
    assume(scene.stranger, forged)
    with (
        server(scene.balancer, socket.SOCK_DGRAM, 7000) as listening,
        sender(scene.stranger, socket.SOCK_DGRAM, to) as liar,
        sender(scene.agent, socket.SOCK_DGRAM, honestly_to) as honest,
    ):
        liar.bind((str(forged), 0))
        make_neighbours(scene, to)
        liar.sendto(b"forged", (str(to), 7000))
        honest.sendto(b"honest", (str(honestly_to), 7000))
        assert listening.recv(100) == b"honest"


def assume(namespace: Namespace, forged: Address) -> None:
    """Give a namespace an address that is another's, at once usable."""
    suffix = ["nodad"] if forged.version == 6 else []
    namespace.run(["ip", "address", "add", f"{forged}/{forged.max_prefixlen}", "dev", "eth0", *suffix])


@pytest.mark.parametrize(
    ("forged", "to"), [(BALANCER.address, AGENT.address), (BALANCER.ipv6, AGENT.ipv6)], ids=["IPv4", "IPv6"]
)
def test_a_forged_source_is_dropped(scene: Scene, forged: Address, to: Address) -> None:
    rules = tuple(Rule("all", -1, -1, peer) for peer in (EVERYWHERE, EVERYWHERE6))
    scene.network.apply(
        (
            replace(DOOR, egress=rules),
            SecurityGroup("sg-agent", (udp(7000, "sg-door"),)),
            SecurityGroup("sg-desktop", (), rules),
        )
    )
    assume(scene.desktop, forged)
    with (
        server(scene.agent, socket.SOCK_DGRAM, 7000) as listening,
        sender(scene.desktop, socket.SOCK_DGRAM, to) as liar,
        sender(scene.balancer, socket.SOCK_DGRAM, to) as honest,
        server(scene.network.router, socket.SOCK_DGRAM, 53) as resolver,
        sender(scene.desktop, socket.SOCK_DGRAM, VPC.resolver) as asking,
    ):
        liar.bind((str(forged), 0))
        liar.sendto(b"forged", (str(to), 7000))
        asking.sendto(b"question", (str(VPC.resolver), 53))
        assert resolver.recv(100) == b"question"
        honest.sendto(b"honest", (str(to), 7000))
        assert listening.recv(100) == b"honest"


def test_from_outside_a_private_address_is_not_reached(scene: Scene) -> None:
    """Not even by a neighbour who knows the router's hardware address and is let in by the groups."""
    scene.network.apply((replace(DOOR, ingress=(udp(7000, EVERYWHERE),)),))
    make_neighbours(scene, BALANCER.address, VPC.resolver)
    with (
        server(scene.balancer, socket.SOCK_DGRAM, 7000) as listening,
        server(scene.network.router, socket.SOCK_DGRAM, 53) as resolver,
        sender(scene.stranger, socket.SOCK_DGRAM, PUBLIC) as client,
        sender(scene.desktop, socket.SOCK_DGRAM, VPC.resolver) as task,
    ):
        client.sendto(b"to the private address", (str(BALANCER.address), 7000))
        client.sendto(b"to the public address", (str(PUBLIC), 7000))
        assert listening.recv(100) == b"to the public address"
        client.sendto(b"from a stranger", (str(VPC.resolver), 53))
        task.sendto(b"from a task", (str(VPC.resolver), 53))
        assert resolver.recv(100) == b"from a task"


def test_the_resolver_is_reached_whatever_the_groups_say(scene: Scene) -> None:
    scene.network.apply(())
    with (
        server(scene.network.router, socket.SOCK_STREAM, 53),
        server(scene.network.router, socket.SOCK_STREAM, 54),
        server(scene.network.router, socket.SOCK_DGRAM, 53) as datagrams,
        sender(scene.desktop, socket.SOCK_DGRAM, VPC.resolver) as client,
    ):
        assert connects(scene.desktop, VPC.resolver, 53)
        assert held_back(scene.desktop, VPC.resolver, 54)
        assert held_back(scene.desktop, VPC.router, 53)
        client.sendto(b"question", (str(VPC.resolver), 53))
        question, peer = datagrams.recvfrom(100)
        datagrams.sendto(b"answer", peer)
        assert (question, client.recv(100)) == (b"question", b"answer")


@pytest.mark.parametrize(
    ("to", "groups"), [(PUBLIC, (AGENTS, DESKTOPS)), (BALANCER.ipv6, ())], ids=["IPv4", "IPv6"]
)
def test_a_connection_survives_the_end_of_its_rule(
    scene: Scene, to: Address, groups: tuple[SecurityGroup, ...]
) -> None:
    with (
        server(scene.balancer, socket.SOCK_STREAM, 8501) as listening,
        sender(scene.deployer, socket.SOCK_STREAM, to) as client,
    ):
        client.connect((str(to), 8501))
        connection, _ = listening.accept()
        with connection:
            for _ in range(20):
                scene.network.apply(GROUPS)
                scene.network.apply(groups)
                client.sendall(b"ping")
                assert connection.recv(4) == b"ping"
                connection.sendall(b"pong")
                assert client.recv(4) == b"pong"
            assert held_back(scene.deployer, to, 8501)


@pytest.mark.parametrize(
    ("source", "to", "protocol", "rule"),
    [
        (STRANGER, PUBLIC, socket.IPPROTO_ICMP, Rule("icmp", 8, 0, EVERYWHERE)),
        (STRANGER6, BALANCER.ipv6, socket.IPPROTO_ICMPV6, Rule("icmpv6", 128, -1, EVERYWHERE6)),
    ],
    ids=["IPv4", "IPv6"],
)
def test_ping_needs_a_rule_for_icmp(
    scene: Scene, source: Address, to: Address, protocol: int, rule: Rule
) -> None:
    """Sent by a stranger, seen by the balancer: first refused, then let through."""
    family = socket.AF_INET6 if to.version == 6 else socket.AF_INET

    def raw() -> socket.socket:
        return socket.socket(family, socket.SOCK_RAW, protocol)

    def echo(number: int) -> bytes:
        kind = rule.from_port
        # The checksum's rule for four words; the kernel fills in that of IPv6 itself.
        return struct.pack("!BBHHH", kind, 0, ~((kind << 8) + number) & 0xFFFF, 0, number)

    with scene.stranger.call(raw) as client, scene.balancer.call(raw) as listening:
        listening.settimeout(5)
        client.sendto(echo(1), (str(to), 0))
        scene.network.apply((replace(DOOR, ingress=(rule,)),))
        client.sendto(echo(2), (str(to), 0))
        numbers = []
        while 2 not in numbers:
            packet, peer = listening.recvfrom(100)
            if ip_address(peer[0].partition("%")[0]) == source:
                numbers.append(packet[-1])
        assert numbers == [2]


def test_no_namespace_leads_to_the_machine(scene: Scene) -> None:
    """The machine's loopback is not theirs, and the router knows no way to any other address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()
        everywhere = (scene.network.router, scene.network.internet, scene.desktop, scene.web)
        assert all(held_back(namespace, IPv4Address("127.0.0.1"), port) for namespace in everywhere)
    for namespace in (scene.network.router, scene.network.internet):
        for address in (
            "8.8.8.8",
            "169.254.169.254",
            "10.1.0.1",
            "10.0.77.77",
            "2600::1",
            "2001:db8:100::77",
        ):
            with pytest.raises(NetworkError, match=r"unreachable|Invalid|argument"):
                namespace.run(["ip", "route", "get", address])
    devices = scene.network.router.run(["ip", "-brief", "link"]).split("\n")
    names = {line.split("@")[0].split()[0] for line in devices if line}
    assert names == {"lo", "net0", BALANCER.device, AGENT.device, DESKTOP.device}


def test_addresses_that_clash_are_refused_and_change_nothing(scene: Scene) -> None:
    with pytest.raises(ValueError, match="attached already"):
        scene.network.attach(BALANCER)
    with pytest.raises(ValueError, match=r"both have 10\.0\.0\.10"):
        scene.network.attach(replace(BALANCER, id="other", public=None, ipv6=None, ipv6_public=False))
    with pytest.raises(ValueError, match="a host of the internet already"):
        scene.network.attach(Interface("other", IPv4Address("10.0.0.11"), public=STRANGER))
    for taken in (PUBLIC, NAT, STRANGER):
        with pytest.raises(ValueError, match="is taken"):
            scene.network.add_internet_host(taken)
    with pytest.raises(ValueError, match="no documentation address"):
        scene.network.add_internet_host(ip_address("9.9.9.9"))
    with pytest.raises(KeyError):
        scene.network.detach("other")
    assert scene.network.interfaces == (BALANCER, AGENT, DESKTOP)
    with server(scene.balancer, socket.SOCK_STREAM, 8501):
        assert connects(scene.deployer, PUBLIC, 8501)


def test_an_interface_can_go_and_come_again(scene: Scene) -> None:
    for _ in range(3):
        scene.network.detach("balancer")
        rules = scene.network.router.run(["nft", "list", "ruleset"])
        assert BALANCER.device not in rules
        assert str(BALANCER.address) not in rules
        assert held_back(scene.deployer, PUBLIC, 8501)
        with server(scene.network.attach(BALANCER), socket.SOCK_STREAM, 8501):
            assert connects(scene.deployer, PUBLIC, 8501)
