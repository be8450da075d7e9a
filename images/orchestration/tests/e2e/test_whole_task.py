"""A person, a browser, the console as the image starts it, the real desktop, and a scripted model."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from console_process import CONTROL_TOKEN, PASSWORD, ConsoleProcess, certificate
from desktop_process import DesktopProcess
from fake_claude.script import calls, member, says, text, thinking, tool
from fake_claude.server import FakeClaude
from orchestration.record.verify import verify
from person import Person, chromium
from rig import API_KEY, fake

GREETING = "/tmp/greeting-from-the-model"
OPEN_TERMINAL = (
    "setsid xterm -geometry 80x20+150+150 >/dev/null 2>&1 & "
    "until xwininfo -name xterm >/dev/null 2>&1; do sleep 0.1; done; sleep 0.5"
)
SCRIPT = (
    calls(
        thinking("A terminal will do."),
        text("I open a terminal."),
        tool("t1", "bash", command=OPEN_TERMINAL),
        seconds=0.02,
    ),
    calls(member("t2", "screenshot")),
    calls(
        text("Now I type the greeting."),
        member("t3", "left_click", coordinate=[300, 250]),
        member("t4", "type", text=f"echo hello > {GREETING}"),
        member("t5", "key", text="Return"),
    ),
    says("The greeting **is written**.", seconds=0.05),
    calls(text("This takes a while."), tool("t6", "bash", command="sleep 60")),
    says("I go on where I was stopped."),
    calls(member("t7", "left_click", coordinate=[10, 10])),
    says("Then I leave it."),
    calls(member("t8", "left_click", coordinate=[20, 20])),
    says("Nobody was there."),
)


@dataclass(slots=True)
class World:
    """Everything that runs."""

    console: ConsoleProcess
    desktop: DesktopProcess
    claude: FakeClaude
    browser: Browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One of each for the file; the tests are one story and run in order."""
    data = tmp_path_factory.mktemp("e2e") / "data"
    with fake(*SCRIPT) as claude, DesktopProcess() as desktop:
        urls = {"ANTHROPIC_BASE_URL": claude.url, "VIEWER_URL": f"https://localhost:{desktop.viewer_port}/"}
        with ConsoleProcess(data, desktop.url, urls) as console, chromium() as browser:
            yield World(console, desktop, claude, browser)


@pytest.fixture(scope="module")
def driver(world: World) -> Iterator[Person]:
    """The person who drives."""
    person = Person(world.browser, world.console.url)
    yield person
    person.close()


def test_a_person_signs_in_consents_asks_approves_and_sees_what_the_model_did(
    world: World, driver: Person
) -> None:
    driver.sign_in(password="not the password")
    driver.sees("User name or password is wrong.")
    driver.sign_in()
    driver.agree()
    driver.enter_api_key(API_KEY)
    driver.ask("Please write a greeting.")
    driver.decide("run a shell command")
    driver.decide("left click at (300, 250)")
    driver.decide("type")
    driver.decide("key")
    driver.sees("Finished")
    expect(driver.page.get_by_text("is written")).to_be_visible()
    assert world.desktop.execute("bash", command=f"cat {GREETING}")["output"] == "hello"
    assert world.claude.refused == []


def test_the_screenshots_on_the_page_are_the_desktops(world: World, driver: Person) -> None:
    images = driver.page.locator('img[src^="/screens/"]')
    assert images.count() == 2
    images.last.scroll_into_view_if_needed()
    driver.page.wait_for_function(
        "() => [...document.querySelectorAll('img[src^=\"/screens/\"]')].at(-1).naturalWidth === 1024"
    )
    source = images.last.get_attribute("src")
    response = driver.page.request.get(world.console.url.rstrip("/") + str(source))
    shown = Image.open(io.BytesIO(response.body())).convert("RGB")
    assert shown.size == (1024, 768)
    # The terminal's paper is white where the model opened it, and the typed line has put ink on it.
    terminal = shown.crop((160, 180, 600, 240))
    colours = terminal.getcolors(100_000) or []
    assert {colour for _, colour in colours} >= {(255, 255, 255)} and len(colours) > 1


