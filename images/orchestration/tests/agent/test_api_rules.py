"""The loop against an API that enforces its newest rules: each rule is a case over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conftest import MakeRig
from fake_claude import catalogue
from fake_claude.script import Fault, Step, calls, instead, member, says, text, thinking, tool
from orchestration.agent import context
from orchestration.agent.failures import BEDROCK_AGREEMENT, BEDROCK_FORM, NEXT_STEP
from orchestration.agent.providers import Credentials, bedrock_url
from rig import API_KEY, SETTINGS, Rig
from stand_in_desktop import result

Pointed = Callable[[Rig], Rig]


@pytest.fixture
def pointed(monkeypatch: pytest.MonkeyPatch) -> Pointed:
    def point(rig: Rig) -> Rig:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
        monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", rig.claude.url)
        return rig

    return point


def looking(count: int) -> list[Step]:
    """The given number of answers; each holds thinking and asks for a screenshot with the toolset."""
    return [
        calls(thinking(f"Look {number}."), member(f"t{number}", "left_click", coordinate=[number, 9]))
        for number in range(count)
    ]


def dropped(rig: Rig) -> int:
    return sum(event.data.get("dropped_thinking", 0) for event in rig.events("answer"))


# 1. Thinking is bound to what came before it


@pytest.mark.parametrize(
    "model", ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-1"]
)
async def test_a_conversation_with_bound_thinking_goes_on_past_any_number_of_screenshots(
    make_rig: MakeRig, pointed: Pointed, model: str
) -> None:
    rig = pointed(make_rig(*looking(19), says("Done."), says("More.")))
    assert (await rig.run("Go.", model=model)).reason == "finished"
    assert (await rig.run("And more.", model=model)).reason == "finished"
    rig.check()
    assert dropped(rig) == 0
    last = rig.claude.requests[-1]
    assert str(last.body["messages"]).count("'type': 'image'") == 19
    assert last.applied and last.applied[0]["cleared_tool_uses"] == 10


async def test_earlier_messages_are_resent_unchanged(make_rig: MakeRig, pointed: Pointed) -> None:
    rig = pointed(make_rig(*looking(12), says("Done.")))
    await rig.run("Go.")
    before: list[Any] = []
    for request in rig.claude.requests:
        for message in request.body["messages"]:
            for block in message["content"]:
                block.pop("cache_control", None)
        assert request.body["messages"][: len(before)] == before
        before = request.body["messages"]
    assert len({str(request.body["system"]) for request in rig.claude.requests}) == 1


async def test_a_switch_of_the_model_keeps_tools_and_system_and_says_what_did_not_reach_it(
    make_rig: MakeRig, pointed: Pointed
) -> None:
    rig = pointed(make_rig(*looking(2), says("Done."), *looking(0), says("Seen."), says("Back.")))
    await rig.run("Go.", model="claude-opus-5-5")
    assert (await rig.run("More.", model="claude-haiku-5-5")).reason == "finished"
    rig.check()
    assert len({str(request.body["tools"]) for request in rig.claude.requests}) == 1
    assert rig.events("answer")[-1].data["dropped_thinking"] == 2
    # Back on the first model, its own thinking counts again.
    assert (await rig.run("Once more.", model="claude-opus-5-5")).reason == "finished"
    assert "dropped_thinking" not in rig.events("answer")[-1].data
    rig.check()


@pytest.mark.parametrize("back", [False, True], ids=["to Bedrock", "there and back"])
async def test_a_switch_of_the_provider_works_and_says_what_it_costs(
    make_rig: MakeRig, pointed: Pointed, back: bool
) -> None:
    old = calls(tool("u1", "computer", action="left_click", coordinate=[1, 2]))
    rig = pointed(make_rig(*looking(2), says("Done."), old, says("Seen."), *looking(0), says("Again.")))
    await rig.run("Go.")
    bedrock = replace(SETTINGS, provider="bedrock", model="us.anthropic.claude-sonnet-5-5")
    assert (await rig.run("More.", bedrock)).reason == "finished"
    rig.check()
    assert "thinking so far is left out" in rig.events("notice")[-1].data["text"]
    sent = rig.claude.requests[-1].body
    assert "toolset_name" not in str(sent["messages"]) and "'type': 'thinking'" not in str(sent["messages"])
    assert sent["messages"][1]["content"][0]["input"] == {"action": "left_click", "coordinate": [0, 9]}
    if back:
        assert (await rig.run("Back.")).reason == "finished"
        rig.check()
        names = [block["name"] for block in rig.claude.requests[-1].body["messages"][-4]["content"]]
        assert names == ["left_click"]


async def test_an_old_record_with_an_edited_history_loses_its_thinking_and_goes_on(
    make_rig: MakeRig, pointed: Pointed
) -> None:
    """`between_tools` takes no safety net, so the refusal has to be dealt with."""
    rig = pointed(make_rig(*looking(2), says("Done."), says("Seen.")))
    await rig.run("Go.", thinking="between_tools")
    first = next(event for event in rig.journal.events() if event.kind == "prompt")
    assert rig.agent is not None
    rig.agent.conversation._turns[0] = "Something else."
    rig.agent.write("prompt", {"text": "More.", "by": "tester"})
    conversation = rig.agent.conversation
    end = await rig.run_on(conversation, None, replace(SETTINGS, thinking="between_tools"))
    assert end.reason == "finished", end
    assert first.data["text"] == "Go." and len(rig.events("thinking_left_out")) == 1
    assert any("bound to a different conversation" in message for message in rig.claude.refused)


async def test_thinking_with_a_secret_in_it_does_not_break_the_chain(
    make_rig: MakeRig, pointed: Pointed
) -> None:
    leak = calls(thinking(f"The key is {API_KEY}."), member("x1", "key", text="a"))
    rig = pointed(
        make_rig(*looking(2), leak, calls(thinking("On."), member("x2", "key", text="b")), says("Done."))
    )
    assert (await rig.run("Go.")).reason == "finished"
    rig.check()
    assert dropped(rig) == 0 and API_KEY not in str(rig.claude.requests[-1].body)


# 2. Only an answer that ends as a tool call does anything

CLICK = member("c1", "left_click", coordinate=[5, 5])


@pytest.mark.parametrize("stop", ["end_turn", "stop_sequence", "pause_turn", "max_tokens", "something_new"])
@pytest.mark.parametrize("streaming", [True, False], ids=["streaming", "whole"])
async def test_a_call_in_an_answer_that_ended_otherwise_is_not_done(
    make_rig: MakeRig, pointed: Pointed, stop: str, streaming: bool
) -> None:
    rig = pointed(make_rig(Step((text("I click."), CLICK), stop), says("I see.")))
    assert (await rig.run("Go.", streaming=streaming)).reason == "finished"
    assert rig.desktop.executed == []
    assert rig.results()["c1"]["outcome"] == "not_executed"
    rig.check()


@pytest.mark.parametrize("content", [(), (CLICK,), (text("I will"), CLICK)], ids=["bare", "a call", "both"])
async def test_a_refusal_does_nothing_says_why_and_the_turn_can_be_taken_out(
    make_rig: MakeRig, pointed: Pointed, content: tuple[dict[str, Any], ...]
) -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "It looks like an attack."}
    declines = instead(*content, stop="refusal", details=details)
    rig = pointed(
        make_rig(*looking(2), calls(member("k", "key", text="a"), faults=[declines]), says("Done."))
    )
    end = await rig.run("Go.")
    assert end.reason == "refused"
    assert (
        "cyber" in end.text
        and "It looks like an attack." in end.text
        and "Take the last turn out" in end.text
    )
    assert len(rig.desktop.executed) == 2 and "c1" not in rig.results()
    assert rig.agent is not None and rig.agent.conversation.refused == details
    rig.agent.write("turn_taken_out", {"by": "tester"})
    assert rig.agent.conversation.refused is None
    rig.claude.script.steps = [*looking(1), says("Done.")]
    assert (await rig.run("Something else.")).reason == "finished"
    rig.check()
    assert dropped(rig) == 0
    assert "t1" not in str(rig.claude.requests[-1].body["messages"])


async def test_taking_a_refused_turn_out_removes_its_prompt(make_rig: MakeRig, pointed: Pointed) -> None:
    declines = instead(stop="refusal", details={"type": "refusal", "category": None, "explanation": None})
    rig = pointed(make_rig(says("Hello."), says("Fine.", faults=[declines])))
    await rig.run("Hi.")
    assert (await rig.run("Do harm.")).reason == "refused"
    assert rig.agent is not None
    rig.agent.write("turn_taken_out", {"by": "tester"})
    assert not rig.agent.conversation.awaits_model
    rig.reopen()
    assert (await rig.run("Do good.")).reason == "finished"
    assert "Do harm." not in str(rig.claude.requests[-1].body) and "Do good." in str(
        rig.claude.requests[-1].body
    )
    rig.check()


@pytest.mark.parametrize(
    ("model", "asked"), [("claude-opus-5-5", True), ("claude-sonnet-5-5", False), ("claude-haiku-5-5", False)]
)
async def test_another_model_is_tried_where_the_model_allows_it(
    make_rig: MakeRig, pointed: Pointed, model: str, asked: bool
) -> None:
    rig = pointed(make_rig(says("Hi."), says("Hi.")))
    await rig.run("Go.", model=model)
    assert (rig.claude.requests[0].body.get("fallbacks") == "default") is asked
    await rig.run("Go.", model=model, fallback=False)
    assert "fallbacks" not in rig.claude.requests[1].body
    rig.check()


@pytest.mark.parametrize("streaming", [True, False], ids=["streaming", "whole"])
async def test_a_turn_that_the_model_paused_is_continued(
    make_rig: MakeRig, pointed: Pointed, streaming: bool
) -> None:
    rig = pointed(make_rig(Step((thinking("Hm."), text("Wait.")), "pause_turn"), *looking(1), says("Done.")))
    rig.claude.script.steps = [rig.claude.script.steps[0], calls(member("z", "key", text="a")), says("Done.")]
    assert (await rig.run("Go.", streaming=streaming)).reason == "finished"
    assert len(rig.desktop.executed) == 1 and dropped(rig) == 0
    rig.check()


async def test_a_model_that_pauses_again_and_again_ends_the_task(make_rig: MakeRig, pointed: Pointed) -> None:
    rig = pointed(make_rig(*[Step((text(f"Wait {number}."),), "pause_turn") for number in range(20)]))
    end = await rig.run("Go.")
    assert end.reason == "cut_off" and len(rig.claude.requests) < 8
    rig.check()


@pytest.mark.parametrize("content", [(), (thinking("Nothing to say."),)], ids=["nothing", "thinking only"])
async def test_an_empty_answer_is_nudged_once(
    make_rig: MakeRig, pointed: Pointed, content: tuple[dict[str, Any], ...]
) -> None:
    empty = Step(content, "end_turn")
    rig = pointed(
        make_rig(*looking(1), says("Done.", faults=[Fault("instead", step=empty)] if not content else []))
    )
    if content:
        rig.claude.script.steps = [*looking(1), empty, says("Done.")]
    assert (await rig.run("Go.")).reason == "finished"
    assert len(rig.events("nudge")) == 1
    rig.check()


async def test_two_empty_answers_end_the_task_with_an_explanation(
    make_rig: MakeRig, pointed: Pointed
) -> None:
    rig = pointed(make_rig(Step((), "end_turn")))
    end = await rig.run("Go.")
    assert end.reason == "empty" and end.text and len(rig.claude.requests) == 2
    rig.check()


# 3. The window ends gently


@pytest.mark.parametrize(
    ("model", "kind"),
    [("claude-sonnet-5-5", "compacted"), ("claude-haiku-5-5", "trimmed"), ("claude-haiku-4-5", "trimmed")],
)
async def test_shell_outputs_never_fill_the_window(
    make_rig: MakeRig, pointed: Pointed, model: str, kind: str
) -> None:
    steps = [calls(tool(f"b{number}", "bash", command="cat log")) for number in range(60)]
    rig = pointed(make_rig(*steps, says("Done.")))
    rig.claude.windows = {model: 60_000}
    rig.desktop.on_action = lambda name, value: (200, result("word " * 3_000)) if name == "bash" else None
    end = await rig.run("Go.", model=model, tokens=100_000_000, dollars=1_000)
    assert end.reason == "finished", end
    rig.check()
    assert len(rig.events(kind)) >= 2 and len(rig.results()) == 60


async def test_room_is_made_when_the_api_says_that_the_window_is_full(
    make_rig: MakeRig, pointed: Pointed
) -> None:
    full = instead(text("I wa"), stop="model_context_window_exceeded")
    rig = pointed(make_rig(*looking(3), calls(member("k", "key", text="a"), faults=[full]), says("Done.")))
    assert (await rig.run("Go.")).reason == "finished"
    assert len(rig.events("compacted")) == 1 and dropped(rig) == 0
    rig.check()


async def test_a_conversation_that_cannot_be_sent_ends_before_the_request(
    make_rig: MakeRig, pointed: Pointed
) -> None:
    rig = pointed(make_rig(says("Hi.")))
    rig.claude.windows = {"claude-haiku-4-5": 5_000}
    end = await rig.run("word " * 5_000, model="claude-haiku-4-5")
    assert end.reason == "too_large" and "new conversation" in end.text
    assert rig.claude.requests == [] and rig.claude.refused == []


async def test_a_summary_that_failed_is_not_requested_again(
    make_rig: MakeRig, pointed: Pointed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS and Anthropic differ on whether Bedrock summarizes: where it does not, the task goes on."""
    old = [
        calls(tool(f"o{number}", "computer", action="left_click", coordinate=[number, 2]))
        for number in range(30)
    ]
    rig = pointed(make_rig(*old, says("Done.")))
    rig.claude.without = {"compaction"}
    monkeypatch.setattr(context, "LARGEST_REQUEST", {"bedrock": 150_000})
    end = await rig.run("Go.", provider="bedrock", model="us.anthropic.claude-opus-5-5")
    assert end.reason == "finished", end
    assert len(rig.events("not_compacted")) == 1 and rig.events("trimmed")
    assert [message for message in rig.claude.refused if "compaction" not in message] == []


