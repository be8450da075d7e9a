"""The preflight command prints one table or JSON, and its exit code is reliable for scripts."""

import json
from pathlib import Path

import pytest

from operate.__main__ import main, parser
from operate.findings import Status, failure, ok, warning
from operate.preflight import CHECKS
from operate.stack import ROOT
from operate.tests import good_answers
from operate.tests import programs as scripts
from operate.tests.conftest import Script
from operate.tests.wire import Fault, Wire

SETTINGS = {
    "aws:region": {"value": "us-west-2", "secret": False},
    "computer-use-sandbox:bedrockModels": {"objectValue": [good_answers.PROFILE], "secret": False},
}


@pytest.fixture(autouse=True)
def good_machine(wire: Wire, script: Script, tmp_path: Path) -> None:
    good_answers.prepare(wire)
    scripts.pulumi(script, SETTINGS)
    scripts.docker(script, tmp_path)
    script("javac", "echo javac 21.0.1")
    script("mvn", "echo Apache Maven 3.9.9; echo 'Java version: 21.0.1'")


def test_without_a_failure_it_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight"]) == 0
    said = capsys.readouterr().out
    assert all(check.name in said for check in CHECKS)
    assert said.rstrip().endswith("0 failing")


def test_with_a_failure_it_exits_with_1_and_shows_the_fix(
    wire: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    wire.answers["bedrock", "GetInferenceProfile"] = Fault("ResourceNotFoundException")
    assert main(["preflight"]) == 1
    said = capsys.readouterr().out
    assert "1 failing" in said
    assert "→ set bedrockModels" in said


def test_json_contains_every_check_and_finding(wire: Wire, capsys: pytest.CaptureFixture[str]) -> None:
    wire.answers["bedrock", "GetInferenceProfile"] = Fault("ResourceNotFoundException")
    assert main(["preflight", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [outcome["check"] for outcome in report] == [check.name for check in CHECKS]
    models = next(outcome for outcome in report if outcome["check"] == "models")
    assert {finding["status"] for finding in models["findings"]} == {"ok", "fails"}
    assert all(finding["fix"] for finding in models["findings"] if finding["status"] != "ok")


@pytest.mark.parametrize("body", ["echo 'error: no stack selected' >&2; exit 255", "echo nonsense"])
def test_with_an_unreadable_stack_it_exits_with_2(
    script: Script, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    script("pulumi", body)
    assert main(["preflight"]) == 2
    assert capsys.readouterr().err.startswith("operate: ")


def test_with_an_unknown_profile_it_exits_with_2(script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    scripts.pulumi(script, {**SETTINGS, "aws:profile": {"value": "nobody", "secret": False}})
    assert main(["preflight"]) == 2
    assert "nobody" in capsys.readouterr().err


def test_check_names_are_unique() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_only_warnings_and_failures_have_a_fix() -> None:
    assert [finding.status for finding in (ok("a"), warning("a", "b"), failure("a", "b"))] == list(Status)
    for make in (warning, failure):
        with pytest.raises(ValueError, match="need a fix"):
            make("a", "")


def test_the_readmes_commands_exist_with_these_options() -> None:
    """Options in brackets are the optional ones of a synopsis."""
    lines = [
        line.strip().replace("[", "").replace("]", "")
        for file in ("README.md", "operate/README.md")
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines()
        if " -m operate " in line and not line.lstrip().startswith(("#", "|"))
    ]
    commands = [parser().parse_args(line.split(" -m operate ")[1].split()) for line in lines]
    assert len({options.command for options in commands}) == 2
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("preflight", "verify-aws"):
        assert f"\n{target}: " in makefile
