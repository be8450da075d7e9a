"""What `runner.tasks.enter` is told about a container to start, as JSON's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from runner.tasks import accounts
from runner.tasks.backend import CannotStart, Launch
from runner.tasks.dockerfile import ImageConfig
from runner.tasks.layout import Layout
from runner.tasks.user import User


def manner(launch: Launch, image: Layout, config: ImageConfig) -> dict[str, Any]:
    """How its entry point and its health checks are executed. Raises `CannotStart` for an unknown user."""
    wanted, files = launch.container.user or config.user, _account_files(image)
    try:
        user = User.find(wanted, files["/etc/passwd"], files["/etc/group"])
    except KeyError as error:
        raise CannotStart(f"the user {wanted}: the image knows nobody who is called {error}") from None
    return {
        "user": asdict(user),
        "capabilities": sorted(launch.container.capabilities),
        "environment": {**config.environment, **launch.environment},
        "folder": config.folder,
    }


def command(launch: Launch, config: ImageConfig) -> list[str]:
    """The definition's entry point and command, or the image's."""
    container = launch.container
    # A new entry point does away with the image's command (API_ContainerDefinition.html).
    words = container.command or (() if container.entry_point else config.command)
    return [*(container.entry_point or config.entry_point), *words]


def root(launch: Launch, image: Layout) -> dict[str, Any]:
    """The fields of `RootFileSystem`."""
    return {
        "trees": {path: str(tree) for path, tree in image.trees.items()},
        "raising": list(image.raising),
        "links": dict(image.links),
        "directories": [
            {**asdict(one), "copy_of": str(one.copy_of) if one.copy_of else None} for one in image.directories
        ],
        "files": {**_network_files(launch), **_account_files(image)},
        "volumes": [
            {"source": str(launch.volume(m.volume)), "path": m.path, "read_only": m.read_only}
            for m in launch.container.mounts
        ],
        "read_only": launch.container.read_only_root,
    }


def host_name(launch: Launch) -> str:
    return f"{launch.container.name}-{launch.task_id[:8]}"


def _account_files(image: Layout) -> Mapping[str, str]:
    files = {"/etc/passwd": accounts.passwd, "/etc/group": accounts.group}
    return {path: made(Path(path).read_text("utf-8"), image.accounts) for path, made in files.items()}


def _network_files(launch: Launch) -> Mapping[str, str]:
    name = host_name(launch)
    return {
        "/etc/resolv.conf": f"nameserver {launch.name_server}\noptions timeout:5 attempts:2\n",
        "/etc/hosts": f"127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 {name}\n",
        "/etc/hostname": f"{name}\n",
    }
