"""A course's questions in other formats, and what each format cannot say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.assessments.kinds.arithmetic import BadExpression, evaluate
from lms.courses.archives import write_archive
from lms.foundation.words import N_
from lms.interop.formats import gift_write, moodle_write, qti3_write, table_write
from lms.interop.formats.contract import Json, Reason

ENDINGS: Mapping[str, str] = {
    "gift": ".gift",
    "moodle-xml": ".xml",
    "qti3": ".zip",
    "csv": ".csv",
    "markdown": ".zip",
}
_ALWAYS = ("objective", "competency", "level", "thinking", "difficulty", "critical")
_LOST: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "gift": {
        "": ("shuffle",),
        "numeric": ("unit", "units", "decimals", "solution"),
        "short": ("ignore",),
        "matching": ("why",),
    },
    "moodle-xml": {
        "numeric": ("decimals", "solution"),
        "short": ("ignore",),
        "matching": ("why",),
        "ordering": ("why",),
        "extended": ("rubric",),
    },
    "qti3": {
        "": ("tags",),
        "numeric": ("unit", "units", "decimals", "solution", "mistakes"),
        "short": ("ignore", "mistakes"),
        "matching": ("why",),
        "ordering": ("why", "marking"),
        "cloze": ("why",),
    },
    "csv": {
        "numeric": ("units", "decimals", "solution"),
        "short": ("ignore",),
        "matching": ("why",),
        "ordering": ("why",),
        "cloze": ("why",),
    },
}
"""What a format cannot say of a question, besides what none but ours can: of every kind, and of each."""
_WRITES: Mapping[str, Sequence[str]] = {
    "gift": gift_write.WRITES,
    "moodle-xml": moodle_write.WRITES,
    "qti3": qti3_write.WRITES,
    "csv": table_write.WRITES,
}


@dataclass(frozen=True)
class Told:
    """What became of a question: written whole, written without something, or left out."""

    key: str
    kind: str
    status: str
    reasons: tuple[Reason, ...] = ()

    def as_json(self) -> Json:
        """As the report prints it."""
        return {
            "key": self.key,
            "kind": self.kind,
            "status": self.status,
            "reasons": [str(one) for one in self.reasons],
        }


@dataclass(frozen=True)
class Written:
    """A file, and what became of each question in it."""

    content: bytes
    told: tuple[Told, ...]


def write_questions(form: str, bank: Sequence[Json], media: Mapping[str, bytes]) -> Written:
    """A bank in a format: `gift`, `moodle-xml`, `qti3` or `csv`."""
    told, fit = [], []
    for question in bank:
        reasons = tuple(_reasons(form, question))
        left = reasons and reasons[0].sentence in (_NO_KIND, _PARAMETERS)
        told.append(
            Told(
                str(question["key"]),
                question["kind"],
                "left out" if left else "partly" if reasons else "whole",
                reasons,
            )
        )
        if not left:
            fit.append(_worked_out(question))
    if form == "gift":
        content = gift_write.write(fit).encode()
    elif form == "moodle-xml":
        content = moodle_write.write(fit, media).encode()
    elif form == "csv":
        content = b"\xef\xbb\xbf" + table_write.write(fit).encode()
    else:
        content = qti3_write.write(fit, media)
    return Written(content, tuple(told))


def write_markdown(files: Mapping[str, str], media: Mapping[str, bytes]) -> bytes:
    """A course as a folder of Markdown and YAML in an archive: nothing is lost."""
    return write_archive(files, media.__getitem__, sorted(media))


_NO_KIND = N_("The format has no such kind of question.")
_PARAMETERS = N_("Each person gets numbers of their own, which the format cannot say.")
_WITHOUT = N_("Written without: %(names)s.")


def _reasons(form: str, question: Json) -> list[Reason]:
    kind = question["kind"]
    if kind not in _WRITES[form]:
        return [Reason(_NO_KIND)]
    if kind == "numeric" and question.get("parameters"):
        return [Reason(_PARAMETERS)]
    lost = [name for name in (*_ALWAYS, *_LOST[form].get("", ())) if name != "shuffle" and name in question]
    if "shuffle" in _LOST[form].get("", ()) and question.get("shuffle") is False:
        lost.append("shuffle")
    for name in _LOST[form].get(kind, ()):
        if name == "why":
            parts = (
                question.get("pairs") or question.get("items") or list((question.get("gaps") or {}).values())
            )
            if any(part.get("why") for part in parts):
                lost.append(name)
        elif name == "ignore":
            if set(question.get("ignore", ("case", "accents", "punctuation", "spaces"))) - {"case"}:
                lost.append(name)
        elif name == "decimals":
            continue
        elif question.get(name) and not (name == "marking" and question[name] == "all"):
            lost.append(name)
    if kind == "multiple" and question.get("marking", "all") == "all" and form in ("gift", "moodle-xml"):
        lost.append("marking")
    return [Reason(_WITHOUT, names=", ".join(lost))] if lost else []


def _worked_out(question: Json) -> Json:
    """A question whose answer is a sum without parameters, with the sum done."""
    if question["kind"] != "numeric":
        return question
    try:
        mistakes = [{**one, "value": _plain(one["value"])} for one in question.get("mistakes") or ()]
        return {
            **question,
            "answer": _plain(question["answer"]),
            **({"mistakes": mistakes} if mistakes else {}),
        }
    except BadExpression:
        return question


def _plain(expression: object) -> int | float:
    value = evaluate(expression, {})
    return int(value) if value.is_integer() else value
