"""The conditions of a QTI 1.2 item: whether one holds for an answer, and what it looks at."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from lms.interop.formats.xml import words_in

Given = Mapping[str, Sequence[str]]


def is_score(act: Element) -> bool:
    """Whether an act moves the score, by whatever name its system calls it."""
    name = act.get("varname", "SCORE").upper()
    return "SCORE" in name or name in ("EARNEDMARKS", "MARK", "QUE_SCORE")


def wanted(test: Element | None, name: str) -> list[str]:
    """The values that a condition wants to be there; not those that it wants not to be."""
    if test is None or test.tag == "not":
        return []
    found = []
    for child in test:
        if child.tag == "varequal" and child.get("respident", name) == name:
            found.append(words_in(child))
        elif child.tag in ("and", "or", "conditionvar"):
            found += wanted(child, name)
    return found


def looks_at(test: Element, given: Given) -> bool:
    """Whether a condition looks at one of the answers given."""
    return any(one.get("respident") in given for one in test.iter() if one.tag.startswith("var"))


def _lists_words(test: Element, given: Given) -> bool:
    """Whether a condition lists what may be typed: one typed answer (a tuple here) cannot be two things at once."""
    names = {child.get("respident", "") for child in test}
    equal = len(test) > 1 and all(child.tag == "varequal" for child in test)
    return equal and len(names) == 1 and isinstance(given.get(names.pop()), tuple)


def holds(test: Element, given: Given) -> bool:
    """Whether a condition holds for an answer."""
    if test.tag in ("conditionvar", "and"):
        if test.tag == "conditionvar" and _lists_words(test, given):
            return any(holds(child, given) for child in test)
        return all(holds(child, given) for child in test)
    if test.tag == "or":
        return any(holds(child, given) for child in test)
    if test.tag == "not":
        return not all(holds(child, given) for child in test)
    if test.tag == "other":
        return True
    if test.tag == "unanswered":
        return not given.get(test.get("respident", ""))
    values = given.get(test.get("respident", next(iter(given), "")), ())
    wanted = words_in(test)
    case = test.get("case", "No").lower() == "yes"
    if test.tag == "varequal":
        return any(
            value == wanted or (not case and value.casefold() == wanted.casefold()) for value in values
        )
    if test.tag in ("varsubset", "varsubstring"):
        return any(wanted.casefold() in value.casefold() for value in values)
    if test.tag in ("vargte", "vargt", "varlte", "varlt"):
        return any(_compares(test.tag, value, wanted) for value in values)
    return False


def _compares(tag: str, value: str, wanted: str) -> bool:
    try:
        one, two = float(value), float(wanted)
    except ValueError:
        return False
    return {"vargte": one >= two, "vargt": one > two, "varlte": one <= two, "varlt": one < two}[tag]
