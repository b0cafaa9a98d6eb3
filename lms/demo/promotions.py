"""The first firm's openings: one that is open, one that was decided, one whose decision was appealed. All invented."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from lms.demo.acts import BELIZE, Diary
from lms.demo.cases import case
from lms.demo.people import Life
from lms.foundation.actor import Role
from lms.tracks.queries.promotion import find_decision
from lms.tracks.rules.appeals import can_be_rated_again
from lms.tracks.rules.decisions import Choice, Conflict, Decided
from lms.tracks.rules.openings import USUAL_QUESTIONS, OpeningFacts
from lms.tracks.services import appeals, deciding, interviews, openings
from lms.tracks.services.appeals import frozen_candidate

NONE = Conflict(False)
HEARD = (
    "Told of a new colleague whose holds were long: sat beside, let them try, looked again after a week.",
    "Would ask in private first, note the day, and agree what changes before any warning.",
    "Looks at the wall board, moves two breaks, tells the lead and says when to look again.",
)


class Promotions:
    """Writes the openings through the services that people use."""

    def __init__(self, diary: Diary) -> None:
        self.diary, self.world = diary, diary.world
        managers = self.world.with_role(Role.MANAGER)
        self.manager, self.second = managers[0], self.world.with_role(Role.FIRM_ADMIN)[0]
        self.assessors = self.world.with_role(Role.ASSESSOR)

    def write(self) -> None:
        """All three, the oldest first."""
        self._appealed()
        self._decided()
        self._open()
        self.diary.session.flush()
        self.diary.session.expunge_all()

    def _case(self, key: str) -> Life:
        return self.world.named(case(key).name)

    def _at(self, days: int, hour: int = 10) -> datetime:
        return datetime.combine(self._day(days), time(hour), BELIZE)

    def _day(self, days: int) -> date:
        return self.diary.as_of - timedelta(days=days)

    def _do(self, doer: Life, act: Callable[..., Any], days: int, hour: int = 10, **said: Any) -> Any:
        actor = self.world.actor(doer)
        return act(self.diary.session, actor=actor, now=self._at(days, hour), **said)

    def _opening(self, title: str, team: str, days: int, lasts: int) -> Any:
        facts = OpeningFacts(
            title=title,
            rung="S1",
            team_id=self.world.team(team),
            places=1,
            opens_on=self._day(days),
            closes_on=self._day(days - lasts),
            decider_id=self.manager.person_id,
            second_id=self.second.person_id,
            questions=USUAL_QUESTIONS,
            note="Day shift. The same questions for everybody.",
        )
        return self._do(self.manager, openings.create_opening, days, facts=facts)

    def _candidates(self, opening: Any, own: Life, put: Life, days: int, reason: str) -> None:
        self._do(own, openings.put_oneself_forward, days, opening_id=opening.id)
        self._do(
            self.manager, openings.nominate, days, 11, opening_id=opening.id, who=put.name, reason=reason
        )

    def _interview(self, opening: Any, who: Life, about: Life, days: int, scores: tuple[int, ...]) -> None:
        answers = tuple(zip(scores, HEARD, strict=True))
        self._do(
            who,
            interviews.record_interview,
            days,
            14,
            opening_id=opening.id,
            person_id=about.person_id,
            answers=answers,
        )

    def _decision(self, opening: Any, days: int, reason: str, choices: tuple[Choice, ...]) -> Any:
        self._do(self.manager, openings.close_opening, days, 15, opening_id=opening.id)
        said = Decided(reason, choices, NONE, self._day(days - 90))
        decision = self._do(self.manager, deciding.decide, days, 16, opening_id=opening.id, said=said)
        self._do(
            self.second,
            deciding.answer_decision,
            days - 1,
            decision_id=decision.id,
            outcome="approved",
            reason="I read both ledgers and every note. The reasons name dated facts, and they are there.",
            conflict=NONE,
        )
        return decision

    def _decided(self) -> None:
        """Ixchel, who showed everything, was chosen over Norma, whose evidence went stale."""
        ixchel, norma = self._case("ready"), self._case("stale")
        opening = self._opening("Senior agent, Billing", "Billing", 10, 7)
        reason = "She knows the account longer than anybody, and new colleagues go to her first."
        self._candidates(opening, ixchel, norma, 9, reason)
        for who, about, scores in (
            (self.manager, ixchel, (4, 4, 5)),
            (self.manager, norma, (4, 3, 3)),
            (self.assessors[0], ixchel, (4, 5, 4)),
            (self.assessors[0], norma, (3, 3, 3)),
        ):
            self._interview(opening, who, about, 6, scores)
        self._decision(
            opening,
            4,
            "One of two shows everything the rung asks for today; both interviewers heard the same from her.",
            (
                Choice(
                    ixchel.person_id,
                    True,
                    "Every requirement is met on dated evidence, and she coached two new colleagues this quarter.",
                    "You are chosen for senior agent in Billing. Marcus sits down with you on Monday.",
                ),
                Choice(
                    norma.person_id,
                    False,
                    "Her course on social engineering and her written work are older than the rung allows.",
                    "Not this time: your C05 has run out. Take it again, and one written case, and you are back.",
                ),
            ),
        )

    def _appealed(self) -> None:
        """Delia appealed a rating; another assessor rated it again, blind, and the decision stood."""
        delia, marva = self._case("borderline"), self._case("upheld")
        opening = self._opening("Senior agent, Travel", "Travel", 40, 14)
        reason = "She held the line on a hard call in spring and wrote it up for the others."
        self._candidates(opening, delia, marva, 38, reason)
        for about, scores in ((delia, (3, 3, 4)), (marva, (4, 4, 4))):
            self._interview(opening, self.manager, about, 30, scores)
        decision = self._decision(
            opening,
            24,
            "The interviews differ on coaching, and that is what the team needs most in this season.",
            (
                Choice(
                    marva.person_id,
                    True,
                    "Gave a whole case of coaching with what changed after, and her written work was seen twice.",
                    "You are chosen for senior agent in Travel, from the first of the month.",
                ),
                Choice(
                    delia.person_id,
                    False,
                    "Strong on calls; her case of coaching had no second look, and two ratings are still young.",
                    "Not this time. Bring one coaching case with a second look, and apply again in the next round.",
                ),
            ),
        )
        self._appeal(decision, delia)

    def _appeal(self, decision: Any, who: Life) -> None:
        kept = find_decision(self.diary.session, actor=self.world.actor(who), decision_id=decision.id)
        assert kept is not None, "the decision was just made"
        rated = [
            one
            for one in frozen_candidate(kept.snapshot, who.person_id)["ledger"]
            if can_be_rated_again(one) and one["rater_id"] != str(self.assessors[-1].person_id)
        ]
        ground = "evidence" if rated and len(self.assessors) > 1 else "process"
        appeal = self._do(
            who,
            appeals.make_appeal,
            20,
            decision_id=decision.id,
            ground=ground,
            evidence_id=uuid.UUID(rated[0]["id"]) if ground == "evidence" else None,
            reason="The hour that was watched was a system outage; three of my contacts were only callbacks.",
        )
        if ground == "evidence":
            self._do(
                self.assessors[-1],
                appeals.rate_again,
                16,
                appeal_id=appeal.id,
                level=rated[0]["level"],
                scores=(),
                reason="By the anchors I come to the same level: what is written is whole and plainly seen.",
            )
        third = next(
            (
                one
                for one in (*self.world.with_role(Role.MANAGER), *self.world.with_role(Role.FIRM_ADMIN))
                if one not in (self.manager, self.second)
            ),
            None,
        )
        if third is not None:
            self._do(
                third,
                appeals.answer_appeal,
                14,
                appeal_id=appeal.id,
                outcome="upheld",
                reason="The second rating is the same as the first, and the reason given does not hang on it.",
            )

    def _open(self) -> None:
        """Two candidates, one interview so far, ten days to go."""
        opening = self._opening("Senior agent, Retail", "Retail", 3, 13)
        reason = "Three raters saw him lead the Monday huddle, and his team asks for more of it."
        self._candidates(opening, self._case("upheld"), self._case("two_raters"), 2, reason)
        self._interview(opening, self.assessors[0], self._case("two_raters"), 1, (4, 3, 4))
