"""The interactions of QTI 2 that stand in a text: words moved into gaps, gaps to type into or to choose in."""

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making
from lms.interop.formats.contract import Json, Skip
from lms.interop.formats.making import Gap
from lms.interop.formats.qti2_item import CLOSED, HELD, IN_A_PICTURE, Item, content


def gap_match(item: Item, interaction: Element) -> Json:
    """Words moved into the gaps of a text."""
    if next(interaction.iter("gapImg"), None) is not None:
        raise Skip(IN_A_PICTURE)
    answer = item.declared(interaction)
    choices = {one.get("identifier", ""): item.words(*content(one)) for one in interaction.iter("gapText")}
    filled = {}
    for first, second in item.right_pairs(answer):
        name, gap = (first, second) if first in choices else (second, first)
        filled[gap] = choices.get(name, "")
    outside = item.stem(interaction)
    texts_only = [one for one in interaction if one.tag not in ("prompt", "gapText", "gapImg")]
    text, gaps = _gapped(
        item.words(*texts_only),
        {
            gap.get("identifier", ""): Gap([filled[gap.get("identifier", "")]], list(choices.values()))
            for gap in interaction.iter("gap")
            if filled.get(gap.get("identifier", ""))
        },
    )
    return making.cloze(outside or item.root.get("title", ""), text, gaps)


def cloze(item: Item, asked: Sequence[Element]) -> Json:
    """A text with gaps to type into or to choose in."""
    assert item.body is not None
    gaps = {}
    for one in asked:
        answer = item.declared(one)
        if not item.by_map and not item.own_rules and len(asked) > 1 and item.by_match:
            item.account.changed(
                N_("All had to be right for the mark; here each right part gives its share.")
            )
        values = answer.correct or [value for value, worth in answer.worth.items() if worth > 0]
        if item.by_map and answer.worth:
            best = max(answer.worth.values())
            for value, worth in answer.worth.items():
                if 0 < worth < best:
                    item.account.changed(
                        N_("“%(text)s” gave %(share)s%%; here it gives nothing."),
                        text=value,
                        share=making.percent(worth / best),
                    )
            full = [value for value, worth in answer.worth.items() if worth == best and worth > 0]
            values = full or values
        if not values:
            raise Skip(N_("It declares no answer to what it asks."))
        if one.tag == "inlineChoiceInteraction":
            options = {
                choice.get("identifier", ""): item.words(*content(choice))
                for choice in one.iter("inlineChoice")
            }
            gap = Gap([options.get(values[0], "")], list(options.values()))
        else:
            gap = Gap(values)
        gaps[one.get("responseIdentifier", "")] = gap
    text, keyed = _gapped(item.words(item.body), gaps)
    title = item.root.get("title", "")
    return making.cloze(*making.apart(text, title), keyed)


def _gapped(held: str, gaps: Mapping[str, Gap]) -> tuple[str, dict[str, Gap]]:
    """A text with its held gaps written as ours."""
    keyed: dict[str, Gap] = {}

    def show(found: re.Match[str]) -> str:
        if found[1] not in gaps:
            return "_____"
        name = f"g{len(keyed) + 1}"
        keyed[name] = gaps[found[1]]
        return f"[[{name}]]"

    text = re.sub(f"{HELD}([^{CLOSED}]*){CLOSED}", show, held)
    return text, keyed
