"""Errors that nobody foresaw: logged in full without secrets, each with a number that a person can quote."""

from __future__ import annotations

import secrets
import traceback

from orchestration.record.output import say
from orchestration.record.redaction import Redactor

LONGEST_TRACE = 20_000


def report(redactor: Redactor, what: str, error: BaseException) -> str:
    """Log `error` with its traceback and return its number.

    Args:
        what: what failed, in words for the log.
    """
    number = f"E-{secrets.token_hex(4)}"
    # Redacted before it is cut: half a secret would not be recognised.
    trace = redactor.text("".join(traceback.format_exception(error)))
    say(redactor, what, number=number, error=type(error).__name__, trace=trace[-LONGEST_TRACE:])
    return number
