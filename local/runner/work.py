"""The runner's work, in the process that does it."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from runner.aws import Aws
from runner.guard import CANNOT
from runner.loop import Runner, remove_leftovers
from runner.network import namespace
from runner.options import Options
from runner.state_file import replace
from runner.surroundings import NamespacedWorld, World
from runner.tasks import layout
from runner.tasks.isolated import IsolatedBackend


def run(options: Options) -> None:
    """Until SIGTERM. Exits with `guard.CANNOT` when this machine cannot run tasks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the launcher; SIGTERM is how this one is told
    aws = Aws(options.endpoint, options.region)
    if options.only_clean:
        remove_leftovers(aws)
        aws.withdraw()
        return
    world = _world(aws, options)
    runner = Runner(aws, world, options)
    signal.signal(signal.SIGTERM, lambda *_: runner.stop())
    _announce(options, {"work": os.getpid(), "guard": os.getppid(), "arguments": sys.argv[1:]})
    try:
        runner.run()
    finally:
        options.state_file.unlink(missing_ok=True)


def _world(aws: Aws, options: Options) -> World:
    reason = namespace.available()
    if reason:
        print(reason, file=sys.stderr, flush=True)
        sys.exit(CANNOT)
    layouts = {
        "environment": layout.environment(options.images, options.prefix),
        "orchestration": layout.orchestration(options.images, options.venv),
    }
    return NamespacedWorld(
        aws, IsolatedBackend(layouts), options.model_api, options.folder / "namespaces.json"
    )


def _announce(options: Options, state: dict[str, Any]) -> None:
    replace(options.state_file, json.dumps(state, indent=2) + "\n")
