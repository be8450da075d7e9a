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

from fake_claude.rules import Refused, check
from fake_claude.script import says
from rig import API_KEY, fake

CALL = {"type": "tool_use", "id": "t1", "name": "bash", "input": {"command": "ls"}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "ok"}]}
PICTURE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}


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
        check({"max_tokens": 10, "messages": messages}, [], on_bedrock=False)


def test_a_good_conversation_is_taken() -> None:
    messages = [user(), assistant(CALL), user(RESULT, {"type": "text", "text": "Go on."})]
    check({"max_tokens": 10, "messages": messages}, [], on_bedrock=False)


@pytest.mark.parametrize(
    ("tool", "on_bedrock"),
    [
        ({"type": "computer_toolset_20260801"}, True),
        ({"type": "computer_toolset_20260801", "name": "computer"}, False),
        ({"type": "computer_20251124", "display_width_px": 1, "display_height_px": 1}, False),
    ],
)
def test_tools_without_their_beta_or_on_the_wrong_platform_are_refused(
    tool: dict[str, Any], on_bedrock: bool
) -> None:
    with pytest.raises(Refused):
        check({"max_tokens": 10, "messages": [user()], "tools": [tool]}, [], on_bedrock)


def test_a_wrong_key_and_an_unsigned_request_are_refused() -> None:
    body = {"max_tokens": 10, "messages": [user()], "anthropic_version": "x"}
    with fake(says("Hi.")) as claude:
        for path, headers, status in (
            ("/v1/messages", {"x-api-key": "wrong"}, 401),
            ("/v1/messages", {"authorization": f"Bearer {API_KEY}"}, 200),
            ("/model/x/invoke", {"authorization": "Bearer x"}, 403),
            ("/model/x/invoke", {"authorization": "AWS4-HMAC-SHA256 x"}, 200),
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
        answer = httpx2.post(f"{url}/v1/messages", json={"max_tokens": 10, "messages": [user()]})
        assert answer.json()["content"] == [{"type": "text", "text": "From the file."}]
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()
