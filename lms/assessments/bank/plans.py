"""An assessment as a sheet to fill in: document → sheet → document is the same document."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Row,
    Rows,
    Sheet,
    filled,
    number_like,
    percent,
    row_like,
    rows_in,
    rows_written,
    said,
    share_of,
    text_of,
    tidy,
)
from lms.foundation.numbers import whole_number

DRAW = (
    "count",
    "objective",
    "competency",
    "thinking",
    "kind",
    "level",
    "tags",
    "least",
    "most",
    "critical",
    "course",
)
DRAWS = Rows("draws", DRAW, most=22, fresh=1)
EVIDENCE = Rows("evidence", ("competency", "level"), most=12, fresh=0)
ROWS = (DRAWS, EVIDENCE)
ADAPTIVE = ("stop_se", "shortest", "exposure")
USUAL = {"purpose": "course", "feedback": "after_submit"}


def show(document: Document) -> Sheet:
    """An assessment's document as texts, ticks and rows."""
    shuffle, attempts = _inner(document, "shuffle"), _inner(document, "attempts")
    return {
        "title": said(document.get("title")),
        "purpose": said(document.get("purpose", "course")),
        "intro": said(document.get("intro")),
        "draws": [_shown(draw) for draw in rows_in(document, "draws")],
        "shuffle_questions": shuffle.get("questions", True) is True,
        "shuffle_options": shuffle.get("options", True) is True,
        "time_limit": said(document.get("time_limit_minutes")),
        "allowed": said(attempts.get("allowed")),
        "gap_hours": said(attempts.get("gap_hours")),
        "feedback": said(document.get("feedback", "after_submit")),
        "pass_mark": percent(document.get("pass_mark")),
        "evidence": [
            {name: said(row.get(name)) for name in EVIDENCE.fields} for row in rows_in(document, "evidence")
        ],
        "offline": document.get("offline") is True,
        "two_markers": document.get("markers") == 2,
        "two_forms": document.get("forms") == 2,
        "adaptive": isinstance(document.get("adaptive"), Mapping),
        **{name: said(_inner(document, "adaptive").get(name)) for name in ADAPTIVE},
    }


def fresh(language: str = "en") -> Sheet:
    """What a new assessment begins with."""
    sheet = show({"title": "Final" if language == "en" else "Evaluación final", "pass_mark": 0.75})
    return {**sheet, "draws": [_shown({"count": 5})], "allowed": "3"}


def write(sheet: Sheet, base: Document) -> dict[str, Any]:
    """The document of a sheet, made on the one it was shown from: names keep their order, unknown ones stay."""
    found = dict(base)
    evidence = rows_written(sheet, EVIDENCE, base, EVIDENCE.fields, numbers=("level",))
    for name, value in (
        ("title", text_of(sheet, "title", base)),
        ("purpose", _usual(sheet, "purpose", base)),
        ("intro", text_of(sheet, "intro", base)),
        ("draws", _draws(sheet, base)),
        ("shuffle", _shuffle(sheet, base)),
        ("time_limit_minutes", _number(sheet.get("time_limit"), base.get("time_limit_minutes"))),
        ("attempts", _attempts(sheet, base)),
        ("feedback", _usual(sheet, "feedback", base)),
        ("pass_mark", share_of(sheet, "pass_mark", base)),
        ("evidence", evidence or (base["evidence"] if base.get("evidence") == [] else ABSENT)),
        ("offline", bool(sheet.get("offline")) if sheet.get("offline") or "offline" in base else ABSENT),
        ("markers", _two(sheet, "two_markers", base, "markers")),
        ("forms", _two(sheet, "two_forms", base, "forms")),
        ("adaptive", _adaptive(sheet, base)),
    ):
        if value is ABSENT:
            found.pop(name, None)
        else:
            found[name] = value
    return found


