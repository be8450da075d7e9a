"""What the loop costs beyond model and tools, what it sends, how fast the page is, and how much memory it
takes.

Prints tables; the model is the fake over HTTP and the desktop a stand-in with pictures of a real desktop's
size.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from PIL import Image
from playwright.sync_api import expect

import replaced_loop
from console_process import ConsoleProcess
from fake_claude.script import Step, calls, member, says, text, tool
from fake_claude.server import FakeClaude
from orchestration.agent import context, model_table
from orchestration.agent.models import Usage
from orchestration.agent.settings import TaskSettings
from orchestration.agent.system_prompt import system_prompt
from orchestration.agent.tool_versions import TOOL_VERSIONS
from orchestration.record.journal import Journal
from orchestration.record.redaction import Redactor
from person import Person, chromium
from rig import API_KEY, SETTINGS, Rig, fake
from stand_in_desktop import HEIGHT, TOKEN, WIDTH, StandInDesktop

STEPS = 50
MEMORY_STEPS = 200
PAGE_LOADS = 5
PROMPT = "Fill in the form on the page that is open and send it."
PRICED_AS = "claude-sonnet-5-5"


def picture() -> Image.Image:
    """1024x768 with the detail of a desktop: its PNG has about 400 kB, as facts about real ones say."""
    noise = Image.effect_noise((WIDTH, HEIGHT // 3), 40).convert("RGB")
    drawn = Image.linear_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB")
    drawn.paste(noise, (0, HEIGHT // 3))
    return drawn


def changing_desktop() -> StandInDesktop:
    """A desktop on which every action changes something, so that no two screenshots are the same."""
    desktop = StandInDesktop(_picture=picture())
    done = 0

    def on_action(tool_name: str, value: dict[str, Any]) -> None:
        nonlocal done
        if value.get("action") != "screenshot":
            done += 1
            desktop.paint((done * 4, 20, done * 4 + 40, 40), (done % 250, 90, 200))

    desktop.on_action = on_action
    return desktop


def actions(count: int) -> list[dict[str, Any]]:
    """The task's actions: clicks, text, keys and scrolls, each with an id."""
    kinds: list[dict[str, Any]] = [
        {"action": "left_click", "coordinate": [200, 300]},
        {"action": "type", "text": "Some words that belong into the field"},
        {"action": "key", "text": "Tab"},
        {"action": "scroll", "coordinate": [500, 400], "scroll_direction": "down", "scroll_amount": 3},
        {"action": "left_click", "coordinate": [640, 520]},
    ]
    return [{"id": f"t{number}", **kinds[number % len(kinds)]} for number in range(count)]


def single(count: int) -> list[Step]:
    """One action a turn with the older computer tool, as the replaced sample's models do it."""
    steps = []
    for action in actions(count):
        fields = {name: value for name, value in action.items() if name != "id"}
        steps.append(calls(text("I go on with the next field."), tool(action["id"], "computer", **fields)))
    return [*steps, says("The form is sent.")]


