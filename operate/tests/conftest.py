"""Fixtures: one emulator for the run, an account for each test, and scripts that stand for programs."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from operate.aws import Access, Aws
from operate.preflight.plan import Plan
from operate.stack import Resource, Settings, Stack
from operate.tests.wire import Wire

LOCAL = Path(__file__).parents[2] / "testbench"
REGION = "us-west-2"
_numbers = itertools.count(100_000_000_000)

MakePlan = Callable[..., Plan]
Script = Callable[[str, str], Path]


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The URL of an emulator that is stopped after the tests."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--exit-with-parent"]
    with subprocess.Popen(
        command, cwd=LOCAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("listening on "), first
        yield first.removeprefix("listening on ").strip()
        process.terminate()


@pytest.fixture
def account() -> str:
    """A new, empty account of the emulator."""
    return str(next(_numbers))


@pytest.fixture
def wire(emulator: str, account: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The AWS API of that account; the environment points to it."""
    server = Wire(emulator, account)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    yield server
    server.close()


@pytest.fixture
def client(wire: Wire) -> Callable[[str], Any]:
    """Clients of that account, to create resources in it."""

    def make(service: str) -> Any:
        connect: Any = boto3.client
        return connect(service, region_name=REGION, config=Config(retries={"total_max_attempts": 1}))

    return make


@pytest.fixture
def make_plan(wire: Wire) -> MakePlan:
    """A plan with Pulumi.yaml's defaults; `changes` are settings of the project."""

    def make(
        name: str = "dev",
        region: str = REGION,
        resources: list[tuple[str, str]] | None = None,
        aws: dict[str, object] | None = None,
        docker: dict[str, object] | None = None,
        **changes: object,
    ) -> Plan:
        values: dict[str, object] = {
            "computer-use-sandbox:bedrockModels": ["us.anthropic.claude-sonnet-5-5"],
            "computer-use-sandbox:defaultProvider": "bedrock",
            "computer-use-sandbox:cpuArchitecture": "ARM64",
            "computer-use-sandbox:natGateways": 1,
            "computer-use-sandbox:environmentCpu": 2048,
            "computer-use-sandbox:orchestrationCpu": 2048,
            **{f"computer-use-sandbox:{key}": value for key, value in changes.items()},
            **{f"aws:{key}": value for key, value in (aws or {}).items()},
            **{f"docker:{key}": value for key, value in (docker or {}).items()},
        }
        access = Access(region)
        made = Stack(
            name,
            Settings({key: _shown(value) for key, value in values.items()}),
            access,
            tuple(Resource(*resource) for resource in resources or []),
        )
        return Plan(made, Aws(access))

    return make


def _shown(value: object) -> dict[str, object]:
    """A value as `pulumi config --json` shows it."""
    if isinstance(value, list):
        return {"value": json.dumps(value), "objectValue": value, "secret": False}
    return {"value": str(value), "secret": False}


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """A function `script(name, body)` that puts a shell script of that name first on PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def write(name: str, body: str) -> Path:
        file = folder / name
        file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        file.chmod(0o755)
        return file

    return write
