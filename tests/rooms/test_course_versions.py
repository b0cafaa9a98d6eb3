"""Versions as authors see them, packages going out and coming in, and the catalogue."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lms.courses import services
from lms.courses.archives import read_archive, write_archive
from lms.courses.models import Course, CourseUpload
from lms.courses.packages import Package, read_folder, understand
from lms.courses.pages import catalogue_page
from lms.courses.queries import Wanted
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.ids import derived_id
from lms.learning.pages.versions import version_page, versions_page
from lms.learning.services import FinishedCard, finish_card
from lms.people.models import AuditEntry, Employment
from tests.house import ASSOCIATION, C05, SAMPLE_COURSE, House, Someone
from tests.rooms.test_learning import CARDS, changed, passed


def packed(package: Package) -> bytes:
    return write_archive(package.files, package.media.__getitem__, sorted(package.media))


def storage(house: House) -> Any:
    return house.app.extensions["storage"]


def publish(house: House, author: Someone, package: Package, note: str = "") -> Any:
    version, _new = house.act(
        author, services.publish_package, package=package, storage=storage(house), note=note
    )
    return version


def keep(house: House, author: Someone, content: bytes, name: str = "c.zip") -> CourseUpload:
    kept: CourseUpload = house.act(
        author, services.keep_upload, file_name=name, content=content, storage=storage(house)
    )
    return kept


def release(house: House, author: Someone, upload: CourseUpload, note: str = "First") -> Any:
    return house.act(author, services.publish_upload, upload_id=upload.id, note=note, storage=storage(house))


def see(house: House, person: Someone, service: Any, **said: Any) -> Any:
    return house.act(person, lambda session, actor, now: service(session, actor=actor, **said))


def catalogue(house: House, person: Someone, **wanted: Any) -> Any:
    return see(house, person, catalogue_page, wanted=Wanted(**wanted), now=house.noon)


def renamed(**said: str) -> Package:
    """The sample course under another key, in another language, with other tracks."""
    whole = read_folder(SAMPLE_COURSE)
    text = whole.files["course.yaml"]
    for old, new in said.items():
        before = {"key": "key: T01", "title": "title: Say hello", "language": "language: en"}[old]
        assert before in text
        text = text.replace(before, f"{old}: {new}", 1)
    return understand(dict(whole.files) | {"course.yaml": text}, whole.media, [])


# Versions


def test_versions_say_who_published_what_is_live_and_how_many_of_ones_own_are_on_each(house: House) -> None:
    firm, neighbour = house.firm("Ours"), house.firm("Neighbour")
    trainer = house.person(firm, Role.TRAINER, name="Omar Flowers")
    first = publish(house, trainer, changed(), "First")
    course_id = first.course_id
    for name in ("Ana", "Ben", "Gone"):
        person = house.person(firm, name=name)
        fact = FinishedCard(uuid.uuid4(), course_id, "hello", "hook")
        house.act(person, finish_card, fact=fact)
    with house.writing(firm) as session:
        session.get_one(Employment, (firm, person.id)).ended_on = house.noon.date() - timedelta(days=1)
    second = publish(house, trainer, changed("\nMore.\n"), "More to read")
    done = house.person(firm)
    for card in CARDS:
        house.act(done, finish_card, fact=FinishedCard(uuid.uuid4(), course_id, "hello", card))
    passed(house, done, course_id)
    page = house.act(trainer, versions_page, course_id=course_id, before=None)
    assert [(one.number, one.note, one.author, one.lessons, one.questions) for one in page.versions] == [
        (2, "More to read", "Omar Flowers", 1, len(read_folder(SAMPLE_COURSE).questions)),
        (1, "First", "Omar Flowers", 1, len(read_folder(SAMPLE_COURSE).questions)),
    ]
    assert page.course.live_version_id == second.id
    assert page.own
    assert dict(page.on) == {first.id: (2, 0), second.id: (0, 1)}
    past = see(house, trainer, version_page, course_id=course_id, version_id=first.id)
    assert (past.version.number, [one.key for one in past.lessons]) == (1, ["hello"])
    outsider = house.person(neighbour, Role.TRAINER)
    for id_ in (course_id, uuid.uuid4()):
        with pytest.raises(NotFound):
            house.act(outsider, versions_page, course_id=id_, before=None)
        with pytest.raises(NotFound):
            see(house, outsider, version_page, course_id=id_, version_id=first.id)


def test_the_associations_authors_stay_behind_its_wall_and_counts_are_ones_own(house: House) -> None:
    course_id = house.course()
    ours, theirs = house.firm("Ours"), house.firm("Theirs")
    trainer = house.person(ours, Role.TRAINER)
    for firm, count in ((ours, 1), (theirs, 3)):
        for _one in range(count):
            person = house.person(firm)
            house.act(person, finish_card, fact=FinishedCard(uuid.uuid4(), course_id, "hello", "hook"))
    author = Someone(derived_id("author"), ASSOCIATION, "Author", "author@example.bz")
    house.person(ours, Role.TRAINER, name="Works here too", at=author)
    page = house.act(trainer, versions_page, course_id=course_id, before=None)
    (version,) = page.versions
    assert (version.author, version.owner, page.own) == (None, "Association", False)
    assert list(page.on.values()) == [(1, 0)]


def test_only_authors_see_versions_and_take_packages_out(house: House) -> None:
    course_id = house.course()
    firm = house.firm()
    with house.writing() as session:
        version_id = session.get_one(Course, course_id).live_version_id
    for role in (Role.AGENT, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN):
        person = house.person(firm, role)
        with pytest.raises(NotAllowed):
            house.act(person, versions_page, course_id=course_id, before=None)
        for service, said in (
            (version_page, {}),
            (services.export_version, {"storage": storage(house)}),
        ):
            with pytest.raises(NotAllowed):
                see(house, person, service, course_id=course_id, version_id=version_id, **said)


def test_an_archive_of_any_version_holds_the_bytes_of_the_export(house: House, tmp_path: Path) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    first = publish(house, trainer, changed())
    see(house, trainer, services.export_course, key="T01", storage=storage(house), folder=tmp_path / "one")
    publish(house, trainer, changed("\nMore.\n"))
    said = {"course_id": first.course_id, "storage": storage(house)}
    name, content = see(house, trainer, services.export_version, version_id=first.id, **said)
    assert name == "T01-v1.zip"
    package = read_archive(content)
    assert package == read_folder(tmp_path / "one")
    assert services.package_hash(package) == first.hash
    with pytest.raises(NotFound):
        see(house, trainer, services.export_version, version_id=uuid.uuid4(), **said)
    other = house.person(house.firm("Other"), Role.TRAINER)
    with pytest.raises(NotFound):
        see(house, other, services.export_version, version_id=first.id, **said)
    association = house.course()
    with house.writing() as session:
        version_id = session.get_one(Course, association).live_version_id
    shared = {"course_id": association, "version_id": version_id, "storage": storage(house)}
    assert see(house, other, services.export_version, **shared)[0] == "T01-v1.zip"


# Coming in


def test_a_course_comes_in_is_looked_at_and_goes_live_for_its_own_firm_only(house: House) -> None:
    firm = house.firm("Ours")
    trainer, agent = house.person(firm, Role.TRAINER), house.person(firm)
    stranger = house.person(house.firm("Theirs"), Role.TRAINER)
    upload = keep(house, trainer, packed(read_folder(SAMPLE_COURSE)), "hello.zip")
    assert catalogue(house, agent).count == 0
    seen = see(house, trainer, services.see_upload, upload_id=upload.id, storage=storage(house))
    assert (seen.title, seen.live, seen.same, seen.minutes, seen.gone) == ("Say hello", None, False, 4, [])
    version = release(house, trainer, upload, "  First of all  ")
    assert (version.number, version.note) == (1, "First of all")
    assert [one.title for one in catalogue(house, agent).courses] == ["Say hello"]
    assert catalogue(house, stranger).count == 0
    with pytest.raises(Conflict):
        release(house, trainer, upload)
    with house.writing(firm) as session:
        acts = session.execute(
            select(AuditEntry.act, AuditEntry.subject).where(AuditEntry.firm_id == firm)
        ).all()
    assert [tuple(one) for one in acts] == [("course published", "T01: Say hello")]
    again = keep(house, trainer, packed(read_folder(SAMPLE_COURSE)))
    assert see(house, trainer, services.see_upload, upload_id=again.id, storage=storage(house)).same
    assert release(house, trainer, again).id == version.id


def test_a_new_version_says_which_lessons_come_and_go(house: House) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    publish(house, trainer, changed())
    whole = read_folder(SAMPLE_COURSE)
    files = {name.replace("hello.md", "greet.md"): text for name, text in whole.files.items()}
    files["course.yaml"] = files["course.yaml"].replace("lessons: [hello]", "lessons: [greet]")
    upload = keep(house, trainer, packed(understand(files, whole.media, [])))
    seen = see(house, trainer, services.see_upload, upload_id=upload.id, storage=storage(house))
    assert ([one.key for one in seen.lessons], seen.gone, seen.live.number) == (["greet"], ["hello"], 1)


def test_a_package_with_problems_is_not_kept_and_each_is_named(house: House) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    whole = read_folder(SAMPLE_COURSE)
    broken = dict(whole.files)
    broken["course.yaml"] = broken["course.yaml"].replace("tracks: [supervisory]", "tracks: [kingly]")
    broken["questions/bank.yaml"] = broken["questions/bank.yaml"].replace("kind: ", "kind: un", 1)
    with pytest.raises(Invalid) as told:
        keep(house, trainer, packed(understand(broken, whole.media, [])))
    named = {(one.file, one.line > 0) for one in told.value.problems}  # type: ignore[attr-defined]
    assert named == {("course.yaml", True), ("questions/bank.yaml", True)}
    with pytest.raises(Invalid):
        keep(house, trainer, b"not a zip")
    with house.writing(firm) as session:
        assert session.scalars(select(CourseUpload).where(CourseUpload.firm_id == firm)).all() == []


def test_a_version_needs_its_change_note(house: House) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    upload = keep(house, trainer, packed(read_folder(SAMPLE_COURSE)))
    with pytest.raises(Invalid, match="what is new"):
        release(house, trainer, upload, "  ")


def test_only_authors_bring_courses_in_and_another_firms_upload_is_not_found(house: House) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    content = packed(read_folder(SAMPLE_COURSE))
    upload = keep(house, trainer, content)
    for role in (Role.AGENT, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN):
        person = house.person(firm, role)
        with pytest.raises(NotAllowed):
            keep(house, person, content)
        with pytest.raises(NotAllowed):
            release(house, person, upload)
    stranger = house.person(house.firm("Theirs"), Role.TRAINER)
    for upload_id in (upload.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            see(house, stranger, services.see_upload, upload_id=upload_id, storage=storage(house))
        with pytest.raises(NotFound):
            house.act(
                stranger,
                services.publish_upload,
                upload_id=upload_id,
                note="x",
                storage=storage(house),
            )


# The catalogue


def test_filters_are_combined_and_the_count_is_of_all_that_fit(house: House) -> None:
    firm = house.firm()
    trainer, agent = house.person(firm, Role.TRAINER), house.person(firm)
    house.course(folder=C05)
    publish(house, trainer, renamed())
    publish(house, trainer, renamed(key="T02", title="Di hola", language="es"))

    def keys(**wanted: Any) -> list[str]:
        page = catalogue(house, agent, **wanted)
        assert page.count == len(page.courses)
        return [one.key for one in page.courses]

    assert keys() == ["C05", "T01", "T02"]
    assert keys(language="es") == ["T02"]
    assert keys(at_most=15) == ["T01", "T02"]
    assert keys(at_most=15, language="en") == ["T01"]
    assert keys(text="hello", track="supervisory", competency="B4", at_most=30, language="en") == ["T01"]
    assert keys(track="technical", language="es") == []
    page = catalogue(house, agent)
    assert page.facets["language"] == ["en", "es"]
    assert page.competencies["B4"] not in ("", "B4")


def test_the_catalogue_says_how_far_its_reader_is_and_nobody_else(house: House) -> None:
    firm = house.firm()
    course_id, big = house.course(), house.course(folder=C05)
    person, colleague = house.person(firm), house.person(firm)
    for card in CARDS:
        house.act(person, finish_card, fact=FinishedCard(uuid.uuid4(), course_id, "hello", card))
    far = catalogue(house, person).far[course_id]
    assert (far.done, far.lessons, far.completed) == (1, 1, False)
    passed(house, person, course_id)
    page = catalogue(house, person)
    assert page.far[course_id].completed
    assert big not in page.far
    assert catalogue(house, colleague).far == {}


def test_a_long_catalogue_is_paged_by_key_and_counts_all_pages(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.courses import pages, queries

    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    for number in range(5):
        publish(house, trainer, renamed(key=f"T1{number}"))
    for module in (pages, queries):
        monkeypatch.setattr(module, "PAGE", 2)
    seen: list[str] = []
    after = ""
    for _page in range(3):
        page = catalogue(house, trainer, after=after)
        seen += [one.key for one in page.courses]
        assert page.count == 5
        after = page.more
    assert (seen, after) == ([f"T1{number}" for number in range(5)], "")
