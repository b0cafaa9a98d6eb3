"""The picture or the sound that a question is about: a path in its course's files, a place once it is published.

A place says the address, which is made of the content's own hash: it tells nothing of the file's name, and a question whose
picture changes is another version of the question.
"""

from collections.abc import Callable, Mapping
from typing import Any

NAMES = ("picture", "sound")
"""The names of a question's document that hold the path of a file in media/."""
Place = Mapping[str, Any]
"""Where a file stands: its address, bytes, width, height (0 for a sound)."""


def nowhere(_path: str) -> Place | None:
    """No file has a place."""
    return None


def place_of(address: str, size: int, shape: tuple[int, int]) -> Place:
    """The place of a file of so many bytes, so many pixels wide and high."""
    return {"address": address, "bytes": size, "width": shape[0], "height": shape[1]}


def media_of(document: Mapping[str, Any]) -> list[str]:
    """The paths of the files that a question shows or plays."""
    return [document[name] for name in NAMES if isinstance(document.get(name), str)]


def placed(document: Mapping[str, Any], place: Callable[[str], Place | None]) -> dict[str, Any]:
    """The document with each file in its place; a file that has none stays a path."""
    found = dict(document)
    for name in NAMES:
        path = document.get(name)
        there = place(path) if isinstance(path, str) else None
        if there is not None:
            found[name] = {"path": path, **there}
    return found


def authored(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as its author wrote it, with paths in place of places."""
    found = dict(document)
    for name in NAMES:
        if isinstance(said := document.get(name), Mapping) and "path" in said:
            found[name] = said["path"]
    return found
