"""How large the two images are, layer by layer: the pull is most of a task's start on AWS.

python -m bench.image_sizes        builds them first; layers that were built before are used again
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from containers import base, image, private_podman
from containers.engine import Engine

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("environment", "orchestration")
_SMALLEST_MB = 1.0
_UNITS = {"B": 1e-6, "kB": 1e-3, "KB": 1e-3, "MB": 1.0, "GB": 1e3}


def table(engine: Engine, name: str) -> list[str]:
    """The lines for one image: every layer of a megabyte or more with the instruction that made it."""
    size = json.loads(engine.run("image", "inspect", name))[0]["Size"] / 1e6
    lines = [f"{name}: {size:.0f} MB uncompressed"]
    for line in engine.run(
        "history", "--no-trunc", "--format", "{{.Size}}\t{{.CreatedBy}}", name
    ).splitlines():
        number, _, instruction = line.partition("\t")
        megabytes = _megabytes(number)
        if megabytes >= _SMALLEST_MB:
            lines.append(f"  {megabytes:7.1f} MB  {' '.join(instruction.split())[:90]}")
    return lines


def _megabytes(size: str) -> float:
    """What podman prints as `43.7 MB`."""
    match = re.fullmatch(r"([0-9.]+)\s*([kKMG]?B)", size.strip())
    if not match:
        raise ValueError(f"podman's size of a layer is not understood: {size!r}")
    return float(match[1]) * _UNITS[match[2]]


def main() -> None:
    """Build both and print."""
    engine = private_podman.engine(ROOT / ".local")
    dockerfiles = [ROOT / "images" / folder / "Dockerfile" for folder in NAMES]
    chosen = base.provide(engine, ROOT / ".local" / "containers", dockerfiles)
    for folder in NAMES:
        name = f"localhost/computer-use-sandbox/{folder}:bench"
        image.build(engine, ROOT / "images" / folder, name, chosen)
        print(*table(engine, name), "", sep="\n")


if __name__ == "__main__":
    main()
