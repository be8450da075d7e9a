"""No test of the repository is skipped: one that cannot run fails with a reason."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
WAYS_TO_SKIP = re.compile(
    r"""pytest\.(skip|importorskip|xfail)\b | mark\.(skip|skipif|xfail)\b | unittest\.skip | \bSkipTest\b
    | \bt\.Skip(f|Now)?\( | testing\.Short\(
    | \bAssumptions\b | \bassumeTrue\( | \bassumeFalse\( | @Disabled\w* | @EnabledIf\w* | @EnabledOn\w*""",
    re.VERBOSE,
)
TESTS = re.compile(r"(^|/)(tests?|mutation|judged)/|_test\.go$|(^|/)(conftest|test_[^/]*)\.py$")


def test_no_test_uses_a_way_to_skip() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.go", "*.java"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    tests = [ROOT / name for name in listed.stdout.split("\n") if TESTS.search(name)]
    tests = [file for file in tests if file.is_file() and file != Path(__file__)]
    assert len(tests) > 100
    assert [str(file) for file in tests if WAYS_TO_SKIP.search(file.read_text(encoding="utf-8"))] == []


def test_each_way_to_skip_is_recognised() -> None:
    for line in (
        'pytest.skip("no Docker")',
        "@pytest.mark.skipif(DOCKER is None)",
        't.Skip("no Docker")',
        "assumeTrue(docker.isPresent());",
        "@DisabledOnOs(OS.MAC)",
    ):
        assert WAYS_TO_SKIP.search(line)
