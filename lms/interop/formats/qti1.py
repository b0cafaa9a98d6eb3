"""QTI 1.2 as Canvas, Blackboard, Moodle and Common Cartridge write it: items whose marking is tried out, not guessed.

Every condition of an item is evaluated on possible answers, so that what is right is what the item itself marks as right.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making, texts
from lms.interop.formats.contract import Account, Found, Gathering, Json, Skip
from lms.interop.formats.making import Choice, Gap, Number, Typed
from lms.interop.formats.pictures import Files, no_files
from lms.interop.formats.xml import inside, line_of, words_in

NAME = "qti-1.2"
Given = Mapping[str, Sequence[str]]
MOST_CONDITIONS = 400
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


@dataclass
class Response:
    """Something an item asks for: `lid` (choose), `str` (type), `num` (a number) or `grp`."""

    name: str
    form: str
    several: bool
    ordered: bool
    labels: dict[str, Element] = field(default_factory=dict)
    element: Element | None = None


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
            lambda account, item=item: _Item(item, account, files).document(),  # type: ignore[misc]
            kind=kind or "item",
            title=item.get("title", ""),
            key=item.get("label") or name,
        )
    for section in root.iter("section"):
        if section.find("selection_ordering/selection/sourcebank_ref") is not None:
            gathering.remark(
                N_("A draw from another bank is not in the file: make it a draw of an assessment.")
            )


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


class _Item:
    """One item while it is read."""

    def __init__(self, item: Element, account: Account, files: Files) -> None:
        self.item, self.account, self.files = item, account, files
        self.kind = question_type(item)
        self.told: set[str] = set()
        self.presentation = item.find("presentation")
        self.conditions = [
            one for rules in item.findall("resprocessing") for one in rules.iter("respcondition")
        ][:MOST_CONDITIONS]

    def document(self) -> Json:
        """The item in our form. Raises Skip."""
        if self.kind in _SKIPPED:
            raise Skip(_SKIPPED[self.kind])
        if self.presentation is None:
            raise Skip(N_("It has no body: there is nothing to ask."))
        if next(inside(self.presentation, "render_hotspot"), None) is not None:
            raise Skip(_IN_A_PICTURE)
        responses = self._responses()
        if self.kind in _A_FILE:
            made = making.upload(self._stem(), "", (), self.account)
        elif self.kind in _OWN_WORDS or self._in_own_words(responses):
            made = making.extended(self._stem(), "", self.account)
        elif not responses:
            raise Skip(N_("This is a text without a question. Put it into a lesson."))
        elif not self.conditions:
            raise Skip(N_("No answer is marked as right."))
        else:
            made = self._made(responses)
        shuffle = any(
            one.get("shuffle", "").lower() == "yes" for one in inside(self.presentation, "render_choice")
        )
        told = any("shuffle" in one.attrib for one in inside(self.presentation, "render_choice"))
        return making.with_rest(made, explanation=self._general(), shuffle=shuffle or not told)

    def _in_own_words(self, responses: Sequence[Response]) -> bool:
        """Whether words are asked for and none are compared with them."""
        compared = ("varequal", "varsubset", "varsubstring", "vargt", "vargte", "varlt", "varlte")
        return bool(responses) and not (
            any(one.form != "str" for one in responses)
            or any(next(inside(condition, *compared), None) is not None for condition in self.conditions)
        )

    def _made(self, responses: Sequence[Response]) -> Json:
        first = responses[0]
        if len(responses) == 1:
            if first.form == "grp":
                return self._grouped(first)
            if first.form == "lid":
                return self._order(first) if first.ordered else self._choice(first)
            return self._typed(first)
        if all(one.form == "lid" and one.labels for one in responses):
            stem = self._stem()
            named = [re.sub(r"^response_", "", one.name) for one in responses]
            if self.kind in (
                "fill_in_multiple_blanks_question",
                "multiple_dropdowns_question",
                "fill in the blank plus",
                "jumbled sentence",
            ):
                return self._blanks(responses, stem)
            if all(f"[{name}]" in stem.replace("\\", "") for name in named if name):
                return self._blanks(responses, stem)
            return self._pairs(responses)
        if all(one.form in ("str", "num") for one in responses):
            return self._gaps(responses)
        raise Skip(
            N_("It asks several things at once (%(kinds)s). Make each a question of its own."),
            kinds=", ".join(sorted({f"response_{one.form}" for one in responses})),
        )

    def _responses(self) -> list[Response]:
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

    def _text(self, element: Element | None) -> str:
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

    def _stem(self) -> str:
        """What is asked: the materials that belong to no answer."""
        assert self.presentation is not None
        return "\n\n".join(part for part in self._outside(self.presentation) if part)

    def _outside(self, element: Element) -> list[str]:
        found = []
        for child in element:
            if child.tag in ("material", "material_ref"):
                found.append(self._text(child))
            elif child.tag in ("flow", "flow_mat"):
                if child.get("class", "") == "RIGHT_MATCH_BLOCK":
                    continue
                found += self._outside(child)
            elif child.tag.startswith("response_") and child.tag != "response_label":
                found += [self._text(one) for one in child.findall("material") if self._one_response]
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

    # What the item itself marks

    def score(self, given: Given) -> float:
        """What the item gives for an answer."""
        total = self._starts
        for condition in self.conditions:
            test = condition.find("conditionvar")
            if test is None or not _holds(test, given):
                continue
            for act in condition.findall("setvar"):
                if not _is_score(act):
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
        declared = next(self.item.iter("decvar"), None)
        try:
            return float(declared.get("defaultval", "0")) if declared is not None else 0.0
        except ValueError:
            return 0.0

    def _said_to(self, given: Given, *, whole: bool = False) -> str:
        """The feedback that the item shows for an answer. `whole`: what it says to a right or a wrong answer counts."""
        said: list[str] = []
        for condition in self.conditions:
            test = condition.find("conditionvar")
            if (
                test is None
                or test.find("other") is not None
                or not _names(test, given)
                or not _holds(test, given)
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
            if test is None or not _holds(test, given):
                continue
            said += [one.get("linkrefid", "") for one in condition.findall("displayfeedback")]
            if condition.get("continue", "No").lower() != "yes":
                break
        return said

    def _feedback(self, name: str) -> str:
        found = next((one for one in self.item.findall("itemfeedback") if one.get("ident") == name), None)
        return self._text(found)

    def _general(self) -> str:
        """What is said whatever the answer; what is said to a right or a wrong whole is named as lost."""
        linked = {one.get("linkrefid") for one in self.item.iter("displayfeedback")}
        told = []
        for one in self.item.findall("itemfeedback"):
            name = one.get("ident", "")
            said = self._text(one)
            if not said:
                continue
            if name in ("general_fb", "general", "solution") or name not in linked:
                told.append(said)
            elif name in _GENERAL and name not in self.told:
                self.account.changed(
                    N_("What is said to a whole answer has no place here: “%(why)s”"), why=said
                )
        return "\n\n".join(told)

    # The kinds

    def _choice(self, response: Response) -> Json:
        names = list(response.labels)
        said = {name: self._text(label) for name, label in response.labels.items()}
        whys = {name: self._said_to({response.name: [name]}, whole=not response.several) for name in names}
        if not response.several:
            scores = {name: self.score({response.name: [name]}) for name in names}
            best = max(scores.values(), default=0)
            if best <= 0:
                raise Skip(N_("No answer is marked as right."))
            options = [Choice(said[name], whys[name], scores[name] / best) for name in names]
            return making.choice(self._stem(), options, self.account, several=False)
        right = self._right_set(response)
        whole = self.score({response.name: right})
        if not right or whole <= 0:
            raise Skip(N_("No answer is marked as right."))
        alone = {name: self.score({response.name: [name]}) / whole for name in names}
        together = len(right) > 1 and all(alone[name] <= 0.0001 for name in right)
        if len(right) == 1:
            together = self.score({response.name: names}) <= 0.0001
        options = [
            Choice(
                said[name],
                whys[name],
                (1.0 if name in right else 0.0) if together else self._step(response, name, right, whole),
            )
            for name in names
        ]
        return making.choice(self._stem(), options, self.account, several=True, together=together)

    def _step(self, response: Response, name: str, right: Sequence[str], whole: float) -> float:
        """What one more choice adds or takes, as a share."""
        if name in right:
            return (whole - self.score({response.name: [one for one in right if one != name]})) / whole
        return (self.score({response.name: [*right, name]}) - whole) / whole

    def _right_set(self, response: Response) -> list[str]:
        """The choices that together give the most: each condition's own, and all that give something alone."""
        tries = []
        for condition in self.conditions:
            test = condition.find("conditionvar")
            if test is not None:
                tries.append([name for name in _wanted(test, response.name) if name in response.labels])
        tries.append(
            [name for name in response.labels if self.score({response.name: [name]}) > self.score({})]
        )
        tries = [one for one in tries if one]
        if not tries:
            return []
        best = max(tries, key=lambda names: (self.score({response.name: names}), len(names)))
        return [name for name in response.labels if name in best]

    def _order(self, response: Response) -> Json:
        for condition in self.conditions:
            test = condition.find("conditionvar")
            names = _wanted(test, response.name) if test is not None else []
            if len(names) == len(response.labels) and set(names) == set(response.labels):
                return making.ordering(self._stem(), [self._text(response.labels[name]) for name in names])
        raise Skip(N_("Its right order cannot be read."))

    def _typed(self, response: Response) -> Json:
        stem = self._stem()
        if self._is_number(response):
            return making.numeric(stem, self._numbers(), self.account)
        answers, case = self._words(response)
        return making.short(stem, answers, self.account, case=case)

    def _words(self, response: Response) -> tuple[list[Typed], bool]:
        values: dict[str, bool] = {}
        for condition in self.conditions:
            for one in inside(condition, "varequal", "varsubset", "varsubstring"):
                if one.get("respident", response.name) == response.name and words_in(one):
                    values[words_in(one)] = one.get("case", "No").lower() == "yes"
                    if one.tag != "varequal":
                        self.account.changed(
                            N_("“%(text)s” was accepted with other words round it; here it stands alone."),
                            text=words_in(one),
                        )
        scores = {value: self.score({response.name: (value,)}) for value in values}
        best = max(scores.values(), default=0)
        if best <= 0:
            raise Skip(N_("No answer is marked as right."))
        if self.kind in ("cc.pattern_match.v0p1",):
            self.account.changed(N_("A pattern for the answer is taken as plain words: look at it."))
        typed = [
            Typed(
                value.replace("*", "\\*"),
                self._said_to({response.name: (value,)}) if scores[value] < best else "",
                scores[value] / best,
            )
            for value in values
        ]
        return typed, any(values.values())

    def _is_number(self, response: Response) -> bool:
        if response.form == "num" or self.kind in ("numerical_question", "numeric", "numerical"):
            return True
        fib = next(response.element.iter("render_fib"), None) if response.element is not None else None
        if fib is not None and fib.get("fibtype", "").lower() in ("integer", "decimal", "scientific"):
            return True
        return any(
            next(inside(one, "vargte", "vargt", "varlte", "varlt"), None) is not None
            for one in self.conditions
        )

    def _numbers(self) -> list[Number]:
        found = []
        for condition in self.conditions:
            test = condition.find("conditionvar")
            gain = sum(
                float(making.number(words_in(act) or "0"))
                for act in condition.findall("setvar")
                if _is_score(act)
            )
            if test is None or gain <= 0:
                continue
            lows = [making.number(words_in(one)) for one in inside(test, "vargte", "vargt")]
            highs = [making.number(words_in(one)) for one in inside(test, "varlte", "varlt")]
            exact = [making.number(words_in(one)) for one in inside(test, "varequal")]
            if next(inside(test, "vargt", "varlt"), None) is not None:
                self.account.changed(N_("An end of the range that did not count counts here."))
            if lows and highs:
                span = making.between(
                    max(lows) if len(lows) == 1 else min(lows), min(highs) if len(highs) == 1 else max(highs)
                )
                # Canvas writes the exact value beside its range; the tolerance is then round that value.
                if exact and abs(span.value - exact[0]) <= span.tolerance / 1000:
                    span = Number(exact[0], span.tolerance)
                found.append(Number(span.value, span.tolerance, "", gain))
            else:
                found += [Number(value, making.number("0"), "", gain) for value in exact]
        best = max((one.share for one in found), default=0)
        if best <= 0:
            raise Skip(N_("No answer is marked as right."))
        return [Number(one.value, one.tolerance, one.why, one.share / best) for one in found]

    def _pairs(self, responses: Sequence[Response]) -> Json:
        shared = self._right_block()
        pairs, used, all_rights = [], set(), {}
        for response in responses:
            labels = response.labels
            rights = {name: self._text(label) for name, label in labels.items()}
            if shared and len(shared) == len(rights):
                rights = dict(zip(rights, shared, strict=True))
            scores = {name: self.score({response.name: [name]}) for name in rights}
            best = max(scores, key=lambda name: scores[name], default="")
            if not best or scores[best] <= self.score({}):
                raise Skip(N_("No answer is marked as right."))
            left = self._text(response.element.find("material")) if response.element is not None else ""
            left = left or self._text_before(response)
            pairs.append((left, rights[best]))
            used.add(rights[best])
            all_rights.update(dict.fromkeys(rights.values()))
        return making.matching(
            self._stem(), pairs, self.account, extra=[one for one in all_rights if one not in used]
        )

    def _text_before(self, response: Response) -> str:
        """Blackboard writes the left-hand side in the same flow as the answer to it."""
        assert self.presentation is not None
        for flow in self.presentation.iter("flow"):
            if response.element in list(flow):
                materials = [
                    self._text(one)
                    for one in flow
                    if one is not response.element and one.tag in ("material", "flow")
                ]
                return "\n\n".join(one for one in materials if one)
        return ""

    def _right_block(self) -> list[str]:
        assert self.presentation is not None
        block = next(
            (one for one in self.presentation.iter("flow") if one.get("class") == "RIGHT_MATCH_BLOCK"), None
        )
        return [self._text(one) for one in block.findall("flow")] if block is not None else []

    def _blanks(self, responses: Sequence[Response], stem: str) -> Json:
        gaps: dict[str, Gap] = {}
        text = stem
        typed = self.kind != "multiple_dropdowns_question"
        for number, response in enumerate(responses, start=1):
            name = words_in(response.element, "material/mattext") or response.name.removeprefix("response_")
            options = {key: self._text(label) for key, label in response.labels.items()}
            scores = {key: self.score({response.name: [key]}) for key in options}
            best = max(scores.values(), default=0)
            if best <= self.score({}):
                raise Skip(N_("No answer is marked as right."))
            right = [options[key] for key in options if scores[key] == best]
            key = f"g{number}"
            gaps[key] = Gap(right) if typed else Gap(right[:1], list(options.values()))
            shown = re.sub(
                rf"\\?\[{re.escape(name)}\\?\]",
                f"[[{key}]]",
                text.replace(f"\\[{name}\\]", f"[{name}]"),
                count=1,
            )
            if shown == text:
                shown = f"{text} [[{key}]]"
            text = shown
        return making.cloze(*making.apart(text, self.item.get("title", "")), gaps)

    def _gaps(self, responses: Sequence[Response]) -> Json:
        """Several things to type, where they stand in the text."""
        assert self.presentation is not None
        keys = {response.name: f"g{number}" for number, response in enumerate(responses, start=1)}
        gaps = {}
        for response in responses:
            answers, _case = self._words(response)
            gaps[keys[response.name]] = Gap(
                [one.text.replace("\\*", "*") for one in answers if one.share >= 0.9999]
            )
        text = " ".join(" ".join(self._in_order(self.presentation, keys)).split(" "))
        return making.cloze(*making.apart(text, self.item.get("title", "")), gaps)

    def _in_order(self, element: Element, keys: Mapping[str, str]) -> list[str]:
        found = []
        for child in element:
            if child.tag == "material":
                found.append(self._text(child))
            elif child.tag in ("response_str", "response_num"):
                found += [self._text(one) for one in child.findall("material")]
                found.append(f"[[{keys[child.get('ident', '')]}]]")
            elif len(child):
                found += self._in_order(child, keys)
        return [one for one in found if one]

    def _grouped(self, response: Response) -> Json:
        """Labels that are matched to labels: those with a `match_group` go to the others."""
        sources = {name: label for name, label in response.labels.items() if label.get("match_group")}
        targets = {name: label for name, label in response.labels.items() if not label.get("match_group")}
        pairs = []
        for one in (found for condition in self.conditions for found in inside(condition, "varequal")):
            ends = [part.strip() for part in words_in(one).split(",")]
            if len(ends) == 2:
                first, second = ends if ends[0] in sources else ends[::-1]
                if first in sources and second in targets and (first, second) not in pairs:
                    pairs.append((first, second))
        if not pairs:
            raise Skip(N_("Its pairs cannot be read."))
        used = {second for _first, second in pairs}
        return making.matching(
            self._stem(),
            [(self._text(sources[first]), self._text(targets[second])) for first, second in pairs],
            self.account,
            extra=[self._text(label) for name, label in targets.items() if name not in used],
        )


