"""The kinds of QTI 1.2: what an item asks as a question of ours, by what it itself marks as right."""

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making
from lms.interop.formats.contract import Json, Skip
from lms.interop.formats.making import Choice, Gap, Number, Typed
from lms.interop.formats.qti1_conditions import is_score, wanted
from lms.interop.formats.qti1_item import Item, Response
from lms.interop.formats.xml import inside, words_in


def choice(item: Item, response: Response) -> Json:
    """One or several of some choices."""
    names = list(response.labels)
    said = {name: item.text(label) for name, label in response.labels.items()}
    whys = {name: item.said_to({response.name: [name]}, whole=not response.several) for name in names}
    if not response.several:
        scores = {name: item.score({response.name: [name]}) for name in names}
        best = max(scores.values(), default=0)
        if best <= 0:
            raise Skip(N_("No answer is marked as right."))
        options = [Choice(said[name], whys[name], scores[name] / best) for name in names]
        return making.choice(item.stem(), options, item.account, several=False)
    right = _right_set(item, response)
    whole = item.score({response.name: right})
    if not right or whole <= 0:
        raise Skip(N_("No answer is marked as right."))
    alone = {name: item.score({response.name: [name]}) / whole for name in names}
    together = len(right) > 1 and all(alone[name] <= 0.0001 for name in right)
    if len(right) == 1:
        together = item.score({response.name: names}) <= 0.0001
    options = [
        Choice(
            said[name],
            whys[name],
            (1.0 if name in right else 0.0) if together else _step(item, response, name, right, whole),
        )
        for name in names
    ]
    return making.choice(item.stem(), options, item.account, several=True, together=together)


def _step(item: Item, response: Response, name: str, right: Sequence[str], whole: float) -> float:
    """What one more choice adds or takes, as a share."""
    if name in right:
        return (whole - item.score({response.name: [one for one in right if one != name]})) / whole
    return (item.score({response.name: [*right, name]}) - whole) / whole


def _right_set(item: Item, response: Response) -> list[str]:
    """The choices that together give the most: each condition's own, and all that give something alone."""
    tries = []
    for condition in item.conditions:
        test = condition.find("conditionvar")
        if test is not None:
            tries.append([name for name in wanted(test, response.name) if name in response.labels])
    tries.append([name for name in response.labels if item.score({response.name: [name]}) > item.score({})])
    tries = [one for one in tries if one]
    if not tries:
        return []
    best = max(tries, key=lambda names: (item.score({response.name: names}), len(names)))
    return [name for name in response.labels if name in best]


def order(item: Item, response: Response) -> Json:
    """Things in their order."""
    for condition in item.conditions:
        test = condition.find("conditionvar")
        names = wanted(test, response.name) if test is not None else []
        if len(names) == len(response.labels) and set(names) == set(response.labels):
            return making.ordering(item.stem(), [item.text(response.labels[name]) for name in names])
    raise Skip(N_("Its right order cannot be read."))


def short_or_number(item: Item, response: Response) -> Json:
    """A few words, or a number."""
    stem = item.stem()
    if _is_number(item, response):
        return making.numeric(stem, _numbers(item), item.account)
    answers, case = _words(item, response)
    return making.short(stem, answers, item.account, case=case)


def _words(item: Item, response: Response) -> tuple[list[Typed], bool]:
    values: dict[str, bool] = {}
    for condition in item.conditions:
        for one in inside(condition, "varequal", "varsubset", "varsubstring"):
            if one.get("respident", response.name) == response.name and words_in(one):
                values[words_in(one)] = one.get("case", "No").lower() == "yes"
                if one.tag != "varequal":
                    item.account.changed(
                        N_("“%(text)s” was accepted with other words round it; here it stands alone."),
                        text=words_in(one),
                    )
    scores = {value: item.score({response.name: (value,)}) for value in values}
    best = max(scores.values(), default=0)
    if best <= 0:
        raise Skip(N_("No answer is marked as right."))
    if item.kind in ("cc.pattern_match.v0p1",):
        item.account.changed(N_("A pattern for the answer is taken as plain words: look at it."))
    typed = [
        Typed(
            value.replace("*", "\\*"),
            item.said_to({response.name: (value,)}) if scores[value] < best else "",
            scores[value] / best,
        )
        for value in values
    ]
    return typed, any(values.values())


def _is_number(item: Item, response: Response) -> bool:
    if response.form == "num" or item.kind in ("numerical_question", "numeric", "numerical"):
        return True
    fib = next(response.element.iter("render_fib"), None) if response.element is not None else None
    if fib is not None and fib.get("fibtype", "").lower() in ("integer", "decimal", "scientific"):
        return True
    return any(
        next(inside(one, "vargte", "vargt", "varlte", "varlt"), None) is not None for one in item.conditions
    )


