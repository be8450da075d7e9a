"""The file that lets the control user's and the desktop user's programs, and no others, talk to the X
server."""

import os
import secrets
import struct
from pathlib import Path

_FAMILY_WILD = 0xFFFF
_PROTOCOL = b"MIT-MAGIC-COOKIE-1"
_COOKIE_BYTES = 16


def write_cookie(path: Path) -> None:
    """Write a new random cookie, valid for any display name. Its folder gives it the desktop's group, which
    may read it; there must be no file at `path`."""
    record = struct.pack(">H", _FAMILY_WILD)
    for part in (b"", b"", _PROTOCOL, secrets.token_bytes(_COOKIE_BYTES)):
        record += struct.pack(">H", len(part)) + part
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(record)
