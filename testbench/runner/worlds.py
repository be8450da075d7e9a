"""Creates the `World` that was chosen: with network namespaces or without."""

from __future__ import annotations

from containers.engine import Engine
from runner.aws import Aws
from runner.choice import Choice
from runner.loopback_world import Loopback, LoopbackWorld
from runner.options import Options
from runner.surroundings import NamespacedWorld, World
from runner.tasks.engine import EngineBackend


def make(aws: Aws, options: Options, choice: Choice) -> World:
    """Nothing is opened or started before the world is told what to follow."""
    engine = Engine(options.engine)
    if choice.namespaces:
        backend = EngineBackend(engine, options.folder, options.registry)
        return NamespacedWorld(aws, backend, options.model_api, options.namespaces_file)
    loopback = Loopback.new()
    backend = EngineBackend(engine, options.folder, options.registry, aliases=loopback.published.names)
    return LoopbackWorld(aws, backend, loopback, options.model_api)
