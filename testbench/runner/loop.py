"""The runner itself: follows the emulated AWS and makes what runs here be what it says."""

from __future__ import annotations

import contextlib
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from runner import leftovers, load_balancers
from runner.aws import Aws
from runner.ecs.definition import TaskDefinition
from runner.ecs.service import Service
from runner.ecs.task import Surroundings, Task
from runner.network.namespace import NetworkError
from runner.options import Options
from runner.surroundings import World

_LOOK_SECONDS = 0.25
# Even when nothing seems to have changed: the firewall's rules must not grow old.
_READ_SECONDS = 5.0
_VALID_SECONDS = 15.0
_STOP_SECONDS = 60.0


class Runner:
    """To be attached, then run; `run` returns when `stop` was called, with everything given back."""

    def __init__(self, aws: Aws, world: World, options: Options) -> None:
        self._aws, self._world, self._options = aws, world, options
        self._tasks_folder = options.folder / "tasks"
        self._services: dict[str, Service] = {}
        self._definitions: dict[str, TaskDefinition] = {}
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._complained = ""

    def stop(self) -> None:
        """From any thread or signal handler."""
        self._stopping.set()
        self._news.set()

    def attach(self) -> None:
        """Put an earlier runner's leftovers away and make the emulator count what really runs. Raises boto3's
        errors and `OSError`."""
        leftovers.in_aws(self._aws)
        self._world.remove_leftovers()
        leftovers.remove_files(self._options)
        self._report({})

    def run(self) -> None:
        seen, last = "", float("-inf")
        while not self._stopping.is_set():
            try:
                changes = self._aws.changes()
                if changes != seen or self._news.is_set() or time.monotonic() - last > _READ_SECONDS:
                    self._news.clear()
                    self._step()
                    seen, last = changes, time.monotonic()
            except (ClientError, BotoCoreError, OSError) as error:
                self._complain(f"the emulated AWS: {error}")
            except Exception:
                # What cannot be followed must not end the tasks that run.
                self._complain(traceback.format_exc())
            self._news.wait(_LOOK_SECONDS)
        self._stop_everything()

    def _step(self) -> None:
        raw = self._read_services()
        failures = [self._tried(lambda: self._follow(raw))]
        failures += [self._tried(lambda arn=arn: self._step_service(arn, raw[arn])) for arn in raw]  # type: ignore[misc]
        self._forget_services(raw)
        self._report(self._services)
        self._complain("\n".join(failure for failure in failures if failure))

    def _follow(self, raw: Mapping[str, Mapping[str, Any]]) -> None:
        self._world.follow(raw.values(), load_balancers.read(self._aws))

    def _step_service(self, arn: str, raw: Mapping[str, Any]) -> None:
        if arn not in self._services:
            self._services[arn] = Service(self._maker(raw), self._define, self._world.overrides)
        self._services[arn].step(raw)

    def _tried(self, step: Callable[[], None]) -> str:
        """Why it failed, or nothing: one service that can't be followed must not keep others from it."""
        try:
            step()
        except (ClientError, BotoCoreError, NetworkError) as error:
            return f"cannot follow the emulated AWS: {error}"
        except Exception:
            return traceback.format_exc()
        return ""

    def _forget_services(self, raw: Mapping[str, Mapping[str, Any]]) -> None:
        for arn in self._services.keys() - raw.keys():
            self._services[arn].stop("The service does not exist any more")
            if all(task.is_stopped for task in self._services[arn].tasks):
                del self._services[arn]

    def _maker(self, service: Mapping[str, Any]) -> Any:
        around = Surroundings(
            self._aws, self._world.backend, self._world.place_of(service), self._tasks_folder
        )
        return lambda order: Task(around, order, self._news.set)

    def _read_services(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for cluster in self._aws.every("ecs", "list_clusters", "clusterArns"):
            arns = self._aws.every("ecs", "list_services", "serviceArns", cluster=cluster)
            for start in range(0, len(arns), 10):
                described = self._aws.client("ecs").describe_services(
                    cluster=cluster, services=arns[start : start + 10]
                )
                found.update({one["serviceArn"]: one for one in described["services"]})
        # Whoever has ended is listed for a while, in a network that may be gone.
        return {
            arn: one
            for arn, one in found.items()
            if one.get("launchType") == "FARGATE" and one["status"] != "INACTIVE"
        }

    def _define(self, arn: str) -> TaskDefinition:
        if arn not in self._definitions:
            answer = self._aws.client("ecs").describe_task_definition(taskDefinition=arn)
            self._definitions[arn] = TaskDefinition.of(answer["taskDefinition"])
        return self._definitions[arn]

    def _report(self, services: Mapping[str, Service]) -> None:
        reports = {arn: service.report() for arn, service in services.items()}
        try:
            self._aws.report(reports, _VALID_SECONDS)
        except OSError:
            for arn, report in reports.items():
                services[arn].keep(report)
            raise

    def _stop_everything(self) -> None:
        for service in self._services.values():
            service.stop("The task runner ends")
        deadline = time.monotonic() + _STOP_SECONDS
        for service in self._services.values():
            for task in service.tasks:
                task.wait(max(0.0, deadline - time.monotonic()))
        self._world.close()
        shutil.rmtree(self._tasks_folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self._aws.withdraw()

    def _complain(self, what: str) -> None:
        """Say it, but not again while it stays the same."""
        if what and what != self._complained:
            print(what, file=sys.stderr, flush=True)
        self._complained = what
