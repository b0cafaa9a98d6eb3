"""What may be done about each gap of a standing, and what it closes: the acts that a route chooses from."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lms.tracks.rules.days import months_before
from lms.tracks.rules.evidence import SEEN_AT_WORK, Evidence, EvidenceKind, is_contested, known
from lms.tracks.rules.explaining import Cell, Standing, State
from lms.tracks.rules.routing import Act

TWO_KINDS_FROM, STALE_AFTER_MONTHS = 3, 18
"""As in the readiness rule: what a level asks for, and how old what is left of it may be when a way is looked for."""


@dataclass(frozen=True)
class Final:
    """A course's final as it is live: its minutes, and the competencies it is evidence of, each at a level."""

    course: str
    minutes: int
    shows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Catalogue:
    """A rung's gaps for one person, and the acts that could close them."""

    gaps: frozenset[str]
    acts: tuple[Act, ...]


def catalogue(
    stand: Standing,
    rung: Mapping[str, Any],
    framework: Mapping[str, Any],
    evidence: Sequence[Evidence],
    known_acts: Mapping[str, Any],
    finals: Sequence[Final],
) -> Catalogue:
    """What is open of a standing, and everything that could close it."""
    needs = {one["key"]: one for one in rung["requirements"]}
    there = known(evidence, stand.as_of)
    gaps: set[str] = set()
    acts: dict[str, Act] = {}
    done = {one.requirement for one in there if one.kind is EvidenceKind.COURSE and one.good}
    for cell in stand.cells:
        if cell.state is State.MET or cell.kind == "competencies":
            continue
        gaps.add(cell.key)
        for act in _of_requirement(cell, needs[cell.key], framework, known_acts, done):
            acts[act.key] = act
    missing = {
        cell.key: parts for cell in stand.competencies if (parts := _missing(cell, there, stand.as_of))
    }
    gaps.update(f"{key}:{part}" for key, parts in missing.items() for part in parts)
    required = {cell.key: cell.required or 0 for cell in stand.competencies}
    had = {key: _kinds(key, required[key], there, stand.as_of) for key in missing}
    for said in known_acts["acts"]:
        shows = [key for key in missing if key in said["shows"] or key[0] in said["shows"]]
        closes = {gap for key in shows for gap in _closes(key, said["kind"], missing[key], had[key])}
        if closes:
            acts[said["key"]] = Act(
                said["key"],
                said["kind"],
                said["title"],
                said["minutes"],
                frozenset(closes),
                in_breaks=said["in_breaks"],
                assessor=said["assessor"],
                wait_days=said["wait_days"],
            )
    minutes = {one["key"]: one for one in framework["courses"]}
    for final in finals:
        closes = {
            gap
            for key, level in final.shows
            if key in missing and level >= required[key]
            for gap in _closes(key, "assessment", missing[key], had[key])
        }
        if not closes:
            continue
        needed = (
            frozenset() if final.course in done and final.course not in acts else frozenset((final.course,))
        )
        if needed and final.course not in acts and final.course in minutes:
            acts[final.course] = _course(final.course, minutes[final.course], frozenset(), None)
        acts[f"{final.course}:final"] = Act(
            f"{final.course}:final",
            "final",
            minutes[final.course]["title"] if final.course in minutes else final.course,
            final.minutes,
            frozenset(closes),
            needed,
            in_breaks=True,
        )
    exam = next((key for key, one in acts.items() if one.kind == "assessment"), None)
    if exam is not None:
        # An exam comes after the courses that the rung asks for; where it leaves a choice, after those of the way chosen.
        asked = {one["course"] for one in rung["requirements"] if "course" in one}
        before = frozenset(key for key, one in acts.items() if key in asked and one.closes)
        acts[exam] = replace(acts[exam], needs=before)
    return Catalogue(frozenset(gaps), tuple(acts.values()))


def _course(key: str, course: Mapping[str, Any], closes: frozenset[str], months: int | None) -> Act:
    return Act(key, "course", course["title"], course["minutes"], closes, in_breaks=True, lasts_months=months)


def _of_requirement(
    cell: Cell,
    need: Mapping[str, Any],
    framework: Mapping[str, Any],
    known_acts: Mapping[str, Any],
    done: Collection[str | None],
) -> Iterator[Act]:
    courses = {one["key"]: one for one in framework["courses"]}
    if cell.kind == "course":
        months = need.get("within_months")
        if "course" in need:
            yield _course(need["course"], courses[need["course"]], frozenset((cell.key,)), months)
            return
        for branch in need["any_of"]:
            left = [key for key in branch if key not in done or months is not None]
            for key in left:
                yield _course(key, courses[key], frozenset(), months)
            yield Act(
                "+".join(branch),
                "course",
                " + ".join(branch),
                0,
                frozenset((cell.key,)),
                frozenset(left),
                in_breaks=True,
            )
        return
    if cell.kind == "tenure":
        due = cell.reason.values.get("due")
        yield Act(
            cell.key,
            "tenure",
            cell.text,
            0,
            frozenset((cell.key,)),
            not_before=due if isinstance(due, date) else None,
        )
        return
    said = known_acts["requirements"][cell.kind]
    voices = max(1, need.get("raters", 1)) if cell.kind == "attestation" else 1
    yield Act(
        cell.key,
        cell.kind,
        said["title"],
        need.get("minutes", said["minutes"] * voices),
        frozenset((cell.key,)),
        in_breaks=said["in_breaks"],
        assessor=said["assessor"],
        wait_days=said["wait_days"],
    )


def _kinds(key: str, required: int, there: Sequence[Evidence], as_of: date) -> frozenset[EvidenceKind]:
    """The kinds of evidence that speak for a competency at its level today."""
    return frozenset(
        one.kind
        for one in there
        if one.competency == key
        and (one.level or 0) >= required
        and one.good
        and one.kind is not EvidenceKind.COURSE
        and not one.near_the_mark
        and not is_contested(one, as_of)
        and not one.information
        and one.on > months_before(as_of, STALE_AFTER_MONTHS)
        and (one.expires_on is None or one.expires_on >= as_of)
    )


def _missing(cell: Cell, there: Sequence[Evidence], as_of: date) -> frozenset[str]:
    """What a competency still needs: `any` evidence at its level; or one `seen` at work, and one of an`other` kind."""
    if cell.state is State.MET:
        return frozenset()
    if (cell.required or 0) < TWO_KINDS_FROM:
        return frozenset(("any",))
    had = _kinds(cell.key, cell.required or 0, there, as_of)
    if not had:
        return frozenset(("seen", "other"))
    return frozenset(("other",)) if had & SEEN_AT_WORK else frozenset(("seen",))


def _closes(key: str, kind: str, parts: frozenset[str], had: frozenset[EvidenceKind]) -> Iterator[str]:
    """Which parts of a competency's gap an act of a kind closes. Kinds that are there already add nothing."""
    if "any" in parts:
        yield f"{key}:any"
        return
    if kind in had:
        return
    seen = kind in (EvidenceKind.OBSERVED, EvidenceKind.WORK_SAMPLE)
    if "seen" in parts and (seen or (had and kind in SEEN_AT_WORK)):
        yield f"{key}:seen"
    elif "other" in parts and (not seen or had):
        yield f"{key}:other"
