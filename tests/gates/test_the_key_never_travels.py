"""What is right is not in any byte sent to a learner before it may be seen."""

import uuid

from sqlalchemy import select

from lms.assessments.kinds import kind_of
from lms.assessments.models import AttemptQuestion, QuestionVersion
from lms.assessments.queries import list_asked
from tests.house import C05, House


def secrets_of(house: House, someone, attempt_id: uuid.UUID) -> set[str]:
    """Every explanation and every accepted text of the questions of an attempt."""
    found: set[str] = set()
    actor = house.actor(someone)
    with house.writing(someone.firm_id) as session:
        for one in list_asked(session, actor=actor, attempt_id=attempt_id):
            kind = kind_of(one.version.document)
            question = kind.read(one.version.document)
            key = kind.answer(question, one.row.variant)
            asked = str(kind.ask(question, one.row.variant))
            found.add(key["explanation"])
            found |= {str(why) for why in key["why"].values()}
            if kind.NAME in ("short", "numeric"):
                found |= {str(text) for text in key["right"] if len(str(text)) > 3 and str(text) not in asked}
    return {text for text in found if text.strip()}


def test_no_key_and_no_explanation_is_sent_before_the_attempt_is_handed_in(house: House) -> None:
    course_id = house.course(folder=C05)
    agent = house.person(house.firm())
    phone = house.client(agent)
    assessment_id, sent = house.assessment(course_id), b""
    seen: set[str] = set()
    for _round in range(3):
        attempt_id = uuid.uuid4()
        start = phone.post(f"/assessments/{assessment_id}/attempts", data={"attempt_id": str(attempt_id)})
        secrets = secrets_of(house, agent, attempt_id)
        seen |= secrets
        replies = [start, phone.get(f"/assessments/{assessment_id}"), phone.get(f"/attempts/{attempt_id}")]
        for position, fields in house.right_answers(agent, attempt_id).items():
            for data in ({"answer": "zzz"}, fields):
                replies.append(
                    phone.post(
                        f"/attempts/{attempt_id}/responses/{position}",
                        headers={"X-Partial": "1"},
                        data={**data, "response_id": str(uuid.uuid4()), "order": position},
                    )
                )
        replies.append(phone.get(f"/attempts/{attempt_id}"))
        replies.append(phone.get(f"/attempts/{attempt_id}/result"))
        sent = b"\n".join(reply.get_data() + str(reply.headers).encode() for reply in replies)
        typed = {
            value
            for fields in house.right_answers(agent, attempt_id).values()
            for values in fields.values()
            for value in values
        }
        for secret in secrets - typed:
            assert secret.encode() not in sent, secret
        for word in (b'"correct"', b"data-correct", b"is-right"):
            assert word not in sent
        phone.post(f"/attempts/{attempt_id}/submit")
        assert any(
            secret[:25] in phone.get(f"/attempts/{attempt_id}/result").get_data(as_text=True)
            for secret in secrets
        )
    assert len(seen) > 40


def test_a_lesson_does_not_carry_the_explanations_of_its_check_questions(house: House) -> None:
    course_id = house.course(folder=C05)
    phone = house.client(house.person(house.firm()))
    page = phone.get(f"/courses/{course_id}/lessons/why-they-call-us").get_data(as_text=True)
    text = (C05 / "lessons" / "why-they-call-us.md").read_text()
    whys = [line.split("why:", 1)[1].strip()[:30] for line in text.splitlines() if "why:" in line]
    assert len(whys) > 4
    for why in whys:
        assert why not in page


def test_an_attempt_is_pinned_to_the_versions_it_was_shown(house: House) -> None:
    course_id = house.course(folder=C05)
    agent = house.person(house.firm())
    attempt_id = uuid.uuid4()
    house.client(agent).post(
        f"/assessments/{house.assessment(course_id)}/attempts", data={"attempt_id": str(attempt_id)}
    )
    with house.writing(agent.firm_id) as session:
        pinned = session.scalars(
            select(AttemptQuestion.question_version_id).where(AttemptQuestion.firm_id == agent.firm_id)
        ).all()
        known = set(session.scalars(select(QuestionVersion.id)))
    assert len(pinned) == 12
    assert set(pinned) <= known
