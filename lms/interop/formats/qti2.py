"""QTI 2.x and 3.0: an assessment item, its declared answers, its interactions. One item a file.

3.0 names everything `qti-some-thing`; it is read under the names of 2.x.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making, places, texts
from lms.interop.formats.contract import Account, Gathering, Json, Skip, slug
from lms.interop.formats.making import Choice, Gap, Number, Typed
from lms.interop.formats.pictures import Files, no_files
from lms.interop.formats.trees import Node
from lms.interop.formats.xml import inside, words_in

NAME = "qti"
_HELD, _CLOSED = "\U000f0200", "\U000f0201"
_INTERACTION_NAMES = (
    "choiceInteraction textEntryInteraction inlineChoiceInteraction matchInteraction associateInteraction"
    " orderInteraction gapMatchInteraction hottextInteraction extendedTextInteraction hotspotInteraction"
    " graphicOrderInteraction graphicAssociateInteraction graphicGapMatchInteraction selectPointInteraction"
    " positionObjectInteraction sliderInteraction uploadInteraction drawingInteraction mediaInteraction"
    " customInteraction portableCustomInteraction"
)
INTERACTIONS = tuple(_INTERACTION_NAMES.split())
_UNSEEN = frozenset(
    (
        "rubricBlock",
        "feedbackInline",
        "feedbackBlock",
        "modalFeedback",
        "endAttemptInteraction",
        "stylesheet",
        "templateBlock",
        "templateInline",
    )
)
_IN_A_PICTURE = N_("Its answer is a place in a picture; we have no such kind of question.")
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
        _IN_A_PICTURE,
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
        lambda account: _Item(root, account, files).document(),
        kind=(asked[0] if asked else "assessmentItem"),
        title=root.get("title", "") or name,
        key=label or name.removeprefix("_"),
    )


@dataclass
class _Answer:
    """A declared answer: what is right, and what each value is worth."""

    cardinality: str
    base: str
    correct: list[str] = field(default_factory=list)
    worth: dict[str, float] = field(default_factory=dict)
    otherwise: float = 0.0
    case: bool = True
    most: float | None = None


def _declared(root: Element) -> dict[str, _Answer]:
    found = {}
    for one in root.findall("responseDeclaration"):
        answer = _Answer(one.get("cardinality", "single"), one.get("baseType", "identifier"))
        answer.correct = [words_in(value) for value in one.findall("correctResponse/value")]
        mapping = one.find("mapping")
        if mapping is not None:
            answer.otherwise = float(making.number(mapping.get("defaultValue") or "0"))
            entries = mapping.findall("mapEntry")
            answer.worth = {
                entry.get("mapKey", ""): float(making.number(entry.get("mappedValue") or "0"))
                for entry in entries
            }
            answer.case = any(entry.get("caseSensitive", "true").lower() != "false" for entry in entries)
            if mapping.get("upperBound"):
                answer.most = float(making.number(mapping.get("upperBound") or "0"))
        found[one.get("identifier", "RESPONSE")] = answer
    return found


class _Item:
    """One item while it is read."""

    def __init__(self, root: Element, account: Account, files: Files) -> None:
        self.root, self.account, self.files = root, account, files
        self.body = root.find("itemBody")
        self.answers = _declared(root)
        self.rules = root.find("responseProcessing")
        template = (self.rules.get("template", "") if self.rules is not None else "").lower()
        names = {one.tag for one in self.rules.iter()} if self.rules is not None else set()
        self.by_map = "map_response" in template or "mapResponse" in names
        self.by_match = "match_correct" in template or (not self.by_map and "correct" in names)
        self.own_rules = self.rules is not None and not self.by_map and not self.by_match and len(names) > 1

    def document(self) -> Json:
        """The item in our form. Raises Skip."""
        if self.body is None:
            raise Skip(N_("It has no body: there is nothing to ask."))
        if self.root.find("templateDeclaration") is not None:
            raise Skip(
                N_("It makes its numbers by a program of its own; write it as a question with numbers.")
            )
        asked = list(inside(self.body, *INTERACTIONS))
        if not asked:
            raise Skip(N_("This is a text without a question. Put it into a lesson."))
        unable = next((one.tag for one in asked if one.tag in _SKIPPED), None)
        if unable:
            raise Skip(_SKIPPED[unable])
        if self.root.get("adaptive", "false").lower() == "true":
            self.account.changed(N_("It went through several steps with a person; here it is asked once."))
        kinds = {one.tag for one in asked}
        if len(asked) == 1 and asked[0].tag in _READERS:
            made = _READERS[asked[0].tag](self, asked[0])
        elif kinds <= {"textEntryInteraction", "inlineChoiceInteraction"}:
            made = self.cloze(asked)
        else:
            raise Skip(
                N_("It asks several things at once (%(kinds)s). Make each a question of its own."),
                kinds=", ".join(sorted(kinds)),
            )
        if self.own_rules:
            self.account.changed(
                N_("It was marked by rules of its own; here the declared right answer counts.")
            )
        shuffle = asked[0].get("shuffle", "false").lower() == "true"
        if shuffle and any(one.get("fixed", "").lower() == "true" for one in asked[0].iter("simpleChoice")):
            self.account.changed(N_("An answer that stayed in its place moves with the others here."))
        return making.with_rest(made, explanation=self.explanation(), shuffle=shuffle, tags=self.tags())

    def tags(self) -> list[str]:
        """Words that the item is filed under."""
        return [words_in(one) for one in self.root.findall("keywords/value") if words_in(one)]

    def words(self, *parts: Element, without: Sequence[Element] = ()) -> str:
        """The text of elements; interactions inside become gaps that are held until later."""
        gone = {id(one) for one in without}
        node = Node("div")
        for part in parts:
            node.children.append(self._node(part, gone))
        writer = texts.Writer(self.account, self.files)
        wrote = "\n\n".join(piece.text for piece in writer.blocks(node))
        if wrote.strip() and re.search(r"\\[\\`*_\[\]<>~&]", wrote):
            bare = "\n\n".join(
                piece.text for piece in texts.Writer(Account(), self.files, escape=False).blocks(node)
            )
            wrote = bare if texts.same(bare, wrote) else wrote
        return texts.visible(wrote, self.account).strip()

    def _node(self, element: Element, gone: set[int]) -> Node:
        tag = str(element.tag)
        if id(element) in gone or tag in _UNSEEN:
            return Node("span")
        if tag in INTERACTIONS or tag == "gap":
            name = element.get("responseIdentifier", "") if tag != "gap" else element.get("identifier", "")
            return Node("span", {}, [f"{_HELD}{name}{_CLOSED}"])
        attributes = {name.lower(): value for name, value in element.attrib.items() if name != ":line"}
        if tag == "object" and attributes.get("type", "").startswith("image/"):
            return Node("img", {"src": attributes.get("data", ""), "alt": words_in(element)})
        node = Node(
            "p" if tag == "prompt" else tag.lower(), attributes, [element.text] if element.text else []
        )
        for child in element:
            node.children.append(self._node(child, gone))
            if child.tail:
                node.children.append(child.tail)
        return node

    def stem(self, interaction: Element, *, gap: str = "") -> str:
        """What is asked: the text round the interaction, and its prompt."""
        assert self.body is not None
        prompt = interaction.find("prompt")
        around = re.sub(f"{_HELD}[^{_CLOSED}]*{_CLOSED}", gap, self.words(self.body)).strip()
        said = self.words(prompt) if prompt is not None else ""
        return "\n\n".join(part for part in (self._stimulus(), around, said) if part.strip())

    def _stimulus(self) -> str:
        ref = self.root.find("assessmentStimulusRef")
        if ref is not None:
            self.account.changed(
                N_("It belongs to a text in another file (%(name)s): put it into a lesson."),
                name=ref.get("href", "?"),
            )
        rubric = [one for one in self.root.iter("rubricBlock") if "candidate" in one.get("view", "candidate")]
        said = [self.words(*list(one)) or texts.plain(words_in(one), self.account) for one in rubric]
        return "\n\n".join(said)

    def declared(self, interaction: Element) -> _Answer:
        """The declaration of what an interaction asks for. Raises Skip."""
        answer = self.answers.get(interaction.get("responseIdentifier", "RESPONSE"))
        if answer is None:
            raise Skip(N_("It declares no answer to what it asks."))
        return answer

    def share(self, answer: _Answer, value: str, *, several: bool) -> float:
        """What a value is worth, as a share of all."""
        if not (self.by_map or not answer.correct) or not answer.worth:
            return (1 / max(len(answer.correct), 1) if several else 1.0) if value in answer.correct else 0.0
        positive = [worth for worth in answer.worth.values() if worth > 0]
        most = answer.most or (sum(positive) if several else max(positive, default=0.0))
        if most <= 0:
            raise Skip(N_("No answer is marked as right."))
        return answer.worth.get(value, answer.otherwise) / most

    def choice(self, interaction: Element) -> Json:
        """One or several of some choices."""
        answer = self.declared(interaction)
        several = answer.cardinality == "multiple" or interaction.get("maxChoices", "1") not in ("1",)
        if answer.cardinality == "single":
            several = False
        options = []
        for one in interaction.iter("simpleChoice"):
            name = one.get("identifier", "")
            options.append(
                Choice(
                    self.words(*_content(one)), self.why(one, name), self.share(answer, name, several=several)
                )
            )
        together = several and not (self.by_map and answer.worth)
        return making.choice(
            self.stem(interaction), options, self.account, several=several, together=together
        )

    def why(self, choice: Element, name: str) -> str:
        """What is said to who chose this: inside it, or after the item under its name."""
        within = [self.words(*_content(one)) for one in inside(choice, "feedbackInline", "feedbackBlock")]
        after = [
            self.words(*_content(one))
            for one in self.root.findall("modalFeedback")
            if one.get("identifier") == name and one.get("showHide", "show") == "show"
        ]
        blocks = [
            self.words(*_content(one))
            for one in (inside(self.body, "feedbackBlock") if self.body is not None else ())
            if one.get("identifier") == name
        ]
        return "\n\n".join(dict.fromkeys(part for part in (*within, *after, *blocks) if part))

    def explanation(self) -> str:
        """What is said to everybody after the answer; what is said to some is named as lost."""
        chosen = {
            one.get("identifier") for one in self.root.iter() if str(one.tag) in ("simpleChoice", "hottext")
        }
        general: list[str] = []
        lost: list[str] = []
        for one in self.root.findall("modalFeedback"):
            name = one.get("identifier", "")
            if name in chosen:
                continue
            said = self.words(*_content(one))
            if not said:
                continue
            wanted = slug(f"{one.get('outcomeIdentifier', '')} {name}")
            (general if re.search(r"explanation|general|solution", wanted) else lost).append(said)
        for said in lost:
            self.account.changed(N_("What is said to a whole answer has no place here: “%(why)s”"), why=said)
        return "\n\n".join(general)

    def typed(self, interaction: Element) -> Json:
        """A few words, or a number."""
        answer = self.declared(interaction)
        stem = self.stem(interaction, gap="_____")
        stem = stem.removesuffix("_____").strip() if stem.endswith("\n_____") else stem
        if answer.base in ("integer", "float"):
            return making.numeric(stem, self._numbers(answer), self.account)
        values = list(answer.worth) if self.by_map and answer.worth else answer.correct or list(answer.worth)
        if interaction.get("patternMask"):
            self.account.changed(N_("A pattern for what may be typed has no place here."))
        if not values:
            raise Skip(N_("It declares no answer to what it asks."))
        shares = [self.share(answer, value, several=False) for value in values]
        case = answer.case if self.by_map and answer.worth else True
        return making.short(
            stem,
            [
                Typed(value.replace("*", "\\*"), "", share)
                for value, share in zip(values, shares, strict=True)
            ],
            self.account,
            case=case,
        )

    def _numbers(self, answer: _Answer) -> list[Number]:
        tolerance, relative = making.number("0"), False
        for equal in self.rules.iter("equal") if self.rules is not None else ():
            sizes = (equal.get("tolerance") or "0").split()
            if equal.get("toleranceMode", "exact") != "exact" and sizes:
                try:
                    tolerance = max(making.number(size) for size in sizes)
                except Skip:
                    raise Skip(N_("The tolerance of its number is worked out by a program.")) from None
                relative = equal.get("toleranceMode") == "relative"
                if len(set(sizes)) > 1:
                    self.account.changed(
                        N_("The tolerance was different above and below; here it is the larger.")
                    )
        values = answer.worth if self.by_map and answer.worth else dict.fromkeys(answer.correct, 1.0)
        return [
            Number(
                making.number(value),
                abs(making.number(value)) * tolerance / 100 if relative else tolerance,
                "",
                self.share(answer, value, several=False),
            )
            for value in values
        ]

    def slider(self, interaction: Element) -> Json:
        """A number on a slider becomes a number that is typed."""
        self.account.changed(N_("The number was set on a slider; here it is typed."))
        return making.numeric(self.stem(interaction), self._numbers(self.declared(interaction)), self.account)

    def pairs(self, interaction: Element) -> Json:
        """Left to right."""
        answer = self.declared(interaction)
        sets = interaction.findall("simpleMatchSet")
        if len(sets) != 2:
            raise Skip(N_("It has no two sides to match."))
        left, right = (
            {one.get("identifier", ""): self.words(*_content(one)) for one in side} for side in sets
        )
        pairs = self._right_pairs(answer)
        if any(first in right and second in left for first, second in pairs):
            pairs = [(second, first) if first in right else (first, second) for first, second in pairs]
        return self._matching(interaction, left, right, pairs)

    def associated(self, interaction: Element) -> Json:
        """Pairs among one list."""
        answer = self.declared(interaction)
        all_of = {
            one.get("identifier", ""): self.words(*_content(one))
            for one in interaction.iter("simpleAssociableChoice")
        }
        pairs = self._right_pairs(answer)
        self.account.changed(N_("Pairs among one list became a left and a right side."))
        used = {name for pair in pairs for name in pair}
        loose = {name: text for name, text in all_of.items() if name not in used}
        left = {first: all_of.get(first, "") for first, _second in pairs}
        right = {second: all_of.get(second, "") for _first, second in pairs} | loose
        return self._matching(interaction, left, right, pairs)

    def _right_pairs(self, answer: _Answer) -> list[tuple[str, str]]:
        values = answer.correct or [value for value, worth in answer.worth.items() if worth > 0]
        pairs = [tuple(value.split()) for value in values]
        if any(len(pair) != 2 for pair in pairs):
            raise Skip(N_("Its pairs cannot be read."))
        if self.by_map and len({answer.worth.get(value) for value in values}) > 1:
            self.account.changed(N_("The pairs counted differently; here each counts the same."))
        if not self.by_map:
            self.account.changed(
                N_("All had to be right for the mark; here each right part gives its share.")
            )
        return [(pair[0], pair[1]) for pair in pairs]

    def _matching(
        self,
        interaction: Element,
        left: Mapping[str, str],
        right: Mapping[str, str],
        pairs: Sequence[tuple[str, str]],
    ) -> Json:
        firsts = [first for first, _second in pairs]
        if len(set(firsts)) < len(firsts):
            raise Skip(N_("Something on its left has several matches on its right; here it has one."))
        idle = [left[name] for name in left if name not in firsts]
        if idle:
            self.account.changed(N_("A left-hand side without its match was left out."))
        used = {second for _first, second in pairs}
        return making.matching(
            self.stem(interaction),
            [(left.get(first, ""), right.get(second, "")) for first, second in pairs],
            self.account,
            extra=[text for name, text in right.items() if name not in used],
        )

    def order(self, interaction: Element) -> Json:
        """Things in their order."""
        answer = self.declared(interaction)
        things = {
            one.get("identifier", ""): self.words(*_content(one)) for one in interaction.iter("simpleChoice")
        }
        if any(name not in things for name in answer.correct) or not answer.correct:
            raise Skip(N_("It declares no answer to what it asks."))
        if len(answer.correct) < len(things):
            raise Skip(N_("Only some of its things are put into an order; here all are."))
        return making.ordering(self.stem(interaction), [things[name] for name in answer.correct])

    def own_words(self, interaction: Element) -> Json:
        """An answer in one's own words, with what its scorer is told."""
        return making.extended(self.stem(interaction), self._to_scorer(), self.account)

    def file(self, interaction: Element) -> Json:
        """A file to hand in, with what its scorer is told."""
        types = interaction.get("type", "").split()
        return making.upload(self.stem(interaction), self._to_scorer(), types, self.account)

    def _to_scorer(self) -> str:
        told = [one for one in self.root.iter("rubricBlock") if "scorer" in one.get("view", "")]
        return "\n\n".join(self.words(*list(one)) or texts.plain(words_in(one), self.account) for one in told)

    def gap_match(self, interaction: Element) -> Json:
        """Words moved into the gaps of a text."""
        if next(interaction.iter("gapImg"), None) is not None:
            raise Skip(_IN_A_PICTURE)
        answer = self.declared(interaction)
        choices = {
            one.get("identifier", ""): self.words(*_content(one)) for one in interaction.iter("gapText")
        }
        filled = {}
        for first, second in self._right_pairs(answer):
            name, gap = (first, second) if first in choices else (second, first)
            filled[gap] = choices.get(name, "")
        outside = self.stem(interaction)
        texts_only = [one for one in interaction if one.tag not in ("prompt", "gapText", "gapImg")]
        text, gaps = self._gapped(
            self.words(*texts_only),
            {
                gap.get("identifier", ""): Gap([filled[gap.get("identifier", "")]], list(choices.values()))
                for gap in interaction.iter("gap")
                if filled.get(gap.get("identifier", ""))
            },
        )
        return making.cloze(outside or self.root.get("title", ""), text, gaps)

    def hotspot(self, interaction: Element) -> Json:
        """Places on a picture."""
        answer = self.declared(interaction)
        several = answer.cardinality == "multiple"
        picture = self._picture(interaction)
        found = []
        for one in interaction.iter("hotspotChoice"):
            name = one.get("identifier", "")
            share = self.share(answer, name, several=several)
            if 0 < share < 1 and not several:
                self.account.changed(
                    N_("“%(text)s” gave %(share)s; here it gives nothing."),
                    text=one.get("hotspotLabel") or name,
                    share=making.percent(share),
                )
            right = share > 0 if several else share >= 1
            found.append((one.get("hotspotLabel", ""), self._place(picture, one), right, self.why(one, name)))
        return places.hotspot(self.stem(interaction), picture, found)

    def on_picture(self, interaction: Element) -> Json:
        """Labels to put on places of a picture."""
        answer = self.declared(interaction)
        picture = self._picture(interaction)
        words = {one.get("identifier", ""): self.words(*_content(one)) for one in interaction.iter("gapText")}
        for one in interaction.iter("gapImg"):
            words[one.get("identifier", "")] = one.get("objectLabel", "") or words_in(one)
        if any(not text.strip() for text in words.values()):
            raise Skip(N_("Its labels are pictures without words. Give each its words first."))
        label: dict[str, str] = {}
        for first, second in self._right_pairs(answer):
            name, place = (first, second) if first in words else (second, first)
            if place in label:
                raise Skip(N_("A place in its picture takes several labels; here it takes one."))
            label[place] = words.get(name, "")
        spots = list(interaction.iter("associableHotspot"))
        if any(one.get("identifier", "") not in label for one in spots):
            self.account.changed(N_("A place without its label was left out."))
        zones = [
            (one.get("hotspotLabel", ""), self._place(picture, one), label[one.get("identifier", "")])
            for one in spots
            if one.get("identifier", "") in label
        ]
        extra = [text for text in words.values() if text not in label.values()]
        return places.labels(self.stem(interaction), picture, zones, extra)

    def _picture(self, interaction: Element) -> places.Canvas:
        shown = next((one for one in interaction if one.tag in ("object", "img")), None)
        if shown is None:
            raise Skip(N_("Its answer is a place in a picture, and the picture did not come along."))
        name = shown.get("data") or shown.get("src") or ""
        return places.canvas(
            name,
            self.files(name),
            self.account,
            said=(shown.get("width", ""), shown.get("height", "")),
            shows=shown.get("alt", "") or words_in(shown),
        )

    def _place(self, picture: places.Canvas, one: Element) -> Json:
        shape, numbers = places.box(one.get("shape", "default"), places.pixels(one.get("coords", "")))
        return places.region(picture, shape, numbers)

    def cloze(self, asked: Sequence[Element]) -> Json:
        """A text with gaps to type into or to choose in."""
        assert self.body is not None
        gaps = {}
        for one in asked:
            answer = self.declared(one)
            if not self.by_map and not self.own_rules and len(asked) > 1 and self.by_match:
                self.account.changed(
                    N_("All had to be right for the mark; here each right part gives its share.")
                )
            values = answer.correct or [value for value, worth in answer.worth.items() if worth > 0]
            if self.by_map and answer.worth:
                best = max(answer.worth.values())
                for value, worth in answer.worth.items():
                    if 0 < worth < best:
                        self.account.changed(
                            N_("“%(text)s” gave %(share)s; here it gives nothing."),
                            text=value,
                            share=making.percent(worth / best),
                        )
                full = [value for value, worth in answer.worth.items() if worth == best and worth > 0]
                values = full or values
            if not values:
                raise Skip(N_("It declares no answer to what it asks."))
            if one.tag == "inlineChoiceInteraction":
                options = {
                    choice.get("identifier", ""): self.words(*_content(choice))
                    for choice in one.iter("inlineChoice")
                }
                gap = Gap([options.get(values[0], "")], list(options.values()))
            else:
                gap = Gap(values)
            gaps[one.get("responseIdentifier", "")] = gap
        text, keyed = self._gapped(self.words(self.body), gaps)
        title = self.root.get("title", "")
        return making.cloze(*making.apart(text, title), keyed)

    def _gapped(self, held: str, gaps: Mapping[str, Gap]) -> tuple[str, dict[str, Gap]]:
        """A text with its held gaps written as ours."""
        keyed: dict[str, Gap] = {}

        def show(found: re.Match[str]) -> str:
            if found[1] not in gaps:
                return "_____"
            name = f"g{len(keyed) + 1}"
            keyed[name] = gaps[found[1]]
            return f"[[{name}]]"

        text = re.sub(f"{_HELD}([^{_CLOSED}]*){_CLOSED}", show, held)
        return text, keyed

    def hottext(self, interaction: Element) -> Json:
        """Words to be marked in a text become options."""
        answer = self.declared(interaction)
        several = answer.cardinality == "multiple"
        options = [
            Choice(
                self.words(*_content(one)),
                self.why(one, one.get("identifier", "")),
                self.share(answer, one.get("identifier", ""), several=several),
            )
            for one in interaction.iter("hottext")
        ]
        self.account.changed(N_("Words to be marked in a text became answers to choose."))
        around = self.stem(interaction)
        text = self.words(*[one for one in interaction if one.tag != "prompt"])
        stem = "\n\n".join(part for part in (around, text) if part)
        together = several and not (self.by_map and answer.worth)
        return making.choice(stem, options, self.account, several=several, together=together)


def _content(element: Element) -> list[Element]:
    """What an element holds, as one element to write."""
    holder = Element("span")
    holder.text = element.text
    holder.extend(list(element))
    return [holder]


_READERS = {
    "choiceInteraction": _Item.choice,
    "textEntryInteraction": _Item.typed,
    "inlineChoiceInteraction": lambda item, one: item.cloze([one]),
    "matchInteraction": _Item.pairs,
    "associateInteraction": _Item.associated,
    "orderInteraction": _Item.order,
    "gapMatchInteraction": _Item.gap_match,
    "hottextInteraction": _Item.hottext,
    "sliderInteraction": _Item.slider,
    "extendedTextInteraction": _Item.own_words,
    "uploadInteraction": _Item.file,
    "hotspotInteraction": _Item.hotspot,
    "graphicGapMatchInteraction": _Item.on_picture,
}
