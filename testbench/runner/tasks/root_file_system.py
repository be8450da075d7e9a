"""A root file system for one task: the machine's Debian with the image's parts in place, kept in memory.

Runs in a mount namespace of its own. What the task writes is gone with it, but for its volumes. It sees of
the machine only `/usr`, what everybody may read of `/etc`, and the data of the images' packages; never homes,
checkouts, or another task's files. No setuid program works in it, no device node opens anything, and of /proc
it gets what Docker gives.

Not kept, unlike in a container of Docker's: there is no seccomp filter, no AppArmor profile and no user
namespace, so that a fault of the kernel reaches further; nothing limits the number of processes, memory, CPU
or the size of what is written; and what everybody may read of the machine's `/usr` and `/etc`, the task may.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner import kernel
from runner.tasks import kernel_file_systems
from runner.tasks.layout import Directory
from runner.tasks.mounts import INERT, bind, overlay, remount

# Beside /usr and its links; of /var only what the images' packages read (nginx's are empty directories).
_OVERLAID = (
    *("usr", "etc", "var/cache/fontconfig"),
    *("var/lib/dpkg", "var/lib/nginx", "var/lib/openbox", "var/lib/xkb"),
)
# What names the machine or its persons.
_LEFT_OUT = ("machine-id", "passwd-", "group-", "subuid", "subuid-", "subgid", "subgid-")


@dataclass(frozen=True)
class VolumeMount:
    """A directory of this machine that the task may write to."""

    source: Path
    path: str
    read_only: bool


@dataclass(frozen=True)
class RootFileSystem:
    """What `enter` builds. `files` are small texts such as /etc/resolv.conf, by path; `raising` are those
    trees whose programs' file capabilities count."""

    trees: Mapping[str, Path]
    raising: Collection[str]
    links: Mapping[str, str]
    directories: Sequence[Directory]
    files: Mapping[str, str]
    volumes: Sequence[VolumeMount]
    read_only: bool

    def enter(self, base: Path) -> None:
        """Make it this process's root; `base` is an empty directory that only this mount namespace uses."""
        kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
        kernel.mount("task", str(base), "tmpfs", INERT, "mode=0755")
        os.chdir(base)  # paths from here on are relative: the task can read them in its list of mounts
        root = Path("root")
        root.mkdir()
        kernel.mount("root", "root", flags=kernel.MS_BIND)  # pivot_root asks for a mount point
        overlaid = [name for name in _OVERLAID if Path("/", name).is_dir()]
        for name in overlaid:
            overlay(Path("/", name), root / name, Path("upper", name))
        for link in Path("/").iterdir():
            if link.is_symlink() and (link.resolve().is_relative_to("/usr")):
                (root / link.name).symlink_to(link.readlink())
        _hide(root / "etc")
        self._fill(root)
        kernel_file_systems.mount_all(root, Path("devices"))
        for volume in self.volumes:
            _mount_volume(volume, root)
        if self.read_only:
            for mounted in (root, *(root / name for name in overlaid), root / "usr/local"):
                remount(mounted, INERT | kernel.MS_RDONLY)
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
        kernel.mount("local", str(local), "tmpfs", INERT, "mode=0755,size=1m")
        _directory(local / "bin", 0o755)
        for file, text in self.files.items():
            target = _inside(root, file)
            target.unlink(missing_ok=True)
            target.write_text(text, encoding="utf-8")
        for directory in self.directories:
            _make(root, directory)
        for path, destination in self.links.items():
            _inside(root, path).symlink_to(destination)
        for path, tree in self.trees.items():
            flags = kernel.MS_NODEV if path in self.raising else INERT
            bind(tree, _inside(root, path), flags | kernel.MS_RDONLY)


def _inside(root: Path, path: str) -> Path:
    """Where the path of the container is now. Raises `ValueError` when a link on the way leads elsewhere."""
    inside = root / path.lstrip("/")
    if not inside.parent.resolve().is_relative_to(root.resolve()):
        raise ValueError(f"{path} lies behind a symbolic link to {inside.parent.resolve()}")
    return inside


def _hide(etc: Path) -> None:
    """Take out what not everybody may read, which root in the task could, and what names the machine."""
    for name in _LEFT_OUT:
        (etc / name).unlink(missing_ok=True)
    folders = [etc]
    while folders:
        for entry in list(folders.pop().iterdir()):
            mode = entry.lstat().st_mode
            if stat.S_ISLNK(mode):
                continue
            if not stat.S_ISDIR(mode):
                if not mode & stat.S_IROTH:
                    entry.unlink()
            elif mode & stat.S_IROTH and mode & stat.S_IXOTH:
                folders.append(entry)
            else:
                shutil.rmtree(entry)


def _mount_volume(volume: VolumeMount, root: Path) -> None:
    inside = _inside(root, volume.path)
    if inside.is_symlink():
        raise ValueError(f"{volume.path} is a symbolic link to {inside.readlink()}: no volume can lie there")
    inside.mkdir(parents=True, exist_ok=True)
    if not volume.source.exists():
        # As Docker does: a new volume begins with what the image has there.
        shutil.copytree(inside, volume.source, symlinks=True)
        _own_alike(inside, volume.source)
    bind(volume.source, inside, INERT | (kernel.MS_RDONLY if volume.read_only else 0))


def _own_alike(model: Path, copy: Path) -> None:
    for original in (model, *model.rglob("*")):
        owner, own = original.lstat(), copy / original.relative_to(model)
        os.chown(own, owner.st_uid, owner.st_gid, follow_symlinks=False)
        if not stat.S_ISLNK(owner.st_mode):
            own.chmod(stat.S_IMODE(owner.st_mode))  # chown takes bits away


def _make(root: Path, directory: Directory) -> None:
    path = _inside(root, directory.path)
    if directory.copy_of is not None:
        shutil.copytree(directory.copy_of, path, symlinks=True)
    else:
        path.mkdir(parents=True, exist_ok=True)
    group = directory.owner if directory.group is None else directory.group
    for one in (path, *path.rglob("*")):
        os.chown(one, directory.owner, group, follow_symlinks=False)
    path.chmod(directory.mode)


def _directory(path: Path, mode: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
