"""How one event of the record looks on a page."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import streamlit as st

from orchestration.console.model_text import as_html
from orchestration.record.chain import Event

MARKS = {
    "done": ":green[:material/check_circle:]",
    "failed": ":orange[:material/error:]",
    "invalid": ":orange[:material/error:]",
    "paused": ":orange[:material/pause_circle:]",
    "not_executed": ":gray[:material/block:]",
}
FAULT = ":red[:material/cancel:]"
ENDINGS = {
    "finished": "Finished",
    "stopped": "Stopped",
    "budget": "Out of budget",
    "shutdown": "Interrupted",
    "restart": "Interrupted",
    "model_failed": "The model failed",
    "desktop_failed": "The desktop failed",
    "too_large": "Too long",
    "refused": "Declined by the model",
    "cut_off": "Cut off",
    "empty": "No answer",
}


def draw(event: Event, hide_screens: bool) -> None:
    """Draw one event; kinds that say nothing to a reader draw nothing."""
    data = event.data
    match event.kind:
        case "prompt":
            with st.chat_message("user"):
                st.text(data["text"])
        case "answer":
            with st.chat_message("assistant"):
                blocks(data["content"])
                usage = data["usage"]
                _left_out(data)
                st.caption(
                    f"{data['seconds']:.1f} s · {usage['input']:,} + {usage['cache_write']:,} written + "
                    f"{usage['cache_read']:,} cached in, {usage['output']:,} out · ${data['cost']:.4f}"
                )
        case "result":
            result(data, hide_screens)
        case "approval":
            who = f" by {literal(data['by'])}" if data["by"] else ""
            word = "Approved" if data["approved"] else f"Not approved ({data['reason'].replace('_', ' ')})"
            st.caption(f":material/gavel: {word}{who}")
        case "model_failed":
            again = f" Next try after {data['wait']:.1f} s." if data["wait"] is not None else ""
            st.warning(f"{literal(data['text'])}{again}", icon=":material/sync_problem:")
        case "notice":
            st.info(literal(data["text"]), icon=":material/info:")
        case "nudge":
            st.caption(":material/replay: The model answered nothing and was asked to go on.")
        case "compacted":
            with st.expander("The API summarized the conversation so far", icon=":material/compress:"):
                st.text(data["block"].get("content") or "")
        case "not_compacted":
            st.caption(":material/compress: The API could not summarize the conversation.")
        case "trimmed":
            st.caption(
                ":material/compress: Earlier screenshots, long outputs and thinking are left out of what is "
                "sent from here on; the record has them."
            )
        case "thinking_left_out":
            st.caption(
                f":material/psychology: The thinking so far is left out from here on: {literal(data['why'])}."
            )
        case "turn_taken_out":
            st.caption(f":material/undo: What the model declined was taken out by {literal(data['by'])}.")
        case "task_ended":
            ending(data)


def _left_out(data: dict[str, Any]) -> None:
    """What the API did not show the model in the request of an answer."""
    if data.get("dropped_thinking"):
        st.caption(
            f":material/psychology: {data['dropped_thinking']} thinking blocks did not reach the model."
        )


def blocks(content: list[dict[str, Any]]) -> None:
    """The model's content blocks."""
    for block in content:
        if block["type"] == "text":
            st.html(as_html(block["text"]))
        elif block["type"] == "thinking" and block["thinking"].strip():
            with st.expander("Thinking", icon=":material/psychology:"):
                st.html(as_html(block["thinking"]))
        elif block["type"] == "tool_use":
            st.caption(f":material/build: {literal(block['name'])}")
            st.code(json.dumps(block["input"], indent=1, ensure_ascii=True), language="json", wrap_lines=True)


def result(data: dict[str, Any], hide_screens: bool) -> None:
    """What a tool call came to."""
    elapsed = data.get("elapsed_ms")
    timing = f" · {elapsed / 1000:.2f} s" if elapsed is not None else ""
    unsettled = " · still changing" if data.get("settled") is False else ""
    with st.container(border=True):
        mark = MARKS.get(data["outcome"], FAULT)
        st.markdown(f"{mark} {data['outcome'].replace('_', ' ')}{timing}{unsettled}")
        for part in data["content"]:
            if part["type"] == "text":
                st.code(part["text"], language=None, wrap_lines=True, height="content")
            elif hide_screens:
                st.caption(":material/hide_image: screenshot hidden")
            else:
                screen(part["screen"], "Screenshot of the desktop")


def screen(digest: str, words: str) -> None:
    """A screenshot by its SHA-256."""
    picture(f"/screens/{digest}.png", words)


def picture(path: str, words: str) -> None:
    """A picture at one of the gate's own paths; the browser fetches it by itself and keeps it."""
    st.html(
        f'<img src="{html.escape(path)}" alt="{html.escape(words)}" loading="lazy" '
        'style="width:100%;max-width:760px;height:auto;border-radius:6px;border:1px solid #8884">'
    )


def ending(data: dict[str, Any]) -> None:
    """How a task ended and what it cost."""
    word = ENDINGS.get(data["reason"], data["reason"])
    cost = f" · {data['seconds']:.0f} s · ${data['cost']:.4f}" if "cost" in data else ""
    text = f"**{word}**{cost}" + (f"  \n{literal(data['text'])}" if data["text"] else "")
    if data["reason"] == "finished":
        st.success(text, icon=":material/check:")
    elif data["reason"] in ("stopped", "budget", "shutdown", "restart"):
        st.info(text, icon=":material/stop_circle:")
    else:
        st.error(text, icon=":material/error:")


def literal(text: str) -> str:
    """Text that somebody else wrote, such as an API's error message, spelled so that no markdown is in it."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
