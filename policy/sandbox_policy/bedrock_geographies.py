"""The geographies of Amazon Bedrock's cross-Region inference: where a profile can be called, and which
regions serve its requests.

The Java program and the agent's image read the same table, so all three agree.
"""

import fnmatch
import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TABLE: Final = (
    Path(__file__).parents[2]
    / "images"
    / "orchestration"
    / "src"
    / "orchestration"
    / "bedrock_geographies.json"
)


@dataclass(frozen=True)
class Geography:
    """One geography, such as `us`. The ids of its inference profiles begin with `prefix` and a dot.

    The profiles can be called in `source_regions`. A request is served either in the region that it was sent
    to or in one of `destination_regions`. An empty region stands for global routing, as in AWS's ARNs.
    """

    prefix: str
    source_regions: frozenset[str]
    destination_regions: frozenset[str]

    def serves(self, pattern: str, region: str | None) -> bool:
        """Whether the region part of an ARN (may have wildcards) matches a region that may serve a call in
        `region`.
        """
        serving = self.destination_regions | {region or pattern}
        return any(fnmatch.fnmatchcase(one, pattern) for one in serving)


@functools.cache
def geographies() -> tuple[Geography, ...]:
    """Read the table. Raises OSError or ValueError if it can't be read, because then no profile can be
    checked.
    """
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(
        Geography(row["prefix"], frozenset(row["sourceRegions"]), frozenset(row["destinationRegions"]))
        for row in table["geographies"]
    )


def geography_of(identifier: str) -> Geography | None:
    """The geography of an inference profile, or None if the id is that of a foundation model."""
    return next((one for one in geographies() if identifier.startswith(f"{one.prefix}.")), None)


def base_model(identifier: str) -> str:
    """The foundation model that an inference profile invokes; a foundation model's id is returned as is."""
    geography = geography_of(identifier)
    return identifier if geography is None else identifier.removeprefix(f"{geography.prefix}.")
