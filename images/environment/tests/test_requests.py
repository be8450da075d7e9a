"""Who may call the control API, and which requests it refuses before it does anything."""

import json
import socket
import threading
import time
from contextlib import ExitStack

import pytest
import requests

from running import Environment, wait_until


def test_health_needs_no_token_and_says_nothing_else(environment: Environment) -> None:
    response = requests.get(f"{environment.control_url}/healthz", timeout=5)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic test-token-7f3a9c5e1b",
        "test-token-7f3a9c5e1b",
        "Bearer \xe9",
    ],
)
def test_without_the_token_nothing_is_done(environment: Environment, header: str | None) -> None:
    environment.act("mouse_move", coordinate=[10, 20])
    response = requests.post(
        f"{environment.control_url}/execute",
        json={"tool": "computer", "input": {"action": "mouse_move", "coordinate": [500, 500]}},
        headers={} if header is None else {"Authorization": header.encode("latin-1")},
        timeout=5,
    )
    assert response.status_code == 401
    assert environment.act("cursor_position")["output"] == "X=10,Y=20"


MALFORMED = [
    ({"action": "fly"}, "action"),
    ({}, "action"),
    ({"action": "mouse_move"}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [1024, 0]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [0, 768]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [-1, 0]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [1]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [1, 2, 3]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [1.5, 2]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [10.0, 2]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": ["1", "2"]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [True, False]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": "1,2"}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [10**30, 1]}, "coordinate"),
    ({"action": "mouse_move", "coordinate": [1, 2], "text": "ctrl"}, "text"),
    ({"action": "left_click", "coordinate": [5, 5], "text": "no_such_key"}, "text"),
    ({"action": "left_click", "coordinate": [5, 5], "text": "ctrl shift"}, "text"),
    ({"action": "left_click_drag", "start_coordinate": [5, 5]}, "coordinate"),
    ({"action": "left_click_drag", "start_coordinate": [5, 9999], "coordinate": [5, 5]}, "start_coordinate"),
    ({"action": "left_mouse_down", "coordinate": [5, 5]}, "coordinate"),
    (
        {"action": "scroll", "coordinate": [5, 5], "scroll_direction": "sideways", "scroll_amount": 1},
        "scroll_direction",
    ),
    (
        {"action": "scroll", "coordinate": [5, 5], "scroll_direction": "up", "scroll_amount": -1},
        "scroll_amount",
    ),
    (
        {"action": "scroll", "coordinate": [5, 5], "scroll_direction": "up", "scroll_amount": 10**6},
        "scroll_amount",
    ),
    ({"action": "scroll", "coordinate": [5, 5], "scroll_direction": "up"}, "scroll_amount"),
    ({"action": "type"}, "text"),
    ({"action": "type", "text": ""}, "text"),
    ({"action": "type", "text": 5}, "text"),
    ({"action": "type", "text": "a\u0000b"}, "text"),
    ({"action": "type", "text": "a\u001bb"}, "text"),
    ({"action": "type", "text": "x" * 100_001}, "text"),
    ({"action": "key", "text": "ctrl+"}, "text"),
    ({"action": "key", "text": "  "}, "text"),
    ({"action": "key", "text": "a; touch /tmp/x"}, "text"),
    ({"action": "key", "text": "a", "repeat": 0}, "repeat"),
    ({"action": "key", "text": "a", "repeat": 101}, "repeat"),
    ({"action": "key", "text": "a", "repeat": "2"}, "repeat"),
    ({"action": "hold_key", "text": "a"}, "duration"),
    ({"action": "hold_key", "text": "a", "duration": 0}, "duration"),
    ({"action": "hold_key", "text": "a", "duration": 301}, "duration"),
    ({"action": "hold_key", "text": "a b", "duration": 1}, "text"),
    ({"action": "wait", "duration": -1}, "duration"),
    ({"action": "wait", "duration": 300.5}, "duration"),
    ({"action": "wait", "duration": "1"}, "duration"),
    ({"action": "zoom", "region": [0, 0, 0, 10]}, "region"),
    ({"action": "zoom", "region": [10, 10, 5, 20]}, "region"),
    ({"action": "zoom", "region": [0, 0, 1025, 10]}, "region"),
    ({"action": "zoom", "region": [0, 0, 10]}, "region"),
    ({"action": "screenshot", "coordinate": [1, 1]}, "coordinate"),
]


