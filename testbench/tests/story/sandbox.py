"""The stack that the story deploys on its machine, and what it asks of it."""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from demo.actors import Model
from story.machine import Machine

T = TypeVar("T")

CONSOLE, VIEWER = 8501, 8443


def wait_for(what: Callable[[], T], seconds: float = 90.0) -> T:
    """The first answer that is true."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what.__qualname__}"
        time.sleep(0.1)
    return answer


class Sandbox:
    """`outputs` are the stack's; `up` is what `make up` said the first time."""

    def __init__(self, machine: Machine, model: Model) -> None:
        self.machine, self.model = machine, model
        self._variables = {"ANTHROPIC_BASE_URL": model.url}
        self.up = self.make("up")
        said = self.pulumi("stack", "output", "--json", "--show-secrets")
        self.outputs: Mapping[str, Any] = json.loads(said)

    def make(self, target: str, status: int = 0) -> str:
        return self.machine.run("make", target, variables=self._variables, status=status)

    def pulumi(self, *words: str) -> str:
        """By hand, in a shell that `make env` has prepared."""
        prepared = 'eval "$(make -s env)"; exec pulumi "$@"'
        return self.machine.run("bash", "-euc", prepared, "bash", *words)

    # --- what the AWS API says

    def service(self, which: str) -> dict[str, Any]:
        """`which` is `environment` or `orchestration`."""
        found: dict[str, Any] = self.machine.aws("ecs").describe_services(
            cluster=self.outputs["clusterName"], services=[self.outputs[f"{which}ServiceName"]]
        )["services"][0]
        return found

    def tasks(self, which: str, status: str = "RUNNING") -> list[dict[str, Any]]:
        ecs, cluster = self.machine.aws("ecs"), self.outputs["clusterName"]
        arns = ecs.list_tasks(
            cluster=cluster, serviceName=self.outputs[f"{which}ServiceName"], desiredStatus=status
        )["taskArns"]
        tasks: list[dict[str, Any]] = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
        return tasks

    def task(self, which: str) -> dict[str, Any]:
        """The one that serves; waits for it."""

        def healthy() -> list[dict[str, Any]]:
            return [one for one in self.tasks(which) if one["healthStatus"] == "HEALTHY"]

        (task,) = wait_for(healthy)
        return task

    def identities(self) -> list[tuple[str, Any]]:
        """Which tasks run, and since when."""
        tasks = [self.task(which) for which in ("environment", "orchestration")]
        return [(task["taskArn"], task["startedAt"]) for task in tasks]

    # --- what the container engine says

    def container(self, which: str) -> dict[str, Any]:
        """The running task's, as the engine describes it."""
        name = f"computer-use-sandbox-{self.task(which)['taskArn'].rpartition('/')[2]}"
        found: list[dict[str, Any]] = json.loads(self._engine("inspect", "--type=container", name))
        return found[0]

    def containers(self) -> list[str]:
        """The names of all that there are, ended ones too."""
        return self._engine("ps", "--all", "--format={{.Names}}").split()

    def image(self, which: str) -> dict[str, Any]:
        """That of the running task."""
        found: list[dict[str, Any]] = json.loads(
            self._engine("image", "inspect", self.container(which)["Image"])
        )
        return found[0]

    def _engine(self, *words: str) -> str:
        return self.machine.run(".local/bin/container-engine", *words, quiet=True)

    # --- what a browser sees

    def is_open(self) -> bool:
        """Whether console and viewer show their pages, with the stack's certificate."""
        wanted = self.outputs["tlsCertificateSha256"].replace(":", "").lower()
        return all(self._certificate(port) == wanted for port in (CONSOLE, VIEWER))

    def _certificate(self, port: int) -> str:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with self.machine.network.socket(socket.AF_INET, socket.SOCK_STREAM) as plain:
                plain.settimeout(5)
                plain.connect(("127.0.0.1", port))
                with context.wrap_socket(plain) as connection:
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    shown = connection.getpeercert(binary_form=True) or b""
                    return hashlib.sha256(shown).hexdigest() if connection.recv(16) else ""
        except OSError:
            return ""
