"""What IAM knows of a request: the tags that it sets, and the ARNs of named resources that it acts on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session

from emulator.moto_adapter import Call, Parameters

_TAG_MEMBERS = ("Tags", "tags", "TagList")


@cache
def iam_prefix(service: str) -> str:
    """The prefix of a service's IAM actions, which is the name that requests are signed for."""
    return botocore.session.get_session().get_service_model(service).signing_name


def access_key(call: Call) -> str:
    """The id of the access key that signed a request; an empty string for an unsigned one."""
    signed = re.search(r"Credential=([^/]+)/", call.authorization)
    return signed[1] if signed else ""


def request_tags(parameters: Parameters) -> dict[str, str]:
    """The tags that a request sets, in whatever form its service writes them."""
    return dict(_tags(parameters))


def _tags(parameters: Parameters) -> Iterator[tuple[str, str]]:
    for name in _TAG_MEMBERS:
        yield from _pairs(parameters.get(name))
    for specification in parameters.get("TagSpecifications") or ():
        yield from _pairs(specification.get("Tags"))


def _pairs(tags: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tags, dict):
        yield from tags.items()
    for tag in tags if isinstance(tags, list) else ():
        # KMS writes TagKey and TagValue, ECS key and value, the others Key and Value.
        yield next(tag[key] for key in ("Key", "key", "TagKey") if key in tag), _value(tag)


def _value(tag: dict[str, str]) -> str:
    """The value of a tag; AWS stores an empty one where the request gives none."""
    return next((tag[key] for key in ("Value", "value", "TagValue") if key in tag), "")


def passed_roles(service: str, action: str, parameters: Parameters) -> list[str]:
    """The roles that the request hands to a service, for which `iam:PassRole` is needed."""
    if (service, action) == ("ecs", "RegisterTaskDefinition"):
        return [parameters[name] for name in ("executionRoleArn", "taskRoleArn") if parameters.get(name)]
    if (service, action) == ("ec2", "CreateFlowLogs"):
        return [parameters[name] for name in ("DeliverLogsPermissionArn",) if parameters.get(name)]
    return []


def named_resources(call: Call, parameters: Parameters) -> list[str]:
    """The ARNs of the resources that a request names; empty for services whose resources have only ids."""
    account, region = call.account, call.region
    match call.service:
        case "iam":
            return _roles(call, parameters)
        case "logs":
            return [
                value if value.startswith("arn:") else f"arn:aws:logs:{region}:{account}:log-group:{value}"
                for value in _values(parameters, "logGroupName", "resourceArn")
            ]
        case "ecr":
            return [
                value if value.startswith("arn:") else f"arn:aws:ecr:{region}:{account}:repository/{value}"
                for value in _values(parameters, "repositoryName", "resourceArn")
            ]
        case "secretsmanager":
            return [
                value
                if value.startswith("arn:")
                else f"arn:aws:secretsmanager:{region}:{account}:secret:{value}"
                for value in _values(parameters, "Name", "SecretId")
            ]
        case "ecs":
            return _ecs(f"arn:aws:ecs:{region}:{account}", parameters)
    return []


def _values(parameters: Parameters, *names: str) -> list[str]:
    return [str(parameters[name]) for name in names if parameters.get(name)]


def _roles(call: Call, parameters: Parameters) -> list[str]:
    name = parameters.get("RoleName")
    if not name:
        return []
    for role in call.backend_of("iam").roles.values():
        if role.name == name:
            return [str(role.arn)]
    return [f"arn:aws:iam::{call.account}:role{parameters.get('Path', '/')}{name}"]


def _ecs(prefix: str, parameters: Parameters) -> list[str]:
    """The most specific resources that the request names: its task definition, services or clusters."""
    if parameters.get("resourceArn"):
        return [str(parameters["resourceArn"])]
    if parameters.get("family") or (parameters.get("taskDefinition") and not parameters.get("cluster")):
        definition = str(parameters.get("family") or parameters["taskDefinition"])
        return [definition if definition.startswith("arn:") else f"{prefix}:task-definition/{definition}"]
    cluster = str(parameters.get("cluster") or parameters.get("clusterName") or "default").rpartition("/")[2]
    services = [
        str(one) for one in parameters.get("services") or _values(parameters, "service", "serviceName")
    ]
    if services:
        return [one if one.startswith("arn:") else f"{prefix}:service/{cluster}/{one}" for one in services]
    clusters = [str(one) for one in parameters.get("clusters") or [cluster]]
    return [one if one.startswith("arn:") else f"{prefix}:cluster/{one}" for one in clusters]
