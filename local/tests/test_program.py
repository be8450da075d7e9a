"""`make` runs the jar that was built, in one JVM, and never a stranger's project file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from launcher import program
from launcher.places import Places
from launcher.report import Failure

JAVA = '#!/bin/sh\ncase "$*" in *packages*) echo "[plugins]" ;; *) echo "ran: $*" ;; esac\n'


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A checkout with a project file, on a machine whose `java` says how it was called."""
    (tmp_path / "machine").mkdir()
    java = tmp_path / "machine" / "java"
    java.write_text(JAVA)
    java.chmod(0o755)
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "Pulumi.yaml").write_text("name: x\nruntime: java\nconfig: {}\n")
    places = Places(root)
    monkeypatch.setenv("PATH", f"{places.jvm}:{java.parent}:/usr/bin:/bin")
    return places


def test_the_project_file_names_the_jar_and_is_otherwise_the_repositorys(places: Places) -> None:
    program.prepare(places)
    lines = (places.project / "Pulumi.yaml").read_text().splitlines()
    assert lines[0] == "name: x"
    assert lines[-1] == "config: {}"
    assert "    binary: target/computer-use-sandbox.jar" in lines
    assert (places.project / "../..").resolve() == places.root.resolve()
    assert lines.count("main: ../..") == lines.count("stackConfigDir: ../..") == 1


def test_a_project_file_of_another_form_is_refused_by_name(places: Places) -> None:
    (places.root / "Pulumi.yaml").write_text("name: x\nruntime:\n  name: java\n")
    with pytest.raises(Failure, match=r"Pulumi\.yaml.*runtime: java"):
        program.prepare(places)


def test_the_question_for_plugins_starts_no_java(places: Places) -> None:
    program.prepare(places)
    (places.root.parent / "machine" / "java").unlink()
    asked = [str(places.jvm / "java"), "-cp", "x.jar", "com.pulumi.bootstrap.internal.Main", "packages"]
    assert subprocess.check_output(asked, text=True) == "[plugins]\n"


def test_the_program_runs_on_the_machines_own_java(places: Places) -> None:
    program.prepare(places)
    program.prepare(places)  # with ours first on PATH, it must not take itself for the machine's
    answer = subprocess.check_output([str(places.jvm / "java"), "-jar", "x.jar"], text=True)
    assert answer.startswith("ran: -XX:")
    assert answer.endswith("-jar x.jar\n")