def test_stop_works_in_the_middle_of_an_action(world: World, driver: Person) -> None:
    driver.ask("Now wait a minute.")
    driver.decide("run a shell command")
    driver.sees("Acting: bash: bash")
    began = time.monotonic()
    driver.page.get_by_role("button", name="Stop", exact=True).click()
    driver.sees("Stopped by computeruse.")
    assert time.monotonic() - began < 20
    driver.sees("interrupted")


def test_a_reload_finds_the_conversation_and_it_goes_on(world: World, driver: Person) -> None:
    driver.page.reload()
    driver.sees("Please write a greeting.")
    driver.sees("Stopped by computeruse.")
    driver.page.get_by_role("button", name="Continue").click()
    driver.sees("I go on where I was stopped.")
    assert world.claude.refused == []


def test_a_second_browser_watches_and_cannot_act(world: World, driver: Person) -> None:
    watcher = Person(world.browser, world.console.url)
    try:
        watcher.sign_in()
        watcher.agree()
        watcher.sees("Read-only: computeruse is driving.")
        watcher.sees("Please write a greeting.")
        expect(watcher.page.get_by_placeholder("You are watching")).to_be_disabled()
        expect(watcher.page.get_by_role("button", name="Apply")).to_be_disabled()
        expect(watcher.page.get_by_role("button", name="Take control")).to_be_disabled()
        driver.ask("Click the corner.")
        watcher.sees("Approve this action?")
        expect(watcher.page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
        expect(watcher.page.get_by_role("button", name="Stop", exact=True)).to_be_disabled()
        driver.decide("left click at (10, 10)", "Decline")
        watcher.sees("Not approved (declined) by computeruse")
        driver.sees("Then I leave it.")
        driver.page.get_by_role("button", name="Hand over control").click()
        driver.sees("Nobody is driving.")
        watcher.page.reload()
        watcher.page.get_by_role("button", name="Take control").click()
        watcher.sees("Hand over control")
        expect(watcher.page.get_by_placeholder("What should be done?")).to_be_enabled()
        driver.page.reload()
        driver.sees("Read-only: computeruse is driving.")
    finally:
        watcher.page.get_by_role("button", name="Sign out").click()
        watcher.close()
    driver.page.reload()
    driver.page.get_by_role("button", name="Take control").click()
    driver.sees("Hand over control")


def test_a_second_tab_is_the_same_session_and_signs_out_with_it(world: World) -> None:
    person = Person(world.browser, world.console.url)
    person.sign_in()
    person.agree()
    tab = person.page.context.new_page()
    tab.goto(world.console.url)
    expect(tab.get_by_test_id("stChatInput")).to_be_visible()
    person.page.get_by_role("button", name="Sign out").click()
    expect(person.page.get_by_label("Password")).to_be_visible()
    # The other tab leaves for the login page by itself.
    expect(tab.get_by_label("Password")).to_be_visible()
    person.close()


def test_the_exchange_log_shows_requests_responses_and_no_secret(world: World, driver: Person) -> None:
    driver.go_to("HTTP exchanges", driver.page.locator("summary").filter(has_text="Model").first)
    driver.page.locator("summary").filter(has_text="Model").first.click()
    driver.sees("anthropic-version")
    driver.sees("[redacted]")
    content = driver.page.content()
    assert "claude-sonnet-5-5" in content and API_KEY not in content and CONTROL_TOKEN not in content


def test_the_record_page_replays_and_verifies(world: World, driver: Person) -> None:
    verify = driver.page.get_by_role("button", name="Verify the whole record")
    driver.go_to("Record", verify)
    verify.click()
    driver.sees("Whole:")
    for _ in range(4):
        driver.page.get_by_role("button", name="chevron_right").click()
        time.sleep(0.5)
    driver.sees("prompt")


def test_settings_are_kept_and_an_unknown_model_is_charged_at_the_dearest_price(
    world: World, driver: Person
) -> None:
    driver.go_to("Chat", driver.page.get_by_test_id("stChatInput"))
    model = driver.page.get_by_role("combobox", name="Model")
    model.click()
    model.fill("claude-from-the-future")
    model.press("Enter")
    driver.page.get_by_role("button", name="Apply").click()
    driver.sees("In use: claude-from-the-future with computer_toolset_20260801.")
    driver.sees("charged at the dearest one")
    driver.page.get_by_role("textbox", name="Addition to the system prompt").fill("Answer in one sentence.")
    model.click()
    model.fill("claude-opus-5-5")
    model.press("Enter")
    driver.page.get_by_role("button", name="Apply").click()
    driver.sees("In use: claude-opus-5-5 with computer_toolset_20260801.")


def test_a_browser_that_is_closed_while_it_is_asked_means_no(world: World, driver: Person) -> None:
    driver.ask("Click once more.")
    driver.sees("Approve this action?")
    driver.page.goto("about:blank")
    end = time.monotonic() + 120
    while not closed_answers(world):
        assert time.monotonic() < end
        time.sleep(0.5)
    driver.page.goto(world.console.url)
    driver.sees("Nobody was there.")


def closed_answers(world: World) -> list[dict[str, Any]]:
    """The decisions that came of a closed browser."""
    return [
        line
        for line in world.console.lines()
        if line.get("kind") == "approval" and line["data"]["reason"] == "browser_closed"
    ]


def test_a_restart_of_the_process_resumes_conversation_and_settings(world: World, driver: Person) -> None:
    world.console.kill("console")
    time.sleep(0.5)
    world.console.wait_until_healthy()
    driver.sign_in()
    driver.agree()
    driver.sees("Please write a greeting.")
    driver.sees("In use: claude-opus-5-5")
    driver.sees("No key is set")


def test_a_death_of_nginx_is_mended(world: World) -> None:
    world.console.kill("nginx")
    time.sleep(0.5)
    world.console.wait_until_healthy()


def test_hidden_screenshots_are_not_on_the_page(world: World, driver: Person) -> None:
    driver.page.get_by_text("Hide screenshots").click()
    driver.sees("screenshot hidden")
    expect(driver.page.locator('img[src^="/screens/"]')).to_have_count(0)


def test_a_new_conversation_starts_empty_and_the_old_one_stays_in_the_record(
    world: World, driver: Person
) -> None:
    driver.page.get_by_role("button", name="New conversation").click()
    driver.page.get_by_role("button", name="Begin a new one").click()
    driver.sees("What should be done on the desktop?")
    assert "Please write a greeting." in (world.console.data / "events.jsonl").read_text()


def test_no_page_asked_for_anything_from_elsewhere(driver: Person) -> None:
    assert [error for error in driver.errors if "Content Security Policy" in error] == []
    assert [
        error for error in driver.errors if error.startswith("failed: ") and "localhost" not in error
    ] == []


def test_no_secret_is_in_the_record_the_log_or_the_page(world: World, driver: Person) -> None:
    private_key_line = certificate()[1].splitlines()[1]
    secrets = {"API key": API_KEY, "password": PASSWORD, "token": CONTROL_TOKEN, "TLS key": private_key_line}
    places: dict[str, bytes] = {
        "log": world.console.output.read_bytes(),
        "page": driver.page.content().encode(),
    }
    for path in sorted(world.console.data.rglob("*")):
        if path.is_file():
            places[path.name] = path.read_bytes()
    assert {"events.jsonl", "log", "page"} <= set(places)
    for name, secret in secrets.items():
        for place, content in places.items():
            assert secret.encode() not in content, f"{name} in {place}"


def test_the_record_is_whole_and_the_log_anchors_it(world: World) -> None:
    world.console.stop()
    verdict = verify(world.console.data, world.console.output.read_text().splitlines())
    assert verdict.problems == [] and verdict.anchors == verdict.events
    kinds = {line["kind"] for line in world.console.lines() if line.get("source") == "record"}
    assert kinds >= {
        "signed_in",
        "sign_in_refused",
        "signed_out",
        "consent",
        "driver_changed",
        "settings_changed",
        "api_key_set",
        "prompt",
        "answer",
        "approval_asked",
        "approval",
        "action",
        "result",
        "task_ended",
        "stopped",
    }
    assert not any(Path(world.console.data.parent).glob("console-*"))