# 4. Errors say what to do

ERRORS: dict[str, tuple[int, str | None, str, str]] = {
    "key": (401, None, "invalid x-api-key", NEXT_STEP["key"]),
    "credit": (400, None, "Your credit balance is too low to access the Claude API.", NEXT_STEP["credit"]),
    "billing": (402, None, "There is an issue with your billing.", NEXT_STEP["credit"]),
    "access": (403, None, "Your API key may not use this resource.", NEXT_STEP["access"]),
    "model": (404, None, "model: claude-opus-9", NEXT_STEP["model"]),
    "too long": (400, None, "prompt is too long: 210000 tokens > 200000 maximum", NEXT_STEP["too_long"]),
    "too large": (413, None, "Request exceeds the maximum size", NEXT_STEP["too_long"]),
    "tool": (
        400,
        None,
        "'claude-opus-5-5' does not support tool types: computer_20251124. Did you mean one of x?",
        NEXT_STEP["tool"],
    ),
    "request": (400, None, "temperature: Extra inputs are not permitted", NEXT_STEP["request"]),
}
BEDROCK_ERRORS: dict[str, tuple[int, str, str, str]] = {
    "form": (
        404,
        "ResourceNotFoundException",
        "Model use case details have not been submitted for this account. Fill out the Anthropic use case "
        "details form before using the model.",
        BEDROCK_FORM,
    ),
    "agreement": (
        403,
        "AccessDeniedException",
        "Model access is denied due to IAM user or service role is not authorized to perform the required "
        "AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe).",
        BEDROCK_AGREEMENT.replace("MODEL", "anthropic.claude-opus-5-5"),
    ),
    "profile": (
        400,
        "ValidationException",
        "Invocation of model ID anthropic.claude-opus-5-5 with on-demand throughput isn\u2019t supported.",
        NEXT_STEP["profile"],
    ),
    "policy": (
        403,
        "AccessDeniedException",
        "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: bedrock:InvokeModel on: y",
        NEXT_STEP["policy"],
    ),
    "throttled": (429, "ThrottlingException", "Too many tokens, please wait.", NEXT_STEP["rate"]),
}


