"""What a client is told when an action is missing or breaks.

moto answers both with an HTML page and status 500. AWS clients retry 500, the Terraform provider up to 25
times, so a missing action would look like a hang. Here both become client errors (400) that name the service
and the action, and the log says so too.
"""

from __future__ import annotations

import logging
import warnings
from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from emulator.actions import Refusal

log = logging.getLogger(__name__)

NOT_IMPLEMENTED = "NotImplemented"
BROKEN = "EmulatorFailure"


def install() -> None:
    """Make every moto service answer missing and broken actions with an error that names them."""
    # moto warns of each error code that a service's model does not list; AWS has many such.
    warnings.filterwarnings("ignore", message=r"Exception\(Refusal\)")
    original = BaseResponse.call_action

    def call_action(self: BaseResponse) -> Any:
        try:
            answer = original(self)
            log.info("%s %s", answer[0], _name(self))
            return answer
        except NotImplementedError as error:
            log.error("NotImplemented: %s: %s", _name(self), error)
            return _error(self, NOT_IMPLEMENTED, f"The local AWS does not have {_name(self)}: {error}")
        except Exception as error:
            log.exception("%s: %s failed", BROKEN, _name(self))
            reason = f"{type(error).__name__}: {error}"
            return _error(self, BROKEN, f"The local AWS failed at {_name(self)}: {reason}. See its log.")

    BaseResponse.call_action = call_action  # type: ignore[method-assign]


def _name(call: BaseResponse) -> str:
    return f"{call.boto3_service_name}:{call._get_action()}"


def _error(call: BaseResponse, code: str, message: str) -> Any:
    status, headers, body = call.serialized(ActionResult(Refusal(code, message)))
    headers, body = call._enrich_response(headers, body)
    return status, headers, body
