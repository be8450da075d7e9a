"""A container without Docker: what it sees, what it may, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import toy_image
from isolated_scene import HEALTH, Start, starter, until_ready
from runner.tasks.backend import CannotStart
from runner.tasks.isolated import IsolatedBackend
from runner.tasks.layout import Layout


@pytest.fixture
def image(tmp_path: Path) -> Layout:
    return toy_image.make(tmp_path)


@pytest.fixture
def start(image: Layout, tmp_path: Path) -> Iterator[Start]:
    with starter(image, tmp_path) as call:
        yield call


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while _is_alive(pid):
        assert time.monotonic() < deadline, f"process {pid} lives on"
        time.sleep(0.02)


def test_it_gets_its_own_variables_and_none_of_the_runners(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_RUNNER", "1")
    said = until_ready(start('echo "$GREETING|$MINE"; env | grep -c ^OF_THE_RUNNER=', {"MINE": "two\nlines"}))
    assert said == ["started", "from the image|two", "lines", "0", f"ready {toy_image.USER}"]


def test_it_runs_as_the_images_user_unless_its_definition_names_another(start: Start) -> None:
    assert until_ready(start("id -g; id -G"))[1:] == ["54321", "54321", "ready 54321"]
    assert until_ready(start("id -un", user="toy"))[1:] == ["toy", "ready 54321"]


def test_it_has_the_capabilities_that_its_definition_leaves_and_no_more(start: Start) -> None:
    drop = {"capabilities": {"drop": ["ALL"]}}
    assert "CapBnd:\t0000000000000000" in until_ready(
        start("grep Cap /proc/self/status", linuxParameters=drop)
    )
    said = until_ready(start("grep Cap /proc/self/status"))
    # Docker's fourteen, which the user itself does not have.
    assert "CapBnd:\t00000000a80425fb" in said and "CapEff:\t0000000000000000" in said


def test_it_sees_nothing_of_the_machine_but_its_packages(start: Start, tmp_path: Path) -> None:
    seen = until_ready(start("echo $(ls -A /); echo $(ls -A /home /tmp /usr/local /run)"))
    assert set(seen[1].split()) <= {
        *("bin", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "opt", "proc", "root", "run"),
        *("sbin", "sys", "tmp", "usr", "var"),
    }
    assert seen[2].split() == ["/home:", "/run:", "/tmp:", "/usr/local:", "bin"]
    assert until_ready(start(f"ls {tmp_path} 2>&1 | grep -c 'No such file'"))[1] == "1"
    assert until_ready(start("ls /proc | grep -c '^[0-9]'"))[1] in ("3", "4", "5")


def test_names_are_asked_of_the_given_resolver_only(start: Start) -> None:
    assert until_ready(start("grep nameserver /etc/resolv.conf"))[1] == "nameserver 192.0.2.2"
    assert until_ready(start("hostname"))[1] == "toy-01234567"


def test_what_it_writes_stays_its_own_and_a_read_only_root_takes_nothing(start: Start) -> None:
    places = ("/etc", "/tmp", "/usr/bin", "/usr/local/bin", "/var/lib", "/opt", "/run")
    try_it = "; ".join(f"touch {place}/x && echo written" for place in places)
    assert until_ready(start(try_it, user="0")).count("written") == len(places)
    assert not Path("/etc/x").exists() and not Path("/tmp/x").exists()
    said = until_ready(start(try_it, user="0", readonlyRootFilesystem=True))
    assert "written" not in said
    assert len([line for line in said if "Read-only file system" in line]) == len(places)


def test_the_images_directories_have_their_owners_groups_and_modes(start: Start) -> None:
    said = until_ready(start("stat -c '%u %g %a' /var/lib/toy /var/lib/shared"))
    assert said[1:3] == [f"{toy_image.USER} {toy_image.USER} 700", f"{toy_image.USER} {toy_image.GROUP} 3770"]


def test_a_volume_begins_as_the_images_directory_and_is_readable_outside(
    start: Start, tmp_path: Path
) -> None:
    mounts = [{"sourceVolume": "data", "containerPath": "/var/lib/toy"}]
    said = until_ready(
        start("echo kept > /var/lib/toy/file && stat -c '%u %a' /var/lib/toy", mountPoints=mounts)
    )
    assert said[1] == f"{toy_image.USER} 700"
    assert (tmp_path / "task0" / "volumes" / "data" / "file").read_text() == "kept\n"


def test_a_read_only_volume_takes_nothing(start: Start) -> None:
    mounts = [{"sourceVolume": "data", "containerPath": "/var/lib/toy", "readOnly": True}]
    said = until_ready(start("touch /var/lib/toy/file", mountPoints=mounts))
    assert any("Read-only file system" in line for line in said)


def test_a_volume_where_the_image_has_nothing_begins_empty_as_dockers(start: Start) -> None:
    mounts = [{"sourceVolume": "new", "containerPath": "/srv/deep/new"}]
    said = until_ready(start("stat -c '%u %g %a' /srv/deep/new; ls -A /srv/deep/new", mountPoints=mounts))
    assert said[1:] == ["0 0 755", f"ready {toy_image.USER}"]


def test_a_volumes_files_keep_their_owners_and_are_closed_to_others(
    start: Start, image: Layout, tmp_path: Path
) -> None:
    model = image.trees["/opt/toy"] / "deep"
    model.mkdir()
    (model / "file").touch()
    os.chown(model, 1234, 1235)
    os.chown(model / "file", 2234, 2235)
    (model / "file").chmod(0o2640)
    until_ready(start(mountPoints=[{"sourceVolume": "data", "containerPath": "/opt/toy"}]))
    task = tmp_path / "task0"
    kept, file = task / "volumes/data/deep", (task / "volumes/data/deep/file").stat()
    assert (kept.stat().st_uid, kept.stat().st_gid) == (1234, 1235)
    assert (file.st_uid, file.st_gid, file.st_mode & 0o7777) == (2234, 2235, 0o2640)
    assert task.stat().st_mode & 0o077 == 0


def test_a_volume_does_not_go_where_a_symbolic_link_leads(start: Start) -> None:
    container = start(mountPoints=[{"sourceVolume": "x", "containerPath": "/usr/local/bin/healthcheck"}])
    said = container.output.read().decode()
    container.stop(1)
    assert "/usr/local/bin/healthcheck is a symbolic link" in said and container.poll() == 125


def test_it_is_stopped_by_the_images_signal_and_its_status_is_told(start: Start) -> None:
    container = start()
    until_ready(container)
    container.stop(10)
    assert container.poll() == 7
    assert container.output.read() == b"stopping\n"


def test_it_heeds_signals_that_the_runner_ignores(start: Start) -> None:
    """As one does that a script has started in its background."""
    heeded = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        container = start()
    finally:
        signal.signal(signal.SIGINT, heeded)
    until_ready(container)
    container.stop(10)
    assert container.poll() == 7


def test_one_that_does_not_stop_is_killed_after_its_grace(start: Start) -> None:
    container = start("trap '' INT")
    until_ready(container)
    container.stop(0.2)
    assert container.poll() == 128 + signal.SIGKILL
    assert container.process_one is not None
    _wait_until_gone(container.process_one)


def test_its_own_end_is_told_and_ends_all_that_it_started(start: Start) -> None:
    container = start("(setsid sleep 1000 &) ; exit 3")
    assert container.output.read() == b"started\n"
    container.stop(0)
    assert container.poll() == 3


def test_processes_that_lose_their_parent_are_waited_for(start: Start) -> None:
    script = (
        "for i in 1 2 3; do (sh -c 'true &'); done; sleep 0.3; grep -l 'State:.Z' /proc/[0-9]*/status | wc -l"
    )
    assert until_ready(start(script))[1] == "0"


def test_a_user_whom_the_image_does_not_know_is_named(start: Start) -> None:
    with pytest.raises(CannotStart, match="nobody-here"):
        start(user="nobody-here")


def test_an_image_that_is_not_installed_is_refused_and_what_makes_it_is_said(image: Layout) -> None:
    backend = IsolatedBackend({"toy": image})
    assert backend.refusal(toy_image.container()) is None
    tree = image.trees["/opt/toy"]
    tree.rename(tree.with_name("elsewhere"))
    refusal = backend.refusal(toy_image.container())
    assert refusal is not None and str(tree) in refusal and "make up" in refusal
    assert "toy" in str(backend.refusal(toy_image.container(name="other")))


def test_an_entry_point_that_is_not_there_is_named(start: Start) -> None:
    container = start(entryPoint=["/nowhere"])
    said = container.output.read().decode()
    container.stop(1)
    assert "/nowhere" in said and container.poll() == 127


def test_a_health_check_runs_inside_as_the_containers_user(start: Start) -> None:
    container = start(environment={"CHECK": "echo $(id -u) $(hostname); exit 4"})
    until_ready(container)
    assert container.check_health(HEALTH, 10) == (4, f"{toy_image.USER} toy-01234567\n")
    status, said = container.check_health(("/usr/local/bin/nothing",), 10)
    assert status == 127 and "/usr/local/bin/nothing" in said


def test_a_health_check_that_takes_too_long_is_ended(start: Start) -> None:
    container = start(environment={"CHECK": "echo $$; sleep 1000"})
    until_ready(container)
    status, said = container.check_health(HEALTH, 0.5)
    assert status == 124 and "0.5 s" in said
    assert (
        "sleep 1000"
        not in subprocess.run(
            ["ps", "-eo", "args"], capture_output=True, text=True, check=True
        ).stdout.splitlines()
    )


def test_a_health_check_of_a_container_that_has_ended_runs_nowhere(start: Start) -> None:
    container = start()
    until_ready(container)
    container.kill()
    container.stop(1)
    status, said = container.check_health(("/bin/echo", "ran"), 10)
    assert status == 125 and "ran" not in said


def test_it_does_not_outlive_a_runner_that_is_killed(image: Layout, tmp_path: Path) -> None:
    starter = (
        "import sys, pathlib, toy_image\n"
        "from runner.network.namespace import Namespace\n"
        "from runner.tasks.isolated import IsolatedBackend\n"
        "folder = pathlib.Path(sys.argv[1]); (folder / 'again').mkdir()\n"
        "image = toy_image.make(folder / 'again')\n"
        "inside, task = Namespace.create(), folder / 'task'\n"
        "launch = toy_image.launch(toy_image.container(), inside, task, {'SCRIPT': ''})\n"
        "container = IsolatedBackend({'toy': image}).start(launch)\n"
        "while not container.output.readline().startswith(b'ready'): pass\n"
        "print(container.process_one, flush=True)\n"
        "container.output.read()\n"
    )
    tests = Path(__file__).parent
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent)])}
    with subprocess.Popen(
        [sys.executable, "-c", starter, str(tmp_path)], env=variables, stdout=subprocess.PIPE
    ) as runner:
        assert runner.stdout is not None
        process_one = int(runner.stdout.readline())
        assert _is_alive(process_one)
        runner.kill()
        runner.wait()
        _wait_until_gone(process_one)
