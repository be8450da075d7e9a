"""The fault table: whatever fails, the conversation is valid afterwards, goes on, and nothing recorded is
lost.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conftest import MakeRig
from fake_claude.script import Fault, calls, member, says, tool
from orchestration.agent.backoff import BackOff
from orchestration.agent.desktop import BROKEN, BUSY, MALFORMED, NOT_ALLOWED, REFUSED, TIMED_OUT, UNREACHABLE
from orchestration.agent.exchanges import Exchange
from rig import Rig, texts, until
from stand_in_desktop import StandInDesktop, after, result

WIRES = [
    ("anthropic", "claude-opus-4-6", True),
    ("anthropic", "claude-opus-4-6", False),
    ("bedrock", "us.anthropic.claude-opus-4-6-v1", True),
    ("bedrock", "us.anthropic.claude-opus-4-6-v1", False),
]
STREAM_FAULTS = {
    "status 429": Fault("status", status=429, retry_after="0"),
    "status 429 without retry-after": Fault("status", status=429),
    "status 529": Fault("status", status=529),
    "status 500": Fault("status", status=500),
    "status 503": Fault("status", status=503),
    "connection cut": Fault("cut"),
    "connection cut before the first event": Fault("cut", after=0),
    "stream ended early": Fault("ended_early"),
    "stream ended early inside a tool call": Fault("ended_early", after=7),
    "slow stream": Fault("slow", seconds=0.02),
    "silent stream": Fault("silent", seconds=2.0),
    "error event": Fault("error_event"),
    "garbage": Fault("garbage"),
    "a proxy's page": Fault("not_json"),
    "empty answer": Fault("empty"),
    "no stop reason": Fault("no_stop_reason"),
    "double tool id": Fault("double_id"),
    "unknown block": Fault("unknown_block"),
}


def click(identifier: str) -> dict[str, Any]:
    return tool(identifier, "computer", action="left_click", coordinate=[10, 10])


def asked(rig: Rig) -> list[Exchange]:
    """The requests for an answer, without those for the description of the model."""
    return [exchange for exchange in rig.log.list() if exchange.peer == "model" and exchange.method == "POST"]


@pytest.fixture
def pointed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def point(rig: Rig) -> Rig:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
        monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", rig.claude.url)
        return rig

    return point


@pytest.mark.parametrize(("provider", "model", "streaming"), WIRES)
@pytest.mark.parametrize("fault", STREAM_FAULTS.values(), ids=STREAM_FAULTS.keys())
async def test_the_task_goes_on_after_a_fault_of_the_models_api(
    make_rig: MakeRig, pointed: Any, fault: Fault, provider: str, model: str, streaming: bool
) -> None:
    """The fault hits the second request, with a tool result in it, so a broken answer meets a live
    conversation.
    """
    rig = pointed(
        make_rig(
            calls(click("t1")),
            calls(click("t2"), tool("t3", "bash", command="ls"), faults=[fault]),
            says("Done."),
            silence_seconds=0.4,
        )
    )
    end = await rig.run("Go.", provider=provider, model=model, streaming=streaming)
    assert end.reason == "finished", end
    rig.check()
    assert [action["tool"] for action in rig.desktop.executed] == ["computer", "computer", "bash"]
    assert list(rig.results()) == ["t1", "t2", "t3"]
    attempts = len(asked(rig))
    harmless = fault.kind == "slow" or (not streaming and fault.kind == "silent")
    assert attempts == (3 if harmless else 4)
    assert len(rig.events("model_failed")) == (0 if harmless else 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
async def test_a_refusal_by_the_models_api_ends_the_task_and_a_prompt_goes_on(
    make_rig: MakeRig, pointed: Any, status: int
) -> None:
    rig = pointed(make_rig(calls(click("t1")), says("Later.", faults=[Fault("status", status=status)])))
    end = await rig.run("Go.", provider="anthropic", model="claude-opus-4-6")
    assert end.reason == "model_failed" and str(status) in end.text
    rig.check()
    assert (await rig.run("Try again.", provider="anthropic", model="claude-opus-4-6")).reason == "finished"
    rig.check()


async def test_the_wait_is_what_retry_after_asks_for(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(says("Done.", faults=[Fault("status", status=429, retry_after="0.3")])))
    assert (await rig.run("Go.")).reason == "finished"
    assert rig.events("model_failed")[0].data["wait"] == 0.3
    assert [exchange.attempt for exchange in asked(rig)] == [1, 2]


async def test_an_api_that_stays_down_ends_the_task_and_loses_nothing(
    make_rig: MakeRig, pointed: Any
) -> None:
    down = [Fault("status", status=529)] * 3
    rig = pointed(make_rig(calls(click("t1")), says("Done.", faults=down), backoff=BackOff(3, 0.01, 0.02)))
    end = await rig.run("Go.", provider="anthropic", model="claude-opus-4-6")
    assert end.reason == "model_failed" and "529" in end.text
    rig.check()
    end = await rig.run(None, provider="anthropic", model="claude-opus-4-6")
    assert end.reason == "finished"
    rig.check()


async def test_a_connection_refused_by_the_models_api_is_explained(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    rig = make_rig(says("x"), backoff=BackOff(2, 0.01, 0.01))
    end = await rig.run("Go.")
    assert end.reason == "model_failed" and "connection" in end.text.lower()
    rig.check()


async def test_a_long_retry_wait_can_be_stopped(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(says("x", faults=[Fault("status", status=429, retry_after="600")])))
    running = asyncio.create_task(rig.run("Go."))
    await until(lambda: rig.live.moment.state == "retrying")
    assert rig.agent is not None
    rig.agent.interruption.set("stopped", "Stopped.")
    assert (await asyncio.wait_for(running, 1)).reason == "stopped"
    rig.check()


INVALID_INPUTS = {
    "not JSON": {**member("t1", "left_click"), "raw_input": '{"coordinate": [1, '},
    "not an object": {**member("t1", "left_click"), "raw_input": "[1, 2]"},
    "unknown tool": tool("t1", "launch_missiles", target="x"),
    "unknown action": tool("t1", "computer", action="explode"),
    "unknown member": member("t1", "explode"),
    "unknown toolset": {**member("t1", "key", text="a"), "toolset_name": "browser"},
    "missing field": member("t1", "type"),
    "wrong type": member("t1", "left_click", coordinate="10,10"),
    "fraction": member("t1", "left_click", coordinate=[1.5, 2]),
    "off the screen": member("t1", "left_click", coordinate=[1024, 768]),
    "negative": member("t1", "left_click", coordinate=[-1, 5]),
    "unknown field": member("t1", "left_click", coordinate=[1, 2], force=True),
    "too long": member("t1", "wait", duration=301),
    "empty region": member("t1", "zoom", region=[5, 5, 5, 9]),
    "no command": tool("t1", "bash"),
    "unknown editor command": tool("t1", "str_replace_based_edit_tool", command="undo_edit", path="/a"),
}


@pytest.mark.parametrize("streaming", [True, False], ids=["streaming", "whole"])
@pytest.mark.parametrize("block", INVALID_INPUTS.values(), ids=INVALID_INPUTS.keys())
async def test_invalid_tool_input_is_answered_and_nothing_is_sent(
    make_rig: MakeRig, pointed: Any, block: dict[str, Any], streaming: bool
) -> None:
    rig = pointed(make_rig(calls(block), says("I see.")))
    assert (await rig.run("Go.", streaming=streaming)).reason == "finished"
    assert rig.desktop.executed == []
    assert rig.results()["t1"]["is_error"]
    rig.check()


DESKTOP_FAULTS: dict[str, tuple[Any, str]] = {
    "400": ((400, b'{"error": "Traceback: secret internals"}'), REFUSED),
    "401": ((401, b"{}"), NOT_ALLOWED),
    "429": ((429, b'{"error": "queue full"}'), BUSY),
    "500": ((500, b"Traceback: secret internals"), BROKEN),
    "502": ((502, b"<html>"), BROKEN),
    "no JSON": ((200, b"Traceback: secret internals"), MALFORMED),
    "another shape": ((200, b'{"result": "ok"}'), MALFORMED),
    "a list": ((200, b"[]"), MALFORMED),
    "broken base64": ((200, result().replace(b"null", b'"%%%"', 3)), MALFORMED),
    "no PNG": (
        (200, b'{"output":null,"error":null,"base64_image":"AAAA","settled":true,"elapsed_ms":1}'),
        MALFORMED,
    ),
    "time-out": ("hang", TIMED_OUT),
    "connection closed": ("close", BROKEN),
    "its own error": ((200, result(error="no such window")), "no such window"),
}


@pytest.mark.parametrize(("answer", "phrase"), DESKTOP_FAULTS.values(), ids=DESKTOP_FAULTS.keys())
async def test_a_fault_of_the_desktop_becomes_a_result_with_a_fixed_phrase(
    make_rig: MakeRig,
    pointed: Any,
    desktop: StandInDesktop,
    monkeypatch: pytest.MonkeyPatch,
    answer: Any,
    phrase: str,
) -> None:
    monkeypatch.setattr("orchestration.agent.desktop.WAITS_BEFORE_RETRY", (0.01, 0.01))

    def on_action(tool_name: str, value: dict[str, Any]) -> Any:
        if value.get("action") != "left_click":
            return None
        if answer == "hang":
            return after(1.5)
        if answer == "close":
            raise ConnectionError
        return answer

    desktop.on_action = on_action
    rig = pointed(
        make_rig(
            calls(member("t1", "left_click", coordinate=[5, 5]), member("t2", "key", text="a")),
            says("I see."),
            answer_seconds=0.5,
        )
    )
    assert (await rig.run("Go.")).reason == "finished"
    results = rig.results()
    assert texts(results["t1"]) == phrase and results["t1"]["is_error"]
    assert "earlier computer action" in texts(results["t2"])
    assert all("secret internals" not in str(request.body) for request in rig.claude.requests)
    rig.check()


async def test_a_desktop_that_is_down_during_the_task_is_answered_and_found_again(
    make_rig: MakeRig, pointed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.agent.desktop.WAITS_BEFORE_RETRY", (0.01, 0.01))
    desktop = StandInDesktop()
    desktop.start()
    port = int(desktop.url.rpartition(":")[2])
    rig = pointed(
        make_rig(
            calls(member("t1", "screenshot"), seconds=0.02),
            calls(member("t2", "left_click", coordinate=[5, 5]), seconds=0.05),
            calls(member("t3", "left_click", coordinate=[5, 5]), seconds=0.05),
            says("Done."),
        )
    )
    rig.desktop = desktop
    running = asyncio.create_task(rig.run("Go."))
    await until(lambda: "t1" in rig.results())
    desktop.stop()
    await until(lambda: "t2" in rig.results())
    desktop.start(port)
    assert (await running).reason == "finished"
    desktop.stop()
    assert texts(rig.results()["t2"]) == UNREACHABLE
    assert rig.results()["t3"]["outcome"] == "done"
    rig.check()


async def test_a_desktop_that_is_down_at_the_start_costs_no_request(
    make_rig: MakeRig, pointed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.agent.desktop.WAITS_BEFORE_RETRY", (0.01,))
    rig = pointed(make_rig(says("x")))
    serving = rig.desktop
    rig.desktop = StandInDesktop()
    rig.desktop.start()
    rig.desktop.stop()
    end = await rig.run("Go.")
    assert end.reason == "desktop_failed" and rig.claude.requests == []
    rig.check()
    rig.desktop = serving
    assert (await rig.run(None)).reason == "finished"
    rig.check()
