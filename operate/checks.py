"""What a check is, and how it runs: an answer of AWS, Pulumi or a program never makes it raise."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from operate.aws import AwsFailure, Denied
from operate.findings import Finding, Outcome, warning

SubjectT = TypeVar("SubjectT")


@dataclass(frozen=True)
class Check(Generic[SubjectT]):
    """A check of a subject, which is either a planned deployment or an existing one.

    `promise` says in one sentence what is true if the check finds nothing wrong. `needs_aws` is False for a
    check that only reads this machine and therefore works without credentials.
    """

    name: str
    promise: str
    find: Callable[[SubjectT], Iterable[Finding]]
    needs_aws: bool = True


def run(check: Check[SubjectT], subject: SubjectT) -> Outcome:
    """Run one check. Raises AssertionError for a check without any finding, which is a bug in the check."""
    findings = tuple(attempt("", lambda: check.find(subject)))
    if not findings:
        raise AssertionError(f"the check {check.name} has no finding")
    return Outcome(check.name, check.promise, findings)


def attempt(what: str, part: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield the findings of one part of a check, or a warning if AWS does not answer.

    A check with several independent parts runs each through this function, so that one missing permission
    does not hide what the other parts find. `what` names the part; the check's own name is printed before it.
    """
    prefix = f"{what}: " if what else ""
    try:
        yield from part()
    except Denied as denied:
        yield warning(
            f"{prefix}not checked, because {denied}", f"allow {denied.permission}, or check it by hand"
        )
    except AwsFailure as failed:
        yield warning(
            f"{prefix}not checked, because {failed}", "fix what the message says, then run this again"
        )
