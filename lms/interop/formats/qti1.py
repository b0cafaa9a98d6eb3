"""QTI 1.2 as Canvas, Blackboard, Moodle and Common Cartridge write it: items whose marking is tried out, not guessed.

Every condition of an item is evaluated on possible answers, so that what is right is what the item itself marks as right.
"""

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making, qti1_kinds
from lms.interop.formats.contract import Found, Gathering, Json, Skip
from lms.interop.formats.pictures import Files, no_files
from lms.interop.formats.qti1_item import Item, Response, question_type
from lms.interop.formats.xml import inside, line_of

NAME = "qti-1.2"
_OWN_WORDS = ("essay", "essay_question", "cc.essay.v0p1", "short response", "quiz bowl")
"""Kinds that a person marks, as Blackboard, Canvas and the Cartridge name them."""
_A_FILE = ("file_upload_question", "file upload")
_IN_A_PICTURE = N_("Its answer is a place in a picture; we have no such kind of question.")
_SKIPPED: Mapping[str, str] = {
    "text_only_question": N_("This is a text without a question. Put it into a lesson."),
    "calculated_question": N_(
        "Its numbers come from a formula that we do not read: write it as a question with numbers."
    ),
    "calculated": N_(
        "Its numbers come from a formula that we do not read: write it as a question with numbers."
    ),
    "hot spot": _IN_A_PICTURE,
    "hot_spot_question": _IN_A_PICTURE,
    "opinion scale": N_("It asks for an opinion: no answer is right."),
}


def read(root: Element, files: Files = no_files, *, where: str = "") -> Found:
    """Every item of a QTI 1.2 document."""
    gathering = Gathering(NAME)
    take_all(root, gathering, files, where)
    return gathering.found()


def take_all(root: Element, gathering: Gathering, files: Files, where: str) -> None:
    """Take every item of a document; `where` names its file."""
    for item in root.iter("item"):
        name = item.get("ident", "")
        ref = ", ".join(part for part in (where, name or f"line {line_of(item)}") if part)
        kind = question_type(item)
        gathering.take(
            ref,
            lambda account, item=item: _document(Item(item, account, files)),  # type: ignore[misc]
            kind=kind or "item",
            title=item.get("title", ""),
            key=item.get("label") or name,
        )
    for section in root.iter("section"):
        if section.find("selection_ordering/selection/sourcebank_ref") is not None:
            gathering.remark(
                N_("A draw from another bank is not in the file: make it a draw of an assessment.")
            )


def _document(item: Item) -> Json:
    """The item in our form. Raises Skip."""
    if item.kind in _SKIPPED:
        raise Skip(_SKIPPED[item.kind])
    if item.presentation is None:
        raise Skip(N_("It has no body: there is nothing to ask."))
    if next(inside(item.presentation, "render_hotspot"), None) is not None:
        raise Skip(_IN_A_PICTURE)
    responses = item.responses()
    if item.kind in _A_FILE:
        made = making.upload(item.stem(), "", (), item.account)
    elif item.kind in _OWN_WORDS or _in_own_words(item, responses):
        made = making.extended(item.stem(), "", item.account)
    elif not responses:
        raise Skip(N_("This is a text without a question. Put it into a lesson."))
    elif not item.conditions:
        raise Skip(N_("No answer is marked as right."))
    else:
        made = _made(item, responses)
    shuffle = any(
        one.get("shuffle", "").lower() == "yes" for one in inside(item.presentation, "render_choice")
    )
    told = any("shuffle" in one.attrib for one in inside(item.presentation, "render_choice"))
    return making.with_rest(made, explanation=item.general(), shuffle=shuffle or not told)


def _in_own_words(item: Item, responses: Sequence[Response]) -> bool:
    """Whether words are asked for and none are compared with them."""
    compared = ("varequal", "varsubset", "varsubstring", "vargt", "vargte", "varlt", "varlte")
    return bool(responses) and not (
        any(one.form != "str" for one in responses)
        or any(next(inside(condition, *compared), None) is not None for condition in item.conditions)
    )


def _made(item: Item, responses: Sequence[Response]) -> Json:
    first = responses[0]
    if len(responses) == 1:
        if first.form == "grp":
            return qti1_kinds.grouped(item, first)
        if first.form == "lid":
            return qti1_kinds.order(item, first) if first.ordered else qti1_kinds.choice(item, first)
        return qti1_kinds.short_or_number(item, first)
    if all(one.form == "lid" and one.labels for one in responses):
        stem = item.stem()
        named = [re.sub(r"^response_", "", one.name) for one in responses]
        if item.kind in (
            "fill_in_multiple_blanks_question",
            "multiple_dropdowns_question",
            "fill in the blank plus",
            "jumbled sentence",
        ):
            return qti1_kinds.blanks(item, responses, stem)
        if all(f"[{name}]" in stem.replace("\\", "") for name in named if name):
            return qti1_kinds.blanks(item, responses, stem)
        return qti1_kinds.matching(item, responses)
    if all(one.form in ("str", "num") for one in responses):
        return qti1_kinds.typed_gaps(item, responses)
    raise Skip(
        N_("It asks several things at once (%(kinds)s). Make each a question of its own."),
        kinds=", ".join(sorted({f"response_{one.form}" for one in responses})),
    )
