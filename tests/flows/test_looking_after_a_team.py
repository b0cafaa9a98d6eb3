"""A lead gives the team a course, a trainer brings one in, an agent finds it: as people do, through the pages."""

import io
import uuid

from flask.testing import FlaskClient

from lms.courses.archives import read_archive, write_archive
from lms.courses.packages import read_folder
from lms.foundation.actor import Role
from tests.house import C05, SAMPLE_COURSE, House


def packed() -> bytes:
    package = read_folder(SAMPLE_COURSE)
    return write_archive(package.files, package.media.__getitem__, sorted(package.media))


def send(client: FlaskClient, content: bytes, name: str = "hello.zip") -> object:
    return client.post("/courses/upload", data={"package": (io.BytesIO(content), name)})


def test_a_lead_assigns_to_the_team_the_agent_sees_it_and_the_team_page_sees_the_agent(house: House) -> None:
    course_id, firm = house.course(), house.firm()
    lead = house.person(firm, name="Lea Lead")
    team_id = house.team(firm, "Billing", lead=lead)
    agent = house.person(firm, name="Ana Chi", team_id=team_id)
    desk, phone = house.client(lead), house.client(agent)
    assert "Not begun" in desk.get("/team").text
    form = {
        "course": str(course_id),
        "team": str(team_id),
        "due_on": "2026-03-09",
        "note": "Before the audit",
    }
    reply = desk.post("/assignments/new", data=form)
    assert reply.status_code == 302
    page = desk.get(reply.location).text
    assert "Say hello for Billing" in page
    assert "0 of 1" in page
    for address in ("/today", f"/courses/{course_id}"):
        seen = phone.get(address).text
        assert "Assigned by Lea Lead" in seen, address
        assert "9 Mar 2026" in seen or "Mar 9, 2026" in seen
        assert "Before the audit" in seen
    for card in ("hook", "say", "next-call"):
        phone.post(f"/courses/{course_id}/lessons/hello/cards", data={"card": card})
    learner = desk.get(f"/team/{agent.id}").text
    assert "Under way" in learner
    assert "1 of 1" in learner
    assert "Ana Chi" in desk.get("/team?standing=under-way").text
    assert "Ana Chi" not in desk.get("/team?standing=stuck").text


def test_what_was_typed_is_kept_when_it_cannot_be_assigned(house: House) -> None:
    course_id, firm = house.course(), house.firm()
    trainer = house.person(firm, Role.TRAINER)
    desk = house.client(trainer)
    form = {"course": str(course_id), "who": "Nobody Such", "note": "Keep <this>"}
    reply = desk.post("/assignments/new", data=form)
    assert reply.status_code == 422
    assert "Nobody you look after has this name or number" in reply.text
    for typed in ("Nobody Such", "Keep &lt;this&gt;", f'<option selected value="{course_id}"'):
        assert typed in reply.text
    reply = desk.post("/assignments/new", data=form | {"due_on": "soon", "course": ""})
    assert reply.status_code == 422
    assert "Choose a course." in reply.text


def test_the_date_is_changed_and_the_assignment_withdrawn_after_a_question(house: House) -> None:
    course_id, firm = house.course(), house.firm()
    person = house.person(firm, name="Ana Chi")
    desk, phone = house.client(house.person(firm, Role.MANAGER)), house.client(person)
    made = desk.post("/assignments/new", data={"course": str(course_id), "person": str(person.id)}).location
    assert "No date" in desk.get(made).text
    assert desk.post(made, data={"due_on": "2026-03-01"}).status_code == 422
    assert desk.post(made, data={"due_on": "2026-03-30"}).status_code == 302
    assert "2026-03-30" in desk.get("/assignments").text
    question = desk.get(f"{made}/withdraw").text
    assert "It leaves the Today page of 1 person" in question
    assert "Say hello for Ana Chi" in question
    assert desk.post(f"{made}/withdraw").location == "/assignments"
    assert desk.post(f"{made}/withdraw").status_code == 409
    assert "Withdrawn" in desk.get("/assignments?state=withdrawn").text
    assert "Say hello" not in desk.get("/assignments?state=open").text
    assert "<h2>Due</h2>" not in phone.get("/today").text


def test_the_files_hold_what_the_pages_show(house: House) -> None:
    course_id, firm = house.course(), house.firm()
    manager = house.person(firm, Role.MANAGER, name="Zoe Zul")
    person = house.person(firm, name="=Evil", number="7")
    desk = house.client(manager)
    desk.post(
        "/assignments/new",
        data={"course": str(course_id), "person": str(person.id), "due_on": "2026-03-09"},
    )
    lines = desk.get("/team.csv?q=evil").text.splitlines()
    assert len(lines) == 2
    assert lines[1] == "'=Evil,7,,not-begun,0,0,0,"
    lines = desk.get("/assignments.csv?state=open").text.splitlines()
    assert lines[1] == "Say hello,,'=Evil,2026-03-09,open,0,1,Zoe Zul,"
    assert len(desk.get("/assignments.csv?state=done").text.splitlines()) == 1


