"""Generated schedules of phones that come and go: the server's record must equal a simple model's.

usage: .venv/bin/python -m bench.offline [--schedules 10000] [--seed 1] [--database URL]

Two devices of one person finish cards, answer checks, sit an assessment and hand it in, mostly without a network. Their
batches arrive late, partly, twice, in any order, or get lost on the way there or back; the server is killed before or
after its commit; the person's sign-in ends; somebody else signs in; clocks jump; phones sleep; the course gets another
version and the person is moved to it; the program is deployed anew, and a phone may hold a newer one than the server.
After each schedule everything that was minted must be on the server once, with the verdict that the model gives it.
Prints how often each verdict was met. Exit 1 on the first difference, with the seed that makes it again.
"""

import argparse
import json
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from lms.app import create_app
from lms.assessments.models import Attempt, AttemptQuestion, Response
from lms.assessments.services import start_attempt
from lms.courses import services as courses
from lms.courses.models import Course
from lms.courses.packages import Package, read_folder, understand
from lms.foundation.actor import Role
from lms.learning.models import CardFact, CheckAnswer, Enrolment, LessonProgress, SyncedFact
from lms.learning.rules.syncing import FORMAT
from lms.learning.services import enrol
from lms.learning.services.moving import move_people
from lms.migrating import migrate
from lms.people.models import SignIn
from lms.settings import Settings
from lms.tracks.models import EvidenceRow
from lms.web.request import db
from tests.house import SAMPLE_COURSE, House, Someone

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
LIMIT = timedelta(minutes=10)
GRACE = timedelta(seconds=30)
SLACK = timedelta(minutes=2)
OLD_CARDS, NEW_CARDS = ("hook", "say", "next-call"), ("hook", "say", "try-it")
QUESTIONS = 4


class Difference(AssertionError):
    """The server's record is not the model's."""


class Killed(RuntimeError):
    """The server died in the middle of a request."""


def edition(newer: bool) -> Package:
    """The sample course with an assessment that may be taken without a network; a newer one has another last card."""
    whole = read_folder(SAMPLE_COURSE)
    files = dict(whole.files)
    plan = yaml.safe_load(files["assessments/final.yaml"])
    files["assessments/final.yaml"] = yaml.safe_dump(plan | {"offline": True, "time_limit_minutes": 10})
    if newer:
        files["lessons/hello.md"] = files["lessons/hello.md"].replace("{#next-call}", "{#try-it}")
    return understand(files, whole.media, [])


@dataclass
class World:
    """One server with a course in two versions; each schedule gets a firm of its own."""

    house: House
    course_id: uuid.UUID
    versions: tuple[uuid.UUID, uuid.UUID]
    assessment_id: uuid.UUID

    def show(self, version_id: uuid.UUID) -> None:
        """Make a version the live one."""
        with self.house.writing() as session:
            session.execute(
                update(Course).where(Course.id == self.course_id).values(live_version_id=version_id)
            )


def build(house: House) -> World:
    """Publish both versions."""
    author = house.person(house.firm("Authors", association=True), Role.ASSOCIATION, Role.TRAINER)
    made = [
        house.act(
            author,
            courses.publish_package,
            package=edition(newer),
            storage=house.app.extensions["storage"],
            note="test",
        )[0]
        for newer in (False, True)
    ]
    course_id = made[0].course_id
    return World(house, course_id, (made[0].id, made[1].id), house.assessment(course_id))


@dataclass
class Device:
    """A phone: two clocks, an outbox, the pack it holds."""

    client: FlaskClient
    format: int = FORMAT
    wall_offset: timedelta = timedelta()
    steady: timedelta = timedelta()
    asleep: bool = False
    signed_in: bool = True
    outbox: list[dict[str, Any]] = field(default_factory=list)
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    seal: str = ""
    issued_at: datetime = NOON
    steady_then: timedelta = timedelta()
    wall_then: datetime = NOON
    order: int = 0
    answers: dict[int, str] = field(default_factory=dict)


