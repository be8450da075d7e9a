"""Deploys the stack once on a local AWS of its own and prints tables: previews, and the critical path."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "testbench"))

from bench import critical_path, preview  # noqa: E402  the launcher's modules are found by now
from bench.deployment import deployed  # noqa: E402


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, deployed(ROOT, Path(folder)) as deployment:
        print(preview.table(deployment, Path(folder)), flush=True)
        print(critical_path.table(deployment.resources()), flush=True)


if __name__ == "__main__":
    main()
