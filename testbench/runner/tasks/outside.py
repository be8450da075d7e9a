"""What an image's files are called, and what it must be told, where it runs outside a container.

The images' READMEs say which variables they have for that: "Without a container" of the desktop's, and
`LISTEN` of the console's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.ecs.definition import ContainerDefinition
from runner.tasks.layout import Layout

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Outside:
    """`ports` maps a variable to its text and the container's port whose replacement goes in there, `paths`
    one to a path in the container. `scratch` are directories of the container that the task gets anew.
    `needs_root`: it must be started as root, and gives that up itself.
    """

    ports: Mapping[str, tuple[str, int]]
    paths: Mapping[str, str]
    scratch: tuple[str, ...]
    needs_root: bool
    others: Mapping[str, str] = field(default_factory=dict)

    def variables(self, ports: Mapping[int, int], paths: Paths) -> dict[str, str]:
        return {
            **self.others,
            **{name: text.format(ports[port]) for name, (text, port) in self.ports.items()},
            **{name: paths.here(path) for name, path in self.paths.items()},
        }

    def listens_on(self, container: ContainerDefinition) -> Collection[int]:
        """All ports of the container that must be replaced."""
        return {*container.ports, *(port for _, port in self.ports.values())}


IMAGES = {
    "environment": Outside(
        ports={"CONTROL_PORT": ("{}", 5000), "VIEWER_PORT": ("{}", 8443)},
        paths={"RUNTIME_DIRECTORY": "/run/environment", "DESKTOP_HOME": "/home/desktop"},
        # The image's entry point makes these two, as root, with the owners that they need.
        scratch=("/run", "/home"),
        needs_root=True,
        others={"BIND_ADDRESS": LOOPBACK},
    ),
    "orchestration": Outside(
        ports={"LISTEN": (LOOPBACK + ":{}", 8501)},
        paths={"ORCHESTRATION_PYTHON": "/opt/orchestration/venv/bin/python", "TMPDIR": "/tmp"},
        scratch=("/tmp",),
        needs_root=False,
    ),
}


@dataclass(frozen=True)
class Paths:
    """Maps the container's paths to this machine's; `places` are the trees, volumes and directories."""

    places: Mapping[str, Path]
    links: Mapping[str, str]

    @classmethod
    def of(cls, layout: Layout, volumes: Mapping[str, Path], scratch: Mapping[str, Path]) -> Paths:
        # Scratch comes last, and so instead of a volume at the same place: the path of a Unix socket, as the
        # images have them there, may have 107 bytes only (unix(7)), and a volume's folder lies deep.
        return cls({**layout.trees, **volumes, **scratch}, layout.links)

    def here(self, path: str) -> str:
        """The path on this machine; the same text when the image has nothing of its own there."""
        path = self.links.get(path, path)
        for place in sorted(self.places, key=len, reverse=True):
            if path == place or path.startswith(place + "/"):
                return str(self.places[place]) + path[len(place) :]
        return path

    def variable(self, value: str) -> str:
        """A variable's value: a path or several, separated by colons, or anything else, which stays."""
        return ":".join(map(self.here, value.split(":"))) if value.startswith("/") else value
