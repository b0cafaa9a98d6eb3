"""What the server's record must be after a generated schedule: a plain interpreter of arrivals, one rule a line."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench.phones_world import Card
from lms.learning.rules.memory import FELT, Grade, Memory, review
from lms.learning.rules.syncing import FORMAT

LIMIT = timedelta(minutes=10)
GRACE = timedelta(seconds=30)
SLACK = timedelta(minutes=2)
EARLIEST = timedelta(days=30)
OLD_CARDS, NEW_CARDS = ("hook", "say", "next-call"), ("hook", "say", "try-it")
QUESTIONS = 4
HERE = ZoneInfo("America/Belize")
WAITS = "answers_missing"
ABOUT_OTHERS = ("submit", "felt")


@dataclass
class Answer:
    """An answer to a review card that counted, and how the card stood before it."""

    id: str
    nth: int
    right: bool
    at: datetime
    before: tuple[Memory, int]


@dataclass
class Review:
    """A review card as it must stand."""

    card: Card
    made_at: datetime
    memory: Memory = field(default_factory=Memory)
    reviews: int = 0
    lapses: int = 0
    grade: int | None = None
    due_on: date | None = None
    answers: dict[int, Answer] = field(default_factory=dict)

    def schedule(self, answer: Answer, grade: Grade) -> None:
        """By the published weights, from how the card stood before the answer."""
        memory, lapses = answer.before
        seed = f"{self.card.id} {answer.nth} {answer.id}"
        self.memory, days = review(memory, grade, at=answer.at, seed=seed)
        self.lapses, self.grade = lapses + (grade is Grade.AGAIN), int(grade)
        self.due_on = answer.at.astimezone(HERE).date() + timedelta(days=days)


@dataclass
class Model:
    """The record. `verdicts`: result and reason by the id of the fact."""

    new_version: str
    deadline: datetime | None = None
    submitted: bool = False
    moved: bool = False
    right: dict[int, str] = field(default_factory=dict)
    seals: dict[str, datetime] = field(default_factory=dict)
    verdicts: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    cards: dict[str, tuple[str, bool]] = field(default_factory=dict)
    checks: set[str] = field(default_factory=set)
    responses: dict[str, tuple[int, int, str, str | None]] = field(default_factory=dict)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    wondering: dict[str, dict[str, Any]] = field(default_factory=dict)
    standing: dict[int, tuple[int, datetime, str, bool]] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    felt: dict[str, str] = field(default_factory=dict)

    def batch(self, facts: list[dict[str, Any]], form: int, now: datetime) -> None:
        """Facts arrive together: those about other facts are taken last."""
        for about_others in (False, True):
            for fact in facts:
                if (fact["kind"] in ABOUT_OTHERS) == about_others and fact["id"] not in self.verdicts:
                    because = "newer_format" if form > FORMAT else self.one(fact, now)
                    self.verdicts[fact["id"]] = ("kept" if because else "counted", because)
        whole = any(all(answer in self.verdicts for answer in answers) for answers in self.waiting.values())
        if self.submitted or whole:
            self.submitted = True
            self.verdicts.update(dict.fromkeys(self.waiting, ("counted", None)))
            self.waiting = {}
        for fact in list(self.wondering.values()):
            because = self.how_well(fact)
            if because != WAITS:
                del self.wondering[fact["id"]]
                self.verdicts[fact["id"]] = ("kept" if because else "counted", because)

    def one(self, fact: dict[str, Any], now: datetime) -> str | None:
        """Why a fact does not count, if so."""
        match fact["kind"]:
            case "card":
                cards = NEW_CARDS if self.moved and fact["version"] == self.new_version else OLD_CARDS
                if fact["card"] not in cards:
                    return "not_found"
                counts = not self.moved or fact["version"] == self.new_version
                self.cards[fact["id"]] = (fact["card"], counts)
                return None if counts else "older_version"
            case "check":
                if not fact["fields"]:
                    return "unreadable"
                self.checks.add(fact["id"])
                return None
            case "response":
                return self.answer(fact, now)
            case "submit":
                if self.deadline is None:
                    return "not_found"
                if not self.submitted and any(one not in self.verdicts for one in fact["answers"]):
                    self.waiting[fact["id"]] = fact["answers"]
                    return WAITS
                self.submitted = True
                return None
            case "review":
                return self.review(fact, now)
            case "felt":
                return self.how_well(fact)
            case _:
                return "unknown_kind"

    def answer(self, fact: dict[str, Any], now: datetime) -> str | None:
        """Whether an answer of an attempt counts; the one with the highest order of its question stands."""
        if fact["position"] > QUESTIONS:
            return "not_found"
        if fact["fields"] == [["answer", "zz"]]:
            return "unreadable"
        because = self.late(fact, now)
        self.responses[fact["id"]] = (fact["position"], fact["order"], fact["fields"][0][1], because)
        if because is None:
            mine = (fact["order"], now, fact["id"], self.right[fact["position"]] == fact["fields"][0][1])
            stands = self.standing.get(fact["position"])
            if stands is None or mine[:3] > stands[:3]:
                self.standing[fact["position"]] = mine
        return because

    def late(self, fact: dict[str, Any], now: datetime) -> str | None:
        """By arrival; failing that by both clocks of a device that held a pack of ours."""
        assert self.deadline is not None
        last = self.deadline + GRACE
        if self.submitted:
            return "after_submit"
        if now <= last:
            return None
        issued = self.seals.get(fact["pack"])
        if issued is None:
            return "after_deadline"
        steady, wall = (timedelta(milliseconds=fact[name]) for name in ("elapsed_ms", "wall_ms"))
        if issued + steady > now + GRACE:
            return "clock_unlikely"
        if issued + steady > last:
            return "after_deadline"
        return "clocks_disagree" if issued + wall > last or wall < steady - SLACK else None

    def review(self, fact: dict[str, Any], now: datetime) -> str | None:
        """The first answer to one showing of a card counts, from whichever device."""
        found = self.reviews.get(fact["card"])
        if found is None:
            return "not_found"
        if fact["nth"] in found.answers:
            return "answered_before"
        if fact["fields"] in ([], [["answer", "zz"]]):
            return "unreadable"
        said = datetime.fromisoformat(fact["device_at"])
        at = max(said, found.memory.last_at or found.made_at) if now - EARLIEST <= said <= now else now
        right = fact["fields"][0][1] == found.card.right(fact["nth"])
        answer = Answer(fact["id"], fact["nth"], right, at, (found.memory, found.lapses))
        found.answers[fact["nth"]] = answer
        found.reviews += 1
        found.schedule(answer, Grade.GOOD if right else Grade.AGAIN)
        return None

    def how_well(self, fact: dict[str, Any]) -> str | None:
        """A word on an answer waits for it; it moves the card where the answer was right and is still the last."""
        for found in self.reviews.values():
            answer = next((one for one in found.answers.values() if one.id == fact["answer"]), None)
            if answer is None:
                continue
            if fact["felt"] not in FELT:
                return "unreadable"
            self.felt[fact["id"]] = fact["felt"]
            if answer.right and found.memory.last_at == answer.at and found.reviews == answer.nth + 1:
                found.schedule(answer, FELT[fact["felt"]])
            return None
        if fact["answer"] in self.verdicts:
            return "answer_not_counted"
        self.wondering[fact["id"]] = fact
        return WAITS
