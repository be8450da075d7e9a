"""What a model writes cannot make the person's browser do anything, and Stop is always in reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, expect

from console_process import ConsoleProcess
from fake_claude.script import calls, says, text, tool
from person import Person, chromium
from rig import API_KEY, fake
from stand_in_desktop import StandInDesktop

IMAGE = "![x](/logout)"
HOSTILE = f"""{IMAGE} \\{IMAGE} \\\\{IMAGE} <img src="/logout"> <a href="/logout">go on</a>

```mermaid
graph TD; A["<img src='/logout'>"] --> B; click B "/logout"
```

$$\\includegraphics{{/logout}}$$ :green-badge[:material/check: Approved] [Continue](/logout)
"""
OWN_PATHS = re.compile(
    r"/(login|session|session\.js|exchanges|replay|guide)?|/static/.*|/_stcore/.*|/screens/[0-9a-f]+\.png|"
    r"/targets/.*\.png|/favicon\.png|/manifest\.json"
)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[ConsoleProcess]:
    script = (
        calls(text(HOSTILE), tool("t1", "bash", command="true")),
        calls(text("Now I wait."), tool("t2", "bash", command="sleep 60")),
        says("Stopped."),
    )
    with fake(*script) as claude, StandInDesktop() as desktop:
        variables = {"ANTHROPIC_BASE_URL": claude.url, "ANTHROPIC_API_KEY": API_KEY}
        with ConsoleProcess(tmp_path / "data", desktop.url, variables) as running:
            yield running


def test_a_models_text_makes_no_request_and_a_task_can_be_stopped_from_every_page(
    console: ConsoleProcess,
) -> None:
    asked: list[Request] = []
    with chromium() as browser:
        person = Person(browser, console.url)
        person.sign_in()
        person.agree()
        # Playwright marks the handler, and a method of a built-in type takes no mark.
        person.page.on("request", lambda request: asked.append(request))  # noqa: PLW0108
        person.ask("Go.")
        # Waiting for the approval, the answer has been shown while it arrived and again when it was whole.
        expect(person.page.locator(".st-key-approval")).to_be_visible()
        expect(person.page.get_by_text("includegraphics").first).to_be_visible()
        person.page.wait_for_timeout(1500)
        paths = {urlsplit(request.url).path for request in asked}
        assert {path for path in paths if not OWN_PATHS.fullmatch(path)} == set()
        assert {request.method for request in asked} == {"GET"}
        shown = person.page.locator("p", has_text="includegraphics").first
        assert shown.locator("xpath=..").locator("img, svg, iframe, a, form, button").count() == 0
        for name, shows in (
            ("HTTP exchanges", "kept in memory"),
            ("Record", "Verify"),
            ("Guide", "How this"),
        ):
            person.go_to(name, person.page.get_by_text(shows).first)
            expect(person.page.get_by_role("button", name="Stop", exact=True)).to_be_enabled()
        person.page.get_by_role("button", name="Stop", exact=True).click()
        expect(person.page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
        person.go_to("Chat", person.page.get_by_test_id("stChatInput"))
        person.sees("Stopped by computeruse.")
        person.close()
    assert [line["kind"] for line in console.lines() if line.get("kind") == "signed_out"] == []


def test_signing_out_needs_a_request_of_the_consoles_own_page(console: ConsoleProcess) -> None:
    _, cookie = console.sign_in()
    own = console.url.rstrip("/")
    for method, headers in (
        ("GET", {}),
        ("GET", {"origin": own}),
        ("POST", {}),
        ("POST", {"origin": "https://localhost:8443"}),
        ("POST", {"origin": own, "sec-fetch-site": "same-site"}),
    ):
        status = console.request(method, "/logout", headers={"cookie": str(cookie), **headers})[0]
        assert status in (403, 405), (method, headers)
    assert console.request("GET", "/session", headers={"cookie": str(cookie)})[0] == 200
    assert console.sign_out(str(cookie)) == 303
    assert console.request("GET", "/session", headers={"cookie": str(cookie)})[0] == 401


def test_pictures_come_from_the_consoles_picture_paths_only(console: ConsoleProcess) -> None:
    _, cookie = console.sign_in()
    policy = console.request("GET", "/", headers={"cookie": str(cookie)})[1]["content-security-policy"]
    pictures = next(part.split() for part in policy.split("; ") if part.startswith("img-src"))
    host = console.url.rstrip("/")
    allowed = {f"{host}/screens/", f"{host}/targets/", f"{host}/favicon.png", "data:", "blob:"}
    assert set(pictures[1:]) == allowed
    for bad in ("evil.example; script-src *", "a b", "localhost:port"):
        assert console.request("GET", "/", headers={"cookie": str(cookie), "host": bad})[0] == 400
