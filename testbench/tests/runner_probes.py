"""What the tests of the task runner ask of this machine: pages and ports."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

SECONDS = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], T], seconds: float = SECONDS) -> T:
    """The first answer that is true."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := what():
            return answer
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)


def get(port: int) -> bytes | None:
    """A page from 127.0.0.1; None where nobody answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return connection.makefile("rb").read().partition(b"\r\n\r\n")[2] or None
    except OSError:
        return None
