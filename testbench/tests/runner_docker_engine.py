"""As much of the Docker Engine API as the docker command needs for the backend; it runs nothing.

It keeps what it was asked to make, and plays a container's part as the test says. Paths, members and frames
are those of the API's version 1.41 (docs.docker.com/reference/api/engine/version/v1.41).
"""

from __future__ import annotations

import itertools
import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner_docker_http import ApiHandler, UnixServer, operation

STDOUT, STDERR = 1, 2
_KILLED, _TERMINATED = 137, 143
PUBLISHED = 49153
PROCESS = 42
"""The ID that a health command has in its container."""


@dataclass
class FakeContainer:
    """`request` is the body of its creation, `stopped_after` the grace that it got, in seconds."""

    id: str
    name: str
    request: dict[str, Any]
    started: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    status: int = 0
    stopped_after: str | None = None

    def end(self, status: int) -> None:
        if not self.ended.is_set():
            self.status = status
            self.ended.set()

    @property
    def is_running(self) -> bool:
        return self.started.is_set() and not self.ended.is_set()


class FakeEngine:
    """A daemon at `host`, for DOCKER_HOST, until `close()`.

    `images` maps the references that it knows to IDs; `output` is what a container prints at its start, pairs
    of stream and bytes; `start_error` is said instead of starting a task's container; `health` is the health
    command's status and output, None for one that does not end; `process` is the ID of all its containers.
    """

    def __init__(self, socket: Path) -> None:
        self.host = f"unix://{socket}"
        self.images: dict[str, str] = {}
        self.output: list[tuple[int, bytes]] = []
        self.start_error: str | None = None
        self.health: tuple[int, str] | None = (0, "")
        self.process = os.getpid()
        self.containers: dict[str, FakeContainer] = {}
        self.volumes: dict[str, dict[str, Any]] = {}
        self.networks: dict[str, dict[str, Any]] = {}
        self.commands: dict[str, list[str]] = {}
        self.health_killed = threading.Event()
        self._ids = itertools.count(1)
        self._server = UnixServer(socket, type("Handler", (_Handler,), {**vars(_Handler), "engine": self}))

    def new_id(self) -> str:
        return f"{next(self._ids):064x}"

    def made(self, name: str) -> FakeContainer:
        """The container of this name."""
        return next(one for one in self.containers.values() if one.name == name)

    @property
    def is_empty(self) -> bool:
        return not (self.containers or self.volumes or self.networks)

    def close(self) -> None:
        self.health_killed.set()
        for one in self.containers.values():
            one.started.set()
            one.end(_KILLED)
        self._server.close()


