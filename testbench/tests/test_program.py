"""`make` runs the jar that was built, in one JVM, and never a stranger's project file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from launcher import jvm, program
from launcher.places import Places
from launcher.report import Failure

# PATH as it is before a test changes it.
MACHINE = os.environ["PATH"]
JAVA = """\
#!/bin/sh
case "$*" in
--version) echo java 17 ;;
*packages*) echo "[plugins]" ;;
*) echo "ran: $*" ;;
esac
"""


def install(file: Path, script: str) -> None:
    file.write_text(script)
    file.chmod(0o755)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A checkout with a project file, on a machine whose `java` says how it was called."""
    (tmp_path / "machine").mkdir()
    install(tmp_path / "machine" / "java", JAVA)
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "Pulumi.yaml").write_text("name: x\nruntime: java\nconfig: {}\n")
    places = Places(root)
    monkeypatch.setenv("PATH", f"{places.jvm}:{tmp_path / 'machine'}:/usr/bin:/bin")
    return places


@pytest.fixture
def real(places: Places, monkeypatch: pytest.MonkeyPatch) -> Places:
    """The same checkout on this machine with its real tools; only what the jar answers is made up."""
    monkeypatch.setenv("PATH", MACHINE)
    asked = jvm._ask

    def ask(places: Places, tool: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        if arguments[-1] == "packages":
            return subprocess.CompletedProcess(arguments, 0, "[plugins]\n", "")
        return asked(places, tool, *arguments)

    monkeypatch.setattr(jvm, "_ask", ask)
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


def test_versions_are_answered_as_the_tools_answer(real: Places) -> None:
    program.prepare(real)
    for name in ("java", "javac", "mvn"):
        asked = [subprocess.check_output([tool, "--version"]) for tool in (name, str(real.jvm / name))]
        assert asked[0] == asked[1]


def test_another_version_is_answered_from_then_on(places: Places) -> None:
    program.prepare(places)
    java = places.root.parent / "machine" / "java"
    install(java, JAVA.replace("java 17", "java 21"))
    os.utime(java, ns=(1, 1))
    install(places.root.parent / "machine" / "gradle", "#!/bin/sh\nexit 1\n")
    program.prepare(places)
    assert subprocess.check_output([str(places.jvm / "java"), "--version"], text=True) == "java 21\n"
    assert not (places.jvm / "gradle").exists()  # it cannot say, so nothing is said for it


def test_a_command_of_pulumis_finds_the_stand_ins_first_and_ends_with_its_own_code(places: Places) -> None:
    program.prepare(places)
    seen: dict[str, str] = {}

    def command(variables: Mapping[str, str]) -> int:
        seen.update(variables)
        return 3

    assert program.run(places, {"PATH": "/usr/bin", "GOGC": "50"}, command) == 3
    assert seen["PATH"] == f"{places.jvm}:/usr/bin"
    assert seen["GOGC"] == "50"  # what a person sets is kept
    assert not Path(seen["PLUGIN_UNIX_SOCKET_DIR"]).exists()
