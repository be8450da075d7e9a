"""A check has a name and a promise; running it never raises for what AWS, Pulumi or a program answers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from operate.aws import AwsFailure, Denied
from operate.findings import Finding, Outcome, warning

SubjectT = TypeVar("SubjectT")


@dataclass(frozen=True)
class Check(Generic[SubjectT]):
    """Something to find out about a subject: about what is to be deployed, or about what was deployed.

    `promise` says in one sentence what holds when the check finds nothing wrong. `needs_aws` is False for
    a check that reads this machine only, and so also works without credentials.
    """

    name: str
    promise: str
    find: Callable[[SubjectT], Iterable[Finding]]
    needs_aws: bool = True


def run(check: Check[SubjectT], subject: SubjectT) -> Outcome:
    """The outcome of one check. A check that finds nothing at all is a mistake in the check."""
    findings = tuple(attempt("", lambda: check.find(subject)))
    if not findings:
        raise AssertionError(f"the check {check.name} has said nothing")
    return Outcome(check.name, check.promise, findings)


def attempt(what: str, part: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of one part of a check; where AWS gives no answer, a warning that says what is missing.

    A check of several independent parts passes each through here, so that one missing permission does not
    hide what the other parts find. `what` names the part; the check's own name stands before it anyway.
    """
    prefix = f"{what}: " if what else ""
    try:
        yield from part()
    except Denied as denied:
        yield warning(
            f"{prefix}not checked, because {denied}", f"allow {denied.permission}, or check it by hand"
        )
    except AwsFailure as failed:
        yield warning(f"{prefix}not checked, because {failed}", "see the message, then run this again")
