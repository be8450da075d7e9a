"""What a rule is, what it sees, and how it runs: a value that a rule can't evaluate is always a violation."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pulumi_policy.proxy import UnknownValueError

from sandbox_policy.exceptions import ExceptionList
from sandbox_policy.stack_config import StackConfig
from sandbox_policy.values import UNKNOWN, MalformedInputError


@dataclass(frozen=True)
class Context:
    """What a rule knows besides the resource: the stack's configuration, whether this is a
    preview, and the exceptions.
    """

    config: StackConfig
    is_preview: bool
    exceptions: ExceptionList = field(default_factory=ExceptionList)

    def awaits(self, value: object, what: str) -> bool:
        """Whether `value` can only be checked in the update, just before the resource is created.

        For values that a preview of a new stack can't know, such as a policy that names the ARN
        of a new resource. Raises MalformedInputError for an unknown value outside a preview, because
        then nothing would ever check it.
        """
        if value is not UNKNOWN:
            return False
        if not self.is_preview:
            raise MalformedInputError(f"{what} is unknown outside a preview")
        return True


@dataclass(frozen=True)
class Resource:
    """One resource as the engine shows it.

    `properties` holds the inputs when a single resource is checked, and the outputs when the whole stack is.
    `ties` maps a property to the URNs of the resources that its value depends on, which the engine knows even
    while the value itself is unknown. `has_provider` is false for components.
    """

    type: str
    name: str
    urn: str
    properties: Mapping[str, object]
    has_provider: bool = True
    ties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A violation found by a stack rule. `urn` is the resource to report it for; None means the stack."""

    message: str
    urn: str | None = None


@dataclass(frozen=True)
class Rule:
    """What resource rules and stack rules have in common.

    `exceptable` is false for a rule from which no exception may be made, whatever the reason.
    """

    name: str
    promise: str
    why: str
    exceptable: bool = field(default=True, kw_only=True)


@dataclass(frozen=True)
class ResourceRule(Rule):
    """Checks each resource of `types` before it is created or changed; a violation prevents that.

    An empty `types` means every type.
    """

    types: tuple[str, ...]
    check: Callable[[Resource, Context], Iterator[str]]

    def judge(self, resource: Resource, context: Context) -> list[str]:
        """Return one message for each violation. A value that the rule can't read is a violation too."""
        if self.types and resource.type not in self.types:
            return []
        messages: list[str] = []
        try:
            for message in self.check(resource, context):
                messages.append(message)
        except UnknownValueError as error:
            messages.append(f"can't be evaluated: {error.message}")
        except MalformedInputError as error:
            messages.append(f"can't be evaluated: {error}")
        return messages


@dataclass(frozen=True)
class Stack:
    """All resources of a stack with their outputs."""

    resources: tuple[Resource, ...]

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of any of the types, in the order of registration."""
        return [resource for resource in self.resources if resource.type in types]


@dataclass(frozen=True)
class StackRule(Rule):
    """Checks the stack as a whole: what must exist, and how resources refer to each other."""

    check: Callable[[Stack, Context], Iterator[Finding]]

    def judge(self, stack: Stack, context: Context) -> list[Finding]:
        """Return the violations. A value that the rule can't read is a violation too."""
        findings: list[Finding] = []
        try:
            for finding in self.check(stack, context):
                findings.append(finding)
        except UnknownValueError as error:
            findings.append(Finding(f"can't be evaluated: {error.message}"))
        except MalformedInputError as error:
            findings.append(Finding(f"can't be evaluated: {error}"))
        return findings
