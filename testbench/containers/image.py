"""Builds one of the sandbox's images from its Dockerfile, as the Docker provider would on AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from containers import base
from containers.engine import Engine


def build(engine: Engine, context: Path, name: str, arguments: Mapping[str, str] | None = None) -> None:
    """Build the folder's Dockerfile under a name. Layers that were built before are used again.

    `arguments` are build arguments beside BASE_IMAGE. Raises `EngineError` with the build's last words.
    """
    dockerfile = context / "Dockerfile"
    given = {"BASE_IMAGE": base.provide(engine, dockerfile), **(arguments or {})}
    authority = os.environ.get("SSL_CERT_FILE")
    engine.run(
        "build",
        f"--tag={name}",
        f"--file={dockerfile}",
        "--network=host",
        # The certificates of a private authority, for a network that inspects TLS; see the Dockerfiles.
        *([f"--secret=id=ca,src={authority}"] if authority else []),
        *(f"--build-arg={key}={value}" for key, value in given.items()),
        "--",
        str(context),
    )
