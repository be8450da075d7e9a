"""Runs a task's container with podman or docker, from the image that its task definition names.

    backend = EngineBackend(Engine("podman"), Path(".local/fargate"), registry="127.0.0.1:5000")
    if (why := backend.unavailable()) is None:
        backend.remove_leftovers()
        container = backend.start(launch)
        …
        backend.close()

As on Fargate: the image by its digest, network, users, capabilities, a filter of system calls, a read-only
root, volumes, limits of CPU, memory, files and processes, stop signal and its timeout.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from containers import ulimits
from containers.engine import Engine, EngineError
from runner.ecs.definition import DEFAULT_CAPABILITIES, ContainerDefinition
from runner.tasks import engine_leftovers
from runner.tasks.backend import CannotStart, Launch
from runner.tasks.engine_container import EngineContainer
from runner.tasks.engine_environment import PassedEnvironment
from runner.tasks.engine_guard import EngineGuard
from runner.tasks.engine_leftovers import RUN, RUNNER, TASK
from runner.tasks.engine_network import Bridge, hold, host_name, name_server

NOT_ENFORCED = (
    "Without network namespaces, the containers share a bridge network of the engine's: security groups, "
    "network routes and the DNS firewall are not enforced, and the containers reach whatever this machine "
    "reaches."
)
"""What a person must be told where a launch has no namespace."""

_PREFIX = "computer-use-sandbox"


def _no_aliases(_: Launch) -> Sequence[str]:
    return ()


class EngineBackend:
    """Starts containers. Usable from every thread.

    `folder` tells runners that share an engine apart: what one leaves behind is found by it. `registry` is
    the HOST:PORT that holds what the emulated ECR holds. `aliases` gives the names by which other containers
    find a launch's container where there is no namespace, and so no resolver of the runner's.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        registry: str,
        aliases: Callable[[Launch], Sequence[str]] = _no_aliases,
    ) -> None:
        self._engine = engine
        self._folder = folder.resolve()
        self._registry = registry
        self._aliases = aliases
        run = uuid.uuid4().hex
        self._labels = (f"--label={RUNNER}={self._folder}", f"--label={RUN}={run}")
        self._guard = EngineGuard(self._engine, f"{RUN}={run}")
        self._bridge = Bridge(self._engine, f"{_PREFIX}-{run}", self._labels)

    def unavailable(self) -> str | None:
        """Why the engine cannot be used, as a sentence for a person; None when it can."""
        return self._engine.unavailable()

    @property
    def guard_process(self) -> int | None:
        """The process ID of what ends the containers after this process; None before the first start."""
        return self._guard.process_id

    def remove_leftovers(self) -> int:
        """Remove what an earlier runner of the folder has left; how many things. Before the first start only.

        Raises `EngineError`.
        """
        return engine_leftovers.remove_leftovers(self._engine, self._folder)

    def start(self, launch: Launch) -> EngineContainer:
        """Start it. Raises `CannotStart`; then nothing is left of it but the folders of its volumes."""
        label = f"{TASK}={launch.task_id}"
        try:
            with ExitStack() as undo:
                image = self._image(launch.container.image)
                guard = self._guard.descriptor()
                undo.callback(engine_leftovers.remove, self._engine, label)
                container = EngineContainer(
                    self._engine, self._create(launch, image, guard), label, launch.folder
                )
                undo.pop_all()
        except EngineError as error:
            raise CannotStart(str(error)) from error
        return container

    def close(self) -> None:
        """End and remove all that this runner has made. Raises `EngineError` if something is left."""
        self._guard.close()

    def _image(self, reference: str) -> str:
        """The image by its digest in the registry, pulled from there if the engine does not have it yet.

        Raises `CannotStart` and `EngineError`.
        """
        repository, _, digest = reference.partition("@")
        if not digest:
            raise CannotStart(
                f"the image {reference} is named by a tag: a task definition must name its digest"
            )
        local = f"{self._registry}/{repository.partition('/')[2]}@{digest}"
        if self._engine.has(local):
            return local
        plain_http = ("--tls-verify=false",) if self._engine.is_podman else ()
        try:
            self._engine.run("pull", "--quiet", *plain_http, local)
        except EngineError as error:
            raise CannotStart(
                f"CannotPullContainerError: {reference} is not in the registry of the local ECR ({error})"
            ) from error
        return local

    def _create(self, launch: Launch, image: str, guard: int) -> str:
        container = launch.container
        labels = (*self._labels, f"--label={TASK}={launch.task_id}")
        passed = PassedEnvironment.of(launch.environment)
        entry_point, command = _words(container)
        return self._engine.run(
            "create",
            f"--name={_PREFIX}-{launch.task_id}",
            *labels,
            *self._network(launch, image, labels, guard),
            *self._volumes(launch, labels, guard),
            *self._rights(container),
            *_limits(launch),
            *passed.arguments,
            "--pull=never",
            "--log-driver=none",
            # ECS does not look at the image's own (task_definition_parameters.html, "Health check").
            "--no-healthcheck",
            f"--stop-timeout={container.stop_timeout}",
            *(["--init"] if container.needs_init else []),
            *entry_point,
            image,
            *command,
            text=passed.text,
            environment=passed.environment,
            held=(guard,),
        )

    def _network(self, launch: Launch, image: str, labels: Sequence[str], guard: int) -> tuple[str, ...]:
        """The runner's namespace, joined by its path or through a holder; a bridge where there is none."""
        if launch.namespace is None:
            return (
                f"--network={self._bridge.name(guard)}",
                *(f"--network-alias={alias}" for alias in self._aliases(launch)),
                *(f"--publish=127.0.0.1::{port}" for port in launch.container.ports),
                *name_server(launch),
            )
        if self._engine.is_podman:
            host = host_name(launch)
            return (
                f"--network=ns:{launch.namespace.path}",
                f"--hostname={host}",
                f"--add-host={host}:127.0.1.1",
                *name_server(launch),
            )
        name = f"--name={_PREFIX}-{launch.task_id}-network"
        holder = hold(self._engine, launch, image, (name, *labels), guard)
        return (f"--network=container:{holder}",)

    def _volumes(self, launch: Launch, labels: Sequence[str], guard: int) -> list[str]:
        """Makes a volume for each mount. A volume and no bind mount, since the engine gives a new volume what
        the image has at its place, with owner and mode. It is bound to the task's folder, for us to read."""
        arguments = []
        # Only root may look into a task's volumes, whatever modes their files have.
        launch.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mount in launch.container.mounts:
            folder = launch.volume(mount.volume)
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{_PREFIX}-{launch.task_id}-{mount.volume}"
            bound = ("--opt=type=none", "--opt=o=bind", f"--opt=device={folder.resolve()}")
            self._engine.run("volume", "create", *labels, "--driver=local", *bound, name, held=(guard,))
            arguments.append(f"--volume={name}:{mount.path}{':ro' if mount.read_only else ''}")
        return arguments

    def _rights(self, container: ContainerDefinition) -> list[str]:
        podman = ["--read-only-tmpfs=false", "--http-proxy=false"] if self._engine.is_podman else []
        return [
            *_capabilities(container),
            # Fargate lets file capabilities work, which an engine may forbid by default.
            "--security-opt=no-new-privileges=false",
            *(["--read-only"] if container.read_only_root else []),
            *podman,
            *([f"--user={container.user}"] if container.user else []),
        ]


def _capabilities(container: ContainerDefinition) -> list[str]:
    """The engine's default set is Fargate's; see `containers.private_podman`. What is to stay is not added
    but spared, since podman gives an added capability to a user other than root at once, unlike Fargate."""
    if not container.capabilities:
        return ["--cap-drop=ALL"]
    return [f"--cap-drop={name}" for name in sorted(DEFAULT_CAPABILITIES - container.capabilities)]


def _limits(launch: Launch) -> list[str]:
    """What the task definition grants, and Fargate's limits of files and processes as far as possible."""
    return [
        f"--memory={launch.memory_mib}m",
        f"--memory-swap={launch.memory_mib}m",
        # docker refuses more than the machine has.
        f"--cpus={min(launch.cpu_units / 1024, os.cpu_count() or 1):g}",
        *ulimits.arguments(launch.container.ulimits),
    ]


def _words(container: ContainerDefinition) -> tuple[list[str], list[str]]:
    """The entry point's option, and what follows the image. With an entry point, the engine drops the image's
    command, as ECS does."""
    first, *rest = container.entry_point or ("",)
    option = [f"--entrypoint={first}"] if container.entry_point else []
    return option, [*rest, *(container.command or ())]
