"""The first task of a fresh process, 200 times, while pages are drawn all the time: none ends with an error
of our own. Run by `make soak`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.test_start import first_task

TIMES = 200


@pytest.mark.parametrize("number", range(TIMES))
def test_the_first_task_of_a_fresh_process_finishes(number: int, tmp_path: Path) -> None:
    first_task(tmp_path, "bedrock" if number % 2 else "anthropic")
