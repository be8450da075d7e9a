"""Reads and writes text files so that only the edited text changes: encoding, line ends and mode stay the
same. A file is replaced in one step."""

import contextlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

_MAX_BYTES = 10_000_000
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_NEW_FILE_MODE = 0o644


class EditError(Exception):
    """The command cannot be carried out. The message says why and what to do instead."""


@dataclass
class TextFile:
    """A file's text with `\\n` line ends, and what is needed to write it back in its own format."""

    path: Path
    text: str
    encoding: str
    line_end: str

    def write(self, text: str) -> None:
        """Replace the contents by `text`."""
        try:
            data = text.replace("\n", self.line_end).encode(self.encoding)
        except UnicodeEncodeError as error:
            character = error.object[error.start]
            raise EditError(
                f"{self.path}: the file's {self.encoding} encoding has no {character!r}; nothing was changed"
            ) from error
        replace(self.path, data)


def read(path: Path) -> TextFile:
    """Read a text file. Raises EditError if it is not one."""
    data = read_bytes(path)
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        if b"\0" in data:
            raise EditError(f"{path}: this is a binary file; use bash to look at it")
        encoding = "utf-8" if _is_utf8(data) else "latin-1"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise EditError(f"{path}: starts as {encoding} but is not; use bash to look at it") from error
    line_end = "\r\n" if "\r\n" in text and text.count("\n") == text.count("\r\n") else "\n"
    return TextFile(path, text.replace(line_end, "\n"), encoding, line_end)


def read_bytes(path: Path) -> bytes:
    """The contents of a regular file. It is opened without blocking, because opening a named pipe without a
    writer would otherwise never return."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise EditError(f"{path}: is a directory; only view can show it")
        if not stat.S_ISREG(status.st_mode):
            raise EditError(f"{path}: is not a regular file")
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise EditError(f"{path}: is larger than {_MAX_BYTES} bytes; use bash to look at parts of it")
    return data


def replace(path: Path, data: bytes) -> None:
    """Write `data` to a temporary file in the same directory and rename it over the file. The mode stays the
    same; of a symbolic link, the target is replaced."""
    target = path.resolve()
    existing = target.stat() if target.exists() else None
    if existing is not None and not os.access(target, os.W_OK):
        raise PermissionError(13, "Permission denied")
    mode = _NEW_FILE_MODE if existing is None else stat.S_IMODE(existing.st_mode)
    temporary = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
