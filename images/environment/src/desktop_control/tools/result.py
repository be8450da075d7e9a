"""What a tool answers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ToolResult:
    """A tool's answer. `settled` is None for tools that do not touch the screen."""

    output: str | None = None
    error: str | None = None
    image: bytes | None = None
    settled: bool | None = None
    paused: bool = False


class ToolError(Exception):
    """A tool could not do what was asked; the message says why and goes to the caller as `error`."""


class PausedError(ToolError):
    """A person is at the controls."""
