"""The whole life of the stack as a user who has the deployer's policy and nothing else.

The emulator enforces actions, names, request tags and passed roles (see `emulator.authorization`), so this
shows that no right is missing; that no right is too many is shown by the recording.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from conftest import REGION
from deployer import document, life, recording
from deployer.engine_project import EngineProject, Keys

POLICIES = Path(__file__).resolve().parents[2] / "deployer-policy"


class Deployer:
    """An IAM user of the emulated account, with the committed policies."""

    def __init__(self, url: str) -> None:
        self._iam: Any = boto3.client(
            "iam",
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        self._iam.create_user(UserName="deployer")
        key = self._iam.create_access_key(UserName="deployer")["AccessKey"]
        self.keys = Keys(key["AccessKeyId"], key["SecretAccessKey"])
        self._arns: list[str] = []

    def may(self, documents: list[dict[str, Any]]) -> None:
        """Replace the user's policies."""
        for arn in self._arns:
            self._iam.detach_user_policy(UserName="deployer", PolicyArn=arn)
            self._iam.delete_policy(PolicyArn=arn)
        self._arns = [
            self._iam.create_policy(PolicyName=f"deployer-{number}", PolicyDocument=json.dumps(one))[
                "Policy"
            ]["Arn"]
            for number, one in enumerate(documents)
        ]
        for arn in self._arns:
            self._iam.attach_user_policy(UserName="deployer", PolicyArn=arn)


def committed() -> list[dict[str, Any]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(POLICIES.glob("deployer-*.json"))]


def without(action: str) -> list[dict[str, Any]]:
    """The committed policies without one action."""
    documents = committed()
    assert any(action in statement["Action"] for one in documents for statement in one["Statement"]), action
    for one in documents:
        for statement in one["Statement"]:
            statement["Action"] = [name for name in statement["Action"] if name != action]
        one["Statement"] = [statement for statement in one["Statement"] if statement["Action"]]
    return documents


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("calls") / "calls.jsonl"


@pytest.fixture(scope="module")
def life_url(calls: Path) -> Iterator[str]:
    with life.recording_emulator(calls) as url:
        yield url


@pytest.fixture(scope="module")
def deployer(life_url: str) -> Deployer:
    return Deployer(life_url)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, life_url: str, deployer: Deployer) -> EngineProject:
    project = EngineProject(tmp_path_factory.mktemp("project"), life_url)
    project.keys = deployer.keys
    project.configure({})
    return project


def _is_refused(project: EngineProject, deployer: Deployer, action: str, *arguments: str) -> None:
    deployer.may(without(action))
    done = project.run(*arguments)
    assert done.returncode != 0, f"{arguments} went through without {action}"
    assert f"is not authorized to perform: {action}" in done.stdout, done.stdout
    deployer.may(committed())


def test_the_policy_is_enough_for_the_stacks_life_and_a_missing_action_is_named(
    project: EngineProject, deployer: Deployer, calls: Path
) -> None:
    _is_refused(project, deployer, "kms:CreateKey", *life.UP)
    deployer.may(committed())
    life.step(project, *life.UP)
    _is_refused(project, deployer, "secretsmanager:GetSecretValue", *life.REFRESH)
    life.step(project, *life.REFRESH)
    project.configure(life.SECOND)
    _is_refused(project, deployer, "iam:PassRole", *life.UP)
    life.step(project, *life.UP)
    _is_refused(project, deployer, "ecr:DeleteRepository", *life.DESTROY)
    _is_refused(project, deployer, "ec2:DeleteVpc", *life.DESTROY)
    life.step(project, *life.DESTROY)

    # The policy has exactly what was called and what AWS checks besides that.
    made_anew = document.policies(document.grants(recording.read(calls, deployer.keys.access_key)))
    assert made_anew == committed(), "run `make deployer-policy` and look at the difference"
