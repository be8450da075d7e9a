"""Who ends whom when a part of the supervision dies: prctl(2), which Python does not have."""

import ctypes
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def die_with_supervisor() -> None:
    """Be killed when the service's supervisor dies: its successor starts a new service, and two would both
    take requests."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies. The supervisor ends them all when it
    stops; in a container, process 1 does that anyway."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
