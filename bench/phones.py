"""One generated schedule: two phones of one person, a network, a server and a clock, and the comparison at the end."""

import json
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from bench.phones_model import LIMIT, OLD_CARDS, QUESTIONS, WAITS, Model, Review
from bench.phones_world import CHECK, NOON, Device, World
from lms.assessments.kinds import kind_of
from lms.assessments.models import Attempt, AttemptQuestion, Response
from lms.assessments.queries import list_asked
from lms.assessments.services import start_attempt
from lms.assessments.services.packing import seal_pack
from lms.demo.answers import right_fields
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict
from lms.learning.models import (
    CardFact,
    CheckAnswer,
    Enrolment,
    LessonProgress,
    ReviewCard,
    ReviewLog,
    SyncedFact,
)
from lms.learning.rules.syncing import FORMAT
from lms.learning.services.moving import move_people
from lms.people.models import SignIn
from lms.people.rules import SIGN_IN_LASTS
from lms.people.services import sign_in
from lms.tracks.models import EvidenceRow
from lms.web.request import db
from tests.house import Someone

FATES = ("well", "well", "well", "unsent", "unheard", "killed before its commit", "killed midway")
IN_TIME = (None, "after_submit", "newer_format", "unreadable", "not_found")
"""What an honest answer in time may be told."""


class Difference(AssertionError):
    """The server's record is not the model's."""


class Killed(RuntimeError):
    """The server died in the middle of a request."""


