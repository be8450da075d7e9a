"""What the runner is told when it is started."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from runner.model_api import ModelApi


@dataclass(frozen=True)
class Options:
    """`folder` is the runner's own, `engine` the command of podman or docker, and `registry` the HOST:PORT
    that holds what the emulated ECR holds."""

    endpoint: str
    region: str
    folder: Path
    engine: str
    registry: str
    model_api: ModelApi | None
    isolation: str
    only_clean: str
    instance: str

    @property
    def namespaces_file(self) -> Path:
        """Shows the network namespaces' paths; see `surroundings`."""
        return self.folder / "namespaces.json"

    @property
    def state_file(self) -> Path:
        """Says who runs, and how; there as long as the runner is."""
        return self.folder / "runner.json"


def _model_api(url: str) -> ModelApi:
    try:
        return ModelApi(url)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None  # of a ValueError, argparse keeps no word


def parse(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m runner")
    parser.add_argument("--endpoint", required=True, help="the emulated AWS, http://127.0.0.1:PORT")
    parser.add_argument("--region", required=True)
    parser.add_argument(
        "--folder", type=_absolute, required=True, help="for volumes, logs and the state file"
    )
    parser.add_argument("--engine", required=True, help="the command of podman or docker")
    parser.add_argument("--registry", required=True, help="HOST:PORT of the registry that the images are in")
    parser.add_argument(
        "--model-api", type=_model_api, help="where the model's API really is; no other is reached"
    )
    parser.add_argument(
        "--isolation",
        choices=("auto", "namespaces", "none"),
        default="auto",
        help="auto: namespaces where they can be made; none: a bridge of the engine's",
    )
    parser.add_argument(
        "--only-clean",
        choices=("here", "everywhere"),
        default="",
        help="remove what a killed runner has left on this machine, or in the AWS too, and end",
    )
    parser.add_argument("--instance", default="", help="which emulator it is, for whoever compares")
    return Options(**vars(parser.parse_args(arguments)))


def _absolute(text: str) -> Path:
    # Links stay: a virtual environment knows itself by its own path.
    return Path(text).absolute()
