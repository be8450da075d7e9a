"""The AWS plugin is started while the program starts, and has ended when Pulumi has."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from launcher import plugin_ahead, processes
from launcher.places import Places

# Says in a file that it waits, and with which words it was started. When it is to end, it takes its time.
PLUGIN = f"""\
#!{sys.executable}
import os, pathlib, signal, sys, time
def end(*_):
    time.sleep(0.2)
    sys.exit()
signal.signal(signal.SIGTERM, end)
told = pathlib.Path(os.environ["TOLD"])
told.with_suffix(".part").write_text(" ".join([str(os.getpid()), *sys.argv[1:]]))
told.with_suffix(".part").rename(told)
while True:
    time.sleep(1)
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path / "checkout")
    places.bin.mkdir(parents=True)
    plugin = places.bin / plugin_ahead.PLUGIN
    plugin.write_text(PLUGIN)
    plugin.chmod(0o755)
    return places


class Command:
    """Stands for Pulumi's: waits until the plugin has said that it waits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = folder / "told"
        self.variables: Mapping[str, str] = {}
        self.plugin = 0

    def __call__(self, variables: Mapping[str, str]) -> int:
        self.variables = variables
        deadline = time.monotonic() + 60
        while not self.told.exists():
            assert time.monotonic() < deadline, "the plugin was not started"
            time.sleep(0.01)
        pid, *words = self.told.read_text().split()
        self.plugin = int(pid)
        assert words == ["--ahead", variables[plugin_ahead.SOCKET]]
        assert processes.is_alive(self.plugin)
        return 3

    def run(self, places: Places) -> int:
        return plugin_ahead.run(places, self.folder, {**os.environ, "TOLD": str(self.told)}, self)


def test_the_plugin_waits_where_pulumis_is_told_to_ask_and_ends_with_the_command(
    places: Places, tmp_path: Path
) -> None:
    command = Command(tmp_path)
    assert command.run(places) == 3
    assert Path(command.variables[plugin_ahead.SOCKET]).parent == tmp_path
    assert not processes.is_alive(command.plugin)


def test_the_plugin_ends_when_the_command_is_interrupted(places: Places, tmp_path: Path) -> None:
    class Interrupted(Command):
        def __call__(self, variables: Mapping[str, str]) -> int:
            super().__call__(variables)
            raise KeyboardInterrupt

    command = Interrupted(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        command.run(places)
    assert not processes.is_alive(command.plugin)


def test_the_plugin_that_pulumi_starts_asks_under_the_same_name() -> None:
    source = Path(__file__).parents[1] / "aws-plugin" / "ahead" / "ahead.go"
    assert f'const Socket = "{plugin_ahead.SOCKET}"' in source.read_text()


def test_without_the_plugin_nothing_is_promised(places: Places, tmp_path: Path) -> None:
    (places.bin / plugin_ahead.PLUGIN).unlink()
    seen: dict[str, str] = {}

    def command(variables: Mapping[str, str]) -> int:
        seen.update(variables)
        return 0

    assert plugin_ahead.run(places, tmp_path, {"A": "b"}, command) == 0
    assert seen == {"A": "b"}
