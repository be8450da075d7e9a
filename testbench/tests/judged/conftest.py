"""One deployment of the unchanged program for all tests of this folder, recorded as the emulator saw it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from mutation.deployment import Deployment, deployed

from judges.checkpoint import Resource, resources
from judges.deployed import Deployed
from judges.recording import Recorder, recording
from launcher.places import Places

PLACES = Places(Path(__file__).resolve().parents[3])


class Stack:
    """The deployed stack `local`, which can be deployed again with other settings."""

    def __init__(self, deployment: Deployment, recorded: Deployed) -> None:
        self._deployment = deployment
        self.recorded = recorded
        self.environment = deployment.environment
        self._file = deployment.folder / "Pulumi.local.yaml"
        self._settings = self._file.read_text(encoding="utf-8")

    def deploy(self, settings: dict[str, str]) -> list[Resource]:
        """Deploy with these settings besides the stack's own, and return the resources that exist then."""
        kept = [
            line
            for line in self._settings.splitlines()
            if line.partition("computer-use-sandbox:")[2].partition(":")[0] not in settings
        ]
        more = [f"  computer-use-sandbox:{key}: {value}" for key, value in settings.items()]
        start = kept.index("config:") + 1
        self._file.write_text("\n".join([*kept[:start], *more, *kept[start:], ""]), encoding="utf-8")
        update = self._deployment.pulumi("up", "--yes")
        assert update.returncode == 0, update.stdout + update.stderr
        return _checkpoint(self._deployment)


def _checkpoint(deployment: Deployment) -> list[Resource]:
    export = deployment.pulumi("stack", "export")
    assert export.returncode == 0, export.stderr
    return resources(export.stdout)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Deployed once. Needs what `make tools` builds."""
    recorders: list[Recorder] = []

    @contextmanager
    def through(url: str) -> Iterator[str]:
        with recording(url) as recorder:
            recorders.append(recorder)
            yield recorder.url

    with deployed(tmp_path_factory.mktemp("project"), through) as deployment:
        recorded = tuple(recorders[0].exchanges)
        yield Stack(deployment, Deployed(recorded, deployment.update, _checkpoint(deployment)))