def batched(count: int, size: int) -> list[Step]:
    """The same actions, several a turn, as the toolset allows."""
    blocks = []
    for action in actions(count):
        fields = {name: value for name, value in action.items() if name not in ("id", "action")}
        blocks.append(member(action["id"], action["action"], **fields))
    groups = [blocks[at : at + size] for at in range(0, count, size)]
    return [*(calls(text("I fill in this part."), *group) for group in groups), says("The form is sent.")]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print one table."""
    texts = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    print(f"\n{title}")
    for number, row in enumerate(texts):
        cells = [
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  " + "  ".join(cells))
        if not number:
            print("  " + "  ".join("-" * width for width in widths))


def ours(
    stack: ExitStack, steps: list[Step], model: str, kept: int = SETTINGS.images_kept, clears: bool = True
) -> tuple[FakeClaude, Rig, float]:
    """Run our loop over a script; returns what it talked to and the seconds it took. Without `clears` it does
    not ask the API to clear old tool results.
    """
    claude = stack.enter_context(fake(*steps))
    desktop = stack.enter_context(changing_desktop())
    os.environ["ANTHROPIC_BASE_URL"] = claude.url
    rig = Rig(Path(stack.enter_context(tempfile.TemporaryDirectory())), claude, desktop)
    settings = TaskSettings(
        "anthropic", model, approval="auto", images_kept=kept, tokens=100_000_000, dollars=10_000
    )
    if not clears:
        stack.enter_context(mock.patch.object(context, "management", return_value=None))
    began = time.monotonic()
    end = asyncio.run(rig.run(PROMPT, settings))
    assert end.reason == "finished", end
    assert claude.refused == []
    return claude, rig, time.monotonic() - began


def theirs(stack: ExitStack, steps: list[Step]) -> FakeClaude:
    """Run the replaced sample's loop over a script."""
    claude = stack.enter_context(fake(*steps))
    desktop = stack.enter_context(changing_desktop())
    system = system_prompt(date.today(), "", "auto", WIDTH, HEIGHT)
    tools = TOOL_VERSIONS[1].tools(WIDTH, HEIGHT)
    replaced_loop.run(claude.url, API_KEY, desktop.url, TOKEN, "claude-sonnet-4-6", tools, system, PROMPT)
    assert claude.refused == []
    return claude


def sent(name: str, claude: FakeClaude, output: int, base: float | None) -> tuple[list[str], float]:
    """A row about everything that one run sent, and its cost."""
    # What a summary cost stands in `iterations` only.
    usages = [part for request in claude.requests for part in [request.usage, *summaries(request.usage)]]
    usage = Usage(
        sum(entry.get("input_tokens", 0) for entry in usages),
        output,
        sum(entry.get("cache_creation_input_tokens", 0) for entry in usages),
        sum(entry.get("cache_read_input_tokens", 0) for entry in usages),
    )
    model = model_table.find(PRICED_AS)
    assert model is not None
    cost = model.cost(usage)
    row = [
        name,
        f"{len(claude.requests)}",
        f"{sum(request.bytes for request in claude.requests) / 1e6:.1f}",
        f"{usage.prompt:,}",
        f"{usage.input + usage.cache_write:,}",
        f"{usage.cache_read:,}",
        f"{cost:.3f}",
        f"{cost / base:.2f}" if base else "1.00",
    ]
    return row, cost


