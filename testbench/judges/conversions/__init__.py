"""Every type of resource that the program makes. A type that is missing here fails the test."""

from __future__ import annotations

from judges.conversion import Conversion, NoCounterpart, PartOf
from judges.conversions import balancing, containers, identity, names, network

CONVERSIONS: dict[str, Conversion | PartOf | NoCounterpart] = {
    **balancing.CONVERSIONS,
    **containers.CONVERSIONS,
    **identity.CONVERSIONS,
    **names.CONVERSIONS,
    **network.CONVERSIONS,
}
