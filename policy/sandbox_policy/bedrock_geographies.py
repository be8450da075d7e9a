"""The geographies of Amazon Bedrock's cross-region inference: where a profile is called, and who serves it.

The table is the one that the Java program and the agent's image read, so all three agree.
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
    """`prefix` begins the ids of its inference profiles.

    They may be called in `source_regions`; a request is served where it is sent to or in
    `destination_regions`, where empty text is how AWS writes the resource of global routing.
    """

    prefix: str
    source_regions: frozenset[str]
    destination_regions: frozenset[str]

    def serves(self, pattern: str, region: str | None) -> bool:
        """Whether a region of an ARN, perhaps with wildcards, names one that may serve a call in `region`."""
        serving = self.destination_regions | {region or pattern}
        return any(fnmatch.fnmatchcase(one, pattern) for one in serving)


@functools.cache
def geographies() -> tuple[Geography, ...]:
    """The table. Raises OSError or ValueError where it can't be read: then no profile can be judged."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(
        Geography(row["prefix"], frozenset(row["sourceRegions"]), frozenset(row["destinationRegions"]))
        for row in table["geographies"]
    )


def geography_of(identifier: str) -> Geography | None:
    """The geography of an inference profile; None for the id of a foundation model."""
    return next((one for one in geographies() if identifier.startswith(f"{one.prefix}.")), None)


def base_model(identifier: str) -> str:
    """The foundation model behind the id of a profile, or the id itself."""
    geography = geography_of(identifier)
    return identifier if geography is None else identifier.removeprefix(f"{geography.prefix}.")
