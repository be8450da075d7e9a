"""Keeps the earlier contents of edited files in the desktop user's home, for undo_edit in a later process."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from text_file import EditError, replace

_KEPT = 20


@dataclass(frozen=True)
class Before:
    """A file's contents before a change; None if there was no file."""

    contents: bytes | None


def remember(path: Path, contents: bytes) -> None:
    """Keep `contents`: an undo restores them."""
    _push(path, contents.hex())


def remember_creation(path: Path) -> None:
    """Record that the file was created: an undo removes it."""
    _push(path, None)


def last(path: Path) -> Before:
    """The contents that the last change replaced. Raises EditError if there was no change."""
    entries = _entries(path)
    if not entries:
        raise EditError(f"{path}: this tool has not changed it, so there is nothing to undo")
    contents = json.loads(entries[-1].read_text())
    return Before(None if contents is None else bytes.fromhex(contents))


def forget_last(path: Path) -> None:
    """Remove the entry that `last` returned."""
    _entries(path)[-1].unlink()


def _push(path: Path, contents: str | None) -> None:
    entries = _entries(path)
    for old in entries[: max(0, len(entries) - _KEPT + 1)]:
        old.unlink()
    number = int(entries[-1].name) + 1 if entries else 0
    folder = _folder(path)
    folder.mkdir(parents=True, exist_ok=True)
    replace(folder / f"{number:08}", json.dumps(contents).encode())


def _entries(path: Path) -> list[Path]:
    folder = _folder(path)
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _folder(path: Path) -> Path:
    name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()
    return Path.home() / ".local" / "state" / "desktop-editor" / name
