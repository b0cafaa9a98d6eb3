"""Questions as a table, under the columns that we read."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from lms.interop.formats.contract import Json
from lms.interop.formats.table import LETTERS

WRITES = ("single", "multiple", "truefalse", "short", "numeric", "matching", "ordering", "cloze")
_COLUMNS = (
    "key",
    "kind",
    "question",
    *(f"option {letter}" for letter in LETTERS),
    "correct",
    *(f"feedback {letter}" for letter in LETTERS),
    "explanation",
    "tags",
    "tolerance",
    "unit",
    "marking",
    "shuffle",
    "format",
)


def write(bank: Sequence[Mapping[str, object]]) -> str:
    """Questions as a CSV with our header."""
    made = io.StringIO()
    writer = csv.DictWriter(made, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for question in bank:
        if question["kind"] in WRITES:
            writer.writerow({name: _guarded(str(cell)) for name, cell in _written(dict(question)).items()})
    return made.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell[:1] in "=+-@" and cell else cell


def _written(question: Json) -> Json:
    kind = question["kind"]
    row: Json = {
        "key": question["key"],
        "kind": kind,
        "question": question["stem"],
        "explanation": question.get("explanation", ""),
        "tags": "; ".join(question.get("tags") or ()),
        "marking": question.get("marking", ""),
        "shuffle": "no" if question.get("shuffle") is False else "",
        "format": "markdown",
    }
    texts_and_whys: list[tuple[object, object]] = []
    if kind in ("single", "multiple"):
        texts_and_whys = [(option["text"], option.get("why", "")) for option in question["options"]]
        right = [
            letter
            for letter, option in zip(LETTERS, question["options"], strict=False)
            if option.get("correct") is True
        ]
        row["correct"] = ", ".join(right)
    elif kind == "truefalse":
        why = {str(name).lower(): text for name, text in question["why"].items()}
        texts_and_whys = [("true", why.get("true", "")), ("false", why.get("false", ""))]
        row["correct"] = "true" if question["answer"] else "false"
    elif kind == "short":
        row["correct"] = " | ".join(map(str, question["accepted"]))
        texts_and_whys = [(one["text"], one["why"]) for one in question.get("mistakes") or ()]
    elif kind == "numeric":
        row |= {
            "correct": question["answer"],
            "tolerance": question.get("tolerance", 0),
            "unit": question.get("unit", ""),
        }
        texts_and_whys = [(one["value"], one["why"]) for one in question.get("mistakes") or ()]
    elif kind == "matching":
        texts_and_whys = [(f"{pair['left']} -> {pair['right']}", "") for pair in question["pairs"]]
        texts_and_whys += [(f" -> {text}", "") for text in question.get("extra") or ()]
    elif kind == "ordering":
        texts_and_whys = [(one["text"], "") for one in question["items"]]
    else:
        row["correct"] = re.sub(
            r"\[\[([a-z0-9-]+)\]\]", lambda found: _gap_cell(question["gaps"][found[1]]), question["text"]
        )
    for letter, (said, because) in zip(LETTERS, texts_and_whys, strict=False):
        row |= {f"option {letter}": said, f"feedback {letter}": because}
    return row


def _gap_cell(gap: Json) -> str:
    if gap.get("options"):
        right = str((gap.get("accepted") or [gap.get("answer")])[0])
        words = [f"*{option}" if str(option) == right else str(option) for option in gap["options"]]
    else:
        words = [str(word) for word in gap.get("accepted") or [gap.get("answer")]]
    return "{{" + " | ".join(words) + "}}"
