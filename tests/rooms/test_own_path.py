"""My path: the place held, the way up, and the evidence with the names behind it."""

from datetime import date

from lms.foundation.actor import Role
from lms.tracks import pages, services
from lms.tracks.rules import EvidenceKind, Place
from tests.house import House, Someone


def own(house: House, someone: Someone, rung: str | None = None) -> pages.OwnPath:
    """What somebody's path shows at noon."""
    actor = house.actor(someone)
    with house.writing(someone.firm_id) as session:
        return pages.own_path(session, actor=actor, rung=rung, as_of=house.noon.date())


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
