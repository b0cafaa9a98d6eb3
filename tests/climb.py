"""Somebody who climbs from rung to rung on shipped courses, gates and forms, and those who may rate them."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from lms.assessments.queries import OpenAssessment, list_asked, list_open_assessments
from lms.assessments.services import Given, record_response, start_attempt, submit_attempt
from lms.assessments.services.sitting import CodeFacts, make_code
from lms.courses.services import course_folders
from lms.foundation.actor import Role
from lms.learning import services as learning
from lms.tracks import services as tracks
from lms.tracks.framework_files import find_rung, framework_on, latest_forms
from lms.tracks.rules import EvidenceKind, State
from lms.tracks.rules.rating import SCALES, items_of
from lms.tracks.services.rating import Subject, call_panel, hand_in, record_rating
from tests.house import House, Someone, read_once

ROOT = Path(__file__).parents[1] / "seed_courses"
SHIPPED = {
    str(package.course["key"]): (folder, package)
    for folder in course_folders(ROOT)
    if not (package := read_once(folder)).course.get("translation_of")
}
CLIMBS = {"S2": ("S1", "S2"), "T2": ("T1", "T2"), "M1": ("M1",)}
SAW = "On the floor last week: as the form says, line by line, three times."


@dataclass
class Climb:
    """Ana, who has been there for three years, and those who may rate her."""

    house: House
    ana: Someone
    raters: tuple[Someone, ...]
    manager: Someone
    courses: Mapping[str, uuid.UUID]

    @property
    def day(self) -> Any:
        """The day before."""
        return self.house.noon.date() - timedelta(days=1)

    def read(self, key: str) -> None:
        """Take every card of a course."""
        package, course = SHIPPED[key][1], self.courses[key]
        actor = self.house.actor(self.ana)
        with self.house.writing(self.ana.firm_id) as session:
            for lesson_key, lesson in package.lessons.items():
                for card in lesson.cards:
                    fact = learning.FinishedCard(uuid.uuid4(), course, lesson_key, card.key)
                    learning.finish_card(session, actor=actor, fact=fact, now=self.house.noon)

    def find(self, course: str, assessment: str) -> OpenAssessment:
        """An assessment of a course by its key."""
        open_ = self.house.act(self.ana, _open, course_id=self.courses[course])
        return next(one for one in open_ if one.version.document["key"] == assessment)

    def sit(self, course: str, assessment: str) -> None:
        """Sit an assessment without a page, and answer it rightly."""
        attempt = self.house.act(
            self.ana, start_attempt, assessment_id=self.find(course, assessment).id, attempt_id=uuid.uuid4()
        )
        answers = self.house.right_answers(self.ana, attempt.id)
        actor = self.house.actor(self.ana)
        with self.house.writing(self.ana.firm_id) as session:
            for position, raw in answers.items():
                given = Given(uuid.uuid4(), attempt.id, position, raw, 1, None)
                record_response(session, actor=actor, given=given, now=self.house.noon)
            done = submit_attempt(session, actor=actor, attempt_id=attempt.id, now=self.house.noon)
            assert done.passed, (course, assessment, done.score)

    def asked_from(self, attempt_id: uuid.UUID) -> list[str]:
        """The keys of the courses that the questions of an attempt are from."""
        asked = self.house.act(self.ana, _asked, attempt_id=attempt_id)
        return [str(one.version.document["key"]).split("-")[0].upper() for one in asked]

    def code(self, gate: uuid.UUID) -> str:
        """A sitting code for her, read out by the manager."""
        until = self.house.noon + timedelta(hours=2)
        facts = CodeFacts(gate, None, (self.ana.name,), self.house.noon, until)
        return str(self.house.act(self.manager, make_code, facts=facts).code)

    def rate(self, form: Mapping[str, Any], about: Subject, raters: int = 1) -> None:
        """Rate her on a form with the best marks, by as many as the form or the rung asks for."""
        best = SCALES[form["scale"]][-1][0]
        marks = {item["key"]: best for item in items_of(form)}
        by = self.raters[: max(raters, form["raters"])]
        if form["raters"] == 1:
            for rater in by:
                self.house.act(rater, record_rating, about=about, marks=marks, note=SAW)
            return
        panel = self.house.act(
            self.manager, call_panel, about=about, raters=[one.id for one in by], panel_id=uuid.uuid4()
        )
        for rater in by:
            self.house.act(rater, hand_in, panel_id=panel.id, marks=marks, note=SAW)

    def show(self, levels: Mapping[str, int]) -> None:
        """Every competency at its level: seen at work on a form that ships, and from level 3 on attested by a second."""
        forms = sorted(latest_forms(), key=lambda one: (one["kind"] != "observed", one["raters"]))
        for key, level in levels.items():
            form = next(
                one for one in forms if key in one["about"] and one["kind"] in ("observed", "work_sample")
            )
            self.rate(form, Subject(self.ana.id, form["key"], self.day, key, level))
            if level >= 3:
                self.record(self.manager, EvidenceKind.ATTESTATION, competency=key, level=level)

    def record(self, by: Someone, kind: EvidenceKind, **said: Any) -> None:
        """Record a fact about her."""
        seen = tracks.Observation(
            **{
                "person_id": self.ana.id,
                "kind": kind,
                "competency": None,
                "level": None,
                "on": self.day,
                "example": SAW,
                **said,
            }
        )
        self.house.act(by, tracks.record_evidence, seen=seen)

    def at_work(self, rung: Mapping[str, Any]) -> None:
        """What no course can show: months of figures, and people who vouch for her."""
        for need in rung["requirements"]:
            if need["kind"] == "kpi":
                counted = tracks.Measured("Quality score", self.day - timedelta(days=90), 96.0, 40)
                self.record(
                    self.manager,
                    EvidenceKind.KPI,
                    requirement=need["key"],
                    outcome="passed",
                    measured=counted,
                )
            elif need["kind"] == "attestation":
                for rater in self.raters[: need["raters"]]:
                    self.record(rater, EvidenceKind.ATTESTATION, requirement=need["key"])

    def forms(self, rung: Mapping[str, Any]) -> None:
        """Every part of the rung's assessment that is shown on a form, on as many days as it asks for."""
        forms = {one["key"]: one for one in latest_forms()}
        for part in parts(rung):
            if "forms" in part:
                form = forms[part["forms"][0]]
                subject = Subject(self.ana.id, form["key"], self.day, requirement=part["key"])
                for turn in range(part.get("times", 1)):
                    about = replace(subject, on=self.day - timedelta(days=turn))
                    self.rate(form, about, part.get("raters", 1))

    def stands(self, rung: str) -> dict[str, State]:
        """Where she stands on each requirement."""
        path = self.house.act(
            self.ana, _standing, person_id=self.ana.id, rung=rung, as_of=self.house.noon.date()
        )
        return {cell.key: cell.state for cell in path.standing.cells}


