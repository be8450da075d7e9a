"""Converts between the screen's pixels and the pixels of the screenshots that the model sees."""

from dataclasses import dataclass

# Screenshot sizes that the model was trained on. A larger screen is scaled down to the one of its own shape.
_RECOMMENDED = ((1024, 768), (1280, 800), (1280, 720), (1366, 768))
_SAME_SHAPE = 0.02
_LARGEST = (1366, 800)


@dataclass(frozen=True)
class Scaling:
    """Maps coordinates between a screen of `screen` pixels and screenshots of `shot` pixels (width,
    height)."""

    screen: tuple[int, int]
    shot: tuple[int, int]

    @classmethod
    def for_screen(cls, width: int, height: int) -> "Scaling":
        """The recommended scaling: none for a screen that fits, else the recommended size of the same
        shape."""
        if width <= _LARGEST[0] and height <= _LARGEST[1]:
            return cls((width, height), (width, height))
        for target in _RECOMMENDED:
            if abs(target[0] / target[1] - width / height) < _SAME_SHAPE and target[0] <= width:
                return cls((width, height), target)
        factor = min(_LARGEST[0] / width, _LARGEST[1] / height)
        return cls((width, height), (max(1, round(width * factor)), max(1, round(height * factor))))

    @property
    def is_identity(self) -> bool:
        """True when a screenshot pixel is a screen pixel."""
        return self.screen == self.shot

    def to_screen(self, x: int, y: int) -> tuple[int, int]:
        """The screen pixel for screenshot pixel (x, y); the corners are exactly the screen's corners."""
        return _stretch(x, self.shot[0], self.screen[0]), _stretch(y, self.shot[1], self.screen[1])

    def to_shot(self, x: int, y: int) -> tuple[int, int]:
        """The screenshot pixel that shows screen pixel (x, y)."""
        return _stretch(x, self.screen[0], self.shot[0]), _stretch(y, self.screen[1], self.shot[1])


def _stretch(position: int, length: int, target: int) -> int:
    """`position` on a line of `length` pixels, carried over to one of `target` pixels, ends on ends, rounded
    half up."""
    if length == 1:
        return 0
    return (2 * position * (target - 1) + (length - 1)) // (2 * (length - 1))
