"""A task's /proc, /sys and /dev: what a container has of them, and none of the machine's controls."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from runner import kernel
from runner.tasks.mounts import INERT, bind, remount

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
# Docker's default, and Fargate's, which has no setting for it.
_SHARED_MEMORY = "size=64m,mode=1777"
# What Docker keeps from every container that is not privileged (moby, oci/defaults.go: MaskedPaths and
# ReadonlyPaths; runc mounts the same way). sysrq-trigger is read-only there.
_MASKED = (
    *("proc/acpi", "proc/asound", "proc/interrupts", "proc/kcore", "proc/keys", "proc/latency_stats"),
    *("proc/sched_debug", "proc/scsi", "proc/sysrq-trigger", "proc/timer_list", "proc/timer_stats"),
    *("sys/devices/virtual/powercap", "sys/firmware"),
)
_READ_ONLY = ("proc/bus", "proc/fs", "proc/irq", "proc/sys")
_NO_PROGRAMS = INERT | kernel.MS_NOEXEC


def mount_all(root: Path, devices: Path) -> None:
    """Below `root`; `devices` is a place outside it for the device nodes."""
    for name in ("proc", "dev", "sys"):
        (root / name).mkdir()
    kernel.mount("proc", str(root / "proc"), "proc", _NO_PROGRAMS)
    kernel.mount("sysfs", str(root / "sys"), "sysfs", _NO_PROGRAMS | kernel.MS_RDONLY)
    _mount_devices(root / "dev", devices)
    for path in filter(Path.exists, (root / name for name in _READ_ONLY)):
        kernel.mount(str(path), str(path), flags=kernel.MS_BIND)
        remount(path, _NO_PROGRAMS | kernel.MS_RDONLY)
    for path in filter(Path.exists, (root / name for name in _MASKED)):
        if path.is_dir():
            kernel.mount("masked", str(path), "tmpfs", _NO_PROGRAMS | kernel.MS_RDONLY)
        else:
            kernel.mount(str(root / "dev/null"), str(path), flags=kernel.MS_BIND)


def _mount_devices(folder: Path, nodes: Path) -> None:
    """Each device is mounted by itself: a node that a task makes, anywhere, opens nothing."""
    kernel.mount("dev", str(folder), "tmpfs", _NO_PROGRAMS, "mode=0755,size=64k")
    nodes.mkdir()
    kernel.mount("devices", str(nodes), "tmpfs", kernel.MS_NOSUID | kernel.MS_NOEXEC, "mode=0700,size=64k")
    for name in _DEVICES:
        os.mknod(nodes / name, 0o666 | stat.S_IFCHR, Path("/dev", name).stat().st_rdev)
        (nodes / name).chmod(0o666)
        bind(nodes / name, folder / name, kernel.MS_NOSUID | kernel.MS_NOEXEC)
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (folder / name).symlink_to(f"/proc/self/{target}")
    (folder / "pts").mkdir()
    options = "newinstance,ptmxmode=0666,mode=0620,gid=5"
    kernel.mount("devpts", str(folder / "pts"), "devpts", kernel.MS_NOSUID | kernel.MS_NOEXEC, options)
    (folder / "ptmx").symlink_to("pts/ptmx")
    (folder / "shm").mkdir()
    kernel.mount("shm", str(folder / "shm"), "tmpfs", _NO_PROGRAMS, _SHARED_MEMORY)
