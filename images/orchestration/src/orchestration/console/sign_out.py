"""The button that signs out. The gate's script posts to its `/logout` when the button is pressed."""

from __future__ import annotations

import streamlit as st

KEY = "sign_out"


def draw() -> None:
    """Draw it; `gateway/index_page.py` knows it by its key."""
    st.button("Sign out", key=KEY, type="tertiary", icon=":material/logout:")
