"""A trainer runs courses through the pages: a group, a rule, more time, the firm's days, a course taken again."""

import io
from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner, Result
from flask import Flask

from lms.cli import main
from lms.foundation.actor import Role
from lms.learning.services import assigning
from lms.settings import Settings
from tests.house import SAMPLE_COURSE, House
from tests.rooms.test_learning import publish
from tests.rooms.test_running_courses import TODAY, complete, second


def test_a_trainer_makes_a_group_pastes_numbers_asks_somebody_to_go_on_and_the_person_sees_it(
    house: House,
) -> None:
    course_id, firm = house.course(), house.firm()
    trainer = house.person(firm, Role.TRAINER, name="Tia Trainer")
    agent = house.person(firm, name="Ana Chi", number="100")
    desk, phone = house.client(trainer), house.client(agent)
    assert "No groups yet" in desk.get("/cohorts").text
    form = {
        "name": "May intake",
        "trainer": str(trainer.id),
        "starts_on": "2026-03-01",
        "ends_on": "2026-03-03",
        "courses": [str(course_id)],
        "note": "Welcome <all>",
    }
    wrong = desk.post("/cohorts/new", data=form | {"name": "", "ends_on": "2026-02-01"})
    assert wrong.status_code == 422
    assert "Give the group a name." in wrong.text
    assert "Welcome &lt;all&gt;" in wrong.text
    people = desk.post("/cohorts/new", data=form).location
    report = desk.post(people, data={"numbers": "100, 555"}).text
    assert "Put in" in report
    assert "Nobody who works here has this number" in report
    group = people.removesuffix("/people")
    assert "Not begun" in desk.get(group).text
    assert "Ana Chi" not in desk.get(f"{group}?standing=stuck&sort=moved").text
    assert "May intake" in desk.get("/cohorts?q=may&state=open").text
    assert "Ana Chi,100" in desk.get(f"{group}/people.csv").text
    assert "May intake,Tia Trainer" in desk.get("/cohorts.csv").text
    for page in ("/today", "/courses"):
        assert "Due tomorrow" in phone.get(page).text, page
    ask = {"person": str(agent.id), "course": str(course_id)}
    assert desk.post(f"{group}/ask", data=ask).status_code == 302
    again = desk.post(f"{group}/ask", data=ask)
    assert again.status_code == 409
    assert "They were asked today already" in again.text
    assert "Your trainer Tia Trainer asks you to go on with" in phone.get("/today").text
    assert "With your group May intake" in phone.get(f"/courses/{course_id}").text
    assert desk.post(f"{group}/people/remove", data=ask).status_code == 302
    assert "1 person" not in desk.get(f"{group}/close").text
    assert desk.post(f"{group}/close").status_code == 302
    assert "Open it again" in desk.get(group).text
    assert phone.get(group).status_code == 403


def test_a_rule_is_looked_at_before_it_is_on_and_the_person_reads_why(house: House) -> None:
    course_id, firm = house.course(), house.firm()
    night = house.team(firm, "Night")
    agent = house.person(firm, name="Ana Chi", team_id=night)
    desk, phone = house.client(house.person(firm, Role.MANAGER)), house.client(agent)
    assert "No rules yet" in desk.get("/enrolment-rules").text
    form = {"course": str(course_id), "team": str(night), "job_role": "", "within_days": "7"}
    assert desk.post("/enrolment-rules/new", data=form | {"within_days": "900"}).status_code == 422
    rule = desk.post("/enrolment-rules/new", data=form).location
    page = desk.get(rule).text
    assert "This rule is not on yet" in page
    assert "Ana Chi" in page
    assert "Because you joined" not in phone.get("/today").text
    desk.post(f"{rule}/on")
    assert "Because you joined the team Night on Jan 6, 2025" in phone.get("/today").text
    assert "Ana Chi,Night,2025-01-06,2026-03-09," in desk.get(f"{rule}/people.csv").text
    desk.post(f"{rule}/pause")
    assert "Because you joined" not in phone.get("/today").text
    assert "Paused" in desk.get("/enrolment-rules?state=paused").text
    assert "It leaves the Today page of 1 person" in desk.get(f"{rule}/end").text
    desk.post(f"{rule}/end")
    assert desk.post(f"{rule}/on").status_code == 409


