"""What a check found: fine, worth knowing, or a reason why the deployment would not work."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How one finding counts."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "fails"


@dataclass(frozen=True)
class Finding:
    """One sentence about what was found and, unless all is well, one about what to do."""

    status: Status
    what: str
    fix: str = ""

    def __post_init__(self) -> None:
        if (self.status is Status.OK) == bool(self.fix):
            raise ValueError(f"a fix belongs to warnings and failures, and only to them: {self.what}")


def ok(what: str) -> Finding:
    """Nothing to do."""
    return Finding(Status.OK, what)


def warning(what: str, fix: str) -> Finding:
    """Worth knowing, or something that could not be checked."""
    return Finding(Status.WARNING, what, fix)


def failure(what: str, fix: str) -> Finding:
    """What makes the deployment fail, or what is wrong with it."""
    return Finding(Status.FAILURE, what, fix)


@dataclass(frozen=True)
class Outcome:
    """The findings of one check, never none."""

    check: str
    promise: str
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, object]:
        """The outcome as JSON values."""
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
