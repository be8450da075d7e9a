"""Fixtures: a folder, a stand-in desktop, and a rig for a given script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fake_claude.script import Step
from rig import Rig, fake
from stand_in_desktop import StandInDesktop

MakeRig = Callable[..., Rig]


@pytest.fixture
def desktop() -> Iterator[StandInDesktop]:
    """A stand-in desktop that serves."""
    with StandInDesktop() as serving:
        yield serving


@pytest.fixture
def make_rig(tmp_path: Path, desktop: StandInDesktop) -> Iterator[MakeRig]:
    """Makes a rig for a script; what it opened is closed at the end."""
    with ExitStack() as stack:

        def make(*steps: Step, **options: Any) -> Rig:
            claude = stack.enter_context(fake(*steps))
            rig = Rig(tmp_path / "record", claude, desktop, **options)
            stack.callback(rig.journal.close)
            return rig

        yield make


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing from the machine's environment reaches a client; Bedrock's clients sign with made-up keys."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up-for-signing-in-tests")
    monkeypatch.setenv("AWS_REGION", "us-west-2")
