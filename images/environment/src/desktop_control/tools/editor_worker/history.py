"""What files were before their last changes, kept in the desktop user's home so that undo_edit outlives this
process."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from text_file import EditError, replace

_KEPT = 20


@dataclass(frozen=True)
class Before:
    """A file's contents before a change; None when there was no file."""

    contents: bytes | None


def remember(path: Path, contents: bytes) -> None:
    """Keep `contents` as what an undo would bring back."""
    _push(path, contents.hex())


def remember_creation(path: Path) -> None:
    """An undo would remove the file."""
    _push(path, None)


def last(path: Path) -> Before:
    """What the last change replaced."""
    entries = _entries(path)
    if not entries:
        raise EditError(f"{path}: this tool has not changed it, so there is nothing to undo")
    contents = json.loads(entries[-1].read_text())
    return Before(None if contents is None else bytes.fromhex(contents))


def forget_last(path: Path) -> None:
    """Drop what `last` gave."""
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
