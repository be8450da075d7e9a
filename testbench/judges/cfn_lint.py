"""cfn-lint, which judges a CloudFormation template by AWS's own schemas and by what it knows beyond them."""

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
    "W3010": "A template should name no availability zone, for it may be used in any region. "
    "A deployed stack is in one, and its subnets are where they are.",
}
"""Rules that judge how a template is written and not what it deploys, each with the reason."""

_REGION = "us-west-2"


@dataclass(frozen=True)
class Finding:
    """What cfn-lint says of one place in a template."""

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
