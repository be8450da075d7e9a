"""The models that the fake serves and what each of them accepts.

Sources: the ids are those of the SDK (`anthropic.types.Model`, 2.14.0), the shape of a description is its
`BetaModelInfo`; limits, ways to think, effort levels and tools are from the pages of each model and of the
computer use tool on platform.claude.com (September and October 2026). It is kept apart from the product's own
table on purpose: two readings of the same pages that have to agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TOOLSET = "computer_toolset_20260801"
COMPUTER = "computer_20251124"
OLD_COMPUTER = "computer_20250124"
ALL_EFFORTS = ("low", "medium", "high", "xhigh", "max")
NO_XHIGH = ("low", "medium", "high", "max")


@dataclass(frozen=True, slots=True)
class Served:
    """One model.

    `bound` says that its thinking blocks are tied to what came before them; `tools` are the computer tools
    that the Claude API takes for it, `bedrock` those of InvokeModel; `older` is a model with 200,000 tokens.
    """

    thinking: tuple[str, ...]
    tools: tuple[str, ...]
    efforts: tuple[str, ...] = ALL_EFFORTS
    bound: bool = False
    compacts: bool = True
    falls_back: bool = False
    older: bool = False
    reads: tuple[str, ...] = ()

    @property
    def window(self) -> int:
        """Input tokens at most."""
        return 200_000 if self.older else 1_000_000

    @property
    def longest(self) -> int:
        """Output tokens at most."""
        return 64_000 if self.older else 128_000

    @property
    def images(self) -> int:
        """Pictures in one request at most (page "Context windows")."""
        return 100 if self.older else 600

    @property
    def bedrock(self) -> tuple[str, ...]:
        """InvokeModel takes the older tools and not the toolset (page "Claude in Amazon Bedrock")."""
        return (OLD_COMPUTER,) if OLD_COMPUTER in self.tools else (COMPUTER,)


_ALWAYS = ("adaptive",)
_OPTIONAL = ("adaptive", "disabled")
_EARLY = ("disabled", "enabled")
_FRONTIER = Served(_ALWAYS, (TOOLSET,), bound=True, falls_back=True)
_FIVE = Served(_OPTIONAL, (TOOLSET, COMPUTER))
MODELS: dict[str, Served] = {
    **dict.fromkeys(("claude-fable-5-2", "claude-mythos-5-2"), _FRONTIER),
    **dict.fromkeys(
        ("claude-fable-5-1", "claude-mythos-5-1"),
        Served(_ALWAYS, (TOOLSET, COMPUTER), bound=True, falls_back=True, reads=("claude-opus-5-5",)),
    ),
    **dict.fromkeys(
        ("claude-fable-5", "claude-mythos-5"), Served(_ALWAYS, (TOOLSET, COMPUTER), falls_back=True)
    ),
    "claude-mythos-preview": Served(_ALWAYS, (COMPUTER,), NO_XHIGH),
    "claude-opus-5-5": Served(
        _ALWAYS, (TOOLSET,), bound=True, falls_back=True, reads=("claude-opus-5", "claude-sonnet-5-5")
    ),
    "claude-sonnet-5-5": Served(
        ("adaptive", "between_tools"), (TOOLSET,), bound=True, reads=("claude-sonnet-5", "claude-opus-4-8")
    ),
    "claude-haiku-5-5": Served(_OPTIONAL, (TOOLSET,), bound=True, compacts=False),
    "claude-opus-5": Served(_OPTIONAL, (TOOLSET, COMPUTER), falls_back=True),
    "claude-sonnet-5": _FIVE,
    "claude-opus-4-8": _FIVE,
    "claude-opus-4-7": Served(_OPTIONAL, (COMPUTER,)),
    "claude-opus-4-6": Served(_OPTIONAL, (COMPUTER,), NO_XHIGH),
    "claude-sonnet-4-6": Served(_OPTIONAL, (COMPUTER,), NO_XHIGH),
    "claude-opus-4-5": Served(_EARLY, (COMPUTER,), ("low", "medium", "high"), compacts=False, older=True),
    "claude-sonnet-4-5": Served(_EARLY, (OLD_COMPUTER,), (), compacts=False, older=True),
    "claude-haiku-4-5": Served(_EARLY, (OLD_COMPUTER,), (), compacts=False, older=True),
}
DATED = {
    "claude-haiku-4-5-20251001": "claude-haiku-4-5",
    "claude-opus-4-5-20251101": "claude-opus-4-5",
    "claude-sonnet-4-5-20250929": "claude-sonnet-4-5",
}
FALLBACK = "claude-opus-4-8"


def find(model: str) -> Served | None:
    """The model with an id of the Claude API, or behind an inference profile's id."""
    name = model.rpartition("anthropic.")[2]
    name = name.partition("-v1")[0]
    return MODELS.get(DATED.get(name, name))


def description(model: str) -> dict[str, Any] | None:
    """The answer of `GET /v1/models/{id}`, as `BetaModelInfo` has it."""
    served = MODELS.get(DATED.get(model, model))
    if served is None:
        return None

    def support(yes: bool) -> dict[str, bool]:
        return {"supported": yes}

    ways = ("adaptive", "between_tools", "disabled", "enabled")
    return {
        "id": model,
        "type": "model",
        "display_name": model.replace("-", " ").title(),
        "created_at": "2026-09-01T00:00:00Z",
        "lifecycle": "active",
        "deprecated_at": None,
        "retires_at": None,
        "line": model.split("-")[1],
        "max_input_tokens": served.window,
        "max_tokens": served.longest,
        "allowed_fallback_models": [FALLBACK] if served.falls_back else [],
        "capabilities": {
            **{
                name: support(True)
                for name in ("batch", "citations", "code_execution", "image_input", "pdf_input")
            },
            "structured_outputs": support(True),
            "server_tools": {
                **support(True),
                "web_search": support(True),
                "code_execution": support(True),
            },
            "thinking": {**support(True), "types": {way: support(way in served.thinking) for way in ways}},
            "effort": {
                **support(bool(served.efforts)),
                **{level: support(level in served.efforts) for level in ALL_EFFORTS},
            },
            "context_management": {
                **support(True),
                "clear_tool_uses_20250919": support(True),
                "clear_thinking_20251015": support(True),
                "compact_20260112": support(served.compacts),
            },
            "compaction": {**support(served.compacts), "summarize": support(served.compacts)},
        },
    }
