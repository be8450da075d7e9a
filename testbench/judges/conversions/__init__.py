"""Conversions of every resource type that the program uses. A test fails if a type is missing here."""

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
