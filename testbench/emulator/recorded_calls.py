"""Writes which actions were called to a file (`--calls FILE`), one JSON object a line, for `deployer`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from emulator import moto_adapter
from emulator.moto_adapter import Call, HttpAnswer
from emulator.request_facts import access_key, request_tags

_TAG = ("Project", "ComputerUseSandbox")


def install(file: Path) -> None:
    """Append each call to the file: access key, service, action, and whether it sets the stack's tag."""
    log = file.open("a", encoding="utf-8", buffering=1)

    def record(call: Call, answer: Callable[[], HttpAnswer]) -> HttpAnswer:
        entry = {
            "key": access_key(call),
            "service": call.service,
            "action": call.action,
            "tagged": _TAG in request_tags(call.parameters).items(),
        }
        log.write(json.dumps(entry) + "\n")
        return answer()

    moto_adapter.surround_every_call(record)
