"""Back-off, sessions, password, certificate and configuration, with a clock of the test's own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from console_process import ConsoleProcess, certificate
from orchestration.configuration import Configuration, ConfigurationError
from orchestration.gateway.password import Login
from orchestration.gateway.sessions import COOKIE, LONGEST_SESSION_SECONDS, Session, Sessions
from orchestration.gateway.throttle import GLOBAL_FAILURES, LONGEST_WAIT, Throttle


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def fail(throttle: Throttle, source: str) -> None:
    throttle.begin(source)
    throttle.end(source, False)


def test_a_source_waits_longer_after_each_failure(clock: Clock) -> None:
    throttle = Throttle(clock)
    waits = []
    for _ in range(12):
        fail(throttle, "a")
        waits.append(throttle.wait("a"))
        clock.now += waits[-1] + 61
    assert waits[:5] == [0, 0, 1, 2, 4] and waits[-1] == LONGEST_WAIT
    assert throttle.wait("b") == 0


def test_a_success_clears_its_source(clock: Clock) -> None:
    throttle = Throttle(clock)
    for _ in range(4):
        fail(throttle, "a")
    throttle.begin("a")
    throttle.end("a", True)
    assert throttle.wait("a") == 0


def test_guesses_from_many_sources_are_slowed_together(clock: Clock) -> None:
    throttle = Throttle(clock)
    for number in range(GLOBAL_FAILURES):
        fail(throttle, f"source-{number}")
    assert 0 < throttle.wait("another") <= 60
    clock.now += 61
    assert throttle.wait("another") == 0


def test_parallel_guesses_count_while_they_run(clock: Clock) -> None:
    throttle = Throttle(clock)
    for _ in range(3):
        throttle.begin("a")
    assert throttle.wait("a") >= 1 and throttle.wait("b") == 0


def test_many_sources_take_bounded_memory(clock: Clock) -> None:
    throttle = Throttle(clock)
    for number in range(10_000):
        fail(throttle, str(number))
    assert len(throttle._sources) <= 4096


def test_the_right_password_is_accepted_and_everything_else_is_not() -> None:
    login = Login("computeruse", "pässword-42")
    assert login.check("computeruse", "pässword-42")
    for username, password in (
        ("computeruse", "pässword-43"),
        ("computeruse", ""),
        ("someone", "pässword-42"),
        ("", ""),
        ("computeruse", "pässword-42" + "x" * 20_000),
        ("computeruse", "\ud800"),
    ):
        assert not login.check(username, password)
    assert "pässword-42" not in str(vars(login))


def test_only_an_argon2_hash_is_kept() -> None:
    assert str(Login("a", "pässword-42")._hash).startswith("$argon2id$")


@pytest.fixture
def ended() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def sessions(clock: Clock, ended: list[tuple[str, str]]) -> Sessions:
    return Sessions(3600, lambda session, reason: ended.append((session.label, reason)), clock)


def test_a_session_ends_after_an_hour_without_activity(
    sessions: Sessions, clock: Clock, ended: list[tuple[str, str]]
) -> None:
    session, cookie = sessions.open("a")
    clock.now += 3599
    assert sessions.find(cookie) is session
    sessions.touch(session)
    clock.now += 3599
    assert sessions.find(cookie) is session
    clock.now += 1
    assert sessions.find(cookie) is None
    assert ended == [(session.label, "idle")]


def test_looking_a_session_up_is_not_activity(sessions: Sessions, clock: Clock) -> None:
    _, cookie = sessions.open("a")
    for _ in range(70):
        clock.now += 60
        sessions.find(cookie)
    assert sessions.find(cookie) is None


def test_no_session_lasts_longer_than_half_a_day(sessions: Sessions, clock: Clock) -> None:
    session, cookie = sessions.open("a")
    while clock.now < 1000 + LONGEST_SESSION_SECONDS:
        sessions.touch(session)
        clock.now += 1800
    assert sessions.find(cookie) is None


def test_forged_cookies_name_no_session(sessions: Sessions, clock: Clock) -> None:
    session, cookie = sessions.open("a")
    identifier, _, signature = cookie.partition(".")
    flipped = ("0" if signature[0] != "0" else "1") + signature[1:]
    for forged in (
        "",
        ".",
        "a.b",
        identifier,
        f"{identifier}.",
        f"{identifier}.{flipped}",
        f"{identifier[:-1]}.{signature}",
        f".{signature}",
        f"{session.label}.{signature}",
        cookie + "0",
        "x" * 100_000,
        "\N{SNOWMAN}.x",
        Sessions(3600, clock=clock).open("a")[1],
    ):
        assert sessions.find(forged) is None, forged[:40]


def test_a_sign_in_never_takes_a_session_that_the_browser_brought(sessions: Sessions) -> None:
    first, second = sessions.open("a")[1], sessions.open("a")[1]
    assert first != second


def test_ending_a_session_cuts_its_connections(sessions: Sessions) -> None:
    session, cookie = sessions.open("a")
    cut: list[str] = []
    closer: Callable[[], None] = lambda: cut.append("cut")  # noqa: E731
    sessions.connected(session, closer)
    assert sessions.away_seconds(session) == 0
    sessions.close(session.label, "signed_out")
    assert cut == ["cut"] and sessions.find(cookie) is None


def test_sessions_are_bounded(sessions: Sessions, ended: list[tuple[str, str]]) -> None:
    for _ in range(70):
        sessions.open("a")
    assert len(ended) == 6 and {reason for _, reason in ended} == {"too_many"}


def test_the_cookie_is_bound_to_https_and_this_host() -> None:
    assert COOKIE.startswith("__Host-")


def test_the_label_does_not_give_the_cookie_away(sessions: Sessions) -> None:
    session, cookie = sessions.open("a")
    assert isinstance(session, Session) and session.label not in cookie


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "data").mkdir()
    return ConsoleProcess(tmp_path / "data", "http://environment.computer-use.local:5000").variables()


BAD = {
    "ENVIRONMENT_URL": [
        "",
        "ftp://x",
        "environment:5000",
        "http://user@host",
        "http://h:99999",
        "http://a b",
    ],
    "VIEWER_URL": ["", "http://host:8443/", "https:", 'https://h/"><script>'],
    "AWS_REGION": ["", "us", "US-WEST-2", "us-west-2\n", "us-west-٢"],
    "DEFAULT_PROVIDER": ["", "openai"],
    "DEFAULT_MODEL": ["", "a b"],
    "BEDROCK_MODELS": ["a b,c"],
    "SESSION_IDLE_MINUTES": ["", "0", "-1", "1441", "1.5", "x"],
    "DATA_DIRECTORY": ["", "data", "/nonexistent/x"],
    "LISTEN": ["8501", "0.0.0.0:0", "300.1.1.1:80", "[::1]:80"],
    "LOGIN_USERNAME": ["", "a b", "x" * 65],
    "LOGIN_PASSWORD": ["", "short", "two\nlines of it"],
    "TLS_CERTIFICATE": ["", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
    "TLS_PRIVATE_KEY": ["", "not PEM", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
    "CONTROL_TOKEN": ["", "short", "with blanks in it, and long"],
    "ANTHROPIC_API_KEY": ["x", "with blanks in it"],
}


@pytest.mark.parametrize(("variable", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_a_bad_variable_stops_the_start_and_is_named_without_its_value(
    good: dict[str, str], variable: str, value: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        Configuration.from_environment({**good, variable: value})
    assert error.value.variable == variable and str(error.value).startswith(variable)
    if len(value) > 6:
        assert value not in str(error.value)


@pytest.mark.parametrize("variable", sorted(set(BAD) - {"LISTEN", "ANTHROPIC_API_KEY"}))
def test_a_missing_variable_stops_the_start(good: dict[str, str], variable: str) -> None:
    del good[variable]
    with pytest.raises(ConfigurationError, match=variable):
        Configuration.from_environment(good)


def test_a_key_that_is_not_the_certificates_is_refused(good: dict[str, str]) -> None:
    certificate.cache_clear()
    good["TLS_PRIVATE_KEY"] = certificate()[1]
    with pytest.raises(ConfigurationError, match="TLS_PRIVATE_KEY"):
        Configuration.from_environment(good)


def test_a_good_environment_is_read_and_its_secrets_stay_out_of_repr(good: dict[str, str]) -> None:
    configuration = Configuration.from_environment(good)
    assert configuration.session_idle_minutes == 60 and configuration.bedrock_models[0].startswith("us.")
    assert configuration.anthropic_api_key is None
    assert good["LOGIN_PASSWORD"] not in repr(configuration)
    assert os.access(configuration.data_directory, os.W_OK)
