"""Where the parts of an image lie when it runs without a container.

An image's Dockerfile installs Debian packages and puts a few trees into place. Without Docker the machine's
own packages stand in for the image's, and these tables say which tree of the checkout lies where: what COPY
and RUN do in the Dockerfile of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """A line of /etc/passwd and the group of the same name and number; `groups` are those that it joins."""

    name: str
    number: int
    home: str
    shell: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """A directory that the image's build makes; `copy_of` fills it. Without `group` it has its owner's."""

    path: str
    mode: int
    owner: int
    copy_of: Path | None = None
    group: int | None = None


@dataclass(frozen=True)
class Layout:
    """`trees` maps a path in the container to one of this machine, which it sees read-only; `links` a path to
    what the symbolic link there says. `raising` are those trees whose programs have file capabilities: in all
    others they, and setuid bits, count for nothing."""

    dockerfile: Path
    trees: Mapping[str, Path]
    links: Mapping[str, str]
    accounts: tuple[Account, ...]
    directories: tuple[Directory, ...]
    raising: tuple[str, ...] = ()


def refusal(name: str, layouts: Mapping[str, Layout]) -> str | None:
    """Why the image of this name can't be started from its parts, as a sentence; None when it can."""
    if name not in layouts:
        return f"no image is known for the container {name} (known: {', '.join(layouts)})"
    missing = [tree for tree in layouts[name].trees.values() if not tree.exists()]
    if missing:
        return f"the image {name} is not installed: {missing[0]} is missing (`make up` makes it)"
    return None


def environment(images: Path, prefix: Path) -> Layout:
    """The desktop; `prefix` is where `make -C images/environment install` has put it."""
    ids = _users(images / "environment" / "users.conf")
    control, desktop = ids["CONTROL_ID"], ids["DESKTOP_ID"]
    return Layout(
        images / "environment" / "Dockerfile",
        {"/opt/environment": prefix},
        {"/usr/local/bin/healthcheck": "/opt/environment/healthcheck"},
        (
            Account("desktop", desktop, "/home/desktop", "/bin/bash"),
            Account("control", control, "/nonexistent", "/usr/sbin/nologin"),
        ),
        (
            Directory("/tmp/.X11-unix", 0o1777, 0),
            Directory("/run/environment", 0o711, control),
            Directory("/run/environment/display", 0o3770, control, group=desktop),
            Directory("/home/desktop", 0o755, desktop, prefix / "skeleton"),
        ),
        raising=("/opt/environment",),  # as-desktop is there
    )


def orchestration(images: Path, venv: Path) -> Layout:
    """The agent and its console; `venv` has the packages of its requirements."""
    source = images / "orchestration"
    return Layout(
        source / "Dockerfile",
        {
            "/opt/orchestration/venv": venv,
            "/opt/orchestration/src": source / "src",
            "/usr/local/bin/console": source / "bin" / "console",
            "/usr/local/bin/healthcheck": source / "bin" / "healthcheck",
        },
        {},
        (Account("console", 10001, "/nonexistent", "/usr/sbin/nologin"),),
        (Directory("/var/lib/orchestration", 0o700, 10001),),
    )


def _users(path: Path) -> dict[str, int]:
    lines = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {name.strip(): int(value) for name, _, value in lines if not name.startswith("#")}
