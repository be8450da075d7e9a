"""Serves the emulator on 127.0.0.1 with waitress.

Waitress keeps connections open and reads a request to its end before the application sees it. It runs with
one thread, so that the application handles one request at a time: moto's models are plain dictionaries
without locks. Each reply leaves with its exact length, so that a client notices a reply that was cut short.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any

import waitress

LOOPBACK = "127.0.0.1"
# Seconds until an unused connection is closed. Long, since a client may lose the request that it sends over a
# connection at the moment in which the server closes it.
_IDLE = 24 * 60 * 60
_MOST_CONNECTIONS = 1000

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def listening_socket(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 means any free one. Raises `OSError` if the port is taken."""
    bound = socket.create_server((LOOPBACK, port), backlog=128)
    bound.setblocking(False)
    return bound


def serve(application: Application, bound: socket.socket) -> None:
    """Answer requests until `SystemExit` or `KeyboardInterrupt` is raised in this thread, as by a signal."""
    guarded = _only_for_this_machine(_in_one_piece(application), bound.getsockname()[1])
    waitress.serve(
        guarded,
        sockets=[bound],
        threads=1,
        channel_timeout=_IDLE,
        connection_limit=_MOST_CONNECTIONS,
        asyncore_use_poll=True,  # select() cannot wait for so many connections
        ident="local-aws",
        _quiet=True,
    )


def _in_one_piece(application: Application) -> Application:
    """The application, whose reply waitress then sends with its length."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["RAW_URI"] = environ["REQUEST_URI"]  # moto reads the undecoded path by this name
        chunks = application(environ, start_response)
        try:
            return [b"".join(chunks)]
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    return answer


def _only_for_this_machine(application: Application, port: int) -> Application:
    """The application, but not for a request that a web page may have made.

    Such a request has an Origin header, or names a host that is not this server: a page can make its own name
    lead to 127.0.0.1 (DNS rebinding). Whoever changes what is emulated decides what the task runner starts.
    """
    own = (f"{LOOPBACK}:{port}", f"localhost:{port}")

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_ORIGIN" in environ or environ.get("HTTP_HOST", "").lower() not in own:
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"Only programs of this machine may call this API, at 127.0.0.1.\n"]
        return application(environ, start_response)

    return answer
