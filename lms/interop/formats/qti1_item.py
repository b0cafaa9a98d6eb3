"""A QTI 1.2 item: what it asks, in words and responses, and what it itself gives and says for an answer."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import texts
from lms.interop.formats.contract import Account
from lms.interop.formats.pictures import Files
from lms.interop.formats.qti1_conditions import Given, holds, is_score, looks_at
from lms.interop.formats.xml import inside, words_in

MOST_CONDITIONS = 400
_WHOLE = frozenset(("correct_fb", "general_incorrect_fb", "incorrect_fb", "correct", "incorrect"))
"""What an item says to whoever is right, or wrong: at a single choice that is what it says to each option."""
_GENERAL = frozenset(
    ("general_fb", "correct_fb", "general_incorrect_fb", "incorrect_fb", "correct", "incorrect", "general")
)


@dataclass
class Response:
    """Something an item asks for: `lid` (choose), `str` (type), `num` (a number) or `grp`."""

    name: str
    form: str
    several: bool
    ordered: bool
    labels: dict[str, Element] = field(default_factory=dict)
    element: Element | None = None


def question_type(item: Element) -> str:
    """What the system that wrote the item calls its kind; empty when it does not say."""
    for one in item.iter("qtimetadatafield"):
        label = words_in(one, "fieldlabel").lower()
        if label in ("question_type", "cc_profile", "qmd_itemtype", "bb_question_type"):
            return words_in(one, "fieldentry").lower()
    for name in ("bbmd_questiontype", "qmd_itemtype"):
        found = next(item.iter(name), None)
        if found is not None and words_in(found):
            return words_in(found).lower()
    return ""


class Item:
    """One item while it is read."""

    def __init__(self, element: Element, account: Account, files: Files) -> None:
        self.element, self.account, self.files = element, account, files
        self.kind = question_type(element)
        self.told: set[str] = set()
        self.presentation = element.find("presentation")
        self.conditions = [
            one for rules in element.findall("resprocessing") for one in rules.iter("respcondition")
        ][:MOST_CONDITIONS]

    def responses(self) -> list[Response]:
        """What it asks for, in order."""
        assert self.presentation is not None
        found = []
        for one in inside(self.presentation, "response_lid", "response_str", "response_num", "response_grp"):
            cardinality = one.get("rcardinality", "Single").lower()
            response = Response(
                one.get("ident", ""),
                one.tag.removeprefix("response_"),
                cardinality == "multiple",
                cardinality == "ordered",
                {label.get("ident", ""): label for label in one.iter("response_label")},
                one,
            )
            if response.form == "lid" and next(one.iter("render_fib"), None) is not None:
                response.form = "str"
            found.append(response)
        return found

    def text(self, element: Element | None) -> str:
        """The words of materials: their texts and pictures, in order."""
        if element is None:
            return ""
        said = []
        for part in inside(element, "mattext", "matemtext", "matimage", "mat_formattedtext"):
            raw = "".join(part.itertext())
            if part.tag == "matimage":
                shown = texts.html(
                    f'<img src="{_attribute(part.get("uri", ""))}" alt="{_attribute(part.get("label", ""))}">',
                    self.account,
                    self.files,
                )
                said.append(shown)
            elif "html" in part.get("texttype", part.get("type", "")).lower() or texts.has_markup(raw):
                said.append(texts.html(raw, self.account, self.files))
            else:
                said.append(texts.plain(raw, self.account))
        return "\n\n".join(one for one in said if one.strip())

    def stem(self) -> str:
        """What is asked: the materials that belong to no answer."""
        assert self.presentation is not None
        return "\n\n".join(part for part in self._outside(self.presentation) if part)

    def _outside(self, element: Element) -> list[str]:
        found = []
        for child in element:
            if child.tag in ("material", "material_ref"):
                found.append(self.text(child))
            elif child.tag in ("flow", "flow_mat"):
                if child.get("class", "") == "RIGHT_MATCH_BLOCK":
                    continue
                found += self._outside(child)
            elif child.tag.startswith("response_") and child.tag != "response_label":
                found += [self.text(one) for one in child.findall("material") if self._one_response]
        return found

    @property
    def _one_response(self) -> bool:
        assert self.presentation is not None
        return (
            len(
                list(
                    inside(self.presentation, "response_lid", "response_str", "response_num", "response_grp")
                )
            )
            == 1
        )

    def score(self, given: Given) -> float:
        """What the item gives for an answer."""
        total = self._starts
        for condition in self.conditions:
            test = condition.find("conditionvar")
            if test is None or not holds(test, given):
                continue
            for act in condition.findall("setvar"):
                if not is_score(act):
                    continue
                try:
                    value = float(words_in(act) or 0)
                except ValueError:
                    if "max" in words_in(act).lower():
                        value = 100.0
                    else:
                        continue
                action = act.get("action", "Set").lower()
                total = (
                    value
                    if action == "set"
                    else total + value
                    if action == "add"
                    else total - value
                    if action == "subtract"
                    else total
                )
            if condition.get("continue", "No").lower() != "yes":
                break
        return total

    @property
    def _starts(self) -> float:
        declared = next(self.element.iter("decvar"), None)
        try:
            return float(declared.get("defaultval", "0")) if declared is not None else 0.0
        except ValueError:
            return 0.0

    def said_to(self, given: Given, *, whole: bool = False) -> str:
        """The feedback that the item shows for an answer. `whole`: what it says to a right or a wrong answer counts."""
        said: list[str] = []
        for condition in self.conditions:
            test = condition.find("conditionvar")
            if (
                test is None
                or test.find("other") is not None
                or not looks_at(test, given)
                or not holds(test, given)
            ):
                continue
            said += [one.get("linkrefid", "") for one in condition.findall("displayfeedback")]
        own = [name for name in dict.fromkeys(said) if name not in _GENERAL]
        if whole and not own:
            own = [name for name in self._first_to_hold(given) if name in _WHOLE]
            self.told |= set(own)
        whys = [self._feedback(name) for name in own]
        return "\n\n".join(why for why in whys if why)

    def _first_to_hold(self, given: Given) -> list[str]:
        """The feedbacks of the conditions that hold, up to the one that ends the marking."""
        said: list[str] = []
        for condition in self.conditions:
            test = condition.find("conditionvar")
            if test is None or not holds(test, given):
                continue
            said += [one.get("linkrefid", "") for one in condition.findall("displayfeedback")]
            if condition.get("continue", "No").lower() != "yes":
                break
        return said

    def _feedback(self, name: str) -> str:
        found = next((one for one in self.element.findall("itemfeedback") if one.get("ident") == name), None)
        return self.text(found)

    def general(self) -> str:
        """What is said whatever the answer; what is said to a right or a wrong whole is named as lost."""
        linked = {one.get("linkrefid") for one in self.element.iter("displayfeedback")}
        told = []
        for one in self.element.findall("itemfeedback"):
            name = one.get("ident", "")
            said = self.text(one)
            if not said:
                continue
            if name in ("general_fb", "general", "solution") or name not in linked:
                told.append(said)
            elif name in _GENERAL and name not in self.told:
                self.account.changed(
                    N_("What is said to a whole answer has no place here: “%(why)s”"), why=said
                )
        return "\n\n".join(told)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
