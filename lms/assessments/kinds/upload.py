"""File upload: a file that people mark by a rubric. What a file is, its bytes say, not its name."""

import io
import uuid
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import BadAnswer, Json, Mark, Notes, Raw, one
from lms.assessments.kinds.extended import Criterion, criteria_of, read_look_for, read_rubric
from lms.foundation.words import N_

NAME = "upload"
MEGABYTE = 1024 * 1024
LARGEST = 10
"""Megabytes that a question may allow at most."""
USUAL = 5
MOST_PARTS = 5000
"""Parts of an office document; a real one has some hundred at most."""


def _office(folder: str) -> Callable[[bytes], bool]:
    def fits(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError):
            return False
        macros = any(name.rsplit("/", 1)[-1].lower().startswith("vba") for name in names)
        whole = "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
        return whole and not macros and len(names) <= MOST_PARTS

    return fits


def _starts(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(starts)


def _text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES: Mapping[str, tuple[str, Callable[[bytes], bool]]] = {
    "pdf": ("application/pdf", _starts(b"%PDF-")),
    "docx": (f"{_OFFICE}.wordprocessingml.document", _office("word/")),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _office("xl/")),
    "pptx": (f"{_OFFICE}.presentationml.presentation", _office("ppt/")),
    "csv": ("text/csv", _text),
    "txt": ("text/plain", _text),
    "png": ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
}
"""What may be handed in: its media type, and whether its bytes are that. Office documents with macros are not taken."""


@dataclass(frozen=True)
class Question:
    """Which types of file are taken, how many megabytes, what a marker looks for, and by which rubric."""

    stem: str
    types: tuple[str, ...]
    megabytes: int
    look_for: tuple[str, ...]
    explanation: str
    rubric: tuple[Criterion, ...] = ()
    least: int = 0
    most: int = 0

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """What is marked."""
        return criteria_of(self.rubric, self.look_for)


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("types", "megabytes", "look_for", "rubric"))
    types = document.get("types")
    if not (
        isinstance(types, list) and types and all(isinstance(one, str) and one in TYPES for one in types)
    ):
        notes.add("types", f"Choose one or more of {', '.join(TYPES)}.")
    megabytes = document.get("megabytes", USUAL)
    if not isinstance(megabytes, int) or isinstance(megabytes, bool) or not 1 <= megabytes <= LARGEST:
        notes.add("megabytes", f"Write a whole number of megabytes, {LARGEST} at most.")
    look_for = read_look_for(notes)
    rubric = read_rubric(notes)
    notes.close()
    return Question(
        document["stem"],
        tuple(dict.fromkeys(types or ())),
        megabytes,
        look_for,
        document.get("explanation", ""),
        rubric,
    )


def file_type(name: str, content: bytes, question: Question) -> str:
    """The type of a file that was sent, such as pdf. Raises BadAnswer with what is wrong with it."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    ending = {"jpeg": "jpg"}.get(ending, ending)
    if not content:
        raise BadAnswer(N_("That file is empty. Choose the one you wrote."))
    if len(content) > question.megabytes * MEGABYTE:
        raise BadAnswer(
            N_("That file is too big: %(most)s MB are the most. Make a smaller copy."),
            most=question.megabytes,
        )
    if ending not in question.types:
        raise BadAnswer(
            N_("That type of file is not taken here. Send one of these: %(types)s."),
            types=", ".join(question.types),
        )
    if not TYPES[ending][1](content):
        raise BadAnswer(
            N_("What is in that file is no %(type)s, or it holds macros. Save it again as %(type)s."),
            type=ending,
        )
    return ending


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """Nothing varies."""
    return {}


def ask(question: Question, variant: Json) -> Json:
    """The stem, and what may be sent."""
    return {
        "kind": NAME,
        "stem": question.stem,
        "types": list(question.types),
        "megabytes": question.megabytes,
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The id of a file that has arrived."""
    text = one(raw, "answer")
    if not text:
        return None
    try:
        return {"file": str(uuid.UUID(text))}
    except ValueError:
        raise BadAnswer(N_("That file is not here. Send it again.")) from None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """Nothing yet: a person marks it."""
    return Mark(0.0, waiting=bool(given))


def answer(question: Question, variant: Json) -> Json:
    """What a marker looks for."""
    return {"right": list(question.look_for), "why": {}, "explanation": question.explanation}
