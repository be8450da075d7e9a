"""Sets of addresses are exact: they behave like sets of numbers, for any blocks."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prove.addresses import EVERYWHERE, IPV4, IPV6, NOWHERE, AddressSet

SMALL = st.tuples(st.integers(0, 255), st.integers(24, 32)).map(
    lambda pair: str(ipaddress.ip_network(f"198.51.100.{pair[0]}/{pair[1]}", strict=False))
)
"""Blocks inside 198.51.100.0/24, few enough addresses to compare with sets of numbers."""


def numbers(blocks: list[str]) -> set[int]:
    """The addresses of the blocks, one by one."""
    return {int(address) for block in blocks for address in ipaddress.IPv4Network(block)}


def listed(addresses: AddressSet) -> set[int]:
    """The IPv4 addresses of a set, one by one."""
    return {number for first, last in addresses.v4 for number in range(first, last + 1)}


@given(st.lists(SMALL), st.lists(SMALL))
def test_union_intersection_and_difference_equal_those_of_number_sets(
    one: list[str], other: list[str]
) -> None:
    left, right = AddressSet.of(*one), AddressSet.of(*other)
    assert listed(left | right) == numbers(one) | numbers(other)
    assert listed(left & right) == numbers(one) & numbers(other)
    assert listed(left - right) == numbers(one) - numbers(other)
    assert (left <= right) == (numbers(one) <= numbers(other))
    assert bool(left) == bool(one)


@given(st.lists(SMALL))
def test_a_set_is_the_union_of_its_blocks_and_has_one_representation(
    blocks: list[str],
) -> None:
    whole = AddressSet.of(*blocks)
    assert AddressSet.of(*whole.cidrs()) == whole
    assert AddressSet.union(AddressSet.of(block) for block in blocks) == whole
    assert whole.complement().complement() == whole
    assert whole | whole.complement() == EVERYWHERE
    assert whole & whole.complement() == NOWHERE


@given(st.integers(0, 2**128 - 1), st.integers(0, 128))
def test_both_versions_are_kept_apart(number: int, prefix: int) -> None:
    block = AddressSet.of(str(ipaddress.IPv6Network((number, prefix), strict=False)))
    assert not block & IPV4
    assert block <= IPV6


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        ([], "nobody"),
        (["0.0.0.0/0", "::/0"], "everywhere"),
        (["0.0.0.0/1", "128.0.0.0/1"], "all of IPv4"),
        (["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"], "all of IPv4 except 224.0.0.0/3"),
        (["203.0.113.0/25", "203.0.113.128/25"], "203.0.113.0/24"),
        (["203.0.113.1/32", "2001:db8::/32"], "203.0.113.1/32, 2001:db8::/32"),
    ],
)
def test_a_set_is_shown_with_as_few_blocks_as_possible(blocks: list[str], text: str) -> None:
    assert str(AddressSet.of(*blocks)) == text


def test_a_long_set_is_shortened() -> None:
    blocks = [f"203.0.113.{number}/32" for number in range(0, 20, 2)]
    assert str(AddressSet.of(*blocks)).endswith("and more")


def test_an_invalid_block_is_refused() -> None:
    with pytest.raises(ValueError, match="anywhere"):
        AddressSet.of("anywhere")
