"""One story on one machine: `make up` begins it, and `make destroy` is its last chapter.

The chapters run in their files' order; each also runs alone, after the beginning.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.actors import Model, Visitor
from launcher.places import Places
from story import leftovers
from story.leftovers import Inventory
from story.machine import LOCAL, ROOT, Machine, running
from story.sandbox import Sandbox

# What the model answers after what it answers in `make demo`.
_MORE_STEPS = (
    ("This takes a while.", "sleep 25"),
    ("Is it still blocked?", "curl --silent --show-error --max-time 10 http://example.org/"),
)


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    with running() as made:
        yield made


@pytest.fixture(scope="session")
def before(machine: Machine) -> Inventory:
    return leftovers.take(machine)


@pytest.fixture(scope="session")
def folder(machine: Machine) -> Path:
    """For pictures and logs."""
    return machine.shared


@pytest.fixture(scope="session")
def sandbox(machine: Machine, before: Inventory, folder: Path) -> Iterator[Sandbox]:
    """Deployed, with a scripted model."""
    steps = json.loads((LOCAL / "demo" / "steps.json").read_text())
    steps += [_step(number, *words) for number, words in enumerate(_MORE_STEPS)]
    steps.append({"content": [{"type": "text", "text": "That was all."}]})
    # The person's programs are the clone's; only what is told to them comes from here.
    script = folder / "steps.json"
    script.write_text(json.dumps(steps))
    with Model(Places(ROOT), script, folder / "model.log", machine.inside) as model:
        yield Sandbox(machine, model)


def _step(number: int, words: str, command: str) -> dict[str, Any]:
    call = {"type": "tool_use", "id": f"toolu_story_{number}", "name": "bash", "input": {"command": command}}
    return {"content": [{"type": "text", "text": words}, call], "stop_reason": "tool_use"}


class _Told(Visitor):
    """Says what the person does, and how long it takes."""

    def do(self, method: str, **arguments: Any) -> Any:
        began = time.monotonic()
        answer = super().do(method, **arguments)
        print(f"the person: {method}, {time.monotonic() - began:.1f} s", flush=True)
        return answer


@pytest.fixture(scope="module")
def person(sandbox: Sandbox, folder: Path) -> Iterator[Visitor]:
    """A browser at the console's login."""
    url = sandbox.outputs["orchestrationUrl"]
    with _Told(Places(ROOT), url, folder / "browser.log", sandbox.machine.inside) as visitor:
        yield visitor
