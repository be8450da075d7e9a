"""Makes the world that was chosen."""

from __future__ import annotations

from collections.abc import Callable

from runner.aws import Aws
from runner.choice import Choice
from runner.loopback_world import Loopback, LoopbackWorld, overrides
from runner.options import Options
from runner.surroundings import NamespacedWorld, World
from runner.tasks import layout
from runner.tasks.backend import Backend
from runner.tasks.bridged import BridgedDocker
from runner.tasks.docker import DockerBackend
from runner.tasks.first_that_can import FirstThatCan
from runner.tasks.isolated import IsolatedBackend
from runner.tasks.plain import PlainBackend


def make(aws: Aws, options: Options, choice: Choice) -> World:
    """Nothing is opened or started before the world is told what to follow."""
    layouts = {
        "environment": layout.environment(options.images, options.prefix),
        "orchestration": layout.orchestration(options.images, options.venv),
    }
    if choice.namespaces:
        backends = _backends(choice, lambda: DockerBackend(options.folder), lambda: IsolatedBackend(layouts))
        return NamespacedWorld(aws, backends, options.model_api, options.namespaces_file)
    loopback = Loopback.of(aws)
    backends = _backends(
        choice,
        lambda: BridgedDocker(
            DockerBackend(options.folder, aliases=loopback.published.names), overrides(options.model_api)
        ),
        lambda: PlainBackend(layouts, options.folder, loopback.names.in_variables),
    )
    return LoopbackWorld(aws, backends, loopback, options.model_api)


def _backends(
    choice: Choice, docker: Callable[[], Backend], processes: Callable[[], Backend]
) -> FirstThatCan:
    ways = ((choice.docker, docker), (choice.processes, processes))
    return FirstThatCan([make() for reason, make in ways if reason is None])
