"""Security groups as an nftables ruleset for the VPC's router.

A new connection passes only when a rule of each end that lies in the VPC lets it; packets of a connection
that exists pass, as EC2 tracks connections. An interface sends from its own addresses only. The rest is
dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network

from runner.network.model import Interface, Rule, SecurityGroup, Vpc

TABLE = "inet vpc"
INTERNET = "net0"
"""The router's interface to the internet."""


def compile(vpc: Vpc, groups: Iterable[SecurityGroup], interfaces: Iterable[Interface]) -> str:
    """The text for `nft -f -`, which replaces the table as a whole and keeps what connections are tracked.

    The same groups and interfaces give the same text, in whatever order they come. A group that is not among
    `groups` admits nothing, neither for members nor as a peer. Raises `ValueError` for addresses that clash.
    """
    known = {group.id: group for group in groups}
    members = tuple(sorted(interfaces, key=lambda interface: interface.id))
    vpc.check(members)
    used = sorted({group for interface in members for group in interface.groups if group in known})
    peers = {group: [one for one in members if group in one.groups] for group in used}
    lines = [
        f"table {TABLE}",
        f"delete table {TABLE}",
        f"table {TABLE} {{",
        *_origin(vpc, members),
        *_translation(members),
        *_router(vpc, members),
        *_forwarding(members),
        *(line for one in members for line in _interface(one, known)),
        *(line for group in used for line in _group(known[group], peers)),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _origin(vpc: Vpc, members: Sequence[Interface]) -> list[str]:
    """Before anything is tracked: nobody sends from an address that is not its own.

    IPv6 neighbours are found from link-local addresses and, before an address is taken, from none.
    """
    own = [f'"{one.device}" . {one.address}' for one in members]
    own6 = [f'"{one.device}" . {one.ipv6}' for one in members if one.ipv6]
    inside6 = [f'iifname "{INTERNET}" ip6 saddr {vpc.ipv6_cidr} drop'] if vpc.ipv6_cidr else []
    return _chain(
        "origin",
        "type filter hook prerouting priority raw; policy drop;",
        f'iifname "{INTERNET}" ip saddr {vpc.cidr} drop',
        *inside6,
        f'iifname {{ "{INTERNET}", "lo" }} accept',
        *([f"iifname . ip saddr {{ {', '.join(own)} }} accept"] if own else []),
        *([f"iifname . ip6 saddr {{ {', '.join(own6)} }} accept"] if own6 else []),
        "ip6 saddr { ::, fe80::/10 } icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept",
    )


def _translation(members: Sequence[Interface]) -> list[str]:
    """Public addresses both ways, NAT gateways for what goes out."""
    inward = [f"{one.public} : {one.address}" for one in members if one.public]
    outward = [f"{one.address} : {one.outside}" for one in members if one.outside]
    return [
        *_chain(
            "inward",
            "type nat hook prerouting priority dstnat; policy accept;",
            *([f'iifname "{INTERNET}" dnat ip to ip daddr map {{ {", ".join(inward)} }}'] if inward else []),
        ),
        *_chain(
            "outward",
            "type nat hook postrouting priority srcnat; policy accept;",
            *(
                [f'oifname "{INTERNET}" snat ip to ip saddr map {{ {", ".join(outward)} }}']
                if outward
                else []
            ),
        ),
    ]


def _router(vpc: Vpc, members: Sequence[Interface]) -> list[str]:
    """What the router itself receives: questions to the resolver, which no security group can forbid."""
    devices = ", ".join(f'"{one.device}"' for one in members)
    return _chain(
        "router",
        "type filter hook input priority filter; policy drop;",
        "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept",
        "ct state vmap { established : accept, related : accept, invalid : drop }",
        *(
            f"iifname {{ {devices} }} ip daddr {vpc.resolver} {protocol} dport 53 accept"
            for protocol in ("udp", "tcp")
            if members
        ),
    )


def _forwarding(members: Sequence[Interface]) -> list[str]:
    senders = ", ".join(f'"{one.device}" : goto {one.device}-sends' for one in members)
    receivers = ", ".join(f'"{one.device}" : goto {one.device}-receives' for one in members)
    out = ", ".join(str(one.address) for one in members if one.outside)
    ipv6 = ", ".join(str(one.ipv6) for one in members if one.ipv6_public)
    return [
        *_chain(
            "forward",
            "type filter hook forward priority filter; policy drop;",
            "ct state vmap { established : accept, related : accept, invalid : drop }",
            # From outside, an IPv4 address of the VPC is reached by its public address only.
            f'iifname "{INTERNET}" ct status dnat goto arrival',
            *([f'iifname "{INTERNET}" ip6 daddr {{ {ipv6} }} goto arrival'] if ipv6 else []),
            *([f"iifname vmap {{ {senders} }}"] if members else []),
        ),
        *_chain(
            "departure",
            *([f'oifname "{INTERNET}" ip saddr {{ {out} }} accept'] if out else []),
            *([f'oifname "{INTERNET}" ip6 saddr {{ {ipv6} }} accept'] if ipv6 else []),
            "goto arrival",
        ),
        *_chain("arrival", *([f"oifname vmap {{ {receivers} }}"] if members else [])),
    ]


def _interface(interface: Interface, known: dict[str, SecurityGroup]) -> list[str]:
    groups = sorted(group for group in set(interface.groups) if group in known)
    return [
        f"  # {interface.id}",
        *_chain(f"{interface.device}-sends", *(f"jump {group}-egress" for group in groups)),
        *_chain(f"{interface.device}-receives", *(f"jump {group}-ingress" for group in groups)),
    ]


def _group(group: SecurityGroup, peers: dict[str, list[Interface]]) -> list[str]:
    return [
        *_chain(
            f"{group.id}-egress",
            *(f"{match} goto departure" for rule in group.egress for match in _matches(rule, "daddr", peers)),
        ),
        *_chain(
            f"{group.id}-ingress",
            *(f"{match} accept" for rule in group.ingress for match in _matches(rule, "saddr", peers)),
        ),
    ]


def _matches(rule: Rule, end: str, peers: dict[str, list[Interface]]) -> list[str]:
    """The rule for each version of IP that it can speak of."""
    traffic = _traffic(rule)
    ipv4, ipv6 = rule.protocol != "icmpv6", rule.protocol != "icmp"
    if isinstance(rule.peer, IPv4Network):
        return [" ".join((_block("ip", end, rule.peer), *traffic))] if ipv4 else []
    if isinstance(rule.peer, IPv6Network):
        return [" ".join((_block("ip6", end, rule.peer), *traffic))] if ipv6 else []
    addresses = [str(one.address) for one in peers.get(rule.peer, ())]
    addresses6 = [str(one.ipv6) for one in peers.get(rule.peer, ()) if one.ipv6]
    return [
        " ".join((f"{version} {end} {{ {', '.join(found)} }}", *traffic))
        for version, speaks, found in (("ip", ipv4, addresses), ("ip6", ipv6, addresses6))
        if speaks and found
    ]


def _block(version: str, end: str, block: IPv4Network | IPv6Network) -> str:
    if block.prefixlen == 0:
        return f"meta nfproto ipv{block.version}"
    return f"{version} {end} {block}"


def _traffic(rule: Rule) -> list[str]:
    first, last = rule.from_port, rule.to_port
    match rule.protocol:
        case "all":
            return []
        case "tcp" | "udp":
            if (first, last) == (0, 65535):
                return [f"meta l4proto {rule.protocol}"]
            return [f"{rule.protocol} dport {first}" + (f"-{last}" if last > first else "")]
        case protocol:
            if first == -1:
                return [f"meta l4proto {'ipv6-icmp' if protocol == 'icmpv6' else 'icmp'}"]
            return [f"{protocol} type {first}"] + ([f"{protocol} code {last}"] if last != -1 else [])


def _chain(name: str, *rules: str) -> list[str]:
    return [f"  chain {name} {{", *(f"    {rule}" for rule in rules), "  }"]
