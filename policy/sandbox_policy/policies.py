"""Turns rules into policies of the Pulumi SDK.

Every one is mandatory: a violation stops the preview or update.
"""

import os
from collections.abc import Mapping

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
from sandbox_policy.model import Context, Resource, ResourceRule, Stack, StackRule
from sandbox_policy.stack_config import StackConfig


def context_from(environment: Mapping[str, str]) -> Context:
    """What the engine told this process.

    A run that does not say that it is a preview is taken for an update.
    """
    return Context(
        config=StackConfig.from_environment(environment),
        is_preview=environment.get("PULUMI_DRY_RUN") == "true",
    )


def all_policies(environment: Mapping[str, str] | None = None) -> list[Policy]:
    """Every rule of the catalogue as a mandatory policy, judging under `environment` (default: the
    process's).
    """
    context = context_from(os.environ if environment is None else environment)
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
        for finding in rule.judge(stack, context):
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
