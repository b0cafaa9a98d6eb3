"""A course with a gate: forty questions from a bank that holds a second form, and a firm to sit it."""

import shutil
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.assessments.models import Assessment, Attempt, SittingCode
from lms.assessments.services import Given, record_response, submit_attempt
from lms.assessments.services.sitting import CodeFacts, begin_supervised, make_code
from lms.foundation.actor import Role
from tests.house import SAMPLE_COURSE, House, Someone

GATE = 40
PLAN = """
key: gate
title: The senior gate
purpose: gate
draws: [{count: 24, tags: [gate], thinking: know}, {count: 16, tags: [gate], thinking: judge}]
time_limit_minutes: 60
pass_mark: 0.75
forms: 2
feedback: never
attempts: {allowed: 1}
evidence: [{competency: B4, level: 3}]
"""


def write_course(folder: Path, *, bank: int = 96, plan: str = PLAN) -> Path:
    """The sample course with so many questions for the gate, six of ten to know and four of ten to judge."""
    shutil.copytree(SAMPLE_COURSE, folder)
    lines = []
    for at in range(bank):
        thinking = "judge" if at % 5 in (1, 3) else "know"
        options = "".join(
            f"    - {{text: Way {letter} of {at}, why: Because {letter}{', correct: true' if letter == 'a' else ''}}}\n"
            for letter in "abcd"
        )
        lines.append(
            f"- key: gate-{at:03}\n  kind: single\n  stem: What do you do in case {at}?\n  objective: greet\n"
            f"  competency: B4\n  level: 3\n  thinking: {thinking}\n  difficulty: {0.4 + at % 11 * 0.05:.2f}\n"
            f"  tags: [gate]\n  options:\n{options}"
        )
    (folder / "questions" / "gate.yaml").write_text("".join(lines))
    (folder / "assessments" / "gate.yaml").write_text(plan)
    return folder


class Gated:
    """A firm with an agent before a gate, a supervisor, and a colleague whom no code names."""

    def __init__(self, house: House, folder: Path, plan: str = PLAN) -> None:
        self.house = house
        self.course_id = house.course(folder=write_course(folder / SAMPLE_COURSE.name, plan=plan))
        self.firm = house.firm()
        self.team = house.team(self.firm)
        self.agent = house.person(self.firm, name="Ana Agent", team_id=self.team, number="A-1")
        self.colleague = house.person(self.firm, name="Cy Colleague", number="A-2")
        self.manager = house.person(self.firm, Role.MANAGER, name="Max Manager")
        with house.writing() as session:
            found = session.scalar(
                select(Assessment.id).where(Assessment.course_id == self.course_id, Assessment.key == "gate")
            )
        assert found is not None
        self.gate = found

    def code(self, by: Someone | None = None, **more: Any) -> SittingCode:
        """A code of the manager's for the agent by name, good for an hour from noon."""
        facts = {"names": ("A-1",), "team_id": None, "opens_at": self.house.noon} | more
        facts.setdefault("closes_at", facts["opens_at"] + timedelta(hours=1))
        made: SittingCode = self.house.act(
            by or self.manager, make_code, facts=CodeFacts(self.gate, **facts), now=self.house.noon
        )
        return made

    def begin(
        self, typed: str, *, who: Someone | None = None, after: timedelta = timedelta(), seed: int = 5
    ) -> Attempt | None:
        """Type a code at the door."""
        began: Attempt | None = self.house.act(
            who or self.agent,
            begin_supervised,
            assessment_id=self.gate,
            attempt_id=uuid.uuid4(),
            typed=typed,
            now=self.house.noon + after,
            seed=seed,
        )
        return began

    def hand_in(self, attempt: Attempt, right: int) -> Attempt:
        """Answer every question, the first so many rightly, and hand it in."""
        key = self.house.right_answers(self.agent, attempt.id)
        for position, fields in key.items():
            if position > right:
                fields = {"answer": ["b" if fields["answer"] == ["a"] else "a"]}
            given = Given(uuid.uuid4(), attempt.id, position, fields, 1, None)
            self.house.act(self.agent, record_response, given=given)
        done: Attempt = self.house.act(self.agent, submit_attempt, attempt_id=attempt.id)
        return done