def test_an_administrator_keeps_the_firms_days_and_a_file_of_holidays_is_told_line_by_line(
    house: House,
) -> None:
    firm = house.firm()
    desk = house.client(house.person(firm, Role.FIRM_ADMIN))
    page = desk.get("/days").text
    assert "Ladder sends no e-mail" in page
    assert "No holidays yet" in page
    form = {
        "skip_weekends": "y",
        "reminders": "none",
        "quiet_from": "20",
        "quiet_to": "7",
        "retake_days": "45",
    }
    assert desk.post("/days", data=form | {"retake_days": "0"}).status_code == 422
    assert desk.post("/days", data=form).status_code == 302
    kept = desk.get("/days").text
    assert '<option selected value="20">' in kept
    assert 'value="45"' in kept
    assert (
        desk.post("/days/holidays", data={"on": "2026-09-21", "name": "Independence Day"}).status_code == 302
    )
    file = (io.BytesIO(b"date,name\n2026-09-21,Again\n2026-12-25,Christmas\n25 Dec,x\n"), "days.csv")
    told = desk.post("/days/holidays/import", data={"file": file}).text
    for sentence in ("1 holiday is new.", "1 was on the list.", "Write the date as 2026-09-21"):
        assert sentence in told
    assert desk.post("/days/holidays/import", data={"rows": ""}).status_code == 422
    assert desk.post("/days/holidays/remove", data={"on": "2026-12-25"}).status_code == 302
    assert "Christmas" not in desk.get("/days").text
    assert desk.post("/days/holidays/remove", data={"on": "soon"}).status_code == 404


def test_more_time_and_a_waiver_are_given_on_a_persons_page_and_what_comes_first_is_named(
    house: House,
) -> None:
    firm = house.firm()
    trainer, manager = house.person(firm, Role.TRAINER), house.person(firm, Role.MANAGER, name="Max")
    first = house.course(trainer)
    later = publish(house, trainer, second())
    agent = house.person(firm, name="Ana Chi")
    desk, boss, phone = house.client(trainer), house.client(manager), house.client(agent)
    terms = f"/courses/{later}/terms"
    assert "Empty: for ever" in desk.get(terms).text
    assert desk.post(terms, data={"needs": [str(first)], "valid_months": "6"}).status_code == 302
    assert desk.post(f"/courses/{first}/terms", data={"needs": [str(later)]}).status_code == 422
    page = phone.get(f"/courses/{later}").text
    assert "Something else comes first" in page
    assert f'href="/courses/{first}"' in page
    refused = phone.get(f"/courses/{later}/lessons/hello")
    assert refused.status_code == 409
    assert "Complete “Say hello” first" in refused.text
    house.act(
        trainer, assigning.assign, course_id=later, team_id=None, person_id=agent.id, due_on=TODAY, note=""
    )
    assert "First: Say hello" in phone.get("/today").text
    person = f"/team/{agent.id}"
    given = {"course": str(later), "until": "2026-03-20", "reason": "Was ill"}
    assert boss.post(f"{person}/more-time", data=given | {"reason": ""}).status_code == 422
    assert boss.post(f"{person}/more-time", data=given).status_code == 302
    assert "given by Max: “Was ill”" in phone.get(f"/courses/{later}").text
    assert desk.post(f"{person}/waivers", data={"of": str(later), "why": "x"}).status_code == 403
    assert boss.post(f"{person}/waivers", data={"of": str(later), "why": "Did it before"}).status_code == 302
    assert phone.get(f"/courses/{later}/lessons/hello").status_code == 200
    assert "Did it before" in desk.get(terms).text
    assert boss.post(f"{person}/waivers/{later}/back").status_code == 302


def test_a_course_is_taken_again_from_its_page_when_its_completion_runs_out(app: Flask, house: House) -> None:
    firm = house.firm()
    trainer, agent = house.person(firm, Role.TRAINER), house.person(firm)
    course_id = publish(house, trainer, second(more="valid_months: 1\n"))
    complete(house, agent, course_id)
    page = house.client(agent).get(f"/courses/{course_id}").text
    assert "Your completion is good until Apr 2, 2026." in page
    assert "Take it again" not in page
    app.config["NOW"] = house.noon + timedelta(days=10)
    house.noon += timedelta(days=10)
    phone = house.client(agent)
    assert "Your completion runs out" in phone.get("/today").text
    assert "Take it again" in phone.get(f"/courses/{course_id}").text
    assert phone.post(f"/courses/{course_id}/again").status_code == 302
    page = phone.get(f"/courses/{course_id}").text
    assert "You completed it before, on Mar 2, 2026." in page
    assert "Not taken yet" in page
    assert "Completed on Mar 2, 2026" in house.client(trainer).get(f"/team/{agent.id}").text


def test_the_command_names_a_course_that_is_not_there_and_finds_one_in_the_folder_beside(
    settings: Settings, tmp_path: Path
) -> None:
    for key, more in (("T02", "prerequisites: [T03]\n"), ("T03", "")):
        package = second(key, more=more)
        for name, text in package.files.items():
            path = tmp_path / "courses" / key / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        media = tmp_path / "courses" / key / "media"
        media.mkdir()
        for path in (SAMPLE_COURSE / "media").iterdir():
            (media / path.name).write_bytes(path.read_bytes())
    where = {"LADDER_HOME": str(settings.home), "LADDER_DATABASE": settings.database}

    def check(folder: str) -> Result:
        return CliRunner().invoke(main, ["courses", "check", str(tmp_path / "courses" / folder)], env=where)

    told = check("T02")
    assert told.exit_code == 0, told.output
    (tmp_path / "courses" / "T03" / "course.yaml").unlink()
    told = check("T02")
    assert told.exit_code == 1
    assert "There is no course “T03” to complete first" in told.output
