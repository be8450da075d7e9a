"""Files that others read while the runner lives."""

from __future__ import annotations

from pathlib import Path


def replace(path: Path, text: str) -> None:
    """Write in one step, so that a reader never sees half of it."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