def summaries(usage: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a request's usage that went into a summary."""
    return [part for part in usage.get("iterations") or [] if part.get("type") == "compaction"]


def traffic() -> None:
    """Tokens and bytes of the 50-step task."""
    output = STEPS * 60
    with ExitStack() as stack:
        first, base = sent("replaced sample, 1 action a turn", theirs(stack, single(STEPS)), output, None)
    rows = [first]
    for name, steps, model, kept, clears in (
        ("this loop, 1 action a turn", single(STEPS), "claude-sonnet-4-6", SETTINGS.images_kept, True),
        ("this loop, 1 action a turn, 10 kept", single(STEPS), "claude-sonnet-4-6", 10, True),
        ("this loop, 1 action a turn, no clearing", single(STEPS), "claude-sonnet-4-6", 10, False),
        ("this loop, 5 actions a turn", batched(STEPS, 5), "claude-sonnet-5-5", SETTINGS.images_kept, True),
    ):
        with ExitStack() as stack:
            claude, _, _ = ours(stack, steps, model, kept, clears)
            rows.append(sent(name, claude, output, base)[0])
    table(
        f"Sent over {STEPS} actions (tokens by the fake's estimate, cost at {PRICED_AS}'s list price)",
        ["", "requests", "MB sent", "input tokens", "not cached", "cache reads", "dollars", "ratio"],
        rows,
    )


def overhead() -> None:
    """Time per turn beyond model and desktop."""
    rows = []
    for name, steps, model in (
        ("1 action a turn", single(STEPS), "claude-sonnet-4-6"),
        ("5 actions a turn", batched(STEPS, 5), "claude-sonnet-5-5"),
    ):
        with ExitStack() as stack:
            claude, rig, seconds = ours(stack, steps, model)
            others = sum(exchange.seconds for exchange in rig.log.list())
            turns = len(claude.requests)
            events = sum(1 for _ in rig.journal.events())
            rows.append(
                [
                    name,
                    turns,
                    f"{seconds:.2f}",
                    f"{others:.2f}",
                    f"{(seconds - others) / turns * 1000:.1f}",
                    events,
                ]
            )
    table(
        f"Overhead over {STEPS} actions (record flushed to disk, pictures of {len(png()) // 1000} kB)",
        ["", "turns", "seconds", "model + desktop", "ms a turn beyond", "events"],
        rows,
    )


def png() -> bytes:
    """The stand-in's first screenshot."""
    return StandInDesktop(_picture=picture())._png()


def pages() -> None:
    """From the sign-in button to a page that can be used, in headless Chromium."""
    notice, usable, again = [], [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        StandInDesktop() as desktop,
        ConsoleProcess(Path(folder) / "data", desktop.url, {"ANTHROPIC_API_KEY": API_KEY}) as console,
        chromium() as browser,
    ):
        for _ in range(PAGE_LOADS):
            person = Person(browser, console.url)
            began = time.monotonic()
            person.sign_in()
            expect(person.page.get_by_text("Before you start")).to_be_visible()
            notice.append(time.monotonic() - began)
            began = time.monotonic()
            person.agree()
            usable.append(time.monotonic() - began)
            began = time.monotonic()
            person.page.reload()
            expect(person.page.get_by_test_id("stChatInput")).to_be_visible()
            again.append(time.monotonic() - began)
            person.page.get_by_role("link", name="Sign out").click()
            person.close()
    rows = [
        [name, f"{statistics.median(values):.2f}", f"{max(values):.2f}"]
        for name, values in (
            ("address entered, form sent, notice shown", notice),
            ("agreed, chat can be used", usable),
            ("reload, chat can be used", again),
        )
    ]
    table(f"Pages in seconds ({PAGE_LOADS} times, an empty cache each)", ["", "median", "worst"], rows)


def memory() -> None:
    """Resident memory of the console's process before and after 200 steps, with a browser that watches."""
    steps = [says("Ready."), *single(MEMORY_STEPS)]
    with (
        tempfile.TemporaryDirectory() as folder,
        fake(*steps) as claude,
        changing_desktop() as desktop,
        chromium() as browser,
    ):
        data = Path(folder) / "data"
        automatic = TaskSettings(
            SETTINGS.provider, "claude-sonnet-4-6", approval="auto", tokens=100_000_000, dollars=1000
        )
        journal = Journal(data, Redactor())
        journal.append("settings_changed", {"by": "bench", "settings": automatic.as_data()})
        journal.close()
        variables = {"ANTHROPIC_BASE_URL": claude.url, "ANTHROPIC_API_KEY": API_KEY}
        with ConsoleProcess(data, desktop.url, variables) as console:
            process = console.pid_of("console")
            started = resident(process)
            person = Person(browser, console.url)
            person.sign_in()
            person.agree()
            person.ask("Say that you are ready.")
            person.sees("Ready.")
            before = resident(process)
            person.ask(PROMPT)
            began = time.monotonic()
            expect(person.page.get_by_text("The form is sent.")).to_be_visible(timeout=600_000)
            seconds = time.monotonic() - began
            after = resident(process)
            size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    rows = [
        ["started", f"{started:.0f}"],
        ["signed in, one answer", f"{before:.0f}"],
        [f"after {MEMORY_STEPS} steps", f"{after:.0f}"],
    ]
    table(
        f"Resident memory of the console in MB ({MEMORY_STEPS} steps took {seconds:.0f} s)", ["", "MB"], rows
    )
    print(f"  record and screenshots on the volume: {size / 1e6:.0f} MB")


def resident(process: int) -> float:
    """Megabytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


def main() -> None:
    """The tables named in the arguments, or all."""
    tables = {"traffic": traffic, "overhead": overhead, "pages": pages, "memory": memory}
    for name in sys.argv[1:] or tables:
        tables[name]()


if __name__ == "__main__":
    main()
