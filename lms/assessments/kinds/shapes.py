"""Regions on a picture, in percent of its width and height, so that they hold whatever size it is shown in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import Json, Notes, is_number

SHAPES = ("rectangle", "ellipse", "polygon")
FEWEST_CORNERS = 3
MOST_CORNERS = 40


@dataclass(frozen=True)
class Shape:
    """A region. `at`: left, top, width, height of a rectangle or an ellipse; x, y of each corner of a polygon."""

    shape: str
    at: tuple[float, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of what it covers."""
        if self.shape != "polygon":
            return (self.at[0], self.at[1], self.at[2], self.at[3])
        across, down = self.at[::2], self.at[1::2]
        return (min(across), min(down), max(across) - min(across), max(down) - min(down))

    @property
    def drawn(self) -> Json:
        """What a page draws: the shape, its box, the corners of a polygon."""
        left, top, width, height = self.box
        corners = " ".join(f"{x:g},{y:g}" for x, y in zip(self.at[::2], self.at[1::2], strict=True))
        return {
            "shape": self.shape,
            "left": left,
            "top": top,
            "width": width,
            "height": height,
            "corners": corners if self.shape == "polygon" else "",
        }


def read_shape(notes: Notes, where: str, entry: Mapping[str, Any]) -> Shape:
    """The region of an entry with `shape` and `at`; notes what is no region of a picture."""
    shape, at = entry.get("shape", "rectangle"), entry.get("at")
    if shape not in SHAPES:
        notes.add(f"{where}.shape", f"Choose one of {', '.join(SHAPES)}.")
        return Shape("rectangle", (0, 0, 1, 1))
    numbers = tuple(at) if isinstance(at, Sequence) and not isinstance(at, str) else ()
    good = bool(numbers) and all(is_number(one) and 0 <= one <= 100 for one in numbers)
    if shape == "polygon":
        if not good or len(numbers) % 2 or not FEWEST_CORNERS <= len(numbers) / 2 <= MOST_CORNERS:
            notes.add(
                f"{where}.at",
                f"Write x and y of {FEWEST_CORNERS} to {MOST_CORNERS} corners, in percent of the picture.",
            )
            return Shape("rectangle", (0, 0, 1, 1))
        return Shape(shape, numbers)
    if not good or len(numbers) != len(("left", "top", "width", "height")):
        notes.add(f"{where}.at", "Write left, top, width and height, in percent of the picture.")
    elif not (numbers[2] and numbers[3]) or numbers[0] + numbers[2] > 100 or numbers[1] + numbers[3] > 100:
        notes.add(f"{where}.at", "The region has a size, and ends within the picture.")
    else:
        return Shape(shape, numbers)
    return Shape("rectangle", (0, 0, 1, 1))
