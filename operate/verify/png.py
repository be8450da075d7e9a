"""Encodes a picture as PNG (ISO/IEC 15948): eight bits per colour channel, without filters."""

import struct
import zlib

from operate.verify.rfb import Picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TRUE_COLOUR = 2


def encode(picture: Picture) -> bytes:
    """Return the bytes of the PNG file."""
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, _TRUE_COLOUR, 0, 0, 0)
    rows = bytearray()
    for top in range(0, len(picture.pixels), 4 * picture.width):
        line = picture.pixels[top : top + 4 * picture.width]
        colours = bytearray(3 * picture.width)
        colours[0::3], colours[1::3], colours[2::3] = line[2::4], line[1::4], line[0::4]
        rows += b"\0" + colours
    return (
        SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows)))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
