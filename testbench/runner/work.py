"""The runner's work, in the process that does it."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

from containers.engine import Engine
from runner import choice, leftovers, worlds
from runner.aws import Aws
from runner.guard import CANNOT
from runner.loop import Runner
from runner.options import Options
from runner.state_file import replace


def run(options: Options) -> None:
    """Until SIGTERM. Exits with `guard.CANNOT` when this machine cannot run tasks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the launcher; SIGTERM is how this one is told
    aws = Aws(options.endpoint, options.region)
    try:
        chosen = choice.choose(options.isolation, choice.try_out(options.isolation, Engine(options.engine)))
    except choice.CannotRun as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(CANNOT)
    runner = Runner(aws, worlds.make(aws, options, chosen), options)
    # The main thread, in which handlers run, may hold the very lock that `stop` asks for.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=runner.stop, daemon=True).start())
    runner.attach()
    _announce(options, chosen)
    try:
        runner.run()
    finally:
        options.state_file.unlink(missing_ok=True)


def clean(options: Options) -> None:
    """Remove what a killed runner has left. Raises boto3's errors and `EngineError`."""
    leftovers.on_this_machine(options)
    if options.only_clean == "everywhere":
        aws = Aws(options.endpoint, options.region)
        leftovers.in_aws(aws)
        aws.withdraw()


def _announce(options: Options, chosen: choice.Choice) -> None:
    for sentence in chosen.not_enforced:
        print(sentence, file=sys.stderr, flush=True)
    state = {
        "work": os.getpid(),
        "guard": os.getppid(),
        "arguments": sys.argv[1:],
        "isolation": chosen.isolation,
        "not_enforced": chosen.not_enforced,
    }
    replace(options.state_file, json.dumps(state, indent=2) + "\n")
