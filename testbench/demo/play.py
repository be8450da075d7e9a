"""The command `demo`: plays the task, and leaves a screenshot and the verified record in `.local/demo/`."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo import record
from demo.actors import Model, Visitor
from launcher import emulator_process, fargate, local_aws, packages, pages, runner_process, stack, tools
from launcher.building import build_stale
from launcher.emulator_process import Emulator
from launcher.places import Places
from launcher.report import Clock, Failure, say
from launcher.stack import Stack

_STEPS = Path(__file__).with_name("steps.json")
_PROMPT = "Please open example.com in a browser, and try whether example.org can be reached."
# The scripted model accepts any key.
_API_KEY = "sk-ant-demo-any-key-will-do"
_MODEL_API = "ANTHROPIC_BASE_URL"
_CHROMIUM = Path("/usr/bin/chromium")


def play(places: Places) -> int:
    """Play the task. Returns 0, or raises `Failure`."""
    clock = Clock()
    emulator, outputs = _running_stack(places)
    _provide_browser(places, clock)
    folder = places.generated / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with model(places, emulator, folder, clock):
        with clock.step("waiting for console and desktop"):
            _wait(places, outputs)
        _act(places, outputs, folder, clock)
        with clock.step("copying and verifying the record"):
            said = _keep_record(places, emulator, outputs, folder)
    print(said, end="")
    print(f"In {folder}: screenshot.png, desktop.png, record/, record.txt")
    say(clock.table())
    return 0


def _running_stack(places: Places) -> tuple[Emulator, Mapping[str, Any]]:
    emulator = emulator_process.running(places)
    if emulator is None or not stack.exists(places):
        raise Failure("No local stack is running: `make up` makes it.")
    if runner_process.running(places) is None:
        raise Failure("The task runner is not running: `make up` starts it, or says why it cannot.")
    variables = local_aws.environment(places, emulator.url, os.environ)
    outputs = json.loads(Stack(places, tools.pulumi(places), variables).outputs_json(show_secrets=True))
    if "orchestrationUrl" not in outputs:
        raise Failure("The local stack is not complete: `make up` goes on where it ended.")
    return emulator, outputs


def _provide_browser(places: Places, clock: Clock) -> None:
    build_stale(places, [fargate.console(places)], clock)
    if _CHROMIUM.exists():
        return
    if reason := packages.provide(places, clock, packages.for_demo(places), "the demo"):
        raise Failure(f"The demo's person uses Debian's Chromium: {reason}")


@contextmanager
def model(places: Places, emulator: Emulator, folder: Path, clock: Clock) -> Iterator[None]:
    """Within this context the tasks use the scripted model, or the one that the user names."""
    given = os.environ.get(_MODEL_API)
    if given:
        if urlsplit(given).hostname not in ("127.0.0.1", "localhost"):
            raise Failure(
                f"{_MODEL_API} is {given}. The demo approves every action unseen, so it plays only with a "
                f"model on this machine: unset {_MODEL_API}, or write http://127.0.0.1:PORT."
            )
        _use(places, emulator, given, clock)
        yield
        return
    runner = runner_process.running(places)
    before = runner.model_api if runner else None
    with Model(places, _STEPS, folder / "model.log") as model:
        say(f"A scripted model answers at {model.url}.")
        try:
            _use(places, emulator, model.url, clock)
            yield
        finally:
            _use(places, emulator, before, clock)


def _use(places: Places, emulator: Emulator, model_api: str | None, clock: Clock) -> None:
    with clock.step("having the tasks use the model's API"):
        runner_process.start(places, emulator.url, emulator.instance, model_api)


def _wait(places: Places, outputs: Mapping[str, Any]) -> None:
    page = pages.wait(places, outputs)
    if outputs["orchestrationUrl"] not in page:
        raise Failure(page)


def _act(places: Places, outputs: Mapping[str, Any], folder: Path, clock: Clock) -> None:
    who = {"username": outputs["username"], "password": outputs["password"]}
    with Visitor(places, outputs["orchestrationUrl"], folder / "browser.log") as person:
        with clock.step("signing in, reading the notice"):
            person.do("sign_in", **who)
            person.do("agree")
            person.do("drive")
            person.do("enter_api_key", key=_api_key())
            person.do("begin_anew")
        with clock.step("the task, each action approved"):
            person.do("ask", prompt=_PROMPT)
            ended = person.do("approve_everything")
        person.do("picture", path=str(folder / "screenshot.png"))
        person.do("sign_out")
    if "Finished" not in ended["ending"]:
        raise Failure(f"The task has not finished: {ended['ending']}\nSee {folder / 'screenshot.png'}")
    say(f"The task has finished; {ended['approved']} actions were approved.")


def _api_key() -> str:
    """The user's own key only if they also name the model that will get it."""
    return (os.environ.get("ANTHROPIC_API_KEY") if os.environ.get(_MODEL_API) else None) or _API_KEY


def _keep_record(places: Places, emulator: Emulator, outputs: Mapping[str, Any], folder: Path) -> str:
    variables = local_aws.environment(places, emulator.url, os.environ)
    kept, log = folder / "record", folder / "log.txt"
    record.copy(record.Aws(places, variables), outputs, kept, log)
    shutil.copy(record.last_screen(kept), folder / "desktop.png")
    said = record.verify(places, kept, log)
    (folder / "record.txt").write_text(said, encoding="utf-8")
    return said
