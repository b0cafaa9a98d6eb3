"""My path: the place held, the way up, and the evidence with the names behind it."""

from datetime import date, timedelta

from lms.courses.packages import Package, read_folder, understand
from lms.foundation.actor import Role
from lms.tracks import pages, services
from lms.tracks.rules import EvidenceKind, Place
from tests.house import SAMPLE_COURSE, House, Someone
from tests.rooms.test_learning import CARDS, finish, publish


def in_two_lessons(key: str, more: str, language: str = "en") -> Package:
    """The sample course under another key, with a second lesson of six minutes."""
    whole = read_folder(SAMPLE_COURSE)
    course = whole.files["course.yaml"].replace("key: T01", f"key: {key}")
    course = course.replace("[hello]", "[hello, again]").replace("language: en", f"language: {language}")
    again = whole.files["lessons/hello.md"].replace("minutes: 4", "minutes: 6")
    again = again.replace("t01-check", "t01-again")
    files = dict(whole.files) | {"course.yaml": course + more, "lessons/again.md": again}
    return understand(files, whole.media, [])


def own(house: House, someone: Someone, rung: str | None = None, reader: str = "en") -> pages.OwnPath:
    """What somebody's path shows at noon."""
    actor = house.actor(someone)
    with house.writing(someone.firm_id) as session:
        return pages.own_path(session, actor=actor, rung=rung, as_of=house.noon.date(), reader=reader)


def test_a_new_agent_stands_on_the_ground_and_looks_at_the_first_rung(house: House) -> None:
    page = own(house, house.person(house.firm()))
    assert page.places["supervisory"] == Place(None, "S1")
    assert page.path.rung["key"] == "S1"


def test_a_team_lead_holds_that_rung_and_looks_at_the_one_above(house: House) -> None:
    page = own(house, house.person(house.firm(), job_role="Team lead"))
    assert page.places["supervisory"] == Place("S2", "S3")
    assert page.places["technical"].held is None
    assert page.path.rung["key"] == "S3"


def test_a_course_of_the_route_leads_to_where_it_is_taken(house: House) -> None:
    agent = house.person(house.firm())
    assert own(house, agent).courses == {}
    author = house.person(agent.firm_id, Role.TRAINER)
    course_id = house.course(author)
    page = own(house, agent)
    assert course_id not in page.courses.values(), "a course the rung does not ask for is not offered"


def test_a_person_reads_who_saw_their_work_and_the_example(house: House) -> None:
    firm = house.firm()
    agent, assessor = house.person(firm), house.person(firm, Role.ASSESSOR, name="Dalila Cal")
    seen = services.Observation(
        person_id=agent.id,
        kind=EvidenceKind.OBSERVED,
        competency="A1",
        level=2,
        on=date(2026, 3, 1),
        example="Greeted, then listened.",
    )
    house.act(assessor, services.record_evidence, seen=seen)
    reader, neighbour = house.actor(agent), house.actor(house.person(firm))
    with house.writing(firm) as session:
        page = pages.own_evidence(session, actor=reader)
        nothing = pages.own_evidence(session, actor=neighbour)
    assert [one.example for one in page.ledger] == ["Greeted, then listened."]
    assert page.names[page.ledger[0].rater or ""] == "Dalila Cal"
    assert list(nothing.ledger) == []


def test_the_answer_to_a_contest_is_told_to_the_person(house: House) -> None:
    firm = house.firm()
    agent, assessor = house.person(firm), house.person(firm, Role.ASSESSOR)
    second = house.person(firm, Role.ASSESSOR)
    seen = services.Observation(
        agent.id, EvidenceKind.OBSERVED, "A1", 2, date(2026, 3, 1), "Interrupted twice."
    )
    evidence_id = house.act(assessor, services.record_evidence, seen=seen).id
    house.act(agent, services.contest, evidence_id=evidence_id, reason="The line was bad.")
    house.act(
        second,
        services.resolve_contest,
        evidence_id=evidence_id,
        outcome="withdrawn",
        answer="I heard it too.",
    )
    page = house.client(agent).get("/path/evidence").get_data(as_text=True)
    assert "The line was bad." in page
    assert "I heard it too." in page


def test_a_route_counts_what_is_left_of_a_course_under_way_in_whichever_language(house: House) -> None:
    """The page of the course and the route name the same minutes: the agent's, their manager's; nobody else's change."""
    firm = house.firm()
    trainer, manager = house.person(firm, Role.TRAINER), house.person(firm, Role.MANAGER)
    ana, ben, colleague = (house.person(firm) for _ in range(3))
    publish(house, trainer, in_two_lessons("C01", ""))
    twin = publish(house, trainer, in_two_lessons("C01-ES", "translation_of: C01\n", language="es"))
    english = next(iter(own(house, ana).courses.values()))

    def minutes(someone: Someone) -> int:
        """What the course takes, as the cell and the route say."""
        page = own(house, someone, "S1")
        (cell,) = (one for one in page.path.standing.cells if one.key == "C01")
        (step,) = (one for one in page.route.way.steps if one.act.key == "C01")
        assert cell.minutes == step.act.minutes
        return step.act.minutes

    def taken_at(someone: Someone, reader: str) -> object:
        """Where the path leads to."""
        return own(house, someone, "S1", reader).courses["C01"]

    shipped = minutes(colleague)
    for person, course_id in ((ana, english), (ben, twin)):
        for card in CARDS:
            finish(house, person, course_id, card)
    assert (minutes(ana), minutes(ben), minutes(colleague)) == (6, 6, shipped)
    assert taken_at(ana, "es") == english, "what was begun goes on, in whichever language"
    assert taken_at(ben, "en") == taken_at(colleague, "es") == twin
    assert taken_at(colleague, "en") == english
    actor = house.actor(manager)
    with house.writing(firm) as session:
        seen = pages.person_page(session, actor=actor, person_id=ana.id, rung="S1", as_of=house.noon.date())
        before = pages.person_page(
            session, actor=actor, person_id=ana.id, rung="S1", as_of=house.noon.date() - timedelta(days=9)
        )
    for page, left in ((seen, 6), (before, shipped)):
        assert [one.minutes for one in page.path.standing.cells if one.key == "C01"] == [left]
        assert [one.act.minutes for one in page.route.way.steps if one.act.key == "C01"] == [left]
