"""Which tools a model is offered, as one frozen table: version → tool entries, beta flag, models by platform.

For a model of the table, a combination that is not in it is an error that lists the choices. A model that is
in no table gets the newest tools of its platform, or those that the person names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from orchestration.agent import model_table
from orchestration.agent.model_ids import family, sent
from orchestration.agent.models import PROVIDER_LABELS, Model

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


_TOOLSET_ONLY = (
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "claude-fable-5-2",
    "claude-mythos-5-2",
)
_FRONTIER = ("claude-fable-5-1", "claude-mythos-5-1", "claude-fable-5", "claude-mythos-5")
_GENERATION_5 = ("claude-opus-5", "claude-sonnet-5")
_LATE_4 = (
    "claude-opus-4-8",
    "claude-opus-4-7",
    "claude-opus-4-6",
    "claude-sonnet-4-6",
    "claude-opus-4-5",
    "claude-mythos-preview",
)
_EARLY_4 = ("claude-sonnet-4-5", "claude-haiku-4-5")

# Platform documentation, "Computer use tool" and "Claude in Amazon Bedrock": on Bedrock the toolset is not
# available and every model takes the older tool; on the Claude API the 5.5 models take the toolset only.
TOOL_VERSIONS: tuple[ToolVersion, ...] = (
    ToolVersion(
        "computer_toolset_20260801",
        None,
        toolset=True,
        zoom=True,
        models=_on(anthropic=(*_TOOLSET_ONLY, *_FRONTIER, *_GENERATION_5, "claude-opus-4-8")),
    ),
    ToolVersion(
        "computer_20251124",
        "computer-use-2025-11-24",
        toolset=False,
        zoom=True,
        models=_on(
            anthropic=(*_FRONTIER, *_GENERATION_5, *_LATE_4),
            bedrock=(*_TOOLSET_ONLY, *_FRONTIER, *_GENERATION_5, *_LATE_4),
        ),
    ),
    ToolVersion(
        "computer_20250124",
        "computer-use-2025-01-24",
        toolset=False,
        zoom=False,
        models=_on(anthropic=_EARLY_4, bedrock=_EARLY_4),
    ),
)
_BY_NAME = MappingProxyType({version.name: version for version in TOOL_VERSIONS})


@dataclass(frozen=True, slots=True)
class Fit:
    """A combination that works: the id as the provider wants it, what the model is, and the tools."""

    provider: str
    model_id: str
    model: Model
    version: ToolVersion


def resolve(provider: str, model_id: str, version: str | None = None, said: Model | None = None) -> Fit:
    """Find the tools for a model.

    Args:
        version: None for the newest that fits.
        said: what the model says of itself; None for the table's row.

    Raises:
        UnknownCombination: listing the choices.
    """
    if provider not in PROVIDER_LABELS:
        raise UnknownCombination(f"Unknown provider {provider!r}. Choices: {', '.join(PROVIDER_LABELS)}.")
    if version is not None and version not in _BY_NAME:
        raise UnknownCombination(f"Unknown tool version {version!r}. Choices: {', '.join(_BY_NAME)}.")
    if not model_id.strip():
        raise UnknownCombination(f"No model is named. {_choices(provider)}")
    row = model_table.find(model_id)
    model = said or row or model_table.unknown(model_id)
    fitting = _fitting(provider, model_id)
    if version is not None and _BY_NAME[version] not in fitting:
        raise UnknownCombination(
            f"{version} does not work with {model.id} on {PROVIDER_LABELS[provider]}. "
            f"Choices for this model: {', '.join(entry.name for entry in fitting)}."
        )
    return Fit(provider, sent(provider, model_id), model, _BY_NAME[version] if version else fitting[0])


def _fitting(provider: str, model_id: str) -> list[ToolVersion]:
    """The tool versions of a model, newest first; every one of the platform for a model of no table."""
    on_platform = [entry for entry in TOOL_VERSIONS if entry.models.get(provider)]
    if model_table.find(model_id) is None:
        return on_platform
    return [entry for entry in on_platform if family(model_id) in entry.models[provider]]


def known_models(provider: str) -> tuple[str, ...]:
    """The models that some tool version fits on a provider, newest first."""
    return tuple(model.id for model in model_table.MODELS if _fitting(provider, model.id))


def _choices(provider: str) -> str:
    lines = [
        f"{entry.name}: {', '.join(entry.models[provider])}"
        for entry in TOOL_VERSIONS
        if entry.models.get(provider)
    ]
    return "Choices: " + "; ".join(lines) + "."