def test_a_long_wait_does_not_delay_other_actions(environment: Environment) -> None:
    """The caller may have given up meanwhile."""
    body = {"tool": "computer", "input": {"action": "wait", "duration": 60}}
    with pytest.raises(requests.exceptions.ReadTimeout):
        environment.session.post(f"{environment.control_url}/execute", json=body, timeout=1)
    began = time.monotonic()
    environment.act("mouse_move", coordinate=[77, 88])
    assert environment.act("cursor_position")["output"] == "X=77,Y=88"
    assert time.monotonic() - began < 20


def test_idle_connections_do_not_block_others(environment: Environment) -> None:
    with ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(socket.create_connection(("127.0.0.1", environment.control_port), 5))
        began = time.monotonic()
        environment.act("screenshot")
        assert environment.is_healthy() and time.monotonic() - began < 8


def test_idle_connections_are_closed(environment: Environment) -> None:
    with socket.create_connection(("127.0.0.1", environment.control_port), 5) as idle:
        idle.settimeout(60)
        assert idle.recv(1) == b""


NO_MODIFIERS = (
    "Return",
    "a",
    "space",
    "ctrl+c",
    "shift+Return",
    "ctrl+ctrl",
    "ctrl+",
    "Tab",
    "F4",
    "BackSpace",
    "meta",
)
MOUSE_ACTIONS: tuple[dict[str, object], ...] = (
    {"action": "left_click", "coordinate": [5, 5]},
    {"action": "middle_click"},
    {"action": "left_click_drag", "start_coordinate": [5, 5], "coordinate": [9, 9]},
    {"action": "scroll", "coordinate": [5, 5], "scroll_direction": "up", "scroll_amount": 0},
)


@pytest.mark.parametrize("mouse", MOUSE_ACTIONS, ids=lambda mouse: mouse["action"])
@pytest.mark.parametrize("text", NO_MODIFIERS)
def test_a_mouse_action_can_hold_modifiers_and_press_no_other_key(
    environment: Environment, mouse: dict[str, object], text: str
) -> None:
    response = environment.post({"tool": "computer", "input": {**mouse, "text": text}})
    assert response.status_code == 400
    error = response.json()["error"]
    assert "text" in error and repr(text) in error and "ctrl, shift, alt or super" in error


@pytest.mark.parametrize(("tool_input", "field"), MALFORMED, ids=lambda value: str(value)[:60])
def test_malformed_input_is_refused_and_nothing_is_sent(
    environment: Environment, tool_input: dict[str, object], field: str
) -> None:
    environment.act("mouse_move", coordinate=[33, 44])
    response = environment.post({"tool": "computer", "input": tool_input})
    assert response.status_code == 400
    result = response.json()
    assert field in result["error"]
    assert set(result) == {"output", "error", "base64_image", "settled", "elapsed_ms"}
    assert environment.act("cursor_position")["output"] == "X=33,Y=44"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"tool": "computer"}',
        b'{"tool": "computer", "input": []}',
        b'{"tool": "nuke", "input": {}}',
        b'{"tool": "computer", "input": {"action": "screenshot"}, "extra": 1}',
        b'{"tool": "computer", "input": {"action": "screenshot"}, "options": {"quiet_ms": -1}}',
        b'{"tool": "computer", "input": {"action": "wait", "duration": NaN}}',
        b'{"tool": "bash", "input": {}}',
        b'{"tool": "bash", "input": {"command": "echo", "restart": true}}',
        b'{"tool": "bash", "input": {"command": "a\\u0000b"}}',
        b'{"tool": "bash", "input": {"command": ["ls"]}}',
        b'{"tool": "str_replace_based_edit_tool", "input": {"command": "view", "path": "relative"}}',
        b'{"tool": "str_replace_based_edit_tool", "input": {"command": "format", "path": "/"}}',
        b'{"tool": "str_replace_editor", "input": {"command": "view", "path": "/x", "view_range": [3, 2]}}',
    ],
    ids=lambda body: body[:60].decode(errors="replace"),
)
def test_malformed_body_is_a_clear_400(environment: Environment, body: bytes) -> None:
    response = environment.session.post(f"{environment.control_url}/execute", data=body, timeout=10)
    assert response.status_code == 400
    assert response.json()["error"]


