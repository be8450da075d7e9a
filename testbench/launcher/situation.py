"""Decides, from what an earlier run left behind, what this run has to do first. Changes nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Next(Enum):
    """What to do with the stack's state before an update."""

    GO_ON = "go on"
    REFRESH = "refresh first"
    START_OVER = "start over"


@dataclass(frozen=True)
class Decision:
    """What to do, and a sentence that tells the user why; empty if there is nothing to tell."""

    next: Next
    why: str = ""


def decide(checkpoint: dict[str, Any], made_in: str | None, emulator: str) -> Decision:
    """Compare Pulumi's state with the emulator.

    `checkpoint` is Pulumi's deployment, `made_in` the emulator in which its resources were made, `emulator`
    the one that runs. An emulator's resources die with it, so those of another are gone.
    """
    resources = real_resources(checkpoint)
    pending = pending_operations(checkpoint)
    if (resources or pending) and made_in != emulator:
        return Decision(
            Next.START_OVER,
            f"The local AWS was restarted: the {len(resources)} resources of the last run are gone with it.",
        )
    creating = [urn for kind, urn in pending if kind == "creating"]
    if creating:
        return Decision(
            Next.START_OVER,
            "The last run was stopped while it made "
            + ", ".join(_name(urn) for urn in creating)
            + ": whether they exist is unknown.",
        )
    if pending:
        return Decision(
            Next.REFRESH, "The last run was stopped in the middle; the state is compared with what exists."
        )
    return Decision(Next.GO_ON)


def real_resources(checkpoint: dict[str, Any]) -> list[str]:
    """URNs of what exists outside Pulumi: no components, no providers."""
    return [
        resource["urn"]
        for resource in checkpoint.get("resources") or []
        if resource.get("custom") and not resource["type"].startswith("pulumi:")
    ]


def pending_operations(checkpoint: dict[str, Any]) -> list[tuple[str, str]]:
    """Operations that had begun: kind, such as `creating`, and URN."""
    return [
        (operation["type"], operation["resource"]["urn"])
        for operation in checkpoint.get("pending_operations") or []
    ]


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]
