"""Builds one of the sandbox's images from its Dockerfile, as the Docker provider would on AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from containers.engine import Engine

# Everything has to be downloaded for a first build.
_SECONDS = 1800.0


def build(
    engine: Engine, context: Path, name: str, base: str, arguments: Mapping[str, str] | None = None
) -> None:
    """Build the folder's Dockerfile under a name. Layers that were built before are used again.

    `base` takes the place of the Dockerfile's own; empty for that one.

    `arguments` are further build arguments. Raises `EngineError` with the build's last words.
    """
    given = {**({"BASE_IMAGE": base} if base else {}), **(arguments or {})}
    authority = os.environ.get("SSL_CERT_FILE")
    engine.run(
        "build",
        f"--tag={name}",
        f"--file={context / 'Dockerfile'}",
        "--network=host",
        # The certificates of a private authority, for a network that inspects TLS; see the Dockerfiles.
        *([f"--secret=id=ca,src={authority}"] if authority else []),
        *(f"--build-arg={key}={value}" for key, value in given.items()),
        "--",
        str(context),
        seconds=_SECONDS,
    )
