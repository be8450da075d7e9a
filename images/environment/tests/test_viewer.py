"""The viewer, as a person in a browser finds it, and as somebody who tries to get around it."""

import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import urllib3
from playwright.sync_api import Browser, Page, expect, sync_playwright

from running import HUMAN_PAUSE_SECONDS, PASSWORD, USERNAME, Environment, wait_until
from terminal import Terminal

COOKIE = "__Host-viewer"
FLAGS = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    *["--disable-component-update", "--disable-sync"],
]
BACKGROUND = (46, 52, 64)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A fresh browser profile's page, as large as the desktop with the bar above it."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1024, "height": 810})
    yield context.new_page()
    context.close()


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """A client that accepts the self-signed certificate."""
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    with requests.Session() as session:
        session.verify = False
        session.trust_env = False
        yield session


@pytest.fixture
def own_environment(key_pair: tuple[str, str]) -> Iterator[Environment]:
    """An environment for tests after which nobody could sign in."""
    environment = Environment(*key_pair)
    try:
        yield environment.start()
    finally:
        environment.remove()


def sign_in(tab: Page, environment: Environment, password: str = PASSWORD) -> None:
    """Fill the form in and send it."""
    tab.goto(environment.viewer_url + "/")
    tab.fill("[name=username]", USERNAME)
    tab.fill("[name=password]", password)
    tab.click("button")


def try_to_sign_in(http: requests.Session, environment: Environment, **form: str) -> requests.Response:
    """The form, sent without a browser."""
    data = {"username": USERNAME, "password": PASSWORD} | form
    return http.post(f"{environment.viewer_url}/login", data=data, allow_redirects=False, timeout=20)


def canvas_colour(tab: Page, x: int, y: int) -> list[int]:
    """The colour of a desktop pixel as the browser shows it."""
    script = (
        "([x, y]) => Array.from("
        "document.querySelector('canvas').getContext('2d').getImageData(x, y, 1, 1).data)"
    )
    return tab.evaluate(script, [x, y])[:3]  # type: ignore[no-any-return]


def test_wrong_password_is_refused(tab: Page, environment: Environment) -> None:
    sign_in(tab, environment, "wrong")
    expect(tab.locator("[role=alert]")).to_have_text("Wrong user name or password.")
    tab.goto(environment.viewer_url + "/")
    assert tab.url.endswith("/login")


def test_right_password_shows_the_desktop(tab: Page, environment: Environment) -> None:
    sign_in(tab, environment)
    expect(tab.locator("body[data-connected=control]")).to_be_visible()
    wait_until(lambda: canvas_colour(tab, 500, 100) == list(BACKGROUND), 10)
    environment.launch("xterm -geometry 80x24+100+100 -bg '#ff0000'")
    wait_until(lambda: canvas_colour(tab, 500, 400) == [255, 0, 0], 10)


def test_typing_arrives_and_pauses_the_agent_until_the_person_rests(
    tab: Page, environment: Environment, terminal: Terminal
) -> None:
    sign_in(tab, environment)
    expect(tab.locator("body[data-connected=control]")).to_be_visible()
    environment.act("mouse_move", coordinate=[5, 5])
    tab.keyboard.type("hello from a person")
    began = time.monotonic()
    response = environment.post(
        {"tool": "computer", "input": {"action": "mouse_move", "coordinate": [600, 600]}}
    )
    assert response.status_code == 200
    result = response.json()
    assert result["error"].startswith("paused: ")
    assert result["paused"] is True
    assert terminal.typed(19) == "hello from a person"
    assert environment.act("cursor_position")["output"] == "X=5,Y=5", "nothing was sent"
    assert environment.act("screenshot")["base64_image"], "looking still works"
    assert environment.act("zoom", region=[0, 0, 10, 10])["base64_image"]
    wait_until(lambda: not _is_paused(environment), HUMAN_PAUSE_SECONDS + 5)
    assert time.monotonic() - began >= HUMAN_PAUSE_SECONDS - 0.5
    assert environment.act("cursor_position")["output"] == "X=600,Y=600"


@pytest.mark.parametrize(
    "tool_input",
    [
        {"action": "left_click"},
        {"action": "type", "text": "x"},
        {"action": "key", "text": "x"},
        {"action": "hold_key", "text": "x", "duration": 1},
        {"action": "scroll", "scroll_direction": "up", "scroll_amount": 1},
        {"action": "left_mouse_down"},
        {"action": "left_click_drag", "coordinate": [1, 1]},
    ],
    ids=lambda value: value["action"],
)
def test_every_input_action_pauses(tab: Page, environment: Environment, tool_input: dict[str, Any]) -> None:
    sign_in(tab, environment)
    expect(tab.locator("body[data-connected=control]")).to_be_visible()
    tab.mouse.move(300, 300)
    tab.mouse.move(310, 310)
    wait_until(lambda: _is_paused(environment), 5)
    assert environment.execute("computer", **tool_input)["paused"] is True
    assert environment.bash("echo on")["output"] == "on"


