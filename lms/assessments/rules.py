"""Blueprints, draws and judgements: what makes an assessment fair, as pure functions."""

import random
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import sqrt
from types import MappingProxyType
from typing import Any

from lms.assessments.kinds import WORK_SAMPLES
from lms.assessments.statistics.matching import Alike, match_form
from lms.foundation.actor import Actor
from lms.foundation.text import nearest

PURPOSES = ("lesson", "course", "gate")
FEEDBACK = ("after_each", "after_submit", "after_pass", "never")
MOST_QUESTIONS = 500
GATE_MINIMUM = 30
"""A promotion gate draws at least this many: at 30 items 89 % of decisions are right, at 5 items 76 %."""
GRACE = timedelta(seconds=30)
"""What a slow network may add to a deadline before an answer is kept but not counted."""
CLOCK_SLACK = timedelta(minutes=2)
"""How far a clock may be put right behind the steady one before the two are said to disagree."""

_BLUEPRINT_KEYS = frozenset(
    (
        "key",
        "title",
        "purpose",
        "intro",
        "draws",
        "shuffle",
        "time_limit_minutes",
        "attempts",
        "feedback",
        "pass_mark",
        "evidence",
        "offline",
        "markers",
        "forms",
        "adaptive",
    )
)
_INNER_KEYS: Mapping[str, tuple[str, ...]] = {
    "shuffle": ("questions", "options"),
    "attempts": ("allowed", "gap_hours"),
    "adaptive": ("stop_se", "shortest", "exposure"),
}
_DRAW_KEYS = frozenset(
    (
        "count",
        "competency",
        "objective",
        "thinking",
        "kind",
        "level",
        "tags",
        "difficulty",
        "critical",
        "course",
    )
)


@dataclass(frozen=True)
class Draw:
    """How many questions to take, and from which."""

    count: int
    fits: Mapping[str, Any]

    def takes(self, question: Mapping[str, Any]) -> bool:
        """Whether a question document answers to this draw; a work sample must be asked for by its kind."""
        if question.get("kind") in WORK_SAMPLES and "kind" not in self.fits:
            return False
        if question.get("course") != self.fits.get("course"):
            return False
        for name, wanted in self.fits.items():
            if name == "tags":
                said = question.get("tags")
                if not all(isinstance(said, list | tuple) and tag in said for tag in wanted):
                    return False
            elif name == "difficulty":
                share = question.get("difficulty", 0.5)
                if not isinstance(share, int | float) or not wanted[0] <= share <= wanted[1]:
                    return False
            elif name == "critical":
                if bool(question.get("critical")) != wanted:
                    return False
            elif question.get(name) != wanted:
                return False
        return True


FEWEST_CALIBRATED = 60
"""Calibrated questions under which a test does not adapt: so small a bank is better used as a fixed form."""


@dataclass(frozen=True)
class Adaptive:
    """How a test adapts: each next question is chosen by the answers so far.

    It ends at `stop_se` (of ability, whose SD is 1) once `shortest` questions are answered, or when the draws are used up.
    No question is asked of more than the share `exposure` of people while others are left.
    """

    stop_se: float = 0.4
    shortest: int = 10
    exposure: float = 0.3


@dataclass(frozen=True)
class Blueprint:
    """An assessment as a plan: what it draws, how long, how often, what a pass is."""

    key: str
    title: str
    purpose: str
    intro: str
    draws: tuple[Draw, ...]
    shuffle_questions: bool
    shuffle_options: bool
    time_limit: timedelta | None
    attempts_allowed: int | None
    gap: timedelta
    feedback: str
    pass_mark: float
    evidence: tuple[tuple[str, int], ...]
    offline: bool = False
    """Whether an attempt may be answered without a network and sent later."""
    markers: int = 1
    """How many people mark an answer that people mark, each alone."""
    forms: int = 1
    """Two: whoever is within one standard error of the pass mark is asked other questions, and both decide together."""
    adaptive: Adaptive | None = None
    """Then the draws say the shares of content, and their sum is the longest the test can be."""

    @property
    def length(self) -> int:
        """How many questions an attempt has."""
        return sum(draw.count for draw in self.draws)

    @property
    def supervised(self) -> bool:
        """Whether it begins only with a sitting code that a supervisor made."""
        return self.purpose == "gate"

    @property
    def borrows_from(self) -> frozenset[str]:
        """The keys of other courses that it draws questions from."""
        return frozenset(draw.fits["course"] for draw in self.draws if "course" in draw.fits)


