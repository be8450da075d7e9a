"""A container's environment on its way through the engine's command."""

from __future__ import annotations

import pytest

from runner.tasks.backend import CannotStart
from runner.tasks.engine_environment import PassedEnvironment

PEM = "-----BEGIN PRIVATE KEY-----\nbase64\n-----END PRIVATE KEY-----\n"


def test_values_of_one_line_do_not_reach_the_engines_command_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/root")
    passed = PassedEnvironment.of({"HOME": "/home/desktop", "DOCKER_HOST": "nowhere", "EMPTY": ""})
    assert passed.text == "HOME=/home/desktop\nDOCKER_HOST=nowhere\nEMPTY=\n"
    assert passed.environment["HOME"] == "/root"
    assert passed.environment.get("DOCKER_HOST") != "nowhere"


@pytest.mark.parametrize("value", [PEM, "carriage\r", "x" * 70_000, "é" * 40_000])
def test_other_values_go_through_its_environment(value: str) -> None:
    passed = PassedEnvironment.of({"KEY": value, "A": "b"})
    assert passed.text == "A=b\n"
    assert passed.environment["KEY"] == value
    assert passed.arguments[:4] == ("--env-file", "/dev/stdin", "--env", "KEY")


def test_no_value_is_an_argument() -> None:
    passed = PassedEnvironment.of({"TOKEN": "one-line-secret", "KEY": PEM})
    assert not any("secret" in word or "BEGIN" in word for word in passed.arguments)


def test_a_proxy_of_the_persons_docker_configuration_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    passed = PassedEnvironment.of({"no_proxy": "localhost"})
    assert "HTTP_PROXY" in passed.arguments and "HTTP_PROXY" not in passed.environment
    assert "no_proxy" not in passed.arguments and "NO_PROXY" in passed.arguments


@pytest.mark.parametrize("name", ["", "#comment", "A B", "A=B", "1ST"])
def test_a_name_that_would_be_lost_is_refused(name: str) -> None:
    with pytest.raises(CannotStart, match="has a name"):
        PassedEnvironment.of({name: "value"})


def test_a_null_character_is_refused() -> None:
    with pytest.raises(CannotStart, match="KEY has a null character"):
        PassedEnvironment.of({"KEY": "a\0b"})