@pytest.mark.parametrize(("status", "kind", "said", "step"), ERRORS.values(), ids=ERRORS.keys())
async def test_an_error_of_the_claude_api_is_shown_with_what_to_do_about_it(
    make_rig: MakeRig, pointed: Pointed, status: int, kind: str | None, said: str, step: str
) -> None:
    fault = Fault("status", status=status, text=said, error_type=kind)
    rig = pointed(make_rig(says("Hi.", faults=[fault] * 7)))
    end = await rig.run("Go.")
    assert end.reason == "model_failed"
    assert said.rstrip(".") in end.text and step in end.text and str(status) in end.text
    rig.check()


@pytest.mark.parametrize(
    ("status", "kind", "said", "step"), BEDROCK_ERRORS.values(), ids=BEDROCK_ERRORS.keys()
)
async def test_an_error_of_bedrock_names_the_deployers_command(
    make_rig: MakeRig, pointed: Pointed, status: int, kind: str, said: str, step: str
) -> None:
    fault = Fault("status", status=status, text=said, error_type=kind)
    rig = pointed(make_rig(says("Hi.", faults=[fault] * 7)))
    end = await rig.run("Go.", provider="bedrock", model="us.anthropic.claude-opus-5-5")
    assert end.reason == "model_failed"
    assert said.rstrip(".") in end.text and step in end.text
    rig.check()


