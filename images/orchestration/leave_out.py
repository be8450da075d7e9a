"""Removes what the console never uses from its installed packages: service models, charts, tests.

The Dockerfile runs this on the image's packages, and the Makefile on those of the tests, so that whatever is
missing is missing in both. A row of the tables that removes nothing fails the build: it would be out of date.

    python leave_out.py SITE-PACKAGES
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

# botocore describes every AWS service in `data`; it reads these itself, or the SDK asks for them.
BOTOCORE_KEPT = frozenset(
    {
        "_retry.json",
        "bedrock-runtime",
        "endpoints.json",
        "partitions.json",
        "sdk-default-configuration.json",
        "signin",
        "sso",
        "sso-oidc",
        "sts",
    }
)
# Streamlit's demonstrations and its instructions for coding assistants.
STREAMLIT_FOLDERS = (".agents", "hello")
# Scripts that the browser loads only for charts, data frames, maps, formulas, diagrams and recordings.
STREAMLIT_SCRIPTS = (
    "ArrowVegaLiteChart.*",
    "AudioInput.*",
    "CameraInput.*",
    "DataFrame.*",
    "DeckGlJsonChart.*",
    "EChartsChart.*",
    "GraphVizChart.*",
    "MermaidChart.*",
    "PlotlyChart.*",
    "ReadOnlyGrid.*",
    "*Diagram-*",
    "cytoscape.*",
    "elk-*",
    "embed.*",
    "katex.*",
    "mermaid*",
    "rehype-katex.*",
    "wavesurfer.*",
)
# Below any package.
TEST_FOLDERS = ("tests", "test")


def left_out(packages: Path) -> Iterator[Path]:
    """Every file and folder to remove below `packages`, the `site-packages` of an environment.

    Raises:
        FileNotFoundError: a row of the tables matches nothing.
    """
    for entry in sorted((packages / "botocore" / "data").iterdir()):
        if entry.name not in BOTOCORE_KEPT:
            yield entry
    streamlit = packages / "streamlit"
    patterns = [*STREAMLIT_FOLDERS, *(f"static/static/js/{name}" for name in STREAMLIT_SCRIPTS)]
    for pattern in patterns:
        found = sorted(streamlit.glob(pattern))
        if not found:
            raise FileNotFoundError(f"Streamlit has no {pattern}: the table in {Path(__file__).name} is old")
        yield from found
    for name in TEST_FOLDERS:
        yield from sorted(packages.glob(f"*/**/{name}/"))


def main() -> int:
    """Remove them and say how much that was."""
    size = 0
    for path in list(left_out(Path(sys.argv[1]))):
        if path.is_dir():
            size += sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
            shutil.rmtree(path)
        elif path.exists():
            size += path.stat().st_size
            path.unlink()
    print(f"left out {size / 1024**2:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
