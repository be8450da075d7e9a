"""The script that Streamlit runs for every page and every click."""

from __future__ import annotations

import streamlit as st

from orchestration.console import chat, exchanges_page, guide, notice, replay, sidebar, stop
from orchestration.console.current import current
from orchestration.gateway.console_site import LABEL_HEADER


def main() -> None:
    """Draw the page that the address names, for the session that the gate vouches for."""
    st.set_page_config(
        page_title="Computer Use Sandbox",
        layout="wide",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    console = current()
    session = console.sessions.get(st.context.headers.get(LABEL_HEADER, ""))
    if session is None:
        st.info("You were signed out.")
        st.stop()
    page = st.navigation(
        [
            st.Page(lambda: chat.draw(console, session), title="Chat", url_path="chat", default=True),
            st.Page(lambda: exchanges_page.draw(console), title="HTTP exchanges", url_path="exchanges"),
            st.Page(lambda: replay.draw(console), title="Record", url_path="replay"),
            st.Page(lambda: guide.draw(console), title="Guide", url_path="guide"),
        ],
        position="top",
    )
    if not session.consented:
        notice.draw(console, session)
        st.stop()
    if not session.watching and not console.driver.take(session):
        # Whoever comes while another drives watches, and goes on watching until they ask for control.
        session.watching = True
    sidebar.draw(console, session)
    if page.url_path:
        # The chat, whose address is the site's own, has a Stop button of its own.
        stop.draw(console, session)
    page.run()


main()
