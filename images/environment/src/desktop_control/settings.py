"""The settings, read from environment variables. `startup.secrets` reads the secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VIEWERS = ("novnc", "dcv")


class ConfigurationError(Exception):
    """A variable is missing or malformed. The message names the variable and the fix, and never quotes a
    secret's value."""

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable}: {problem}")


@dataclass(frozen=True)
class Settings:
    """Settings of a running desktop. Sizes are in pixels, times in seconds.

    The task definition sets the first four. The others have defaults that fit the container; they are for
    running without one: several desktops on one machine, other folders, other ports.
    """

    display_width: int
    display_height: int
    viewer: str
    human_pause_seconds: float
    bash_timeout_seconds: float
    max_processes: int
    queue_bound: int
    bind_address: str
    control_port: int
    viewer_port: int
    display_number: int | None
    runtime_directory: Path
    desktop_home: Path

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> "Settings":
        """Read and check all settings. Raises ConfigurationError."""
        return cls(
            display_width=_whole(variables, "DISPLAY_WIDTH", 1024, 320, 7680),
            display_height=_whole(variables, "DISPLAY_HEIGHT", 768, 240, 4320),
            viewer=_choice(variables, "VIEWER", VIEWERS),
            human_pause_seconds=_number(variables, "HUMAN_PAUSE_SECONDS", 10, 0, 3600),
            bash_timeout_seconds=_number(variables, "BASH_TIMEOUT_SECONDS", 120, 1, 3600),
            max_processes=_whole(variables, "DESKTOP_MAX_PROCESSES", 768, 64, 100_000),
            queue_bound=_whole(variables, "QUEUE_BOUND", 128, 1, 1024),
            bind_address=variables.get("BIND_ADDRESS") or "0.0.0.0",
            control_port=_whole(variables, "CONTROL_PORT", 5000, 1, 65535),
            viewer_port=_whole(variables, "VIEWER_PORT", 8443, 1, 65535),
            display_number=_whole(variables, "DISPLAY_NUMBER", 0, 1, 10_000)
            if variables.get("DISPLAY_NUMBER")
            else None,
            runtime_directory=_directory(variables, "RUNTIME_DIRECTORY", "/run/environment"),
            desktop_home=_directory(variables, "DESKTOP_HOME", "/home/desktop"),
        )


def _number(variables: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    text = variables.get(name, "")
    if text == "":
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise ConfigurationError(name, f"is {text!r}; give a number from {low:g} to {high:g}")
    return value


def _whole(variables: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = variables.get(name, "")
    if text == "":
        return default
    if not (text.isascii() and text.isdecimal() and low <= int(text) <= high):
        raise ConfigurationError(name, f"is {text!r}; give a whole number from {low} to {high}")
    return int(text)


def _choice(variables: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = variables.get(name) or choices[0]
    if text not in choices:
        raise ConfigurationError(name, f"is {text!r}; choose one of {', '.join(choices)}")
    return text


def _directory(variables: Mapping[str, str], name: str, default: str) -> Path:
    text = variables.get(name) or default
    if not text.startswith("/"):
        raise ConfigurationError(name, f"is {text!r}; give an absolute path")
    return Path(text)