def test_error_names_field_value_and_fix(environment: Environment) -> None:
    response = environment.post(
        {"tool": "computer", "input": {"action": "mouse_move", "coordinate": [2000, 5]}}
    )
    assert response.json()["error"] == (
        "coordinate: [2000, 5] lies outside the screenshot; x goes from 0 to 1023, y from 0 to 767"
    )


def test_too_large_a_request_is_refused(environment: Environment) -> None:
    body = json.dumps({"tool": "bash", "input": {"command": "x" * 17_000_000}})
    response = environment.session.post(f"{environment.control_url}/execute", data=body, timeout=30)
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/execute"), ("GET", "/"), ("POST", "/healthz"), ("GET", "/../etc")]
)
def test_other_paths_and_methods_are_refused(environment: Environment, method: str, path: str) -> None:
    response = environment.session.request(method, environment.control_url + path, timeout=5)
    assert response.status_code in (404, 405)


def test_a_full_queue_is_reported_and_other_tools_go_on(key_pair: tuple[str, str]) -> None:
    environment = Environment(*key_pair, overrides={"QUEUE_BOUND": "2"})
    try:
        environment.start()
        answers: list[int] = []

        def sleep() -> None:
            body = {"tool": "bash", "input": {"command": "sleep 1.5"}}
            headers = dict(environment.session.headers)
            answers.append(
                requests.post(
                    f"{environment.control_url}/execute", json=body, headers=headers, timeout=30
                ).status_code
            )

        threads = [threading.Thread(target=sleep) for _ in range(4)]
        for thread in threads:
            thread.start()
        wait_until(lambda: answers.count(429) == 2, 5)
        assert environment.act("screenshot")["base64_image"], "a full shell holds up no click"
        assert environment.is_healthy()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200, 200, 429, 429]
    finally:
        environment.remove()


def test_log_has_neither_typed_text_nor_pictures_nor_secrets(environment: Environment) -> None:
    environment.act("type", text="my-typed-secret")
    environment.act("key", text="z")
    environment.bash("echo my-shell-secret")
    environment.execute(
        "str_replace_based_edit_tool",
        command="create",
        path=str(environment.home / "f"),
        file_text="my-file-secret",
    )
    environment.post({"tool": "computer", "input": {"action": "type", "text": "my-refused-secret\u0000"}})
    image = environment.act("screenshot")["base64_image"]
    log = environment.log()
    for secret in (
        "my-typed-secret",
        "my-shell-secret",
        "my-file-secret",
        "my-refused-secret",
        image[1000:1100],
    ):
        assert secret not in log
    for name in ("CONTROL_TOKEN", "LOGIN_PASSWORD", "TLS_PRIVATE_KEY"):
        assert environment.variables[name].strip() not in log
    lines = [json.loads(line) for line in log.splitlines() if '"execute"' in line]
    typed = next(
        line
        for line in lines
        if line["input"].get("action") == "type" and line["input"]["text"] == {"characters": 15}
    )
    assert typed["tool"] == "computer"
    assert typed["elapsed_ms"] > 0
