"""Settings of prctl(2), which Python lacks: what happens to processes whose parent ends."""

import ctypes
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def die_with_supervisor() -> None:
    """Have this process killed when its supervisor ends. The next supervisor starts the service anew, and two
    instances would both accept requests."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that the supervisor can end all of them
    when it stops. In a container this is process 1, which has that role anyway."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
