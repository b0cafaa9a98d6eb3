"""Fixed and parallel forms from a calibrated bank: the same content, the same difficulty, as little overlap as asked."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessments.statistics.classification import Item, item_information
from lms.foundation.errors import Invalid

_POINTS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)


@dataclass(frozen=True)
class BankItem:
    """An item that a form can take: its name, (a, b, c), and its content area."""

    name: str
    parameters: Item
    content: str = ""


def fixed_form(
    bank: Sequence[BankItem], *, length: int, theta: float, quotas: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    """The items that tell most at `theta`, such as a cut, with so many from each content area of `quotas`.

    Raises Invalid when the bank is too small.
    """
    form: list[str] = []
    for content, count in _counts(bank, length, quotas, 1, ()).items():
        pool = [one for one in bank if content is None or one.content == content]
        pool.sort(key=lambda one: (-item_information(one.parameters, theta), one.name))
        form += [one.name for one in pool[:count]]
    return tuple(form)


def parallel_forms(
    bank: Sequence[BankItem],
    *,
    forms: int,
    length: int,
    quotas: Mapping[str, int] | None = None,
    anchors: Sequence[str] = (),
) -> tuple[tuple[str, ...], ...]:
    """So many forms of `length` items that share only the `anchors` and are as alike as the bank allows.

    In each content area items are taken around the bank's middle difficulty, ordered by difficulty and dealt in turns;
    then pairs are swapped between forms while that brings their expected scores and information closer. Linked forms
    have anchors, over which `linking` puts later calibrations on one scale. Raises Invalid when the bank is too small.
    """
    if forms < 1:
        raise Invalid("There must be at least one form.")
    known = {one.name: one for one in bank}
    strange = [name for name in anchors if name not in known]
    if strange:
        raise Invalid("The anchor %(name)s is not in the bank.", name=strange[0])
    shared = [known[name] for name in dict.fromkeys(anchors)]
    dealt: list[list[BankItem]] = [[] for _form in range(forms)]
    for content, count in _counts(bank, length, quotas, forms, shared).items():
        pool = [one for one in bank if one not in shared and (content is None or one.content == content)]
        pool.sort(key=lambda one: (one.parameters[1], one.name))
        start = (len(pool) - count * forms) // 2
        for at, one in enumerate(pool[start : start + count * forms]):
            turn, place = divmod(at, forms)
            dealt[place if turn % 2 == 0 else forms - 1 - place].append(one)
    _even_out(dealt)
    return tuple(tuple(one.name for one in [*shared, *form]) for form in dealt)


def likeness(forms: Sequence[Sequence[BankItem]]) -> dict[str, Any]:
    """How far apart forms are at worst, over abilities -2 to 2: in expected share right, and in information."""
    curves = [_curve(form) for form in forms]
    size = len(_POINTS)
    shares = [
        [value / len(form) for value in curve[:size]] for form, curve in zip(forms, curves, strict=True)
    ]
    return {
        "expected_share": max(max(column) - min(column) for column in zip(*shares, strict=True)),
        "information": max(
            max(column) - min(column) for column in zip(*(curve[size:] for curve in curves), strict=True)
        ),
    }


def _counts(
    bank: Sequence[BankItem],
    length: int,
    quotas: Mapping[str, int] | None,
    forms: int,
    shared: Sequence[BankItem],
) -> dict[str | None, int]:
    """How many items a form takes from each area beyond the anchors; the area None is the whole bank."""
    wanted: dict[str | None, int] = {None: length}
    if quotas:
        wanted = {content: count for content, count in quotas.items()}  # noqa: C416
    if sum(wanted.values()) != length:
        raise Invalid(
            "The quotas add up to %(sum)s, not to %(length)s.", sum=sum(wanted.values()), length=length
        )
    for content in wanted:
        inside = [one for one in bank if content is None or one.content == content]
        anchors = [one for one in shared if content is None or one.content == content]
        wanted[content] -= len(anchors)
        if wanted[content] < 0:
            raise Invalid("There are more anchors than the form has room for.")
        if len(inside) - len(anchors) < wanted[content] * forms:
            raise Invalid(
                "%(forms)s forms need %(needed)s items%(where)s besides anchors; the bank has %(has)s.",
                forms=forms,
                needed=wanted[content] * forms,
                where=f" of {content}" if content else "",
                has=len(inside) - len(anchors),
            )
    return wanted


def _curve(form: Sequence[BankItem]) -> list[float]:
    points = [_point(one.parameters) for one in form]
    return [math.fsum(column) for column in zip(*points, strict=True)]


def _point(item: Item) -> list[float]:
    a, b, c = item
    expected = [c + (1 - c) / (1 + math.exp(-max(-700.0, min(700.0, a * (theta - b))))) for theta in _POINTS]
    return expected + [item_information(item, theta) for theta in _POINTS]


def _even_out(forms: list[list[BankItem]]) -> None:
    points = {one.name: _point(one.parameters) for form in forms for one in form}
    curves = [_curve(form) for form in forms]
    for _round in range(20):
        better = False
        for first in range(len(forms)):
            for second in range(first + 1, len(forms)):
                better |= _swap(forms, curves, points, first, second)
        if not better:
            return


def _swap(
    forms: list[list[BankItem]],
    curves: list[list[float]],
    points: Mapping[str, Sequence[float]],
    first: int,
    second: int,
) -> bool:
    """Exchange the pair of the same area that brings two forms' curves closest. Returns whether any did."""
    gap = [x - y for x, y in zip(curves[first], curves[second], strict=True)]
    best, chosen = math.fsum(one * one for one in gap) - 1e-12, None
    for i, mine in enumerate(forms[first]):
        for j, theirs in enumerate(forms[second]):
            if mine.content != theirs.content:
                continue
            moved = [
                g - 2 * (x - y) for g, x, y in zip(gap, points[mine.name], points[theirs.name], strict=True)
            ]
            distance = math.fsum(one * one for one in moved)
            if distance < best:
                best, chosen = distance, (i, j)
    if chosen is None:
        return False
    i, j = chosen
    forms[first][i], forms[second][j] = forms[second][j], forms[first][i]
    curves[first], curves[second] = _curve(forms[first]), _curve(forms[second])
    return True