_WHOLE = frozenset(("correct_fb", "general_incorrect_fb", "incorrect_fb", "correct", "incorrect"))
"""What an item says to whoever is right, or wrong: at a single choice that is what it says to each option."""
_GENERAL = frozenset(
    ("general_fb", "correct_fb", "general_incorrect_fb", "incorrect_fb", "correct", "incorrect", "general")
)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _is_score(act: Element) -> bool:
    name = act.get("varname", "SCORE").upper()
    return "SCORE" in name or name in ("EARNEDMARKS", "MARK", "QUE_SCORE")


def _wanted(test: Element | None, name: str) -> list[str]:
    """The values that a condition wants to be there; not those that it wants not to be."""
    if test is None or test.tag == "not":
        return []
    found = []
    for child in test:
        if child.tag == "varequal" and child.get("respident", name) == name:
            found.append(words_in(child))
        elif child.tag in ("and", "or", "conditionvar"):
            found += _wanted(child, name)
    return found


def _names(test: Element, given: Given) -> bool:
    """Whether a condition looks at one of the answers given."""
    return any(one.get("respident") in given for one in test.iter() if one.tag.startswith("var"))


def _lists_words(test: Element, given: Given) -> bool:
    """Whether a condition lists what may be typed: one typed answer (a tuple here) cannot be two things at once."""
    names = {child.get("respident", "") for child in test}
    equal = len(test) > 1 and all(child.tag == "varequal" for child in test)
    return equal and len(names) == 1 and isinstance(given.get(names.pop()), tuple)


def _holds(test: Element, given: Given) -> bool:
    """Whether a condition holds for an answer."""
    if test.tag in ("conditionvar", "and"):
        if test.tag == "conditionvar" and _lists_words(test, given):
            return any(_holds(child, given) for child in test)
        return all(_holds(child, given) for child in test)
    if test.tag == "or":
        return any(_holds(child, given) for child in test)
    if test.tag == "not":
        return not all(_holds(child, given) for child in test)
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