class _Handler(ApiHandler):
    engine: FakeEngine

    def _container(self, name: str) -> FakeContainer | None:
        for one in self.engine.containers.values():
            if name in (one.id, one.name):
                return one
        self.say(404, {"message": f"No such container: {name}"})
        return None

    def _filters(self, name: str) -> list[str]:
        return list(json.loads(self.query.get("filters", "{}")).get(name, []))

    def _is_labelled(self, made: dict[str, Any]) -> bool:
        return all(one in map("=".join, made["Labels"].items()) for one in self._filters("label"))

    @operation("HEAD", "/_ping")
    def ping(self) -> None:
        self.say(200)

    @operation("GET", "/version")
    def version(self) -> None:
        self.say(200, {"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux"})

    @operation("GET", "/images/(.+)/json")
    def inspect_image(self, name: str) -> None:
        if name in self.engine.images:
            self.say(200, {"Id": self.engine.images[name]})
        else:
            self.say(404, {"message": f"No such image: {name}"})

    @operation("POST", "/containers/create")
    def create_container(self) -> None:
        made = FakeContainer(self.engine.new_id(), self.query["name"], self.body)
        self.engine.containers[made.id] = made
        self.say(201, {"Id": made.id, "Warnings": []})

    @operation("GET", "/containers/json")
    def list_containers(self) -> None:
        ids = self._filters("id")
        found = [
            one
            for one in list(self.engine.containers.values())
            if ("all" in self.query or one.is_running)
            and (not ids or one.id in ids)
            and self._is_labelled(one.request)
        ]
        self.say(200, [{"Id": one.id, "Names": [f"/{one.name}"], "Labels": {}} for one in found])

    @operation("GET", "/containers/([^/]+)/json")
    def inspect_container(self, name: str) -> None:
        if not (one := self._container(name)):
            return
        status = "exited" if one.ended.is_set() else "running" if one.started.is_set() else "created"
        binding = [{"HostIp": "127.0.0.1", "HostPort": str(PUBLISHED)}]
        self.say(
            200,
            {
                "Id": one.id,
                "Name": f"/{one.name}",
                "State": {"Status": status, "Running": status == "running", "Pid": self.engine.process},
                "Config": {"Tty": False, "OpenStdin": False, "AttachStdout": True, "AttachStderr": True},
                "HostConfig": {"AutoRemove": False},
                "NetworkSettings": {"Ports": dict.fromkeys(one.request.get("ExposedPorts") or {}, binding)},
            },
        )

    @operation("POST", "/containers/([^/]+)/attach")
    def attach(self, name: str) -> None:
        if one := self._container(name):
            self.take_over()
            one.started.wait()
            for stream, data in self.engine.output:
                self.frame(stream, data)
            one.ended.wait()

    @operation("POST", "/containers/([^/]+)/start")
    def start(self, name: str) -> None:
        if one := self._container(name):
            if self.engine.start_error and one.request["Entrypoint"] != ["nsenter"]:
                self.say(400, {"message": self.engine.start_error})
            else:
                one.started.set()
                self.say(204)

    @operation("POST", "/containers/([^/]+)/wait")
    def wait(self, name: str) -> None:
        if one := self._container(name):
            # The headers first: only with them does the command start the container.
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Connection", "close")
            self.end_headers()
            one.ended.wait()
            self.wfile.write(json.dumps({"StatusCode": one.status}).encode())

    @operation("POST", "/containers/([^/]+)/stop")
    def stop(self, name: str) -> None:
        if one := self._container(name):
            one.stopped_after = self.query["t"]
            one.end(_TERMINATED)
            self.say(204)

    @operation("POST", "/containers/([^/]+)/kill")
    def kill(self, name: str) -> None:
        if one := self._container(name):
            one.end(_KILLED)
            self.say(204)

    @operation("DELETE", "/containers/([^/]+)")
    def remove_container(self, name: str) -> None:
        if one := self._container(name):
            one.started.set()
            one.end(_KILLED)
            del self.engine.containers[one.id]
            self.say(204)

    @operation("POST", "/containers/([^/]+)/exec")
    def create_exec(self, name: str) -> None:
        if self._container(name):
            number = self.engine.new_id()
            self.engine.commands[number] = self.body["Cmd"]
            self.say(201, {"Id": number})

    @operation("POST", "/exec/([^/]+)/start")
    def start_exec(self, number: str) -> None:
        words = self.engine.commands[number]
        self.take_over()
        if "kill -KILL" in words[2] and words[-1] == str(PROCESS):
            self.engine.health_killed.set()
        else:
            self.frame(STDOUT, f"{PROCESS}\n".encode())
            if self.engine.health is None:
                self.engine.health_killed.wait()
            else:
                self.frame(STDERR, self.engine.health[1].encode())

    @operation("GET", "/exec/([^/]+)/json")
    def inspect_exec(self, number: str) -> None:
        self.say(200, {"ID": number, "Running": False, "ExitCode": (self.engine.health or (0, ""))[0]})

    @operation("POST", "/volumes/create")
    def create_volume(self) -> None:
        self.engine.volumes[self.body["Name"]] = self.body
        self.say(201, self.body)

    @operation("GET", "/volumes")
    def list_volumes(self) -> None:
        self.say(200, {"Volumes": [one for one in self.engine.volumes.values() if self._is_labelled(one)]})

    @operation("DELETE", "/volumes/([^/]+)")
    def remove_volume(self, name: str) -> None:
        del self.engine.volumes[name]
        self.say(204)

    @operation("POST", "/networks/create")
    def create_network(self) -> None:
        number = self.engine.new_id()
        self.engine.networks[number] = {**self.body, "Id": number}
        self.say(201, {"Id": number})

    @operation("GET", "/networks")
    def list_networks(self) -> None:
        self.say(200, [one for one in self.engine.networks.values() if self._is_labelled(one)])

    @operation("DELETE", "/networks/([^/]+)")
    def remove_network(self, number: str) -> None:
        del self.engine.networks[number]
        self.say(204)
