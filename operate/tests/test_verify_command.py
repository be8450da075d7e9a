"""The verify command prints a table, writes a report for an issue, and has an exit code."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from operate.__main__ import main
from operate.findings import Outcome, failure, ok
from operate.tests import deployed
from operate.tests import programs as scripts
from operate.tests.conftest import Script
from operate.tests.pages import PASSWORD, Pages, make_certificate
from operate.tests.wire import Wire
from operate.verify import CHECKS
from operate.verify.redaction import Redaction
from operate.verify.report import Report

SETTINGS = {
    "aws:region": {"value": "us-west-2", "secret": False},
    "computer-use-sandbox:displayWidth": {"value": "64", "secret": False},
    "computer-use-sandbox:displayHeight": {"value": "48", "secret": False},
}


@pytest.fixture
def outputs(
    wire: Wire, client: Callable[[str], Any], script: Script, tmp_path: Path
) -> Iterator[dict[str, Any]]:
    """The outputs of a working deployment, as the pulumi command prints them."""
    deployed.prepare(wire, client)
    file, fingerprint = make_certificate(tmp_path)
    console, viewer = Pages(file), Pages(file)
    made = deployed.outputs(console, viewer, fingerprint)
    scripts.pulumi(script, SETTINGS, outputs=made)
    yield made
    console.close()
    viewer.close()


@pytest.mark.usefixtures("outputs")
def test_for_a_working_deployment_it_exits_with_0_and_writes_a_report(
    tmp_path: Path, account: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "report"
    assert main(["verify", "--report", str(folder)]) == 0
    said = capsys.readouterr()
    assert all(check.name in said.out for check in CHECKS)
    assert "Review it before you attach it" in said.err
    markdown = (folder / "report.md").read_text(encoding="utf-8")
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert [one["check"] for one in report["checks"]] == [check.name for check in CHECKS]
    assert report["failing"] == 0
    assert all(f"## {check.name}" in markdown for check in CHECKS)
    assert account in markdown
    assert (folder / "screen.png").is_file()
    assert PASSWORD not in said.out + said.err + markdown + json.dumps(report)


def test_for_a_broken_deployment_it_exits_with_1_and_can_mask_the_account(
    wire: Wire,
    outputs: dict[str, Any],
    account: str,
    script: Script,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    event = {"message": f"role arn:aws:iam::{account}:role/x said {PASSWORD}"}
    wire.answers["ecs", "DescribeServices"] = {
        "services": [deployed.service("environment", runningCount=0, events=[event])]
    }
    scripts.pulumi(script, SETTINGS, outputs=outputs)
    folder = tmp_path / "report"
    assert main(["verify", "--report", str(folder), "--mask-account", "--json"]) == 1
    said = capsys.readouterr().out
    written = "".join((folder / name).read_text(encoding="utf-8") for name in ("report.md", "report.json"))
    assert json.loads(said)[0]["findings"][0]["status"] == "fails"
    assert "arn:aws:iam::************:role/x" in said
    for text in (said, written):
        assert account not in text
        assert PASSWORD not in text
        assert "[secret]" in text


def test_with_an_unreadable_stack_it_exits_with_2(
    wire: Wire, script: Script, capsys: pytest.CaptureFixture[str]
) -> None:
    script("pulumi", "echo 'error: no stack selected' >&2; exit 255")
    assert main(["verify"]) == 2
    assert "no stack selected" in capsys.readouterr().err
    assert wire.calls == []


@pytest.mark.parametrize("secret", ["pa ss/wörd&", 'with"quote', "plain-secret"])
@pytest.mark.parametrize("spell", [str, json.dumps, quote, quote_plus])
def test_secrets_are_redacted_in_every_encoding(secret: str, spell: Callable[[str], str]) -> None:
    redaction = Redaction.of([secret], None)
    assert secret not in redaction.text(f"it said {spell(secret)} twice {spell(secret)}")
    assert redaction.text(f"before {secret} after") == "before [secret] after"


def test_a_secret_that_contains_another_is_redacted_completely() -> None:
    assert Redaction.of(["long-secret-value", "secret"], None).text("long-secret-value") == "[secret]"


def test_text_from_aws_can_not_break_the_reports_table(tmp_path: Path) -> None:
    evil = "a | b\n| fails | `x` <img src=x> [link](http://example.com) |"
    outcome = Outcome("services", "They run.", (failure(evil, "mend it"), ok("fine")))
    report = Report("dev", "us-west-2", "123456789012", datetime(2026, 1, 1, tzinfo=UTC), [outcome])
    markdown = report.write(tmp_path)[0].read_text(encoding="utf-8")
    rows = [line for line in markdown.splitlines() if line.startswith("| ")]
    assert len(rows) == 3
    assert "\\<img" in markdown
    assert "\\[link\\]" in markdown
