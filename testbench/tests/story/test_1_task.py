"""From a clean clone to a whole task, and a name that is allowed while everything runs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.actors import Visitor
from story.sandbox import Sandbox, wait_for

ALLOWED, BLOCKED = "example.com", "example.org"
API_KEY = "sk-ant-story-any-key-will-do"


def test_make_up_ends_with_a_page_that_opens(sandbox: Sandbox) -> None:
    assert sandbox.outputs["orchestrationUrl"] in sandbox.up and sandbox.outputs["password"] in sandbox.up
    assert "every theorem holds" in sandbox.up and "Not enforced" not in sandbox.up
    assert sandbox.is_open()


def test_make_demo_plays_a_task_and_keeps_its_verified_record(sandbox: Sandbox) -> None:
    said = sandbox.make("demo")
    assert "The task has finished; 2 actions were approved." in said and "started anew" not in said
    machine = sandbox.machine
    for name in ("screenshot.png", "desktop.png"):
        assert machine.path(f".local/demo/{name}").read_bytes().startswith(b"\x89PNG")
    assert machine.read(".local/demo/record.txt").startswith("whole: ")
    results = [one["data"]["content"][0] for one in events(sandbox) if one["kind"] == "result"]
    # The script waits for the title of Firefox's window, which is the page's.
    assert results[0]["text"] == "opened"
    assert f"Could not resolve host: {BLOCKED}" in results[1]["text"]
    assert machine.path(f".local/demo/record/screens/{results[2]['screen']}.png").is_file()


def events(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Those of the demo's record."""
    return [json.loads(line) for line in sandbox.machine.read(".local/demo/record/events.jsonl").splitlines()]


def test_a_record_that_somebody_changed_is_not_whole(sandbox: Sandbox) -> None:
    check = (".local/venv-orchestration/bin/python", "-m", "orchestration.record", "verify")
    record, variables = ".local/demo/record", {"PYTHONPATH": "images/orchestration/src"}
    file = sandbox.machine.path(f"{record}/events.jsonl")
    whole = file.read_text()
    file.write_text(whole.replace(f"host: {BLOCKED}", f"host: {ALLOWED}"))
    said = sandbox.machine.run(
        *check, record, "--anchors", ".local/demo/log.txt", variables=variables, status=1
    )
    assert "its contents do not have its hash (changed)" in said
    file.write_text(whole)


def test_the_query_log_says_who_blocked_the_name(sandbox: Sandbox) -> None:
    def blocked() -> list[dict[str, Any]]:
        return [one for one in queries(sandbox) if one.get("firewall_rule_action") == "BLOCK"]

    entries = [one for one in wait_for(blocked) if one["query_name"] == f"{BLOCKED}."]
    assert entries
    for entry in entries:
        assert entry["rcode"] == "NOERROR" and entry["answers"] == []
        assert entry["firewall_rule_group_id"] == sandbox.outputs["dnsFirewallRuleGroupId"]
    allowed = [one for one in queries(sandbox) if one["query_name"] == f"{ALLOWED}."]
    assert allowed and all(one.get("firewall_rule_action") != "BLOCK" for one in allowed)


def queries(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The Route 53 Resolver's query log, as `aws logs` reads it."""
    group = "/computer-use-sandbox/local/dns-queries"
    logged = sandbox.machine.aws("logs").filter_log_events(logGroupName=group, limit=10000)["events"]
    return [json.loads(event["message"]) for event in logged]


def test_the_desktop_shows_in_the_viewer(sandbox: Sandbox, driver: Visitor, folder: Path) -> None:
    colours = driver.do(
        "viewer",
        url=sandbox.outputs["environmentUrl"],
        path=str(folder / "viewer.png"),
        **login(sandbox),
    )
    assert colours > 1


@pytest.fixture(scope="module")
def driver(sandbox: Sandbox, person: Visitor) -> Iterator[Visitor]:
    """The person, signed in, who goes on with the demo's conversation."""
    person.do("sign_in", **login(sandbox))
    person.do("agree")
    person.do("drive")
    yield person
    person.do("sign_out")


def login(sandbox: Sandbox) -> dict[str, str]:
    return {name: sandbox.outputs[name] for name in ("username", "password")}


def test_stop_works_in_the_middle_of_an_action(driver: Visitor) -> None:
    driver.do("ask", prompt="Now wait a minute.")
    driver.do("decide", title="run a shell command")
    driver.do("sees", text="Acting: bash: bash")
    began = time.monotonic()
    driver.do("press", name="Stop")
    driver.do("sees", text="Stopped by computeruse.")
    assert time.monotonic() - began < 20


def test_an_allowed_name_resolves_after_an_update_and_no_task_restarts(
    sandbox: Sandbox, driver: Visitor
) -> None:
    before = sandbox.identities()
    sandbox.pulumi("config", "set", "--path", "allowedDomains[0]", BLOCKED)
    sandbox.make("up")
    # In the session that was there before: nobody was signed out.
    driver.do("ask", prompt=f"Try {BLOCKED} again.")
    driver.do("decide", title="run a shell command")
    driver.do("sees", text="That was all.")
    driver.do("sees", text=f"<h1>{BLOCKED}</h1>")
    assert sandbox.identities() == before
