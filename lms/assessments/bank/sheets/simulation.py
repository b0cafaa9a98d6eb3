"""The sheet of a simulated call: the rubric, the moments, and the choices, each of which says which moment it is in."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    as_shown,
    filled,
    free_name,
    lines,
    lines_of,
    named_lines,
    named_lines_of,
    number,
    number_like,
    row_like,
    rows_in,
    said,
    tidy,
)
from lms.foundation.numbers import whole_number

ROWS: tuple[Rows, ...] = (
    Rows("criteria", ("key", "section", "text", "points"), most=12, fresh=1),
    Rows("nodes", ("key", "was", "who", "says", "seconds", "late", "end"), most=24, fresh=2),
    Rows(
        "choices",
        ("node", "text", "to", "why", "scores", "mood", "learns", "sets", "when"),
        most=70,
        fresh=0,
    ),
)
CRITERIA, NODES, CHOICES = ROWS


def show(document: Document) -> Sheet:
    """Rows for the rubric, the moments and, in their order, all choices."""
    nodes = rows_in(document, "nodes")
    return {
        "channel": said(document.get("channel", "voice")),
        "mood": said(document.get("mood", 3)),
        "facts": named_lines(document.get("facts")),
        "criteria": [
            {name: said(row.get(name)) for name in CRITERIA.fields}
            | {"critical": row.get("critical") is True}
            for row in rows_in(document, "criteria")
        ],
        "nodes": [
            {name: said(row.get(name)) for name in NODES.fields} | {"was": said(row.get("key"))}
            for row in nodes
        ],
        "choices": [
            _shown(choice, said(node.get("key"))) for node in nodes for choice in rows_in(node, "choices")
        ],
    }


def _shown(choice: Mapping[str, Any], node: str) -> dict[str, str]:
    row = {name: said(choice.get(name)) for name in CHOICES.fields}
    for name in ("learns", "sets"):
        row[name] = lines(choice.get(name) or ())
    return {**row, "node": node, "scores": _scores_shown(choice.get("scores"))}


def _scores_shown(scores: object) -> str:
    if not isinstance(scores, Mapping):
        return said(scores)
    return ", ".join(f"{key}: {said(share)}" for key, share in scores.items())


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """The rubric and the moments; what nobody touched is left as it was."""
    shown = show(base)
    return [
        ("channel", _unless_usual(tidy(sheet.get("channel")), "channel", "voice", base)),
        ("mood", _unless_usual(tidy(sheet.get("mood")), "mood", 3, base)),
        ("facts", named_lines_of(sheet, "facts", base)),
        ("criteria", base["criteria"] if as_shown(sheet, shown, "criteria") else _criteria(sheet, base)),
        (
            "nodes",
            base["nodes"]
            if as_shown(sheet, shown, "nodes") and as_shown(sheet, shown, "choices")
            else _nodes(sheet),
        ),
    ]


def _unless_usual(typed: str, name: str, usual: object, base: Document) -> Any:
    if not typed or (name not in base and typed == said(usual)):
        return ABSENT
    return number_like(typed, base.get(name))


def _criteria(sheet: Sheet, base: Document) -> Any:
    known = rows_in(base, "criteria")
    found = []
    for at in filled(sheet, CRITERIA):
        row = row_like(sheet["criteria"][at], CRITERIA.fields, known, numbers=("points",))
        found.append({**row, "critical": True} if sheet["criteria"][at].get("critical") else row)
    return found or ABSENT


def _nodes(sheet: Sheet) -> Any:
    rows = [sheet["nodes"][at] for at in filled(sheet, NODES)]
    keys: list[str] = []
    for row in rows:
        keys.append(free_name(tidy(row.get("key")) or "moment", keys))
    renamed = {tidy(row.get("was")): key for row, key in zip(rows, keys, strict=True) if tidy(row.get("was"))}
    choices: dict[str, list[dict[str, Any]]] = {key: [] for key in keys}
    for at in filled(sheet, Rows("choices", CHOICES.fields[1:], most=0, fresh=0)):
        row = sheet["choices"][at]
        node = tidy(row.get("node"))
        node = renamed.get(node, node)
        choices.setdefault(node if node in choices or not keys else keys[-1], []).append(
            _choice(row, renamed)
        )
    found = []
    for row, key in zip(rows, keys, strict=True):
        moment = row_like(row, NODES.fields[2:6], (), numbers=("seconds",))
        end = tidy(row.get("end"))
        found.append(
            {"key": key, **moment}
            | ({"choices": choices[key]} if choices[key] else {})
            | ({"end": end} if end else {})
        )
    return found or ABSENT


def _choice(row: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    to = tidy(row.get("to"))
    found: dict[str, Any] = row_like(row, ("text",), ())
    if to:
        found["to"] = renamed.get(to, to)
    found |= row_like(row, ("why",), ())
    if scores := tidy(row.get("scores")):
        found["scores"] = _scores(scores)
    found |= row_like(row, ("mood",), (), numbers=("mood",))
    for name in ("learns", "sets"):
        if (value := lines_of(dict(row), name, {})) is not ABSENT:
            found[name] = value
    return found | row_like(row, ("when",), ())


def _scores(text: str) -> Any:
    """`verify: 1, tone: 0.5` as names and shares; what is no such thing stays a text, so that the problem is told."""
    found: dict[str, Any] = {}
    for part in filter(None, (one.strip() for one in text.replace("\n", ",").split(","))):
        key, colon, share = part.partition(":")
        if not colon:
            return text
        found[key.strip()] = number(share.strip())
    return found


def arranged(sheet: Sheet, act: str) -> tuple[Sheet, str] | None:
    """A choice added to a moment, or a moment taken out with its choices; None for any other button."""
    verb, _colon, rest = act.partition(":")
    name, _colon, digits = rest.partition(":")
    nodes = [dict(row) for row in sheet.get("nodes") or ()]
    at = whole_number(digits, -1, digits=3)
    if not 0 <= at < len(nodes) or (verb, name) not in (("add", "choices"), ("drop", "nodes")):
        return None
    choices = [dict(row) for row in sheet.get("choices") or ()]
    names = {tidy(nodes[at].get("key")), tidy(nodes[at].get("was"))} - {""}
    if verb == "drop":
        nodes.pop(at)
        left = [row for row in choices if tidy(row.get("node")) not in names]
        return {**sheet, "nodes": nodes, "choices": left}, f"nodes-{min(at, len(nodes) - 1)}-key"
    if not names:
        nodes[at]["key"] = free_name("moment", [tidy(row.get("key")) for row in nodes])
        names = {nodes[at]["key"]}
    mine = [number for number, row in enumerate(choices) if tidy(row.get("node")) in names]
    place = mine[-1] + 1 if mine else len(choices)
    fresh = {**dict.fromkeys(CHOICES.fields, ""), "node": tidy(nodes[at].get("key")) or min(names)}
    choices.insert(place, fresh)
    return {**sheet, "nodes": nodes, "choices": choices}, f"choices-{place}-text"


def place(sheet: Sheet, where: str) -> str | None:
    """The field that `nodes.2.choices.0.why` stands in; None for any other path."""
    parts = where.split(".")
    if len(parts) < 4 or parts[0] != "nodes" or parts[2] != "choices":
        return None
    rows = [sheet["nodes"][at] for at in filled(sheet, NODES)]
    number = whole_number(parts[1], len(rows), digits=3)
    if number >= len(rows):
        return None
    names = {tidy(rows[number].get("key")), tidy(rows[number].get("was"))}
    mine = [at for at, row in enumerate(sheet.get("choices") or ()) if tidy(row.get("node")) in names]
    choice = whole_number(parts[3], len(mine), digits=3)
    if choice >= len(mine):
        return None
    field = parts[4] if len(parts) > 4 and parts[4] in CHOICES.fields else "text"
    return f"choices-{mine[choice]}-{field}"