async def test_a_secret_in_an_error_is_not_shown(make_rig: MakeRig, pointed: Pointed) -> None:
    fault = Fault("status", status=400, text=f"the header was Bearer {API_KEY}")
    rig = pointed(make_rig(says("Hi.", faults=[fault])))
    end = await rig.run("Go.")
    assert API_KEY not in end.text and "[redacted: API key]" in end.text
    assert API_KEY not in (rig.folder / "events.jsonl").read_text()


@pytest.mark.parametrize("key", [f"{API_KEY}\n", f"{API_KEY}\r\n", f"{API_KEY} x", "sk-ü" * 9], ids=repr)
async def test_a_key_with_a_line_break_is_reported_as_a_bad_key_not_as_a_connection_failure(
    make_rig: MakeRig, pointed: Pointed, key: str
) -> None:
    rig = pointed(make_rig(says("Hi.")))
    rig.credentials = Credentials(key)
    end = await rig.run("Go.")
    assert end.reason == "model_failed" and "API key holds a line break" in end.text
    assert rig.claude.requests == []


async def test_overloads_do_not_count_as_malformed_answers(make_rig: MakeRig, pointed: Pointed) -> None:
    overload, cut = Fault("status", status=529), Fault("ended_early")
    rig = pointed(make_rig(says("Done.", faults=[overload, overload, cut, overload, cut, overload])))
    assert (await rig.run("Go.")).reason == "finished"
    assert len(rig.events("model_failed")) == 6
    rig.check()


