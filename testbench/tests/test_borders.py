"""Dependencies point one way: the test bench knows the product, the product does not know the test bench."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEST_BENCH = ROOT / "testbench"
# Top-level packages of the test bench, as Python programs import them.
PACKAGES = {file.parent.name for file in TEST_BENCH.glob("*/__init__.py")}
# Python programs that run without the test bench. Of policy/ it is the pack; its mutants need a deployment.
PRODUCT = ("images", "policy/sandbox_policy", "policy/__main__.py", "prove", "operate")
# Tests that run against the emulator, and answer in its place.
TESTS_ON_THE_EMULATOR = ROOT / "operate" / "tests"
# What a user of AWS installs, and what the images hold.
LOCKS = ("policy", "prove", "operate", "images/environment", "images/orchestration")


def _sources(folder: str) -> list[Path]:
    path = ROOT / folder
    found = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [file for file in found if ".venv" not in file.parts]


def _imported(source: Path) -> Iterator[str]:
    """Top-level names of the absolute imports, also of those inside functions."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _packages(file: Path) -> set[str]:
    """The packages that a requirements file names, in lower case."""
    names = re.findall(r"^([A-Za-z0-9._-]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {name.lower() for name in names}


def test_the_packages_of_the_test_bench_are_known() -> None:
    assert {"launcher", "emulator", "runner", "demo"} <= PACKAGES


@pytest.mark.parametrize("folder", PRODUCT)
def test_no_product_code_imports_the_test_bench(folder: str) -> None:
    sources = [file for file in _sources(folder) if TESTS_ON_THE_EMULATOR not in file.parents]
    assert sources
    own = {source.stem for source in sources}
    bad = [
        f"{source.relative_to(ROOT)} imports {name}"
        for source in sources
        for name in _imported(source)
        if name in PACKAGES - own
    ]
    assert bad == []


def test_the_java_program_does_not_know_the_test_bench() -> None:
    sources = sorted((ROOT / "src" / "main").rglob("*.java"))
    assert sources
    words = re.compile(r"testbench|127\.0\.0\.1|localhost", re.IGNORECASE)
    assert [str(one) for one in sources if words.search(one.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("folder", LOCKS)
def test_no_lock_that_a_user_of_aws_installs_holds_a_package_of_the_test_bench(folder: str) -> None:
    wanted = set().union(*(_packages(ROOT / one / "requirements.in") for one in LOCKS))
    bench_only = _packages(TEST_BENCH / "requirements.in") | _packages(
        TEST_BENCH / "judges" / "requirements.in"
    )
    bench_only -= wanted | {"pulumi"}  # the policy SDK needs it
    assert {"moto", "pytest", "cfn-lint"} <= bench_only
    lock = _packages(ROOT / folder / "requirements.txt")
    assert lock
    assert lock & bench_only == set()


def test_the_launcher_starts_before_anything_is_installed_and_does_not_know_the_demo() -> None:
    """It imports other parts of the test bench only where they need no package either."""
    imported = {name for source in _sources("testbench/launcher") for name in _imported(source)}
    assert imported & PACKAGES <= {"launcher", "runner", "containers"}


@pytest.mark.parametrize("folder", ["testbench", "bench", "policy", "prove", "operate"])
def test_no_folder_finds_another_by_changing_the_import_path_of_a_running_program(folder: str) -> None:
    changed = re.compile(r"\bsys\.path(\[|\.(append|insert|extend))")
    sources = [source for source in _sources(folder) if source != Path(__file__)]
    assert [str(one) for one in sources if changed.search(one.read_text(encoding="utf-8"))] == []
