"""How to use the console, in it."""

from __future__ import annotations

import streamlit as st

from orchestration.console.service import Console

TEXT = """
#### How this works

You describe a goal in the chat. The model looks at the desktop's screen, asks for actions (mouse, keyboard,
shell, file editor), and the console carries them out, asking you first where you want it to.

**Approval.** *Automatic* asks nothing. *Consequential* asks before typing, keys, shell commands, file
changes, drags, anything with a key held down, and clicks; a click is not asked about again only while the
screen stays as it was when you approved the last one. *Each* asks before everything. You see the screenshot
that the action was decided on with its target drawn in, and the exact input. If the screen has changed
meanwhile, if you do not answer in time, or if your browser is gone, the answer is no. An input that is too
long to be read is refused without asking; the model is told to take shorter steps.

**Stopping.** *Stop* works at any time, also in the middle of an action or of the model's answer. *Continue*
goes on from there. Reloading the page, signing out or a restart of the console loses nothing of the
conversation.

**Budget.** Each task ends when its minutes, tokens or dollars are used up. Dollars are an estimate at list
price.

**Two people.** One drives, the others watch. The driver can hand over; when the driver's browser is gone
for a minute, anyone may take control.

**The viewer** shows the desktop itself. When you use the mouse or keyboard there, the model waits until you
have stopped.

**The record** holds every prompt, action, screenshot, approval and sign-in in a chain of hashes. Step
through it under *Record* and check it. The check finds a change by someone who did not also recompute the
rest of the record; for one who did, the record has to be compared with the operator's logs.

**Models.** Any model id can be entered. Which tools a model takes is looked up in a table; for a model that
is not in it, choose the tool version yourself and say that you know.
"""


def draw(console: Console) -> None:
    """The text."""
    with st.container(width=860):
        st.markdown(TEXT)
        st.caption(f"Sign-out after {console.configuration.session_idle_minutes} minutes without activity.")