def place(sheet: Sheet, where: str) -> str:
    """The field of the form that a dotted path of the document stands in."""
    name, *rest = where.split(".")
    rows = next((one for one in ROWS if one.name == name), None)
    inner = rest[0] if rest else ""
    if rows is None:
        return {
            "shuffle": f"shuffle_{inner}" if inner in ("questions", "options") else "shuffle_questions",
            "attempts": inner if inner in ("allowed", "gap_hours") else "allowed",
            "time_limit_minutes": "time_limit",
            "markers": "two_markers",
            "forms": "two_forms",
            "adaptive": inner if inner in ADAPTIVE else "adaptive",
        }.get(name, name)
    there = filled(sheet, rows)
    number = whole_number(inner, len(there), digits=3)
    if number >= len(there):
        return name
    field = {"difficulty": "least"}.get(rest[1], rest[1]) if len(rest) > 1 else ""
    return f"{name}-{there[number]}-{field if field in rows.fields else rows.fields[0]}"


def _inner(document: Document, name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _two(sheet: Sheet, field: str, base: Document, name: str) -> Any:
    two = bool(sheet.get(field))
    if name in base and two == (base[name] == 2):
        return base[name]
    return 2 if two else ABSENT


def _adaptive(sheet: Sheet, base: Document) -> Any:
    was = base.get("adaptive")
    if not sheet.get("adaptive"):
        return was if "adaptive" in base and not isinstance(was, Mapping) else ABSENT
    known = _inner(base, "adaptive")
    wanted: dict[str, Any] = {**known}
    for name in ADAPTIVE:
        value = _number(sheet.get(name), known.get(name))
        if value is ABSENT:
            wanted.pop(name, None)
        else:
            wanted[name] = value
    return wanted


def _usual(sheet: Sheet, name: str, base: Document) -> Any:
    typed = tidy(sheet.get(name)) or USUAL[name]
    return typed if name in base or typed != USUAL[name] else ABSENT


def _number(typed: object, was: object) -> Any:
    text = tidy(typed)
    return number_like(text, was) if text else ABSENT


def _shown(draw: Row) -> dict[str, str]:
    span, tags = draw.get("difficulty"), draw.get("tags")
    ends = [percent(end) for end in span] if isinstance(span, list | tuple) else [said(span)]
    least, most = (*ends, "", "")[:2]
    critical = draw.get("critical")
    return {
        **{name: said(draw.get(name)) for name in DRAW},
        "tags": ", ".join(map(said, tags)) if isinstance(tags, list) else said(tags),
        "least": least,
        "most": most,
        "critical": {True: "yes", False: "no"}.get(critical, "") if isinstance(critical, bool) else "",
    }


def _draws(sheet: Sheet, base: Document) -> Any:
    known = rows_in(base, "draws")
    found = []
    for at in filled(sheet, DRAWS):
        row = {name: tidy(sheet["draws"][at].get(name)) for name in DRAW}
        same = next((draw for draw in known if _shown(draw) == row), None)
        found.append(dict(same) if same is not None else _draw(row, known))
    return found or ABSENT


def _draw(row: Row, known: list[Row]) -> dict[str, Any]:
    draw = row_like(
        row,
        ("count", "objective", "competency", "thinking", "kind", "level", "course"),
        known,
        numbers=("count", "level"),
    )
    if tags := [tag for one in row["tags"].split(",") if (tag := " ".join(one.split()))]:
        draw["tags"] = tags
    if row["least"] or row["most"]:
        ends = ((row["least"], "0"), (row["most"], "100"))
        draw["difficulty"] = [share_of({"end": typed or otherwise}, "end", {}) for typed, otherwise in ends]
    if row["critical"]:
        draw["critical"] = row["critical"] == "yes"
    return draw


def _shuffle(sheet: Sheet, base: Document) -> Any:
    wanted = {name: bool(sheet.get(f"shuffle_{name}")) for name in ("questions", "options")}
    was = base.get("shuffle")
    if isinstance(was, Mapping) and all(was.get(name, True) is on for name, on in wanted.items()):
        return was
    return ABSENT if all(wanted.values()) and not was else wanted


def _attempts(sheet: Sheet, base: Document) -> Any:
    was = _inner(base, "attempts")
    wanted: dict[str, Any] = {**was}
    for name in ("allowed", "gap_hours"):
        value = _number(sheet.get(name), was.get(name))
        if value is ABSENT:
            wanted.pop(name, None)
        else:
            wanted[name] = value
    return wanted or (base["attempts"] if "attempts" in base and not base["attempts"] else ABSENT)
