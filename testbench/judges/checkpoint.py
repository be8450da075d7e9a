"""The resources in a Pulumi checkpoint, as `pulumi stack export` prints it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The key by which Pulumi marks special objects in its state, and its value for a secret.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"


@dataclass(frozen=True)
class Resource:
    """A resource that exists. `depends_on` has the URNs that each input's value comes from."""

    type: str
    urn: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    depends_on: Mapping[str, list[str]]

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]

    @property
    def label(self) -> str:
        """Module, type and name, such as `ec2.Subnet private-0`."""
        _, module, kind = self.type.split(":")
        return f"{module.split('/')[0]}.{kind} {self.name}"


def resources(export: str) -> list[Resource]:
    """Every resource that a provider created, in the order of creation."""
    deployment = json.loads(export)["deployment"]
    return [
        Resource(
            raw["type"],
            raw["urn"],
            raw.get("id", ""),
            _plain(raw.get("inputs", {})),
            _plain(raw.get("outputs", {})),
            raw.get("propertyDependencies") or {},
        )
        for raw in deployment["resources"]
        if raw.get("custom") and not raw["type"].startswith("pulumi:")
    ]


def _plain(value: Any) -> Any:
    """The value without the notes of engine and bridge. Secrets are replaced, not decrypted."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get(_SIGNATURE) == _SECRET:
        return "(secret)"
    return {key: _plain(one) for key, one in value.items() if not key.startswith("__")}
