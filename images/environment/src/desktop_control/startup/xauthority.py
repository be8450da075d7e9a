"""The file that lets the control user's and the desktop user's programs, and no others, talk to the X
server."""

import secrets
import struct
from pathlib import Path

_FAMILY_WILD = 0xFFFF
_PROTOCOL = b"MIT-MAGIC-COOKIE-1"
_COOKIE_BYTES = 16


def write_cookie(path: Path) -> None:
    """Write a new random cookie, valid for any display name; the group may read it."""
    record = struct.pack(">H", _FAMILY_WILD)
    for part in (b"", b"", _PROTOCOL, secrets.token_bytes(_COOKIE_BYTES)):
        record += struct.pack(">H", len(part)) + part
    path.touch(mode=0o640)
    path.write_bytes(record)
    path.chmod(0o640)