def lent(document: Mapping[str, Any], course: str) -> dict[str, Any]:
    """A question as another course's assessment sees it: only a draw that names its course takes it."""
    return {**document, "course": course}


@dataclass(frozen=True)
class AttemptAsked:
    """Somebody looks at an assessment, or begins it: a room above answers with the moment since which attempts count.

    It raises Conflict when they may not begin yet.
    """

    actor: Actor
    course_id: uuid.UUID
    begins: bool


@dataclass(frozen=True)
class GroupsHeld:
    """Item analysis asks for groups: a room above answers with (what it is, the group of each person by firm and id).

    Only of firms that may hold them, and of people who said theirs for this. `firm_id` none: of every firm.
    """

    firm_id: uuid.UUID | None


@dataclass(frozen=True)
class AssessmentGraded:
    """An attempt was handed in and scored: the event that becomes evidence."""

    firm_id: uuid.UUID
    person_id: uuid.UUID
    attempt_id: uuid.UUID
    course_id: uuid.UUID
    assessment_key: str
    title: str
    purpose: str
    score: float
    error: float
    pass_mark: float
    passed: bool
    questions: int
    evidence: tuple[tuple[str, int], ...]
    at: datetime
    revision: int = 0
    """How often it was judged again: each time takes the place of the one before."""
    forms: int = 1
    """How many forms it was decided on."""
    accuracy: Mapping[str, Any] | None = None
    """How far a decision of a gate can be trusted, as `assessments/gates.py` works it out."""


@dataclass(frozen=True)
class Outcome:
    """What an attempt came to."""

    score: float
    error: float
    passed: bool
    critical_missed: bool


def read_blueprint(document: Mapping[str, Any]) -> Blueprint:
    """The blueprint of a document that has no problems."""
    shuffle = document.get("shuffle") or {}
    attempts = document.get("attempts") or {}
    limit = document.get("time_limit_minutes")
    return Blueprint(
        key=document["key"],
        title=document["title"],
        purpose=document.get("purpose", "course"),
        intro=document.get("intro", ""),
        draws=tuple(
            Draw(draw["count"], {name: value for name, value in draw.items() if name != "count"})
            for draw in document["draws"]
        ),
        shuffle_questions=shuffle.get("questions", True),
        shuffle_options=shuffle.get("options", True),
        time_limit=timedelta(minutes=limit) if limit else None,
        attempts_allowed=attempts.get("allowed"),
        gap=timedelta(hours=attempts.get("gap_hours") or 0),
        feedback=document.get("feedback", "after_submit"),
        pass_mark=document["pass_mark"],
        evidence=tuple((entry["competency"], entry["level"]) for entry in document.get("evidence") or ()),
        offline=document.get("offline", False),
        markers=document.get("markers", 1),
        forms=document.get("forms", 1),
        adaptive=Adaptive(**document["adaptive"]) if isinstance(document.get("adaptive"), Mapping) else None,
    )


def blueprint_problems(
    document: Mapping[str, Any], bank: Sequence[Mapping[str, Any]]
) -> tuple[tuple[str, str], ...]:
    """Everything that stops a blueprint, as (where, sentence with the remedy)."""
    found = [
        (name, f"We do not know “{name}”. {nearest(str(name), _BLUEPRINT_KEYS)}")
        for name in document
        if name not in _BLUEPRINT_KEYS
    ]
    found += [
        (name, f"Add “{name}”.") for name in ("key", "title", "draws", "pass_mark") if name not in document
    ]
    draws = document.get("draws")
    if not isinstance(draws, Sequence) or isinstance(draws, str) or not draws:
        return (*found, ("draws", "Add at least one draw, such as {count: 5}."))
    for number, draw in enumerate(draws):
        found += draw_problems(f"draws.{number}", draw)
    mark = document.get("pass_mark", 0.5)
    if not isinstance(mark, int | float) or isinstance(mark, bool) or not 0 < mark <= 1:
        found.append(("pass_mark", "The pass mark is a share: more than 0 and at most 1, such as 0.75."))
    for name, known in (("purpose", PURPOSES), ("feedback", FEEDBACK)):
        if document.get(name, known[0]) not in known:
            found.append((name, f"Choose one of {', '.join(known)}."))
    found += _misshapen(document)
    if found:
        return tuple(found)
    blueprint = read_blueprint(document)
    if blueprint.purpose == "gate" and blueprint.length < GATE_MINIMUM:
        found.append(
            ("draws", f"A gate draws {GATE_MINIMUM} questions or more; this one draws {blueprint.length}.")
        )
    if blueprint.forms > 1 and blueprint.purpose != "gate":
        found.append(("forms", "Only a gate has a second form: say purpose: gate, or leave forms out."))
    if blueprint.adaptive:
        found += _not_adaptive(blueprint)
    found += _impossible(blueprint, bank)
    return tuple(found)