class Run:
    """One schedule, played against the server and the model. `met`: how often each thing happened, and each verdict."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.house, self.chance = world, world.house, chance
        self.now, self.app = NOON, chance.choice(world.apps)
        cast = world.cast((self.an_id(), self.an_id(), self.an_id()))
        self.person, self.other, self.trainer = cast.person, cast.other, cast.trainer
        self.actors: dict[uuid.UUID, Actor] = {}
        self.devices = [Device(self.client(token)) for token in cast.tokens]
        self.attempt_id = self.an_id()
        self.model = Model(
            str(world.versions[1]), reviews={str(one.id): Review(one, NOON) for one in cast.cards}
        )
        self.met: Counter[str] = Counter()
        self.story: list[str] = []
        self.honest: dict[str, bool] = {}
        self.by_form: set[str] = set()
        self.hands_in: set[str] = set()
        self.on_screen = world.versions[0]
        for one in self.devices:
            if chance.random() < 0.3:
                self.jump(one)

    # How the schedule is told

    def an_id(self) -> uuid.UUID:
        """An id as a device mints it, from the schedule's own chance."""
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def client(self, token: str) -> FlaskClient:
        """A browser with this sign-in."""
        client = self.app.test_client()
        client.set_cookie("ladder", token)
        return client

    def act(self, service: Callable[..., Any], someone: Someone | None = None, **arguments: Any) -> Any:
        """Call a service as the person at the schedule's own time."""
        who = someone or self.person
        if who.id not in self.actors:
            self.actors[who.id] = self.house.actor(who)
        with self.house.writing(who.firm_id) as session:
            return service(session, actor=self.actors[who.id], now=self.now, **arguments)

    def note(self, what: str, said: object = "") -> None:
        """Count what happened, and keep it for whoever has to understand a difference."""
        self.met[what] += 1
        self.story.append(f"{self.now - NOON} {what} {said}".strip())

    def play(self, steps: int) -> Counter[str]:
        """Take so many steps, then let everything arrive, and compare."""
        verbs = [
            (self.finish_card, 4),
            (self.check, 2),
            (self.open_attempt, 2),
            (self.answer, 12),
            (self.hand_in, 2),
            (self.open_review, 2),
            (self.review, 5),
            (self.wait, 4),
            (self.jump, 1),
            (self.sleep, 1),
            (self.kill_page, 2),
            (self.send, 8),
            (self.expire, 1),
            (self.somebody_else, 1),
            (self.move, 1),
            (self.deploy, 1),
            (self.newer_program, 1),
            (self.begin_again, 1),
            (self.unknown, 1),
        ]
        names, weights = zip(*verbs, strict=True)
        if self.chance.random() < 0.8:
            self.open_attempt(self.devices[0])
        for verb in self.chance.choices(names, weights, k=steps):
            verb(self.chance.choice(self.devices))
        for _round in range(3):
            for device in self.devices:
                if device.outbox:
                    if not self.is_in(device):
                        self.sign_in(device)
                    self.deliver(device, list(device.outbox), "well")
        self.compare()
        return self.met

    # What the person does

    def wake(self, device: Device) -> None:
        """The page is looked at: one that was killed is opened again, from what the phone kept."""
        device.asleep = False
        if device.closed_at is not None:
            shows = self.now + device.wall_offset
            device.ran += max(timedelta(), shows - device.closed_at)
            device.closed_at = None

    def mint(self, device: Device, kind: str, **said: Any) -> dict[str, Any]:
        """Put a fact into a device's outbox."""
        self.wake(device)
        at = (self.now + device.wall_offset).isoformat()
        fact = {"id": str(self.an_id()), "kind": kind, "device_at": at, **said}
        device.outbox.append(fact)
        self.note(f"made: {kind}")
        return fact

    def finish_card(self, device: Device) -> None:
        card = self.chance.choice([*OLD_CARDS, "try-it"])
        said = {"course": str(self.world.course_id), "version": str(self.on_screen), "lesson": "hello"}
        self.mint(device, "card", **said, card=card)

    def check(self, device: Device) -> None:
        """Answer a check: by its form where there is a network, and by the outbox when no reply is heard."""
        fields = [["answer", self.chance.choice("abc")]] if self.chance.random() < 0.9 else []
        said = {"course": str(self.world.course_id), "version": str(self.on_screen), "lesson": "hello"}
        fact = self.mint(device, "check", **said, check=CHECK, fields=fields)
        if not fields or not self.is_in(device) or self.chance.random() < 0.7:
            return
        self.app.config["NOW"] = self.now
        device.client.application = self.app
        reply = device.client.post(
            f"/courses/{self.world.course_id}/lessons/hello/checks/{CHECK}",
            data={"answer": fields[0][1], "fact_id": fact["id"]},
            headers={"X-Person": str(self.person.id), "X-Partial": "1"},
        )
        if reply.status_code != 200:
            raise Difference(f"a check by its form got {reply.status_code}")
        self.model.checks.add(fact["id"])
        self.by_form.add(fact["id"])
        heard = self.chance.random() < 0.5
        self.note("sent by its form", "heard" if heard else "reply lost")
        if heard:
            device.outbox.remove(fact)

    def open_attempt(self, device: Device) -> None:
        """Begin on the server, or load its page again, which brings another pack."""
        if self.model.submitted or not self.is_in(device):
            return
        self.wake(device)
        if self.model.deadline is None:
            self.act(
                start_attempt,
                assessment_id=self.world.assessment_id,
                attempt_id=self.attempt_id,
                seed=self.chance.getrandbits(30),
            )
            self.model.deadline = self.now + LIMIT
        order = max((one[0] for one in self.model.standing.values()), default=0)
        device.seal = self.act(self.sealed)
        if self.chance.random() < 0.02:
            device.seal, said = self.page(device)
            if said != order:
                raise Difference(f"the page goes on from {said}, the model from {order}")
        device.order = max(device.order, order)
        device.issued_at, device.ran_then = self.now, device.ran
        device.wall_then = self.now + device.wall_offset
        self.model.seals[device.seal] = self.now
        self.note("opened the attempt")

    def page(self, device: Device) -> tuple[str, int]:
        """The seal and the order of the attempt's page, as a browser reads them."""
        self.app.config["NOW"] = self.now
        device.client.application = self.app
        text = device.client.get(f"/attempts/{self.attempt_id}").get_data(as_text=True)
        seal, order = (text.split(f'data-{name}="', 1)[1].split('"', 1)[0] for name in ("pack", "order"))
        return seal, int(order)

    def sealed(self, session: Any, *, actor: Actor, now: datetime) -> str:
        """The seal that the attempt's page carries; the right answers go to the model on the way."""
        asked = () if self.model.right else list_asked(session, actor=actor, attempt_id=self.attempt_id)
        for one in asked:
            kind = kind_of(one.version.document)
            fields = right_fields(kind, kind.read(one.version.document), one.row.variant)
            self.model.right[one.position] = fields["answer"][0]
        secret = self.app.config["SECRET_KEY"]
        return seal_pack(session, actor=actor, attempt_id=self.attempt_id, secret=secret, now=now) or ""

    def answer(self, device: Device) -> None:
        """Answer a question; an earlier answer that has not left, and that no hand-in names, is replaced in the outbox."""
        if not device.seal:
            return
        self.wake(device)
        position = self.chance.randint(1, QUESTIONS + (self.chance.random() < 0.05))
        value = self.chance.choice("abc") if self.chance.random() < 0.95 else "zz"
        device.order += 1
        forged = self.chance.random() < 0.05
        wall = self.now + device.wall_offset - device.wall_then
        earlier = device.answers.get(position)
        named = {one for fact in device.outbox for one in fact.get("answers", ())}
        if earlier not in named and self.chance.random() < 0.7:  # else it is on its way just now
            device.outbox = [one for one in device.outbox if one["id"] != earlier]
        fact = self.mint(
            device,
            "response",
            attempt=str(self.attempt_id),
            position=position,
            order=device.order,
            fields=[["answer", value]],
            pack=device.seal[:-2] + "xx" if forged else device.seal,
            elapsed_ms=int((device.ran - device.ran_then).total_seconds() * 1000),
            wall_ms=int(wall.total_seconds() * 1000),
        )
        device.answers[position] = fact["id"]
        assert self.model.deadline is not None
        truly = self.now - device.issued_at
        told_true = not forged and wall == truly and device.ran - device.ran_then == truly
        self.honest[fact["id"]] = told_true and self.now <= self.model.deadline

    def hand_in(self, device: Device) -> None:
        if device.seal:
            device.order += 1
            said = {"attempt": str(self.attempt_id), "order": device.order}
            fact = self.mint(device, "submit", **said, answers=list(device.answers.values()))
            self.hands_in.add(
                fact["id"]
            )  # the second of an attempt was had, though it comes for the first time

    def begin_again(self, _device: Device) -> None:
        """Begin another attempt after the time of the first is up: that closes the first with what stands."""
        if self.model.deadline is None or self.model.submitted or self.now <= self.model.deadline + LIMIT:
            return
        try:
            self.act(
                start_attempt,
                assessment_id=self.world.assessment_id,
                attempt_id=self.an_id(),
                seed=self.chance.getrandbits(30),
            )
        except Conflict:
            return  # refused, and so the first is as it was
        self.model.submitted = True
        self.note("began another attempt, which closes the first")

    def open_review(self, device: Device) -> None:
        """The phone keeps the cards as they stand on the server now."""
        if self.is_in(device):
            self.wake(device)
            device.shown = {one.card.id: one.reviews for one in self.model.reviews.values()}
            self.note("kept the review cards")

    def review(self, device: Device) -> None:
        """Answer a card that the phone holds and has not answered yet; mostly say how well it was known."""
        left = [one for one in device.shown.items() if one not in device.reviewed]
        if not left:
            return
        card, nth = self.chance.choice(left)
        device.reviewed.add((card, nth))
        values = ("a", "b", "c", "a", "b", "c", "a", "b", "c", "zz")
        fields = [["answer", self.chance.choice(values)]] if self.chance.random() < 0.95 else []
        gone = self.chance.random() < 0.03
        fact = self.mint(
            device, "review", card=str(self.an_id()) if gone else str(card), nth=nth, fields=fields
        )
        if self.chance.random() < 0.6:
            self.mint(
                device, "felt", answer=fact["id"], felt=self.chance.choice(("hard", "good", "easy", "odd"))
            )

    def unknown(self, device: Device) -> None:
        self.mint(device, "gesture", card="x", grade=3)

    # What the world does

    def wait(self, _device: Device) -> None:
        gone = timedelta(seconds=self.chance.choice((5, 40, 170, 400, 4000, 90_000, 400_000, 1_500_000)))
        self.now += gone
        for one in self.devices:
            if one.closed_at is None and not one.asleep:
                one.ran += gone
            one.asleep = False
        self.note("time passed", gone)

    def jump(self, device: Device) -> None:
        minutes = self.chance.choice((-40_000, -4000, -30, -1, 1, 30, 4000, 40_000))
        device.wall_offset += timedelta(minutes=minutes)
        self.note("a clock jumped", minutes)

    def sleep(self, device: Device) -> None:
        device.asleep = True
        self.note("a phone slept")

    def kill_page(self, device: Device) -> None:
        """The page is gone: what the phone kept remains, and the moment it was last seen."""
        if device.closed_at is None:
            device.closed_at = self.now + device.wall_offset
            self.note("a page was killed")

    def is_in(self, device: Device) -> bool:
        """Whether the device's sign-in is the person's and has not ended."""
        return device.until is not None and self.now < device.until

    def expire(self, _device: Device) -> None:
        """The sign-in of both devices ends on the server."""
        with self.house.writing() as session:
            session.execute(
                update(SignIn).where(SignIn.person_id == self.person.id).values(ended_at=self.now)
            )
        for one in self.devices:
            one.until = None
        self.note("the sign-ins ended")

    def sign_in(self, device: Device, someone: Someone | None = None) -> None:
        who = someone or self.person
        with self.house.writing(who.firm_id) as session:
            token = sign_in.open_sign_in(
                session, person_id=who.id, firm_id=who.firm_id, user_agent="test", now=self.now
            )
        device.client = self.client(token)
        device.until = self.now + SIGN_IN_LASTS if someone is None else None
        self.note("signed in" if someone is None else "somebody else signed in")

    def somebody_else(self, device: Device) -> None:
        """Another person signs in on the device: what waits is the first one's, and is neither sent nor lost."""
        if device.outbox:
            self.sign_in(device, self.other)
            self.deliver(device, list(device.outbox), "well")

    def move(self, _device: Device) -> None:
        if self.model.moved:
            return
        old, new = self.world.versions
        self.world.show(new)
        try:
            self.act(move_people, self.trainer, course_id=self.world.course_id, version_id=old, choices={})
        except Conflict:
            return  # who has completed the course is not under way, and stays
        with self.house.writing(self.person.firm_id) as session:
            mine = select(Enrolment.version_id).where(
                Enrolment.firm_id == self.person.firm_id, Enrolment.person_id == self.person.id
            )
            self.model.moved = session.scalar(mine) == new
        if self.chance.random() < 0.5:
            self.on_screen = new
        self.note("the version moved")

    def deploy(self, _device: Device) -> None:
        """Another process of the program answers from now on, over the same database."""
        with self.app.app_context():
            db.engine.dispose()
        self.app = self.chance.choice(self.world.apps)
        self.note("deployed")

    def newer_program(self, device: Device) -> None:
        """A phone that saw a newer program than the server that answers now; then back again."""
        device.format = FORMAT + (device.format == FORMAT and self.chance.random() < 0.4)
        if device.format != FORMAT:
            self.note("the phone's program is newer than the server's")

    # The network

    def send(self, device: Device) -> None:
        """Some of what waits, in some order, some of it twice, with some fate."""
        facts = [one for one in device.outbox if self.chance.random() < 0.7]
        twice = [one for one in facts if self.chance.random() < 0.15]
        self.met["sent twice in one batch"] += len(twice)
        facts += twice
        self.chance.shuffle(facts)
        if facts:
            if not self.is_in(device) and self.chance.random() < 0.5:
                self.sign_in(device)
            self.deliver(device, facts, self.chance.choice(FATES))

    def deliver(self, device: Device, facts: list[dict[str, Any]], fate: str) -> None:
        """One request: it arrives well, never arrives, its reply is lost, or the server dies under it."""
        self.note(f"batch: {fate}" if self.is_in(device) else "batch: the sign-in is not theirs", len(facts))
        if fate == "unsent":
            return
        reply = self.post(device, facts, fate)
        if reply is None:
            return
        if not self.is_in(device):
            if reply.status_code != 401:
                raise Difference(f"a sign-in that is not theirs got {reply.status_code}")
            return
        if reply.status_code != 200:
            raise Difference(f"{reply.status_code}: {reply.get_data(as_text=True)[:200]}")
        before = set(self.model.verdicts) | (self.by_form if device.format == FORMAT else set())
        self.model.batch(facts, device.format, self.now)
        if fate == "unheard":
            return
        self.hear(device, reply.get_json()["facts"], before)

    def hear(self, device: Device, told: list[dict[str, Any]], before: set[str]) -> None:
        """What the phone is told of each fact against the model's verdict; what is settled leaves the outbox."""
        seen = set(before)
        for one in told:
            result, because = self.model.verdicts[one["id"]]
            again = one["id"] in seen
            seen.add(one["id"])
            self.met[f"told: {one['result']} {one['because'] or ''}".strip()] += 1
            if (one["first"], one["because"]) != (result, because):
                raise Difference(f"told {one}, the model says {result} {because}")
            if (one["result"] == "had") != again and (again or one["id"] not in self.hands_in):
                raise Difference(f"{'a repeat' if again else 'a first arrival'} was told {one['result']}")
            if because and not one["why"]:
                raise Difference(f"no reason: {one}")
            if because != WAITS:
                device.outbox = [fact for fact in device.outbox if fact["id"] != one["id"]]

    def post(self, device: Device, facts: list[dict[str, Any]], fate: str) -> Any:
        """The reply; none when the server died."""
        self.app.config["NOW"] = self.now
        device.client.application = self.app
        try:
            with self.dying(fate):
                return device.client.post(
                    "/sync",
                    data=json.dumps({"format": device.format, "facts": facts}),
                    headers={"X-Person": str(self.person.id), "X-Partial": "1"},
                    content_type="application/json",
                )
        except Killed:
            return None

    @contextmanager
    def dying(self, fate: str) -> Iterator[None]:
        """The server dies before its commit, or after so many writes of the batch, if it comes to so many."""
        left = [self.chance.randint(1, 12)]

        def at_commit(_session: object) -> None:
            raise Killed

        def at_write(*_what: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed

        listeners = {
            "killed before its commit": ("before_commit", at_commit),
            "killed midway": ("after_flush", at_write),
        }
        if fate not in listeners:
            yield
            return
        name, listener = listeners[fate]
        event.listen(db.session, name, listener)
        try:
            yield
        finally:
            event.remove(db.session, name, listener)

    # The comparison

    def compare(self) -> None:
        """The record against the model, row by row."""
        model, firm = self.model, self.person.firm_id
        with self.house.writing(firm) as session:

            def rows(what: Any) -> list[Any]:
                return list(session.scalars(select(what).where(what.firm_id == firm)))

            logs = rows(ReviewLog)
            record = {
                "verdicts": {str(one.id): (str(one.result), one.because) for one in rows(SyncedFact)},
                "cards": {str(one.id): one.card_key for one in rows(CardFact)},
                "checks": {str(one.id) for one in rows(CheckAnswer)},
                "responses": {
                    str(one.id): (one.position, one.sequence, one.given.get("ref", ""), one.kept_because)
                    for one in rows(Response)
                },
                "reviews": {
                    str(one.id): (str(one.card_id), one.nth, one.score) for one in logs if one.of_id is None
                },
                "words": {str(one.id): one.given["felt"] for one in logs if one.of_id is not None},
                "memory": {str(one.id): one for one in rows(ReviewCard)},
                "owners": {one.person_id for one in rows(SyncedFact)} <= {self.person.id},
            }
            attempts = [one for one in rows(Attempt) if one.id == self.attempt_id]
            scores = {
                one.position: one.score for one in rows(AttemptQuestion) if one.attempt_id == self.attempt_id
            }
            progress, evidence = rows(LessonProgress), rows(EvidenceRow)
        self.compare_memory(record.pop("memory"))
        wanted = {
            "verdicts": model.verdicts,
            "cards": {one: card for one, (card, _counts) in model.cards.items()},
            "checks": model.checks,
            "responses": model.responses,
            "reviews": {
                answer.id: (card, nth, float(answer.right))
                for card, found in model.reviews.items()
                for nth, answer in found.answers.items()
            },
            "words": model.felt,
            "owners": True,
        }
        for name, value in wanted.items():
            if record[name] != value:
                raise Difference(f"{name}: the record has {record[name]}, the model {value}")
        if lost := [one for device in self.devices for one in device.outbox]:
            raise Difference(f"never settled: {lost}")
        handed_in = [model.submitted] if model.deadline else []
        if [one.submitted_at is not None for one in attempts] != handed_in:
            raise Difference("handed in, or not")
        self.compare_score(attempts, scores, evidence)
        done = {card for card, counts in model.cards.values() if counts} >= set(OLD_CARDS)
        if not model.moved and done != any(one.completed_at for one in progress):
            raise Difference("the lesson is done, or not")
        for one, honest in self.honest.items():
            because = model.verdicts[one][1] if one in model.verdicts else None
            if honest and because not in IN_TIME:
                raise Difference(f"an honest answer in time was told {because}")

    def compare_memory(self, rows: dict[str, ReviewCard]) -> None:
        """Each review card as often answered, as well known and as soon due as the model says."""
        for card, found in self.model.reviews.items():
            row, memory = rows[card], found.memory
            got = (row.reviews, row.stability, row.difficulty, row.last_at, row.lapses, row.last_grade)
            want = (
                found.reviews,
                memory.stability,
                memory.difficulty,
                memory.last_at,
                found.lapses,
                found.grade,
            )
            if got != want:
                raise Difference(f"the card {card} stands at {got}, the model says {want}")
            if found.due_on and found.card.source == "check" and row.due_on != found.due_on:
                raise Difference(f"the card {card} is due on {row.due_on}, the model says {found.due_on}")

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
