"""The bash tool: one shell across requests, which no command can block for ever."""

import threading
import time

import pytest

from running import BASH_TIMEOUT_SECONDS, Environment, command_of, descendants, wait_until


@pytest.fixture(autouse=True)
def _fresh_shell(environment: Environment) -> None:
    environment.execute("bash", restart=True)


def test_session_lives_across_requests(environment: Environment) -> None:
    environment.bash('cd /tmp; answer=42; shout() { echo "$1!"; }')
    assert environment.bash("pwd; echo $answer; shout hey")["output"] == "/tmp\n42\nhey!"


def test_result_keeps_standard_error_and_status_apart(environment: Environment) -> None:
    result = environment.bash("echo out; echo err >&2; (exit 3)")
    assert result["output"] == "out"
    assert result["error"] == "err\nexit status 3"
    assert environment.bash("true")["error"] is None
    assert (result["base64_image"], result["settled"]) == (None, None)
    assert result["elapsed_ms"] > 0


def test_syntax_error_is_reported_and_the_shell_goes_on(environment: Environment) -> None:
    assert "syntax error" in environment.bash("for do (")["error"]
    assert environment.bash("echo on")["output"] == "on"


def test_here_document_and_unicode(environment: Environment) -> None:
    assert environment.bash("cat <<'X'\nzwei Wörter 日本\nX")["output"] == "zwei Wörter 日本"


def test_background_job_does_not_delay_the_answer(environment: Environment) -> None:
    began = time.monotonic()
    assert environment.bash("sleep 100 & echo started")["output"] == "started"
    assert time.monotonic() - began < 2
    assert environment.bash("jobs -p | wc -l")["output"] == "1"


def test_output_of_background_job_comes_with_the_next_command(environment: Environment) -> None:
    environment.bash("(sleep 0.2; echo late) &")
    time.sleep(0.5)
    assert environment.bash("echo now")["output"] == "late\nnow"


def test_command_that_never_ends_is_stopped_and_the_next_one_works(environment: Environment) -> None:
    result = environment.bash("echo before; sleep 1000 & sleep 1001")
    assert result["output"] == "before"
    assert f"did not end within {BASH_TIMEOUT_SECONDS} s" in result["error"]
    assert environment.bash("pgrep -f 'sleep 100[01]'")["output"] is None, "its whole process group is gone"
    assert environment.bash("echo on")["output"] == "on"


def test_command_that_ignores_signals_is_stopped_too(environment: Environment) -> None:
    assert "did not end" in environment.bash("trap '' TERM INT HUP QUIT; while :; do sleep 1; done")["error"]
    assert environment.bash("echo on")["output"] == "on"


def test_restart_ends_a_running_command_at_once(environment: Environment) -> None:
    results: list[dict[str, object]] = []
    runner = threading.Thread(target=lambda: results.append(environment.bash("sleep 1000")))
    runner.start()
    wait_until(lambda: "sleep 1000" in _commands(environment), 5)
    assert environment.execute("bash", restart=True)["error"] is None
    runner.join(5)
    assert results[0]["error"] == "the shell was restarted while this command ran"
    assert environment.bash("echo new")["output"] == "new"


def test_endless_output_is_capped_while_it_is_read(environment: Environment) -> None:
    result = environment.bash("yes")
    assert len(result["output"]) < 17_000
    assert "bytes left out here" in result["output"]
    assert "did not end" in result["error"]
    assert environment.bash("echo on")["output"] == "on"


def test_long_output_keeps_its_beginning_and_its_end(environment: Environment) -> None:
    output = environment.bash("seq 1 100000")["output"]
    assert output.startswith("1\n2\n")
    assert output.endswith("\n99999\n100000")
    assert 16_000 <= len(output) < 17_000


def test_binary_output_is_converted_to_text(environment: Environment) -> None:
    assert environment.bash("printf 'a\\000b\\377\\376c'")["output"] == "a\ufffdb\ufffd\ufffdc"
    assert environment.bash("head -c 1000000 /dev/urandom")["error"] is None


@pytest.mark.parametrize(
    "command", ["exec 1>&-; echo x", "exec 2>&-; echo x >&2", "exec 1>&- 2>&- 0<&-", "exec >/dev/null"]
)
def test_a_command_that_closes_its_output_does_not_affect_the_next_one(
    environment: Environment, command: str
) -> None:
    environment.bash(command)
    result = environment.bash("echo out; echo err >&2")
    assert (result["output"], result["error"]) == ("out", "err")


@pytest.mark.parametrize("command", ["exit 7", "kill -9 $$", "set -e; false", "exec true"])
def test_a_shell_that_ends_is_replaced(environment: Environment, command: str) -> None:
    assert "the next command gets a new shell" in environment.bash(command)["error"]
    assert environment.bash("echo on")["output"] == "on"


def test_standard_input_of_a_command_is_empty(environment: Environment) -> None:
    assert environment.bash("cat; read line || echo none")["output"] == "none"


def test_fork_bomb_is_bounded_and_the_desktop_stays_usable(key_pair: tuple[str, str]) -> None:
    environment = Environment(*key_pair, overrides={"DESKTOP_MAX_PROCESSES": "150"})
    try:
        environment.start()
        environment.bash(":(){ :|:& };:")
        began = time.monotonic()
        assert environment.act("screenshot")["base64_image"]
        assert environment.act("mouse_move", coordinate=[9, 9])["error"] is None
        assert time.monotonic() - began < 5
        assert environment.execute("bash", restart=True)["error"] is None
        assert environment.bash("echo on; ulimit -u")["output"] == "on\n150"
    finally:
        environment.remove()


def test_a_hundred_parallel_requests_are_all_answered(environment: Environment) -> None:
    outputs: list[str] = []

    def ask(number: int) -> None:
        outputs.append(environment.bash(f"echo {number}")["output"])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, outputs)) == list(range(100))


def test_a_busy_shell_does_not_delay_other_tools(environment: Environment) -> None:
    sleeper = threading.Thread(target=lambda: environment.bash("sleep 3"))
    sleeper.start()
    began = time.monotonic()
    environment.act("screenshot")
    environment.act("mouse_move", coordinate=[7, 7])
    environment.execute("str_replace_based_edit_tool", command="view", path="/etc/hostname")
    assert time.monotonic() - began < 2.5
    sleeper.join()


def test_shell_runs_as_the_desktop_user_and_cannot_gain_rights(environment: Environment) -> None:
    output = environment.bash("id -u; id -G; grep -E 'CapPrm|CapEff|CapAmb|NoNewPrivs' /proc/self/status")[
        "output"
    ]
    assert output.split() == [
        *["64012", "64012"],
        *["CapPrm:", "0" * 16, "CapEff:", "0" * 16, "CapAmb:", "0" * 16, "NoNewPrivs:", "1"],
    ]


def _commands(environment: Environment) -> str:
    return " ".join(map(command_of, descendants(environment.process.pid)))
