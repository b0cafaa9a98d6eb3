"""The interactions of QTI 2 that are choices, typed answers, pairs, orders or work for people, as questions of ours."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making, texts
from lms.interop.formats.contract import Json, Skip
from lms.interop.formats.making import Choice, Number, Typed
from lms.interop.formats.qti2_item import Answer, Item, content
from lms.interop.formats.xml import words_in


def choice(item: Item, interaction: Element) -> Json:
    """One or several of some choices."""
    answer = item.declared(interaction)
    several = answer.cardinality == "multiple" or interaction.get("maxChoices", "1") not in ("1",)
    if answer.cardinality == "single":
        several = False
    options = []
    for one in interaction.iter("simpleChoice"):
        name = one.get("identifier", "")
        options.append(
            Choice(item.words(*content(one)), item.why(one, name), item.share(answer, name, several=several))
        )
    together = several and not (item.by_map and answer.worth)
    return making.choice(item.stem(interaction), options, item.account, several=several, together=together)


def short_or_number(item: Item, interaction: Element) -> Json:
    """A few words, or a number."""
    answer = item.declared(interaction)
    stem = item.stem(interaction, gap="_____")
    stem = stem.removesuffix("_____").strip() if stem.endswith("\n_____") else stem
    if answer.base in ("integer", "float"):
        return making.numeric(stem, _numbers(item, answer), item.account)
    values = list(answer.worth) if item.by_map and answer.worth else answer.correct or list(answer.worth)
    if interaction.get("patternMask"):
        item.account.changed(N_("A pattern for what may be typed has no place here."))
    if not values:
        raise Skip(N_("It declares no answer to what it asks."))
    shares = [item.share(answer, value, several=False) for value in values]
    case = answer.case if item.by_map and answer.worth else True
    return making.short(
        stem,
        [Typed(value.replace("*", "\\*"), "", share) for value, share in zip(values, shares, strict=True)],
        item.account,
        case=case,
    )


def _numbers(item: Item, answer: Answer) -> list[Number]:
    tolerance, relative = making.number("0"), False
    for equal in item.rules.iter("equal") if item.rules is not None else ():
        sizes = (equal.get("tolerance") or "0").split()
        if equal.get("toleranceMode", "exact") != "exact" and sizes:
            try:
                tolerance = max(making.number(size) for size in sizes)
            except Skip:
                raise Skip(N_("The tolerance of its number is worked out by a program.")) from None
            relative = equal.get("toleranceMode") == "relative"
            if len(set(sizes)) > 1:
                item.account.changed(
                    N_("The tolerance was different above and below; here it is the larger.")
                )
    values = answer.worth if item.by_map and answer.worth else dict.fromkeys(answer.correct, 1.0)
    return [
        Number(
            making.number(value),
            abs(making.number(value)) * tolerance / 100 if relative else tolerance,
            "",
            item.share(answer, value, several=False),
        )
        for value in values
    ]


def slider(item: Item, interaction: Element) -> Json:
    """A number on a slider becomes a number that is typed."""
    item.account.changed(N_("The number was set on a slider; here it is typed."))
    return making.numeric(item.stem(interaction), _numbers(item, item.declared(interaction)), item.account)


def matching(item: Item, interaction: Element) -> Json:
    """Left to right."""
    answer = item.declared(interaction)
    sets = interaction.findall("simpleMatchSet")
    if len(sets) != 2:
        raise Skip(N_("It has no two sides to match."))
    left, right = ({one.get("identifier", ""): item.words(*content(one)) for one in side} for side in sets)
    pairs = item.right_pairs(answer)
    if any(first in right and second in left for first, second in pairs):
        pairs = [(second, first) if first in right else (first, second) for first, second in pairs]
    return _matching(item, interaction, left, right, pairs)


def associated(item: Item, interaction: Element) -> Json:
    """Pairs among one list."""
    answer = item.declared(interaction)
    all_of = {
        one.get("identifier", ""): item.words(*content(one))
        for one in interaction.iter("simpleAssociableChoice")
    }
    pairs = item.right_pairs(answer)
    item.account.changed(N_("Pairs among one list became a left and a right side."))
    used = {name for pair in pairs for name in pair}
    loose = {name: text for name, text in all_of.items() if name not in used}
    left = {first: all_of.get(first, "") for first, _second in pairs}
    right = {second: all_of.get(second, "") for _first, second in pairs} | loose
    return _matching(item, interaction, left, right, pairs)


def _matching(
    item: Item,
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
        item.account.changed(N_("A left-hand side without its match was left out."))
    used = {second for _first, second in pairs}
    return making.matching(
        item.stem(interaction),
        [(left.get(first, ""), right.get(second, "")) for first, second in pairs],
        item.account,
        extra=[text for name, text in right.items() if name not in used],
    )


def order(item: Item, interaction: Element) -> Json:
    """Things in their order."""
    answer = item.declared(interaction)
    things = {
        one.get("identifier", ""): item.words(*content(one)) for one in interaction.iter("simpleChoice")
    }
    if any(name not in things for name in answer.correct) or not answer.correct:
        raise Skip(N_("It declares no answer to what it asks."))
    if len(answer.correct) < len(things):
        raise Skip(N_("Only some of its things are put into an order; here all are."))
    return making.ordering(item.stem(interaction), [things[name] for name in answer.correct])


def own_words(item: Item, interaction: Element) -> Json:
    """An answer in one's own words, with what its scorer is told."""
    return making.extended(item.stem(interaction), _to_scorer(item), item.account)


def file(item: Item, interaction: Element) -> Json:
    """A file to hand in, with what its scorer is told."""
    types = interaction.get("type", "").split()
    return making.upload(item.stem(interaction), _to_scorer(item), types, item.account)


def _to_scorer(item: Item) -> str:
    told = [one for one in item.root.iter("rubricBlock") if "scorer" in one.get("view", "")]
    return "\n\n".join(item.words(*list(one)) or texts.plain(words_in(one), item.account) for one in told)


def hottext(item: Item, interaction: Element) -> Json:
    """Words to be marked in a text become options."""
    answer = item.declared(interaction)
    several = answer.cardinality == "multiple"
    options = [
        Choice(
            item.words(*content(one)),
            item.why(one, one.get("identifier", "")),
            item.share(answer, one.get("identifier", ""), several=several),
        )
        for one in interaction.iter("hottext")
    ]
    item.account.changed(N_("Words to be marked in a text became answers to choose."))
    around = item.stem(interaction)
    text = item.words(*[one for one in interaction if one.tag != "prompt"])
    stem = "\n\n".join(part for part in (around, text) if part)
    together = several and not (item.by_map and answer.worth)
    return making.choice(stem, options, item.account, several=several, together=together)
