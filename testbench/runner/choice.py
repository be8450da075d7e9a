"""Which network tasks get here: namespaces of the emulated VPC, or a bridge of the container engine's."""

from __future__ import annotations

from dataclasses import dataclass

from containers.engine import Engine
from runner.network import namespace
from runner.tasks.engine import NOT_ENFORCED

_NOT_ASKED_FOR = "It was not asked for."


class CannotRun(Exception):
    """What was asked for cannot be had here; the message says why, and what can be done."""


@dataclass(frozen=True)
class Found:
    """Why this machine lacks each thing, as a sentence; None where it has it."""

    engine: str | None
    namespaces: str | None


@dataclass(frozen=True)
class Choice:
    """`fallback` says why tasks get no namespaces although these were not declined."""

    namespaces: bool
    fallback: str | None

    @property
    def isolation(self) -> str:
        return "namespaces" if self.namespaces else "none"

    @property
    def not_enforced(self) -> list[str]:
        """What a person must be told, in sentences."""
        if self.namespaces:
            return []
        return [*([self.fallback] if self.fallback else []), NOT_ENFORCED]


def choose(isolation: str, found: Found) -> Choice:
    """`isolation` is auto, namespaces or none. Raises `CannotRun`."""
    if found.engine:
        raise CannotRun(found.engine)
    if isolation == "namespaces" and found.namespaces:
        raise CannotRun(f"--isolation namespaces: {found.namespaces} Without: --isolation none")
    namespaces = isolation != "none" and found.namespaces is None
    return Choice(namespaces, found.namespaces if isolation == "auto" and not namespaces else None)


def try_out(isolation: str, engine: Engine) -> Found:
    """What this machine has of what was asked for."""
    return Found(
        engine.unavailable(),
        _NOT_ASKED_FOR if isolation == "none" else namespace.available(),
    )