def test_person_stops_an_action_that_is_under_way(
    tab: Page, environment: Environment, terminal: Terminal
) -> None:
    sign_in(tab, environment)
    expect(tab.locator("body[data-connected=control]")).to_be_visible()
    results: list[dict[str, Any]] = []
    holder = threading.Thread(
        target=lambda: results.append(
            environment.execute("computer", action="hold_key", text="h", duration=30)
        )
    )
    holder.start()
    wait_until(lambda: len(terminal.typed(1)) >= 1, 10)
    tab.mouse.move(300, 300)
    tab.mouse.move(320, 320)
    holder.join(10)
    assert results[0]["paused"] is True
    typed = len(terminal.typed(1))
    time.sleep(0.5)
    assert len(terminal.typed(1)) == typed, "the key was let go"


def test_view_only_sends_nothing_and_pauses_nobody(
    tab: Page, environment: Environment, terminal: Terminal
) -> None:
    sign_in(tab, environment)
    tab.click("text=View only")
    expect(tab.locator("body[data-connected=view]")).to_be_visible()
    wait_until(lambda: canvas_colour(tab, 500, 400) == [255, 0, 0], 10)
    wait_until(lambda: not _is_paused(environment), HUMAN_PAUSE_SECONDS + 5)
    tab.keyboard.type("nothing")
    tab.mouse.click(300, 300)
    environment.act("type", text="agent")
    assert terminal.typed(5) == "agent"


def test_view_only_holds_on_the_server(
    http: requests.Session, environment: Environment, terminal: Terminal
) -> None:
    cookie = try_to_sign_in(http, environment).cookies[COOKIE]
    with web_socket(environment, cookie, "view") as connection:
        connection.sendall(frame(b"RFB 003.008\n") + frame(b"\x01") + frame(b"\x01"))
        connection.sendall(frame(b"\x04\x01\0\0\0\0\0v" + b"\x04\0\0\0\0\0\0v" + b"\x05\x01\0\x0a\0\x0a"))
        time.sleep(0.5)
    position = environment.act("cursor_position")["output"]
    assert position != "X=10,Y=10"
    environment.act("type", text="agent")
    assert terminal.typed(5) == "agent"


def test_viewer_reconnects_after_the_display_died(tab: Page, environment: Environment) -> None:
    sign_in(tab, environment)
    expect(tab.locator("body[data-connected=control]")).to_be_visible()
    os.kill(environment.service_process("Xtigervnc"), signal.SIGKILL)
    expect(tab.locator("body:not([data-connected])")).to_be_visible()
    expect(tab.locator("body[data-connected=control]")).to_be_visible(timeout=15_000)


def test_session_outlives_a_restart_of_the_viewer(http: requests.Session, environment: Environment) -> None:
    cookie = {"Cookie": f"{COOKIE}={try_to_sign_in(http, environment).cookies[COOKIE]}"}
    os.kill(environment.service_process("desktop_control.viewer"), signal.SIGKILL)
    assert (
        http.get(environment.viewer_url + "/", headers=cookie, allow_redirects=False, timeout=10).status_code
        == 200
    )


def test_signing_out_ends_the_session_on_the_server(
    tab: Page, http: requests.Session, environment: Environment
) -> None:
    sign_in(tab, environment)
    expect(tab.locator("body[data-connected=control]")).to_be_visible()
    (cookie,) = [cookie for cookie in tab.context.cookies() if cookie["name"] == COOKIE]
    tab.click("text=Sign out")
    expect(tab.locator("[name=password]")).to_be_visible()
    headers = {"Cookie": f"{COOKIE}={cookie['value']}"}
    response = http.get(environment.viewer_url + "/", headers=headers, allow_redirects=False, timeout=5)
    assert (response.status_code, response.headers["Location"]) == (303, "/login")


