"""The desktop starts, recovers and stops, and only the control user can read its secrets."""

import os
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from conftest import make_key_pair
from running import DESKTOP_USER, PREFIX, Environment, command_of, descendants, wait_until

PARTS = ["Xtigervnc", "openbox", "tint2", "desktop_control.api", "desktop_control.viewer"]


def refused_start(environment: Environment) -> subprocess.CompletedProcess[str]:
    """Start a desktop whose configuration is wrong, and delete its folder."""
    try:
        return subprocess.run(
            [PREFIX / "environment"],
            env=environment.variables,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    finally:
        shutil.rmtree(environment.folder)


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back_and_the_next_request_works(environment: Environment, part: str) -> None:
    process = environment.service_process(part)
    os.kill(process, signal.SIGKILL)
    assert environment.act("screenshot")["base64_image"]
    assert environment.act("mouse_move", coordinate=[12, 34])["error"] is None
    assert environment.act("cursor_position")["output"] == "X=12,Y=34"
    wait_until(lambda: environment.service_process(part) != process, 10)
    service = {"Xtigervnc": "xvnc", "openbox": "window-manager", "tint2": "panel"}.get(part, part)
    service = {"desktop_control.api": "control-api", "desktop_control.viewer": "viewer-novnc"}.get(
        service, service
    )
    wait_until(lambda: f'"event": "service ended", "service": "{service}"' in environment.log(), 5)


@pytest.mark.parametrize(
    ("service", "part"), [("control-api", PARTS[3]), ("viewer-novnc", PARTS[4]), ("xvnc", PARTS[0])]
)
def test_a_killed_supervisor_leaves_no_second_service_behind(
    environment: Environment, service: str, part: str
) -> None:
    service_process = environment.service_process(part)
    supervisor = next(
        process
        for process in descendants(environment.process.pid)
        if command_of(process).strip() == f"s6-supervise {service}"
    )
    os.kill(supervisor, signal.SIGKILL)
    wait_until(lambda: command_of(service_process) == "", 5)
    assert environment.act("screenshot")["base64_image"]


def test_the_desktop_recovers_after_the_display_was_killed(environment: Environment) -> None:
    os.kill(environment.service_process("Xtigervnc"), signal.SIGKILL)
    environment.act("mouse_move", coordinate=[512, 300])
    wait_until(lambda: environment.screen().getpixel((900, 300)) == (46, 52, 64), 10)
    wait_until(
        lambda: environment.screen().getpixel((600, 760)) != (46, 52, 64) or _has_panel(environment), 10
    )
    environment.act("left_click", coordinate=[156, 750])
    wait_until(lambda: environment.programs("galculator"), 10)


def test_buttons_that_a_killed_api_held_are_released(environment: Environment) -> None:
    environment.act("mouse_move", coordinate=[500, 300])
    environment.act("left_mouse_down")
    os.kill(environment.service_process("desktop_control.api"), signal.SIGKILL)
    environment.act("screenshot")
    assert environment.bash("xprop -root >/dev/null && echo alive")["output"] == "alive"
    environment.launch("xterm -geometry 80x24+100+100 -e sh -c 'touch ~/started; sleep 60'")
    wait_until((environment.home / "started").exists, 10)


def test_it_stops_within_five_seconds_and_leaves_nothing(key_pair: tuple[str, str]) -> None:
    environment = Environment(*key_pair, overrides={"DISPLAY_NUMBER": ""})
    try:
        environment.start()
        environment.launch("xterm")
        environment.bash("setsid -f sleep 12345; (trap '' TERM; sleep 12346) & echo")
        processes = descendants(environment.process.pid)
        assert any("sleep 12345" in command_of(process) for process in processes)
        assert environment.stop() < 5
        assert environment.process.returncode == 0
        assert [command_of(process) for process in processes if command_of(process)] == []
        assert not environment.is_healthy()
    finally:
        environment.remove()


def test_health_check_follows_the_display(key_pair: tuple[str, str]) -> None:
    environment = Environment(*key_pair)
    try:
        environment.start()
        check = [str(PREFIX / "healthcheck")]
        wait_until(lambda: subprocess.run(check, env=environment.variables, check=False).returncode == 0, 10)
        server = environment.service_process("Xtigervnc")
        os.kill(server, signal.SIGSTOP)
        assert not environment.is_healthy(), "a display that hangs is ill, though its process lives"
        assert subprocess.run(check, env=environment.variables, check=False).returncode != 0
        os.kill(server, signal.SIGCONT)
        wait_until(environment.is_healthy, 10)
    finally:
        environment.remove()


def test_secrets_are_not_readable_from_the_shell(environment: Environment) -> None:
    runtime = environment.variables["RUNTIME_DIRECTORY"]
    names = ("CONTROL_TOKEN", "LOGIN_PASSWORD", "TLS_PRIVATE_KEY")
    found = environment.bash(
        "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'; env"
    )["output"]
    everything = environment.bash(
        f"find / -xdev -newer {runtime} -type f -readable -path '*environment*' 2>/dev/null"
    )
    for name in names:
        assert name not in found
        assert environment.variables[name][:40] not in found
    assert f"{runtime}/secrets" not in (everything["output"] or "")
    assert "Permission denied" in environment.bash(f"ls {runtime}/secrets")["error"]
    assert "Permission denied" in environment.bash(f"{PREFIX}/as-desktop id")["error"]


def test_no_process_carries_a_secret_in_its_environment(environment: Environment) -> None:
    for process in [environment.process.pid, *descendants(environment.process.pid)]:
        try:
            content = Path(f"/proc/{process}/environ").read_bytes()
        except OSError:
            continue
        for name in ("CONTROL_TOKEN", "LOGIN_PASSWORD", "TLS_PRIVATE_KEY", "TLS_CERTIFICATE"):
            assert name.encode() not in content, command_of(process)


def test_programs_of_the_desktop_are_killed_first_when_memory_runs_out(environment: Environment) -> None:
    environment.bash("true")
    scores = {
        process: int(Path(f"/proc/{process}/oom_score_adj").read_text())
        for process in descendants(environment.process.pid)
        if Path(f"/proc/{process}").stat().st_uid == DESKTOP_USER and "as-desktop" not in command_of(process)
    }
    assert scores and set(scores.values()) == {500}
    api = environment.service_process("desktop_control.api")
    assert int(Path(f"/proc/{api}/oom_score_adj").read_text()) < 500


def test_nothing_runs_as_root(environment: Environment) -> None:
    for process in [environment.process.pid, *descendants(environment.process.pid)]:
        assert Path(f"/proc/{process}").stat().st_uid in (64011, DESKTOP_USER), command_of(process)


def test_only_the_control_user_can_read_the_secret_files(environment: Environment) -> None:
    secrets = Path(environment.variables["RUNTIME_DIRECTORY"]) / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    for path in secrets.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        assert path.stat().st_uid == 64011
    token, password = environment.variables["CONTROL_TOKEN"], environment.variables["LOGIN_PASSWORD"]
    contents = b"".join(path.read_bytes() for path in secrets.iterdir() if path.is_file()).decode(
        errors="replace"
    )
    assert token not in contents, "a hash is enough"
    assert password not in contents


def test_the_shell_cannot_kill_the_control_api_or_the_supervisor(environment: Environment) -> None:
    api = environment.service_process("desktop_control.api")
    assert "not permitted" in environment.bash(f"kill -9 {api} {environment.process.pid}")["error"]


def test_screen_size_is_configurable_and_large_screens_are_scaled(key_pair: tuple[str, str]) -> None:
    environment = Environment(*key_pair, overrides={"DISPLAY_WIDTH": "2560", "DISPLAY_HEIGHT": "1600"})
    try:
        environment.start()
        assert environment.screen().size == (1280, 800)
        environment.act("mouse_move", coordinate=[1279, 799])
        assert environment.act("cursor_position")["output"] == "X=1279,Y=799"
        geometry = environment.bash("xprop -root _NET_DESKTOP_GEOMETRY")["output"]
        assert geometry.endswith("2560, 1600")
        assert (
            environment.post(
                {"tool": "computer", "input": {"action": "mouse_move", "coordinate": [1280, 0]}}
            ).status_code
            == 400
        )
        environment.launch("xterm -geometry 100x30+1000+600 -bg '#ff0000'")
        wait_until(lambda: environment.screen().getpixel((600, 450)) == (255, 0, 0), 10)
        environment.act("left_click", coordinate=[600, 450])
        assert environment.act("zoom", region=[500, 300, 756, 460])["base64_image"]
    finally:
        environment.remove()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CONTROL_TOKEN", ""),
        ("CONTROL_TOKEN", "short"),
        ("CONTROL_TOKEN", "with blank in the middle"),
        ("LOGIN_USERNAME", " "),
        ("LOGIN_PASSWORD", ""),
        ("LOGIN_PASSWORD", "2little"),
        ("TLS_CERTIFICATE", ""),
        ("TLS_CERTIFICATE", "no pem"),
        ("TLS_PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----\nrubbish\n-----END PRIVATE KEY-----"),
        ("DISPLAY_WIDTH", "wide"),
        ("DISPLAY_WIDTH", "-1"),
        ("DISPLAY_HEIGHT", "99999"),
        ("HUMAN_PAUSE_SECONDS", "nan"),
        ("HUMAN_PAUSE_SECONDS", "soon"),
        ("VIEWER", "rdp"),
        ("VIEWER", "dcv"),
        ("QUEUE_BOUND", "0"),
    ],
)
def test_bad_configuration_stops_at_once_and_names_the_variable(
    key_pair: tuple[str, str], variable: str, value: str
) -> None:
    environment = Environment(*key_pair, overrides={variable: value})
    ended = refused_start(environment)
    assert ended.returncode == 78
    assert variable in ended.stderr
    if variable.startswith(("CONTROL_TOKEN", "LOGIN", "TLS")) and value.strip():
        assert value not in ended.stderr


def test_key_of_another_certificate_is_refused(key_pair: tuple[str, str]) -> None:
    environment = Environment(key_pair[0], make_key_pair()[1])
    ended = refused_start(environment)
    assert ended.returncode == 78
    assert "TLS_PRIVATE_KEY" in ended.stderr


def test_a_port_in_use_is_named(environment: Environment, key_pair: tuple[str, str]) -> None:
    other = Environment(*key_pair, overrides={"CONTROL_PORT": str(environment.control_port)})
    ended = refused_start(other)
    assert ended.returncode == 78
    assert "CONTROL_PORT" in ended.stderr


def _has_panel(environment: Environment) -> bool:
    return len(environment.screen().crop((0, 735, 200, 767)).getcolors(10_000) or []) > 20
