"""A root file system for one task: the machine's Debian with the image's parts in place, kept in memory.

Runs in a mount namespace of its own. What the task writes is gone with it, but for its volumes. It sees of
the machine only `/usr`, `/etc` and the packages' data; never homes, checkouts, or another task's files.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.tasks import kernel
from runner.tasks.layout import Account, Directory

# What Debian's packages own, beside /usr and its links.
_OVERLAID = ("usr", "etc", "var/lib", "var/cache")
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
# Docker's default, and Fargate's, which has no setting for it.
_SHARED_MEMORY = "size=64m,mode=1777"
_HIDDEN = kernel.MS_NOSUID | kernel.MS_NODEV


@dataclass(frozen=True)
class VolumeMount:
    """A directory of this machine that the task may write to."""

    source: Path
    path: str
    read_only: bool


@dataclass(frozen=True)
class RootFileSystem:
    """What `enter` builds. `files` are small texts such as /etc/resolv.conf, by path."""

    trees: Mapping[str, Path]
    links: Mapping[str, str]
    accounts: Sequence[Account]
    directories: Sequence[Directory]
    files: Mapping[str, str]
    volumes: Sequence[VolumeMount]
    read_only: bool

    def enter(self, base: Path) -> None:
        """Make it this process's root; `base` is an empty directory that only this mount namespace uses."""
        kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
        kernel.mount("task", str(base), "tmpfs", kernel.MS_NODEV, "mode=0755")
        upper, root = base / "upper", base / "root"
        root.mkdir()
        kernel.mount(str(root), str(root), flags=kernel.MS_BIND)  # pivot_root asks for a mount point
        for name in _OVERLAID:
            _overlay(Path("/") / name, root / name, upper / name)
        for link in Path("/").iterdir():
            if link.is_symlink() and (link.resolve().is_relative_to("/usr")):
                (root / link.name).symlink_to(link.readlink())
        self._fill(root)
        _mount_kernel_file_systems(root)
        self._mount_volumes(root)
        if self.read_only:
            _protect([root, *(root / name for name in _OVERLAID)])
        os.chdir(root)
        kernel.pivot_root(".", ".")
        kernel.unmount(".")
        os.chdir("/")

    def _fill(self, root: Path) -> None:
        for name, mode in (
            ("tmp", 0o1777),
            ("var/tmp", 0o1777),
            ("run", 0o755),
            ("root", 0o700),
            ("home", 0o755),
        ):
            _directory(root / name, mode)
        local = root / "usr" / "local"
        kernel.mount("local", str(local), "tmpfs", _HIDDEN, "mode=0755,size=1m")
        _directory(local / "bin", 0o755)
        for file, text in self.files.items():
            target = root / file.lstrip("/")
            target.unlink(missing_ok=True)
            target.write_text(text, encoding="utf-8")
        self._add_accounts(root / "etc")
        for directory in self.directories:
            _make(root, directory)
        for path, destination in self.links.items():
            (root / path.lstrip("/")).symlink_to(destination)
        for path, tree in self.trees.items():
            _bind(tree, root / path.lstrip("/"), read_only=True)

    def _add_accounts(self, etc: Path) -> None:
        known = {line.split(":")[0] for line in (etc / "passwd").read_text().splitlines()}
        new = [account for account in self.accounts if account.name not in known]
        _append(etc / "passwd", [f"{a.name}:x:{a.number}:{a.number}::{a.home}:{a.shell}" for a in new])
        members = {a.name: [b.name for b in self.accounts if a.name in b.groups] for a in new}
        _append(etc / "group", [f"{a.name}:x:{a.number}:{','.join(members[a.name])}" for a in new])

    def _mount_volumes(self, root: Path) -> None:
        for volume in self.volumes:
            inside = root / volume.path.lstrip("/")
            if not volume.source.exists():
                # As Docker does: a new volume begins with what the image has there.
                shutil.copytree(inside, volume.source, symlinks=True)
                _own_like(inside, volume.source)
            _bind(volume.source, inside, volume.read_only)


def _overlay(lower: Path, merged: Path, upper: Path) -> None:
    work = upper.with_name(f"{upper.name}.work")
    for folder in (merged, upper, work):
        folder.mkdir(parents=True)
    kernel.mount(
        "overlay",
        str(merged),
        "overlay",
        kernel.MS_NODEV,
        f"lowerdir={lower},upperdir={upper},workdir={work}",
    )


def _bind(source: Path, target: Path, read_only: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    kernel.mount(str(source), str(target), flags=kernel.MS_BIND)
    if read_only:
        kernel.mount("none", str(target), flags=kernel.MS_BIND | kernel.MS_REMOUNT | kernel.MS_RDONLY)


def _protect(mounts: Sequence[Path]) -> None:
    for target in reversed(mounts):
        kernel.mount("none", str(target), flags=kernel.MS_BIND | kernel.MS_REMOUNT | kernel.MS_RDONLY)


def _mount_kernel_file_systems(root: Path) -> None:
    for name in ("proc", "dev", "sys"):
        (root / name).mkdir()
    kernel.mount("proc", str(root / "proc"), "proc", _HIDDEN | kernel.MS_NOEXEC)
    kernel.mount("sysfs", str(root / "sys"), "sysfs", _HIDDEN | kernel.MS_NOEXEC | kernel.MS_RDONLY)
    devices = root / "dev"
    kernel.mount("dev", str(devices), "tmpfs", kernel.MS_NOSUID, "mode=0755,size=64k")
    for name in _DEVICES:
        number = Path("/dev", name).stat().st_rdev
        os.mknod(devices / name, 0o666 | stat.S_IFCHR, number)
        (devices / name).chmod(0o666)
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (devices / name).symlink_to(f"/proc/self/{target}")
    (devices / "pts").mkdir()
    options = "newinstance,ptmxmode=0666,mode=0620,gid=5"
    kernel.mount("devpts", str(devices / "pts"), "devpts", kernel.MS_NOSUID | kernel.MS_NOEXEC, options)
    (devices / "ptmx").symlink_to("pts/ptmx")
    (devices / "shm").mkdir()
    kernel.mount("shm", str(devices / "shm"), "tmpfs", _HIDDEN | kernel.MS_NOEXEC, _SHARED_MEMORY)


def _make(root: Path, directory: Directory) -> None:
    path = root / directory.path.lstrip("/")
    if directory.copy_of is not None:
        shutil.copytree(directory.copy_of, path, symlinks=True)
    else:
        path.mkdir(parents=True, exist_ok=True)
    for one in (path, *path.rglob("*")):
        os.chown(one, directory.owner, directory.owner, follow_symlinks=False)
    path.chmod(directory.mode)


def _directory(path: Path, mode: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)


def _append(path: Path, lines: Sequence[str]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _own_like(model: Path, path: Path) -> None:
    owner = model.stat()
    os.chown(path, owner.st_uid, owner.st_gid)
    path.chmod(stat.S_IMODE(owner.st_mode))
