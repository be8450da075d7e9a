"""A task's container is what its definition says, from its first process to its end."""

from __future__ import annotations

import resource
from contextlib import closing
from pathlib import Path

import pytest

from containers.engine import Engine
from runner.network.namespace import Namespace
from runner.tasks.backend import CannotStart
from runner.tasks.engine import EngineBackend
from task_containers.conftest import Start, said, status, until_ready
from task_containers.launches import CPU_UNITS, MEMORY_MIB, container, launch
from task_containers.toy import Toy

POLITE = "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done"
DEAF = "trap '' TERM; echo ready; while :; do sleep 0.01; done"


def test_an_engine_that_is_there_is_available(machine: Toy, backend: EngineBackend) -> None:
    assert machine.engine.is_podman
    assert backend.unavailable() is None


def test_a_missing_engine_is_named(tmp_path: Path) -> None:
    backend = EngineBackend(Engine(str(tmp_path / "engine")), tmp_path, "127.0.0.1:1")
    assert backend.unavailable() == f"There is no {tmp_path}/engine command."
    with pytest.raises(CannotStart, match="No such file"):
        backend.start(launch(container("192.0.2.1/toy@sha256:" + "0" * 64), tmp_path))
    backend.close()


def test_an_engine_that_does_not_answer_is_said_to(tmp_path: Path) -> None:
    slow = tmp_path / "engine"
    slow.write_text("#!/bin/sh\nexec sleep 1000\n")
    slow.chmod(0o755)
    missing = EngineBackend(Engine(str(slow), answer_seconds=0.2), tmp_path, "127.0.0.1:1").unavailable()
    assert missing == "The container engine does not answer (version did not end within 0.2 s)."


def test_the_image_is_pulled_from_the_registry_by_its_digest(machine: Toy, start: Start) -> None:
    machine.engine.run("rmi", "--force", f"{machine.registry}/{machine.image.partition('/')[2]}")
    assert said(start()) == "the command of the image\n"


def test_an_image_that_the_registry_lacks_is_refused_as_ecs_does(
    machine: Toy, backend: EngineBackend, tmp_path: Path
) -> None:
    missing = "192.0.2.1/toy@sha256:" + "0" * 64
    with pytest.raises(CannotStart, match=f"CannotPullContainerError: {missing} is not in the registry"):
        backend.start(launch(container(missing), tmp_path))


def test_an_image_that_is_named_by_a_tag_is_refused(backend: EngineBackend, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="must name its digest"):
        backend.start(launch(container("192.0.2.1/toy:latest"), tmp_path))


