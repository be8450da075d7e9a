"""The emulator as a process: found again, told apart, ended for sure."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import checkout
from conftest import LOCAL
from launcher import emulator_process, processes
from launcher.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    """A checkout in which the emulator can be started. An emulator that still runs at the end is stopped."""
    made = Places(tmp_path)
    (tmp_path / "testbench").symlink_to(LOCAL)
    checkout.install_tools(made)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made.last_port.write_text(str(free.getsockname()[1]))
    yield made
    emulator_process.stop(made)


def test_it_starts_once_and_stops_without_a_trace(places: Places) -> None:
    first = emulator_process.start(places)
    assert emulator_process.start(places) == first
    assert emulator_process.likely_url(places) == first.url
    assert emulator_process.stop(places) is True
    assert not processes.is_alive(first.pid)
    assert not places.emulator.exists()
    assert emulator_process.running(places) is None
    assert emulator_process.stop(places) is False


def test_after_a_kill_it_starts_on_its_port_with_a_new_identity(places: Places) -> None:
    first = emulator_process.start(places)
    os.kill(first.pid, signal.SIGKILL)
    while processes.is_alive(first.pid):
        pass
    assert emulator_process.running(places) is None
    second = emulator_process.start(places)
    assert (second.url, second.instance == first.instance) == (first.url, False)


def test_a_taken_port_is_reported_and_another_one_used(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        places.last_port.write_text(str(port))
        found = emulator_process.start(places)
    assert found.port != port
    assert f"Port {port} is taken" in capsys.readouterr().err
    assert places.last_port.read_text().strip() == str(found.port)


def test_another_process_with_its_old_process_id_is_not_mistaken_for_it(places: Places) -> None:
    first = emulator_process.start(places)
    claimed = json.loads(places.emulator.read_text())
    emulator_process.stop(places)
    places.emulator.write_text(json.dumps({**claimed, "pid": os.getpid()}))
    assert emulator_process.running(places) is None
    second = emulator_process.start(places)
    # The first one's file with the port and process id of the second still does not describe the first.
    places.emulator.write_text(
        json.dumps({**claimed, "pid": second.pid, "port": second.port, "url": second.url})
    )
    assert first.instance != second.instance
    assert emulator_process.running(places) is None
    processes.end(second.pid, 5)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"pid": "x"}'])
def test_an_invalid_state_file_is_ignored(places: Places, text: str) -> None:
    places.emulator.write_text(text)
    assert emulator_process.running(places) is None


def test_it_ends_with_the_process_that_started_it_even_if_that_is_killed() -> None:
    starter_code = (
        "import subprocess, sys, time\n"
        "command = [sys.executable, '-m', 'emulator', '--exit-with-parent']\n"
        "child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
        "print(child.pid, child.stdout.readline(), flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", starter_code]
    with subprocess.Popen(command, cwd=LOCAL, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        line = starter.stdout.readline()
        assert "listening on http://127.0.0.1:" in line
        emulator_pid = int(line.split()[0])
        assert processes.is_alive(emulator_pid)
        starter.send_signal(signal.SIGKILL)
        starter.wait()
    # The timeout of the test run ends this loop if the emulator survives.
    while processes.is_alive(emulator_pid):
        pass


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_although_a_connection_is_open(tmp_path: Path, end: signal.Signals) -> None:
    state = tmp_path / "state.json"
    command = [sys.executable, "-m", "emulator", "--state-file", str(state)]
    with subprocess.Popen(command, cwd=LOCAL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        port = json.loads(state.read_text())["port"]
        with socket.create_connection(("127.0.0.1", port), 30) as client:
            client.sendall(b"GET /_emu")
            process.send_signal(end)
            process.send_signal(end)
            assert process.wait(30) == 0
    assert not state.exists()


def test_a_port_in_use_is_an_error_that_names_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "emulator", "--port", str(port)]
        ended = subprocess.run(command, cwd=LOCAL, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in ended.stderr
