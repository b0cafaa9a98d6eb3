"""The picture or the sound that a question is about, as its document says it and as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.assessments.kinds.contract import Json, Notes, is_number

PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif")
SOUNDS = (".opus", ".mp3")


@dataclass(frozen=True)
class Medium:
    """A file of the course. `address`: empty until there is such a file; `size` in bytes, 0 where nobody measured."""

    address: str = ""
    size: int = 0
    width: int = 0
    height: int = 0

    @property
    def shown(self) -> Json:
        """What a page needs of it: never the name that the author gave the file."""
        return {"address": self.address, "bytes": self.size, "width": self.width, "height": self.height}


def read_medium(notes: Notes, name: str, endings: Sequence[str]) -> Medium:
    """The file under a name: a path in media/, or its place once it is published; notes what is neither."""
    said = notes.document.get(name)
    if isinstance(said, Mapping) and "path" in said:
        sizes = [int(said[one]) if is_number(said.get(one)) else 0 for one in ("bytes", "width", "height")]
        return Medium(str(said.get("address") or ""), *sizes)
    if (
        not isinstance(said, str)
        or not said.startswith("media/")
        or not said.lower().endswith(tuple(endings))
    ):
        known = ", ".join(ending[1:] for ending in endings)
        notes.add(name, f"Name a file of the course, such as media/name{endings[0]} ({known}).")
    return Medium()
