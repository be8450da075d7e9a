"""Takes one picture of a desktop over the Remote Framebuffer protocol 3.8 (RFC 6143). Sends no input."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

VERSION = b"RFB 003.008\n"
NO_AUTHENTICATION = b"\x01"
SHARED = b"\x01"
RAW = 0
LARGEST = 16_384
"""Maximum width and height in pixels, so that a broken server can't make this program allocate gigabytes."""
# 32 bits per pixel, depth 24, little-endian, true colour; red, green and blue have 8 bits at 16, 8 and 0.
PIXEL_FORMAT = struct.pack(">BBBBHHHBBBxxx", 32, 24, 0, 1, 255, 255, 255, 16, 8, 0)

_UPDATE, _COLOURS, _BELL, _CUT_TEXT = range(4)


class RfbFailure(Exception):
    """The server does not speak the protocol as expected."""


@dataclass(frozen=True)
class Picture:
    """A picture. `pixels` has four bytes per pixel (blue, green, red, unused), row by row from the top."""

    width: int
    height: int
    pixels: bytes

    @property
    def is_blank(self) -> bool:
        """Whether every pixel has the same colour."""
        colours = {self.pixels[i : i + 3] for i in range(0, len(self.pixels), 4)}
        return len(colours) < 2


class Stream:
    """Reads bytes from messages of any size. `receive` returns the next message."""

    def __init__(self, receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
        self._receive = receive
        self.send = send
        self._buffer = bytearray()

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        while len(self._buffer) < count:
            self._buffer += self._receive()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def numbers(self, form: str) -> tuple[int, ...]:
        """The next numbers, in a format of `struct`."""
        return struct.unpack(form, self.take(struct.calcsize(form)))


def take_picture(stream: Stream) -> Picture:
    """Do the handshake, request the whole screen, and assemble the picture. Raises RfbFailure."""
    width, height = _shake_hands(stream)
    stream.send(struct.pack(">Bxxx", 0) + PIXEL_FORMAT)
    stream.send(struct.pack(">BxHi", 2, 1, RAW))
    stream.send(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))
    pixels = bytearray(4 * width * height)
    missing = width * height
    while missing > 0:
        missing -= _message(stream, pixels, width, height)
    return Picture(width, height, bytes(pixels))


def _shake_hands(stream: Stream) -> tuple[int, int]:
    if stream.take(len(VERSION)) != VERSION:
        raise RfbFailure("the server does not speak RFB 3.8")
    stream.send(VERSION)
    (count,) = stream.numbers(">B")
    if NO_AUTHENTICATION not in {bytes([kind]) for kind in stream.take(count)}:
        raise RfbFailure("the server requires another sign-in than the page's")
    stream.send(NO_AUTHENTICATION)
    if stream.numbers(">I") != (0,):
        raise RfbFailure("the server refuses the connection")
    stream.send(SHARED)
    width, height = stream.numbers(">HH")
    stream.take(len(PIXEL_FORMAT))
    stream.take(stream.numbers(">I")[0])
    if not 0 < width <= LARGEST or not 0 < height <= LARGEST:
        raise RfbFailure(f"the screen has {width} by {height} pixels")
    return width, height


def _message(stream: Stream, pixels: bytearray, width: int, height: int) -> int:
    """Read one message of the server and return the number of pixels in it."""
    (kind,) = stream.numbers(">B")
    if kind == _UPDATE:
        return sum(_rectangle(stream, pixels, width, height) for _ in range(stream.numbers(">xH")[0]))
    if kind == _COLOURS:
        stream.take(6 * stream.numbers(">xHH")[1])
    elif kind == _CUT_TEXT:
        stream.take(stream.numbers(">xxxI")[0])
    elif kind != _BELL:
        raise RfbFailure(f"the server sent a message of unknown type {kind}")
    return 0


def _rectangle(stream: Stream, pixels: bytearray, width: int, height: int) -> int:
    left, top, columns, rows, encoding = stream.numbers(">HHHHi")
    if encoding != RAW or left + columns > width or top + rows > height:
        raise RfbFailure(f"the server sent a rectangle in encoding {encoding}, which was not requested")
    for row in range(top, top + rows):
        start = 4 * (row * width + left)
        pixels[start : start + 4 * columns] = stream.take(4 * columns)
    return columns * rows
