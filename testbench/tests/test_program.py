"""`make` runs the jar that was built, in one JVM, and never a stranger's project file."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from launcher import class_archive, program
from launcher.places import Places
from launcher.report import Failure

JAVA = """\
#!/bin/sh
case "$*" in
--version) echo java 17 ;;
*packages*) echo "[plugins]" ;;
*) echo "ran: $*" ;;
esac
"""
# Says which plugins it needs, like Pulumi's SDK, and greets.
GREETER = """\
package com.pulumi.bootstrap.internal;
public class Main {
    public static void main(String[] words) { System.out.println(words.length == 0 ? "hello" : "[]"); }
}
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


@pytest.fixture(scope="session")
def greeter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("greeter")
    (folder / "Main.java").write_text(GREETER)
    subprocess.run(["javac", "-d", "classes", "Main.java"], cwd=folder, check=True)
    entry = "com.pulumi.bootstrap.internal.Main"
    subprocess.run(["jar", "cfe", "greeter.jar", entry, "-C", "classes", "."], cwd=folder, check=True)
    return folder / "greeter.jar"


@pytest.fixture
def real(tmp_path: Path, greeter: Path) -> Places:
    """A checkout whose jar greets, on this machine."""
    (tmp_path / "target").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: java\n")
    places = Places(tmp_path)
    shutil.copy2(greeter, places.jar)
    return places


def greet(places: Places, *options: str, code: int = 0) -> str:
    """What the jar prints, run as Pulumi would run it; the run then counts as ended with the code."""
    printed = ""

    def command(variables: Mapping[str, str]) -> int:
        nonlocal printed
        jvm = subprocess.run(
            ["java", *options, "-jar", str(places.jar)],
            env=variables,
            capture_output=True,
            text=True,
            check=True,
        )
        printed = jvm.stdout + jvm.stderr
        return code

    assert program.run(places, os.environ, command) == code
    return printed


def starts_from_archive(places: Places) -> bool:
    return "Main source: shared objects file (top)" in greet(places, "-Xlog:class+load")


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


def test_the_first_good_run_leaves_its_classes_for_the_next(real: Places) -> None:
    program.prepare(real)
    assert greet(real, code=1) == "hello\n"
    assert not starts_from_archive(real)
    assert starts_from_archive(real)
    assert greet(real) == "hello\n"
    program.prepare(real)
    assert starts_from_archive(real)


def test_classes_of_another_jar_are_not_used_and_replaced(real: Places) -> None:
    program.prepare(real)
    greet(real)
    os.utime(real.jar)
    assert greet(real) == "hello\n"
    assert not starts_from_archive(real)
    program.prepare(real)
    assert greet(real) == "hello\n"
    assert starts_from_archive(real)


def test_damaged_classes_harm_nobody(real: Places) -> None:
    program.prepare(real)
    greet(real)
    archive = class_archive.archive(real)
    archive.chmod(0o600)
    whole = archive.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", bytes(len(whole))):
        archive.write_bytes(damaged)
        program.prepare(real)
        assert greet(real) == "hello\n"
        assert starts_from_archive(real)