def test_an_agent_without_a_team_finds_none_of_these_doors(house: House) -> None:
    course_id = house.course()
    firm = house.firm()
    phone = house.client(house.person(firm))
    for address in (
        "/team",
        "/team.csv",
        f"/team/{uuid.uuid4()}",
        "/assignments",
        "/assignments.csv",
        "/assignments/new",
        f"/courses/{course_id}/versions",
        "/courses/upload",
    ):
        assert phone.get(address).status_code == 403, address
    for address in ("/assignments/new", "/courses/upload"):
        assert phone.post(address).status_code == 403, address
    page = phone.get(f"/courses/{course_id}").text
    assert "Assign this course" not in page
    assert "Versions" not in page


def test_the_rail_leads_to_the_team_whoever_may_see_it(house: House) -> None:
    firm = house.firm()
    lead = house.person(firm)
    house.team(firm, lead=lead)
    for one, there in (
        (lead, True),
        (house.person(firm, Role.TRAINER), True),
        (house.person(firm, Role.FIRM_ADMIN), True),
        (house.person(firm, Role.ASSESSOR), False),
    ):
        assert ('href="/team"' in house.client(one).get("/people").text) is there


def test_a_trainer_brings_a_course_in_looks_at_it_and_publishes(house: House) -> None:
    firm = house.firm()
    desk = house.client(house.person(firm, Role.TRAINER, name="Omar Flowers"))
    reply = send(desk, packed())
    assert reply.status_code == 302
    preview = desk.get(reply.location).text
    assert "This becomes a new course" in preview
    assert "hello.zip" in preview
    refused = desk.post(reply.location, data={"note": ""})
    assert refused.status_code == 422
    assert "Say in a sentence what is new." in refused.text
    done = desk.post(reply.location, data={"note": "First of all"})
    page = desk.get(done.location).text
    assert "Published as version 1." in page
    for words in ("Version 1", "Live", "First of all", "Omar Flowers", "0 under way, 0 completed"):
        assert words in page
    assert desk.post(reply.location, data={"note": "Again"}).status_code == 409
    course_id = done.location.split("/")[2]
    link = page.split('package.zip"')[0].rsplit('"', 1)[1] + "package.zip"
    package = desk.get(link)
    assert package.mimetype == "application/zip"
    assert read_archive(package.data) == read_folder(SAMPLE_COURSE)
    assert "The only module" in desk.get(link.removesuffix("/package.zip")).text
    agent = house.client(house.person(firm))
    assert "Say hello" in agent.get(f"/courses/{course_id}").text


def test_problems_are_listed_with_file_line_and_remedy(house: House) -> None:
    desk = house.client(house.person(house.firm(), Role.TRAINER))
    package = read_folder(SAMPLE_COURSE)
    files = dict(package.files)
    files["course.yaml"] = files["course.yaml"].replace("[supervisory]", "[kingly]")
    line = files["course.yaml"].split("\n").index("tracks: [kingly]") + 1
    reply = send(desk, write_archive(files, package.media.__getitem__, sorted(package.media)))
    assert reply.status_code == 422
    assert f'<td data-label="Line" class="num">{line}</td>' in reply.text
    assert "is not a track. Use supervisory" in reply.text
    assert send(desk, b"rubbish").status_code == 422
    assert "Choose a file." in desk.post("/courses/upload").text


def test_the_catalogue_keeps_what_was_asked_and_lets_go_of_each_part(house: House) -> None:
    house.course()
    house.course(folder=C05)
    phone = house.client(house.person(house.firm()))
    page = phone.get("/courses?q=hello&track=supervisory&minutes=15").text
    assert "<b>1 course</b>" in page
    assert 'href="/courses?q=hello&amp;minutes=15"' in page
    assert 'href="/courses?track=supervisory&amp;minutes=15"' in page
    assert '<option value="15" selected>' in page
    assert "No course fits" in phone.get("/courses?q=hello&minutes=15&track=managerial").text
    assert "<b>2 courses</b>" in phone.get("/courses?minutes=rubbish&language=").text


def test_a_nul_in_an_address_or_a_form_is_not_read_on_either_database(house: House) -> None:
    course_id, firm = house.course(), house.firm()
    desk = house.client(house.person(firm, Role.TRAINER))
    for address in ("/courses?q=a%00", "/team?q=%00", "/team?after=a%00~b", "/assignments?after=%00"):
        assert desk.get(address).status_code == 400, address
    assert desk.post("/assignments/new", data={"course": str(course_id), "note": "a\0b"}).status_code == 400
