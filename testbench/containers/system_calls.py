"""The filter of system calls (seccomp) for containers: podman's default, made as strict as Docker's.

Podman's default lets every program create namespaces and mount file systems in them. Docker's default
refuses both to a container without CAP_SYS_ADMIN (docs.docker.com/engine/security/seccomp, "Significant
syscalls blocked by the default profile"), and Fargate gives that capability to no container (ECS API
reference, KernelCapabilities). Browsers choose their sandbox by whether they can create a namespace, so
containers here must refuse it as well.
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
# All flags of clone(2) that create a namespace. CLONE_NEWTIME is not among them: it works with clone3 only.
_NEW_NAMESPACE = 0x7E020000
_EPERM, _ENOSYS = 1, 38


def as_dockers() -> str:
    """The filter as JSON, for podman to read. Raises `OSError` when podman's default cannot be read."""
    return json.dumps(narrowed(json.loads(_PODMANS.read_text(encoding="utf-8"))), indent=1)


def narrowed(profile: dict[str, Any]) -> dict[str, Any]:
    """A seccomp profile that allows fewer system calls than the given one, and no others.

    `clone3` passes its flags in memory, which a filter cannot read. So `clone3` fails with ENOSYS, and libc
    falls back to `clone`, whose flags are checked.
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
