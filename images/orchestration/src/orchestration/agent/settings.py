"""What a person chooses for a task, checked once; an object of this type never holds a contradiction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from orchestration.agent.models import PROVIDER_LABELS
from orchestration.agent.sites import Site
from orchestration.agent.tool_versions import Fit, UnknownCombination, resolve

APPROVAL_MODES: Mapping[str, str] = {
    "auto": "Automatic: nothing is asked",
    "consequential": "Ask for consequential actions",
    "each": "Ask for each action",
}
THINKING_LABELS: Mapping[str, str] = {
    "adaptive": "Adaptive (the model decides)",
    "between_tools": "Only between tool calls",
    "enabled": "On, up to 4,096 tokens",
    "disabled": "Off",
    "default": "The model's default",
}
THINKING_TOKENS = 4_096
ANSWER_TOKENS = 16_384
LONGEST_SUFFIX = 20_000


class BadSettings(ValueError):
    """A setting is out of its range; the text says which and what fits."""


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """Everything that shapes a task.

    `tool_version` and `thinking` are None for the best that fits the model. The budget is per task:
    `minutes` of wall-clock time, `tokens` in and out together, `dollars` by list price. `declared` holds
    models that the person vouched for (model id → tool version). Where `typing_sites` names any, typing into
    those asks nothing and typing anywhere else asks, also in automatic mode; "each" asks even so.
    """

    provider: str
    model: str
    tool_version: str | None = None
    thinking: str | None = None
    system_suffix: str = ""
    images_kept: int = 5
    approval: str = "consequential"
    approval_seconds: int = 300
    typing_sites: tuple[str, ...] = ()
    minutes: float = 30.0
    tokens: int = 2_000_000
    dollars: float = 5.0
    streaming: bool = True
    declared: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.approval not in APPROVAL_MODES:
            raise BadSettings(f"Approval must be one of {', '.join(APPROVAL_MODES)}.")
        # The record gives a list back.
        object.__setattr__(self, "typing_sites", tuple(self.typing_sites))
        for site in self.typing_sites:
            try:
                Site.parse(site)
            except ValueError as error:
                raise BadSettings(str(error)) from None
        _within("Images kept", self.images_kept, 1, 50)
        _within("Approval time-out in seconds", self.approval_seconds, 5, 3600)
        _within("Minutes", self.minutes, 0.01, 24 * 60)
        _within("Tokens", self.tokens, 1_000, 1_000_000_000)
        _within("Dollars", self.dollars, 0.01, 10_000)
        if len(self.system_suffix) > LONGEST_SUFFIX:
            raise BadSettings(f"The system-prompt suffix is longer than {LONGEST_SUFFIX} characters.")
        if self.thinking is not None and self.thinking not in THINKING_LABELS:
            raise BadSettings(f"Thinking must be one of {', '.join(THINKING_LABELS)}.")

    def fit(self) -> Fit:
        """The tools and the model's row.

        Raises:
            UnknownCombination: with the choices.
        """
        fit = resolve(self.provider, self.model, self.tool_version, self.declared)
        if self.thinking is not None and self.thinking not in fit.model.thinking:
            raise UnknownCombination(
                f"{self.model} cannot think in the way {self.thinking!r}. "
                f"Choices: {', '.join(fit.model.thinking)}."
            )
        return fit

    def thinking_parameter(self, fit: Fit) -> dict[str, Any] | None:
        """The request's `thinking`, or None to send none."""
        mode = self.thinking or fit.model.thinking[0]
        if mode == "default":
            return None
        if mode == "adaptive":
            # Text between tool calls comes in thinking blocks and is empty unless asked for.
            return {"type": "adaptive", "display": "summarized"}
        if mode == "enabled":
            return {"type": "enabled", "budget_tokens": THINKING_TOKENS}
        return {"type": mode}

    def as_data(self) -> dict[str, Any]:
        """For the record."""
        return asdict(self)

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> TaskSettings:
        """From the record.

        Raises:
            BadSettings: a field is missing, unknown or out of range.
        """
        if data.get("provider") not in PROVIDER_LABELS:
            raise BadSettings("The provider is unknown.")
        try:
            return TaskSettings(**data)
        except TypeError as error:
            raise BadSettings(str(error)) from None


def _within(name: str, value: float, lowest: float, highest: float) -> None:
    if not lowest <= value <= highest:
        raise BadSettings(f"{name} must be from {lowest:g} to {highest:g}.")
