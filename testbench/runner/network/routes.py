"""Cables, addresses and routes of the network's namespaces, as commands of ip(8).

Both ends of a cable are made where they belong. The router holds public addresses and NAT gateways' as its
own, so that it answers for them; the ruleset translates what may pass and drops the rest.
"""

from __future__ import annotations

import time
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from runner.network.model import Interface, Vpc
from runner.network.namespace import Namespace, NetworkError
from runner.network.rules import INTERNET

# RFC 5737 and RFC 3849
DOCUMENTATION = (
    IPv4Network("192.0.2.0/24"),
    IPv4Network("198.51.100.0/24"),
    IPv4Network("203.0.113.0/24"),
    IPv6Network("2001:db8::/32"),
)
"""What the internet consists of."""
_ROUTER6 = IPv6Address("fe80::1")
_UP_SECONDS = 10


def build_internet(internet: Namespace, router: Namespace) -> None:
    """A bridge, and the router's cable to it."""
    router.sysctl({"ipv6/conf/default/accept_dad": 0})
    _ip(
        internet,
        "link add net type bridge forward_delay 0 mcast_snooping 0",
        "link set net addrgenmode none up",
        f"link add {INTERNET} type veth peer name {INTERNET} netns {router.path}",
        f"link set {INTERNET} master net addrgenmode none up",
    )


def build_router(router: Namespace, vpc: Vpc) -> None:
    """Everything but forwarding, which must wait for the first ruleset."""
    router.sysctl(
        {
            # The ruleset checks sources, for each interface.
            f"ipv4/conf/{name}/{setting}": 0
            for name in ("all", "default", INTERNET)
            for setting in ("rp_filter", "send_redirects", "accept_redirects")
        }
    )
    _ip(
        router,
        f"address add {vpc.router}/32 dev lo",
        f"address add {vpc.resolver}/32 dev lo",
        # What no interface has goes nowhere, whatever the routes to the internet say.
        *(f"route add blackhole {block}" for block in (vpc.cidr, vpc.ipv6_cidr) if block),
        f"link set {INTERNET} up",
        *(f"route add {block} dev {INTERNET}" for block in DOCUMENTATION),
    )
    _wait_until_up(router, INTERNET)
    router.sysctl({f"ipv6/conf/{INTERNET}/proxy_ndp": 1, f"ipv6/neigh/{INTERNET}/proxy_delay": 0})


def start_forwarding(router: Namespace) -> None:
    router.sysctl({"ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1})


def connect_interface(router: Namespace, vpc: Vpc, interface: Interface, namespace: Namespace) -> None:
    """The interface's cable, `eth0` inside."""
    device, ipv6 = interface.device, interface.ipv6
    at_router = [
        f"link add {device} type veth peer name eth0 netns {namespace.path}",
        f"link set {device} addrgenmode none up",
        f"route add {interface.address}/32 dev {device}",
    ]
    inside = [
        f"address add {interface.address}/32 dev eth0",
        "link set eth0 up",
        f"route add {vpc.router}/32 dev eth0",
        f"route add 0.0.0.0/0 via {vpc.router}",
    ]
    if interface.outside:
        at_router += [f"address replace {interface.outside}/32 dev lo"]
    if ipv6:
        at_router += [f"address add {_ROUTER6}/64 dev {device} nodad", f"route add {ipv6}/128 dev {device}"]
        inside += [f"address add {ipv6}/128 dev eth0 nodad", f"route add ::/0 via {_ROUTER6} dev eth0"]
    if interface.ipv6_public:
        at_router += [f"neighbour add proxy {ipv6} dev {INTERNET}"]
    _ip(router, *at_router)
    _ip(namespace, *inside)
    _wait_until_up(router, device)
    _wait_until_up(namespace, "eth0")


def disconnect_interface(router: Namespace, interface: Interface, outside: IPv4Address | None) -> None:
    """Remove its cable; also `outside`, its address on the internet, when no other interface has the same."""
    commands = [f"link delete {interface.device}"]
    if outside:
        commands += [f"address delete {outside}/32 dev lo"]
    if interface.ipv6_public:
        commands += [f"neighbour delete proxy {interface.ipv6} dev {INTERNET}"]
    _ip(router, *commands)


def connect_host(
    internet: Namespace, port: str, namespace: Namespace, addresses: tuple[IPv4Address | IPv6Address, ...]
) -> None:
    """A host's cable to the bridge. All are its neighbours: the router answers for the VPC's addresses."""
    _ip(
        internet,
        f"link add {port} type veth peer name eth0 netns {namespace.path}",
        f"link set {port} master net addrgenmode none up",
    )
    inside = ["link set eth0 up"]
    for address in addresses:
        everywhere, own = ("::/0", " nodad") if address.version == 6 else ("0.0.0.0/0", "")
        inside += [f"address add {address}/{address.max_prefixlen} dev eth0{own}"]
        inside += [f"route replace {everywhere} dev eth0"]
    _ip(namespace, *inside)
    _wait_until_up(internet, port)
    _wait_until_up(namespace, "eth0")


def _ip(namespace: Namespace, *commands: str) -> None:
    """All of them, then an error if one failed."""
    namespace.run(["ip", "-force", "-batch", "-"], "\n".join(commands) + "\n")


def _wait_until_up(namespace: Namespace, device: str) -> None:
    """Linux activates a cable after both ends are up, in its own time, and drops what is sent before."""
    deadline = time.monotonic() + _UP_SECONDS
    while " state UP " not in namespace.run(["ip", "-oneline", "link", "show", "dev", device]):
        if time.monotonic() > deadline:
            raise NetworkError(f"the interface {device} has not come up in {_UP_SECONDS} seconds")
