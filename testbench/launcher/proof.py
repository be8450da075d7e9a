"""Runs `prove` on the local AWS, with the promises that follow from the stack's settings."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping

from launcher.places import Places
from launcher.report import say
from launcher.stack import Stack

_PREFIX = "computer-use-sandbox:"


def run(places: Places, stack: Stack) -> int:
    """Print the table and write report.html and report.json. 0 proved, 1 broken, 2 not readable.

    Who may connect and which models may be invoked come from the stack's settings: its outputs only say
    where to look.
    """
    folder = places.proof
    folder.mkdir(parents=True, exist_ok=True)
    outputs = folder / "outputs.json"
    outputs.write_text(stack.outputs_json(), encoding="utf-8")
    command = [
        str(places.python),
        *("-m", "prove", "--stack-outputs", str(outputs)),
        *expected(json.loads(stack.settings_json())),
        *("--json", str(folder / "report.json"), "--html", str(folder / "report.html")),
    ]
    code = subprocess.run(command, cwd=places.root, env=dict(stack.variables), check=False).returncode
    say(f"The report as a page: {(folder / 'report.html').relative_to(places.root)}")
    return code


def expected(settings: Mapping[str, Mapping[str, object]]) -> list[str]:
    """The promises as arguments, from what `pulumi config --json` prints."""
    models = settings[_PREFIX + "bedrockModels"]["objectValue"]
    assert isinstance(models, list)
    return [
        *("--deployer-ip", str(settings[_PREFIX + "deployerIp"]["value"])),
        *(argument for model in models for argument in ("--bedrock-model", str(model))),
    ]
