"""One task: its life from a network interface to its last log line, in a thread of its own."""

from __future__ import annotations

import shutil
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from runner.aws import Aws
from runner.ecs import secrets
from runner.ecs.container_log import ContainerLog
from runner.ecs.health import Health, HealthState
from runner.ecs.order import Order
from runner.ecs.rollout import Running, Stage
from runner.ecs.task_description import BY_SCHEDULER, CONTAINER_EXITED, FAILED_TO_START, describe
from runner.network.namespace import NetworkError
from runner.place import Connection, Place
from runner.tasks.backend import Backend, CannotStart, Container, Launch

_POLL_SECONDS = 0.1
_LOG_SECONDS = 5.0


@dataclass(frozen=True)
class Surroundings:
    """What a task lives on. Each gets a folder of its own below `folder`."""

    aws: Aws
    backend: Backend
    place: Place
    folder: Path


class Task:
    """`start` begins it, `stop` asks for its end; everything else may be read at any time."""

    def __init__(self, around: Surroundings, order: Order, changed: Callable[[], None]) -> None:
        """`changed` is called, from its thread, when there is news."""
        self.id = uuid.uuid4().hex
        self.order = order
        self.folder = around.folder / self.id
        self._aws, self._backend, self._place = around.aws, around.backend, around.place
        self._changed = changed
        self._connection: Connection | None = None
        self._container: Container | None = None
        self._stop_asked = threading.Event()
        self._lock = threading.Lock()
        self._said: dict[str, Any] = {"lastStatus": "PROVISIONING", "createdAt": time.time()}
        self._health = HealthState()
        self._was_ready = False
        self._thread = threading.Thread(target=self._live, name=f"task {self.id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, reason: str) -> None:
        """Returns at once; the first reason counts."""
        self._end(BY_SCHEDULER, reason)
        self._stop_asked.set()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within so many seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def arn(self) -> str:
        place = self.order.cluster_arn.partition(":cluster/")
        return f"{place[0]}:task/{place[2]}/{self.id}"

    @property
    def is_stopped(self) -> bool:
        return bool(self._said["lastStatus"] == "STOPPED")

    @property
    def has_failed(self) -> bool:
        """Whether it ended without having been asked to, and without ever having served."""
        return self.is_stopped and not self._was_ready and self._said["stopCode"] != BY_SCHEDULER

    @property
    def stopped_reason(self) -> str:
        return str(self._said.get("stoppedReason", ""))

    def running(self) -> Running:
        if self._stop_asked.is_set() or "stopCode" in self._said:
            stage = Stage.STOPPING
        else:
            stage = Stage.READY if self._was_ready else Stage.STARTING
        return Running(self.id, self.order.deployment, stage)

    # --- its life

    def _live(self) -> None:
        try:
            self._start_container()
            self._run()
        except (CannotStart, secrets.CannotReadSecret, NetworkError, ClientError, BotoCoreError) as error:
            self._end(FAILED_TO_START, str(error))
        except Exception as error:
            traceback.print_exc()
            self._end(FAILED_TO_START, f"the runner failed: {error!r}")
        try:
            self._clean_up()
        except Exception:
            traceback.print_exc()
        finally:
            # As on Fargate, what a task has stored is gone with it.
            shutil.rmtree(self.folder, ignore_errors=True)
            self._say(lastStatus="STOPPED", stoppedAt=time.time())

    def _start_container(self) -> None:
        order, container = self.order, self.order.definition.container
        self.folder.mkdir(mode=0o700, parents=True)
        # From here on there is something to give back.
        self._connection = self._place.connect(order.subnets, order.groups, self.arn)
        self._say(lastStatus="PENDING")
        values = secrets.read(self._aws.client("secretsmanager"), container.secrets)
        environment = {**container.environment, **values, **order.overrides}
        self._say(lastStatus="ACTIVATING")
        self._container = self._backend.start(
            Launch(
                self.id,
                container,
                environment,
                self._connection.namespace,
                self._connection.name_server,
                self.folder,
                int(order.definition.cpu),
                int(order.definition.memory),
            )
        )
        self._log = ContainerLog(
            self._aws.client("logs"), container.logs, container.name, self.id, self._container.output
        )
        self._say(lastStatus="RUNNING", startedAt=time.time())

    def _run(self) -> None:
        """Until the container ends, fails its health check, or is asked to stop."""
        assert self._container is not None
        check = self.order.definition.container.health_check
        began = time.monotonic()
        if check is None:
            self._become_ready()
        next_check = began
        while not self._stop_asked.wait(_POLL_SECONDS):
            code = self._container.poll()
            if code is not None:
                self._log.wait_until_sent(_LOG_SECONDS)
                said = f": {self._log.last_line}" if self._log.last_line else ""
                self._say(exitCode=code)
                self._end(CONTAINER_EXITED, f"Essential container in task exited with status {code}{said}")
                return
            if check is None or time.monotonic() < next_check:
                continue
            status, answer = self._container.check_health(check.command, check.timeout)
            age = time.monotonic() - began
            before = self._health.health
            self._health = self._health.after(check, status == 0, age)
            next_check = time.monotonic() + self._health.wait(check, age)
            if self._health.health is not before:
                self._say()
            if self._health.health is Health.HEALTHY and not self._was_ready:
                self._become_ready()
            if self._health.health is Health.UNHEALTHY:
                said = f" (status {status}{': ' + answer.strip()[-300:] if answer.strip() else ''})"
                self._end(CONTAINER_EXITED, f"Task failed container health checks: {check.command[0]}{said}")
                return

    def _become_ready(self) -> None:
        assert self._connection is not None
        self.order.registration.add(self._aws, self.id, self._connection.address)
        self._was_ready = True
        self._say()

    def _clean_up(self) -> None:
        if self._connection is not None:
            self._say(lastStatus="DEACTIVATING")
            # Also what was registered in part only.
            self.order.registration.remove(self._aws, self.id, self._connection.address)
        if self._container is not None:
            self._say(lastStatus="STOPPING", stoppingAt=time.time())
            self._container.stop(self.order.definition.container.stop_timeout)
            self._say(lastStatus="DEPROVISIONING", exitCode=self._container.poll())
            self._log.wait_until_sent(_LOG_SECONDS)
            self._container.remove()
        if self._connection is not None:
            self._place.disconnect(self._connection)

    def _end(self, code: str, reason: str) -> None:
        """Say why it ends; what was said first stays."""
        with self._lock:
            if "stopCode" not in self._said:
                news = {"desiredStatus": "STOPPED", "stopCode": code, "stoppedReason": reason}
                self._said = {**self._said, **news}
        self._changed()

    def _say(self, **news: Any) -> None:
        with self._lock:
            self._said = {**self._said, **news}
        self._changed()

    # --- what it is

    def describe(self) -> dict[str, Any]:
        """As DescribeTasks shows it; times in seconds since 1970."""
        return describe(self.arn, self.order, self._said, self._health.health, self._connection)
