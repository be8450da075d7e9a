"""`up` and `destroy` end well whatever the last run left. The emulator is real; `pulumi` and runner are not.

The stand-in for `pulumi` keeps a state file where Pulumi keeps it, makes one VPC in the emulator, and can be
told to die.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import checkout
from conftest import LOCAL, REGION
from launcher import arguments, commands, emulator_process, fargate, processes, proof, runner_process, tools
from launcher.places import Places
from launcher.report import Clock

PULUMI = """\
import json, os, pathlib, re, sys, urllib.parse, urllib.request
backend = pathlib.Path(os.environ["PULUMI_BACKEND_URL"].removeprefix("file://"))
state = backend / ".pulumi" / "stacks" / "computer-use-sandbox" / "local.json"
with open(backend.parent / "calls", "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")

def read():
    return json.loads(state.read_text())

def write(deployment):
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps(deployment))

def vpc(vpc_id):
    return {"urn": f"urn::{vpc_id}", "type": "aws:ec2/vpc:Vpc", "custom": True, "id": vpc_id}

def ec2(**parameters):
    # By hand: an AWS client takes a second to load.
    scope = "Credential=test/20260101/us-west-2/ec2/aws4_request"
    request = urllib.request.Request(
        os.environ["AWS_ENDPOINT_URL"],
        urllib.parse.urlencode({**parameters, "Version": "2016-11-15"}).encode(),
        {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host"},
    )
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()

def create_vpc():
    return re.search("<vpcId>(.*?)</vpcId>", ec2(Action="CreateVpc", CidrBlock="10.0.0.0/16"))[1]

match sys.argv[1:]:
    case ["stack", "select", *_]:
        if not state.exists():
            write({"resources": []})
    case ["stack", "export", *_]:
        print(json.dumps({"version": 3, "deployment": read()}))
    case ["stack", "output", "--json", *_]:
        # Somebody elsewhere may connect, so nobody waits here for a page that no stand-in has.
        print(json.dumps({"username": "u", "password": "secret", "ingressCidr": "192.0.2.7/32"}))
    case ["stack", "output", *_]:
        print("vpcId", [one["id"] for one in read()["resources"]])
    case ["stack", "rm", *_]:
        state.unlink()
    case ["up", *_]:
        if os.environ.get("DIE_IN") == "up":
            write({"resources": [], "pending_operations": [{"type": "creating", "resource": vpc("sandbox")}]})
            create_vpc()
            os.kill(os.getpid(), 9)
        if not read()["resources"]:
            write({"resources": [vpc(create_vpc())]})
    case ["refresh", *_]:
        write({"resources": read()["resources"]})
    case ["destroy", *_]:
        for one in read()["resources"] if os.environ.get("FORGET") != "vpc" else []:
            ec2(Action="DeleteVpc", VpcId=one["id"])
        write({"resources": []})
"""


class Sandbox:
    """A checkout with a stand-in for `pulumi`; commands run in it as from the Makefile."""

    def __init__(self, root: Path) -> None:
        self.places = Places(root)
        self.places.project.mkdir(parents=True)
        self.proof = 0  # the exit code of `prove`, which needs a whole stack to look at
        self.no_tasks: str | None = "this is a test"  # why no task can run on this machine
        checkout.install_tools(self.places)
        checkout.install_runner(self.places)
        (self.places.sources / "emulator").symlink_to(LOCAL / "emulator")
        (root / "pulumi.py").write_text(PULUMI, encoding="utf-8")
        pulumi = self.places.bin / "pulumi"
        pulumi.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" "{root / "pulumi.py"}" "$@"\n', encoding="utf-8"
        )
        pulumi.chmod(0o755)

    def run(self, command: str) -> int:
        return arguments.main([command], self.places)

    def vpcs(self) -> list[str]:
        found = emulator_process.running(self.places)
        assert found is not None
        ec2 = boto3.Session("test", "test", region_name=REGION).client("ec2", endpoint_url=found.url)
        return [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]

    def calls(self) -> list[str]:
        """What `pulumi` was asked and what the task runner did, in order, since the last question."""
        lines = checkout.calls(self.places)
        (self.places.generated / "calls").unlink(missing_ok=True)
        return [" ".join(line.split()[:2]) if line.startswith("stack") else line.split()[0] for line in lines]

    def stale_states(self) -> list[Path]:
        return sorted(self.places.generated.glob("state-stale-*"))


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    def no_build(_places: Places, _clock: Clock) -> None:
        """The tools are there already."""

    monkeypatch.setattr(tools, "build", no_build)
    monkeypatch.setattr(tools, "installed_pulumi", lambda _places: None)
    monkeypatch.setattr(emulator_process, "DEFAULT_PORT", 0)
    made = Sandbox(tmp_path)
    monkeypatch.setattr(proof, "run", lambda _places, _stack: made.proof)
    monkeypatch.setattr(fargate, "prepare", lambda _places, _clock: made.no_tasks)
    yield made
    runner_process.stop(made.places)
    emulator_process.stop(made.places)


def _kill_emulator(sandbox: Sandbox) -> None:
    found = emulator_process.running(sandbox.places)
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    while emulator_process.running(sandbox.places):
        pass


def test_up_fails_when_what_exists_does_not_keep_the_promises(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.proof = 1
    assert sandbox.run("up") == 1
    assert "does not keep the promises" in capsys.readouterr().err


def test_there_is_nothing_to_prove_without_a_stack(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("prove", "refresh"):
        assert sandbox.run(command) == 1
        assert "`make up` makes it" in capsys.readouterr().err


def test_up_makes_the_stack_and_a_second_up_changes_nothing(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sandbox.run("up") == 0
    first = sandbox.vpcs()
    assert len(first) == 1
    shown = capsys.readouterr()
    assert first[0] in shown.out
    assert "make destroy" in shown.out
    assert "Where the time went" in shown.err
    assert sandbox.run("up") == 0
    assert sandbox.vpcs() == first
    assert sandbox.stale_states() == []


def test_destroy_leaves_nothing_and_can_be_repeated(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.run("up")
    assert sandbox.run("destroy") == 0
    assert emulator_process.running(sandbox.places) is None
    assert sandbox.run("destroy") == 0
    assert "nothing to destroy" in capsys.readouterr().err
    assert sandbox.stale_states() == []


def test_destroy_of_nothing_says_so(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert sandbox.run("destroy") == 0
    assert "nothing to destroy" in capsys.readouterr().err
    assert sandbox.calls() == []


def test_up_after_a_reboot_says_so_and_makes_everything_anew(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.run("up")
    _kill_emulator(sandbox)
    assert sandbox.run("up") == 0
    assert "was restarted" in capsys.readouterr().err
    assert len(sandbox.vpcs()) == 1
    assert len(sandbox.stale_states()) == 1


def test_destroy_after_a_reboot_says_so_and_ends_well(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.run("up")
    _kill_emulator(sandbox)
    assert sandbox.run("destroy") == 0
    assert "gone with it" in capsys.readouterr().err
    assert len(sandbox.stale_states()) == 1
    assert not sandbox.places.state.exists()


def test_an_up_that_was_killed_in_a_creation_begins_anew_with_an_empty_aws(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIE_IN", "up")
    assert sandbox.run("up") == 1
    orphan = sandbox.vpcs()
    assert len(orphan) == 1
    monkeypatch.delenv("DIE_IN")
    assert sandbox.run("up") == 0
    assert "whether they exist is unknown" in capsys.readouterr().err
    assert len(sandbox.vpcs()) == 1
    assert sandbox.vpcs() != orphan
    assert sandbox.run("destroy") == 0


def test_an_interrupted_change_is_refreshed_first(sandbox: Sandbox) -> None:
    sandbox.run("up")
    file = next(sandbox.places.state.glob(".pulumi/stacks/*/local.json"))
    deployment: dict[str, Any] = json.loads(file.read_text())
    pending = [{"type": "updating", "resource": deployment["resources"][0]}]
    file.write_text(json.dumps({**deployment, "pending_operations": pending}))
    sandbox.calls()
    assert sandbox.run("up") == 0
    assert sandbox.calls() == ["stack export", "stack select", "refresh", "up", "stack output"]


def test_the_lock_of_a_dead_pulumi_is_removed_and_that_of_a_living_one_respected(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.run("up")
    lock = sandbox.places.state / ".pulumi" / "locks" / "organization" / "p" / "local" / "x.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": os.getpid()}))
    assert sandbox.run("up") == 1
    assert f"process {os.getpid()}" in capsys.readouterr().err
    lock.write_text(json.dumps({"pid": 2**22 - 1}))
    assert sandbox.run("up") == 0
    assert not lock.exists()


def test_what_destroy_leaves_is_found_and_said_each_time(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.run("up")
    vpc = sandbox.vpcs()[0]
    monkeypatch.setenv("FORGET", "vpc")
    for _ in range(2):
        assert sandbox.run("destroy") == 1
        assert f"ec2 vpc {vpc}" in capsys.readouterr().err
    assert sandbox.run("emulator-stop") == 0


def test_env_without_an_emulator_still_keeps_away_from_aws(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sandbox.run("env") == 0
    shown = capsys.readouterr()
    assert all(line.startswith(("export ", "unset ")) for line in shown.out.splitlines())
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:" in shown.out
    assert "not running" in shown.err


def test_the_emulator_alone_can_be_started_looked_at_and_stopped(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sandbox.run("emulator-status") == 1
    assert sandbox.run("emulator-start") == 0
    url = capsys.readouterr().out.splitlines()[-1]
    assert sandbox.run("emulator-status") == 0
    assert capsys.readouterr().out.startswith(url)
    assert sandbox.run("emulator-stop") == 0
    assert sandbox.run("emulator-status") == 1


def _runner(sandbox: Sandbox) -> runner_process.Runner:
    found = runner_process.running(sandbox.places)
    assert found is not None
    return found


def _kill_runner(sandbox: Sandbox) -> None:
    found = _runner(sandbox)
    os.kill(found.guard, signal.SIGKILL)
    while processes.is_alive(found.guard):
        pass


def test_where_no_task_can_run_up_says_so_and_starts_no_runner(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sandbox.run("up") == 0
    shown = capsys.readouterr()
    assert "No task runs on this machine: this is a test" in shown.err
    assert "Open:" not in shown.out
    assert runner_process.running(sandbox.places) is None


def test_the_runner_is_there_before_the_services_and_up_tells_how_to_sign_in(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.no_tasks = None
    assert sandbox.run("up") == 0
    calls = sandbox.calls()
    assert calls.index("runner-starts") < calls.index("up")
    shown = capsys.readouterr().out
    assert "user u, password secret" in shown
    assert "pulumi config set deployerIp 203.0.113.1" in shown
    assert "Not enforced on this machine:\n  - security groups" in shown
    first = _runner(sandbox)
    assert sandbox.run("up") == 0
    assert _runner(sandbox) == first
    assert "runner-starts" not in sandbox.calls()


def test_a_runner_of_an_aws_that_is_gone_is_replaced(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.no_tasks = None
    sandbox.run("up")
    first = _runner(sandbox)
    _kill_emulator(sandbox)
    assert sandbox.run("up") == 0
    assert _runner(sandbox) != first
    assert "started anew" in capsys.readouterr().err


def test_destroy_ends_the_runner_after_the_services_and_before_the_aws(sandbox: Sandbox) -> None:
    sandbox.no_tasks = None
    sandbox.run("up")
    runner = _runner(sandbox)
    sandbox.calls()
    assert sandbox.run("destroy") == 0
    assert sandbox.calls() == ["stack export", "destroy", "stack rm", "runner-ends"]
    assert not processes.is_alive(runner.guard)
    assert emulator_process.running(sandbox.places) is None


def test_destroy_takes_back_what_a_killed_runner_had_registered_first(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.no_tasks = None
    sandbox.run("up")
    _kill_runner(sandbox)
    sandbox.calls()
    assert sandbox.run("destroy") == 0
    assert sandbox.calls() == ["stack export", "runner-cleans", "destroy", "stack rm"]
    assert "had been killed; what it had registered is taken back" in capsys.readouterr().err


def test_up_starts_a_killed_runner_again(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    sandbox.no_tasks = None
    sandbox.run("up")
    _kill_runner(sandbox)
    assert sandbox.run("up") == 0
    assert "it is started again" in capsys.readouterr().err
    assert _runner(sandbox)


@pytest.mark.parametrize("command", ["destroy", "emulator-stop"])
def test_no_runner_outlives_its_aws(sandbox: Sandbox, command: str) -> None:
    sandbox.no_tasks = None
    sandbox.run("up")
    runner = _runner(sandbox)
    if command == "destroy":
        _kill_emulator(sandbox)
    assert sandbox.run(command) == 0
    assert not processes.is_alive(runner.guard)
    assert not sandbox.places.runner.exists()


def test_each_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        arguments.main(["--help"])
    shown = capsys.readouterr().out
    assert all(name in shown for name in arguments.COMMANDS)
    assert "make destroy" in commands.NEXT