def _not_adaptive(blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    """What cannot go with a test that adapts."""
    if blueprint.purpose == "gate":
        yield "adaptive", "A gate asks everybody a fixed form. Leave adaptive out, or say purpose: course."
    if blueprint.offline:
        yield (
            "adaptive",
            "The next question is chosen by the server, so it cannot be taken without a network.",
        )
    if blueprint.adaptive and blueprint.adaptive.shortest > blueprint.length:
        yield (
            "adaptive",
            "The shortest test is longer than the draws together. Ask for more, or for fewer first.",
        )


def _misshapen(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What has not the shape it must have, as (where, sentence with the remedy)."""
    for name, most in (("key", 80), ("title", 200)):
        value = document.get(name, name)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= most:
            yield name, f"Write “{name}” as a text, of {most} characters at most."
    key = document.get("key")
    if isinstance(key, str) and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
        yield "key", "A key is small letters and digits, joined by hyphens."
    for name, known in _INNER_KEYS.items():
        inner = document.get(name)
        for part in inner if isinstance(inner, Mapping) else ():
            if part not in known:
                yield f"{name}.{part}", f"We do not know “{part}” here. {nearest(str(part), known)}"
    if not isinstance(document.get("intro", ""), str):
        yield "intro", "Write “intro” as a text."
    if not isinstance(document.get("offline", False), bool):
        yield "offline", "Write offline: true or offline: false."
    if not _is_count(document.get("markers", 1), most=2):
        yield "markers", "An answer is marked by one person or by two: write 1 or 2."
    if not _is_count(document.get("forms", 1), most=2):
        yield "forms", "Write forms: 2 for a second form near the pass mark, or leave it out."
    adaptive = document.get("adaptive")
    if adaptive is not None and not (
        isinstance(adaptive, Mapping)
        and _is_between(adaptive.get("stop_se", 0.4), 0.2, 1)
        and _is_count(adaptive.get("shortest", 10), most=MOST_QUESTIONS)
        and _is_between(adaptive.get("exposure", 0.3), 0.05, 1)
    ):
        yield "adaptive", "Write it as {stop_se: 0.4, shortest: 10, exposure: 0.3}."
    limit = document.get("time_limit_minutes")
    if limit is not None and not _is_count(limit, most=24 * 60):
        yield "time_limit_minutes", "The time limit is a whole number of minutes, at most a day."
    shuffle, attempts = (_given(document, name, {}) for name in ("shuffle", "attempts"))
    if not isinstance(shuffle, Mapping) or not all(isinstance(one, bool) for one in shuffle.values()):
        yield "shuffle", "Write it as {questions: true, options: true}."
    if (
        not isinstance(attempts, Mapping)
        or not _is_count(attempts.get("allowed", 1), most=1000)
        or not _is_count(_given(attempts, "gap_hours", 0), least=0, most=24 * 365)
    ):
        yield "attempts", "Write it as {allowed: 3, gap_hours: 24}."
    evidence = _given(document, "evidence", [])
    for number, entry in enumerate(evidence if isinstance(evidence, list | tuple) else [evidence]):
        if not (
            isinstance(entry, Mapping)
            and isinstance(entry.get("competency"), str)
            and _is_count(entry.get("level"), most=5)
            and set(entry) <= {"competency", "level"}
        ):
            yield f"evidence.{number}", "Write it as {competency: B4, level: 2}, with a level from 1 to 5."


def _given(document: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    """The value of a name; what stands for it when it is left out or left empty."""
    value = document.get(name)
    return otherwise if value is None else value


def _is_between(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _is_count(value: object, *, most: int, least: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def draw_problems(where: str, draw: object) -> list[tuple[str, str]]:
    """What is wrong in one draw, as (where, sentence with the remedy)."""
    if not isinstance(draw, Mapping):
        return [(where, "A draw looks like {count: 5, thinking: apply}.")]
    found = [
        (f"{where}.{name}", f"A draw cannot choose by “{name}”. {nearest(str(name), _DRAW_KEYS)}")
        for name in draw
        if name not in _DRAW_KEYS
    ]
    count = draw.get("count")
    if not _is_count(count, most=MOST_QUESTIONS):
        found.append((f"{where}.count", f"Say how many to draw: a whole number from 1 to {MOST_QUESTIONS}."))
    span = draw.get("difficulty", (0, 1))
    if (
        not isinstance(span, list | tuple)
        or len(span) != 2
        or not all(isinstance(end, int | float) and not isinstance(end, bool) for end in span)
    ):
        found.append((f"{where}.difficulty", "Write the difficulty as from and to: [0.3, 0.6]."))
    if not isinstance(draw.get("critical", True), bool):
        found.append((f"{where}.critical", "Write critical: true or critical: false."))
    if not isinstance(draw.get("course", "C01"), str):
        found.append((f"{where}.course", "Write the course as its key, such as C08."))
    tags = draw.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        found.append((f"{where}.tags", "Write the tags as a list of words."))
    return found


def _impossible(blueprint: Blueprint, bank: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    found = []
    there = {question["course"] for question in bank if "course" in question}
    own = [draw for draw in blueprint.draws if draw.fits.get("course") in {None, *there}]
    for number, draw in enumerate(blueprint.draws):
        if draw not in own:  # another course's bank, which is not at hand here
            continue
        fitting = sum(draw.takes(question) for question in bank)
        if fitting < draw.count:
            found.append(
                (
                    f"draws.{number}",
                    f"This draw wants {draw.count} questions and {fitting} fit. Write more, or ask for fewer.",
                )
            )
    here = replace(blueprint, draws=tuple(own))
    if not found and draw_questions(here, bank, seed=0) is None:
        found.append(("draws", "The draws compete for the same questions. Write more, or ask for fewer."))
    if not found and blueprint.forms > 1 and draw_first(here, bank, seed=0) is None:
        found.append(
            (
                "forms",
                "The bank has no second form as hard as the first, without its questions."
                " Write more questions for each draw.",
            )
        )
    return found


NOTHING_RESTS: Mapping[int, int] = MappingProxyType({})


def draw_questions(
    blueprint: Blueprint,
    bank: Sequence[Mapping[str, Any]],
    *,
    seed: int,
    rested: Mapping[int, int] = NOTHING_RESTS,
) -> list[int] | None:
    """Choose questions: positions in the bank, in the order they are asked; None when the draws cannot all be met.

    Every draw gets its number and no question comes twice: a bipartite matching of places to questions (Kuhn's
    augmenting paths) over candidates in random order. The same seed, bank and rest give the same choice. Those `rested`
    (with how many people were asked each) fill only the places that nothing else can: once a path gave a question its
    place, no later path takes it out of the form.
    """
    chance = random.Random(seed)  # noqa: S311  (chooses questions, guards nothing)
    places = [draw for draw in blueprint.draws for _ in range(draw.count)]
    candidates = []
    for draw in places:
        fitting = [position for position, question in enumerate(bank) if draw.takes(question)]
        chance.shuffle(fitting)
        candidates.append(sorted(fitting, key=lambda one: rested.get(one, 0)))
    taken: dict[int, int] = {}

    def find_place(place: int, tried: set[int], resting: bool = False) -> bool:
        for question in candidates[place]:
            if question in tried or (question in rested and not resting):
                continue
            tried.add(question)
            if question not in taken or find_place(taken[question], tried, resting):
                taken[question] = place
                return True
        return False

    without = [place for place in range(len(places)) if not find_place(place, set())]
    if not all(find_place(place, set(), resting=True) for place in without):
        return None
    by_place = {place: question for question, place in taken.items()}
    chosen = [by_place[place] for place in range(len(places))]
    if blueprint.shuffle_questions:
        chance.shuffle(chosen)
    return chosen


def content_area(blueprint: Blueprint, question: Mapping[str, Any]) -> int | None:
    """The first draw that takes a question, which is its content area in a test that adapts."""
    return next((at for at, draw in enumerate(blueprint.draws) if draw.takes(question)), None)


MOST_APART = 0.03
"""How far the mean difficulty (Angoff) of two forms may lie apart, as a share: one question in a gate of 40 is 0.025."""


def draw_first(
    blueprint: Blueprint,
    bank: Sequence[Mapping[str, Any]],
    *,
    seed: int,
    rested: Mapping[int, int] = NOTHING_RESTS,
) -> list[int] | None:
    """As `draw_questions`; where there are two forms, a first one that leaves a second one in the bank."""
    if blueprint.forms == 1:
        return draw_questions(blueprint, bank, seed=seed, rested=rested)
    for resting in (rested, NOTHING_RESTS) if rested else (NOTHING_RESTS,):
        for turn in range(20):
            chosen = draw_questions(blueprint, bank, seed=seed + turn, rested=resting)
            if chosen is None:
                return None
            if draw_second(blueprint, bank, first=chosen, seed=seed) is not None:
                return chosen
    return None


def draw_second(
    blueprint: Blueprint,
    bank: Sequence[Mapping[str, Any]],
    *,
    first: Sequence[int],
    seed: int,
    rested: Mapping[int, int] = NOTHING_RESTS,
) -> list[int] | None:
    """A form parallel to `first` (positions in the bank): none of its questions, the same draws, each question the twin of
    one of them in content and difficulty; none where the bank has no such form, or only one harder or easier.

    It is looked for among those that do not rest, and only then among all.
    """
    if rested:
        without = _second(blueprint, bank, first, seed, frozenset(rested))
        if without is not None:
            return without
    return _second(blueprint, bank, first, seed, frozenset())


def _second(
    blueprint: Blueprint,
    bank: Sequence[Mapping[str, Any]],
    first: Sequence[int],
    seed: int,
    barred: frozenset[int],
) -> list[int] | None:
    chance = random.Random(f"second {seed}")  # noqa: S311  (chooses questions, guards nothing)
    places = _places(blueprint, bank, first)
    if places is None:
        return None
    used = barred.union(first)
    pools = []
    for draw, _question in places:
        pool = [at for at, one in enumerate(bank) if at not in used and draw.takes(one)]
        chance.shuffle(pool)
        pools.append(pool)
    likes = [_alike(one) for one in bank]
    wanted = [likes[question] for _draw, question in places]
    chosen = match_form(wanted, pools, likes)
    if chosen is None or abs(difficulty_gap(bank, first, chosen)) > MOST_APART:
        return None
    if blueprint.shuffle_questions:
        chance.shuffle(chosen)
    return chosen


def difficulty_gap(bank: Sequence[Mapping[str, Any]], first: Sequence[int], second: Sequence[int]) -> float:
    """The mean difficulty of the second form less that of the first, as shares who can just do it and are right."""
    first_mean, second_mean = (
        sum(_alike(bank[at]).difficulty for at in form) / len(form) for form in (first, second)
    )
    return second_mean - first_mean


def _alike(question: Mapping[str, Any]) -> Alike:
    names = ("course", "critical", "competency", "objective", "thinking", "kind", "level")
    share = question.get("difficulty", 0.5)
    return Alike(
        tuple(str(question.get(name) or "") for name in names),
        float(share) if isinstance(share, int | float) else 0.5,
    )


def _places(
    blueprint: Blueprint, bank: Sequence[Mapping[str, Any]], first: Sequence[int]
) -> list[tuple[Draw, int]] | None:
    """Which draw each question of a form answers to: none when it is no form of this blueprint."""
    draws = [draw for draw in blueprint.draws for _ in range(draw.count)]
    holder: dict[int, int] = {}

    def find_place(question: int, tried: set[int]) -> bool:
        for place, draw in enumerate(draws):
            if place in tried or not draw.takes(bank[question]):
                continue
            tried.add(place)
            if place not in holder or find_place(holder[place], tried):
                holder[place] = question
                return True
        return False

    if len(first) != len(draws) or not all(find_place(question, set()) for question in first):
        return None
    return [(draws[place], question) for place, question in sorted(holder.items())]


def is_borderline(outcome: Outcome, pass_mark: float) -> bool:
    """Whether a score lies within one standard error of the pass mark, and so is neither a sure pass nor a sure fail."""
    return not outcome.critical_missed and abs(outcome.score - pass_mark) <= outcome.error + 1e-9


def judge(scores: Sequence[float], critical: Sequence[bool], *, pass_mark: float) -> Outcome:
    """Score an attempt: the mean of its questions' scores, and whether it passes.

    `error` is the standard error of the score under the binomial error model, sqrt(p(1 - p) / (n - 1))
    (Lord 1957), in the unit of the score. A critical question that is not wholly right fails the attempt.
    """
    missed = any(must and got < 1 for got, must in zip(scores, critical, strict=True))
    return judge_sums(sum(scores), len(scores), missed=missed, pass_mark=pass_mark)


def judge_sums(points: float, count: int, *, missed: bool, pass_mark: float) -> Outcome:
    """The same from the points of so many questions. `missed`: whether one that must be right was not."""
    score = min(1.0, points / count) if count else 0.0
    error = sqrt(score * (1 - score) / (count - 1)) if count > 1 else 0.5
    return Outcome(score, error, score + 1e-9 >= pass_mark and not missed, missed)


def may_see_key(feedback: str, *, submitted: bool, passed: bool | None) -> bool:
    """Whether the review may show the key now."""
    return submitted and (
        feedback in ("after_each", "after_submit") or (feedback == "after_pass" and bool(passed))
    )


@dataclass(frozen=True)
class NotYet:
    """Why an attempt cannot start now: a sentence, and from when it can (None: not again)."""

    sentence: str
    since: datetime | None = None


def may_start(
    blueprint: Blueprint, submitted: Sequence[tuple[datetime, bool]], *, now: datetime, waiting: bool = False
) -> NotYet | None:
    """Whether another attempt may start. `submitted`: when each earlier one was handed in, and whether it passed.

    `waiting`: one of them is with a marker.
    """
    if waiting:
        return NotYet("Your last attempt waits for a marker. You will see here how it went.")
    allowed = blueprint.attempts_allowed
    if allowed is not None and len(submitted) >= allowed:
        return NotYet("You have used all your attempts. Talk to your trainer about another one.")
    if submitted and blueprint.gap:
        opens = max(at for at, _passed in submitted) + blueprint.gap
        if now < opens:
            return NotYet("You can try again after a pause. It helps to look at the lessons first.", opens)
    return None


TAKEN_BACK = "taken_back"
"""Why a step is kept but not counted that takes back one that was said already."""


@dataclass(frozen=True)
class Clocks:
    """When an answer was given, as a device that held a pack tells it: counted from the moment the pack was made.

    `elapsed` is from a clock that nobody sets; it stands still while the device sleeps, so it may be too short and
    never too long. `wall` is the difference of two readings of the clock on the screen, none when it was not told.
    """

    issued_at: datetime
    elapsed: timedelta
    wall: timedelta | None = None


def break_left(granted: timedelta, used: timedelta) -> timedelta:
    """How much longer breaks may last."""
    return max(timedelta(0), granted - used)


def break_took(paused_at: datetime, *, left: timedelta, now: datetime) -> timedelta:
    """By how much a break that began then has moved the deadline: never by more than was left of the person's breaks."""
    return min(max(timedelta(0), now - paused_at), left)


def kept_because(
    *,
    submitted_at: datetime | None,
    deadline_at: datetime | None,
    now: datetime,
    clocks: Clocks | None = None,
) -> str | None:
    """Why an answer that arrives now is kept but not counted, as a key; None when it counts."""
    if submitted_at is not None:
        return "after_submit"
    if deadline_at is None or now <= deadline_at + GRACE:
        return None
    return late_because(clocks, deadline_at=deadline_at, now=now)


def late_because(clocks: Clocks | None, *, deadline_at: datetime, now: datetime) -> str | None:
    """Why an answer that arrives after the deadline does not count; None when both clocks say it was given in time."""
    if clocks is None:
        return "after_deadline"
    given_at = clocks.issued_at + clocks.elapsed
    if clocks.elapsed < timedelta(0) or given_at > now + GRACE:
        return "clock_unlikely"
    if given_at > deadline_at + GRACE:
        return "after_deadline"
    if clocks.wall is not None and (
        clocks.issued_at + clocks.wall > deadline_at + GRACE or clocks.wall < clocks.elapsed - CLOCK_SLACK
    ):
        return "clocks_disagree"
    return None
