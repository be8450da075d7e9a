"""What the approver sees in a real browser: length first, the whole input, the buttons always in reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from console_process import CONTROL_TOKEN, ConsoleProcess
from fake_claude.script import calls, says, tool
from orchestration.agent.approval import LONGEST_APPROVABLE
from person import Person, chromium
from rig import API_KEY, fake
from stand_in_desktop import TOKEN, StandInDesktop

# As long as one may be, with what matters at its end.
LONG = "true " + "#" * (LONGEST_APPROVABLE - 100) + "\nrm -rf ~/everything"


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    script = (calls(tool("t1", "bash", command=LONG)), says("Then I leave it."))
    with fake(*script) as claude, StandInDesktop() as desktop:
        variables = {"ANTHROPIC_BASE_URL": claude.url, "ANTHROPIC_API_KEY": API_KEY}
        with ConsoleProcess(tmp_path / "data", desktop.url, variables) as console, chromium() as browser:
            person = Person(browser, console.url)
            yield person
            person.close()
    assert desktop.executed == []


def in_sight(element: Locator) -> bool:
    """Whether the whole element lies in the window and nothing covers its middle."""
    return bool(
        element.evaluate(
            """element => {
                const box = element.getBoundingClientRect();
                const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return box.top >= 0 && box.bottom <= innerHeight && element.contains(middle);
            }"""
        )
    )


def test_a_long_input_hides_neither_its_length_nor_the_buttons_nor_its_own_end(person: Person) -> None:
    assert TOKEN == CONTROL_TOKEN
    person.sign_in()
    person.agree()
    person.ask("Go.")
    person.sees("Approve this action?")
    page = person.page
    approve = page.get_by_role("button", name="Approve", exact=True)
    decline = page.get_by_role("button", name="Decline", exact=True)
    length = page.get_by_text("characters, all of them shown below")
    code = page.locator(".st-key-approval").get_by_test_id("stCode")
    expect(code).to_contain_text("rm -rf ~/everything")
    shown = len(code.inner_text())
    assert shown > len(LONG) and f"{LONGEST_APPROVABLE - 500:,}"[0] in length.inner_text()
    for where in ("start", "end"):
        code.evaluate(f"element => element.scrollIntoView({{block: '{where}', behavior: 'instant'}})")
        page.wait_for_timeout(300)
        assert in_sight(approve) and in_sight(decline) and in_sight(length), where
    # Nothing of it is in a box of its own that would have to be scrolled.
    assert code.evaluate(
        """element => [element, ...element.querySelectorAll('*')].every(
            one => one.scrollHeight <= one.clientHeight + 2 || getComputedStyle(one).overflowY === 'visible'
        )"""
    )
    decline.click()
    person.sees("Then I leave it.")
