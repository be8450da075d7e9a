"""Decides whether an ingress source lies within the range that the stack's configuration allows."""

import re
from collections.abc import Iterator
from typing import Final

from sandbox_policy.model import Context
from sandbox_policy.stack_config import Network, parse_source
from sandbox_policy.values import UNKNOWN, items

GROUP_ID: Final = re.compile(r"sg-[0-9a-f]+")


def judge_cidr(value: object, version: int, what: str, context: Context) -> Iterator[str]:
    """Yield a message unless `value` is None or a CIDR of IP `version` (4 or 6) inside the allowed sources.

    An unknown CIDR is a violation: CIDRs come from the configuration or a literal, so a preview always knows
    them.
    """
    if value is None:
        return
    if value is UNKNOWN:
        yield f"{what} is not known at preview, so it can't be compared with {_allowed(context)}"
        return
    try:
        if not isinstance(value, str) or "/" not in value:
            raise ValueError(f"{value!r} is not a CIDR")
        network = parse_source(value)
        if network.version != version:
            raise ValueError(f"{value!r} is not an IPv{version} CIDR")
    except ValueError as error:
        yield f"{what} can't be read: {error}"
        return
    if not any(_within(network, source) for source in context.config.allowed_sources):
        yield f"{what} {network} is outside {_allowed(context)}"


def judge_cidrs(value: object, version: int, what: str, context: Context) -> Iterator[str]:
    """Like `judge_cidr`, for a list of CIDRs."""
    for element in items(value, what):
        if element is None:
            yield f"{what} holds a null"
        yield from judge_cidr(element, version, what, context)


def judge_prefix_lists(value: object, what: str) -> Iterator[str]:
    """Yield a message for every prefix list: its owner decides what it contains and may change it
    at any time.
    """
    for element in items(value, what):
        shown = "that is not known at preview" if element is UNKNOWN else element
        yield f"{what} admits the prefix list {shown}, whose contents this stack does not control"


def _within(network: Network, source: Network) -> bool:
    if isinstance(network, type(source)):
        return network.subnet_of(source)  # type: ignore[arg-type]
    return False


def _allowed(context: Context) -> str:
    sources = " or ".join(str(source) for source in context.config.allowed_sources)
    reasons = "".join(f"; {problem}" for problem in context.config.problems)
    return f"the allowed sources ({sources}){reasons}"


def judge_group(value: object, what: str) -> Iterator[str]:
    """Yield a message unless `value` is the id of a security group of this account, or unknown at preview.

    An id can only be unknown because this stack is about to create the group.
    """
    if value is None or value is UNKNOWN:
        return
    if not isinstance(value, str) or not GROUP_ID.fullmatch(value):
        yield f"{what} {value!r} is not a security group of this account"
