"""The filter of system calls of a container: podman's, without what Docker's refuses.

Podman lets every program make namespaces and mount file systems in them. Docker and containerd, which Fargate
uses, refuse both to a container without CAP_SYS_ADMIN, and Fargate lets no container have it
(docs.docker.com/engine/security/seccomp, "Significant syscalls blocked by the default profile"; ECS API
reference, KernelCapabilities). A program that behaves differently where it can make a namespace, as browsers
do, must meet here what it meets there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_PODMANS = Path("/usr/share/containers/seccomp.json")  # package golang-github-containers-common
_NEED_SYS_ADMIN = frozenset(
    (
        *("unshare", "setns", "mount", "umount", "umount2", "pivot_root", "mount_setattr", "move_mount"),
        *("fsconfig", "fsmount", "fsopen", "fspick", "open_tree"),
    )
)
# All flags of clone(2) that begin with CLONE_NEW; NEWTIME is not among clone's.
_NEW_NAMESPACE = 0x7E020000
_EPERM, _ENOSYS = 1, 38


def as_dockers() -> str:
    """The filter as a file's content. Raises `OSError` when podman's cannot be read."""
    return json.dumps(narrowed(json.loads(_PODMANS.read_text(encoding="utf-8"))), indent=1)


def narrowed(profile: dict[str, Any]) -> dict[str, Any]:
    """A profile in the format of podman and Docker, with fewer system calls allowed and no others.

    `clone3` keeps its flags in memory, where no filter can look, so it does not exist: libc then uses
    `clone`.
    """
    taken = _NEED_SYS_ADMIN | {"clone", "clone3"}
    rules = [
        {**rule, "names": [name for name in rule["names"] if name not in taken]}
        for rule in profile["syscalls"]
    ]
    no_namespace = {"index": 0, "value": _NEW_NAMESPACE, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}
    added = [
        {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [no_namespace]},
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _ENOSYS},
    ]
    return {
        **profile,
        "defaultErrno": "EPERM",
        "defaultErrnoRet": _EPERM,
        "syscalls": [rule for rule in rules if rule["names"]] + added,
    }
