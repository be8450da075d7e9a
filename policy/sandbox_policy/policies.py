"""Turns the rules into policies of the Pulumi policy SDK.

Every policy is mandatory: a violation stops the preview or update.
"""

import datetime
from collections.abc import Mapping
from pathlib import Path

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from sandbox_policy.catalogue import RESOURCE_RULES, STACK_RULES
from sandbox_policy.exceptions import ExceptionList
from sandbox_policy.model import Context, Resource, ResourceRule, Rule, Stack, StackRule
from sandbox_policy.stack_config import StackConfig

EXCEPTIONS = Path(__file__).parent.parent / "exceptions.json"


def context_from(environment: Mapping[str, str], exceptions: Path = EXCEPTIONS) -> Context:
    """Build the context from the engine's environment variables and the exceptions in force today.

    A run that is not marked as a preview is treated as an update, which is stricter about unknown values.
    """
    return Context(
        config=StackConfig.from_environment(environment),
        is_preview=environment.get("PULUMI_DRY_RUN") == "true",
        exceptions=_only_permitted(
            ExceptionList.load(exceptions, datetime.datetime.now(datetime.UTC).date())
        ),
    )


def _only_permitted(exceptions: ExceptionList) -> ExceptionList:
    rules: dict[str, Rule] = {rule.name: rule for rule in (*RESOURCE_RULES, *STACK_RULES)}
    kept, problems = [], list(exceptions.problems)
    for entry in exceptions.entries:
        if entry.rule not in rules:
            problems.append(f"there is an exception from {entry.rule}, which does not exist")
        elif not rules[entry.rule].exceptable:
            problems.append(f"there is an exception from {entry.rule}, which allows none")
        else:
            kept.append(entry)
    return ExceptionList(tuple(kept), tuple(problems))


def all_policies(context: Context) -> list[Policy]:
    """Every rule of the catalogue as a mandatory policy, evaluated in `context`."""
    policies: list[Policy] = [_resource_policy(rule, context) for rule in RESOURCE_RULES]
    policies += [_stack_policy(rule, context) for rule in STACK_RULES]
    return policies


def _resource_policy(rule: ResourceRule, context: Context) -> ResourceValidationPolicy:
    def validate(arguments: ResourceValidationArgs, report: ReportViolation) -> None:
        resource = Resource(
            type=arguments.resource_type,
            name=arguments.name,
            urn=arguments.urn,
            properties=arguments.props,
            has_provider=arguments.provider is not None,
        )
        if context.exceptions.excuse(rule.name, resource.name, resource.urn):
            return
        for message in rule.judge(resource, context):
            report(message, None)

    return ResourceValidationPolicy(
        name=rule.name,
        description=rule.promise,
        validate=validate,
        enforcement_level=EnforcementLevel.MANDATORY,
    )


def _stack_policy(rule: StackRule, context: Context) -> StackValidationPolicy:
    def validate(arguments: StackValidationArgs, report: ReportViolation) -> None:
        stack = Stack(tuple(_from_engine(resource) for resource in arguments.resources))
        names = {resource.urn: resource.name for resource in stack.resources}
        for finding in rule.judge(stack, context):
            known_as = ("stack",) if finding.urn is None else (finding.urn, names[finding.urn])
            if not context.exceptions.excuse(rule.name, *known_as):
                report(finding.message, finding.urn)

    return StackValidationPolicy(
        name=rule.name,
        description=rule.promise,
        validate=validate,
        enforcement_level=EnforcementLevel.MANDATORY,
    )


def _from_engine(resource: PolicyResource) -> Resource:
    return Resource(
        type=resource.resource_type,
        name=resource.name,
        urn=resource.urn,
        properties=resource.props,
        has_provider=resource.provider is not None,
        ties={key: tuple(tie.urn for tie in ties) for key, ties in resource.property_dependencies.items()},
    )
