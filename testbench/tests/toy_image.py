"""A small image for tests of the runner: a shell script as its entry point, and two accounts."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.ecs.definition import ContainerDefinition
from runner.network.namespace import Namespace
from runner.tasks.backend import Launch
from runner.tasks.layout import Account, Directory, Layout

USER, GROUP = 54321, 54322
DOCKERFILE = f"""\
FROM base
ENV GREETING="from the image"
USER {USER}:{USER}
STOPSIGNAL SIGINT
ENTRYPOINT ["/opt/toy/run"]
"""
# Tells what it is, then waits; ends with status 7 on the stop signal.
RUN = """#!/bin/sh
trap 'echo stopping; exit 7' INT
echo started
eval "$SCRIPT"
echo "ready $(id -u)"
while :; do sleep 0.1; done
"""


def make(folder: Path) -> Layout:
    """The image below `folder`, which must exist."""
    tree = folder / "toy"
    tree.mkdir()
    (tree / "run").write_text(RUN)
    (tree / "run").chmod(0o755)
    (tree / "healthcheck").write_text('#!/bin/sh\neval "${CHECK:-true}"\n')
    (tree / "healthcheck").chmod(0o755)
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return Layout(
        dockerfile=folder / "Dockerfile",
        trees={"/opt/toy": tree},
        links={"/usr/local/bin/healthcheck": "/opt/toy/healthcheck"},
        accounts=(Account("toy", USER, "/nonexistent", "/bin/sh"),),
        directories=(
            Directory("/var/lib/toy", 0o700, USER),
            Directory("/var/lib/shared", 0o3770, USER, group=GROUP),
        ),
    )


def container(**changes: Any) -> ContainerDefinition:
    """A definition whose container is called `toy`."""
    return ContainerDefinition.of({"name": "toy", "image": "toy@sha256:" + "a" * 64, **changes})


def launch(
    definition: ContainerDefinition, namespace: Namespace | None, folder: Path, environment: Mapping[str, str]
) -> Launch:
    """With a task id that says nothing and a resolver that nobody is."""
    folder.mkdir(parents=True, exist_ok=True)
    address = ipaddress.IPv4Address("192.0.2.2")
    return Launch("0123456789abcdef", definition, environment, namespace, address, folder)
