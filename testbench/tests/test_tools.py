"""A part is built when its inputs have changed, beside others, and a failed build says why."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from launcher import building, tools
from launcher.building import Part
from launcher.places import Places
from launcher.report import Clock, Failure


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


@pytest.fixture
def part(places: Places, tmp_path: Path) -> Part:
    """Appends a line to its output for each build."""
    source, output = tmp_path / "source", tmp_path / ".local" / "out" / "built"
    source.mkdir()
    (source / "a.txt").write_text("a")
    code = f"open({str(output)!r}, 'a').write('built\\n')"
    return Part("thing", "building the thing", ((sys.executable, "-c", code),), (source,), (output,))


def _builds(places: Places, part: Part) -> int:
    if not building.is_fresh(places, part):
        building.build(places, part, Clock())
    return len(part.outputs[0].read_text().splitlines())


def test_it_is_built_once_while_nothing_changes(places: Places, part: Part) -> None:
    assert [_builds(places, part), _builds(places, part)] == [1, 1]


def test_it_is_built_again_when_a_source_changes_appears_or_goes(places: Places, part: Part) -> None:
    source = part.inputs[0]
    _builds(places, part)
    (source / "a.txt").write_text("b")
    assert _builds(places, part) == 2
    (source / "c.txt").write_text("c")
    assert _builds(places, part) == 3
    (source / "c.txt").unlink()
    assert _builds(places, part) == 4


def test_it_is_built_again_when_its_output_is_gone(places: Places, part: Part) -> None:
    _builds(places, part)
    part.outputs[0].unlink()
    assert _builds(places, part) == 1


def test_a_failed_build_shows_the_end_of_its_log_and_is_tried_again(places: Places, part: Part) -> None:
    command = (sys.executable, "-c", "print('no such header'); raise SystemExit(3)")
    broken = Part(part.name, part.announce, (command,), part.inputs, part.outputs)
    for _ in range(2):
        with pytest.raises(Failure, match=r"building the thing failed(.|\n)*no such header"):
            _builds(places, broken)
    assert _builds(places, part) == 1


def test_a_missing_source_is_named(places: Places, part: Part, tmp_path: Path) -> None:
    incomplete = Part(part.name, part.announce, part.commands, (tmp_path / "gone",), part.outputs)
    with pytest.raises(Failure, match="gone is missing"):
        building.build(places, incomplete, Clock())


def _running(name: str, code: str, lane: str = "") -> Part:
    return Part(name, f"building {name}", ((sys.executable, "-c", code),), (), (), lane=lane)


def test_parts_of_different_lanes_are_built_side_by_side(places: Places, tmp_path: Path) -> None:
    waits = (
        "import pathlib, time\n"
        "pathlib.Path({0!r}).touch()\n"
        "while not pathlib.Path({1!r}).exists(): time.sleep(0.01)"
    )
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    parts = [_running("one", waits.format(one, other)), _running("other", waits.format(other, one))]
    building.build_stale(places, parts, Clock())
    assert all(building.is_fresh(places, part) for part in parts)


def test_parts_of_one_lane_are_built_in_order(places: Places, tmp_path: Path) -> None:
    first, built = "import time; time.sleep(0.3); ", tmp_path / "built"
    write = f"open({str(built)!r}, 'a').write"
    parts = [
        _running("first", f"{first}{write}('first ')", "go"),
        _running("second", f"{write}('second')", "go"),
    ]
    building.build_stale(places, parts, Clock())
    assert built.read_text() == "first second"


def test_the_first_failure_is_reported_and_ends_the_builds_beside_it(places: Places) -> None:
    began = time.monotonic()
    parts = [
        _running("slow", "import time; time.sleep(300)", "go"),
        _running("next", "raise SystemExit('was started')", "go"),
        _running("broken", "raise SystemExit('no such package')"),
    ]
    with pytest.raises(Failure, match=r"building broken failed(.|\n)*no such package"):
        building.build_stale(places, parts, Clock())
    assert time.monotonic() - began < 60
    assert not any(building.is_fresh(places, part) for part in parts)
    assert (
        not (places.logs / "build-next.log").exists()
        or "was started" not in (places.logs / "build-next.log").read_text()
    )


def test_a_long_step_reports_that_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock(heartbeat_seconds=0.01)
    with clock.step("waiting", announce="waiting", about_seconds=9):
        while "still waiting, about 9 s (" not in (text := capsys.readouterr().err):
            assert "error" not in text
    assert "waiting" in clock.table() or clock.steps[0][1] < 1


def test_pulumi_and_the_java_host_of_the_machine_are_preferred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places.of_this_checkout()
    monkeypatch.setenv("PATH", str(places.bin))
    own = {part.name for part in tools.parts(places)}
    assert {"pulumi", "pulumi-language-java"} <= own
    assert tools.pulumi(places) == places.bin / "pulumi"

    folder = tmp_path / "usr"
    folder.mkdir()
    for name in ("pulumi", "pulumi-language-java"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{places.bin}:{folder}")
    assert own - {part.name for part in tools.parts(places)} == {"pulumi", "pulumi-language-java"}
    assert tools.pulumi(places) == folder / "pulumi"


def test_a_built_tool_says_the_version_that_its_module_requires(tmp_path: Path) -> None:
    module = tmp_path / "go.mod"
    module.write_text("require (\n\texample.com/tool/v3 v3.1.4\n\texample.com/tool/v3x v9.9.9\n)\n")
    assert tools.required_version(module, "example.com/tool/v3") == "v3.1.4"
    with pytest.raises(Failure, match=r"example\.com/other"):
        tools.required_version(module, "example.com/other")
