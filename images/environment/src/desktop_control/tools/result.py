"""The result of a tool call."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ToolResult:
    """The result of a tool call. `settled` is None for tools that do not use the screen."""

    output: str | None = None
    error: str | None = None
    image: bytes | None = None
    settled: bool | None = None
    paused: bool = False


class ToolError(Exception):
    """The tool call failed. The message says why, and the caller gets it as `error`."""


class PausedError(ToolError):
    """The action was refused or stopped because a person has the controls."""
