"""The container engine of the local AWS: podman or docker, its private storage, and the base of the images.

As root on Debian it is podman with runc, whose images, containers and settings are below `.local/containers`,
so that nothing of a person's own is touched. Elsewhere it is the docker or podman that a person has. Either
way `.local/bin/container-engine` is the command that everything else uses.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from containers import base, private_podman
from containers.engine import Engine, EngineError
from launcher import emulator_process, packages
from launcher.places import Places
from launcher.report import Clock, Failure, say

IMAGES = ("environment", "orchestration")


def prepare(places: Places, clock: Clock) -> str | None:
    """Choose the engine and write its command. None, or why no container can run: a sentence for a person."""
    if sys.platform == "linux" and os.geteuid() == 0:
        needed = [places.sources / "packages.txt"]
        if packages.provide(places, clock, needed, "running the images in containers") is None:
            private_podman.write_command(places.engine, private_podman.command(places.containers))
            return None
    for command in ("docker", "podman"):
        if Engine(command).unavailable() is None:
            path = shutil.which(command) or command
            private_podman.write_command(places.engine, f'exec {shlex.quote(path)} "$@"')
            return None
    return "that takes podman (as root on Debian it is installed for you), or a Docker daemon that answers"


def provide_base(places: Places, clock: Clock) -> None:
    """Provide the base of the images: the one that their Dockerfiles pin, or one made from Debian packages.

    The choice is remembered, so that the registry is asked once. Raises `Failure` when neither can be had.
    """
    engine, chosen = Engine(str(places.engine)), _chosen_base(places)
    try:
        pinned = base.pinned(_dockerfile(places, name) for name in IMAGES)
        if chosen.exists() and all(engine.has(one) for one in _needed(chosen, pinned)):
            return
        places.containers.mkdir(parents=True, exist_ok=True)
        with clock.step("looking for the images' base"):
            is_there = base.can_be_had(engine, pinned)
        if not is_there and not engine.has(base.OWN):
            say(
                "No registry gives the images' pinned Debian base, so one is made with mmdebstrap from this "
                "machine's Debian packages. On AWS the pinned one is used."
            )
            with clock.step("making the images' base", announce="making the images' base"):
                base.make(engine, places.containers)
        chosen.write_text("" if is_there else base.OWN, encoding="utf-8")
    except EngineError as error:
        raise Failure(f"The images have no base to be built on: {error}") from None


def release(places: Places) -> None:
    """Undo the engine's mounts and forget what has run; the images stay. No container may be running."""
    if (places.containers / "containers.conf").exists():
        private_podman.release(places.containers)


def variables(places: Places, url: str) -> dict[str, str]:
    """What the Docker plugin is told for the emulator at `url`: the engine, where to push, what to build on.

    Empty before `prepare` has chosen an engine, and for every emulator but the one of `make up`, since only
    that one has a registry. Then nothing is built.
    """
    emulator = emulator_process.running(places)
    if not places.engine.exists() or emulator is None or emulator.url != url or not emulator.registry:
        return {}
    told = {"SANDBOX_CONTAINER_ENGINE": str(places.engine), "SANDBOX_REGISTRY": emulator.registry}
    if name := chosen_base(places):
        told["SANDBOX_BASE_IMAGE"] = name
    return told


def chosen_base(places: Places) -> str:
    """The base that was made here; empty when the images are built on those that their Dockerfiles pin."""
    chosen = _chosen_base(places)
    return chosen.read_text(encoding="utf-8") if chosen.exists() else ""


def _needed(chosen: Path, pinned: list[str]) -> list[str]:
    name = chosen.read_text(encoding="utf-8")
    return [name] if name else pinned


def _dockerfile(places: Places, image: str) -> Path:
    return places.root / "images" / image / "Dockerfile"


def _chosen_base(places: Places) -> Path:
    """Names the base that was made here; empty when the Dockerfiles' own are used."""
    return places.containers / "base-image"
