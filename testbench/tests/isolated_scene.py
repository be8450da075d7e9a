"""Toy containers in namespaces, for tests: started by a call, ended with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import toy_image
from runner.network.namespace import Namespace
from runner.tasks.isolated import IsolatedBackend, IsolatedContainer
from runner.tasks.layout import Layout

Start = Callable[..., IsolatedContainer]
HEALTH = ("/usr/local/bin/healthcheck",)


@contextmanager
def starter(image: Layout, folder: Path) -> Iterator[Start]:
    """`start(script, environment, image, **definition)`; the first task's folder is `folder/task0`."""
    started: list[IsolatedContainer] = []
    namespace = Namespace.create()

    def start(
        script: str = "",
        environment: dict[str, str] | None = None,
        image: Layout = image,
        **definition: Any,
    ) -> IsolatedContainer:
        variables = {"SCRIPT": script, **(environment or {})}
        launch = toy_image.launch(
            toy_image.container(**definition), namespace, folder / f"task{len(started)}", variables
        )
        container = IsolatedBackend({"toy": image}).start(launch)
        assert isinstance(container, IsolatedContainer)
        started.append(container)
        return container

    yield start
    for container in started:
        container.kill()
        container.remove()
    namespace.close()


def until_ready(container: IsolatedContainer) -> list[str]:
    """What it has said until it was ready, or ended."""
    lines = []
    for line in container.output:
        lines.append(line.decode().rstrip())
        if lines[-1].startswith("ready"):
            break
    return lines
