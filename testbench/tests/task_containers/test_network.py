"""A task's container lives in the network that the runner gives it, or on a bridge of the engine's."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from runner.network.namespace import Namespace
from runner.tasks.backend import CannotStart
from runner.tasks.engine import EngineBackend
from task_containers.conftest import Start, said, until_ready
from task_containers.launches import container, launch
from task_containers.toy import Toy


def test_the_first_process_is_in_the_namespace_from_its_start(start: Start, namespace: Namespace) -> None:
    assert said(start("readlink /proc/self/ns/net")) == f"{Path(namespace.path).readlink()}\n"


def test_names_are_asked_of_the_given_resolver_only(start: Start) -> None:
    lines = said(start("cat /etc/resolv.conf")).splitlines()
    assert [line for line in lines if line.startswith("nameserver")] == ["nameserver 10.0.0.2"]
    assert not [line for line in lines if line.startswith("search") and line.strip() != "search ."]
    assert "timeout:5" in " ".join(lines) and "attempts:2" in " ".join(lines)


def test_its_host_name_is_its_tasks_and_resolves(start: Start) -> None:
    name, hosts = said(start("hostname; grep -c $(hostname) /etc/hosts")).split()
    assert name.startswith("desktop-") and hosts == "1"


def test_what_is_no_network_namespace_is_not_entered(
    machine: Toy, backend: EngineBackend, tmp_path: Path
) -> None:
    with (
        closing(Namespace(os.open("/dev/null", os.O_RDONLY))) as wrong,
        pytest.raises(CannotStart),
    ):
        backend.start(launch(container(machine.image), tmp_path, wrong))
    assert machine.everything() == ""


def test_without_a_namespace_ports_are_published_on_loopback_and_names_resolve(
    machine: Toy, backend: EngineBackend, tmp_path: Path
) -> None:
    ports = [{"containerPort": 5000}]
    first = launch(container(machine.image, command=["echo ready; sleep 1000"], portMappings=ports), tmp_path)
    server = backend.start(first)
    until_ready(server)
    name = f"{first.task_id}.computer-use.local"
    other = backend.start(launch(container(machine.image, command=[f"getent hosts {name}"]), tmp_path))
    assert name in said(other)
    with pytest.raises(KeyError):
        server.published(5001)
    process = machine.engine.run(
        "inspect", "--format={{.State.Pid}}", f"computer-use-sandbox-{first.task_id}"
    )
    inside = os.open(f"/proc/{process}/ns/net", os.O_RDONLY)
    with (
        closing(Namespace(inside)) as there,
        there.socket(socket.AF_INET, socket.SOCK_STREAM) as listener,
    ):
        listener.bind(("0.0.0.0", 5000))
        listener.listen()
        with socket.create_connection(("127.0.0.1", server.published(5000)), 10) as client:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"hello")
            assert client.recv(5, socket.MSG_WAITALL) == b"hello"
    server.remove()
    other.remove()
