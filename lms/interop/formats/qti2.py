"""QTI 2.x and 3.0: an assessment item, its declared answers, its interactions. One item a file.

3.0 names everything `qti-some-thing`; it is read under the names of 2.x.
"""

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making, qti2_gaps, qti2_kinds, qti2_places
from lms.interop.formats.contract import Gathering, Json, Skip
from lms.interop.formats.pictures import Files, no_files
from lms.interop.formats.qti2_item import IN_A_PICTURE, INTERACTIONS, Item
from lms.interop.formats.xml import inside

NAME = "qti"
_SKIPPED: Mapping[str, str] = {
    "drawingInteraction": N_("It asks for a drawing; we have no such kind of question."),
    "mediaInteraction": N_("It plays a sound or a film and asks nothing; put it into a lesson."),
    "customInteraction": N_("It needs a program of its own, and nothing in a course runs."),
    "portableCustomInteraction": N_("It needs a program of its own, and nothing in a course runs."),
    **dict.fromkeys(
        (
            "graphicOrderInteraction",
            "graphicAssociateInteraction",
            "selectPointInteraction",
            "positionObjectInteraction",
        ),
        IN_A_PICTURE,
    ),
}


def plainly(root: Element) -> Element:
    """The same tree under the names of QTI 2.x."""
    for element in root.iter():
        tag = str(element.tag)
        if tag.startswith("qti-"):
            element.tag = _camel(tag[4:])
            for name in [one for one in element.attrib if "-" in one and not one.startswith("data-")]:
                element.attrib[_camel(name)] = element.attrib.pop(name)
    return root


def _camel(name: str) -> str:
    first, *others = name.split("-")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


def take(root: Element, gathering: Gathering, ref: str, files: Files = no_files) -> None:
    """Take one assessment item."""
    root = plainly(root)
    asked = [one.tag for one in inside(root, *INTERACTIONS)]
    label = root.get("label", "")
    name = root.get("identifier", "")
    gathering.take(
        f"{ref}, {name}" if name and name not in ref else ref,
        lambda account: _document(Item(root, account, files)),
        kind=(asked[0] if asked else "assessmentItem"),
        title=root.get("title", "") or name,
        key=label or name.removeprefix("_"),
    )


def _document(item: Item) -> Json:
    """The item in our form. Raises Skip."""
    if item.body is None:
        raise Skip(N_("It has no body: there is nothing to ask."))
    if item.root.find("templateDeclaration") is not None:
        raise Skip(N_("It makes its numbers by a program of its own; write it as a question with numbers."))
    asked = list(inside(item.body, *INTERACTIONS))
    if not asked:
        raise Skip(N_("This is a text without a question. Put it into a lesson."))
    unable = next((one.tag for one in asked if one.tag in _SKIPPED), None)
    if unable:
        raise Skip(_SKIPPED[unable])
    if item.root.get("adaptive", "false").lower() == "true":
        item.account.changed(N_("It went through several steps with a person; here it is asked once."))
    kinds = {one.tag for one in asked}
    if len(asked) == 1 and asked[0].tag in _READERS:
        made = _READERS[asked[0].tag](item, asked[0])
    elif kinds <= {"textEntryInteraction", "inlineChoiceInteraction"}:
        made = qti2_gaps.cloze(item, asked)
    else:
        raise Skip(
            N_("It asks several things at once (%(kinds)s). Make each a question of its own."),
            kinds=", ".join(sorted(kinds)),
        )
    if item.own_rules:
        item.account.changed(N_("It was marked by rules of its own; here the declared right answer counts."))
    shuffle = asked[0].get("shuffle", "false").lower() == "true"
    if shuffle and any(one.get("fixed", "").lower() == "true" for one in asked[0].iter("simpleChoice")):
        item.account.changed(N_("An answer that stayed in its place moves with the others here."))
    return making.with_rest(made, explanation=item.explanation(), shuffle=shuffle, tags=item.tags())


_READERS: Mapping[str, Callable[[Item, Element], Json]] = {
    "choiceInteraction": qti2_kinds.choice,
    "textEntryInteraction": qti2_kinds.short_or_number,
    "inlineChoiceInteraction": lambda item, one: qti2_gaps.cloze(item, [one]),
    "matchInteraction": qti2_kinds.matching,
    "associateInteraction": qti2_kinds.associated,
    "orderInteraction": qti2_kinds.order,
    "gapMatchInteraction": qti2_gaps.gap_match,
    "hottextInteraction": qti2_kinds.hottext,
    "sliderInteraction": qti2_kinds.slider,
    "extendedTextInteraction": qti2_kinds.own_words,
    "uploadInteraction": qti2_kinds.file,
    "hotspotInteraction": qti2_places.hotspot,
    "graphicGapMatchInteraction": qti2_places.labels,
}
