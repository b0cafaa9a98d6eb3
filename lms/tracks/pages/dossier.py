"""A person's dossier for a rung, as a page, as Markdown and as a PDF: the same sentences each time."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.words import N_
from lms.tracks import queries
from lms.tracks.framework_files import shipped_rule
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules import Dossier, Reason, State, dossier
from lms.tracks.services import Path, see_standing

Say = Callable[[Reason], str]
Words = Callable[[str], str]
STATES = {
    State.MET: N_("Met"),
    State.BORDERLINE: N_("Borderline"),
    State.NOT_YET: N_("Not yet"),
    State.STALE: N_("Stale"),
    State.NO_EVIDENCE: N_("No evidence"),
}


@dataclass(frozen=True)
class DossierPage:
    """The dossier, whose it is, and what the raters are called."""

    path: Path
    dossier: Dossier
    names: Mapping[str, str]


def dossier_page(
    session: Session, *, actor: Actor, person_id: uuid.UUID, rung: str, as_of: date
) -> DossierPage:
    """A person's dossier for a rung as of a day. Raises NotFound, NotAllowed."""
    path = see_standing(session, actor=actor, person_id=person_id, rung=rung, as_of=as_of)
    raters = frozenset(uuid.UUID(one.rater) for one in path.ledger if one.rater)
    names = queries.list_names(session, actor=actor, person_ids=raters)
    competencies = framework_of(session, actor=actor, on=as_of)["competencies"]
    made = dossier(path.standing, path.ledger, path.leave, shipped_rule(as_of), competencies)
    return DossierPage(path, made, names)


@dataclass(frozen=True)
class Part:
    """A heading and its lines."""

    heading: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Head:
    """Whose dossier it is and by what it was made."""

    name: str
    rung: str
    rung_name: str
    profile: str
    started_on: date
    role_started_on: date
    rule: int


def head_of(path: Path) -> Head:
    """The head of a person's dossier."""
    used = path.standing.profile
    return Head(
        path.person.name,
        path.rung["key"],
        path.rung["name"],
        f"{used.name} {used.version}" if used else "",
        path.person.started_on,
        path.person.role_started_on,
        path.standing.rule,
    )


def parts(made: Dossier, head: Head, say: Say, words: Words) -> list[Part]:
    """The dossier as headings and lines, in the language of `say` and `words`."""

    def told(sentence: str, **values: Any) -> str:
        return say(Reason(sentence, values))

    first = [
        told(N_("As of %(day)s, by version %(rule)s of the rule."), day=made.as_of, rule=head.rule),
        told(
            N_("Here since %(day)s; in the role since %(role)s."),
            day=head.started_on,
            role=head.role_started_on,
        ),
    ]
    if head.profile:
        first.append(told(N_("Held against the profile %(profile)s."), profile=head.profile))
    if made.together is not None:
        first.append(
            words(N_("Ready for consideration."))
            if made.together.ready
            else words(N_("Not ready for consideration."))
        )
        if made.together.closed_gates:
            first.append(say(made.together.closed_gates))
        others = len(made.together.reasons) - made.together.gates
        if others:
            first.append(told(N_("In the way, beside the gates: %(count)s; see each below."), count=others))
    first.append(words(N_("This advises nothing: a named person decides, and writes down why.")))
    facts = [
        f"[{one.number}] {say(one.words)} · " + " · ".join(say(part) for part in one.words.below) + "."
        for one in made.facts
    ]
    if made.left_out:
        facts.append(told(N_("%(count)s more facts speak for nothing this rung asks."), count=made.left_out))
    found = [
        Part(f"{head.name}: {head.rung} · {words(head.rung_name)}", first),
        Part(words(N_("Requirements")), [_line(row, say, words) for row in made.requirements]),
        Part(words(N_("Competencies")), [_line(row, say, words) for row in made.competencies]),
        Part(words(N_("Facts")), facts or [words(N_("Nothing is recorded yet."))]),
    ]
    if made.leave:
        away = [
            told(
                N_("From %(since)s until %(until)s."),
                since=one.since,
                until=one.until or words(N_("not known yet")),
            )
            for one in made.leave
        ]
        found.append(Part(words(N_("Protected leave")), away))
    return found


def _line(row: Any, say: Say, words: Words) -> str:
    cell = row.cell
    name = f"{cell.key} · {words(cell.text)}" if cell.kind == "competency" else words(cell.text)
    cited = "".join(f" [{number}]" for number in row.facts)
    more = "".join(f" {say(one)}" for one in row.more)
    contested = f" ({words(N_('Contested'))})" if cell.contested else ""
    return f"{name}: {words(STATES[cell.state])}{contested}. {say(cell.reason)}{cited}{more}"


def markdown(found: Sequence[Part]) -> str:
    """The parts as Markdown."""
    blocks = [
        f"{'#' if place == 0 else '##'} {part.heading}\n\n" + "\n".join(f"- {line}" for line in part.lines)
        for place, part in enumerate(found)
    ]
    return "\n\n".join(blocks) + "\n"
