"""Write the deployer's policy: `python -m deployer FOLDER [--recording FILE]`.

Without a recording, the stack's whole life is played first, which takes about five minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from deployer import document, life, recording
from deployer.engine_project import ROOT, EngineProject


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deployer", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the policies are written, one file for each")
    parser.add_argument("--recording", type=Path, help="a file that an emulator wrote with --calls")
    options = parser.parse_args(arguments)
    pieces = document.policies(document.grants(_calls(options.recording)))
    if len(pieces) > document.PIECES_LIMIT:
        print(f"{len(pieces)} policies are needed; a role takes {document.PIECES_LIMIT}", file=sys.stderr)
        return 1
    for old in options.folder.glob("deployer-*.json"):
        old.unlink()
    for number, piece in enumerate(pieces, 1):
        (options.folder / f"deployer-{number}.json").write_text(document.text(piece), encoding="utf-8")
    return 0


def _calls(recorded: Path | None) -> list[recording.Call]:
    if recorded:
        return recording.read(recorded, ROOT.access_key)
    with tempfile.TemporaryDirectory() as folder:
        calls = Path(folder, "calls.jsonl")
        project = Path(folder, "project")
        project.mkdir()
        with life.recording_emulator(calls) as url:
            life.live(EngineProject(project, url))
        return recording.read(calls, ROOT.access_key)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
