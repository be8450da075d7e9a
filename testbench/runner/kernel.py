"""Calls of the Linux kernel that Python 3.11 lacks. Errors are `OSError`s that name the call."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Collection

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 0x2

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_CAPABILITY_VERSION_3 = 0x20080522  # linux/capability.h: sets of 64 bits
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


def adopt_orphans() -> None:
    """Become the parent of every process below this one that loses its own."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_tracing() -> None:
    """Until the next program is executed, nobody without CAP_SYS_PTRACE traces this process or opens what its
    /proc/PID/exe leads to."""
    _prctl(_PR_SET_DUMPABLE, 0)


def bound_capabilities(kept: Collection[int]) -> None:
    """Neither this process nor any below it gets a capability but these, by executing whatever program."""
    for number in range(64):
        if number in kept:
            continue
        try:
            _prctl(_PR_CAPBSET_DROP, number)
        except OSError as error:
            if error.errno == errno.EINVAL:
                return  # past the kernel's last
            raise


def keep_capabilities(kept: Collection[int]) -> None:
    """Of those that this process has, it keeps these; none is inheritable."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable: the lower halves, then the upper
    _check(_libc.capget(header, sets), "capget")
    mask = sum(1 << number for number in kept)
    for half, shift in ((0, 0), (3, 32)):
        sets[half] &= mask >> shift & 0xFFFFFFFF
        sets[half + 1] &= mask >> shift & 0xFFFFFFFF
        sets[half + 2] = 0
    _check(_libc.capset(header, sets), "capset")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    result = _libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _check(result, f"mount {source} on {target}")


def unmount(target: str) -> None:
    """Out of sight now, gone when nothing uses it any more."""
    _check(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    call = {"x86_64": 155, "aarch64": 41}[os.uname().machine]
    _check(_libc.syscall(call, new.encode(), old.encode()), f"pivot_root {new}")
