"""Makes ready what plain processes need instead of a container: ports, directories, variables, a user."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.tasks import dockerfile
from runner.tasks.backend import Launch
from runner.tasks.layout import Layout
from runner.tasks.outside import IMAGES, LOOPBACK, Paths
from runner.tasks.plain_user import PlainUser

Renamed = Callable[[Mapping[str, str]], Mapping[str, str]]

_END_WITH_PARENT = ("/usr/bin/setpriv", "--pdeathsig=KILL", "--")


@dataclass(frozen=True)
class PlainSetup:
    """`ports` maps the container's to this machine's; `starts_as` and `checks_as` go in front of commands."""

    ports: Mapping[int, int]
    environment: Mapping[str, str]
    paths: Paths
    scratch: Path
    entry: Sequence[str]
    folder: str
    stop_signal: str
    starts_as: Sequence[str]
    checks_as: Sequence[str]

    @classmethod
    def make(cls, launch: Launch, layout: Layout, scratch: Path, renamed: Renamed) -> PlainSetup:
        """Makes `scratch`, which must not exist. Raises `CannotStart` and `OSError`."""
        container, image = launch.container, IMAGES[launch.container.name]
        config = dockerfile.read(layout.dockerfile)
        volumes = {mount.path: launch.volume(mount.volume) for mount in container.mounts}
        own = {path: scratch / path.lstrip("/") for path in image.scratch}
        paths = Paths.of(layout, volumes, own)
        directories = [*own.values(), *volumes.values()]
        scratch.mkdir()
        scratch.chmod(0o711)
        for directory in directories:
            directory.mkdir(parents=True, exist_ok=True)
            directory.chmod(0o711 if image.needs_root else 0o700)
        starts_as: Sequence[str] = ()
        checks_as: Sequence[str] = ()
        if os.geteuid() == 0:
            user = PlainUser.of(container.user or config.user, layout.accounts, container.capabilities)
            checks_as = user.command
            if not image.needs_root:
                user.give(directories)
                read = [*layout.trees.values(), *directories]
                told = [paths.here(path) for path in image.paths.values()]
                starts_as = checks_as = user.command if user.reaches([*map(str, read), *told]) else ()
        ports = _free_ports(image.listens_on(container))
        entry_point = container.entry_point or config.entry_point
        # A new entry point does away with the image's command (API_ContainerDefinition.html).
        command = container.command or (() if container.entry_point else config.command)
        return cls(
            ports,
            _variables(launch, config.environment, paths, renamed) | image.variables(ports, paths),
            paths,
            scratch,
            (*entry_point, *command),
            paths.here(config.folder),
            config.stop_signal,
            starts_as,
            checks_as,
        )

    @property
    def command(self) -> list[str]:
        return self._inside(self.starts_as, self.entry)

    def check(self, command: Sequence[str]) -> list[str]:
        return self._inside(self.checks_as, command)

    def _inside(self, user: Sequence[str], words: Sequence[str]) -> list[str]:
        # The kernel forgets whose end was to be followed when a process changes its user: so the user first.
        return [*user, *_END_WITH_PARENT, self.paths.here(words[0]), *words[1:]]


def _variables(launch: Launch, of_image: Mapping[str, str], paths: Paths, renamed: Renamed) -> dict[str, str]:
    """A secret's value is never taken for a path or searched for names."""
    named = launch.container.environment
    plain = renamed({name: value for name, value in launch.environment.items() if name in named})
    return {
        **{name: paths.variable(value) for name, value in of_image.items()},
        **launch.environment,
        **{name: paths.variable(value) for name, value in plain.items()},
    }


def _free_ports(wanted: Collection[int]) -> dict[int, int]:
    """Ports that are free now. One that another program takes first is the entry point's to complain of."""
    with contextlib.ExitStack() as held:
        found = {}
        for port in wanted:
            probe = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            probe.bind((LOOPBACK, 0))
            found[port] = int(probe.getsockname()[1])
    return found