@dataclass
class Model:
    """What the record must be: a plain interpreter of arrivals, one rule a line."""

    deadline: datetime | None = None
    submitted: bool = False
    moved: bool = False
    verdicts: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    cards: dict[str, tuple[str, bool]] = field(default_factory=dict)
    checks: set[str] = field(default_factory=set)
    responses: dict[str, tuple[int, int, str, str | None]] = field(default_factory=dict)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    standing: dict[int, tuple[int, datetime, str, bool]] = field(default_factory=dict)

    def batch(self, facts: list[dict[str, Any]], form: int, now: datetime, truth: dict[str, Any]) -> None:
        """Facts arrive together."""
        for hands_in in (False, True):
            for fact in facts:
                if (fact["kind"] == "submit") == hands_in and fact["id"] not in self.verdicts:
                    because = "newer_format" if form > FORMAT else self.one(fact, now, truth)
                    self.verdicts[fact["id"]] = ("kept" if because else "counted", because)
        whole = any(all(answer in self.verdicts for answer in answers) for answers in self.waiting.values())
        if self.submitted or whole:
            self.submitted = True
            self.verdicts.update(dict.fromkeys(self.waiting, ("counted", None)))
            self.waiting = {}

    def one(self, fact: dict[str, Any], now: datetime, truth: dict[str, Any]) -> str | None:
        """Why a fact does not count, if so."""
        if fact["kind"] == "card":
            cards = NEW_CARDS if self.moved and fact["version"] == truth["new"] else OLD_CARDS
            if fact["card"] not in cards:
                return "not_found"
            counts = not self.moved or fact["version"] == truth["new"]
            self.cards[fact["id"]] = (fact["card"], counts)
            return None if counts else "older_version"
        if fact["kind"] == "check":
            if not fact["fields"]:
                return "unreadable"
            self.checks.add(fact["id"])
            return None
        if fact["kind"] == "response":
            return self.answer(fact, now, truth)
        if fact["kind"] == "submit":
            if self.deadline is None:
                return "not_found"
            if not self.submitted and any(one not in self.verdicts for one in fact["answers"]):
                self.waiting[fact["id"]] = fact["answers"]
                return "answers_missing"
            self.submitted = True
            return None
        return "unknown_kind"

    def answer(self, fact: dict[str, Any], now: datetime, truth: dict[str, Any]) -> str | None:
        """Whether an answer counts."""
        if fact["position"] > QUESTIONS:
            return "not_found"
        if fact["fields"] == [["answer", "zz"]]:
            return "unreadable"
        because = self.late(fact, now, truth)
        self.responses[fact["id"]] = (fact["position"], fact["order"], fact["fields"][0][1], because)
        if because is None:
            mine = (fact["order"], now, fact["id"], truth["right"][fact["position"]] == fact["fields"][0][1])
            stands = self.standing.get(fact["position"])
            if stands is None or mine[:3] > stands[:3]:
                self.standing[fact["position"]] = mine
        return because

    def late(self, fact: dict[str, Any], now: datetime, truth: dict[str, Any]) -> str | None:
        """By arrival; failing that by both clocks of a device that held a pack of ours."""
        assert self.deadline is not None
        last = self.deadline + GRACE
        if self.submitted:
            return "after_submit"
        if now <= last:
            return None
        issued = truth["seals"].get(fact["pack"])
        if issued is None:
            return "after_deadline"
        steady, wall = (timedelta(milliseconds=fact[name]) for name in ("elapsed_ms", "wall_ms"))
        if issued + steady > now + GRACE:
            return "clock_unlikely"
        if issued + steady > last:
            return "after_deadline"
        return "clocks_disagree" if issued + wall > last or wall < steady - SLACK else None


