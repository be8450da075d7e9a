"""What a person chooses for a task, checked once; an object of this type never holds a contradiction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from orchestration.agent.models import EFFORTS, PROVIDER_LABELS, Model
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

    `tool_version`, `thinking` and `effort` are None for what fits the model best. `fallback` lets the API try
    another model where this one declines, for models that allow it. The budget is per task: `minutes` of
    wall-clock time, `tokens` in and out together, `dollars` by list price. Where `typing_sites` names any,
    typing into those asks nothing and typing anywhere else asks, also in automatic mode; "each" asks even so.
    """

    provider: str
    model: str
    tool_version: str | None = None
    thinking: str | None = None
    effort: str | None = None
    fallback: bool = True
    system_suffix: str = ""
    images_kept: int = 5
    approval: str = "consequential"
    approval_seconds: int = 300
    typing_sites: tuple[str, ...] = ()
    minutes: float = 30.0
    tokens: int = 2_000_000
    dollars: float = 5.0
    streaming: bool = True

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
        if self.effort is not None and self.effort not in EFFORTS:
            raise BadSettings(f"Effort must be one of {', '.join(EFFORTS)}.")
        if self.thinking == "between_tools" and self.effort in ("xhigh", "max"):
            raise BadSettings(
                f"Thinking between tool calls goes with effort high or lower, not {self.effort}."
            )

    def fit(self, said: Model | None = None) -> Fit:
        """The tools and what the model is.

        Args:
            said: what the model says of itself; None for the table's row.

        Raises:
            UnknownCombination: with the choices.
        """
        fit = resolve(self.provider, self.model, self.tool_version, said)
        if self.thinking is not None and self.thinking not in fit.model.thinking:
            raise UnknownCombination(
                f"{self.model} cannot think in the way {self.thinking!r}. "
                f"Choices: {', '.join(fit.model.thinking)}."
            )
        if self.effort is not None and fit.model.known and self.effort not in fit.model.efforts:
            levels = ", ".join(fit.model.efforts) or "none, leave it at the model's default"
            raise UnknownCombination(f"{self.model} has no effort {self.effort!r}. Choices: {levels}.")
        return fit

    def thinking_parameter(self, fit: Fit) -> dict[str, Any] | None:
        """The request's `thinking`, or None to send none."""
        mode = self.thinking or fit.model.thinking[0]
        if mode == "default":
            return None
        if mode == "adaptive":
            # Text between tool calls comes in thinking blocks and is empty unless asked for.
            adaptive: dict[str, Any] = {"type": "adaptive", "display": "summarized"}
            if fit.model.binds_thinking:
                # The history is append-only; should a block not fit all the same, it is dropped, and said so.
                adaptive["block_binding"] = {"prefix_mismatch_behavior": "drop_block"}
            return adaptive
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
