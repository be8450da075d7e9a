"""Asks the Claude API what a model is: `GET /v1/models/{id}`. Elsewhere the table has to know."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import anthropic

from orchestration.agent import model_table
from orchestration.agent.failures import ModelFailure, explained
from orchestration.agent.model_ids import sent
from orchestration.agent.models import EFFORTS, Model

SECONDS = 5.0
KEPT_SECONDS = 600.0
# The order in which a model's ways to think are preferred.
WAYS = ("adaptive", "between_tools", "enabled", "disabled")


@dataclass(slots=True)
class Descriptions:
    """What models said of themselves, kept for ten minutes. Belongs to one event loop."""

    _kept: dict[str, tuple[float, Model]] = field(default_factory=dict)

    async def of(self, client: anthropic.AsyncAnthropic, model_id: str) -> Model | None:
        """The model by its own description, or None when the API does not give one.

        Raises:
            ModelFailure: there is no such model, or it is retired.
        """
        name = sent("anthropic", model_id)
        kept = self._kept.get(name)
        if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        try:
            info = await client.beta.models.retrieve(name, timeout=SECONDS)
            said = info.model_dump(mode="json", warnings=False)
        except anthropic.NotFoundError as error:
            if model_table.find(model_id) is None:
                raise explained(error, "anthropic", name) from None
            return None
        except (anthropic.AnthropicError, OSError, ValueError):
            return None
        model = from_description(said)
        if model is not None:
            self._kept[name] = (time.monotonic(), model)
        return model


def from_description(said: Mapping[str, Any]) -> Model | None:
    """A model as the API describes it, its price from the table; None when the description says too little.

    Raises:
        ModelFailure: it is retired.
    """
    name = said.get("id")
    capabilities = said.get("capabilities")
    if not isinstance(name, str) or not isinstance(capabilities, dict):
        return None
    if said.get("lifecycle") == "retired":
        raise ModelFailure("model", f"{name} is retired: choose another model.", retryable=False)
    row = model_table.find(name)
    types = _at(capabilities, "thinking", "types")
    ways = tuple(way for way in WAYS if _supported(types.get(way)))
    effort = _at(capabilities, "effort")
    managed = _at(capabilities, "context_management")
    base = row or replace(model_table.unknown(name), known=True)
    window, longest = said.get("max_input_tokens"), said.get("max_tokens")
    return replace(
        base,
        id=name,
        thinking=_preferred(ways, base.thinking),
        efforts=tuple(level for level in EFFORTS if _supported(effort.get(level))),
        window=window if isinstance(window, int) and window > 0 else base.window,
        longest_answer=longest if isinstance(longest, int) and longest > 0 else base.longest_answer,
        # A description does not say it, and the parameter is taken by every model that thinks adaptively.
        binds_thinking=base.binds_thinking or (row is None and "adaptive" in ways),
        clears=_supported(managed.get("clear_tool_uses_20250919")),
        compacts=_supported(_at(capabilities, "compaction").get("summarize")),
        falls_back=bool(said.get("allowed_fallback_models")),
        note=_note(said),
    )


def _preferred(ways: tuple[str, ...], table: tuple[str, ...]) -> tuple[str, ...]:
    """The table's default first where the model still has it."""
    if not ways:
        return ("default",)
    first = tuple(way for way in table[:1] if way in ways)
    return first + tuple(way for way in ways if way not in first)


def _note(said: Mapping[str, Any]) -> str:
    if said.get("lifecycle") != "deprecated":
        return ""
    retires = said.get("retires_at")
    when = f" and will be retired on {str(retires)[:10]}" if retires else ""
    return f"{said['id']} is deprecated{when}."


def _at(value: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        inner = value.get(name)
        value = inner if isinstance(inner, dict) else {}
    return value


def _supported(value: object) -> bool:
    return isinstance(value, dict) and value.get("supported") is True
