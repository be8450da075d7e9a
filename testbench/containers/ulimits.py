"""Limits of open files and processes of a container.

Without CAP_SYS_RESOURCE a process can give its children no higher limit than its own hard limit, and podman
fails to start a container for which it tries to.
"""

from __future__ import annotations

import resource
from collections.abc import Mapping

UNLIMITED = resource.RLIM_INFINITY
# Fargate's default, soft and hard (ECS Developer Guide, task definition parameters: ulimits).
_FARGATE_OPEN_FILES = 65535
# Enough for a desktop with a browser; Fargate itself sets no limit.
_PROCESSES = 4096

_OWN = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
_DEFAULT = {"nofile": (_FARGATE_OPEN_FILES, _FARGATE_OPEN_FILES), "nproc": (_PROCESSES, _PROCESSES)}


def arguments(wanted: Mapping[str, tuple[int, int]] | None = None) -> list[str]:
    """Options of the engine's `create` for limits by name, as (soft, hard), over Fargate's defaults."""
    limits = {**_DEFAULT, **(wanted or {})}
    return [
        f"--ulimit={name}={at_most(soft, _hard(name))}:{at_most(hard, _hard(name))}"
        for name, (soft, hard) in limits.items()
    ]


def _hard(name: str) -> int:
    return resource.getrlimit(_OWN[name])[1] if name in _OWN else UNLIMITED


def at_most(wanted: int, limit: int) -> int:
    """The smaller of two limits, of which each may be `UNLIMITED`."""
    if limit == UNLIMITED:
        return wanted
    return limit if wanted == UNLIMITED else min(wanted, limit)
