"""The risk notice; nothing can be used before it is agreed to."""

from __future__ import annotations

import streamlit as st

from orchestration.console import sign_out
from orchestration.console.service import Console
from orchestration.gateway.sessions import Session

TEXT = """
#### Before you start

You are about to let an AI model operate a computer. Please read this, and tell anyone whose data or
accounts may be involved.

- **It acts on what it sees.** Text on a web page, in a file or in a picture can mislead the model into
doing something
  that you did not ask for. Do not rely on it to notice.
- **Keep secrets away from it.** Do not give it passwords, keys or personal data, and do not sign in to
accounts that
  matter on its desktop. What is on its screen is sent to the model's provider.
- **It can make mistakes with consequences.** Purchases, messages, deletions, agreements: keep the approval of
  consequential actions switched on, and read what you approve.
- **The internet is limited, not harmless.** The desktop reaches only the sites that the operator allows.
Each of those
  can still receive data or show misleading content.
- **Everything is recorded.** Prompts, actions, screenshots, approvals and sign-ins are kept in a record, and
are sent, without
  images, to the operator's logs. A later change to the record is found by checking it; someone who can
rewrite all of it
  is found only by comparing it with those logs, and only for events that had reached them.
"""


def draw(console: Console, session: Session) -> None:
    """Show the notice and take the consent."""
    with st.container(border=True, width=820):
        st.markdown(TEXT)
        agreed = st.checkbox("I have read this, and I agree to use the console under these conditions.")
        if st.button("Start", type="primary", disabled=not agreed):
            console.consent(session)
            st.rerun()
        sign_out.draw()
