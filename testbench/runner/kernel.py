"""Calls of the Linux kernel that Python 3.11 lacks. Errors are `OSError`s that name the call."""

from __future__ import annotations

import ctypes
import os

CLONE_NEWNET = 0x40000000

MS_BIND = 0x1000
MS_REC = 0x4000

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, kind: int) -> None:
    _check(_libc.setns(descriptor, kind), "setns")


def _prctl(option: int, value: int) -> None:
    _check(_libc.prctl(option, value, 0, 0, 0), "prctl")


def end_with_parent(signal_number: int) -> None:
    """Get the signal when the thread that started this process ends, in whatever way."""
    _prctl(_PR_SET_PDEATHSIG, signal_number)


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    result = _libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _check(result, f"mount {source} on {target}")
