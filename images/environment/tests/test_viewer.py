"""The viewer, as a person in a browser finds it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from running import HUMAN_PAUSE_SECONDS, Environment, wait_until
from terminal import Terminal
from viewer_client import COOKIE, canvas_colour, sign_in

FLAGS = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    *["--disable-component-update", "--disable-sync"],
]
BACKGROUND = (46, 52, 64)
expect.set_options(timeout=60_000)  # the machine may be slow


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


def test_viewer_reconnects_after_the_display_died(tab: Page, environment: Environment) -> None:
    sign_in(tab, environment)
    expect(tab.locator("body[data-connected=control]")).to_be_visible()
    os.kill(environment.service_process("Xtigervnc"), signal.SIGKILL)
    expect(tab.locator("body:not([data-connected])")).to_be_visible()
    expect(tab.locator("body[data-connected=control]")).to_be_visible()


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


def _is_paused(environment: Environment) -> bool:
    return "paused" in environment.execute("computer", action="mouse_move", coordinate=[600, 600])
