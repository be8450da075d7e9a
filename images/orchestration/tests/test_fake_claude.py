"""The fake model API is as strict as the real one, or the fault table would prove nothing; and it runs by
itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from anthropic.types.beta import BetaModelInfo
from anthropic.types.beta.message_create_params import MessageCreateParamsNonStreaming
from pydantic import TypeAdapter

from fake_claude import binding, catalogue
from fake_claude.rules import Refused, check
from fake_claude.script import says
from rig import API_KEY, fake

CALL = {"type": "tool_use", "id": "t1", "name": "bash", "input": {"command": "ls"}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "ok"}]}
PICTURE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}


MODEL = "claude-sonnet-5-5"
ALL_BETAS = [
    "context-management-2025-06-27",
    "compact-2026-09-04",
    "compact-2026-01-12",
    "thinking-binding-controls-2026-08-01",
    "server-side-fallback-2026-07-01",
    "computer-use-2025-11-24",
]


def judge(
    body: dict[str, Any], betas: list[str] | None = None, model: str = MODEL, bedrock: bool = False
) -> None:
    """Check a request with everything in it that every request has."""
    served = catalogue.find(model)
    assert served is not None
    full = {"max_tokens": 10, "messages": [user()], **body}
    check(full, ALL_BETAS if betas is None else betas, bedrock, model, served)


def user(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks) or [{"type": "text", "text": "Go."}]}


def assistant(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


BROKEN = {
    "no result": [user(), assistant(CALL)],
    "a prompt in place of a result": [user(), assistant(CALL), user()],
    "a result for nothing": [user(RESULT)],
    "a result after text": [user(), assistant(CALL), user({"type": "text", "text": "x"}, RESULT)],
    "two results": [user(), assistant(CALL), user(RESULT, RESULT)],
    "another toolset": [user(), assistant(CALL), user({**RESULT, "toolset_name": "computer"})],
    "a picture in an error": [
        user(),
        assistant(CALL),
        user({**RESULT, "is_error": True, "content": [PICTURE]}),
    ],
    "an empty error": [user(), assistant(CALL), user({**RESULT, "is_error": True, "content": []})],
    "an id used twice": [user(), assistant(CALL), user(RESULT), assistant(CALL), user(RESULT)],
    "nothing said": [user(), assistant(), user()],
    "the model first": [assistant({"type": "text", "text": "x"}), user()],
    "the model last": [user(), assistant({"type": "text", "text": "x"})],
    "thinking without its signature": [user(), assistant({"type": "thinking", "thinking": "x"}), user()],
    "an input that is no object": [user(), assistant({**CALL, "input": "ls"}), user(RESULT)],
}


@pytest.mark.parametrize("messages", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_conversation_is_refused(messages: list[dict[str, Any]]) -> None:
    with pytest.raises(Refused):
        judge({"messages": messages})


def test_a_good_conversation_is_taken() -> None:
    messages = [user(), assistant(CALL), user(RESULT, {"type": "text", "text": "Go on."})]
    judge({"messages": messages})


DISPLAY = {"display_width_px": 1, "display_height_px": 1, "name": "computer"}
CLEAR = {"type": "clear_tool_uses_20250919"}
KEEP = {"type": "clear_thinking_20251015", "keep": "all"}
SUMMARY = {"type": "compaction", "content": "s", "signature": binding.seal(binding.Walk("x"), "s")}
AFTER_SUMMARY = [assistant(SUMMARY), user()]
# What is wrong, the request, the betas (None: all of them), the model, whether it goes to Bedrock.
WRONG: dict[str, tuple[dict[str, Any], list[str] | None, str, bool]] = {
    "the toolset on Bedrock": ({"tools": [{"type": "computer_toolset_20260801"}]}, None, MODEL, True),
    "a toolset with a name": (
        {"tools": [{"type": "computer_toolset_20260801", "name": "computer"}]},
        None,
        MODEL,
        False,
    ),
    "the old tool for a 5.5 model": (
        {"tools": [{"type": "computer_20251124", **DISPLAY}]},
        None,
        MODEL,
        False,
    ),
    "the toolset for an older model": (
        {"tools": [{"type": "computer_toolset_20260801"}]},
        None,
        "claude-opus-4-6",
        False,
    ),
    "the old tool without its beta": (
        {"tools": [{"type": "computer_20251124", **DISPLAY}]},
        [],
        "claude-opus-4-6",
        False,
    ),
    "an unknown parameter": ({"colour": "red"}, None, MODEL, False),
    "too long an answer": ({"max_tokens": 200_000}, None, MODEL, False),
    "thinking switched off where it cannot be": ({"thinking": {"type": "disabled"}}, None, MODEL, False),
    "a thinking budget of a 5.5 model": (
        {"thinking": {"type": "enabled", "budget_tokens": 5}},
        None,
        MODEL,
        False,
    ),
    "binding without its beta": (
        {"thinking": {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "error"}}},
        [],
        MODEL,
        False,
    ),
    "binding between tools": (
        {"thinking": {"type": "between_tools", "block_binding": {}}},
        None,
        MODEL,
        False,
    ),
    "an effort that the model lacks": (
        {"output_config": {"effort": "xhigh"}},
        None,
        "claude-opus-4-6",
        False,
    ),
    "too much effort between tools": (
        {"thinking": {"type": "between_tools"}, "output_config": {"effort": "max"}},
        None,
        MODEL,
        False,
    ),
    "clearing without its beta": ({"context_management": {"edits": [CLEAR]}}, [], MODEL, False),
    "an unknown edit": ({"context_management": {"edits": [{"type": "forget"}]}}, None, MODEL, False),
    "an unknown field of an edit": (
        {"context_management": {"edits": [{**CLEAR, "how": 1}]}},
        None,
        MODEL,
        False,
    ),
    "thinking cleared second": ({"context_management": {"edits": [CLEAR, KEEP]}}, None, MODEL, False),
    "a summary without its beta": ({"compaction": {"type": "summarize"}}, [], MODEL, False),
    "a summary of a model that makes none": (
        {"compaction": {"type": "summarize"}},
        None,
        "claude-haiku-5-5",
        False,
    ),
    "a summary together with clearing": (
        {"compaction": {"type": "summarize"}, "context_management": {"edits": [CLEAR]}},
        None,
        MODEL,
        False,
    ),
    "a summary of an open call": (
        {"compaction": {"type": "summarize"}, "messages": [user(), assistant(CALL)]},
        None,
        MODEL,
        False,
    ),
    "a block of a summary without the beta": ({"messages": AFTER_SUMMARY}, [], MODEL, False),
    "a summary that is not first": ({"messages": [user(), *AFTER_SUMMARY]}, None, MODEL, False),
    "two summaries": ({"messages": [assistant(SUMMARY, SUMMARY), user()]}, None, MODEL, False),
    "a changed summary": (
        {"messages": [assistant({**SUMMARY, "content": "t"}), user()]},
        None,
        MODEL,
        False,
    ),
    "a summary with a field of ours": (
        {"messages": [assistant({**SUMMARY, "citations": None}), user()]},
        None,
        MODEL,
        False,
    ),
    "fallbacks on Bedrock": ({"fallbacks": "default"}, None, "us.anthropic.claude-opus-5-5", True),
    "fallbacks without their beta": ({"fallbacks": "default"}, [], "claude-opus-5-5", False),
    "named fallbacks of a model that has none": ({"fallbacks": [{"model": "x"}]}, None, MODEL, False),
    "too many pictures": (
        {"messages": [user(), assistant(CALL), user({**RESULT, "content": [PICTURE] * 101})]},
        None,
        "claude-haiku-4-5",
        False,
    ),
}


@pytest.mark.parametrize(("body", "betas", "model", "bedrock"), WRONG.values(), ids=WRONG.keys())
def test_a_parameter_that_the_api_refuses_is_refused(
    body: dict[str, Any], betas: list[str] | None, model: str, bedrock: bool
) -> None:
    with pytest.raises(Refused):
        judge(body, betas, model, bedrock)


RIGHT: dict[str, tuple[dict[str, Any], str]] = {
    "clearing": ({"context_management": {"edits": [KEEP, CLEAR]}}, MODEL),
    "a summary": ({"compaction": {"type": "summarize"}}, MODEL),
    "going on from a summary": ({"messages": AFTER_SUMMARY}, MODEL),
    "going on in the middle of a task": (
        {"messages": [assistant(SUMMARY), assistant(CALL), user(RESULT)]},
        MODEL,
    ),
    "fallbacks": ({"fallbacks": "default"}, "claude-opus-5-5"),
    "an effort": ({"output_config": {"effort": "max"}}, MODEL),
}


@pytest.mark.parametrize(("body", "model"), RIGHT.values(), ids=RIGHT.keys())
def test_a_parameter_that_the_api_takes_is_taken(body: dict[str, Any], model: str) -> None:
    judge(body, None, model)


def test_the_rules_are_the_sdks_own_types() -> None:
    """Whatever the fake calls right has to be a request by the SDK's types too."""
    parameters = TypeAdapter(MessageCreateParamsNonStreaming)
    for body, model in RIGHT.values():
        parameters.validate_python({"max_tokens": 10, "messages": [user()], "model": model, **body})
    for model in catalogue.MODELS:
        BetaModelInfo.model_validate(catalogue.description(model))


