"""What a client is told when the emulator lacks an action, or fails at one.

moto answers both with an HTML page and status 500. AWS clients retry status 500, the Terraform provider up to
25 times, so a missing action would look like a hang. Here both are client errors (status 400), which clients
do not retry; they name the service and the action, and the log names them too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from emulator.moto_adapter import Call, HttpAnswer

log = logging.getLogger(__name__)

NOT_IMPLEMENTED = "NotImplemented"
BROKEN = "EmulatorFailure"


def name_failures(call: Call, answer: Callable[[], HttpAnswer]) -> HttpAnswer:
    """moto's answer, or an error in the service's protocol that names the action."""
    name = f"{call.service}:{call.action}"
    try:
        answered = answer()
        log.info("%s %s", answered[0], name)
        return answered
    except NotImplementedError as error:
        log.error("NotImplemented: %s: %s", name, error)
        return call.refused(NOT_IMPLEMENTED, f"The local AWS does not have {name}: {error}")
    except Exception as error:
        log.exception("%s: %s failed", BROKEN, name)
        reason = f"{type(error).__name__}: {error}"
        return call.refused(BROKEN, f"The local AWS failed at {name}: {reason}. See its log.")
