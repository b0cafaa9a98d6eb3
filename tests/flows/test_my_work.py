"""The first page of those who write courses and mark: what waits for them, their drafts, their groups."""

import re
from datetime import timedelta

from flask import Flask

from lms.foundation.actor import Role
from lms.learning.services.cohorts import CohortFacts, Whom, add_people, make_cohort
from tests.house import House, Someone
from tests.rooms.test_pass_mark_panels import Panel
from tests.rooms.test_reviewing import World


def work(house: House, who: Someone) -> str:
    """The page as text."""
    reply = house.client(who).get("/my-work")
    assert reply.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", reply.text.split("<main")[1].split("</main>")[0]).split())


def test_a_draft_waits_for_its_reader_comes_back_and_is_gone_when_saved_again(
    house: House, app: Flask
) -> None:
    world = World(house, app)
    assert "Nothing waits for you" in work(house, world.author)
    assert "No draft is under way." in work(house, world.author), "what is live as it stands is no draft"
    house.noon += timedelta(minutes=1)
    world.change(world.author, "Keisha")
    assert "Say hello Live, changed since" in work(house, world.author)
    review = world.ask()
    assert "Wants a second person to look · Ana Author" in work(house, world.reviewer)
    assert "Look at the greeting" in work(house, world.reviewer)
    assert "Nothing waits for you" in work(house, world.author), "it waits for somebody else"
    house.noon += timedelta(minutes=1)
    world.answer(world.reviewer, review, approved=False, note="Say her name")
    assert "Changes asked for Rita Reviewer" in work(house, world.author)
    assert "Say her name" in work(house, world.author)
    assert "Changes asked for" not in work(house, world.other), "it was not theirs"
    assert "Nothing waits for you" in work(house, world.reviewer)
    assert "Drafts under way" not in work(house, world.reviewer), "who only reviews writes none"
    house.noon += timedelta(minutes=1)
    world.change(world.author, "Tamika")
    assert "Changes asked for" not in work(house, world.author)


def test_groups_stand_with_their_trainer_and_wait_once_their_last_day_has_passed(house: House) -> None:
    firm = house.firm()
    tia, otto = (house.person(firm, Role.TRAINER, name=name) for name in ("Tia Trainer", "Otto Other"))
    agent, course, today = house.person(firm), house.course(), house.noon.date()
    for name, last in (("Intake", today), ("Late intake", today - timedelta(days=1))):
        facts = CohortFacts(name, tia.id, today - timedelta(days=9), last, (course,), "")
        group = house.act(tia, make_cohort, facts=facts)
        house.act(tia, add_people, cohort_id=group.id, whom=Whom(who=agent.name))
    waits, groups = work(house, tia).split("Your groups")
    assert "Late intake The last day was" in waits
    assert groups.index("Late intake Last day passed") < groups.index(" Intake Open")
    assert "1 person 0 of 1 completed" in groups
    assert "Intake" not in work(house, otto)
    assert "You run no group at present." in work(house, otto)


def test_a_judge_is_asked_until_they_have_rated_in_this_round(house: House) -> None:
    panel = Panel(house)
    first, second, _third = panel.judges
    asked = "A pass mark is being set; you are one of the judges. Round 1"
    assert asked in work(house, first)
    panel.rate(first, 0.5)
    assert asked not in work(house, first)
    assert asked in work(house, second)
    neighbour = house.person(house.firm("Abalone Calls"), Role.TRAINER, Role.ASSESSOR)
    assert "Nothing waits for you" in work(house, neighbour)


def test_who_neither_writes_nor_marks_has_no_such_page(house: House) -> None:
    firm = house.firm()
    assert house.client(house.person(firm)).get("/my-work").status_code == 403
    assert 'href="/my-work"' not in house.client(house.person(firm, Role.MANAGER)).get("/board").text
    assert 'href="/my-work"' in house.client(house.person(firm, Role.TRAINER)).get("/studio").text


def test_a_new_course_is_one_step_away_from_ones_own_work(house: House) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    house.course(trainer)
    client = house.client(trainer)
    assert 'href="/studio?new=1"' in client.get("/my-work").text
    assert '<details class="new-course" open>' in client.get("/studio?new=1").text
    assert '<details class="new-course">' in client.get("/studio").text
