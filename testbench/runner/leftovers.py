"""What a runner that was killed has left, in the emulated AWS and on this machine."""

from __future__ import annotations

import shutil

from containers.engine import Engine
from runner import interfaces
from runner.aws import Aws
from runner.ecs import registration
from runner.options import Options
from runner.tasks import engine_leftovers


def in_aws(aws: Aws) -> None:
    """Take back registrations and network interfaces of tasks. Raises boto3's errors."""
    registration.remove_all(aws)
    interfaces.remove_leftovers(aws)


def on_this_machine(options: Options) -> None:
    """Remove containers and files. Raises `EngineError`.

    Namespaces, and all that was in them, the kernel has removed.
    """
    engine = Engine(options.engine)
    if engine.unavailable() is None:
        engine_leftovers.remove_leftovers(engine, options.folder)
    remove_files(options)


def remove_files(options: Options) -> None:
    """Volumes of tasks, and what said who runs."""
    shutil.rmtree(options.folder / "tasks", ignore_errors=True)
    for file in (options.state_file, options.namespaces_file):
        file.unlink(missing_ok=True)
