"""Taking facts that a device kept: in any order, partly, twice, from two devices, long after.

Each kind of fact goes to the same service as its plain form. What cannot count is kept with its reason, whole, for a
person to read: never dropped, never silently counted. A later kind of fact is one more entry in `TAKERS`; until then it
is kept as one that this program does not know.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments import queries as assessments
from lms.assessments import services as taking
from lms.assessments.rules import Clocks
from lms.assessments.services.packing import open_pack
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, LadderError, NotAllowed, NotFound
from lms.foundation.policy import require
from lms.learning import services
from lms.learning.models import SyncedFact
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import syncing as queries
from lms.learning.queries.memory import find_answer, find_log
from lms.learning.rules.syncing import FORMAT, BadFact, Fact, Result, Verdict, in_order
from lms.learning.services import memory
from lms.learning.services.half_typed import HalfTyped, keep_half_typed
from lms.people.models import Person

WAITS = "answers_missing"


@dataclass(frozen=True)
class Taken:
    """What a taker made of a fact. `again`: it had come before, by another way."""

    because: str | None = None
    again: bool = False
    sentence: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Desk:
    """One batch at work: whose it is, when it came, the seals already opened, and the attempts its answers belong to."""

    session: Session
    actor: Actor
    secret: str
    now: datetime
    facts: Sequence[Fact] = ()
    seals: dict[tuple[uuid.UUID, str], datetime | None] = field(default_factory=dict)
    attempts: dict[uuid.UUID, taking.Together] = field(default_factory=dict)

    def together(self, attempt_id: uuid.UUID) -> taking.Together:
        """The attempt with the questions that this batch answers, read when the first of them is."""
        if attempt_id not in self.attempts:
            answers = [fact for fact in self.facts if fact.kind == "response"]
            positions: set[int] = set()
            for fact in answers:
                with suppress(BadFact):
                    positions.add(fact.a_number("position", most=9999))
            self.attempts[attempt_id] = taking.hold_together(
                self.session,
                actor=self.actor,
                attempt_id=attempt_id,
                positions=positions,
                ids={fact.id for fact in answers},
            )
        return self.attempts[attempt_id]

    def issued_at(self, attempt_id: uuid.UUID, seal: object) -> datetime | None:
        """When the pack of a seal was made, if it is one of ours for this attempt."""
        if not isinstance(seal, str) or not seal:
            return None
        if (attempt_id, seal) not in self.seals:
            self.seals[attempt_id, seal] = open_pack(
                self.session, actor=self.actor, attempt_id=attempt_id, seal=seal, secret=self.secret
            )
        return self.seals[attempt_id, seal]


def sync(
    session: Session, *, actor: Actor, facts: Sequence[Fact], secret: str, now: datetime
) -> list[Verdict]:
    """Take a batch of the actor's own facts; one verdict each, in the batch's order. Raises NotAllowed."""
    require(POLICY, actor, LearningPermission.LEARN)
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
    known = queries.list_synced(session, actor=actor, ids=[fact.id for fact in facts])
    desk, found = Desk(session, actor, secret, now, facts), {}
    for fact in in_order(facts):
        first = known.get(fact.id)
        if first is None:
            known[fact.id], found[id(fact)] = _take(desk, fact)
        else:
            found[id(fact)] = Verdict(fact.told, Result.HAD, Result(first.result), first.because)
    settled = _settle_waiting(desk)
    return [_now_settled(found[id(fact)], settled.get(fact.id)) for fact in facts]


def _take(desk: Desk, fact: Fact) -> tuple[SyncedFact, Verdict]:
    taken = _taken(desk, fact)
    result = Result.KEPT if taken.because else Result.COUNTED
    row = SyncedFact(
        firm_id=desk.actor.firm_id,
        person_id=desk.actor.person_id,
        id=fact.id,
        kind=fact.kind,
        result=result,
        because=taken.because,
        said=fact.text if taken.because else None,
        device_at=fact.device_at,
        elapsed_ms=fact.elapsed_ms,
        arrived_at=desk.now,
    )
    desk.session.add(row)
    verdict = Verdict(fact.told, Result.HAD if taken.again else result, result, taken.because)
    return row, replace(verdict, sentence=taken.sentence, values=taken.values)


def _taken(desk: Desk, fact: Fact) -> Taken:
    """What the fact's own service makes of it; whatever it had begun is undone when it refuses."""
    if fact.format > FORMAT:
        return Taken("newer_format")
    if not fact.kind:
        return Taken("unreadable")
    taker = TAKERS.get(fact.kind)
    if taker is None:
        return Taken("unknown_kind")
    try:
        if taker is _response:  # it refuses before it writes: there is nothing to undo
            return taker(desk, fact)
        with desk.session.begin_nested():
            return taker(desk, fact)
    except BadFact:
        return Taken("unreadable")
    except LadderError as error:
        told = error if isinstance(error, Invalid) else LadderError()
        return Taken(REFUSALS.get(type(error), "unreadable"), sentence=told.sentence, values=told.values)


REFUSALS: Mapping[type[LadderError], str] = {
    NotFound: "not_found",
    Conflict: "id_taken",
    Invalid: "unreadable",
    NotAllowed: "not_allowed",
}


def _card(desk: Desk, fact: Fact) -> Taken:
    card = services.FinishedCard(
        fact.id,
        fact.an_id("course"),
        fact.a_key("lesson"),
        fact.a_key("card"),
        fact.device_at,
        fact.an_id("version") if fact.said.get("version") else None,
    )
    place = services.finish_card(desk.session, actor=desk.actor, fact=card, now=desk.now)
    return Taken(None if place.counted else "older_version", place.again)


