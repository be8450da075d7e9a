"""Screenshots with the pointer drawn in: the X server's own pictures of the screen leave the pointer out."""

import ctypes
from dataclasses import dataclass
from typing import Any

import xcffib
import xcffib.shm
import xcffib.xproto
from PIL import Image

from desktop_control.display.connection import Connection, DisplayUnavailableError

_IPC_PRIVATE = 0
_IPC_CREAT = 0o1000
_IPC_RMID = 0
# The server runs as the desktop's user, we do not; whoever may attach can see the screen anyway, and nobody
# can after _IPC_RMID, which follows at once.
_SEGMENT_MODE = 0o666
_BYTES_PER_PIXEL = 4
_Z_PIXMAP = xcffib.xproto.ImageFormat.ZPixmap
_ALL_PLANES = 0xFFFFFFFF

_libc = ctypes.CDLL(None, use_errno=True)
_libc.shmat.restype = ctypes.c_void_p
_libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
_libc.shmdt.argtypes = [ctypes.c_void_p]


@dataclass(frozen=True)
class PointerShape:
    """The pointer's picture, and which pixel of it marks the position."""

    picture: Image.Image
    hot_spot: tuple[int, int]

    @classmethod
    def from_reply(cls, reply: Any) -> "PointerShape":
        """Converts XFixes' answer: ARGB with premultiplied alpha, which Pillow calls `RGBa`."""
        data = b"".join([pixel.to_bytes(4, "little") for pixel in reply.cursor_image])
        picture = Image.frombuffer("RGBa", (reply.width, reply.height), data, "raw", "BGRa", 0, 1)
        return cls(picture.convert("RGBA"), (reply.xhot, reply.yhot))

    def draw(self, image: Image.Image, x: int, y: int) -> None:
        """Draw the pointer into `image` at position (x, y)."""
        image.paste(self.picture, (x - self.hot_spot[0], y - self.hot_spot[1]), self.picture)


class ScreenCapture:
    """Takes screenshots through shared memory, which takes a third of a millisecond at 1024x768."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._size = (connection.width, connection.height)
        self._pointer = PointerShape(Image.new("RGBA", (1, 1)), (0, 0))
        self._length = connection.width * connection.height * _BYTES_PER_PIXEL
        identifier = _libc.shmget(_IPC_PRIVATE, self._length, _IPC_CREAT | _SEGMENT_MODE)
        if identifier < 0:
            raise DisplayUnavailableError("no shared memory for the screenshot")
        self._address: int | None = _libc.shmat(identifier, None, 0)
        self._segment: int = connection.x.generate_id()
        try:
            connection.shm.AttachChecked(self._segment, identifier, False).check()
        except xcffib.XcffibException as error:
            raise DisplayUnavailableError(
                "the X server refused the shared memory for the screenshot"
            ) from error
        finally:
            _libc.shmctl(identifier, _IPC_RMID, None)

    def grab(self) -> Image.Image:
        """An `RGB` image of the whole screen in screen pixels, pointer included."""
        width, height = self._size
        cookie = self._connection.shm.GetImage(
            self._connection.root, 0, 0, width, height, _ALL_PLANES, _Z_PIXMAP, self._segment, 0
        )
        cursor_cookie = self._connection.fixes.GetCursorImage()
        cookie.reply()
        assert self._address is not None
        pixels = ctypes.string_at(self._address, self._length)
        image = Image.frombuffer("RGB", self._size, pixels, "raw", "BGRX", 0, 1)
        try:
            cursor = cursor_cookie.reply()
        except xcffib.xproto.AccessError:
            # The program that set the pointer's shape has ended. The server still shows that shape but no
            # longer gives it out, so the last known one is drawn.
            position = self._connection.x.core.QueryPointer(self._connection.root).reply()
            self._pointer.draw(image, position.root_x, position.root_y)
        else:
            self._pointer = PointerShape.from_reply(cursor)
            self._pointer.draw(image, cursor.x, cursor.y)
        return image

    def close(self) -> None:
        """Free the shared memory."""
        if self._address is not None:
            _libc.shmdt(self._address)
            self._address = None
