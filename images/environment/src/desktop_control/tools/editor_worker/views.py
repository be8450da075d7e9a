"""Commands that show files and directories."""

import os
from pathlib import Path
from typing import Any

from text_file import EditError, read

_MAX_CHARACTERS = 16_000
_LEVELS = 2
_MAX_ENTRIES = 1000


def view(request: dict[str, Any]) -> str:
    """A file's lines with their numbers, or the list of a directory."""
    path, wanted = Path(request["path"]), request.get("view_range")
    if path.is_dir():
        if wanted is not None:
            raise EditError(f"{path}: is a directory; leave out view_range")
        return _listing(path)
    lines = read(path).text.split("\n")
    first, last = wanted or (1, -1)
    if first > len(lines) or last > len(lines):
        raise EditError(f"view_range: {wanted} goes beyond the file's {len(lines)} lines")
    return numbered(lines[first - 1 : None if last == -1 else last], first)


def numbered(lines: list[str], first: int) -> str:
    """`lines` with their numbers, counted from `first`. A text of more than 16,000 characters is cut, with a
    note."""
    text = "\n".join(f"{number:6}\t{line}" for number, line in enumerate(lines, first))
    if len(text) <= _MAX_CHARACTERS:
        return text
    shown = text[:_MAX_CHARACTERS]
    last = first + shown.count("\n")
    return f"{shown}\n[cut in line {last} of {first + len(lines) - 1}; use view_range for the rest]"


def _listing(path: Path) -> str:
    """Files and directories up to two levels down, without hidden ones; directories end with a slash."""
    entries = [f"{path}/"]
    _list(path, _LEVELS, entries)
    if len(entries) > _MAX_ENTRIES:
        entries[_MAX_ENTRIES:] = [f"[more than {_MAX_ENTRIES} entries; use bash to search]"]
    return "\n".join(entries)


def _list(path: Path, levels: int, entries: list[str]) -> None:
    try:
        children = sorted(os.scandir(path), key=lambda entry: entry.name)
    except PermissionError:
        return
    for child in children:
        if child.name.startswith(".") or len(entries) > _MAX_ENTRIES:
            continue
        is_directory = child.is_dir(follow_symlinks=False)
        entries.append(child.path + ("/" if is_directory else ""))
        if is_directory and levels > 1:
            _list(Path(child.path), levels - 1, entries)
