"""Commands that change files."""

from pathlib import Path
from typing import Any

import history
from text_file import EditError, TextFile, read, read_bytes, replace
from views import numbered

_CONTEXT_LINES = 4


def create(request: dict[str, Any]) -> str:
    """Create a new file, and its parent directories if they are missing."""
    path = Path(request["path"])
    if path.exists() or path.is_symlink():
        raise EditError(f"{path}: exists already; use str_replace or insert, or remove it with bash first")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, request["file_text"].encode("utf-8", "surrogatepass"))
    history.remember_creation(path)
    return f"{path} was created."


def str_replace(request: dict[str, Any]) -> str:
    """Replace `old_str`, which must occur exactly once."""
    file = read(Path(request["path"]))
    old, new = _as_lines(request["old_str"], file), _as_lines(request.get("new_str", ""), file)
    places = _places(file.text, old)
    if not places:
        raise EditError(
            f"{file.path}: old_str does not appear in the file; view it and copy the text exactly"
        )
    lines = [file.text.count("\n", 0, place) + 1 for place in places]
    if len(places) > 1:
        raise EditError(
            f"{file.path}: old_str appears {len(places)} times, in lines {lines}; "
            "add lines around it until it is unique"
        )
    return _save(file, file.text[: places[0]] + new + file.text[places[0] + len(old) :], lines[0], new)


def insert(request: dict[str, Any]) -> str:
    """Insert text after line `insert_line`; 0 means the top of the file."""
    file = read(Path(request["path"]))
    new = _as_lines(request["insert_text"] if "insert_text" in request else request["new_str"], file)
    after = request["insert_line"]
    lines = file.text.split("\n")
    count = len(lines) - 1 if lines[-1] == "" else len(lines)
    if after > count:
        raise EditError(f"insert_line: {after} goes beyond the file's {count} lines")
    if after == count and lines[-1] != "":
        return _save(file, f"{file.text}\n{new}", after + 1, new)
    before = "".join(line + "\n" for line in lines[:after])
    rest = "\n".join(lines[after:])
    separator = "" if new.endswith("\n") or new == "" else "\n"
    return _save(file, before + new + separator + rest, after + 1, new)


def undo_edit(request: dict[str, Any]) -> str:
    """Undo the last change that this tool made to the file."""
    path = Path(request["path"])
    before = history.last(path)
    if before.contents is None:
        path.unlink()
    else:
        replace(path, before.contents)
    history.forget_last(path)
    return f"The last change to {path} was undone." + (
        " The file was removed, because that change had created it." * (before.contents is None)
    )


def _save(file: TextFile, text: str, line: int, new: str) -> str:
    before = read_bytes(file.path)
    file.write(text)
    history.remember(file.path, before)
    first = max(1, line - _CONTEXT_LINES)
    last = line + new.count("\n") + _CONTEXT_LINES
    return f"{file.path} was changed. It now reads:\n" + numbered(text.split("\n")[first - 1 : last], first)


def _as_lines(text: str, file: TextFile) -> str:
    return text.replace("\r\n", "\n") if file.line_end == "\r\n" else text


def _places(text: str, wanted: str) -> list[int]:
    places, start = [], text.find(wanted)
    while start >= 0:
        places.append(start)
        start = text.find(wanted, start + 1)
    return places
