"""The Docker backend with a real daemon, which the tests start where one is installed and may run."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import runner_docker_daemon
from runner.ecs.definition import ContainerDefinition
from runner.network.namespace import Namespace
from runner.tasks.backend import CannotStart, Container
from runner.tasks.docker import DockerBackend
from runner_docker_daemon import Daemon
from runner_docker_launches import container, launch, runner, wait_for_guard

IMPOSSIBLE = runner_docker_daemon.impossible()

Start = Callable[..., Container]


def test_whether_a_daemon_takes_part_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        with_one = "The Docker backend is tested with a real daemon."
        print(
            f"\n{with_one if IMPOSSIBLE is None else f'No real Docker daemon is tested with: {IMPOSSIBLE}.'}"
        )


@pytest.fixture(scope="module")
def daemon() -> Iterator[Daemon]:
    with runner_docker_daemon.daemon() as running:
        yield running


@pytest.fixture
def backend(daemon: Daemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DockerBackend]:
    monkeypatch.setenv("DOCKER_HOST", daemon.host)
    with closing(DockerBackend(tmp_path, lambda one: [f"{one.task_id}.computer-use.local"])) as made:
        yield made
    assert daemon.everything() == ""


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    with closing(Namespace.create()) as made:
        yield made


@pytest.fixture
def start(daemon: Daemon, backend: DockerBackend, namespace: Namespace, tmp_path: Path) -> Iterator[Start]:
    """Start a container of the image with some members of its definition, in the namespace."""
    all_started = []

    def call(environment: dict[str, str] | None = None, **members: Any) -> Container:
        definition = container(daemon.image, **members)
        assert backend.refusal(definition) is None
        all_started.append(backend.start(launch(definition, tmp_path, namespace, environment)))
        return all_started[-1]

    yield call
    for started in all_started:
        started.remove()


def said(started: Container) -> str:
    """All that it prints; it has ended then."""
    return started.output.read().decode()


def status(text: str, member: str) -> str:
    """A member of /proc/PID/status."""
    found = re.search(rf"^{member}:\s*(\S+)", text, re.MULTILINE)
    assert found is not None, text
    return found[1]


class TestDaemon:
    __test__ = IMPOSSIBLE is None

    def test_it_answers(self, backend: DockerBackend) -> None:
        assert backend.unavailable() is None

    def test_an_image_that_was_not_built_is_refused(self, backend: DockerBackend) -> None:
        refusal = backend.refusal(container("sha256:" + "0" * 64))
        assert refusal is not None and "was not built" in refusal

    def test_an_image_may_be_named_without_its_digest(self, backend: DockerBackend) -> None:
        assert backend.refusal(ContainerDefinition.of({"name": "desktop", "image": "sandbox:test"})) is None

    def test_the_entry_point_lives_in_the_namespace_from_its_start(
        self, start: Start, namespace: Namespace
    ) -> None:
        output = said(start(command=["readlink /proc/self/ns/net; cat /etc/resolv.conf"]))
        assert output.splitlines() == [
            str(Path(namespace.path).readlink()),
            "nameserver 10.0.0.2",
            "options timeout:5 attempts:2",
        ]

    def test_the_environment_is_the_images_and_the_launchs(
        self, start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "config.json").write_text(
            '{"proxies": {"default": {"httpProxy": "http://192.0.2.1:1", "noProxy": "192.0.2.2"}}}'
        )
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        variables = {
            "KEY": "-----BEGIN\nline\n-----END\n",
            "EMPTY": "",
            "HOME": "/home/x",
            "DOCKER_HOST": "x",
        }
        names = "".join(
            f"[${{{name}-unset}}]" for name in (*variables, "FROM_IMAGE", "HTTP_PROXY", "no_proxy")
        )
        assert said(start(variables, command=[f'echo "{names}"'])) == (
            "[-----BEGIN\nline\n-----END\n][][/home/x][x][yes][unset][unset]\n"
        )

    def test_the_words_are_the_images_unless_the_definition_has_others(self, start: Start) -> None:
        assert said(start()) == "the command of the image\n"
        assert said(start(command=["echo $0", "zero"])) == "zero\n"
        assert said(start(entryPoint=["/bin/ls", "-d"], command=["/data", "/tmp"])) == "/data\n/tmp\n"

    def test_a_user_and_capabilities_are_the_definitions(self, start: Start) -> None:
        assert said(start(command=["id -u"])) == "1000\n"
        assert said(start(command=["id -u"], user="1001")) == "1001\n"
        dropped = {"capabilities": {"drop": ["ALL"]}}
        default = said(start(command=["cat /proc/self/status"], user="0"))
        none = said(start(command=["cat /proc/self/status"], user="0", linuxParameters=dropped))
        assert status(default, "CapEff") == "00000000a80425fb"
        assert status(none, "CapBnd") == status(none, "CapEff") == "0000000000000000"

    def test_a_files_capability_works_as_long_as_it_is_not_dropped(self, start: Start) -> None:
        command = ["cat-with-setgid /proc/self/status"]
        assert status(said(start(command=command)), "CapEff") == "0000000000000040"
        dropped = {"capabilities": {"drop": ["SETGID"]}}
        refused = start(command=command, linuxParameters=dropped)
        assert "Operation not permitted" in said(refused)

    def test_a_read_only_root_leaves_the_volumes_writable(self, start: Start, tmp_path: Path) -> None:
        mounts = [
            {"sourceVolume": "record", "containerPath": "/data"},
            {"sourceVolume": "copy", "containerPath": "/tmp", "readOnly": True},
        ]
        script = "for folder in / /data /scratch /tmp; do { echo it > $folder/new; } 2>&-; echo $?; done"
        started = start(command=[script], readonlyRootFilesystem=True, mountPoints=mounts)
        assert said(started).split() == ["2", "0", "0", "2"]
        started.remove()
        (record,) = tmp_path.glob("*/volumes/record")
        assert sorted(one.name for one in record.iterdir()) == ["new", "seed"]
        assert (record / "seed").read_text() == "from the image\n"
        attributes = record.stat()
        assert (attributes.st_mode & 0o7777, attributes.st_uid, attributes.st_gid) == (0o2750, 1000, 1000)

    def test_the_first_process_is_an_init_where_one_is_asked_for(self, start: Start) -> None:
        assert said(start(command=["cat /proc/1/comm"])) == "sh\n"
        with_init = start(command=["cat /proc/1/comm"], linuxParameters={"initProcessEnabled": True})
        assert said(with_init) == "docker-init\n"

    @pytest.mark.parametrize(("script", "expected"), [("exit 3", 3), ("kill -KILL $$", 137), ("exit 0", 0)])
    def test_it_ends_with_the_status_of_its_first_process(
        self, start: Start, script: str, expected: int
    ) -> None:
        # An init passes SIGKILL on; the first process of a container cannot kill itself.
        started = start(command=[script + " "], linuxParameters={"initProcessEnabled": True})
        said(started)
        while (found := started.poll()) is None:
            pass
        assert found == expected

    def test_what_cannot_start_is_said_and_leaves_nothing(self, daemon: Daemon, start: Start) -> None:
        with pytest.raises(CannotStart, match="no-such-program"):
            start(entryPoint=["no-such-program"])
        assert daemon.everything() == ""

    def test_what_is_no_network_namespace_is_not_entered(
        self, daemon: Daemon, backend: DockerBackend, tmp_path: Path
    ) -> None:
        with (
            closing(Namespace(os.open("/dev/null", os.O_RDONLY))) as wrong,
            pytest.raises(CannotStart, match="cannot enter its network namespace"),
        ):
            backend.start(launch(container(daemon.image), tmp_path, wrong))
        assert daemon.everything() == ""

    def test_health_is_a_command_of_the_containers_user(self, start: Start) -> None:
        started = start({"PORT": "5000"}, command=["sleep 1000"])
        assert started.check_health(("/bin/sh", "-c", "id -u; echo $PORT >&2; exit 1"), 60) == (
            1,
            "1000\n5000\n",
        )
        assert started.check_health(("/bin/true-is-not-there",), 60)[0] == 127
        assert started.check_health(("readlink", "/proc/self/ns/net"), 60)[0] == 0

    def test_a_health_check_that_takes_too_long_is_killed_with_its_children(self, start: Start) -> None:
        started = start(command=["sleep 1000"])
        code, output = started.check_health(("/bin/sh", "-c", "echo begun; sleep 999 & sleep 999"), 0.5)
        assert (code, output) == (124, "begun\n(not ended after 0.5 s)")
        _, names = started.check_health(("/bin/sh", "-c", "cat /proc/[0-9]*/cmdline"), 60)
        assert "sleep\x001000" in names
        assert "sleep\x00999" not in names

    def test_after_its_end_it_is_not_healthy(self, start: Start) -> None:
        started = start(command=["exit 0"])
        said(started)
        code, output = started.check_health(("/bin/sh", "-c", "exit 0"), 60)
        assert code != 0 and "not running" in output

    def test_it_is_asked_to_stop_and_killed_after_the_grace(self, start: Start) -> None:
        polite = start(command=["trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done"])
        assert polite.output.readline() == b"ready\n"
        assert polite.poll() is None
        polite.stop(60)
        assert (polite.poll(), said(polite)) == (7, "bye\n")
        deaf = start(command=["trap '' TERM; echo ready; while :; do sleep 0.01; done"])
        assert deaf.output.readline() == b"ready\n"
        deaf.stop(0.5)
        assert deaf.poll() == 137
        deaf.stop(0.5)

    def test_a_container_killed_behind_the_runners_back_is_seen(self, daemon: Daemon, start: Start) -> None:
        started = start(command=["echo ready; sleep 1000"])
        assert started.output.readline() == b"ready\n"
        daemon.docker("rm", "--force", "--volumes", *daemon.docker("ps", "--quiet").split())
        assert said(started) == ""
        while (found := started.poll()) is None:
            pass
        assert found != 0
        started.stop(1)
        started.remove()

    def test_without_a_namespace_ports_are_published_on_loopback_and_names_resolve(
        self, daemon: Daemon, backend: DockerBackend, tmp_path: Path
    ) -> None:
        ports = [{"containerPort": 5000}]
        first = launch(
            container(daemon.image, command=["echo ready; sleep 1000"], portMappings=ports), tmp_path
        )
        server = backend.start(first)
        name = f"{first.task_id}.computer-use.local"
        other = backend.start(launch(container(daemon.image, command=[f"getent hosts {name}"]), tmp_path))
        assert name in said(other)
        with pytest.raises(KeyError):
            server.published(5001)
        process = daemon.docker("inspect", "--format={{.State.Pid}}", f"computer-use-sandbox-{first.task_id}")
        inside = os.open(f"/proc/{process}/ns/net", os.O_RDONLY)
        with (
            closing(Namespace(inside)) as there,
            there.socket(socket.AF_INET, socket.SOCK_STREAM) as listener,
        ):
            listener.bind(("0.0.0.0", 5000))
            listener.listen()

            def answer() -> None:
                with listener.accept()[0] as connection:
                    connection.sendall(b"hello")

            thread = threading.Thread(target=answer)
            thread.start()
            with daemon.namespace.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
                client.connect(("127.0.0.1", server.published(5000)))
                assert client.recv(5, socket.MSG_WAITALL) == b"hello"
            thread.join()
        server.remove()
        other.remove()

    @pytest.mark.parametrize("network", ["namespace", "bridge"])
    def test_kill_9_of_the_runner_ends_its_containers(
        self, daemon: Daemon, backend: DockerBackend, tmp_path: Path, network: str
    ) -> None:
        process, _ = runner(tmp_path, daemon.image, network)
        with process:
            assert daemon.everything() != ""
            process.kill()
            wait_for_guard(process)
        assert daemon.everything() == ""

    def test_what_a_runner_killed_with_its_guard_has_left_is_removed(
        self, daemon: Daemon, backend: DockerBackend, tmp_path: Path
    ) -> None:
        process, guard = runner(tmp_path, daemon.image, "namespace")
        with process:
            os.kill(guard, signal.SIGKILL)
            process.kill()
        assert len(daemon.docker("ps", "--quiet").split()) == 2
        with closing(DockerBackend(tmp_path / "another")) as another:
            assert another.remove_leftovers() == 0
        # Container, holder and volume.
        assert backend.remove_leftovers() == 3
        assert daemon.everything() == ""
        assert backend.remove_leftovers() == 0
