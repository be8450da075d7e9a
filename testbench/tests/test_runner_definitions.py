"""Task definitions and the places of secrets: read as ECS reads them, or refused by name."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from conftest import Aws
from runner.ecs import secrets
from runner.ecs.definition import (
    DEFAULT_CAPABILITIES,
    AwsLogs,
    ContainerDefinition,
    HealthCheck,
    InvalidDefinition,
    Mount,
    TaskDefinition,
)
from runner.ecs.secrets import CannotReadSecret, SecretPlace

ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:login-AbCdEf"


def _container(**changes: Any) -> dict[str, Any]:
    return {"name": "web", "image": "x@sha256:" + "a" * 64, **changes}


def _task(*containers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "taskDefinitionArn": "arn:aws:ecs:us-west-2:1:task-definition/web:1",
        "family": "web",
        "cpu": "1024",
        "memory": "2048",
        "containerDefinitions": list(containers or [_container()]),
        **changes,
    }


def test_what_a_container_says_is_what_it_gets() -> None:
    read = ContainerDefinition.of(
        _container(
            environment=[{"name": "A", "value": "1"}],
            secrets=[{"name": "B", "valueFrom": f"{ARN}:b::"}],
            entryPoint=["/run"],
            command=["--now"],
            user="10001:10001",
            portMappings=[{"containerPort": 8501, "protocol": "tcp"}],
            mountPoints=[{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": True}],
            stopTimeout=15,
            readonlyRootFilesystem=True,
            linuxParameters={"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
            logConfiguration={
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/g", "awslogs-region": "r", "awslogs-stream-prefix": "p"},
            },
        )
    )
    assert (read.environment, read.secrets) == ({"A": "1"}, {"B": f"{ARN}:b::"})
    assert (read.entry_point, read.command, read.user) == (("/run",), ("--now",), "10001:10001")
    assert (read.ports, read.mounts) == ((8501,), (Mount("tmp", "/tmp", read_only=True),))
    assert (read.stop_timeout, read.read_only_root, read.needs_init) == (15, True, True)
    assert (read.capabilities, read.logs) == (frozenset(), AwsLogs("/g", "p"))


def test_what_a_container_does_not_say_is_as_on_fargate() -> None:
    read = ContainerDefinition.of(_container())
    assert read.stop_timeout == 30
    assert read.capabilities == DEFAULT_CAPABILITIES
    assert (read.health_check, read.logs, read.user, read.read_only_root) == (None, None, None, False)
    check = HealthCheck.of({"command": ["CMD-SHELL", "true"]})
    assert check == HealthCheck(("/bin/sh", "-c", "true"), 30, 5, 3, 0)


def test_dropped_capabilities_are_gone_whatever_their_spelling() -> None:
    dropped = {"capabilities": {"drop": ["CAP_NET_RAW", "MKNOD"]}}
    left = ContainerDefinition.of(_container(linuxParameters=dropped)).capabilities
    assert left == DEFAULT_CAPABILITIES - {"NET_RAW", "MKNOD"}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"privileged": True}, "privileged"),
        ({"healthCheck": {"command": ["/usr/local/bin/healthcheck"]}}, "healthCheck.command"),
        ({"healthCheck": {"command": []}}, "healthCheck.command"),
        ({"healthCheck": {"command": ["CMD"]}}, "healthCheck.command"),
        ({"healthCheck": {"command": ["CMD-SHELL", "a", "b"]}}, "healthCheck.command"),
        ({"linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}}, "SYS_ADMIN"),
        ({"logConfiguration": {"logDriver": "splunk", "options": {}}}, "splunk"),
    ],
)
def test_what_cannot_be_run_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidDefinition, match=named):
        ContainerDefinition.of(_container(**changes))


def test_a_task_has_one_container_and_the_volumes_that_it_mounts() -> None:
    with pytest.raises(InvalidDefinition, match="web, web"):
        TaskDefinition.of(_task(_container(), _container()))
    mounting = _container(mountPoints=[{"sourceVolume": "data", "containerPath": "/data"}])
    with pytest.raises(InvalidDefinition, match="the volume data"):
        TaskDefinition.of(_task(mounting))
    assert TaskDefinition.of(_task(mounting, volumes=[{"name": "data"}])).container.mounts[0].volume == "data"


def test_a_secret_is_found_by_key_stage_and_version() -> None:
    assert SecretPlace.of(ARN) == SecretPlace(ARN, "", "", "")
    assert SecretPlace.of(f"{ARN}:password::") == SecretPlace(ARN, "password", "", "")
    assert SecretPlace.of(f"{ARN}:password::v1") == SecretPlace(ARN, "password", "", "v1")
    assert SecretPlace.of(f"{ARN}:::v1") == SecretPlace(ARN, "", "", "v1")
    assert SecretPlace.of(f"{ARN}:password:AWSCURRENT:v1") == SecretPlace(ARN, "password", "AWSCURRENT", "v1")
    with pytest.raises(CannotReadSecret, match="not the ARN"):
        SecretPlace.of("arn:aws:ssm:us-west-2:1:parameter/x")


def test_secrets_come_from_secrets_manager_and_a_missing_one_is_named_without_a_value(aws: Aws) -> None:
    client = aws("secretsmanager")
    text = json.dumps({"username": "somebody", "password": "not to be shown"})
    arn = client.create_secret(Name="login", SecretString=text)["ARN"]
    plain = client.create_secret(Name="token", SecretString="plain")["ARN"]
    assert secrets.read(client, {"A": f"{arn}:username::", "B": plain}) == {"A": "somebody", "B": "plain"}
    with pytest.raises(CannotReadSecret, match=r"LOGIN.*JSON key 'nothing'") as missing_key:
        secrets.read(client, {"LOGIN": f"{arn}:nothing::"})
    assert "not to be shown" not in str(missing_key.value)
    with pytest.raises(CannotReadSecret, match=r"LOGIN.*ResourceNotFound"):
        secrets.read(client, {"LOGIN": f"{arn}-gone"})


def test_a_reference_with_a_version_reads_that_version_and_no_other(aws: Aws) -> None:
    client = aws("secretsmanager")
    old = client.create_secret(Name="key", SecretString='{"key": "old"}')
    new = client.put_secret_value(SecretId=old["ARN"], SecretString='{"key": "new"}')
    references = {
        "NEW": f"{old['ARN']}:key::{new['VersionId']}",
        "OLD": f"{old['ARN']}:key::{old['VersionId']}",
        "WHOLE": f"{old['ARN']}:::{new['VersionId']}",
    }
    assert secrets.read(client, references) == {"NEW": "new", "OLD": "old", "WHOLE": '{"key": "new"}'}
    with pytest.raises(CannotReadSecret, match=r"LOGIN.*ResourceNotFound"):
        secrets.read(client, {"LOGIN": f"{old['ARN']}:key::{uuid.uuid4()}"})