def test_cookie_is_out_of_reach(http: requests.Session, environment: Environment) -> None:
    header = try_to_sign_in(http, environment).headers["Set-Cookie"]
    for part in (f"{COOKIE}=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in header
    assert "Domain" not in header


@pytest.mark.parametrize(
    "path", ["/desktop.js", "/websocket", "/novnc/core/rfb.js", "/novnc/core/../../src/x", "/etc/passwd"]
)
@pytest.mark.parametrize("cookie", [None, "forged", "../../control-token.sha256", ""])
def test_without_a_session_there_is_nothing(
    http: requests.Session, environment: Environment, path: str, cookie: str | None
) -> None:
    headers = {} if cookie is None else {"Cookie": f"{COOKIE}={cookie}"}
    headers["Origin"] = environment.viewer_url
    assert (
        http.get(environment.viewer_url + path, headers=headers, allow_redirects=False, timeout=5).status_code
        == 401
    )


@pytest.mark.parametrize("query", ["?authenticated=true", "?token=x", "?password=x"])
def test_nothing_in_the_address_signs_in(
    http: requests.Session, environment: Environment, query: str
) -> None:
    response = http.get(environment.viewer_url + "/" + query, allow_redirects=False, timeout=5)
    assert response.status_code == 303


def test_other_sites_cannot_use_the_session(http: requests.Session, environment: Environment) -> None:
    cookie = try_to_sign_in(http, environment).cookies[COOKIE]
    headers = {"Cookie": f"{COOKIE}={cookie}", "Origin": "https://evil.example"}
    assert http.get(f"{environment.viewer_url}/websocket", headers=headers, timeout=5).status_code == 403
    assert http.post(f"{environment.viewer_url}/logout", headers=headers, timeout=5).status_code == 403
    del headers["Origin"]
    assert http.get(f"{environment.viewer_url}/websocket", headers=headers, timeout=5).status_code == 403


def test_pages_cannot_be_framed_or_sniffed(http: requests.Session, environment: Environment) -> None:
    headers = http.get(f"{environment.viewer_url}/login", timeout=5).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"]


def test_guessing_gets_slower(http: requests.Session, own_environment: Environment) -> None:
    answers = [
        try_to_sign_in(http, own_environment, password=f"guess {number}").status_code for number in range(6)
    ]
    assert answers[:5] == [401] * 5
    assert answers[5] == 429
    refused = try_to_sign_in(http, own_environment)
    assert refused.status_code == 429, "also with the right password"
    assert int(refused.headers["Retry-After"]) >= 1
    wait_until(lambda: try_to_sign_in(http, own_environment).status_code == 303, 10)


@pytest.mark.parametrize(
    "form", [{"password": "x" * 10_000}, {"password": ""}, {"username": "root"}, {"password": PASSWORD[:8]}]
)
def test_odd_logins_are_refused(
    http: requests.Session, own_environment: Environment, form: dict[str, str]
) -> None:
    assert try_to_sign_in(http, own_environment, **form).status_code == 401


def test_huge_form_is_refused(http: requests.Session, environment: Environment) -> None:
    assert try_to_sign_in(http, environment, password="x" * 1_000_000).status_code == 413


def test_plain_http_is_not_spoken(environment: Environment) -> None:
    with socket.create_connection(("127.0.0.1", environment.viewer_port), 5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"HTTP" not in connection.recv(1000)


def test_certificate_is_the_given_one_and_old_tls_is_refused(environment: Environment) -> None:
    shown = ssl.get_server_certificate(("127.0.0.1", environment.viewer_port))
    assert shown.strip() == environment.variables["TLS_CERTIFICATE"].strip()
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", environment.viewer_port), 5) as plain,
        pytest.raises(ssl.SSLError),
    ):
        old.wrap_socket(plain)


def test_vnc_listens_on_no_port(environment: Environment) -> None:
    server = environment.service_process("Xtigervnc")
    sockets = environment.bash(f"ls -l /proc/{server}/fd | grep -o 'socket:.[0-9]*' | tr -dc '0-9\\n'")[
        "output"
    ].split()
    listening = environment.bash("cat /proc/net/tcp /proc/net/tcp6")["output"]
    assert not [inode for inode in sockets if f" {inode} " in listening]


def web_socket(environment: Environment, cookie: str, mode: str) -> ssl.SSLSocket:
    """An open WebSocket by hand, so that nothing but the server decides what may pass."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = context.wrap_socket(socket.create_connection(("127.0.0.1", environment.viewer_port), 5))
    lines = [
        f"GET /websocket?mode={mode} HTTP/1.1",
        f"Host: 127.0.0.1:{environment.viewer_port}",
        f"Origin: {environment.viewer_url}",
        f"Cookie: {COOKIE}={cookie}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: binary",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    assert b"101 Switching Protocols" in connection.recv(4096)
    return connection


def frame(payload: bytes) -> bytes:
    """A masked binary WebSocket frame of fewer than 126 bytes; the mask is zero."""
    return bytes([0x82, 0x80 | len(payload), 0, 0, 0, 0]) + payload


def _is_paused(environment: Environment) -> bool:
    return "paused" in environment.execute("computer", action="mouse_move", coordinate=[600, 600])
