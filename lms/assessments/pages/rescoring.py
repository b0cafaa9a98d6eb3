"""What whoever decides sees before everybody is scored again, and what a firm sees of it afterwards."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy.orm import Session

from lms.assessments.kinds.carrying import carries
from lms.assessments.pages.questions import Desk, open_desk
from lms.assessments.queries import rescoring as queries
from lms.assessments.queries.rescoring import AskedVersion, Decided
from lms.assessments.rescoring import (
    CHOICES,
    Again,
    Rule,
    Tally,
    letters_of,
    right_now,
    rule_problem,
    score_again,
    tally,
)
from lms.assessments.services.rescoring import ONLY_QUESTION, across, is_pooled
from lms.courses.policy import CoursePermission
from lms.courses.services.people import stand
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.ids import new_id

MOST_NAMED = 200


@dataclass(frozen=True)
class Named:
    """A person of the own firm whose attempt changes."""

    name: str
    again: Again


@dataclass(frozen=True)
class Preview:
    """Whom a rule would change. `people` are of the own firm; of other firms there are counts only."""

    rule: Rule
    takes_passes: bool
    problem: str | None
    whole: Tally
    firms: Sequence[tuple[str, Tally]]
    people: Sequence[Named]
    more: int


@dataclass(frozen=True)
class RescorePage:
    """A question that may be scored again: its versions, what was decided, and what a choice would mean."""

    desk: Desk
    key: str
    versions: Sequence[AskedVersion]
    chosen: AskedVersion
    standing: Mapping[uuid.UUID, Rule]
    decisions: Sequence[Decided]
    preview: Preview | None
    pooled: bool
    rescoring_id: uuid.UUID
    others: Sequence[AskedVersion]
    """Of kinds without letters: the other versions whose key can score what people answered to the chosen one."""
    awaits_version: bool
    """Whether its key can be corrected once a corrected version of it is published."""

    @property
    def letters(self) -> Sequence[tuple[str, str]]:
        """The options of the chosen version by letter, where its key is letters."""
        document = self.chosen.document
        if document.get("kind") not in CHOICES:
            return ()
        texts = [str(one.get("text", "")) for one in document.get("options") or ()] or ["", ""]
        return list(zip(letters_of(document), texts, strict=True))

    @property
    def right(self) -> frozenset[str]:
        """What counts as right now."""
        rule = self.standing.get(self.chosen.id)
        return rule.right if rule and rule.right else right_now(self.chosen.document)

    @property
    def undoable(self) -> uuid.UUID | None:
        """The decision that stands for the chosen version, once it has been carried out."""
        standing = {one.row.undoes_id for one in self.decisions}
        found = next(
            (
                one.row
                for one in self.decisions
                if one.row.question_version_id == self.chosen.id
                and one.row.change != "undo"
                and one.row.id not in standing
            ),
            None,
        )
        return found.id if found is not None and found.done_at is not None else None


def rescore_page(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    key: str,
    version_id: uuid.UUID | None = None,
    rule: Rule | None = None,
    takes_passes: bool = False,
) -> RescorePage:
    """Raises NotFound, NotAllowed."""
    stood = stand(session, actor=actor, course_id=course_id, permission=CoursePermission.PUBLISH)
    desk = open_desk(session, actor=actor, course_id=course_id)
    pooled = is_pooled(session, actor, stood.course)
    firm_id = None if pooled else actor.firm_id
    with across(session, pooled):
        versions = queries.list_asked_versions(session, course_id=course_id, key=key, firm_id=firm_id)
        if not versions:
            raise NotFound("There is no such question.")
        most = max(versions, key=lambda one: one.attempts)
        chosen = next((one for one in versions if one.id == version_id), most)
        decisions = queries.list_decisions(
            session, course_id=course_id, key=key, owner_id=actor.firm_id, firm_id=firm_id
        )
        rule = _with_key(rule, versions, chosen)
        preview = _preview(session, actor, chosen, rule, takes_passes, firm_id) if rule else None
    standing = queries.find_standing_rules(session, version_ids=[one.id for one in versions])
    others: list[AskedVersion] = []
    if chosen.document.get("kind") not in CHOICES:
        others = [one for one in versions if one.id != chosen.id and carries(chosen.document, one.document)]
    waits = chosen.document.get("kind") not in CHOICES and carries(chosen.document, chosen.document)
    return RescorePage(
        desk,
        key,
        versions,
        chosen,
        standing,
        decisions,
        preview,
        pooled,
        new_id(),
        others,
        waits and not others,
    )


def _with_key(rule: Rule | None, versions: Sequence[AskedVersion], chosen: AskedVersion) -> Rule | None:
    """A rule with the document of the version whose key it names, when it is another version of this question."""
    if rule is None or rule.by is None:
        return rule
    other = next((one for one in versions if one.id == rule.by and one.id != chosen.id), None)
    return rule if other is None else replace(rule, number=other.number, key=other.document)


def _preview(
    session: Session,
    actor: Actor,
    chosen: AskedVersion,
    rule: Rule,
    takes_passes: bool,
    firm_id: uuid.UUID | None,
) -> Preview:
    problem = rule_problem(rule, chosen.document)
    if problem:
        return Preview(rule, takes_passes, problem, Tally(), (), (), 0)
    sittings = queries.list_sittings(session, version_id=chosen.id, firm_id=firm_id)
    found = [score_again(one, rule, chosen.document, takes_passes=takes_passes) for one in sittings]
    agains = [one for one in found if one is not None]
    asked = {firm: len(list(those)) for firm, those in groupby(sittings, key=lambda one: one.firm_id)}
    names = queries.list_firms(session, firm_ids=list(asked))
    firms = [
        (names[firm], tally(count, [one for one in agains if one.sitting.firm_id == firm]))
        for firm, count in asked.items()
    ]
    own = [one for one in agains if one.sitting.firm_id == actor.firm_id and not one.sitting.waiting]
    own.sort(key=lambda one: (one.passed == one.sitting.passed and not one.kept, -abs(one.difference)))
    people = queries.list_employed(
        session,
        firm_id=actor.firm_id,
        person_ids=[one.sitting.person_id for one in own[:MOST_NAMED]],
    )
    if any(one.questions == 0 for one in agains):
        problem = ONLY_QUESTION
    return Preview(
        rule,
        takes_passes,
        problem,
        tally(len(sittings), agains),
        sorted(firms, key=lambda one: one[0]),
        [Named(people.get(one.sitting.person_id, ""), one) for one in own[:MOST_NAMED]],
        max(0, len(own) - MOST_NAMED),
    )
