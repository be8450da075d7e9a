"""What a check found: ok, a warning, or a failure that stops the deployment from working."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The severity of a finding."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "fails"


@dataclass(frozen=True)
class Finding:
    """One sentence about what was found and, unless it is ok, one about how to fix it."""

    status: Status
    what: str
    fix: str = ""

    def __post_init__(self) -> None:
        if (self.status is Status.OK) == bool(self.fix):
            raise ValueError(f"warnings and failures need a fix, and ok has none: {self.what}")


def ok(what: str) -> Finding:
    """A finding that needs no action."""
    return Finding(Status.OK, what)


def warning(what: str, fix: str) -> Finding:
    """A finding that is worth knowing, or something that could not be checked."""
    return Finding(Status.WARNING, what, fix)


def failure(what: str, fix: str) -> Finding:
    """A finding that makes the deployment fail, or a defect of the deployment."""
    return Finding(Status.FAILURE, what, fix)


@dataclass(frozen=True)
class Outcome:
    """The findings of one check; there is at least one."""

    check: str
    promise: str
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, object]:
        """The outcome as JSON-compatible values."""
        return {
            "check": self.check,
            "promise": self.promise,
            "findings": [
                {"status": str(finding.status), "what": finding.what, "fix": finding.fix}
                for finding in self.findings
            ],
        }


def count(outcomes: Iterable[Outcome], status: Status) -> int:
    """How many findings have the status."""
    return sum(finding.status is status for outcome in outcomes for finding in outcome.findings)
