"""IAM for requests that a user's access key signed, so that a deployer's policy can be tried out.

Keys that belong to no user of the account, such as the test keys of `make up`, act as the account's root and
may do everything. A user may do what its attached and inline policies allow: actions, resources that have a
name (IAM roles, log groups, ECS, ECR, secrets) and conditions on request tags and passed services. Whether a
resource *has* a tag, and ARNs with generated ids, are not judged here: such scopes count as met. moto's own
enforcement knows the resources of three services only and answers JSON services in XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from moto.core.responses import ActionResult, BaseResponse
from moto.iam.models import iam_backends

from emulator.actions import Parameters, Refusal, parameters_of
from emulator.identity_policies import Request, allows
from emulator.policy_documents import statements
from emulator.request_facts import access_key, iam_prefix, named_resources, passed_roles, request_tags

# Services that check a right to tag in a create call; those that call it something else than TagResource.
_TAGGING = {"ec2": "CreateTags", "elbv2": "AddTags", "iam": "TagRole"}
_CODES = {
    "ec2": "UnauthorizedOperation",
    "elbv2": "AccessDenied",
    "iam": "AccessDenied",
    "sts": "AccessDenied",
}
_PASSED_TO = {"ecs": "ecs-tasks.amazonaws.com", "ec2": "vpc-flow-logs.amazonaws.com"}


def install() -> None:
    """Have each call authorised before moto answers it."""
    answer = BaseResponse.call_action

    def call_action(self: BaseResponse) -> Any:
        user = _user(self)
        if user is not None:
            refusal = _refusal(self, user)
            if refusal is not None:
                status, headers, body = self.serialized(ActionResult(refusal))
                return status, *self._enrich_response(headers, body)
        return answer(self)

    BaseResponse.call_action = call_action  # type: ignore[method-assign]


def _user(call: BaseResponse) -> Any:
    key_id = access_key(call)
    for user in iam_backends[call.current_account]["aws"].users.values():
        if any(key.access_key_id == key_id for key in user.access_keys):
            return user
    return None


def _refusal(call: BaseResponse, user: Any) -> Refusal | None:
    granted = [one for document in _documents(user) for one in statements(document)]
    for request in needed(call):
        if not allows(granted, request):
            service = call.boto3_service_name
            return Refusal(
                _CODES.get(service, "AccessDeniedException"),
                f"User: {user.arn} is not authorized to perform: {request.action}"
                + (f" on resource: {request.resource}" if request.resource else "")
                + f" because no identity-based policy allows the {request.action} action",
            )
    return None


def _documents(user: Any) -> Iterator[str]:
    for policy in user.managed_policies.values():
        yield next(one.document for one in policy.versions if one.version_id == policy.default_version_id)
    for document in user.policies.values():
        yield unquote(document)


def needed(call: BaseResponse) -> Iterator[Request]:
    """Every right that AWS asks of the caller for this call."""
    service, action = call.boto3_service_name, call._get_action()
    prefix = iam_prefix(service)
    parameters: Parameters = parameters_of(call)
    tags = request_tags(parameters)
    context = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    resources: list[str | None] = [*named_resources(call, service, parameters)] or [None]
    actions = [f"{prefix}:{action}"]
    if tags and not re.match("Tag|AddTags|CreateTags", action):
        actions.append(f"{prefix}:{_TAGGING.get(service, 'TagResource')}")
    for resource in resources:
        for one in actions:
            yield Request(one, resource, context)
    for role in passed_roles(service, action, parameters):
        yield Request("iam:PassRole", role, {"iam:PassedToService": _PASSED_TO[service]})
