"""The HTTP exchange log: what went to the model and the desktop, and what came back. Without secrets and
images.
"""

from __future__ import annotations

import json

import streamlit as st

from orchestration.agent.exchanges import Exchange
from orchestration.console.cards import literal
from orchestration.console.service import Console

SHOWN = 25
PEERS = {"model": "Model", "desktop": "Desktop"}


def draw(console: Console) -> None:
    """The newest exchanges first, each with its request, response, headers and try."""
    st.markdown("#### HTTP exchanges")
    st.caption("The last 200, kept in memory. Keys, tokens and passwords are redacted, images left out.")
    left, right, button = st.columns([2, 2, 1], vertical_alignment="bottom")
    peer = left.segmented_control(
        "Peer", ["all", *PEERS], default="all", format_func=lambda name: PEERS.get(name, "All")
    )
    only_failed = right.toggle("Only failures and retries")
    button.button("Refresh", width="stretch")
    exchanges = [
        exchange
        for exchange in reversed(console.exchanges.list())
        if peer in (None, "all", exchange.peer) and (not only_failed or _failed(exchange))
    ]
    if not exchanges:
        st.info("Nothing yet.")
        return
    pages = (len(exchanges) - 1) // SHOWN + 1
    page = 1 if pages == 1 else int(st.number_input(f"Page (of {pages})", 1, pages, 1))
    for exchange in exchanges[(page - 1) * SHOWN : page * SHOWN]:
        _one(exchange)


def _failed(exchange: Exchange) -> bool:
    return exchange.attempt > 1 or exchange.error is not None or (exchange.status or 0) >= 400


def _one(exchange: Exchange) -> None:
    status = literal(exchange.error) if exchange.error else exchange.status or "…"
    retry = f" · try {exchange.attempt}" if exchange.attempt > 1 else ""
    title = (
        f"{exchange.number} · {exchange.time[11:23]} · {PEERS.get(exchange.peer, exchange.peer)} · "
        f"{exchange.method} "
        f"· {status}{retry} · {exchange.seconds:.2f} s · {exchange.request_bytes:,} B → "
        f"{exchange.response_bytes:,} B"
    )
    with st.expander(title, icon=":material/error:" if _failed(exchange) else ":material/swap_horiz:"):
        st.code(f"{exchange.method} {exchange.url}", language=None, wrap_lines=True)
        request, response = st.tabs(["Request", "Response"])
        with request:
            _message(exchange.request_headers, exchange.request_body)
        with response:
            _message(exchange.response_headers, exchange.response_body)


def _message(headers: dict[str, str], body: str) -> None:
    st.code(
        "\n".join(f"{name}: {value}" for name, value in headers.items()) or "(none)",
        language=None,
        wrap_lines=True,
    )
    try:
        text = json.dumps(json.loads(body), indent=1, ensure_ascii=False)
    except ValueError:
        text = body
    st.code(
        text or "(empty)", language="json", wrap_lines=True, height=400 if len(text) > 1500 else "content"
    )