class Run:
    """One schedule, played against the server and the model."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.house, self.chance = world, world.house, chance
        self.now = NOON
        world.show(world.versions[0])
        firm = self.house.firm(f"Firm {uuid.uuid4()}")
        self.trainer = self.house.person(firm, Role.TRAINER)
        self.person, self.other = self.house.person(firm), self.house.person(firm)
        self.act(enrol, course_id=world.course_id)
        self.devices = [Device(self.house.client(self.person)) for _one in range(2)]
        self.attempt_id = self.an_id()
        self.model = Model()
        self.told: Counter[str] = Counter()
        self.truth: dict[str, Any] = {
            "new": str(world.versions[1]),
            "seals": {},
            "right": {},
            "honest": {},
        }
        self.on_screen = world.versions[0]

    def an_id(self) -> uuid.UUID:
        """An id as a device mints it, from the schedule's own chance."""
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def act(self, service: Any, someone: Someone | None = None, **arguments: Any) -> Any:
        """Call a service as the person at the schedule's own time."""
        return self.house.act(someone or self.person, service, now=self.now, **arguments)

    def play(self, steps: int) -> Counter[str]:
        """Take so many steps, then let everything arrive, and compare."""
        verbs = [
            (self.finish_card, 4),
            (self.check, 2),
            (self.open_attempt, 3),
            (self.answer, 12),
            (self.hand_in, 2),
            (self.wait, 4),
            (self.jump, 1),
            (self.sleep, 1),
            (self.send, 8),
            (self.expire, 1),
            (self.somebody_else, 1),
            (self.move, 1),
            (self.deploy, 1),
            (self.unknown, 1),
        ]
        names, weights = zip(*verbs, strict=True)
        if self.chance.random() < 0.8:
            self.open_attempt(self.devices[0])
        for verb in self.chance.choices(names, weights, k=steps):
            verb(self.chance.choice(self.devices))
        for _round in range(3):
            for device in self.devices:
                if not device.signed_in:
                    self.sign_in(device)
                self.deliver(device, list(device.outbox), "well")
        return self.compare()

    # What the person does

    def mint(self, device: Device, kind: str, **said: Any) -> dict[str, Any]:
        """Put a fact into a device's outbox."""
        fact = {
            "id": str(self.an_id()),
            "kind": kind,
            "device_at": (self.now + device.wall_offset).isoformat(),
            **said,
        }
        device.outbox.append(fact)
        return fact

    def finish_card(self, device: Device) -> None:
        card = self.chance.choice([*OLD_CARDS, "try-it"])
        self.mint(
            device,
            "card",
            course=str(self.world.course_id),
            version=str(self.on_screen),
            lesson="hello",
            card=card,
        )

    def check(self, device: Device) -> None:
        fields = [["answer", self.chance.choice("abc")]] if self.chance.random() < 0.9 else []
        self.mint(
            device,
            "check",
            course=str(self.world.course_id),
            version=str(self.on_screen),
            lesson="hello",
            check="t01-check",
            fields=fields,
        )

    def open_attempt(self, device: Device) -> None:
        """Begin on the server, or load its page again, which brings another pack."""
        if self.model.submitted or not device.signed_in:
            return
        if self.model.deadline is None:
            self.act(
                start_attempt,
                assessment_id=self.world.assessment_id,
                attempt_id=self.attempt_id,
                seed=self.chance.getrandbits(30),
            )
            self.model.deadline = self.now + LIMIT
            answers = self.house.right_answers(self.person, self.attempt_id)
            self.truth["right"] = {position: raw["answer"][0] for position, raw in answers.items()}
        self.house.app.config["NOW"] = self.now
        page = device.client.get(f"/attempts/{self.attempt_id}").get_data(as_text=True)
        device.seal = page.split('data-pack="', 1)[1].split('"', 1)[0]
        device.issued_at, device.steady_then = self.now, device.steady
        device.wall_then = self.now + device.wall_offset
        self.truth["seals"][device.seal] = self.now

    def answer(self, device: Device) -> None:
        if not device.seal:
            return
        position = self.chance.randint(1, QUESTIONS + (self.chance.random() < 0.05))
        value = self.chance.choice("abc") if self.chance.random() < 0.95 else "zz"
        device.order += 1
        forged = self.chance.random() < 0.05
        wall = self.now + device.wall_offset - device.wall_then
        fact = self.mint(
            device,
            "response",
            attempt=str(self.attempt_id),
            position=position,
            order=device.order,
            fields=[["answer", value]],
            pack=device.seal[:-2] + "xx" if forged else device.seal,
            elapsed_ms=int((device.steady - device.steady_then).total_seconds() * 1000),
            wall_ms=int(wall.total_seconds() * 1000),
        )
        device.answers[position] = fact["id"]
        assert self.model.deadline is not None
        told_true = abs(wall - (self.now - device.issued_at)) < timedelta(seconds=1)
        steady_true = device.steady - device.steady_then == self.now - device.issued_at
        self.truth["honest"][fact["id"]] = (
            not forged and told_true and steady_true and self.now <= self.model.deadline
        )

    def hand_in(self, device: Device) -> None:
        if not device.seal:
            return
        device.order += 1
        self.mint(
            device,
            "submit",
            attempt=str(self.attempt_id),
            order=device.order,
            answers=list(device.answers.values()),
        )

    # What the world does

    def wait(self, _device: Device) -> None:
        gone = timedelta(seconds=self.chance.choice((5, 40, 170, 400, 4000, 90_000, 400_000)))
        self.now += gone
        for one in self.devices:
            one.steady += timedelta() if one.asleep else gone
            one.asleep = False

    def jump(self, device: Device) -> None:
        device.wall_offset += timedelta(minutes=self.chance.choice((-4000, -30, -1, 1, 30, 4000)))

    def sleep(self, device: Device) -> None:
        device.asleep = True

    def expire(self, _device: Device) -> None:
        """The sign-in of both devices ends on the server."""
        with self.house.writing() as session:
            session.execute(
                update(SignIn).where(SignIn.person_id == self.person.id).values(ended_at=self.now)
            )
        for one in self.devices:
            one.signed_in = False

    def sign_in(self, device: Device) -> None:
        device.client = self.house.client(self.person)
        device.signed_in = True

    def somebody_else(self, device: Device) -> None:
        """Another person signs in on the device: what waits is the first one's, and is neither sent nor lost."""
        if not device.outbox:
            return
        device.client, device.signed_in = self.house.client(self.other), False
        self.deliver(device, list(device.outbox), "well")

    def move(self, _device: Device) -> None:
        if self.model.moved:
            return
        old, new = self.world.versions
        self.world.show(new)
        self.act(move_people, self.trainer, course_id=self.world.course_id, version_id=old, choices={})
        with self.house.writing(self.person.firm_id) as session:
            mine = select(Enrolment.version_id).where(
                Enrolment.firm_id == self.person.firm_id, Enrolment.person_id == self.person.id
            )
            self.model.moved = session.scalar(mine) == new  # who has completed the course stays
        if self.chance.random() < 0.5:
            self.on_screen = new

    def deploy(self, device: Device) -> None:
        """A phone that saw a newer program than the server that answers now: then back again."""
        device.format = FORMAT + (device.format == FORMAT and self.chance.random() < 0.4)

    def unknown(self, device: Device) -> None:
        self.mint(device, "review", card="x", grade=3)

    # The network

    def send(self, device: Device) -> None:
        """Some of what waits, in some order, some of it twice, with some fate."""
        facts = [one for one in device.outbox if self.chance.random() < 0.7]
        facts += [one for one in facts if self.chance.random() < 0.15]
        self.chance.shuffle(facts)
        if facts:
            if not device.signed_in and self.chance.random() < 0.5:
                self.sign_in(device)
            self.deliver(device, facts, self.chance.choice(("well", "well", "unsent", "unheard", "killed")))

    def deliver(self, device: Device, facts: list[dict[str, Any]], fate: str) -> None:
        """One request: it arrives well, never arrives, its reply is lost, or the server dies before its commit."""
        if fate == "unsent":
            return
        self.house.app.config["NOW"] = self.now
        reply = self.post(device, facts, dies=fate == "killed" and device.signed_in)
        if reply is None:
            return
        if not device.signed_in:
            if reply.status_code != 401:
                raise Difference(f"a sign-in that is not theirs got {reply.status_code}")
            return
        if reply.status_code != 200:
            raise Difference(f"{reply.status_code}: {reply.get_data(as_text=True)[:200]}")
        before = dict(self.model.verdicts)
        self.model.batch(facts, device.format, self.now, self.truth)
        if fate == "unheard":
            return
        seen: set[str] = set()
        for one in reply.get_json()["facts"]:
            result, because = self.model.verdicts[one["id"]]
            again = one["id"] in before or one["id"] in seen
            seen.add(one["id"])
            self.told[f"{one['result']} {one['because'] or ''}".strip()] += 1
            if (one["first"], one["because"]) != (result, because):
                raise Difference(f"told {one}, the model says {result} {because}")
            if again and one["result"] != "had":
                raise Difference(f"a repeat was told {one['result']}")
            if because and not one["why"]:
                raise Difference(f"no reason: {one}")
            if because != "answers_missing":
                device.outbox = [fact for fact in device.outbox if fact["id"] != one["id"]]

    def post(self, device: Device, facts: list[dict[str, Any]], *, dies: bool) -> Any:
        def die(_session: object) -> None:
            raise Killed

        if dies:
            event.listen(db.session, "before_commit", die)
        try:
            return device.client.post(
                "/sync",
                data=json.dumps({"format": device.format, "facts": facts}),
                headers={"X-Person": str(self.person.id), "X-Partial": "1"},
                content_type="application/json",
            )
        except Killed:
            return None
        finally:
            if dies:
                event.remove(db.session, "before_commit", die)

    # The comparison

    def compare(self) -> Counter[str]:
        """The record against the model, row by row."""
        model, firm = self.model, self.person.firm_id
        with self.house.writing(firm) as session:

            def rows(what: Any) -> list[Any]:
                return list(session.scalars(select(what).where(what.firm_id == firm)))

            record = {
                "verdicts": {str(one.id): (str(one.result), one.because) for one in rows(SyncedFact)},
                "cards": {str(one.id): one.card_key for one in rows(CardFact)},
                "checks": {str(one.id) for one in rows(CheckAnswer)},
                "responses": {
                    str(one.id): (one.position, one.sequence, one.given.get("ref", ""), one.kept_because)
                    for one in rows(Response)
                },
                "owners": {one.person_id for one in rows(SyncedFact)} <= {self.person.id},
            }
            attempts, progress, evidence = rows(Attempt), rows(LessonProgress), rows(EvidenceRow)
            scores = {one.position: one.score for one in rows(AttemptQuestion)}
        wanted = {
            "verdicts": model.verdicts,
            "cards": {one: card for one, (card, _counts) in model.cards.items()},
            "checks": model.checks,
            "responses": model.responses,
            "owners": True,
        }
        for name, value in wanted.items():
            if record[name] != value:
                raise Difference(f"{name}: the record has {record[name]}, the model {value}")
        lost = [one for device in self.devices for one in device.outbox]
        if lost:
            raise Difference(f"never settled: {lost}")
        if [one.submitted_at is not None for one in attempts] != (
            [model.submitted] if model.deadline else []
        ):
            raise Difference("handed in, or not")
        self.compare_score(attempts, scores, evidence)
        done = {card for card, counts in model.cards.values() if counts} >= set(OLD_CARDS)
        if not model.moved and done != any(one.completed_at for one in progress):
            raise Difference("the lesson is done, or not")
        for one, honest in self.truth["honest"].items():
            because = model.verdicts[one][1]
            if honest and because not in (None, "after_submit", "newer_format", "unreadable", "not_found"):
                raise Difference(f"an honest answer in time was told {because}")
        return self.told

    def compare_score(
        self, attempts: list[Any], scores: dict[int, float | None], evidence: list[Any]
    ) -> None:
        """The score is of what stood when it was handed in; there is one piece of evidence or none."""
        if not attempts or attempts[0].submitted_at is None:
            if evidence:
                raise Difference("evidence of nothing")
            return
        right = {
            position: float(self.model.standing.get(position, (0, 0, 0, False))[3]) for position in scores
        }
        if scores != right or abs(attempts[0].score - sum(right.values()) / QUESTIONS) > 1e-9:
            raise Difference(f"scored {scores}, the model says {right}")
        if sum(one.pass_mark is not None for one in evidence) != 1:
            raise Difference("not one piece of evidence of the attempt")


def play(world: World, chance: random.Random) -> Counter[str]:
    """One schedule. Raises Difference."""
    return Run(world, chance).play(chance.randint(5, 60))


def main() -> int:
    """Play many."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="")
    said = parser.parse_args()
    met: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        address = said.database or f"sqlite:///{folder}/ladder.db"
        migrate(address)
        settings = Settings(
            home=Path(folder), database=address, secret_key="b" * 40, secure_cookies=False, testing=True
        )
        app = create_app(settings)
        app.config.update(NOW=NOON)
        world, began = build(House(app, NOON)), time.monotonic()
        for number in range(said.seed, said.seed + said.schedules):
            try:
                met += play(world, random.Random(number))
            except Difference as error:
                print(f"schedule {number}: {error}", file=sys.stderr)
                return 1
            if number % 500 == 0:
                print(f"{number}: {met.total()} verdicts, {time.monotonic() - began:.0f} s", flush=True)
    print(
        f"{said.schedules} schedules, {met.total()} verdicts, 0 lost, 0 double, {time.monotonic() - began:.0f} s"
    )
    for name, count in met.most_common():
        print(f"{count:8}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
