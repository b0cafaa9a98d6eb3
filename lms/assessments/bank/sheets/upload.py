"""The sheet of a file upload: which types, how big, what a marker looks for, the rubric."""

from typing import Any

from lms.assessments.bank.sheets import extended
from lms.assessments.bank.sheets.sheet import ABSENT, Document, Rows, Sheet, number_like, said, tidy

ROWS: tuple[Rows, ...] = extended.ROWS


def show(document: Document) -> Sheet:
    """The types as ticks, the rest as in an extended text."""
    types = document.get("types")
    shown = extended.show(document)
    return {
        "rubric": shown["rubric"],
        "look_for": shown["look_for"],
        "types": [said(one) for one in types] if isinstance(types, list) else [],
        "megabytes": said(document.get("megabytes")),
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """The types as they were, while the same ones are ticked."""
    ticked = [one for one in sheet.get("types") or () if one]
    same = (
        ticked == [said(one) for one in base.get("types") or ()]
        if isinstance(base.get("types"), list)
        else False
    )
    megabytes = tidy(sheet.get("megabytes"))
    own = dict(extended.write(sheet, base))
    return [
        ("types", base["types"] if same else ticked or ABSENT),
        ("megabytes", number_like(megabytes, base.get("megabytes")) if megabytes else ABSENT),
        ("look_for", own["look_for"]),
        ("rubric", own["rubric"]),
    ]
