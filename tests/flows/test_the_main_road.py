"""An agent learns, is assessed, and the manager's board knows."""

import uuid

from lms.foundation.actor import Role
from tests.house import House


def test_a_lesson_an_attempt_a_piece_of_evidence_and_a_cell_of_the_board(house: House) -> None:
    course_id = house.course()
    firm = house.firm()
    agent, manager = house.person(firm, name="Ana Chi"), house.person(firm, Role.MANAGER)
    phone, desk = house.client(agent), house.client(manager)

    assert b"Hello" in phone.get("/today").data
    lesson = f"/courses/{course_id}/lessons/hello"
    assert b"Marisol" in phone.get(lesson).data
    for card in ("hook", "say", "next-call"):
        reply = phone.post(
            f"{lesson}/cards", data={"card": card, "fact_id": str(uuid.uuid4())}, headers={"X-Partial": "1"}
        )
        assert reply.json["saved"] is True
    assert reply.json["lesson_done"] is True

    assessment_id = house.assessment(course_id)
    attempt_id = uuid.uuid4()
    started = phone.post(f"/assessments/{assessment_id}/attempts", data={"attempt_id": str(attempt_id)})
    assert started.location == f"/attempts/{attempt_id}"
    for position, fields in house.right_answers(agent, attempt_id).items():
        saved = phone.post(
            f"/attempts/{attempt_id}/responses/{position}",
            headers={"X-Partial": "1"},
            data={**fields, "response_id": str(uuid.uuid4()), "order": position},
        )
        assert saved.json["saved"] is True
    phone.post(f"/attempts/{attempt_id}/submit")
    assert b"Passed" in phone.get(f"/attempts/{attempt_id}/result").data

    assert b"Say hello" in phone.get("/path/evidence").data
    board = desk.get("/board").get_data(as_text=True)
    assert "Ana Chi" in board
    person = desk.get(f"/board/people/{agent.id}").get_data(as_text=True)
    assert "Hello, final" in person
    assert "100%" in person