def parts(rung: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parts of a rung's assessment."""
    for need in rung["requirements"]:
        yield from need.get("parts", ())


def _open(session: Any, *, actor: Any, course_id: uuid.UUID, now: Any) -> Any:
    return list_open_assessments(session, actor=actor, course_id=course_id)


def _asked(session: Any, *, actor: Any, attempt_id: uuid.UUID, now: Any) -> Any:
    return list_asked(session, actor=actor, attempt_id=attempt_id)


def _standing(session: Any, *, actor: Any, now: Any, **said: Any) -> Any:
    return tracks.see_standing(session, actor=actor, **said)


def courses_of(rungs: Iterable[Mapping[str, Any]]) -> list[str]:
    """The courses that these rungs ask for, the first branch where they offer several, each once."""
    found = [
        key
        for rung in rungs
        for need in rung["requirements"]
        if need["kind"] == "course"
        for key in (need.get("any_of") or [[need["course"]]])[0]
    ]
    return sorted(set(found))


def begin_climb(house: House) -> Climb:
    """Everything that ships, published; Ana, a manager and three raters of one firm."""
    firm = house.firm()
    manager = house.person(firm, Role.MANAGER, name="Max Manager")
    raters = tuple(house.person(firm, Role.ASSESSOR, name=f"Rater {number}") for number in range(3))
    ana = house.person(firm, name="Ana Agent", started_on=house.noon.date() - timedelta(days=1100))
    courses = {key: house.course(folder=folder) for key, (folder, _package) in SHIPPED.items()}
    return Climb(house, ana, raters, manager, courses)


def rungs_on_the_way(house: House) -> tuple[dict[str, Mapping[str, Any]], dict[str, int]]:
    """The rungs of all climbs by their keys, and the highest level they ask of each competency."""
    framework = framework_on(house.noon.date())
    rungs = {key: found[1] for way in CLIMBS.values() for key in way if (found := find_rung(framework, key))}
    profiles = {one["key"]: one["levels"] for one in framework["profiles"]}
    highest: dict[str, int] = {}
    for rung in rungs.values():
        for key, level in profiles[rung["profile"]].items():
            highest[key] = max(level, highest.get(key, 0))
    return rungs, highest
