"""Screenshots for the model: PNG files in screenshot pixels."""

from PIL import Image

from desktop_control.display.desktop import Desktop
from desktop_control.display.png import encode_png


def screenshot(desktop: Desktop) -> bytes:
    """The whole screen, scaled down if it is larger than recommended."""
    image = desktop.capture.grab()
    if not desktop.scaling.is_identity:
        image = image.resize(desktop.scaling.shot, Image.Resampling.BOX)
    return encode_png(image)


def zoom(desktop: Desktop, region: list[int]) -> bytes:
    """`region` (x0, y0, x1, y1 in screenshot pixels, x1 and y1 excluded) at the screen's own resolution,
    enlarged to a screenshot's size without changing its aspect ratio."""
    scaling = desktop.scaling
    across, down = scaling.screen[0] / scaling.shot[0], scaling.screen[1] / scaling.shot[1]
    box = (
        round(region[0] * across),
        round(region[1] * down),
        round(region[2] * across),
        round(region[3] * down),
    )
    image = desktop.capture.grab().crop(box)
    factor = min(scaling.shot[0] / image.width, scaling.shot[1] / image.height)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return encode_png(image.resize(size, Image.Resampling.BICUBIC))
