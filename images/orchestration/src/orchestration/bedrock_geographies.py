"""Where Amazon Bedrock offers cross-region inference, as AWS documents it.

The table is `bedrock_geographies.json`, which names its sources. The Java program reads the same file, so
that both mean the same by the prefix of a model id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("bedrock_geographies.json")


@dataclass(frozen=True, slots=True)
class Geography:
    """One geography of inference profiles.

    `prefix` begins the profiles' ids, without the dot. A profile may be called in `source_regions`; a request
    may be served where it was sent and in `destination_regions`, of which the empty text stands for global
    routing.
    """

    prefix: str
    source_regions: frozenset[str]
    destination_regions: frozenset[str]


def _read() -> tuple[Geography, ...]:
    rows = json.loads(TABLE.read_text(encoding="utf-8"))["geographies"]
    return tuple(
        Geography(row["prefix"], frozenset(row["sourceRegions"]), frozenset(row["destinationRegions"]))
        for row in rows
    )


# Those whose profiles stay close come before those that reach further.
GEOGRAPHIES = _read()
PREFIXES = tuple(geography.prefix for geography in GEOGRAPHIES)


def geography_of(model_id: str) -> Geography | None:
    """The geography of an inference profile, or None for the id of a foundation model."""
    prefix = model_id.partition(".")[0]
    return next((geography for geography in GEOGRAPHIES if geography.prefix == prefix), None)


def callable_in(region: str) -> tuple[Geography, ...]:
    """The geographies whose profiles may be called in a region, the closest first."""
    return tuple(geography for geography in GEOGRAPHIES if region in geography.source_regions)
