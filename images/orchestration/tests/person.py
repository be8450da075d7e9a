"""A person at the console in headless Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, expect, sync_playwright

from console_process import PASSWORD, USERNAME

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)  # also where a test says nothing: the machine may be slow


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """One browser with its own cookies, for the console at `url`. `errors` are its complaints."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._context = browser.new_context(
            ignore_https_errors=True, viewport={"width": 1400, "height": 1000}
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self._url = url
        self.page = self._context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("requestfailed", lambda request: self._note("error", f"failed: {request.url}"))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.errors.append(text)

    def sign_in(self, username: str = USERNAME, password: str = PASSWORD) -> None:
        """Open the console and log in."""
        self.page.goto(self._url)
        self.page.fill("#username", username)
        self.page.fill("#password", password)
        self.page.get_by_role("button", name="Sign in").click()

    def agree(self) -> None:
        """Read the notice, agree, start."""
        expect(self.page.get_by_text("Before you start")).to_be_visible()
        self.page.get_by_text("I have read this").click()
        self.page.get_by_role("button", name="Start", exact=True).click()
        expect(self.page.get_by_test_id("stChatInput")).to_be_visible()

    def enter_api_key(self, key: str) -> None:
        """Set a key in the sidebar."""
        self.page.get_by_label("New key").fill(key)
        self.page.get_by_role("button", name="Use this key").click()
        self.sees("A key is set.")

    def go_to(self, name: str, shows: Locator) -> None:
        """Open one of the pages, which shows an element that no other has.

        Streamlit forgets a click on a link while it draws the page again because of another click, so this
        clicks again, as a person would.
        """
        link = self.page.get_by_role("link", name=name, exact=True)
        for _ in range(5):
            link.click()
            try:
                expect(shows).to_be_visible(timeout=PATIENCE_MS / 5)
                return
            except AssertionError:
                continue
        expect(shows).to_be_visible()

    def ask(self, prompt: str) -> None:
        """Send a prompt."""
        box = self.page.get_by_placeholder("What should be done?")
        expect(box).to_be_enabled()
        box.fill(prompt)
        box.press("Enter")

    def decide(self, title: str, word: str = "Approve") -> None:
        """Answer the question about one action, once its buttons are there."""
        question = self.page.locator(".st-key-approval").filter(has_text=title)
        expect(question).to_be_visible()
        question.get_by_role("button", name=word).click()
        expect(question).to_be_hidden()

    def sees(self, text: str) -> None:
        """Fails unless the text comes into view of the page."""
        expect(self.page.get_by_text(text).filter(visible=True).last).to_be_visible()

    def close(self) -> None:
        """Close the browser window and forget its cookies."""
        self._context.close()