async def test_malformed_answers_end_the_task_after_three(make_rig: MakeRig, pointed: Pointed) -> None:
    rig = pointed(make_rig(says("Done.", faults=[Fault("ended_early")] * 3)))
    end = await rig.run("Go.")
    assert end.reason == "model_failed" and NEXT_STEP["malformed"] in end.text
    rig.check()


# 5. Models describe themselves


async def test_an_unknown_model_works_with_what_the_api_says_about_it(
    make_rig: MakeRig, pointed: Pointed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalogue.MODELS, "claude-next-9", catalogue.MODELS["claude-opus-5-5"])
    rig = pointed(make_rig(*looking(16), says("Done.")))
    assert (await rig.run("Go.", model="claude-next-9", effort="max")).reason == "finished"
    rig.check()
    body = rig.claude.requests[-1].body
    assert body["thinking"]["type"] == "adaptive" and body["output_config"] == {"effort": "max"}
    assert rig.claude.requests[-1].applied and body["fallbacks"] == "default"
    assert "$25" in rig.events("notice")[0].data["text"] and "dearest" in rig.events("notice")[0].data["text"]


async def test_a_model_whose_description_cannot_be_fetched_is_taken_from_the_table(
    make_rig: MakeRig, pointed: Pointed
) -> None:
    rig = pointed(make_rig(*looking(1), says("Done.")))
    rig.claude.undescribed = True
    assert (await rig.run("Go.")).reason == "finished"
    assert rig.claude.requests[0].body["thinking"]["type"] == "adaptive"
    rig.check()


