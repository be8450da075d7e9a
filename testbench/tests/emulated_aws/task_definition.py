"""The smallest task definition that Fargate takes, as arguments of `register_task_definition`."""

from __future__ import annotations

from typing import Any


def container(**changes: Any) -> dict[str, Any]:
    """A container named `web` with one port."""
    return {
        "name": "web",
        "image": "x@sha256:" + "a" * 64,
        "portMappings": [{"containerPort": 8501, "protocol": "tcp"}],
        **changes,
    }


def definition(*containers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A definition of these containers; of `container()` if none is given."""
    return {
        "family": "web",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "2048",
        "memory": "4096",
        "containerDefinitions": list(containers) or [container()],
        **changes,
    }
