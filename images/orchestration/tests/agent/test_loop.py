"""The loop with the fake model over HTTP: providers, streaming, batches, budgets, stop and resume."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import MakeRig
from fake_claude.script import Step, calls, member, says, text, thinking, tool
from orchestration.agent.interruption import Interruption
from rig import API_KEY, Rig, texts, until
from stand_in_desktop import StandInDesktop, after, result

TASK = (
    calls(thinking("Look first."), text("I will click."), member("t1", "screenshot")),
    calls(member("t2", "left_click", coordinate=[100, 200]), member("t3", "type", text="hello")),
    calls(tool("t4", "bash", command="ls")),
    says("All done."),
)
OLD_TOOLS_TASK = (
    calls(tool("t1", "computer", action="screenshot")),
    calls(tool("t2", "computer", action="left_click", coordinate=[0, 0])),
    calls(tool("t3", "str_replace_based_edit_tool", command="view", path="/tmp/a")),
    says("All done."),
)


@pytest.fixture
def base_urls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Points every client at a fake."""

    def point(rig: Rig) -> Rig:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
        monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", rig.claude.url)
        return rig

    yield point


@pytest.mark.parametrize("streaming", [True, False], ids=["streaming", "whole"])
@pytest.mark.parametrize(
    ("provider", "model", "wire"),
    [
        ("anthropic", "claude-opus-4-6", "anthropic"),
        ("bedrock", "us.anthropic.claude-opus-4-6-v1", "bedrock"),
        ("bedrock", "us.anthropic.claude-opus-5-5", "bedrock"),
    ],
)
async def test_a_task_runs_on_every_provider(
    make_rig: MakeRig, base_urls: Any, provider: str, model: str, wire: str, streaming: bool
) -> None:
    rig = base_urls(make_rig(*OLD_TOOLS_TASK))
    end = await rig.run("Go.", provider=provider, model=model, streaming=streaming)
    assert end.reason == "finished", end
    assert {request.wire for request in rig.claude.requests} == {wire}
    assert len(rig.claude.requests) == 4
    assert [action.get("coordinate") for action in rig.desktop.executed] == [[0, 0], None]
    assert rig.check()[-1]["content"] == [{"type": "text", "text": "All done."}]


async def test_older_bedrock_models_get_the_api_version_that_they_know(
    make_rig: MakeRig, base_urls: Any
) -> None:
    rig = base_urls(make_rig(says("Hi.")))
    await rig.run("Go.", provider="bedrock", model="us.anthropic.claude-sonnet-4-5-20250929-v1:0")
    assert rig.claude.requests[0].body["anthropic_version"] == "bedrock-2023-05-31"


@pytest.mark.parametrize("streaming", [True, False], ids=["streaming", "whole"])
async def test_a_toolset_batch_is_done_in_order_and_answered_with_the_toolsets_name(
    make_rig: MakeRig, base_urls: Any, streaming: bool
) -> None:
    rig = base_urls(make_rig(*TASK))
    end = await rig.run("Go.", streaming=streaming)
    assert end.reason == "finished", end
    assert [action.get("action", action["tool"]) for action in rig.desktop.executed] == [
        "left_click",
        "type",
        "bash",
    ]
    results = rig.results()
    assert [results[name].get("toolset_name") for name in ("t1", "t2", "t3", "t4")] == [
        "computer",
        "computer",
        "computer",
        None,
    ]
    rig.check()


async def test_a_screenshot_comes_with_the_last_action_of_a_turn_only(
    make_rig: MakeRig, base_urls: Any
) -> None:
    rig = base_urls(make_rig(*TASK))
    await rig.run("Go.")
    kinds = {name: [part["type"] for part in data["content"]] for name, data in rig.results().items()}
    assert kinds == {"t1": ["image"], "t2": ["text"], "t3": ["image"], "t4": ["text"]}


async def test_the_batch_stops_at_the_first_failing_computer_action(
    make_rig: MakeRig, base_urls: Any
) -> None:
    rig = base_urls(
        make_rig(
            calls(
                member("t1", "left_click", coordinate=[5, 5]),
                member("t2", "left_click", coordinate=[5000, 5]),
                member("t3", "type", text="x"),
                tool("t4", "bash", command="ls"),
            ),
            says("I see."),
        )
    )
    await rig.run("Go.")
    assert len(rig.desktop.executed) == 1
    results = rig.results()
    assert "outside the screen" in texts(results["t2"])
    for name in ("t3", "t4"):
        assert texts(results[name]) == "Not executed: an earlier computer action in this turn failed."
        assert results[name]["is_error"]
    rig.check()


