"""The proof's lock contains exactly what the proof imports, in the versions that these tests use."""

import ast
import re
import sys
from pathlib import Path

PROVE = Path(__file__).parent.parent
TEST_BENCH = PROVE.parent / "testbench" / "requirements.txt"
OF_BOTO3 = {"botocore"}
"""Packages that are imported directly but come as a dependency of a listed package."""


def pins(lock: Path) -> dict[str, str]:
    """Package → version, from a lock file."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def imported() -> set[str]:
    """The packages that the proof imports, not counting its tests and its benchmark."""
    names: set[str] = set()
    for path in PROVE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.module is not None, f"{path.name} has a relative import"
                names.add(node.module.partition(".")[0])
    return names - {"prove"} - sys.stdlib_module_names


def test_the_lock_lists_exactly_what_the_proof_imports() -> None:
    listed = re.findall(
        r"^([a-z0-9-]+)", (PROVE / "requirements.in").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert imported() - OF_BOTO3 == set(listed)
    assert imported() <= set(pins(PROVE / "requirements.txt"))


def test_the_lock_has_the_versions_that_the_tests_run_with() -> None:
    tested = pins(TEST_BENCH)
    assert pins(PROVE / "requirements.txt").items() <= tested.items()


def test_no_part_of_the_test_bench_is_installed_with_the_proof() -> None:
    assert {"moto", "flask", "pulumi", "pytest"}.isdisjoint(pins(PROVE / "requirements.txt"))
    assert len(pins(PROVE / "requirements.txt")) < 12
