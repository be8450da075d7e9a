"""Deploys the stack once on a local AWS of its own and prints tables: previews, and the critical path."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench import critical_path, preview
from bench.deployment import deployed


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, deployed(Path(folder)) as deployment:
        print(preview.table(deployment, Path(folder)), flush=True)
        print(critical_path.table(deployment.resources()), flush=True)


if __name__ == "__main__":
    main()
