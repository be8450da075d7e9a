"""What the API demands of a request's parameters, apart from its messages.

Each rule names where it is written: the SDK's parameter types (`anthropic.types.beta`), or a page of
platform.claude.com.
"""

from __future__ import annotations

from typing import Any

from fake_claude.catalogue import COMPUTER, OLD_COMPUTER, TOOLSET, Served

CLEARING = "context-management-2025-06-27"
COMPACTION = "compact-2026-09-04"
THRESHOLD = "compact-2026-01-12"
BINDING = "thinking-binding-controls-2026-08-01"
FALLBACKS = ("server-side-fallback-2026-06-01", "server-side-fallback-2026-07-01")
BETA_OF_TOOL = {COMPUTER: "computer-use-2025-11-24", OLD_COMPUTER: "computer-use-2025-01-24"}
# SDK: MessageCreateParamsBase. Those that no client of ours sends are left out.
KNOWN = frozenset(
    {
        "model",
        "max_tokens",
        "messages",
        "system",
        "tools",
        "thinking",
        "stream",
        "output_config",
        "context_management",
        "compaction",
        "fallbacks",
        "anthropic_version",
        "anthropic_beta",
    }
)
FIELDS_OF_EDIT = {
    "clear_tool_uses_20250919": {
        "type",
        "clear_at_least",
        "clear_tool_inputs",
        "exclude_tools",
        "keep",
        "trigger",
    },
    "clear_thinking_20251015": {"type", "keep"},
    "compact_20260112": {"type", "instructions", "pause_after_compaction", "trigger"},
}


class Refused(ValueError):
    """The request breaks a rule; the text is the API's `message`, `code` its `error.details.error_code`."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


def require(condition: bool, message: str, code: str | None = None) -> None:
    """Raise Refused unless the condition holds."""
    if not condition:
        raise Refused(message, code)


def check(body: dict[str, Any], betas: list[str], on_bedrock: bool, model: str, served: Served) -> None:
    """Raises Refused for the first rule that a parameter breaks."""
    for name in body:
        require(name in KNOWN, f"{name}: Extra inputs are not permitted")
    # Model pages: "Max output".
    require(
        body["max_tokens"] <= served.longest,
        f"max_tokens: {body['max_tokens']} > {served.longest}, which is the maximum allowed number of output "
        f"tokens for {model}",
    )
    _tools(body.get("tools") or [], betas, on_bedrock, model, served)
    _thinking(body, betas, served)
    _effort(body, served)
    _context(body, betas, served)
    _fallbacks(body, betas, on_bedrock, served)


def _tools(
    tools: list[dict[str, Any]], betas: list[str], on_bedrock: bool, model: str, served: Served
) -> None:
    taken = served.bedrock if on_bedrock else served.tools
    for tool in tools:
        kind = tool.get("type", "")
        if kind not in (TOOLSET, COMPUTER, OLD_COMPUTER):
            continue
        # Page "Computer use tool": what each model takes; the wording is that of "What's new in Opus 5.5".
        require(
            kind in taken,
            f"'{model}' does not support tool types: {kind}. Did you mean one of {', '.join(taken)}?",
        )
        if kind == TOOLSET:
            require("name" not in tool, f"tools: {TOOLSET} has no name")
        else:
            require(BETA_OF_TOOL[kind] in betas, f"tools: {kind} needs the beta {BETA_OF_TOOL[kind]}")
            size = {"display_width_px", "display_height_px"} <= set(tool)
            require(size, f"tools: {kind} needs the display's size")


def _thinking(body: dict[str, Any], betas: list[str], served: Served) -> None:
    thinking = body.get("thinking")
    if thinking is None:
        return
    way = thinking.get("type")
    # SDK: BetaThinkingTypes; pages of the models, for instance "What's new in Sonnet 5.5".
    require(way in served.thinking, f"thinking.type: '{way}' is not supported for this model")
    allowed = {
        "adaptive": {"type", "display", "block_binding"},
        "enabled": {"type", "budget_tokens", "display", "block_binding"},
        "disabled": {"type"},
        "between_tools": {"type"},
    }[way]
    for name in thinking:
        bound = name != "block_binding" or BINDING in betas
        require(name in allowed and bound, f"thinking.{way}.{name}: Extra inputs are not permitted")
    if "budget_tokens" in thinking:
        less = thinking["budget_tokens"] < body["max_tokens"]
        require(less, "max_tokens must exceed thinking.budget_tokens")
    behaviour = (thinking.get("block_binding") or {}).get("prefix_mismatch_behavior", "error")
    require(behaviour in ("error", "drop_block"), "block_binding: unknown prefix_mismatch_behavior")


def _effort(body: dict[str, Any], served: Served) -> None:
    effort = (body.get("output_config") or {}).get("effort")
    if effort is None:
        return
    # SDK: BetaOutputConfigParam, BetaEffortCapability.
    require(effort in served.efforts, f"output_config.effort: '{effort}' is not supported for this model")
    between = (body.get("thinking") or {}).get("type") == "between_tools"
    # "What's new in Sonnet 5.5".
    require(
        not (between and effort in ("xhigh", "max")), "thinking: between_tools needs effort high or lower"
    )


def _context(body: dict[str, Any], betas: list[str], served: Served) -> None:
    managed, compaction = body.get("context_management"), body.get("compaction")
    # SDK: MessageCreateParamsBase.compaction, "Cannot be combined with `context_management`".
    require(not (managed and compaction), "compaction: cannot be combined with context_management")
    if compaction is not None:
        require(COMPACTION in betas, f"compaction: requires anthropic-beta: {COMPACTION}")
        require(served.compacts, "compaction: not supported for this model")
        require(compaction.get("type") == "summarize", "compaction.type: must be summarize")
    edits = (managed or {}).get("edits", [])
    if edits:
        require(CLEARING in betas, f"context_management: requires anthropic-beta: {CLEARING}")
    for number, edit in enumerate(edits):
        fields = FIELDS_OF_EDIT.get(edit.get("type", ""))
        require(fields is not None, f"context_management.edits.{number}.type: unknown")
        assert fields is not None
        for name in edit:
            require(
                name in fields, f"context_management.edits.{number}.{name}: Extra inputs are not permitted"
            )
        first = edit["type"] != "clear_thinking_20251015" or number == 0
        # Page "Context editing": "must be listed first in the edits array".
        require(first, "context_management: clear_thinking_20251015 must be the first edit")
        require(
            edit["type"] != "compact_20260112" or (THRESHOLD in betas and served.compacts),
            "context_management: compact_20260112 is not available",
        )
        for name in ("keep", "trigger", "clear_at_least"):
            value = edit.get(name)
            fine = value is None or value == "all" or value.get("type") == "all" or value.get("value", 0) > 0
            require(fine, f"context_management.edits.{number}.{name}.value: must be above 0")


def _fallbacks(body: dict[str, Any], betas: list[str], on_bedrock: bool, served: Served) -> None:
    fallbacks = body.get("fallbacks")
    if fallbacks is None:
        return
    # Page "Claude in Amazon Bedrock", features not supported; SDK: BetaFallbacksParam.
    require(not on_bedrock, "fallbacks: Extra inputs are not permitted")
    require(any(beta in betas for beta in FALLBACKS), f"fallbacks: requires anthropic-beta: {FALLBACKS[-1]}")
    require(fallbacks == "default" or served.falls_back, "fallbacks: not supported for this model")
