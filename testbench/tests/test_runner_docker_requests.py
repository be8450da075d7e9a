"""What the Docker backend asks of a daemon, by the docker command of this machine where there is one."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runner.ecs.definition import DEFAULT_CAPABILITIES
from runner.network.namespace import Namespace
from runner.tasks import docker_network
from runner.tasks.backend import CannotStart
from runner.tasks.docker import DockerBackend
from runner.tasks.docker_cli import Docker, DockerError
from runner_docker_engine import PUBLISHED, STDERR, STDOUT, FakeEngine
from runner_docker_launches import container, launch, runner, wait_for_guard

IMAGE = "sha256:" + "a" * 64
DOCKER = shutil.which("docker")
PEM = "-----BEGIN PRIVATE KEY-----\nsecret-base64\n-----END PRIVATE KEY-----\n"


def test_without_a_docker_command_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backend = DockerBackend(tmp_path, docker=Docker(str(tmp_path / "docker")))
    assert backend.unavailable() == f"There is no {tmp_path}/docker command on PATH."
    with pytest.raises(CannotStart, match="No such file"):
        backend.start(launch(container(IMAGE), tmp_path))
    backend.close()
    with capsys.disabled():
        if DOCKER is None:
            print("\nThere is no docker command: what it sends to a daemon is not tested.")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEngine]:
    # Not pytest's folder: a socket's path must be short.
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(FakeEngine(Path(folder, "docker.sock"))) as running,
    ):
        monkeypatch.setenv("DOCKER_HOST", running.host)
        running.images[IMAGE] = IMAGE
        yield running


@pytest.fixture
def backend(engine: FakeEngine, tmp_path: Path) -> Iterator[DockerBackend]:
    with closing(DockerBackend(tmp_path, lambda one: [f"{one.container.name}.computer-use.local"])) as made:
        yield made
    assert engine.is_empty


def capabilities(host: dict[str, Any]) -> set[str]:
    """What a container keeps; some versions of the docker command write the names with CAP_."""
    assert host["CapDrop"] == ["ALL"]
    return {name.removeprefix("CAP_") for name in host["CapAdd"]}


class TestWithADockerCommand:
    __test__ = DOCKER is not None

    def test_a_daemon_that_answers_is_available(self, backend: DockerBackend) -> None:
        assert backend.unavailable() is None

    def test_a_daemon_that_does_not_answer_is_not(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
            path = Path(folder, "docker.sock")
            monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
            backend = DockerBackend(tmp_path, docker=Docker(answer_seconds=0.2))
            missing = backend.unavailable()
            assert missing is not None and "No Docker daemon answers" in missing
            listener.bind(str(path))
            listener.listen()
            assert backend.unavailable() == (
                "No Docker daemon answers (docker version did not end within 0.2 s)."
            )
            with pytest.raises(DockerError):
                DockerBackend(tmp_path, docker=Docker(str(path))).remove_leftovers()

    def test_only_images_that_were_built_are_accepted(
        self, backend: DockerBackend, engine: FakeEngine
    ) -> None:
        fingerprint = "sha256:" + "f" * 64
        refusal = backend.refusal(container(fingerprint))
        assert refusal is not None and f"desktop@{fingerprint} was not built" in refusal
        assert backend.refusal(container(IMAGE)) is None
        engine.images[f"192.0.2.1/desktop@{fingerprint}"] = IMAGE
        assert backend.refusal(container(fingerprint)) is None

    def test_a_container_is_what_its_definition_says(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path
    ) -> None:
        definition = container(
            IMAGE,
            entryPoint=["/entry", "--point"],
            command=["one", "two words"],
            user="1000:1001",
            portMappings=[{"containerPort": 5000}],
            mountPoints=[
                {"sourceVolume": "record", "containerPath": "/var/lib/record"},
                {"sourceVolume": "seed", "containerPath": "/seed", "readOnly": True},
            ],
            stopTimeout=45,
            readonlyRootFilesystem=True,
            linuxParameters={"capabilities": {"drop": ["NET_RAW", "MKNOD"]}, "initProcessEnabled": True},
        )
        one = launch(definition, tmp_path, environment={"KEY": PEM, "PATH": "/own", "EMPTY": ""})
        started = backend.start(one)
        made = engine.made(f"computer-use-sandbox-{one.task_id}").request
        host: dict[str, Any] = made["HostConfig"]
        assert (made["Image"], made["User"]) == (IMAGE, "1000:1001")
        assert (made["Entrypoint"], made["Cmd"]) == (["/entry"], ["--point", "one", "two words"])
        assert sorted(word for word in made["Env"] if "=" in word) == ["EMPTY=", f"KEY={PEM}", "PATH=/own"]
        assert all(word.upper().endswith("_PROXY") for word in made["Env"] if "=" not in word)
        assert (made["StopTimeout"], made["Healthcheck"]) == (45, {"Test": ["NONE"]})
        assert capabilities(host) == definition.capabilities == DEFAULT_CAPABILITIES - {"NET_RAW", "MKNOD"}
        assert host["SecurityOpt"] == ["no-new-privileges=false"]
        assert (host["ReadonlyRootfs"], host["Init"], host["Privileged"]) == (True, True, False)
        assert host["LogConfig"]["Type"] == "none"
        prefix = f"computer-use-sandbox-{one.task_id}"
        assert sorted(host["Binds"]) == [f"{prefix}-record:/var/lib/record", f"{prefix}-seed:/seed:ro"]
        folder = one.volume("record")
        assert folder.is_dir()
        bound = {"type": "none", "o": "bind", "device": str(folder)}
        assert engine.volumes[f"{prefix}-record"]["DriverOpts"] == bound
        assert made["Labels"].items() >= {
            ("computer-use-sandbox.task", one.task_id),
            ("computer-use-sandbox.runner", str(tmp_path)),
        }
        started.remove()

    def test_what_the_definition_leaves_open_is_the_images(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path
    ) -> None:
        one = launch(container(IMAGE), tmp_path)
        started = backend.start(one)
        made = engine.made(f"computer-use-sandbox-{one.task_id}").request
        assert (made["Entrypoint"], made["Cmd"], made["User"]) == (None, None, "")
        assert (made["HostConfig"]["ReadonlyRootfs"], made["HostConfig"].get("Init")) == (False, None)
        started.remove()

    def test_without_a_namespace_it_has_a_bridge_its_aliases_and_ports_on_loopback(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path
    ) -> None:
        one = launch(container(IMAGE, portMappings=[{"containerPort": 5000}]), tmp_path)
        started = backend.start(one)
        made = engine.made(f"computer-use-sandbox-{one.task_id}").request
        (network,) = (found["Name"] for found in engine.networks.values())
        assert made["HostConfig"]["NetworkMode"] == network
        assert made["NetworkingConfig"]["EndpointsConfig"][network]["Aliases"] == [
            "desktop.computer-use.local"
        ]
        assert made["HostConfig"]["PortBindings"] == {"5000/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}
        assert started.published(5000) == PUBLISHED
        with pytest.raises(KeyError):
            started.published(8443)
        started.remove()

    def test_no_value_of_the_environment_is_on_a_command_line(
        self, backend: DockerBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        recorder = tmp_path / "bin" / "docker"
        recorder.parent.mkdir()
        recorder.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/lines\nexec {DOCKER} "$@"\n')
        recorder.chmod(0o755)
        monkeypatch.setenv("PATH", f"{recorder.parent}:{os.environ['PATH']}")
        started = backend.start(
            launch(container(IMAGE), tmp_path, None, {"KEY": PEM, "TOKEN": "secret-word"})
        )
        started.remove()
        lines = (tmp_path / "lines").read_text()
        assert "create --name=" in lines and "start --attach" in lines
        assert "secret" not in lines

    def test_output_is_both_streams_and_the_status_the_containers(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path
    ) -> None:
        engine.output = [(STDOUT, b"out\n"), (STDERR, b"err\n")]
        one = launch(container(IMAGE), tmp_path)
        started = backend.start(one)
        assert [started.output.readline(), started.output.readline()] in (
            [b"out\n", b"err\n"],
            [b"err\n", b"out\n"],
        )
        assert started.poll() is None
        engine.made(f"computer-use-sandbox-{one.task_id}").end(9)
        assert started.output.read() == b""
        while (status := started.poll()) is None:
            pass
        assert status == 9
        started.remove()

    def test_it_is_stopped_with_the_grace_in_whole_seconds(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path
    ) -> None:
        one = launch(container(IMAGE), tmp_path)
        started = backend.start(one)
        started.stop(2.1)
        assert engine.made(f"computer-use-sandbox-{one.task_id}").stopped_after == "3"
        assert started.poll() == 143
        started.remove()

    def test_a_container_that_cannot_start_leaves_nothing(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path
    ) -> None:
        engine.start_error = "no such file: /entry"
        mounts = [{"sourceVolume": "record", "containerPath": "/data"}]
        with pytest.raises(CannotStart, match="no such file: /entry"):
            backend.start(launch(container(IMAGE, mountPoints=mounts), tmp_path))
        assert not engine.containers and not engine.volumes

    def test_health_is_the_commands_status_and_output(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path
    ) -> None:
        started = backend.start(launch(container(IMAGE), tmp_path))
        engine.health = (3, "not yet\n")
        assert started.check_health(("curl", "--fail", "http://127.0.0.1/"), 60) == (3, "not yet\n")
        (words,) = engine.commands.values()
        assert words[-3:] == ["curl", "--fail", "http://127.0.0.1/"]
        engine.health = None
        assert started.check_health(("sleep", "1000"), 0.1) == (124, "(not ended after 0.1 s)")
        assert engine.health_killed.is_set()
        started.remove()

    def test_kill_9_of_the_runner_removes_all_of_it(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path
    ) -> None:
        process, _ = runner(tmp_path, IMAGE, "bridge")
        with process:
            assert engine.containers and engine.volumes and engine.networks
            process.kill()
            wait_for_guard(process)
        assert engine.is_empty


class TestInANamespace:
    __test__ = DOCKER is not None and sys.platform == "linux"

    def test_a_container_shares_the_network_of_its_holder(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path
    ) -> None:
        # The engine says that its containers are this process, which is in this namespace.
        with closing(Namespace(os.open("/proc/self/ns/net", os.O_RDONLY))) as namespace:
            one = launch(container(IMAGE, portMappings=[{"containerPort": 5000}]), tmp_path, namespace)
            started = backend.start(one)
            holder = engine.made(f"computer-use-sandbox-{one.task_id}-network")
            made = engine.made(f"computer-use-sandbox-{one.task_id}").request
            assert made["HostConfig"]["NetworkMode"] == f"container:{holder.id}"
            assert not made["HostConfig"]["PortBindings"]
            assert made["HostConfig"]["PidMode"] == ""
            host = holder.request["HostConfig"]
            assert (host["NetworkMode"], host["PidMode"], host["Dns"]) == ("none", "host", ["10.0.0.2"])
            assert capabilities(host) == {"SYS_ADMIN", "SYS_PTRACE"}
            assert holder.request["Cmd"] == [f"--net={namespace.path}", "--", "sleep", "infinity"]
            assert "Env" not in holder.request or not holder.request["Env"]
            started.remove()
            assert engine.is_empty

    def test_no_container_starts_where_its_holder_is_not_in_the_namespace(
        self, backend: DockerBackend, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(docker_network, "_ENTER_SECONDS", 0)
        # A daemon of another machine knows other processes.
        engine.process = 0
        with (
            closing(Namespace(os.open("/proc/self/ns/net", os.O_RDONLY))) as namespace,
            pytest.raises(CannotStart, match="must run on this machine"),
        ):
            backend.start(launch(container(IMAGE), tmp_path, namespace))
        assert engine.is_empty
