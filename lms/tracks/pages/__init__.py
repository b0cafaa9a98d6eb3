"""What the pages of this room show, gathered in a fixed number of statements."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.courses.queries.translating import list_twins
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.people import queries as people
from lms.tracks import queries
from lms.tracks.framework_files import find_rung
from lms.tracks.pages.kpi import Strip, strips
from lms.tracks.pages.routing import Routed, routed, with_minutes_left
from lms.tracks.queries.framework import framework_of
from lms.tracks.queries.routing import list_finals, list_under_way
from lms.tracks.rules import Evidence, Place, place_on, standing
from lms.tracks.services import Path, facts_of, see_standing


@dataclass(frozen=True)
class OwnPath:
    """A person's own path on one rung: their place on each track, the way up, and where to take each course."""

    path: Path
    places: Mapping[str, Place]
    route: Routed
    courses: Mapping[str, uuid.UUID]
    names: Mapping[str, str]


def own_path(session: Session, *, actor: Actor, rung: str | None, as_of: date, reader: str = "") -> OwnPath:
    """The actor's path; on the rung next to theirs on the first track when none is named. Raises NotFound.

    `reader`: the language in which a course is offered where it is there in several and none was begun.
    """
    person = people.find_employment(session, actor=actor, person_id=actor.person_id)
    if person is None:
        raise NotFound("There is no such person.")
    leave = queries.list_protected(session, actor=actor, person_id=actor.person_id)
    finals = list_finals(session, actor=actor)
    begun = list_under_way(session, actor=actor, person_id=actor.person_id, as_of=as_of, finals=finals)
    framework = with_minutes_left(framework_of(session, actor=actor, on=as_of), begun)
    facts = facts_of(person, leave)
    ledger = queries.list_ledger(session, actor=actor, person_id=actor.person_id)
    places = {
        track["key"]: place_on(track, framework, ledger, facts, as_of, job_role=person.job_role)
        for track in framework["tracks"]
    }
    first = places[framework["tracks"][0]["key"]]
    found = find_rung(framework, rung or first.next or first.held or "")
    if found is None:
        raise NotFound("There is no such rung.")
    stand = standing(found[1], framework, ledger, facts, as_of)
    keys = [cell.key for cell in stand.cells if cell.kind == "course"]
    live = {key: one.id for key, one in courses.find_live_by_key(session, actor=actor, keys=keys).items()}
    twins = {
        one.of: one.id
        for one in list_twins(session, actor=actor, course_ids=list(live.values()))
        if one.language == reader
    }
    return OwnPath(
        Path(*found, stand, ledger, person, leave),
        places,
        routed(
            lambda day: standing(found[1], framework, ledger, facts, day),
            found[1],
            framework,
            ledger,
            finals,
            as_of,
        ),
        {key: begun[key].course_id if key in begun else twins.get(one, one) for key, one in live.items()},
        _raters(session, actor, ledger),
    )


@dataclass(frozen=True)
class PersonPage:
    """One person on one rung, for whoever must be able to defend a choice."""

    path: Path
    route: Routed
    names: Mapping[str, str]
    strips: Sequence[Strip]


def person_page(
    session: Session, *, actor: Actor, person_id: uuid.UUID, rung: str, as_of: date
) -> PersonPage:
    """A person's standing with the names of those who rated it. Raises NotFound, NotAllowed."""
    path = see_standing(session, actor=actor, person_id=person_id, rung=rung, as_of=as_of)
    finals = list_finals(session, actor=actor)
    begun = list_under_way(session, actor=actor, person_id=person_id, as_of=as_of, finals=finals)
    framework = with_minutes_left(framework_of(session, actor=actor, on=as_of), begun)
    facts = facts_of(path.person, path.leave)
    return PersonPage(
        replace(path, standing=standing(path.rung, framework, path.ledger, facts, as_of)),
        routed(
            lambda day: standing(path.rung, framework, path.ledger, facts, day),
            path.rung,
            framework,
            path.ledger,
            finals,
            as_of,
        ),
        _raters(session, actor, path.ledger),
        strips(session, actor=actor, person_id=person_id, as_of=as_of),
    )


@dataclass(frozen=True)
class EvidencePage:
    """What is recorded about somebody, with the names of those who rated it."""

    ledger: Sequence[Evidence]
    names: Mapping[str, str]
    looks: Sequence[queries.Look]


def own_evidence(session: Session, *, actor: Actor) -> EvidencePage:
    """Everything that is recorded about the actor, latest first, and who has looked at it."""
    ledger = queries.list_ledger(session, actor=actor, person_id=actor.person_id)
    looks = queries.list_looks(session, actor=actor, person_id=actor.person_id)
    return EvidencePage(ledger[::-1], _raters(session, actor, ledger), looks)


def _raters(session: Session, actor: Actor, ledger: Sequence[Evidence]) -> Mapping[str, str]:
    raters = frozenset(uuid.UUID(one.rater) for one in ledger if one.rater)
    return queries.list_names(session, actor=actor, person_ids=raters)
