"""Moodle's calculated questions: a formula, and a set of numbers for each name in it."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element

from lms.assessments.kinds.arithmetic import FUNCTIONS, BadExpression, evaluate
from lms.foundation.numbers import whole_number
from lms.foundation.words import N_
from lms.interop.formats import making
from lms.interop.formats.contract import Account, Json, Skip
from lms.interop.formats.xml import words_in

_NAME = re.compile(r"\{([^{}=\s][^{}]*)\}")
_FIT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def calculated(
    question: Element,
    stem: str,
    answers: Sequence[tuple[str, float, str, Element]],
    account: Account,
    *,
    unit: str,
    units: Mapping[str, float],
) -> Json:
    """The question with its ranges as parameters. Raises Skip when a formula needs what we cannot work out."""
    parameters = {}
    for one in question.findall("dataset_definitions/dataset_definition"):
        name = words_in(one, "name/text") or words_in(one, "name")
        if not _FIT.fullmatch(name) or name in FUNCTIONS:
            raise Skip(N_("A number is called “%(name)s”; names are letters and digits here."), name=name)
        places = min(
            int(making.number(words_in(one, "decimals/text") or words_in(one, "decimals") or "0")), 6
        )
        low, high = _range(one)
        parameters[name] = {
            "from": making.as_number(low),
            "to": making.as_number(high),
            "step": making.as_number(Decimal(1).scaleb(-max(places, 0))),
        }
    if not parameters:
        raise Skip(N_("The numbers of the formula are not in the file."))
    right = [one for one in answers if one[1] >= 0.9999]
    if len(right) != 1:
        raise Skip(N_("It has no single right formula."))
    formula, _share, _why, holder = right[0]
    expression = _expression(formula, parameters)
    middle = {name: (span["from"] + span["to"]) / 2 for name, span in parameters.items()}
    try:
        about = evaluate(expression, middle)
    except BadExpression as error:
        raise Skip(N_("Its formula cannot be worked out here: %(problem)s"), problem=str(error)) from None
    account.changed(N_("Each person gets numbers from the range, not from a stored set."))
    for raw, share, why, _answer in answers:
        if share < 0.9999 and (share > 0 or why):
            account.changed(
                N_("“%(text)s” gave %(share)s%%; here it gives nothing."),
                text=raw,
                share=making.percent(share),
            )
    return {
        "kind": "numeric",
        "stem": _stem(stem, parameters),
        "parameters": parameters,
        "answer": expression,
        "tolerance": _tolerance(holder, about, account),
        **_decimals(holder),
        **({"unit": unit} if unit else {}),
        **({"units": dict(units)} if units else {}),
    }


def _range(one: Element) -> tuple[Decimal, Decimal]:
    """From where to where a number goes: as declared, or as the stored numbers do."""
    low = words_in(one, "minimum/text") or words_in(one, "minimum")
    high = words_in(one, "maximum/text") or words_in(one, "maximum")
    if low and high:
        first, last = making.number(low), making.number(high)
        return min(first, last), max(first, last)
    stored = [making.number(words_in(item, "value")) for item in one.findall("dataset_items/dataset_item")]
    if not stored:
        raise Skip(N_("The numbers of the formula are not in the file."))
    return min(stored), max(stored)


def _expression(formula: str, parameters: Mapping[str, object]) -> str:
    unknown = [name for name in _NAME.findall(formula) if name not in parameters]
    if unknown:
        raise Skip(N_("The formula names “%(name)s”, which has no numbers."), name=unknown[0])
    plain = _NAME.sub(lambda found: found[1], formula.strip()).replace("^", "**")
    plain = re.sub(r"\bpow\s*\(([^(),]+),([^(),]+)\)", r"((\1) ** (\2))", plain)
    return re.sub(r"\bpi\s*\(\s*\)", "3.141592653589793", plain)


def _stem(stem: str, parameters: Mapping[str, object]) -> str:
    """The stem: `{a}` is ours already, `{={a}*2}` becomes `{a*2}`; other braces become round."""

    def work(found: re.Match[str]) -> str:
        return "{" + _expression(found[1], parameters) + "}"

    plain = stem.replace("\\*", "*").replace("\\_", "_")
    shown = re.sub(r"\{=((?:[^{}]|\{[^{}]*\})+)\}", work, plain)
    return re.sub(
        r"\{([^{}]+)\}",
        lambda found: (
            found[0] if any(re.search(rf"\b{name}\b", found[1]) for name in parameters) else f"({found[1]})"
        ),
        shown,
    )


def _tolerance(holder: Element, about: float, account: Account) -> float:
    """The tolerance in the answer's own unit; a relative one is taken at the middle of the ranges, and said."""
    size = float(making.number(words_in(holder, "tolerance") or "0"))
    if size == 0:
        return 0
    if (words_in(holder, "tolerancetype") or "1") in ("2", "nominal"):
        return size
    here = round(abs(about) * size, 6)
    account.changed(
        N_(
            "The tolerance was %(share)s%% of the answer; here it is %(size)s, that share in the middle of the ranges."
        ),
        share=making.percent(size),
        size=f"{here:g}",
    )
    return here


def _decimals(holder: Element) -> Json:
    if words_in(holder, "correctanswerformat") == "2":
        return {}
    length = whole_number(words_in(holder, "correctanswerlength"), 0)
    return {"decimals": min(length, 6)} if length else {}
