"""`python -m demo.stage.visitor URL`: a person in headless Chromium, told what to do line by line.

A line of standard input is `{"do": METHOD, "with": {…}}`, where METHOD is one of `Visitor`'s. The answer is a
line too: `{"done": what it returned}`, or `{"failed": why}`. It ends with its input, and the browser with it.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from person import Person, chromium
from playwright.sync_api import expect

# How the console names a task's end; see orchestration/console/cards.py.
_ENDINGS = re.compile(
    "Finished|Stopped|Out of budget|Interrupted|The model failed|The desktop failed|Too long|"
    "Declined by the model|Cut off"
)
_IS_SHOWN = "image => image.complete && image.naturalWidth > 0"


class Visitor(Person):
    """A person at the console, who may look at the desktop's viewer too."""

    def open(self) -> str:
        """The page's title, without signing in."""
        self.page.goto(self._url)
        return self.page.title()

    def drive(self) -> None:
        """Check that this person has control: another person would have to hand it over first."""
        expect(self.page.get_by_role("button", name="Hand over control")).to_be_visible()

    def begin_anew(self) -> None:
        """Leave the earlier conversation."""
        self.page.get_by_role("button", name="New conversation").click()
        self.page.get_by_role("button", name="Begin a new one").click()
        self.sees("What should be done on the desktop?")

    def approve_everything(self) -> dict[str, Any]:
        """Approve every action until the task ends. Returns how it ended and how many were approved."""
        yes = self.page.locator("[class*='st-key-yes-']")
        ended = self.page.get_by_test_id("stAlert").filter(has_text=_ENDINGS)
        approved = 0
        while True:
            expect(yes.or_(ended).first).to_be_visible()
            if ended.count():
                return {"ending": ended.last.inner_text(), "approved": approved}
            key = re.search(r"st-key-yes-\S+", yes.first.get_attribute("class") or "")
            assert key is not None
            button = self.page.locator(f".{key[0]}")
            button.get_by_role("button").click()
            expect(button).to_be_hidden()
            approved += 1

    def press(self, name: str) -> None:
        """Click a button of the page."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def picture(self, path: str) -> None:
        """The page, with the desktop's last screenshot in view, as PNG."""
        self.page.set_viewport_size({"width": 1400, "height": 1200})
        image = self.page.locator('img[src^="/screens/"]').last
        image.evaluate("image => image.scrollIntoView({block: 'center'})")
        self.page.wait_for_function(_IS_SHOWN, arg=image.element_handle())
        self.page.screenshot(path=path)

    def viewer(self, url: str, username: str, password: str, path: str) -> int:
        """The desktop in its viewer, in another tab: how many colours it has. Its picture goes to a file."""
        tab = self.page.context.new_page()
        try:
            tab.goto(url)
            tab.fill("[name=username]", username)
            tab.fill("[name=password]", password)
            tab.click("button")
            tab.wait_for_function(f"() => ({_COLOURS})() > 1")
            tab.screenshot(path=path)
            return int(tab.evaluate(_COLOURS))
        finally:
            tab.close()

    def sign_out(self) -> None:
        """Sign out, so that another person can take control."""
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_label("Password")).to_be_visible()


_COLOURS = """
() => {
  const canvas = document.querySelector('canvas')
  if (!canvas || !canvas.width) return 0
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
  return new Set(new Uint32Array(pixels.buffer)).size
}
"""


def main(url: str) -> None:
    with chromium() as browser:
        visitor = Visitor(browser, url)
        for line in sys.stdin:
            told = json.loads(line)
            try:
                answer = {"done": getattr(visitor, told["do"])(**told["with"])}
            except Exception as error:
                visitor.page.screenshot(path=told["failure"])
                answer = {"failed": str(error)}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
