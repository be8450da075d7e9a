"""Mounts of a task's root file system: what is mounted, and what its files may not do."""

from __future__ import annotations

from pathlib import Path

from runner import kernel

INERT = kernel.MS_NOSUID | kernel.MS_NODEV
"""No file raises anybody's rights, and none is a device."""


def bind(source: Path, target: Path, flags: int) -> None:
    """`target` is made when it is not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    kernel.mount(str(source), str(target), flags=kernel.MS_BIND)
    remount(target, flags)


def remount(target: Path, flags: int) -> None:
    """These flags are all that it then has, whatever the source's mount has."""
    kernel.mount("none", str(target), flags=kernel.MS_BIND | kernel.MS_REMOUNT | flags)


def overlay(lower: Path, merged: Path, upper: Path) -> None:
    """`lower` at `merged`, which is made; what is written goes to `upper`."""
    work = upper.with_name(f"{upper.name}.work")
    for folder in (merged, upper, work):
        folder.mkdir(parents=True)
    kernel.mount(
        "overlay", str(merged), "overlay", INERT, f"lowerdir={lower},upperdir={upper},workdir={work}"
    )