def _numbers(item: Item) -> list[Number]:
    found = []
    for condition in item.conditions:
        test = condition.find("conditionvar")
        gain = sum(
            float(making.number(words_in(act) or "0")) for act in condition.findall("setvar") if is_score(act)
        )
        if test is None or gain <= 0:
            continue
        lows = [making.number(words_in(one)) for one in inside(test, "vargte", "vargt")]
        highs = [making.number(words_in(one)) for one in inside(test, "varlte", "varlt")]
        exact = [making.number(words_in(one)) for one in inside(test, "varequal")]
        if next(inside(test, "vargt", "varlt"), None) is not None:
            item.account.changed(N_("An end of the range that did not count counts here."))
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


def matching(item: Item, responses: Sequence[Response]) -> Json:
    """Left to right, each left side a response of its own."""
    shared = _right_block(item)
    pairs, used, all_rights = [], set(), {}
    for response in responses:
        labels = response.labels
        rights = {name: item.text(label) for name, label in labels.items()}
        if shared and len(shared) == len(rights):
            rights = dict(zip(rights, shared, strict=True))
        scores = {name: item.score({response.name: [name]}) for name in rights}
        best = max(scores, key=lambda name: scores[name], default="")
        if not best or scores[best] <= item.score({}):
            raise Skip(N_("No answer is marked as right."))
        left = item.text(response.element.find("material")) if response.element is not None else ""
        left = left or _text_before(item, response)
        pairs.append((left, rights[best]))
        used.add(rights[best])
        all_rights.update(dict.fromkeys(rights.values()))
    return making.matching(
        item.stem(), pairs, item.account, extra=[one for one in all_rights if one not in used]
    )


def _text_before(item: Item, response: Response) -> str:
    """Blackboard writes the left-hand side in the same flow as the answer to it."""
    assert item.presentation is not None
    for flow in item.presentation.iter("flow"):
        if response.element in list(flow):
            materials = [
                item.text(one)
                for one in flow
                if one is not response.element and one.tag in ("material", "flow")
            ]
            return "\n\n".join(one for one in materials if one)
    return ""


def _right_block(item: Item) -> list[str]:
    assert item.presentation is not None
    block = next(
        (one for one in item.presentation.iter("flow") if one.get("class") == "RIGHT_MATCH_BLOCK"), None
    )
    return [item.text(one) for one in block.findall("flow")] if block is not None else []


def blanks(item: Item, responses: Sequence[Response], stem: str) -> Json:
    """A text with named blanks, to choose for or to type into."""
    gaps: dict[str, Gap] = {}
    text = stem
    typed = item.kind != "multiple_dropdowns_question"
    for number, response in enumerate(responses, start=1):
        name = words_in(response.element, "material/mattext") or response.name.removeprefix("response_")
        options = {key: item.text(label) for key, label in response.labels.items()}
        scores = {key: item.score({response.name: [key]}) for key in options}
        best = max(scores.values(), default=0)
        if best <= item.score({}):
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
    return making.cloze(*making.apart(text, item.element.get("title", "")), gaps)


def typed_gaps(item: Item, responses: Sequence[Response]) -> Json:
    """Several things to type, where they stand in the text."""
    assert item.presentation is not None
    keys = {response.name: f"g{number}" for number, response in enumerate(responses, start=1)}
    gaps = {}
    for response in responses:
        answers, _case = _words(item, response)
        gaps[keys[response.name]] = Gap(
            [one.text.replace("\\*", "*") for one in answers if one.share >= 0.9999]
        )
    text = " ".join(" ".join(_in_order(item, item.presentation, keys)).split(" "))
    return making.cloze(*making.apart(text, item.element.get("title", "")), gaps)


def _in_order(item: Item, element: Element, keys: Mapping[str, str]) -> list[str]:
    found = []
    for child in element:
        if child.tag == "material":
            found.append(item.text(child))
        elif child.tag in ("response_str", "response_num"):
            found += [item.text(one) for one in child.findall("material")]
            found.append(f"[[{keys[child.get('ident', '')]}]]")
        elif len(child):
            found += _in_order(item, child, keys)
    return [one for one in found if one]


def grouped(item: Item, response: Response) -> Json:
    """Labels that are matched to labels: those with a `match_group` go to the others."""
    sources = {name: label for name, label in response.labels.items() if label.get("match_group")}
    targets = {name: label for name, label in response.labels.items() if not label.get("match_group")}
    pairs = []
    for one in (found for condition in item.conditions for found in inside(condition, "varequal")):
        ends = [part.strip() for part in words_in(one).split(",")]
        if len(ends) == 2:
            first, second = ends if ends[0] in sources else ends[::-1]
            if first in sources and second in targets and (first, second) not in pairs:
                pairs.append((first, second))
    if not pairs:
        raise Skip(N_("Its pairs cannot be read."))
    used = {second for _first, second in pairs}
    return making.matching(
        item.stem(),
        [(item.text(sources[first]), item.text(targets[second])) for first, second in pairs],
        item.account,
        extra=[item.text(label) for name, label in targets.items() if name not in used],
    )