def test_the_environment_is_the_images_and_the_launchs(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_RUNNER", "1")
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:1")
    monkeypatch.setenv("no_proxy", "192.0.2.2")
    variables = {
        "KEY": "-----BEGIN\nline\n-----END\n",
        "EMPTY": "",
        "HOME": "/home/x",
        "DOCKER_HOST": "x",
        "CONTAINERS_CONF": "/nowhere",
    }
    outer = ("FROM_IMAGE", "OF_THE_RUNNER", "HTTP_PROXY", "no_proxy")
    names = "".join(f"[${{{name}-unset}}]" for name in (*variables, *outer))
    assert said(start(f'echo "{names}"', variables)) == (
        "[-----BEGIN\nline\n-----END\n][][/home/x][x][/nowhere][yes][unset][unset][unset]\n"
    )


def test_no_value_of_the_environment_is_on_a_command_line(
    machine: Toy, backend: EngineBackend, namespace: Namespace, tmp_path: Path
) -> None:
    recorder = tmp_path / "recorder"
    recorder.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/lines\nexec {machine.engine.command} "$@"\n')
    recorder.chmod(0o755)
    variables = {"KEY": "-----BEGIN\nsecret\n", "TOKEN": "secret-word"}
    definition = container(machine.image, command=["echo $TOKEN"])
    with closing(EngineBackend(Engine(str(recorder)), tmp_path, machine.registry)) as recording:
        started = recording.start(launch(definition, tmp_path, namespace, variables))
        assert said(started) == "secret-word\n"
        started.remove()
    lines = (tmp_path / "lines").read_text()
    assert "create --name=" in lines and "start --attach" in lines
    assert "secret" not in lines


def test_the_words_are_the_images_unless_the_definition_has_others(start: Start) -> None:
    assert said(start()) == "the command of the image\n"
    assert said(start(command=["echo $0", "zero"])) == "zero\n"
    assert said(start(entryPoint=["/bin/ls", "-d"], command=["/data", "/tmp"])) == "/data\n/tmp\n"


def test_standard_output_and_error_are_one(start: Start) -> None:
    started = start("echo out; sleep 0.5; echo err >&2; sleep 0.5; echo out again")
    assert said(started) == "out\nerr\nout again\n"


def test_the_first_process_is_an_init_where_one_is_asked_for(start: Start) -> None:
    assert said(start("cat /proc/1/comm")) == "sh\n"
    with_init = start("cat /proc/1/comm", linuxParameters={"initProcessEnabled": True})
    assert said(with_init) == "podman-init\n"


def test_an_init_reaps_processes_that_lose_their_parent(start: Start) -> None:
    orphans = "for i in 1 2 3; do (sh -c 'true &'); done; sleep 0.3; grep -l 'State:.Z' /proc/[0-9]*/status"
    started = start(f"{orphans} | wc -l", linuxParameters={"initProcessEnabled": True})
    assert said(started) == "0\n"


def test_cpu_and_memory_are_the_tasks(start: Start) -> None:
    """As the control groups say, whichever version of them this machine has."""
    version_1 = ("memory/memory.limit_in_bytes", "cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")
    files = " ".join(f"/sys/fs/cgroup/{name}" for name in ("memory.max", "cpu.max", *version_1))
    words = said(start(f"cat {files} 2>/dev/null")).split()
    assert str(MEMORY_MIB * 1024 * 1024) in words
    assert words[words.index("100000") - 1] == str(CPU_UNITS * 100000 // 1024)


def test_a_process_that_takes_more_memory_than_the_task_has_is_killed(start: Start) -> None:
    # `tail` holds in memory what it may have to print.
    hog = start(f"head -c {2 * MEMORY_MIB}m /dev/zero | tail -c {2 * MEMORY_MIB}m >/dev/null; echo $?")
    # The shell also prints "Killed", on standard error, so before or after the status.
    assert "137" in said(hog).split()
    # conmon, which supervises the container, writes a file `oom` into the task's folder, and not here.
    assert not Path("oom").exists()


def test_limits_of_files_and_processes_are_the_definitions_or_fargates(start: Start) -> None:
    own = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = 65535 if own == resource.RLIM_INFINITY else min(own, 65535)
    script = "ulimit -Sn; ulimit -Hn; ulimit -c"
    assert said(start(script)).split()[:2] == [str(most)] * 2
    ulimits = [
        {"name": "nofile", "softLimit": 256, "hardLimit": 512},
        {"name": "core", "softLimit": 0, "hardLimit": 0},
    ]
    assert said(start(script, ulimits=ulimits)).split() == ["256", "512", "0"]


@pytest.mark.parametrize(("script", "expected"), [("exit 3", 3), ("kill -KILL $$", 137), ("exit 0", 0)])
def test_it_ends_with_the_status_of_its_first_process(start: Start, script: str, expected: int) -> None:
    # An init passes SIGKILL on; the first process of a container cannot kill itself.
    started = start(f"{script} ", linuxParameters={"initProcessEnabled": True})
    said(started)
    assert status(started) == expected


def test_what_cannot_start_is_said_and_leaves_nothing(machine: Toy, start: Start) -> None:
    with pytest.raises(CannotStart, match="no-such-program"):
        start(entryPoint=["no-such-program"])
    with pytest.raises(CannotStart, match="nobody-here"):
        start("exit 0", user="nobody-here")
    assert machine.everything() == ""


class TestHealth:
    def test_it_is_a_command_of_the_containers_user_and_network(self, start: Start) -> None:
        started = start("echo ready; sleep 1000", {"PORT": "5000"})
        until_ready(started)
        script = '[ "$(id -u) $PORT" = "1000 5000" ] || exit 9; exit 4'
        assert started.check_health(("/bin/sh", "-c", script), 60)[0] == 4
        assert started.check_health(("/bin/sh", "-c", "exit 0"), 60)[0] == 0
        assert started.check_health(("/bin/true-is-not-there",), 60)[0] == 127

    def test_one_that_takes_too_long_is_killed_with_its_children(self, start: Start) -> None:
        started = start("echo ready; sleep 1000")
        until_ready(started)
        code, output = started.check_health(("/bin/sh", "-c", "echo begun; sleep 999 & sleep 999"), 0.5)
        assert code == 124 and output.endswith("(not ended after 0.5 s)")
        processes = "grep -Eaqs sleep[^0-9]{} /proc/[0-9]*/cmdline"
        alone = f"! {processes.format(999)} && {processes.format(1000)}"
        assert started.check_health(("/bin/sh", "-c", alone), 60)[0] == 0

    def test_after_the_end_of_the_container_it_fails(self, start: Start) -> None:
        started = start("exit 0")
        said(started)
        status(started)
        code, output = started.check_health(("/bin/sh", "-c", "exit 0"), 60)
        assert code != 0 and "running" in output


class TestStop:
    def test_it_is_asked_by_the_images_signal_and_has_time(self, start: Start) -> None:
        polite = start(POLITE)
        until_ready(polite)
        assert polite.poll() is None
        polite.stop(60)
        assert (status(polite), said(polite)) == (7, "bye\n")

    def test_one_that_does_not_listen_is_killed_after_its_grace(self, start: Start) -> None:
        deaf = start(DEAF)
        until_ready(deaf)
        deaf.stop(0.5)
        assert status(deaf) == 137
        deaf.stop(0.5)

    @pytest.mark.parametrize("words", [("kill",), ("rm", "--force", "--time=0", "--volumes")])
    def test_a_container_that_is_ended_behind_the_runners_back_is_seen(
        self, machine: Toy, start: Start, words: tuple[str, ...]
    ) -> None:
        started = start("echo ready; sleep 1000")
        until_ready(started)
        machine.engine.run(*words, *machine.engine.run("ps", "--quiet").split())
        assert said(started) == ""
        assert status(started) != 0
        started.stop(1)
        started.remove()
