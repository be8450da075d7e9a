"""The chat: the conversation so far, what arrives now, the approval that is asked for, and the stop "
"button."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from orchestration.agent.approval import ApprovalRequest
from orchestration.console import cards
from orchestration.console.model_text import as_html
from orchestration.console.service import Console, Refused
from orchestration.console.sidebar import HIDE_KEY
from orchestration.gateway.console_site import target_path
from orchestration.gateway.sessions import Session

EVENTS_SHOWN = 120
EVENTS_IN_TAIL = 12
RUNNING_SECONDS = 0.6
WATCHING_SECONDS = 1.5
STYLE = """<style>
.st-key-status{position:sticky;bottom:5.5rem;z-index:90;background:var(--st-background-color,canvas)}
:has(>.st-key-decide){position:sticky;top:3.75rem;z-index:91;padding:.5rem 0;
background:var(--st-background-color,canvas)}
</style>"""
STATES = {
    "thinking": "The model is thinking",
    "acting": "Acting",
    "asking": "Waiting for your decision",
    "retrying": "Waiting to try again",
    "paused": "Paused: a person is using the desktop",
    "idle": "Ready",
}


def draw(console: Console, session: Session) -> None:
    """Draw the page. What is settled is drawn once; the tail redraws itself every moment."""
    st.html(STYLE)
    hide = bool(st.session_state.get(HIDE_KEY))
    events = list(console.events)
    running = console.running
    first = 0 if st.session_state.get("show_all") else max(0, len(events) - EVENTS_SHOWN)
    if first and st.button(f"Show the {first} earlier events"):
        st.session_state["show_all"] = True
        st.rerun()
    if not any(event.kind == "prompt" for event in events):
        st.markdown("#### What should be done on the desktop?")
        st.caption("Describe the goal below. You can watch, approve and stop every step.")
    for event in events[first:]:
        cards.draw(event, hide)
    interval = RUNNING_SECONDS if running else WATCHING_SECONDS
    st.fragment(_tail, run_every=interval)(console, session, len(events), running, console.conversation.id)
    _prompt(console, session, running)


def _tail(console: Console, session: Session, drawn: int, was_running: bool, conversation: str) -> None:
    """What came after the page was drawn; a new page is drawn when that grows long or the state changes."""
    events = list(console.events)
    running = console.running
    if (
        running != was_running
        or console.conversation.id != conversation
        or len(events) - drawn > EVENTS_IN_TAIL
    ):
        st.rerun()
    hide = bool(st.session_state.get(HIDE_KEY))
    for event in events[drawn:]:
        cards.draw(event, hide)
    if running:
        _arriving(console)
    request = console.approval
    driving = console.driver.is_driving(session.label)
    if request is not None:
        _approval(console, session, request, driving)
    _status(console, session, running, driving)


def _arriving(console: Console) -> None:
    moment = console.moment
    thinking = console.redactor.growing_text(moment.thinking)
    text = console.redactor.growing_text(moment.text)
    if moment.state != "thinking" or not (thinking or text):
        return
    with st.chat_message("assistant"):
        if thinking:
            st.caption("Thinking…")
            st.html(as_html(thinking))
        if text:
            st.html(as_html(text))


def _approval(console: Console, session: Session, request: ApprovalRequest, driving: bool) -> None:
    left = max(0, int(request.deadline - time.monotonic()))
    with st.container(border=True, key="approval"):
        picture, words = st.columns([3, 2])
        if request.screen:
            with picture:
                cards.picture(
                    target_path(request.screen, request.verb, request.points),
                    "The screen that this was decided on, with the target",
                )
        else:
            picture.caption("There is no screenshot yet.")
        with words:
            # The length and the buttons stay in sight however far down the input is read.
            with st.container(key="decide"):
                st.markdown(f"#### :material/gavel: Approve this action?\n{cards.literal(request.title)}")
                st.caption(f"Its input has {len(request.input):,} characters, all of them shown below.")
                if driving:
                    yes, no = st.columns(2)
                    if yes.button("Approve", type="primary", key=f"yes-{request.id}", width="stretch"):
                        _do(lambda: console.decide(session, request.id, True))
                    if no.button("Decline", key=f"no-{request.id}", width="stretch"):
                        _do(lambda: console.decide(session, request.id, False))
                    st.caption(f"No answer within {left} s, a changed screen or a closed browser means no.")
                else:
                    st.caption(
                        f"{cards.literal(console.driver.name) or 'Nobody'} decides; {left} s are left."
                    )
            st.code(request.input, language="json", wrap_lines=True, height="content")


def _status(console: Console, session: Session, running: bool, driving: bool) -> None:
    moment = console.moment
    with st.container(border=True, key="status"):
        state, facts, button = st.columns([3, 3, 2], vertical_alignment="center")
        words = STATES.get(moment.state, moment.state)
        # What the model's API said may be in it, and has not been through the record's redaction.
        said = cards.literal(console.redactor.text(moment.detail))
        detail = f": {said}" if said and moment.state in ("acting", "retrying") else ""
        state.markdown(
            f"{':material/progress_activity:' if running else ':material/circle:'} {words}{detail}"
        )
        usage = console.conversation.usage
        elapsed = f"{time.monotonic() - moment.since:.0f} s · " if running and moment.since else ""
        facts.caption(
            f"{elapsed}{usage.total:,} tokens · ${console.conversation.cost:.4f} so far (list price)"
        )
        if running:
            if button.button("Stop", type="primary", key="stop", width="stretch", disabled=not driving):
                _do(lambda: console.stop(session))
        elif console.can_take_out and button.button(
            "Take the last turn out",
            key="take_out",
            width="stretch",
            disabled=not driving,
            help="The conversation goes on from before what the model declined. The record keeps it.",
        ):
            _do(lambda: console.take_out(session))
        elif console.can_continue and button.button(
            "Continue",
            key="continue",
            width="stretch",
            disabled=not driving,
            help="Go on where the task was interrupted, with a fresh budget.",
        ):
            _do(lambda: console.start(session, None))
    if console.trouble:
        st.error(cards.literal(console.trouble))


def _do(act: Callable[[], None]) -> None:
    try:
        act()
    except Refused as error:
        st.error(str(error))
    else:
        st.rerun()


def _prompt(console: Console, session: Session, running: bool) -> None:
    driving = console.driver.is_driving(session.label)
    words = "A task is running" if running else "What should be done?"
    prompt = st.chat_input(words if driving else "You are watching", disabled=running or not driving)
    if prompt:
        _do(lambda: console.start(session, prompt))
