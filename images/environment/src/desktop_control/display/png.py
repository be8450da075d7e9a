"""PNG encoding at the speed of ISA-L: some ten times faster than zlib's level 1, for slightly larger
files."""

import struct
import zlib

from isal import isal_zlib
from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BIT_RGB = (8, 2, 0, 0, 0)


def encode_png(image: Image.Image) -> bytes:
    """The PNG file of an `RGB` image. Scan lines are unfiltered: desktops are mostly flat, and filtering
    costs more time."""
    pixels = image.tobytes()
    stride = image.width * 3
    lines = b"".join([b"\0" + pixels[start : start + stride] for start in range(0, len(pixels), stride)])
    header = struct.pack(">IIBBBBB", image.width, image.height, *_EIGHT_BIT_RGB)
    compressed = isal_zlib.compress(lines, 1)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", compressed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
