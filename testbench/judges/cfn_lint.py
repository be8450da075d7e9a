"""Runs cfn-lint, which checks a CloudFormation template by AWS's schemas and by rules of its own."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judges.inputs import Properties

IGNORED = {
    "W3010": "A template should not name availability zones, since it may be used in any region. "
    "This one describes a stack that is deployed in one region.",
}
"""Rules about how a template is written instead of what it deploys, each with the reason to ignore it."""

_REGION = "us-west-2"


@dataclass(frozen=True)
class Finding:
    """A finding of cfn-lint at one place in a template."""

    rule: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule} {self.place}: {self.message}"


def findings(
    program: Path, templates: Mapping[str, Properties], ignored: Iterable[str] = ()
) -> dict[str, list[Finding]]:
    """The errors and warnings in each template, by the template's name. `program` is cfn-lint's."""
    with tempfile.TemporaryDirectory() as folder:
        files = {str(Path(folder) / f"{number}.json"): name for number, name in enumerate(templates)}
        for file, name in files.items():
            Path(file).write_text(json.dumps(templates[name]), encoding="utf-8")
        command = [str(program), "--format", "json", "--regions", _REGION, "--non-zero-exit-code", "none"]
        for rule in (*IGNORED, *ignored):
            command += ["--ignore-checks", rule]
        output = subprocess.run([*command, "--", *files], stdout=subprocess.PIPE, check=True).stdout
    found: dict[str, list[Finding]] = defaultdict(list)
    for raw in json.loads(output):
        found[files[raw["Filename"]]].append(_finding(raw))
    return dict(found)


def _finding(raw: dict[str, Any]) -> Finding:
    place = ".".join(map(str, raw["Location"]["Path"][1:]))
    return Finding(raw["Rule"]["Id"], place, raw["Message"])
