"""A QTI 2 item: its declared answers, its words with the gaps in them held, what it says after an answer."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making, texts
from lms.interop.formats.contract import Account, Skip, slug
from lms.interop.formats.pictures import Files
from lms.interop.formats.trees import Node
from lms.interop.formats.xml import inside, words_in

HELD, CLOSED = "\U000f0200", "\U000f0201"
_INTERACTION_NAMES = (
    "choiceInteraction textEntryInteraction inlineChoiceInteraction matchInteraction associateInteraction"
    " orderInteraction gapMatchInteraction hottextInteraction extendedTextInteraction hotspotInteraction"
    " graphicOrderInteraction graphicAssociateInteraction graphicGapMatchInteraction selectPointInteraction"
    " positionObjectInteraction sliderInteraction uploadInteraction drawingInteraction mediaInteraction"
    " customInteraction portableCustomInteraction"
)
INTERACTIONS = tuple(_INTERACTION_NAMES.split())
IN_A_PICTURE = N_("Its answer is a place in a picture; we have no such kind of question.")
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


@dataclass
class Answer:
    """A declared answer: what is right, and what each value is worth."""

    cardinality: str
    base: str
    correct: list[str] = field(default_factory=list)
    worth: dict[str, float] = field(default_factory=dict)
    otherwise: float = 0.0
    case: bool = True
    most: float | None = None


def _declared(root: Element) -> dict[str, Answer]:
    found = {}
    for one in root.findall("responseDeclaration"):
        answer = Answer(one.get("cardinality", "single"), one.get("baseType", "identifier"))
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


class Item:
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

    def tags(self) -> list[str]:
        """Words that the item is filed under."""
        return [words_in(one) for one in self.root.findall("keywords/value") if words_in(one)]

    def words(self, *parts: Element) -> str:
        """The text of elements; interactions inside become gaps that are held until later."""
        node = Node("div")
        for part in parts:
            node.children.append(self._node(part))
        writer = texts.Writer(self.account, self.files)
        wrote = "\n\n".join(piece.text for piece in writer.blocks(node))
        if wrote.strip() and re.search(r"\\[\\`*_\[\]<>~&]", wrote):
            bare = "\n\n".join(
                piece.text for piece in texts.Writer(Account(), self.files, escape=False).blocks(node)
            )
            wrote = bare if texts.same(bare, wrote) else wrote
        return texts.visible(wrote, self.account).strip()

    def _node(self, element: Element) -> Node:
        tag = str(element.tag)
        if tag in _UNSEEN:
            return Node("span")
        if tag in INTERACTIONS or tag == "gap":
            name = element.get("responseIdentifier", "") if tag != "gap" else element.get("identifier", "")
            return Node("span", {}, [f"{HELD}{name}{CLOSED}"])
        attributes = {name.lower(): value for name, value in element.attrib.items() if name != ":line"}
        if tag == "object" and attributes.get("type", "").startswith("image/"):
            return Node("img", {"src": attributes.get("data", ""), "alt": words_in(element)})
        node = Node(
            "p" if tag == "prompt" else tag.lower(), attributes, [element.text] if element.text else []
        )
        for child in element:
            node.children.append(self._node(child))
            if child.tail:
                node.children.append(child.tail)
        return node

    def stem(self, interaction: Element, *, gap: str = "") -> str:
        """What is asked: the text round the interaction, and its prompt."""
        assert self.body is not None
        prompt = interaction.find("prompt")
        around = re.sub(f"{HELD}[^{CLOSED}]*{CLOSED}", gap, self.words(self.body)).strip()
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

    def declared(self, interaction: Element) -> Answer:
        """The declaration of what an interaction asks for. Raises Skip."""
        answer = self.answers.get(interaction.get("responseIdentifier", "RESPONSE"))
        if answer is None:
            raise Skip(N_("It declares no answer to what it asks."))
        return answer

    def share(self, answer: Answer, value: str, *, several: bool) -> float:
        """What a value is worth, as a share of all."""
        if not (self.by_map or not answer.correct) or not answer.worth:
            return (1 / max(len(answer.correct), 1) if several else 1.0) if value in answer.correct else 0.0
        positive = [worth for worth in answer.worth.values() if worth > 0]
        most = answer.most or (sum(positive) if several else max(positive, default=0.0))
        if most <= 0:
            raise Skip(N_("No answer is marked as right."))
        return answer.worth.get(value, answer.otherwise) / most

    def right_pairs(self, answer: Answer) -> list[tuple[str, str]]:
        """What belongs together, as its declaration says. Raises Skip."""
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

    def why(self, choice: Element, name: str) -> str:
        """What is said to who chose this: inside it, or after the item under its name."""
        within = [self.words(*content(one)) for one in inside(choice, "feedbackInline", "feedbackBlock")]
        after = [
            self.words(*content(one))
            for one in self.root.findall("modalFeedback")
            if one.get("identifier") == name and one.get("showHide", "show") == "show"
        ]
        blocks = [
            self.words(*content(one))
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
            said = self.words(*content(one))
            if not said:
                continue
            wanted = slug(f"{one.get('outcomeIdentifier', '')} {name}")
            (general if re.search(r"explanation|general|solution", wanted) else lost).append(said)
        for said in lost:
            self.account.changed(N_("What is said to a whole answer has no place here: “%(why)s”"), why=said)
        return "\n\n".join(general)


def content(element: Element) -> list[Element]:
    """What an element holds, as one element to write."""
    holder = Element("span")
    holder.text = element.text
    holder.extend(list(element))
    return [holder]
