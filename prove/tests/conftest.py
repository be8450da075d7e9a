"""Fixtures: an AWS API on a free loopback port, and sandboxes built in it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prove.addresses import AddressSet
from prove.aws import Aws
from prove.reading import read_world
from prove.tests.sandbox_builder import DEPLOYER, REGION, Sandbox, build
from prove.theorems import Case, Expectation
from prove.world import World

LOCAL = Path(__file__).parent.parent.parent / "testbench"


@pytest.fixture(scope="session")
def api() -> Iterator[str]:
    """The URL of an emulator that is stopped after the tests."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--exit-with-parent"]
    with subprocess.Popen(
        command, cwd=LOCAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("listening on "), first
        os.environ.update(
            AWS_ENDPOINT_URL=first.removeprefix("listening on ").strip(),
            AWS_ACCESS_KEY_ID="test",
            AWS_SECRET_ACCESS_KEY="test",
            AWS_REGION=REGION,
        )
        yield os.environ["AWS_ENDPOINT_URL"]
        process.terminate()


@pytest.fixture(scope="session")
def clients() -> dict[str, Any]:
    """Clients of the emulator, created on first use."""
    return {}


@pytest.fixture
def box(api: str, clients: dict[str, Any]) -> Sandbox:
    """A fresh sandbox that keeps every promise, for a test to modify."""
    return build(api, clients)


@pytest.fixture(scope="session")
def aws(api: str) -> Aws:
    """The proof's read-only access to the emulator."""
    return Aws(REGION)


@pytest.fixture(scope="session")
def good(api: str, clients: dict[str, Any], aws: Aws) -> World:
    """Everything around a sandbox that no test modifies."""
    box = build(api, clients)
    return read_world(aws, box.vpc, box.cluster)


EXPECTED = Expectation(AddressSet.of(DEPLOYER), frozenset({"us.anthropic.claude-x"}))


@pytest.fixture
def read(aws: Aws) -> Callable[[Sandbox], Case]:
    """Return a function that reads a sandbox and returns it with the expectation for it."""
    return lambda box: Case.of(read_world(aws, box.vpc, box.cluster), EXPECTED)
