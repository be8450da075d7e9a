"""The button that stops the running task, on the pages that show nothing else of it."""

from __future__ import annotations

import streamlit as st

from orchestration.console.service import Console, Refused
from orchestration.gateway.sessions import Session

LOOK_SECONDS = 1.5


def draw(console: Console, session: Session) -> None:
    """Draw it, and look again every moment whether a task runs."""
    st.fragment(_bar, run_every=LOOK_SECONDS)(console, session)


def _bar(console: Console, session: Session) -> None:
    if not console.running:
        return
    with st.container(border=True, key="stop_bar"):
        words, button = st.columns([6, 2], vertical_alignment="center")
        words.markdown(":material/progress_activity: A task is running.")
        driving = console.driver.is_driving(session.label)
        if button.button("Stop", type="primary", key="stop", width="stretch", disabled=not driving):
            try:
                console.stop(session)
            except Refused as error:
                st.error(str(error))
