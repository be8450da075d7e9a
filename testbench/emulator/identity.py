"""Which emulator this is. Its state is in memory only, so another process is another, empty AWS."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emulator.http_server import Application

PATH = "/_emulator"


@dataclass(frozen=True)
class Identity:
    """What `GET /_emulator` answers and what the state file contains. Times are ISO 8601, UTC."""

    port: int
    url: str
    registry: str = ""  # HOST:PORT of the images that ECR holds; empty where no image can be pushed
    pid: int = field(default_factory=os.getpid)
    instance: str = field(default_factory=lambda: uuid.uuid4().hex)
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"


def announce(identity: Identity, path: Path) -> None:
    """Write the state file atomically, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{identity.pid}")
    draft.write_text(identity.as_json(), encoding="utf-8")
    draft.replace(path)


def withdraw(identity: Identity, path: Path) -> None:
    """Remove the state file, unless another emulator has replaced it."""
    if path.is_file() and path.read_text(encoding="utf-8") == identity.as_json():
        path.unlink()


def with_identity(application: Application, identity: Identity) -> Application:
    """The application, with a page at `PATH` that says which emulator this is."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return application(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [identity.as_json().encode()]

    return answer
