"""Values of the emulated VPC: what cannot be is refused when it is made."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest

from runner.network.forwarder import Target
from runner.network.model import Interface, Rule, SecurityGroup, Vpc

ANY = IPv4Network("0.0.0.0/0")
ADDRESS = IPv4Address("10.0.0.5")
VPC = Vpc("vpc-0", IPv4Network("10.0.0.0/16"), IPv6Network("2001:db8:1::/56"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rule("sctp", 1, 1, ANY), "'sctp' is none of"),
        (lambda: Rule("tcp", -1, -1, ANY), "tcp ports -1 to -1"),
        (lambda: Rule("udp", 2, 1, ANY), "udp ports 2 to 1"),
        (lambda: Rule("tcp", 0, 65536, ANY), "tcp ports 0 to 65536"),
        (lambda: Rule("all", 0, 65535, ANY), "no ports"),
        (lambda: Rule("icmp", 256, -1, ANY), "icmp type 256"),
        (lambda: Rule("icmpv6", -1, 0, ANY), "icmpv6 type -1, code 0"),
        (lambda: Rule("tcp", 1, 1, "everybody"), "'everybody' is no security group id"),
        (lambda: Rule("tcp", 1, 1, "sg-0 } drop"), "no security group id"),
        (lambda: SecurityGroup("sg-"), "'sg-' is no security group id"),
        (lambda: Interface("a\nb", ADDRESS), "not 1 to 80 letters"),
        (lambda: Interface("a", ADDRESS, groups=("door",)), "'door' is no security group id"),
        (lambda: Interface("a", ADDRESS, public=ADDRESS, nat=ADDRESS), "one way out"),
        (lambda: Interface("a", ADDRESS, ipv6_public=True), "without an IPv6 address"),
        (lambda: Interface("a", ADDRESS, nat=IPv4Address("127.1.2.3")), "127.1.2.3 on the internet"),
        (lambda: Interface("a", ADDRESS, public=IPv4Address("224.0.0.1")), "224.0.0.1 on the internet"),
        (lambda: Vpc("vpc-0", IPv4Network("10.0.0.0/8")), "between /16 and /28"),
        (lambda: VPC.check((Interface("a", IPv4Address("10.1.0.5")),)), "no free address of 10.0.0.0/16"),
        (lambda: VPC.check((Interface("a", VPC.resolver),)), "10.0.0.2 is no free address"),
        (lambda: VPC.check((Interface("a", ADDRESS, IPv6Address("2001:db8:2::1")),)), "not in the VPC's"),
        (lambda: VPC.check((Interface("a", ADDRESS), Interface("b", ADDRESS))), "a and b both have 10.0.0.5"),
        (lambda: Target(ADDRESS, 0), "target port 0"),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError) as refused:
        make()
    assert message in str(refused.value)


def test_the_vpc_reserves_its_first_addresses() -> None:
    assert (str(VPC.router), str(VPC.resolver)) == ("10.0.0.1", "10.0.0.2")


def test_a_device_has_a_name_that_linux_accepts_and_no_other_has() -> None:
    devices = {Interface(f"eni-{number:017x}", ADDRESS).device for number in range(1000)}
    assert len(devices) == 1000
    assert max(map(len, devices)) <= 15
