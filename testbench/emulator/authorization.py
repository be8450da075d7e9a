"""IAM for requests that a user's access key signed, so that a deployer's policy can be tried out.

Keys that belong to no user of the account, such as the test keys of `make up`, act as the account's root and
may do everything. A user may do what its attached and inline policies allow. These are judged: actions,
resources that have a name (IAM roles, log groups, ECS, ECR, secrets), and conditions on request tags and
passed services. These are not: the tags that a resource has, and ARNs with generated ids; a scope that
depends on them counts as met.

moto can enforce policies itself, but it knows the resources of three services only and answers JSON services
in XML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from emulator.identity_policies import Request, allows
from emulator.moto_adapter import Call, HttpAnswer
from emulator.policy_documents import statements
from emulator.request_facts import access_key, iam_prefix, named_resources, passed_roles, request_tags

# Services in which the right to tag in a create call is not called TagResource.
_TAGGING = {"ec2": "CreateTags", "elbv2": "AddTags", "iam": "TagRole"}
_CODES = {
    "ec2": "UnauthorizedOperation",
    "elbv2": "AccessDenied",
    "iam": "AccessDenied",
    "sts": "AccessDenied",
}
_PASSED_TO = {"ecs": "ecs-tasks.amazonaws.com", "ec2": "vpc-flow-logs.amazonaws.com"}


def authorize(call: Call, answer: Callable[[], HttpAnswer]) -> HttpAnswer:
    """moto's answer, or AWS's refusal if the user whose key signed the call may not make it."""
    user = _user(call)
    refusal = None if user is None else _refusal(call, user)
    if refusal is None:
        return answer()
    return call.refused(_CODES.get(call.service, "AccessDeniedException"), refusal)


def _user(call: Call) -> Any:
    key_id = access_key(call)
    for user in call.backend_of("iam").users.values():
        if any(key.access_key_id == key_id for key in user.access_keys):
            return user
    return None


def _refusal(call: Call, user: Any) -> str | None:
    granted = [one for document in _documents(user) for one in statements(document)]
    for request in needed(call):
        if not allows(granted, request):
            return (
                f"User: {user.arn} is not authorized to perform: {request.action}"
                + (f" on resource: {request.resource}" if request.resource else "")
                + f" because no identity-based policy allows the {request.action} action"
            )
    return None


def _documents(user: Any) -> Iterator[str]:
    for policy in user.managed_policies.values():
        yield next(one.document for one in policy.versions if one.version_id == policy.default_version_id)
    for document in user.policies.values():
        yield unquote(document)


def needed(call: Call) -> Iterator[Request]:
    """Every permission that AWS demands of the caller for this call."""
    service, action, parameters = call.service, call.action, call.parameters
    prefix = iam_prefix(service)
    tags = request_tags(parameters)
    context = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    resources: list[str | None] = [*named_resources(call, parameters)] or [None]
    actions = [f"{prefix}:{action}"]
    if tags and not re.match("Tag|AddTags|CreateTags", action):
        actions.append(f"{prefix}:{_TAGGING.get(service, 'TagResource')}")
    for resource in resources:
        for one in actions:
            yield Request(one, resource, context)
    for role in passed_roles(service, action, parameters):
        yield Request("iam:PassRole", role, {"iam:PassedToService": _PASSED_TO[service]})
