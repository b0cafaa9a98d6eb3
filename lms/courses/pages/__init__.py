"""What the catalogue shows, gathered in a fixed number of statements."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.queries import (
    PAGE,
    CompetenciesNamed,
    CoursesListed,
    DueAsked,
    DueLine,
    HowFar,
    Listed,
    Wanted,
)
from lms.courses.queries.translating import Twin, list_twins
from lms.foundation.actor import Actor
from lms.foundation.events import ask

LENGTHS = (15, 30, 60)


@dataclass(frozen=True)
class CataloguePage:
    """A page of the catalogue; `more` is the key that the next one starts after, or empty."""

    wanted: Wanted
    courses: Sequence[Listed]
    more: str
    count: int
    facets: Mapping[str, Sequence[str]]
    competencies: Mapping[str, str]
    far: Mapping[uuid.UUID, HowFar]
    due: Sequence[DueLine]
    twins: Mapping[uuid.UUID, Sequence[Twin]]
    """The other languages that the courses shown are there in."""


def catalogue_page(session: Session, *, actor: Actor, wanted: Wanted, now: datetime) -> CataloguePage:
    """Live courses that fit, how far the reader is in each, and what they can be filtered by."""
    found = queries.list_catalogue(session, actor=actor, wanted=wanted)
    shown, facets = found[:PAGE], queries.list_facets(session, actor=actor)
    names = dict(ask(session, CompetenciesNamed(tuple(facets["competency"]))))
    far = ask(session, CoursesListed(actor, tuple(one.id for one in shown)))
    return CataloguePage(
        wanted,
        shown,
        shown[-1].key if len(found) > PAGE else "",
        queries.count_catalogue(session, actor=actor, wanted=replace(wanted, after="")),
        facets,
        {key: names.get(key, key) for key in facets["competency"]},
        {one.course_id: one for one in far},
        list(ask(session, DueAsked(actor, now))),
        by_course(list_twins(session, actor=actor, course_ids=[one.id for one in shown])),
    )


def by_course(twins: Sequence[Twin]) -> dict[uuid.UUID, list[Twin]]:
    """The other languages of each course."""
    found: dict[uuid.UUID, list[Twin]] = {}
    for one in twins:
        found.setdefault(one.of, []).append(one)
    return found