def test_a_wrong_key_and_an_unsigned_request_are_refused() -> None:
    body = {"max_tokens": 10, "messages": [user()], "model": MODEL, "anthropic_version": "bedrock-2023-05-31"}
    unsigned, signed = {"authorization": "Bearer x"}, {"authorization": "AWS4-HMAC-SHA256 x"}
    profile = "/model/us.anthropic.claude-sonnet-5-5/invoke"
    with fake(says("Hi.")) as claude:
        for path, headers, status in (
            ("/v1/messages", {"x-api-key": "wrong"}, 401),
            ("/v1/messages", {"authorization": f"Bearer {API_KEY}"}, 200),
            (profile, unsigned, 403),
            (profile, signed, 200),
            ("/model/anthropic.claude-sonnet-5-5/invoke", signed, 400),
            ("/anthropic/v1/messages", signed, 404),
            ("/elsewhere", {}, 404),
        ):
            assert httpx2.post(claude.url + path, json=body, headers=headers).status_code == status, path


def test_it_serves_a_script_from_a_file(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"content": [{"type": "text", "text": "From the file."}]}]))
    command = [sys.executable, "-m", "fake_claude", "--port", "0", "--script", str(script)]
    process = subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        body = {"max_tokens": 10, "messages": [user()], "model": MODEL}
        answer = httpx2.post(f"{url}/v1/messages", json=body)
        assert answer.json()["content"] == [{"type": "text", "text": "From the file."}]
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()
