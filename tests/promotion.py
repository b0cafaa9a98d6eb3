"""A firm that decides a promotion, step by step, for tests of any kind."""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from lms.foundation.actor import Role
from lms.tracks import services as tracks
from lms.tracks.models import Appeal, Decision, Opening
from lms.tracks.rules import EvidenceKind
from lms.tracks.rules.decisions import Choice, Conflict, Decided
from lms.tracks.rules.openings import OpeningFacts, Question
from lms.tracks.services import appeals, deciding, interviews, openings
from tests.house import House, Someone

TODAY = date(2026, 3, 2)
QUESTIONS = (
    Question("How did you help a colleague?", "No case", "A case", "A case, seen through"),
    Question("Two people are missing. What now?", "Hopes", "Moves breaks", "Counts, moves, tells"),
)
WHY = "Because the evidence and both interviews say so, in more than one place."
CHOSEN = "Coached two new colleagues and showed the change on their calls in February."
NOT_CHOSEN = "Shows good calls, but no coaching of others yet; the interviews say the same."
TOLD_CHOSEN = "You are chosen. We begin on Monday with a day beside your new team."
TOLD_NOT = "You are not chosen this time. A coaching session in April would show what is missing."
ARGUES = "The call that was rated was handed to me half way through, and I said so on the day."
NO_CONFLICT = Conflict(False)


