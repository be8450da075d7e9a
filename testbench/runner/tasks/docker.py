"""Runs containers with Docker, from the images that `make up` has built.

    backend = DockerBackend(Path(".local/runner"), aliases=names_of)
    if (why := backend.unavailable()) is None:
        backend.remove_leftovers()
        container = backend.start(launch)
        …
        backend.close()

Kept as on Fargate: network, processes, root file system, users, capabilities, volumes, stop signal and its
timeout. Not kept: limits of memory and CPU.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from runner.ecs.definition import ContainerDefinition
from runner.tasks import docker_leftovers
from runner.tasks.backend import CannotStart, Launch
from runner.tasks.docker_cli import Docker, DockerError
from runner.tasks.docker_container import DockerContainer
from runner.tasks.docker_environment import PassedEnvironment
from runner.tasks.docker_guard import DockerGuard
from runner.tasks.docker_leftovers import RUN, RUNNER, TASK
from runner.tasks.docker_network import Bridge, hold, name_server

NOT_ENFORCED = (
    "Without network namespaces of the runner's, the containers share a bridge network of Docker's: security "
    "groups, network routes and the DNS firewall are not enforced, and the containers reach whatever this "
    "machine reaches."
)
"""What a person must be told where a launch has no namespace."""

_PREFIX = "computer-use-sandbox"


def _no_aliases(_: Launch) -> Sequence[str]:
    return ()


class DockerBackend:
    """Starts containers. Usable from every thread.

    `folder` tells runners on one daemon apart: what one leaves is found by it. `aliases` gives the names by
    which other containers find a launch's container where there is no namespace, and so no resolver of ours.
    """

    def __init__(
        self,
        folder: Path,
        aliases: Callable[[Launch], Sequence[str]] = _no_aliases,
        docker: Docker | None = None,
    ) -> None:
        self._docker = docker or Docker()
        self._folder = folder.resolve()
        self._aliases = aliases
        run = uuid.uuid4().hex
        self._labels = (f"--label={RUNNER}={self._folder}", f"--label={RUN}={run}")
        self._guard = DockerGuard(self._docker, f"{RUN}={run}")
        self._bridge = Bridge(self._docker, f"{_PREFIX}-{run}", self._labels)

    def unavailable(self) -> str | None:
        """Why Docker cannot be used, as a sentence for a person; None when it can."""
        return self._docker.unavailable()

    def remove_leftovers(self) -> int:
        """Remove what an earlier runner of the folder has left; how many things. Before the first start only.

        Raises `DockerError`.
        """
        return docker_leftovers.remove_leftovers(self._docker, self._folder)

    def refusal(self, container: ContainerDefinition) -> str | None:
        """Why this container can't be started here, as a sentence for a person; None when it can."""
        try:
            self._image(container)
        except (CannotStart, DockerError) as error:
            return str(error)
        return None

    def start(self, launch: Launch) -> DockerContainer:
        """Start it. Raises `CannotStart`; then nothing is left of it but the folders of its volumes."""
        label = f"{TASK}={launch.task_id}"
        try:
            with ExitStack() as undo:
                image = self._image(launch.container)
                guard = self._guard.descriptor()
                undo.callback(docker_leftovers.remove, self._docker, label)
                container = DockerContainer(self._docker, self._create(launch, image, guard), label)
                undo.pop_all()
        except DockerError as error:
            raise CannotStart(str(error)) from error
        return container

    def close(self) -> None:
        """End and remove all that this runner has in Docker. Raises `DockerError` if something is left."""
        self._guard.close()

    def _image(self, container: ContainerDefinition) -> str:
        """The ID of its image. Raises `CannotStart` and `DockerError`."""
        # Where nothing was pushed, the digest of the reference is the image's ID.
        _, _, digest = container.image.partition("@")
        for reference in filter(None, (digest, container.image)):
            try:
                return self._docker.run("image", "inspect", "--format={{.Id}}", "--", reference)
            except DockerError as error:
                if "no such image" not in str(error).lower():
                    raise
        raise CannotStart(f"the image {container.image} was not built: the Docker daemon does not have it")

    def _create(self, launch: Launch, image: str, guard: int) -> str:
        container = launch.container
        name = f"{_PREFIX}-{launch.task_id}"
        labels = (*self._labels, f"--label={TASK}={launch.task_id}")
        passed = PassedEnvironment.of(launch.environment)
        if launch.namespace is not None:
            holder = hold(self._docker, launch, image, (f"--name={name}-network", *labels), guard)
            network: tuple[str, ...] = (f"--network=container:{holder}",)
        else:
            network = (
                f"--network={self._bridge.name(guard)}",
                *(f"--network-alias={alias}" for alias in self._aliases(launch)),
                *(f"--publish=127.0.0.1::{port}" for port in container.ports),
                *name_server(launch),
            )
        entry_point, command = _words(container)
        return self._docker.run(
            "create",
            f"--name={name}",
            *labels,
            *network,
            *self._volumes(launch, labels, guard),
            *_rights(container),
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

    def _volumes(self, launch: Launch, labels: Sequence[str], guard: int) -> list[str]:
        """Makes a volume for each mount. A volume and no bind mount, since Docker gives a new volume what the
        image has at its place, with owner and mode; it is bound to the task's folder, to be read there."""
        arguments = []
        for mount in launch.container.mounts:
            folder = launch.volume(mount.volume)
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{_PREFIX}-{launch.task_id}-{mount.volume}"
            bound = ("--opt=type=none", "--opt=o=bind", f"--opt=device={folder.resolve()}")
            self._docker.run("volume", "create", *labels, "--driver=local", *bound, name, held=(guard,))
            arguments.append(f"--volume={name}:{mount.path}{':ro' if mount.read_only else ''}")
        return arguments


def _rights(container: ContainerDefinition) -> list[str]:
    return [
        "--cap-drop=ALL",
        *(f"--cap-add={name}" for name in sorted(container.capabilities)),
        # A daemon may forbid them by default; Fargate does not, and an image's file capabilities must work.
        "--security-opt=no-new-privileges=false",
        *(["--read-only"] if container.read_only_root else []),
        *([f"--user={container.user}"] if container.user else []),
    ]


def _words(container: ContainerDefinition) -> tuple[list[str], list[str]]:
    """The entry point's option, and what follows the image. With an entry point, docker drops the image's
    command, as ECS does."""
    first, *rest = container.entry_point or ("",)
    option = [f"--entrypoint={first}"] if container.entry_point else []
    return option, [*rest, *(container.command or ())]
