"""The demo: invented firms whose year looks like life, the same for the same seed, with the cases it promises."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessments.models import Assessment, AssessmentVersion, Attempt, Question, QuestionVersion
from lms.cli import main
from lms.courses.models import Course, CourseVersion
from lms.demo import cases
from lms.demo.cases import CASES, case
from lms.demo.cli import build
from lms.demo.people import ACCOUNTS, FIRMS, PASSWORD
from lms.foundation.actor import Actor, Role
from lms.foundation.db import Base, InFirm
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import derived_id
from lms.foundation.wall import beyond_the_wall, enter, leave
from lms.learning.models import Assignment, CardFact, Enrolment, LessonProgress
from lms.operations.doctor import examine
from lms.people.models import Employment, Firm, Person, Team
from lms.people.queries import find_actor
from lms.settings import Settings
from lms.tracks import services as tracks
from lms.tracks.models import Contest, EvidenceRow
from lms.tracks.rules import Standing, State
from lms.web.request import db
from tests.conftest import NOON, PostgresqlMaker, SqliteMaker, an_app
from tests.house import House

AS_OF = date(2026, 3, 2)
PEOPLE = 96
SEEDS = Path(__file__).parents[2] / "seed_courses"
FIRM = derived_id("demo", "firm", 0)


@pytest.fixture(scope="module")
def demo(
    database_maker: SqliteMaker | PostgresqlMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One demo for all these tests: they only look."""
    with an_app(database_maker, tmp_path_factory.mktemp("demo")) as app:
        house = House(app, NOON)
        for course in sorted(
            SEEDS.iterdir(), key=lambda one: ("-es-" in one.name, one.name)
        ):  # originals first
            house.course(folder=course)
        with app.app_context():
            build(db.session(), people=PEOPLE, seed=1, as_of=AS_OF)
        yield app


@pytest.fixture
def inside(demo: Flask) -> Iterator[Session]:
    """A session inside the first firm."""
    with demo.app_context():
        session = db.session()
        session.rollback()
        leave(session)
        enter(session, FIRM)
        yield session
        session.rollback()
        leave(session)


MANAGER = Actor(uuid.UUID(int=1), FIRM, "A test", frozenset({Role.MANAGER}))


def standing(session: Session, who: str, rung: str = "S1", as_of: date = AS_OF) -> Standing:
    """Where a named case, or somebody by id, stands."""
    path = tracks.see_standing(
        session, actor=MANAGER, person_id=derived_id("demo", "case", who), rung=rung, as_of=as_of
    )
    return path.standing


def cell(stand: Standing, key: str) -> Any:
    """The cell of a requirement or a competency."""
    return next(one for one in (*stand.cells, *stand.competencies) if one.key == key)


MINTED = {
    "id",
    "evidence_id",
    "supersedes_id",
    "subject",
    "file_id",
    "hash",
    "previous_hash",
    "password_hash",
} | {
    "opening_id",
    "decision_id",
    "appeal_id",
    "contest_id",
    "snapshot",
    "snapshot_hash",
}
"""Columns with ids that are minted by chance, and what is made of them."""


def content_names(session: Session) -> dict[str, str]:
    """The ids of courses, assessments, questions and their versions, which each loading mints, by a steady name."""
    names = {str(row.id): row.key for row in session.execute(select(Course.id, Course.key))}
    for version in (CourseVersion, Assessment, Question):
        rows = session.execute(select(version.id, version.course_id, getattr(version, "key", version.id)))
        for row in rows:
            own = str(row[2]) if hasattr(version, "key") else "version"
            names[str(row[0])] = f"{names[str(row[1])]}/{version.__name__}/{own}"
    for version_of in (AssessmentVersion.assessment_id, QuestionVersion.question_id):
        rows = session.execute(select(version_of.class_.id, version_of))
        names |= {str(row[0]): f"{names[str(row[1])]}/version" for row in rows}
    rows = session.execute(select(Assignment.id, Assignment.firm_id, Assignment.course_id))
    names |= {str(row.id): f"{row.firm_id}/{names[str(row.course_id)]}/assignment" for row in rows}
    return names


