"""What the runner is told when it is started."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from runner.internet import ModelApi


@dataclass(frozen=True)
class Options:
    """`folder` is the runner's own; `prefix` and `venv` are where the images' parts were installed."""

    endpoint: str
    region: str
    folder: Path
    images: Path
    prefix: Path
    venv: Path
    model_api: ModelApi | None
    isolation: str
    containers: str
    only_clean: bool
    instance: str

    @property
    def state_file(self) -> Path:
        """Says who runs, and how; there as long as the runner is."""
        return self.folder / "runner.json"


def parse(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m runner")
    parser.add_argument("--endpoint", required=True, help="the emulated AWS, http://127.0.0.1:PORT")
    parser.add_argument("--region", required=True)
    parser.add_argument(
        "--folder", type=_absolute, required=True, help="for volumes, logs and the state file"
    )
    parser.add_argument("--images", type=_absolute, required=True, help="the folder of the images' sources")
    parser.add_argument("--prefix", type=_absolute, required=True, help="where the desktop is installed")
    parser.add_argument("--venv", type=_absolute, required=True, help="the console's virtual environment")
    parser.add_argument(
        "--model-api", type=ModelApi, help="where the model's API really is; no other is reached"
    )
    parser.add_argument(
        "--isolation",
        choices=("auto", "namespaces", "none"),
        default="auto",
        help="auto: namespaces where they can be made; none: processes on loopback",
    )
    parser.add_argument(
        "--containers",
        choices=("auto", "docker", "processes"),
        default="auto",
        help="auto: Docker where a daemon answers and the image was built",
    )
    parser.add_argument(
        "--only-clean", action="store_true", help="remove what a killed runner has left in the AWS, and end"
    )
    parser.add_argument("--instance", default="", help="which emulator it is, for whoever compares")
    return Options(**vars(parser.parse_args(arguments)))


def _absolute(text: str) -> Path:
    # Links stay: a virtual environment knows itself by its own path.
    return Path(text).absolute()
