"""Questions whose answer is a place in a picture: places in pixels as places in percent, with the picture that came along.

What a file does not say is not invented: a place without a name and a picture without words stay for the author to mend.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.hotspot import MOST
from lms.assessments.kinds.shapes import FEWEST_CORNERS, MOST_CORNERS
from lms.foundation.words import N_
from lms.interop.formats import making
from lms.interop.formats.contract import Account, Json, Skip
from lms.interop.formats.pictures import keep_picture, size_of


@dataclass(frozen=True)
class Canvas:
    """A picture of the course, with its size in the pixels that the places are told in."""

    path: str
    width: float
    height: float
    shows: str = ""


def canvas(
    name: str, content: bytes | None, account: Account, *, said: tuple[str, str], shows: str
) -> Canvas:
    """The picture of a question. `said`: the width and height that the file states. Raises Skip."""
    path = keep_picture(name, content, account) if content else None
    if path is None or content is None:
        raise Skip(N_("Its answer is a place in a picture, and the picture did not come along."))
    sizes = [float(making.number(one)) if one else 0.0 for one in said]
    real = size_of(content)
    width, height = sizes if all(size > 0 for size in sizes) else real
    if width <= 0 or height <= 0:
        raise Skip(N_("Its answer is a place in a picture, and the size of the picture is not told."))
    return Canvas(path, width, height, shows)


def region(picture: Canvas, shape: str, numbers: Sequence[float]) -> Json:
    """A place as ours. `shape`: rect and ellipse by their box (left, top, right, bottom), poly by its corners. Raises Skip."""
    if shape == "default":
        numbers, shape = (0, 0, picture.width, picture.height), "rect"
    corners = len(numbers) // 2
    if len(numbers) % 2 or (shape == "poly" and not FEWEST_CORNERS <= corners <= MOST_CORNERS):
        raise Skip(N_("A place in its picture cannot be read."))
    across = [_percent(one, picture.width) for one in numbers[::2]]
    down = [_percent(one, picture.height) for one in numbers[1::2]]
    if shape == "poly":
        return {"shape": "polygon", "at": [one for pair in zip(across, down, strict=True) for one in pair]}
    if len(numbers) != len(("left", "top", "right", "bottom")):
        raise Skip(N_("A place in its picture cannot be read."))
    at = [across[0], down[0], round(across[1] - across[0], 2), round(down[1] - down[0], 2)]
    return {**({"shape": "ellipse"} if shape == "ellipse" else {}), "at": at}


def _percent(pixels: float, whole: float) -> float:
    share = round(min(max(pixels / whole * 100, 0), 100), 2)
    return int(share) if share == int(share) else share


def box(shape: str, numbers: Sequence[float]) -> tuple[str, Sequence[float]]:
    """A shape of QTI as `region` wants it: a circle by middle and radius, an ellipse by middle and both radii."""
    if shape == "circle" and len(numbers) == len("xyr"):
        x, y, radius = numbers
        return "ellipse", (x - radius, y - radius, x + radius, y + radius)
    if shape == "ellipse" and len(numbers) == len("xyab"):
        x, y, across, down = numbers
        return "ellipse", (x - across, y - down, x + across, y + down)
    return shape, numbers


def pixels(text: str) -> list[float]:
    """The numbers of a place. Raises Skip."""
    return [float(making.number(one)) for one in text.replace(";", ",").split(",") if one.strip()]


def hotspot(stem: str, picture: Canvas, regions: Iterable[tuple[str, Json, bool, str]]) -> Json:
    """Places to choose: the name of each, where it is, whether it is right, what is said to who chose it."""
    made = [
        {**_named(name), **where, **({"correct": True} if right else {}), **making.said(why)}
        for name, where, right, why in regions
    ]
    return _about(stem, picture, "hotspot") | {"regions": _few(made)}


def labels(stem: str, picture: Canvas, zones: Iterable[tuple[str, Json, str]], extra: Sequence[str]) -> Json:
    """Labels to put on places: the name of each place, where it is, its label; labels that belong nowhere."""
    made = [{**_named(name), **where, "label": label} for name, where, label in zones]
    return _about(stem, picture, "labels") | {"zones": _few(made)} | ({"extra": list(extra)} if extra else {})


def _named(name: str) -> Json:
    return {"name": name} if name.strip() else {}


def _about(stem: str, picture: Canvas, kind: str) -> Json:
    shows = {"shows": picture.shows} if picture.shows.strip() else {}
    return {"kind": kind, "stem": stem, "picture": picture.path, **shows}


def _few(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not made:
        raise Skip(N_("It declares no answer to what it asks."))
    if len(made) > MOST:
        raise Skip(
            N_("It has more than %(most)s places in one picture. Make two questions of it."), most=MOST
        )
    return made
