"""A copy of the project in its own folder, run by the real engine against its own emulator."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher import local_aws
from launcher.places import Places

PLACES = Places.of_this_checkout()
STACK = "local"
_SKIPPED = shutil.ignore_patterns("__pycache__", "tests", "bench", ".venv")


@dataclass(frozen=True)
class Keys:
    """An access key of the emulated account."""

    access_key: str
    secret_key: str


ROOT = Keys("test", "test")


class EngineProject:
    """The stack `local` in `folder`, with its own state."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.keys = ROOT
        self._url = url
        project = (PLACES.root / "Pulumi.yaml").read_text(encoding="utf-8")
        runtime = f"runtime:\n  name: java\n  options:\n    binary: {PLACES.jar}\n"
        (folder / "Pulumi.yaml").write_text(project.replace("runtime: java\n", runtime), encoding="utf-8")
        shutil.copytree(PLACES.root / "images", folder / "images", ignore=_SKIPPED)
        (folder / "state").mkdir()
        self.configure({})
        self.run("stack", "init", STACK)

    def configure(self, settings: Mapping[str, str]) -> None:
        """Write the settings of `make up`, with the access key in use, and these; their values are YAML."""
        text = (PLACES.root / "Pulumi.local.yaml").read_text(encoding="utf-8")
        text = text.replace("aws:accessKey: test", f"aws:accessKey: {self.keys.access_key}")
        text = text.replace("aws:secretKey: test", f"aws:secretKey: {self.keys.secret_key}")
        for key, value in settings.items():
            text = re.sub(rf"(?m)^  computer-use-sandbox:{key}:.*\n", "", text)
            text = text.replace("config:\n", f"config:\n  computer-use-sandbox:{key}: {value}\n", 1)
        (self.folder / f"Pulumi.{STACK}.yaml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pulumi. `stdout` of the result has all that it printed."""
        variables = local_aws.environment(PLACES, self._url, os.environ) | {
            "AWS_ACCESS_KEY_ID": self.keys.access_key,
            "AWS_SECRET_ACCESS_KEY": self.keys.secret_key,
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
        }
        variables["PATH"] = f"{PLACES.jvm}{os.pathsep}{variables['PATH']}"
        return subprocess.run(
            [PLACES.bin / "pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=420,
        )
