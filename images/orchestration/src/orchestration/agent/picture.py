"""Screenshots as pictures: their size, whether two differ, and where an action aims, drawn in."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST_SIDE = 8192
# A blinking caret or a clock's digits stay below both limits; a dialog, a moved window or another label do
# not.
CHANGED_PIXELS_NEAR_TARGET = 40
CHANGED_PIXELS_ANYWHERE = 400
NEAR_PIXELS = 40
NOTICEABLE_DIFFERENCE = 24
MARK = (220, 20, 60)
HALO = (255, 255, 255)


class PictureError(ValueError):
    """The bytes are no PNG of a sensible size."""


@dataclass(frozen=True, slots=True)
class Change:
    """How two screenshots differ: pixels in all, and pixels near the target."""

    pixels: int
    near: int

    @property
    def noticeable(self) -> bool:
        """Whether a person who decided on the first would be deciding on something else in the second."""
        return self.pixels > CHANGED_PIXELS_ANYWHERE or self.near > CHANGED_PIXELS_NEAR_TARGET


def picture_size(image: bytes) -> tuple[int, int]:
    """(width, height) in pixels from the PNG's header.

    Raises:
        PictureError: no PNG, or a side of 0 or above 8192 pixels.
    """
    if len(image) < 33 or not image.startswith(PNG_SIGNATURE) or image[12:16] != b"IHDR":
        raise PictureError("not a PNG")
    width, height = struct.unpack(">II", image[16:24])
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise PictureError("an impossible size")
    return int(width), int(height)


def compare(before: bytes, after: bytes, points: Sequence[tuple[int, int]] = ()) -> Change:
    """How two screenshots differ. Pictures of different sizes, or broken ones, differ in everything."""
    if before == after:
        return Change(0, 0)
    try:
        with Image.open(io.BytesIO(before)) as first, Image.open(io.BytesIO(after)) as second:
            if first.size != second.size:
                return Change(
                    max(first.width * first.height, second.width * second.height),
                    1 + CHANGED_PIXELS_NEAR_TARGET,
                )
            difference = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return Change(1 + CHANGED_PIXELS_ANYWHERE, 1 + CHANGED_PIXELS_NEAR_TARGET)
    red, green, blue = difference.split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    changed = _count(strongest)
    near = max((_count(strongest.crop(_around(point))) for point in points), default=0)
    return Change(changed, near)


def _count(channel: Image.Image) -> int:
    return sum(channel.histogram()[NOTICEABLE_DIFFERENCE:])


def _around(point: tuple[int, int]) -> tuple[int, int, int, int]:
    x, y = point
    return x - NEAR_PIXELS, y - NEAR_PIXELS, x + NEAR_PIXELS + 1, y + NEAR_PIXELS + 1


def with_target(image: bytes, verb: str, points: Sequence[tuple[int, int]]) -> bytes:
    """The screenshot with the action's target drawn in: a ring and cross, an arrow for a drag, a frame for
    a region.

    Without points the screenshot comes back as it is.
    """
    if not points:
        return image
    with Image.open(io.BytesIO(image)) as source:
        picture = source.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for colour, width in ((HALO, 7), (MARK, 3)):
        if verb == "zoom":
            columns, rows = zip(*points, strict=True)
            corners = [(min(columns), min(rows)), (max(columns), max(rows))]
            draw.rectangle(corners, outline=colour, width=width)
            continue
        if len(points) == 2:
            draw.line([points[0], points[1]], fill=colour, width=width)
        for point in points:
            _ring(draw, point, colour, width)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _ring(
    draw: ImageDraw.ImageDraw, point: tuple[int, int], colour: tuple[int, int, int], width: int
) -> None:
    x, y = point
    draw.ellipse([x - 18, y - 18, x + 18, y + 18], outline=colour, width=width)
    for start, end in (((x - 28, y), (x - 8, y)), ((x + 8, y), (x + 28, y))):
        draw.line([start, end], fill=colour, width=width)
    for start, end in (((x, y - 28), (x, y - 8)), ((x, y + 8), (x, y + 28))):
        draw.line([start, end], fill=colour, width=width)
    draw.ellipse([x - 2, y - 2, x + 2, y + 2], fill=colour)