async def test_a_failing_shell_command_does_not_stop_the_batch(
    make_rig: MakeRig, base_urls: Any, desktop: StandInDesktop
) -> None:
    desktop.on_action = lambda tool, value: (
        (200, result("partial", "no such file")) if tool == "bash" else None
    )
    rig = base_urls(
        make_rig(calls(tool("t1", "bash", command="cat x"), member("t2", "key", text="a")), says("."))
    )
    await rig.run("Go.")
    assert rig.results()["t1"]["is_error"] and texts(rig.results()["t1"]) == "partial\nno such file"
    assert rig.results()["t2"]["outcome"] == "done"


async def test_the_action_is_in_the_record_before_it_is_sent(
    make_rig: MakeRig, base_urls: Any, desktop: StandInDesktop
) -> None:
    rig = base_urls(make_rig(*TASK))
    seen: list[bool] = []

    def on_action(tool_name: str, value: dict[str, Any]) -> None:
        if value.get("action") == "left_click":
            with (rig.folder / "events.jsonl").open() as file:
                seen.append('"kind":"action"' in file.readlines()[-1])

    desktop.on_action = on_action
    await rig.run("Go.")
    assert seen == [True]


async def test_nothing_is_sent_when_the_record_cannot_be_written(
    make_rig: MakeRig, base_urls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.record.journal import Journal, RecordError  # noqa: PLC0415

    rig = base_urls(make_rig(*TASK))
    append = Journal.append

    def full(self: Journal, kind: str, data: dict[str, Any], conversation: str = "") -> Any:
        if kind == "action" and data["tool_use_id"] == "t2":
            raise RecordError("No space left on device")
        return append(self, kind, data, conversation)

    monkeypatch.setattr(Journal, "append", full)
    with pytest.raises(RecordError):
        await rig.run("Go.")
    assert rig.desktop.executed == []
    monkeypatch.setattr(Journal, "append", append)
    assert (await rig.run(None)).reason == "finished"
    assert rig.results()["t2"]["outcome"] == "not_executed"
    rig.check()


async def test_an_internal_error_also_answers_the_open_calls(
    make_rig: MakeRig, base_urls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.agent.desktop import Desktop  # noqa: PLC0415

    async def broken(self: Desktop, action: Any, picture: bool = False) -> Any:
        if action.verb == "left_click":
            raise ZeroDivisionError
        return await execute(self, action, picture)

    execute = Desktop.execute
    rig = base_urls(make_rig(*TASK))
    monkeypatch.setattr(Desktop, "execute", broken)
    with pytest.raises(ZeroDivisionError):
        await rig.run("Go.")
    rig.check()
    assert [rig.results()[name]["outcome"] for name in ("t2", "t3")] == ["unknown", "not_executed"]
    monkeypatch.setattr(Desktop, "execute", execute)
    assert (await rig.run(None)).reason == "finished"
    rig.check()


async def test_stop_works_in_the_middle_of_an_action(
    make_rig: MakeRig, base_urls: Any, desktop: StandInDesktop
) -> None:
    started: list[str] = []

    def slow(tool_name: str, value: dict[str, Any]) -> Any:
        if tool_name == "bash":
            started.append(tool_name)
            return after(3)
        return None

    desktop.on_action = slow
    rig = base_urls(
        make_rig(calls(tool("t1", "bash", command="sleep 3"), tool("t2", "bash", command="ls")), says("ok"))
    )
    running = asyncio.create_task(rig.run("Go."))
    await until(lambda: started)
    assert rig.agent is not None
    rig.agent.interruption.set("stopped", "Stopped by tester.")
    end = await asyncio.wait_for(running, 1.0)
    assert end.reason == "stopped"
    assert rig.results()["t1"]["outcome"] == "interrupted"
    assert texts(rig.results()["t2"]) == "Not executed: the person stopped the task."
    rig.check()
    desktop.on_action = lambda tool, value: None
    assert (await rig.run(None)).reason == "finished"
    rig.check()


async def test_stop_works_while_an_answer_is_streaming(make_rig: MakeRig, base_urls: Any) -> None:
    rig = base_urls(make_rig(says("word " * 200, seconds=0.05), says("Second answer.")))
    running = asyncio.create_task(rig.run("Go."))
    await until(lambda: len(rig.live.moment.text) > 20)
    assert rig.agent is not None
    rig.agent.interruption.set("stopped", "Stopped by tester.")
    assert (await asyncio.wait_for(running, 1.0)).reason == "stopped"
    assert rig.events("answer") == []
    rig.check()


async def test_the_time_budget_ends_a_task_in_mid_action(
    make_rig: MakeRig, base_urls: Any, desktop: StandInDesktop
) -> None:
    desktop.on_action = lambda tool, value: after(4) if tool == "bash" else None
    rig = base_urls(
        make_rig(calls(tool("t1", "bash", command="sleep 9"), tool("t2", "bash", command="b")), says("x"))
    )
    end = await rig.run("Go.", minutes=0.01)
    assert end.reason == "budget" and "minutes" in end.text
    assert texts(rig.results()["t2"]) == "Not executed: the task's budget is used up."
    rig.check()


@pytest.mark.parametrize("limit", [{"tokens": 1_500}, {"dollars": 0.01}], ids=["tokens", "dollars"])
async def test_a_spent_budget_answers_the_open_calls_and_sends_no_further_request(
    make_rig: MakeRig, base_urls: Any, limit: dict[str, float]
) -> None:
    rig = base_urls(
        make_rig(calls(text("long " * 3000), member("t1", "left_click", coordinate=[1, 1])), says("x"))
    )
    end = await rig.run("Go.", **limit)
    assert end.reason == "budget", end
    assert rig.desktop.executed == [] and len(rig.claude.requests) == 1
    assert rig.results()["t1"]["is_error"]
    rig.check()


async def test_an_answer_cut_off_at_the_token_limit_runs_none_of_its_calls(
    make_rig: MakeRig, base_urls: Any
) -> None:
    cut = Step(
        (member("t1", "left_click", coordinate=[1, 1]), {**tool("t2", "bash"), "raw_input": '{"comm'}),
        "max_tokens",
    )
    rig = base_urls(make_rig(cut, says("Shorter.")))
    assert (await rig.run("Go.")).reason == "finished"
    assert rig.desktop.executed == []
    rig.check()


async def test_a_stopped_task_takes_another_prompt(make_rig: MakeRig, base_urls: Any) -> None:
    rig = base_urls(make_rig(calls(text("x " * 9000), member("t1", "key", text="a")), says("Second.")))
    assert (await rig.run("First.", tokens=1_000)).reason == "budget"
    assert (await rig.run("Second.")).reason == "finished"
    last = rig.check()[-2]["content"]
    assert [block["type"] for block in last] == ["tool_result", "text"]


async def test_the_conversation_is_the_same_after_a_restart(make_rig: MakeRig, base_urls: Any) -> None:
    rig = base_urls(make_rig(*TASK, says("Again.")))
    await rig.run("Go.")
    before = rig.check()
    rig.reopen()
    assert rig.check() == before
    assert (await rig.run("More.")).reason == "finished"


async def test_a_person_at_the_mouse_makes_the_agent_wait(
    make_rig: MakeRig, base_urls: Any, desktop: StandInDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.agent.loop.PAUSED_WAITS", (0.01,))
    pauses = [True, False]

    def on_action(tool_name: str, value: dict[str, Any]) -> Any:
        if value.get("action") == "left_click" and pauses.pop(0):
            return 200, result(error="paused: a person is using the desktop", paused=True)
        return None

    desktop.on_action = on_action
    click = {"coordinate": [9, 9]}
    rig = base_urls(
        make_rig(
            calls(member("t1", "left_click", **click)), calls(member("t2", "left_click", **click)), says("x")
        )
    )
    assert (await rig.run("Go.")).reason == "finished"
    assert rig.results()["t1"]["outcome"] == "paused" and rig.results()["t1"]["is_error"]
    assert len(rig.desktop.executed) == 1
    rig.check()


async def test_secrets_in_answers_and_outputs_reach_neither_record_nor_model(
    make_rig: MakeRig, base_urls: Any, desktop: StandInDesktop
) -> None:
    desktop.on_action = lambda tool, value: (200, result(f"found {API_KEY}")) if tool == "bash" else None
    rig = base_urls(
        make_rig(
            calls(thinking(f"the key is {API_KEY}"), text(API_KEY), tool("t1", "bash", command="env")),
            says("."),
        )
    )
    await rig.run(f"My key is {API_KEY}.")
    rig.check()
    assert API_KEY not in (rig.folder / "events.jsonl").read_text()
    assert all(API_KEY not in str(request.body) for request in rig.claude.requests)
    assert all(API_KEY not in str(exchange) for exchange in rig.log.list())
    assert all(API_KEY not in str(event) for event in rig.published)


async def test_an_interruption_before_the_start_ends_the_task_at_once(make_rig: MakeRig) -> None:
    interruption = Interruption()
    interruption.set("stopped", "Stopped.")
    with pytest.raises(Exception, match="Stopped"):
        await interruption.guard(asyncio.sleep(30))