async def test_a_model_that_does_not_exist_costs_no_request(make_rig: MakeRig, pointed: Pointed) -> None:
    rig = pointed(make_rig(says("Hi.")))
    end = await rig.run("Go.", model="claude-next-9")
    assert end.reason == "model_failed" and "claude-next-9" in end.text and NEXT_STEP["model"] in end.text
    assert rig.claude.requests == []


async def test_an_unknown_bedrock_profile_gets_no_model_specific_parameters(
    make_rig: MakeRig, pointed: Pointed, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "arn:aws:bedrock:us-west-2:1:application-inference-profile/x"
    monkeypatch.setattr(catalogue, "find", lambda model: catalogue.MODELS["claude-opus-4-6"])
    rig = pointed(make_rig(says("Hi.")))
    assert (await rig.run("Go.", provider="bedrock", model=name)).reason == "finished"
    assert set(rig.claude.requests[0].body) == {
        "max_tokens",
        "system",
        "tools",
        "messages",
        "anthropic_version",
        "anthropic_beta",
    }


# 6. Bedrock


@pytest.mark.parametrize(
    "model", ["us.anthropic.claude-opus-5-5", "us.anthropic.claude-haiku-4-5-20251001-v1:0"]
)
async def test_bedrock_gets_the_version_that_aws_documents(
    make_rig: MakeRig, pointed: Pointed, model: str
) -> None:
    rig = pointed(make_rig(says("Hi.")))
    await rig.run("Go.", provider="bedrock", model=model)
    assert rig.claude.requests[0].body["anthropic_version"] == "bedrock-2023-05-31"
    rig.check()


async def test_a_plain_model_id_on_bedrock_says_that_a_profile_is_needed(
    make_rig: MakeRig, pointed: Pointed
) -> None:
    rig = pointed(make_rig(says("Hi.")))
    end = await rig.run("Go.", provider="bedrock", model="anthropic.claude-opus-5-5")
    assert end.reason == "model_failed" and NEXT_STEP["profile"] in end.text


def test_the_address_of_bedrock_follows_the_partition() -> None:
    assert bedrock_url("us-west-2") is None and bedrock_url("us-gov-west-1") is None
    assert bedrock_url("eusc-de-east-1") == "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu"
