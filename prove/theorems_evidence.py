"""Theorems about images, containers and logs."""

import re
from collections.abc import Iterator

from prove.theorems import LONGEST_RETENTION, Case, Theorem

DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
SECRET_WORDS = frozenset(
    {"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "CREDENTIALS", "PRIVATE"}
)


def _what_runs_is_what_was_built(case: Case) -> Iterator[str]:
    own = {repository.uri: repository for repository in case.world.repositories}
    for service in case.world.services:
        for container in service.task.containers:
            name = f"{service.name}/{container.name}"
            if not DIGEST.fullmatch(container.image):
                yield f"{name} runs {container.image}, which is not named by its digest"
            if container.image.split("@")[0] not in own:
                yield f"{name} runs {container.image}, which is not in a repository of this account"
    for repository in own.values():
        if not repository.scanned:
            yield f"{repository.uri}: images are not scanned"
        if not repository.key:
            yield f"{repository.uri}: images are not encrypted with a KMS key"


def _containers_are_confined(case: Case) -> Iterator[str]:
    for service in case.world.services:
        for container in service.task.containers:
            name = f"{service.name}/{container.name}"
            if container.privileged:
                yield f"{name} is privileged"
            for variable in container.unpinned:
                yield f"{name} reads {variable} without a version, so a change does not reach running tasks"
            for variable in container.environment:
                if SECRET_WORDS & set(re.split(r"[^A-Z]+", variable.upper())):
                    yield f"{name} has {variable} in plain text"


def _everything_is_written_down(case: Case) -> Iterator[str]:
    world = case.world
    if not any(log.traffic == "ALL" and log.active and log.destination for log in world.flow_logs):
        yield "no active flow log writes all traffic to a log group"
    if not any(world.dns.query_logs):
        yield "DNS queries are not written to a log group"
    for service in world.services:
        for container in service.task.containers:
            if not container.log_group:
                yield f"{service.name}/{container.name} does not write to a log group"
    used = {log.destination for log in world.flow_logs} | set(world.dns.query_logs)
    used |= {container.log_group for service in world.services for container in service.task.containers}
    for name in sorted(used - {""}):
        if name not in world.log_groups:
            yield f"log group {name} does not exist"


def _logs_are_encrypted_and_end(case: Case) -> Iterator[str]:
    for group in case.world.log_groups.values():
        if not group.key:
            yield f"{group.name} is not encrypted with a KMS key"
        if not 1 <= group.retention <= LONGEST_RETENTION:
            yield f"{group.name} is kept {f'for {group.retention} days' if group.retention else 'forever'}"


EVIDENCE = (
    Theorem(
        "images",
        "Every image is named by its digest and comes from a repository that is encrypted and scanned.",
        _what_runs_is_what_was_built,
    ),
    Theorem(
        "containers",
        "No container is privileged, has a secret in plain text, or reads a secret without a version.",
        _containers_are_confined,
    ),
    Theorem(
        "records",
        "All traffic, all DNS queries and every container are logged.",
        _everything_is_written_down,
    ),
    Theorem(
        "log-protection",
        f"Every log group is encrypted with a key and kept for at most {LONGEST_RETENTION} days.",
        _logs_are_encrypted_and_end,
    ),
)
