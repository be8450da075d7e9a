"""The ruleset's text: deterministic, accepted by nft, and never more than the groups' rules say."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.network import rules
from runner.network.model import Interface, Peer, Rule, SecurityGroup, Vpc
from runner.network.namespace import Namespace, available

VPC = Vpc("vpc-0", IPv4Network("10.0.0.0/16"), IPv6Network("2001:db8:1::/56"))
GROUPS = tuple(f"sg-{number}" for number in range(4))

peers: st.SearchStrategy[Peer] = st.one_of(
    st.sampled_from([*GROUPS, "sg-unknown"]),
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(lambda v: IPv4Network(v, strict=False)),
    st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 128)).map(lambda v: IPv6Network(v, strict=False)),
)
ports = st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(sorted)
codes = st.integers(-1, 255)
rule = st.one_of(
    st.builds(
        lambda protocol, range_, peer: Rule(protocol, range_[0], range_[1], peer),
        st.sampled_from(["tcp", "udp"]),
        st.one_of(ports, st.just([0, 65535])),
        peers,
    ),
    st.builds(
        lambda protocol, kind, code, peer: Rule(protocol, kind, code if kind >= 0 else -1, peer),
        st.sampled_from(["icmp", "icmpv6"]),
        codes,
        codes,
        peers,
    ),
    st.builds(lambda peer: Rule("all", -1, -1, peer), peers),
)
rule_lists = st.lists(rule, max_size=5).map(tuple)
groups = st.tuples(*(st.builds(SecurityGroup, st.just(one), rule_lists, rule_lists) for one in GROUPS))


@st.composite
def interfaces(draw: st.DrawFn) -> tuple[Interface, ...]:
    made = []
    for number in range(draw(st.integers(0, 5))):
        ipv6 = draw(st.sampled_from([None, IPv6Address(f"2001:db8:1::1:{number}")]))
        way = draw(st.sampled_from(["none", "public", "nat"]))
        made.append(
            Interface(
                f"eni-{number}",
                IPv4Address(f"10.0.1.{number}"),
                ipv6,
                tuple(draw(st.lists(st.sampled_from([*GROUPS, "sg-unknown"]), max_size=3))),
                public=IPv4Address(f"203.0.113.{number}") if way == "public" else None,
                nat=IPv4Address("203.0.113.100") if way == "nat" else None,
                ipv6_public=ipv6 is not None and draw(st.booleans()),
            )
        )
    return tuple(made)


@pytest.fixture(scope="module")
def namespace() -> Iterator[Namespace]:
    reason = available()
    assert reason is None, reason
    made = Namespace.create()
    yield made
    made.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=groups, interfaces=interfaces())
def test_nft_accepts_every_ruleset(
    namespace: Namespace, groups: tuple[SecurityGroup, ...], interfaces: tuple[Interface, ...]
) -> None:
    namespace.run(["nft", "-c", "-f", "-"], rules.compile(VPC, groups, interfaces))


@given(groups=groups, interfaces=interfaces(), seed=st.integers())
def test_the_order_of_the_input_changes_nothing(
    groups: tuple[SecurityGroup, ...], interfaces: tuple[Interface, ...], seed: int
) -> None:
    shuffled_groups, shuffled = list(groups), list(interfaces)
    random.Random(seed).shuffle(shuffled_groups)
    random.Random(seed).shuffle(shuffled)
    assert rules.compile(VPC, groups, interfaces) == rules.compile(VPC, shuffled_groups, shuffled)


@given(groups=groups, interfaces=interfaces())
def test_only_the_ports_and_peers_of_a_rule_are_admitted(
    groups: tuple[SecurityGroup, ...], interfaces: tuple[Interface, ...]
) -> None:
    text = rules.compile(VPC, groups, interfaces)
    for group in groups:
        for direction, given_rules, end in (
            ("ingress", group.ingress, "saddr"),
            ("egress", group.egress, "daddr"),
        ):
            for line in _chain(text, f"{group.id}-{direction}"):
                assert any(_says(line, one, end, interfaces) for one in given_rules), line


def _says(line: str, one: Rule, end: str, interfaces: tuple[Interface, ...]) -> bool:
    """Whether a line matches no more than a rule, by another way than the compiler's."""
    blocks, ports_, protocols = _read(line, end)
    if isinstance(one.peer, str):
        members = [interface for interface in interfaces if one.peer in interface.groups]
        allowed = {str(address) for member in members for address in (member.address, member.ipv6)}
        peer = bool(blocks) and set(blocks) <= allowed
    else:
        peer = blocks == [str(one.peer)]
    traffic = one.protocol == "all" or (
        protocols == {one.protocol} and ports_ == (one.from_port, one.to_port)
    )
    return peer and traffic


def _read(line: str, end: str) -> tuple[list[str], tuple[int, int], set[str]]:
    family = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}
    if found := re.match(r"meta nfproto (ipv[46])", line):
        blocks = [family[found[1]]]
    elif found := re.match(rf"ip6? {end} \{{ ([^}}]*) \}}", line):
        blocks = found[1].split(", ")
    else:
        blocks = [re.match(rf"ip6? {end} (\S+)", line)[1]]  # type: ignore[index]
    protocols = {name.replace("ipv6-icmp", "icmpv6") for name in re.findall(r"l4proto (\S+)", line)}
    first, last = (0, 65535) if protocols <= {"tcp", "udp"} else (-1, -1)
    if found := re.search(r"(tcp|udp) dport (\d+)(?:-(\d+))?", line):
        protocols, first, last = {found[1]}, int(found[2]), int(found[3] or found[2])
    if found := re.search(r"(icmp|icmpv6) type (\d+)", line):
        protocols, first = {found[1]}, int(found[2])
        code = re.search(rf"{found[1]} code (\d+)", line)
        last = int(code[1]) if code else -1
    return blocks, (first, last), protocols


def _chain(text: str, name: str) -> list[str]:
    found = re.search(rf"^  chain {name} {{\n(.*?)^  }}", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for line in found[1].splitlines()] if found else []


@given(interfaces=interfaces())
def test_without_groups_nothing_is_admitted(interfaces: tuple[Interface, ...]) -> None:
    text = rules.compile(VPC, (), interfaces)
    for interface in interfaces:
        assert _chain(text, f"{interface.device}-sends") == _chain(text, f"{interface.device}-receives") == []
    assert "-ingress" not in text
    assert "-egress" not in text


def test_an_address_of_another_vpc_is_refused() -> None:
    with pytest.raises(ValueError, match="eni-0"):
        rules.compile(VPC, (), (Interface("eni-0", IPv4Address("10.1.0.9")),))