def _check(desk: Desk, fact: Fact) -> Taken:
    checked = services.answer_check(
        desk.session,
        actor=desk.actor,
        course_id=fact.an_id("course"),
        lesson_key=fact.a_key("lesson"),
        check_key=fact.a_key("check"),
        answer_id=fact.id,
        raw=fact.fields(),
        now=desk.now,
        version_id=fact.an_id("version") if fact.said.get("version") else None,
    )
    return Taken(again=checked.again)


def _response(desk: Desk, fact: Fact) -> Taken:
    attempt_id, position = fact.an_id("attempt"), fact.a_number("position", most=9999)
    issued_at = desk.issued_at(attempt_id, fact.said.get("pack"))
    clocks = None
    if issued_at is not None and fact.elapsed_ms is not None:
        wall = None if fact.wall_ms is None else timedelta(milliseconds=fact.wall_ms)
        clocks = Clocks(issued_at, timedelta(milliseconds=fact.elapsed_ms), wall)
    given = taking.Given(
        fact.id,
        attempt_id,
        position,
        fact.fields(),
        fact.a_number("order", most=2_000_000_000),
        fact.device_at,
        flagged if isinstance(flagged := fact.said.get("flagged"), bool) else None,
        clocks,
    )
    kept = taking.record_response(
        desk.session, actor=desk.actor, given=given, now=desk.now, together=desk.together(attempt_id)
    )
    return Taken(kept.because, kept.again)


def _submit(desk: Desk, fact: Fact) -> Taken:
    attempt_id, wanted = fact.an_id("attempt"), fact.ids("answers")
    attempt = assessments.find_attempt(desk.session, actor=desk.actor, attempt_id=attempt_id)
    if attempt is None:
        raise NotFound("There is no such attempt.")
    if attempt.submitted_at is not None:
        return Taken(again=True)
    if queries.list_not_here(desk.session, actor=desk.actor, ids=wanted):
        return Taken(WAITS)
    taking.submit_attempt(desk.session, actor=desk.actor, attempt_id=attempt_id, now=desk.now)
    return Taken()


def _review(desk: Desk, fact: Fact) -> Taken:
    """An answer to a review card. The first that arrives for one showing of it counts, from whichever device."""
    card_id, nth = fact.an_id("card"), fact.a_number("nth", most=100_000)
    first = find_answer(desk.session, actor=desk.actor, card_id=card_id, nth=nth)
    if first is not None and first.id != fact.id:
        return Taken("answered_before")
    answered = memory.Answered(fact.id, card_id, nth, fact.fields(), fact.device_at)
    reviewed = memory.answer_card(desk.session, actor=desk.actor, answered=answered, now=desk.now)
    return Taken(again=reviewed.again)


def _felt(desk: Desk, fact: Fact) -> Taken:
    """How well an answer was known. It may come before the answer, and then waits for it."""
    answer_id, felt = fact.an_id("answer"), fact.a_key("felt")
    if find_log(desk.session, actor=desk.actor, log_id=answer_id) is None:
        told = queries.list_synced(desk.session, actor=desk.actor, ids=[answer_id])
        return Taken("answer_not_counted" if answer_id in told else WAITS)
    said = memory.say_how_well(
        desk.session,
        actor=desk.actor,
        word_id=fact.id,
        answer_id=answer_id,
        felt=felt,
        now=desk.now,
        guessed=True,
    )
    return Taken(again=said.again)


def _half(desk: Desk, fact: Fact) -> Taken:
    """What was half typed in a lesson. One that is older than what is kept has nothing to add."""
    half = HalfTyped(
        fact.an_id("course"),
        fact.a_key("lesson"),
        fact.a_key("check"),
        fact.fields(),
        fact.device_at,
        fact.an_id("version") if fact.said.get("version") else None,
    )
    return Taken(again=not keep_half_typed(desk.session, actor=desk.actor, half=half, now=desk.now))


TAKERS: Mapping[str, Callable[[Desk, Fact], Taken]] = {
    "card": _card,
    "check": _check,
    "response": _response,
    "submit": _submit,
    "review": _review,
    "felt": _felt,
    "half": _half,
}


def _settle_waiting(desk: Desk) -> dict[uuid.UUID, SyncedFact]:
    """Take what waited for answers that have come by now: hand-ins, and words on answers; those that wait no more, by id."""
    desk.session.flush()  # the answers of this batch are looked for among the rest
    settled: dict[uuid.UUID, SyncedFact] = {}
    waiting = list(queries.list_waiting(desk.session, actor=desk.actor, because=WAITS))
    more = True
    while more:  # one that is settled hands its attempt in, and settles the other hand-ins of that attempt
        more = False
        for row in [one for one in waiting if one.id not in settled]:
            because = _taken(desk, queries.as_fact(row)).because
            if because == WAITS:
                continue
            settled[row.id], more = row, True
            if because is not None:
                row.because = because
            else:
                row.result, row.because, row.said = Result.COUNTED, None, None
    desk.session.flush()
    return settled


def _now_settled(verdict: Verdict, row: SyncedFact | None) -> Verdict:
    if row is None:
        return verdict
    if row.because is not None:
        return replace(verdict, because=row.because)
    result = Result.COUNTED if verdict.result is Result.KEPT else verdict.result
    return Verdict(verdict.id, result, Result.COUNTED)