@dataclass
class Promotion:
    """A firm with people in every part of a promotion; `word` stands in every text."""

    house: House
    word: str = "Toucan"
    at: uuid.UUID | None = None
    """An empty firm to use; one is made when there is none."""
    who: Someone | None = None
    """Somebody with the number `word`-1 who becomes the candidate who is not chosen."""
    made: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        house, word = self.house, self.word
        self.firm = self.at or house.firm(f"{word} Connect")
        self.manager = house.person(self.firm, Role.MANAGER, name=f"{word} Max Manager")
        self.second = house.person(self.firm, Role.MANAGER, name=f"{word} Sara Second")
        self.third = house.person(self.firm, Role.MANAGER, name=f"{word} Tia Third")
        self.admin = house.person(self.firm, Role.FIRM_ADMIN, name=f"{word} Ada Admin")
        self.ari = house.person(self.firm, Role.ASSESSOR, name=f"{word} Ari Assessor")
        self.bea = house.person(self.firm, Role.ASSESSOR, name=f"{word} Bea Assessor")
        self.ana = house.person(self.firm, name=f"{word} Ana Chi", number=f"{word}-21")
        self.ben = self.who or house.person(self.firm, name=f"{word} Ben Pop", number=f"{word}-22")
        self.bystander = house.person(self.firm, name=f"{word} Cal Uck")
        self.evidence = self.seen(self.ben, "A3", 2)

    def seen(self, about: Someone, competency: str, level: int, by: Someone | None = None) -> uuid.UUID:
        """Ari (or somebody else) watched one of them at work; the fact's id."""
        said = tracks.Observation(
            about.id,
            EvidenceKind.OBSERVED,
            competency,
            level,
            TODAY - timedelta(days=9),
            f"{about.name} calmed an angry caller and named the wait.",
        )
        row = self.house.act(by or self.ari, tracks.record_evidence, seen=said)
        found: uuid.UUID = row.id
        return found

    def facts(self, **said: Any) -> OpeningFacts:
        """What the opening says."""
        return OpeningFacts(
            **{
                "title": f"{self.word} Senior agent, Billing",
                "rung": "S1",
                "team_id": None,
                "places": 1,
                "opens_on": TODAY,
                "closes_on": TODAY + timedelta(days=14),
                "decider_id": self.manager.id,
                "second_id": self.second.id,
                "questions": QUESTIONS,
                "note": f"{self.word} day shift",
                **said,
            }
        )

    def opening(self, **said: Any) -> Opening:
        """An opening that is open."""
        made: Opening = self.house.act(self.manager, openings.create_opening, facts=self.facts(**said))
        return made

    def candidates(self, opening: Opening) -> None:
        """Ana asks to be considered, Ben is put forward."""
        self.house.act(self.ana, openings.put_oneself_forward, opening_id=opening.id)
        reason = f"{self.word}: he sat beside two new colleagues and they say what it changed."
        self.house.act(
            self.manager,
            openings.nominate,
            opening_id=opening.id,
            who=f"{self.word}-{1 if self.who else 22}",
            reason=reason,
        )

    def interview(self, opening: Opening, by: Someone, about: Someone, *scores: int) -> None:
        """Somebody gives a candidate scores."""
        answers = tuple((score, f"{about.name} told of a colleague and a call.") for score in scores)
        self.house.act(
            by, interviews.record_interview, opening_id=opening.id, person_id=about.id, answers=answers
        )

    def said(self, **more: Any) -> Decided:
        """Ana is chosen, Ben is not."""
        choices = (
            Choice(self.ana.id, True, f"{self.word}: {CHOSEN}", f"{self.word}: {TOLD_CHOSEN}"),
            Choice(self.ben.id, False, f"{self.word}: {NOT_CHOSEN}", f"{self.word}: {TOLD_NOT}"),
        )
        return Decided(
            **{
                "reason": f"{self.word}: {WHY}",
                "choices": choices,
                "conflict": NO_CONFLICT,
                "review_on": TODAY + timedelta(days=90),
                **more,
            }
        )

    def closed(self, **said: Any) -> Opening:
        """An opening with two candidates, interviewed by two, closed."""
        opening = self.opening(**said)
        self.candidates(opening)
        for about, scores in ((self.ana, (4, 5)), (self.ben, (3, 2))):
            self.interview(opening, self.ari, about, *scores)
        self.interview(opening, self.manager, self.ana, 4, 4)
        self.house.act(self.manager, openings.close_opening, opening_id=opening.id)
        return opening

    def decided(self, opening: Opening | None = None, **said: Any) -> Decision:
        """A decision that waits for its second approver."""
        opening = opening or self.closed()
        made: Decision = self.house.act(
            self.manager, deciding.decide, opening_id=opening.id, said=self.said(**said)
        )
        return made

    def answered(self, decision: Decision, outcome: str = "approved", **said: Any) -> None:
        """The second approver says so."""
        self.house.act(
            self.second,
            deciding.answer_decision,
            **{
                "decision_id": decision.id,
                "outcome": outcome,
                "reason": f"{self.word}: I read both ledgers and the notes of every interview.",
                "conflict": NO_CONFLICT,
                **said,
            },
        )

    def approved(self) -> Decision:
        """A decision that everybody was told."""
        decision = self.decided()
        self.answered(decision)
        return decision

    def appeal(self, decision: Decision, by: Someone | None = None, **said: Any) -> Appeal:
        """Ben says that a rating of his work is wrong."""
        made: Appeal = self.house.act(
            by or self.ben,
            appeals.make_appeal,
            **{
                "decision_id": decision.id,
                "ground": "evidence",
                "evidence_id": self.evidence,
                "reason": f"{self.word}: {ARGUES}",
                **said,
            },
        )
        return made

    def rated_again(self, appeal: Appeal, by: Someone | None = None, **said: Any) -> None:
        """Bea rates again, blind."""
        self.house.act(
            by or self.bea,
            appeals.rate_again,
            **{
                "appeal_id": appeal.id,
                "level": 3,
                "scores": (),
                "reason": f"{self.word}: by the anchors this is the third level: he named a risk nobody told him.",
                **said,
            },
        )

    def ids(self) -> dict[str, uuid.UUID]:
        """An opening that is open, and a decision of another that is appealed, by the names that routes give to ids."""
        appeal = self.appeal(self.approved())
        opening = self.opening()
        self.candidates(opening)
        return {"opening_id": opening.id, "decision_id": appeal.decision_id, "appeal_id": appeal.id}
