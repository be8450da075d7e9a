"""Which tools a model is offered, as one frozen table: version → tool entries, beta flag, models by platform.

A combination that is not in the table is an error that lists the choices, never a guess from a model's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from orchestration.agent import models
from orchestration.agent.models import Model

BASH = "bash"
EDITOR = "str_replace_based_edit_tool"
COMPUTER = "computer"
EDITOR_OUTPUT_CHARACTERS = 16_000


class UnknownCombination(ValueError):
    """Provider, model and tool version do not go together; the text lists what does."""


@dataclass(frozen=True, slots=True)
class ToolVersion:
    """One version of the computer tool with the bash and editor tools that go with it.

    `toolset`: its members come as tools of their own, several in one turn, and their results carry the
        toolset's name. `models`: provider → the models it fits there.
    """

    name: str
    beta: str | None
    toolset: bool
    zoom: bool
    models: Mapping[str, tuple[str, ...]]

    def tools(self, width: int, height: int) -> list[dict[str, Any]]:
        """The entries for the request's `tools`; `width` and `height` are the screenshot's pixels."""
        computer: dict[str, Any] = {"type": self.name}
        if not self.toolset:
            computer |= {"name": COMPUTER, "display_width_px": width, "display_height_px": height}
            if self.zoom:
                computer["enable_zoom"] = True
        return [
            computer,
            {"type": "bash_20250124", "name": BASH},
            {"type": "text_editor_20250728", "name": EDITOR, "max_characters": EDITOR_OUTPUT_CHARACTERS},
        ]

    @property
    def betas(self) -> list[str]:
        """The beta flags of the request."""
        return [self.beta] if self.beta else []


def _on(**by_provider: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({name.replace("_", "-"): fitting for name, fitting in by_provider.items()})


_GENERATION_5_5 = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5")
_GENERATION_5 = ("claude-opus-5", "claude-sonnet-5")
_LATE_4 = ("claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-5")
_EARLY_4 = ("claude-sonnet-4-5", "claude-haiku-4-5")

TOOL_VERSIONS: tuple[ToolVersion, ...] = (
    ToolVersion(
        "computer_toolset_20260801",
        None,
        toolset=True,
        zoom=True,
        models=_on(anthropic=(*_GENERATION_5_5, *_GENERATION_5, "claude-opus-4-8")),
    ),
    ToolVersion(
        "computer_20251124",
        "computer-use-2025-11-24",
        toolset=False,
        zoom=True,
        models=_on(
            anthropic=(*_GENERATION_5, *_LATE_4),
            bedrock=(*_GENERATION_5_5, *_GENERATION_5, *_LATE_4),
            bedrock_mantle=(*_GENERATION_5_5, *_GENERATION_5, *_LATE_4),
        ),
    ),
    ToolVersion(
        "computer_20250124",
        "computer-use-2025-01-24",
        toolset=False,
        zoom=False,
        models=_on(anthropic=_EARLY_4, bedrock=_EARLY_4, bedrock_mantle=_EARLY_4),
    ),
)
_BY_NAME = MappingProxyType({version.name: version for version in TOOL_VERSIONS})


@dataclass(frozen=True, slots=True)
class Fit:
    """A combination that works: the id as the provider wants it, its model's row and the tools."""

    provider: str
    model_id: str
    model: Model
    version: ToolVersion


def resolve(
    provider: str, model_id: str, version: str | None = None, declared: Mapping[str, str] | None = None
) -> Fit:
    """Find the tools for a model.

    Args:
        version: None for the newest that fits.
        declared: model id → tool version, for models that the table does not know and a person vouched for.

    Raises:
        UnknownCombination: listing the choices.
    """
    if provider not in models.PROVIDER_LABELS:
        raise UnknownCombination(
            f"Unknown provider {provider!r}. Choices: {', '.join(models.PROVIDER_LABELS)}."
        )
    if version is not None and version not in _BY_NAME:
        raise UnknownCombination(f"Unknown tool version {version!r}. Choices: {', '.join(_BY_NAME)}.")
    vouched = (declared or {}).get(model_id)
    model = models.find(model_id)
    if vouched is not None and vouched in _BY_NAME and version in (None, vouched):
        return Fit(provider, model_id, model or models.declared(model_id), _BY_NAME[vouched])
    if model is None:
        raise UnknownCombination(
            f"Unknown model {model_id!r} for {models.PROVIDER_LABELS[provider]}. {_choices(provider)}"
        )
    fitting = [entry for entry in TOOL_VERSIONS if model.id in entry.models.get(provider, ())]
    if not fitting:
        raise UnknownCombination(
            f"No tool version is known to work with {model.id} on {models.PROVIDER_LABELS[provider]}. "
            f"{_choices(provider)}"
        )
    if version is None:
        return Fit(provider, model_id, model, fitting[0])
    if _BY_NAME[version] not in fitting:
        raise UnknownCombination(
            f"{version} does not work with {model.id} on {models.PROVIDER_LABELS[provider]}. "
            f"Choices for this model: {', '.join(entry.name for entry in fitting)}."
        )
    return Fit(provider, model_id, model, _BY_NAME[version])


def known_models(provider: str) -> tuple[str, ...]:
    """The models that some tool version fits on a provider, newest first."""
    fitting = {name for entry in TOOL_VERSIONS for name in entry.models.get(provider, ())}
    return tuple(model.id for model in models.MODELS if model.id in fitting)


def _choices(provider: str) -> str:
    lines = [
        f"{entry.name}: {', '.join(entry.models[provider])}"
        for entry in TOOL_VERSIONS
        if entry.models.get(provider)
    ]
    return "Choices: " + "; ".join(lines) + "."
