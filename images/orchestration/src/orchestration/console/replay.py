"""The record, event by event, and whether it is whole."""

from __future__ import annotations

import json

import streamlit as st

from orchestration.console import cards
from orchestration.console.service import Console
from orchestration.gateway.console_site import target_path
from orchestration.record.chain import Event
from orchestration.record.verify import screens_in, verify

ALL = "All events"


def draw(console: Console) -> None:
    """Choose a conversation, step through its events, verify the whole record."""
    st.markdown("#### Record")
    _verdict(console)
    events = list(console.journal.events())
    conversations = [event.conversation for event in events if event.kind == "conversation_opened"]
    labels = {ALL: ALL} | {
        identifier: f"{_opened(events, identifier)} · {_subject(events, identifier)}"
        for identifier in conversations
    }
    chosen = st.selectbox("Conversation", list(labels), index=len(labels) - 1, format_func=labels.__getitem__)
    shown = [event for event in events if chosen in (ALL, event.conversation)]
    if not shown:
        return
    step = _step(len(shown))
    event = shown[step]
    st.markdown(f"**Event {event.seq}** · {event.kind.replace('_', ' ')} · {event.time}")
    left, right = st.columns([3, 2])
    with left:
        _picture(console, shown, step)
    with right:
        cards.draw(event, hide_screens=True)
        st.code(
            json.dumps(event.data, indent=1, ensure_ascii=True), language="json", wrap_lines=True, height=360
        )
        st.caption(f"hash {event.hash}")


def _verdict(console: Console) -> None:
    if st.button("Verify the whole record", icon=":material/verified:"):
        found = verify(console.configuration.data_directory)
        if found.problems:
            st.error("\n\n".join(["**Changed.**", *found.problems[:20]]))
        else:
            st.success(f"Whole: {found.events:,} events and {found.screens:,} screenshots. Head {found.head}")
        st.caption(
            "Someone who rewrites the whole record and its head file is found only by comparing with the "
            "log outside: "
            "`python -m orchestration.record verify DIRECTORY --anchors LOG`."
        )


def _opened(events: list[Event], identifier: str) -> str:
    return next(event.time[:16].replace("T", " ") for event in events if event.conversation == identifier)


def _subject(events: list[Event], identifier: str) -> str:
    prompt = next(
        (
            event.data["text"]
            for event in events
            if event.conversation == identifier and event.kind == "prompt"
        ),
        "(no prompt)",
    )
    return prompt[:60] + ("…" if len(prompt) > 60 else "")


def _step(count: int) -> int:
    """The event that is looked at, by slider or buttons."""
    key = "replay_step"
    at = min(int(st.session_state.get(key, 0)), count - 1)
    back, slider, forward = st.columns([1, 8, 1], vertical_alignment="bottom")
    if back.button("", icon=":material/chevron_left:", help="Previous", width="stretch"):
        at = max(0, at - 1)
    if forward.button("", icon=":material/chevron_right:", help="Next", width="stretch"):
        at = min(count - 1, at + 1)
    if count > 1:
        at = slider.slider("Event", 0, count - 1, at)
    st.session_state[key] = at
    return at


def _picture(console: Console, events: list[Event], step: int) -> None:
    """The screen as it was known at an event, with the target of an action that was asked for."""
    event = events[step]
    digest = next(
        (digest for earlier in reversed(events[: step + 1]) for digest in screens_in(earlier.data)), None
    )
    if digest is None:
        st.caption("There is no screenshot up to here.")
        return
    if console.screen(digest) is None:
        st.caption("The screenshot is gone or was changed.")
        return
    points = [(int(x), int(y)) for x, y in event.data.get("points", [])]
    if event.kind == "action":
        value = event.data["input"]
        points = [
            (int(value[name][0]), int(value[name][1]))
            for name in ("start_coordinate", "coordinate")
            if isinstance(value.get(name), list)
        ]
    verb = "zoom" if event.data.get("title", "").startswith("zoom") else ""
    cards.picture(target_path(digest, verb, tuple(points)), f"Screenshot {digest[:12]}")
    st.caption(f"Screenshot {digest[:12]}")
