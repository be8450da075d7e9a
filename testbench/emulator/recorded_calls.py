"""Writes down which actions were called (`--calls FILE`), one JSON object a line, for `deployer`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from moto.core.responses import BaseResponse

from emulator.actions import parameters_of
from emulator.request_facts import access_key, request_tags

_TAG = ("Project", "ComputerUseSandbox")


def install(file: Path) -> None:
    """Append each call to the file: signing key, service, action, and whether it carries the stack's tag."""
    answer = BaseResponse.call_action
    log = file.open("a", encoding="utf-8", buffering=1)

    def call_action(self: BaseResponse) -> Any:
        tagged = _TAG in request_tags(parameters_of(self)).items()
        entry = {
            "key": access_key(self),
            "service": self.boto3_service_name,
            "action": self._get_action(),
            "tagged": tagged,
        }
        log.write(json.dumps(entry) + "\n")
        return answer(self)

    BaseResponse.call_action = call_action  # type: ignore[method-assign]