HASH = re.compile(r"\b[0-9a-f]{64}\b")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def fingerprint(app: Flask) -> dict[str, str]:
    """A hash of each table's rows, with content by its name and without ids that are minted."""
    found = {}
    with app.app_context():
        session = db.session()
        session.rollback()
        with beyond_the_wall(session, "a test compares"):
            names = content_names(session)
            for mapper in Base.registry.mappers:
                model = mapper.class_
                if not (issubclass(model, InFirm) or model is Person):
                    continue
                minted = MINTED if model is not Person else {"password_hash"}
                columns = [one.columns[0] for one in mapper.column_attrs]
                statement = select(*(one for one in columns if one.name not in minted))
                if model is Person:
                    statement = statement.where(Person.email.is_not(None))
                rows = sorted(
                    UUID.sub(
                        lambda one: names.get(one.group(), one.group()),
                        HASH.sub("hash", json.dumps([str(value) for value in row])),
                    )
                    for row in session.execute(statement)
                )
                found[model.__name__] = f"{len(rows)}:{hashlib.sha256(''.join(rows).encode()).hexdigest()}"
        session.rollback()
    return found


def commanded(settings: Settings, *words: str | Path) -> Result:
    """What a command says on this home and database."""
    where = {"LADDER_HOME": str(settings.home), "LADDER_DATABASE": settings.database}
    return CliRunner().invoke(main, [str(word) for word in words], env=where)


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
@pytest.mark.sqlite_is_enough
def test_the_command_makes_the_same_rows_for_the_same_seed_and_day_and_makes_them_once(
    demo: Flask, app: Flask, settings: Settings
) -> None:
    assert "Load the courses first" in commanded(settings, "demo").stderr
    assert commanded(settings, "courses", "load", SEEDS).exit_code == 0
    words = ("demo", "--people", str(PEOPLE), "--seed", "1", "--as-of", f"{AS_OF}", "--json")
    done = commanded(settings, *words)
    assert (done.exit_code, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    assert made["made"] is True
    assert len(made["accounts"]) >= 3
    first = fingerprint(demo)
    assert fingerprint(app) == first
    empty = {name for name, said in first.items() if said.startswith("0:")}
    assert not empty & {"EvidenceRow", "Contest", "Attempt", "Response", "CardFact", "Assignment", "Team"}
    again = commanded(settings, "demo", "--people", str(PEOPLE))
    assert (again.exit_code, again.stdout) == (1, "")
    assert "The demo is here already." in again.stderr
    assert json.loads(commanded(settings, "demo", "--if-new", "--json").stdout) == {
        "made": False,
        "accounts": {},
    }
    assert "Demo accounts" in commanded(settings, "demo", "--if-new").stdout


def count(session: Session, model: Any, *where: Any) -> int:
    """How many rows of all firms."""
    with beyond_the_wall(session, "a test counts"):
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_the_year_looks_like_life(inside: Session) -> None:
    assert count(inside, Employment) == PEOPLE + 1, "and the association's administrator"
    assert count(inside, Firm, Firm.is_simulated.is_(True)) == len(FIRMS) + 1
    assert count(inside, Employment, Employment.ended_on < AS_OF) >= 2
    passed, failed = (count(inside, Attempt, Attempt.passed.is_(value)) for value in (True, False))
    assert passed > 5
    assert failed > 2
    again = (
        select(Attempt.person_id).group_by(Attempt.person_id, Attempt.assessment_id).having(func.count() > 1)
    )
    assert count(inside, again.subquery()) >= 1, "somebody sat a second time"
    assert count(inside, Assignment, Assignment.due_on < AS_OF) >= 2
    assert count(inside, Assignment, Assignment.due_on > AS_OF) >= 2
    whole = count(inside, Enrolment, Enrolment.completed_at.is_not(None))
    assert 0 < whole < count(inside, Enrolment)
    for kind in ("kpi", "attestation", "observed", "assessment", "course"):
        assert count(inside, EvidenceRow, EvidenceRow.kind == kind) > 3, kind


def test_nothing_of_the_year_lies_after_its_last_day_or_before_somebody_came(inside: Session) -> None:
    end = NOON.replace(hour=0) + timedelta(days=1, hours=6)
    assert count(inside, EvidenceRow, EvidenceRow.recorded_at > end) == 0
    assert count(inside, Attempt, Attempt.submitted_at > end) == 0
    assert count(inside, Attempt, Attempt.submitted_at.is_(None)) == 0
    with beyond_the_wall(inside, "a test looks"):
        early = inside.execute(
            select(Employment.name, EvidenceRow.on)
            .join(EvidenceRow, EvidenceRow.person_id == Employment.person_id)
            .where(EvidenceRow.firm_id == Employment.firm_id, EvidenceRow.on < Employment.started_on)
        ).all()
        late = inside.execute(
            select(Employment.name, CardFact.arrived_at, Employment.ended_on)
            .join(CardFact, CardFact.person_id == Employment.person_id)
            .where(CardFact.firm_id == Employment.firm_id, Employment.ended_on.is_not(None))
        ).all()
    assert early == []
    assert late != []
    assert [row for row in late if (row.arrived_at - timedelta(hours=6)).date() > row.ended_on] == []


def test_every_named_case_is_listed_with_its_name() -> None:
    assert cases.__doc__ is not None
    for one in CASES:
        assert f"- {one.name}: " in cases.__doc__
    assert cases.__doc__.count("\n- ") == len(CASES)


def test_the_borderline_case_is_within_one_standard_error_of_the_mark(inside: Session) -> None:
    stand = standing(inside, "borderline")
    assert cell(stand, "B4").state is State.BORDERLINE
    assert cell(stand, "competencies").state is State.BORDERLINE, "so that the board shows it too"


def test_the_contested_cases_wait_stand_or_never_count_again(inside: Session) -> None:
    def a4(who: str, as_of: date = AS_OF) -> tuple[State, bool]:
        found = cell(standing(inside, who, as_of=as_of), "A4")
        return found.state, found.contested

    assert a4("waiting") == (State.NO_EVIDENCE, True)
    assert a4("waiting", AS_OF - timedelta(days=19)) == (State.MET, False)
    assert a4("upheld") == (State.MET, False)
    assert a4("upheld", AS_OF - timedelta(days=46)) == (State.NO_EVIDENCE, True)
    assert a4("withdrawn") == (State.NO_EVIDENCE, False)
    ids = {who: derived_id("demo", "case", who) for who in ("waiting", "upheld", "withdrawn")}
    outcomes = {
        who: inside.scalars(
            select(Contest.outcome)
            .join(EvidenceRow, EvidenceRow.id == Contest.evidence_id)
            .where(Contest.firm_id == FIRM, EvidenceRow.firm_id == FIRM, EvidenceRow.person_id == person_id)
        ).all()
        for who, person_id in ids.items()
    }
    assert outcomes == {"waiting": [None], "upheld": ["upheld"], "withdrawn": ["withdrawn"]}


def test_the_stale_case_took_the_course_and_passed_too_long_ago(inside: Session) -> None:
    stand = standing(inside, "stale")
    assert [cell(stand, key).state for key in ("C05", "B4", "A4")] == [State.STALE] * 3


def test_the_ready_case_meets_everything_of_the_first_rung(inside: Session) -> None:
    stand = standing(inside, "ready")
    assert [one.key for one in stand.cells if one.state is not State.MET] == []
    assert {one.state for one in stand.competencies} == {State.MET}
    assert standing(inside, "ready", as_of=AS_OF - timedelta(days=60)).met < stand.met


def test_two_raters_of_two_have_said_so(inside: Session) -> None:
    found = cell(standing(inside, "two_raters", "S2"), "S2-attestation")
    assert (found.state, len(found.evidence)) == (State.MET, 2)


def test_the_newcomer_has_nothing_and_the_leaver_has_a_history(inside: Session) -> None:
    new, left = standing(inside, "newcomer"), standing(inside, "leaver")
    assert {one.state for one in new.competencies} == {State.NO_EVIDENCE}
    assert cell(left, "C01").state is State.MET
    names = [row.person.name for row in whole_board(inside, MANAGER)]
    before = [row.person.name for row in whole_board(inside, MANAGER, AS_OF - timedelta(days=60))]
    assert case("newcomer").name in names
    assert case("leaver").name not in names
    assert case("leaver").name in before


def test_who_came_back_has_stale_evidence_from_before_and_fresh_from_since(inside: Session) -> None:
    stand = standing(inside, "back")
    assert cell(stand, "B4").state is State.STALE
    assert cell(stand, "A1").held == 2
    assert cell(stand, "tenure").state is State.NOT_YET


def test_extra_time_lengthens_the_attempt_and_was_used(inside: Session) -> None:
    who = derived_id("demo", "case", "extra_time")
    attempt = inside.scalars(select(Attempt).where(Attempt.firm_id == FIRM, Attempt.person_id == who)).one()
    assert attempt.deadline_at is not None
    assert attempt.submitted_at is not None
    assert attempt.deadline_at - attempt.started_at == timedelta(minutes=30)
    assert timedelta(minutes=20) < attempt.submitted_at - attempt.started_at < timedelta(minutes=30)
    assert attempt.passed


def whole_board(session: Session, actor: Actor, as_of: date = AS_OF) -> list[tracks.BoardRow]:
    """Everybody the actor sees."""
    return tracks.see_board(session, actor=actor, rung="S1", team_id=None, sort="name", as_of=as_of)


def test_the_demo_agent_is_half_way_and_has_one_lesson_of_c05_still_to_learn(inside: Session) -> None:
    nadia = ACCOUNTS[0]
    path = tracks.see_standing(inside, actor=MANAGER, person_id=nadia.person_id, rung="S1", as_of=AS_OF)
    states = {one.state for one in (*path.standing.cells, *path.standing.competencies)}
    assert {State.MET, State.NOT_YET, State.NO_EVIDENCE} <= states
    assert cell(path.standing, "C05").state is State.NO_EVIDENCE
    rows = inside.execute(
        select(Course.key, LessonProgress.lesson_key, LessonProgress.completed_at)
        .join(Course, Course.id == LessonProgress.course_id)
        .where(LessonProgress.firm_id == FIRM, LessonProgress.person_id == nadia.person_id)
    ).all()
    assert sorted(row.completed_at is None for row in rows if row.key == "C01") == [False, False, False, True]
    done = {row.lesson_key for row in rows if row.key == "C05" and row.completed_at}
    assert len(done) == 5
    assert "why-they-call-us" not in done
    enrolled = inside.scalars(
        select(Enrolment.completed_at).where(
            Enrolment.firm_id == FIRM, Enrolment.person_id == nadia.person_id
        )
    ).all()
    assert enrolled == [None, None]
    due = inside.scalars(
        select(Assignment.due_on).where(Assignment.firm_id == FIRM, Assignment.person_id == nadia.person_id)
    ).all()
    assert due == [AS_OF + timedelta(days=9)]


def account(word: str) -> Any:
    """An account by the first word of its address."""
    return next(one for one in ACCOUNTS if one.email.startswith(f"{word}@"))


def test_the_lead_sees_the_team_and_no_other_and_a_floors_lead_all_beneath(inside: Session) -> None:
    lead = find_actor(inside, firm_id=FIRM, person_id=account("lead").person_id, now=NOON)
    assert lead is not None
    names = {row.person.name for row in whole_board(inside, lead)}
    here = {one.name for one in CASES if one.key != "leaver"} | {"Nadia Castillo"}
    assert here <= names
    assert "Inez Palacio" not in names
    stranger = derived_id("demo", "team", 0, "Travel")
    with pytest.raises(NotFound):
        tracks.see_board(inside, actor=lead, rung="S1", team_id=stranger, sort="name", as_of=AS_OF)
    floor = inside.scalars(select(Team.lead_id).where(Team.firm_id == FIRM, Team.name == "Floor")).one()
    assert floor is not None
    above = find_actor(inside, firm_id=FIRM, person_id=floor, now=NOON)
    assert above is not None
    over = {row.person.name for row in whole_board(inside, above)}
    assert names < over
    assert {"Marcus Arana", "Inez Palacio"} <= over


def test_every_demo_account_can_sign_in_and_is_told_that_the_data_are_simulated(demo: Flask) -> None:
    for one in ACCOUNTS:
        client = demo.test_client()
        reply = client.post("/sign-in", data={"name": one.email, "password": PASSWORD})
        assert reply.status_code == 302, one.email
        if len(one.firms) > 1:
            client.post(f"/me/firms/{FIRM}")
        page = client.get("/me").get_data(as_text=True)
        assert "Simulated demonstration data" in page, one.email
        assert one.name in page


def test_who_works_at_two_firms_switches_and_neither_shows_the_other(demo: Flask) -> None:
    inez = account("two")
    client = demo.test_client()
    client.post("/sign-in", data={"name": inez.email, "password": PASSWORD})
    places = client.get("/me/firms").get_data(as_text=True)
    assert FIRMS[0] in places
    assert FIRMS[1] in places
    for number, other in ((0, 1), (1, 0)):
        assert client.post(f"/me/firms/{derived_id('demo', 'firm', number)}").status_code == 302
        page = client.get("/me").get_data(as_text=True)
        assert FIRMS[number] in page
        assert FIRMS[other] not in page
        facts = client.get("/path/evidence").get_data(as_text=True)
        assert ("Active listening" in facts) is (number == 0)


def test_the_association_sees_courses_and_nobodys_people(demo: Flask) -> None:
    client = demo.test_client()
    client.post("/sign-in", data={"name": account("association").email, "password": PASSWORD})
    assert "Handle the call" in client.get("/courses").get_data(as_text=True)
    for path in ("/people", "/board", "/path", f"/board/people/{ACCOUNTS[0].person_id}"):
        assert client.get(path).status_code in (403, 404), path


def test_no_firm_of_the_demo_sees_anything_of_another(inside: Session) -> None:
    with beyond_the_wall(inside, "a test looks"):
        rows = inside.execute(select(Employment.firm_id, Employment.person_id)).all()
    of_firm: dict[uuid.UUID, set[uuid.UUID]] = {}
    for row in rows:
        of_firm.setdefault(row.firm_id, set()).add(row.person_id)
    both = {
        person
        for one in of_firm
        for person in of_firm[one]
        for other in of_firm
        if other != one and person in of_firm[other]
    }
    assert both == {account("two").person_id}
    seen = {row.person.person_id for row in whole_board(inside, MANAGER)}
    assert seen <= of_firm[FIRM]
    person = next(iter(of_firm[derived_id("demo", "firm", 1)] - both))
    with pytest.raises(NotFound):
        tracks.see_standing(inside, actor=MANAGER, person_id=person, rung="S1", as_of=AS_OF)


def test_the_doctor_finds_nothing_wrong_with_it(demo: Flask) -> None:
    with demo.app_context():
        findings = list(examine(demo.extensions["settings"], now=NOON))
    assert [one for one in findings if not one.well and one.check not in ("configuration", "clock")] == []


def test_a_second_demo_and_one_without_its_courses_are_refused(demo: Flask, house: House) -> None:
    with demo.app_context(), pytest.raises(Conflict):
        build(db.session(), people=PEOPLE, seed=1, as_of=AS_OF)
    house.course()
    with house.app.app_context(), pytest.raises(Invalid, match="lms courses load"):
        build(db.session(), people=PEOPLE, seed=1, as_of=AS_OF)
