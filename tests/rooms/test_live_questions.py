"""What a process keeps of questions never hides what is live now."""

import pytest
from sqlalchemy import select

from lms.assessments.kinds import kind_of
from lms.assessments.models import Question, QuestionVersion
from lms.assessments.queries.live import list_live_questions, read_question
from tests.house import House

pytestmark = pytest.mark.sqlite_is_enough


def test_a_question_that_is_retired_is_asked_no_more_and_one_that_is_back_is_asked_again(
    house: House,
) -> None:
    course_id = house.course()
    with house.writing() as session:
        before = list_live_questions(session, course_id=course_id)
        question = session.get_one(Question, before[0].question_id)
        live, question.live_version_id = question.live_version_id, None
        session.flush()
        assert list_live_questions(session, course_id=course_id) == before[1:]
        question.live_version_id = live
        session.flush()
        assert list_live_questions(session, course_id=course_id) == before


def test_a_kept_question_says_what_its_row_says(house: House) -> None:
    course_id = house.course()
    with house.writing() as session:
        for _again in range(2):
            for one in list_live_questions(session, course_id=course_id):
                row = session.scalars(select(QuestionVersion).where(QuestionVersion.id == one.id)).one()
                assert (one.question_id, one.document) == (row.question_id, row.document)
                assert read_question(one) == (kind_of(row.document), kind_of(row.document).read(row.document))
