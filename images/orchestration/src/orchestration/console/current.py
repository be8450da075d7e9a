"""How the pages' scripts, which Streamlit runs in its own threads, find the process's console."""

from __future__ import annotations

from orchestration.console.service import Console

_console: Console | None = None


def install(console: Console) -> None:
    """Make `console` the one that the pages show."""
    global _console  # noqa: PLW0603 (one process, one console; Streamlit gives scripts no other way in)
    _console = console


def current() -> Console:
    """The console. Raises RuntimeError before `install`."""
    if _console is None:
        raise RuntimeError("the console is not running")
    return _console
