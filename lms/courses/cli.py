"""`lms courses load|check|describe|facts|export`."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from lms.courses import services
from lms.courses.packages import read_folder, understand
from lms.courses.rules.facts import Fact, facts_of, facts_page
from lms.courses.services.describing import describe as describe_courses
from lms.foundation.actor import Actor, Role
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Invalid
from lms.foundation.ids import derived_id
from lms.foundation.wall import enter
from lms.people.models import Firm, Person
from lms.web.command import json_option, tell
from lms.web.request import db, storage

ASSOCIATION = derived_id("association")
SYSTEM = derived_id("system")


@click.group()
def courses() -> None:
    """Check, load, describe and export courses as folders of files."""


def the_association() -> Actor:
    """The association, as whoever holds this machine: made on the first use of a new database."""
    session = db.session()
    begin_writing(session)
    if session.get(Firm, ASSOCIATION) is None:
        session.add(
            Firm(
                id=ASSOCIATION,
                key="association",
                name="Belize BPO Association",
                is_association=True,
                created_at=read_clock(),
            )
        )
    if session.get(Person, SYSTEM) is None:
        session.add(Person(id=SYSTEM, created_at=read_clock()))
    session.commit()
    enter(session, ASSOCIATION)
    return Actor(SYSTEM, ASSOCIATION, "Ladder", frozenset({Role.ASSOCIATION, Role.TRAINER}))


def _beside(folders: Sequence[Path]) -> services.Beside:
    """What the courses of these folders, and of the folders next to a single one, say of themselves.

    Only the originals of translations are read whole.
    """
    around = folders if len(folders) > 1 else sorted(folders[0].resolve().parent.glob("*/course.yaml"))
    texts = [path.parent if path.name == "course.yaml" else path for path in around]
    heads = {path: understand(_course_file(path), {}, []) for path in texts}
    asked = [heads.get(path) or understand(_course_file(path), {}, []) for path in folders]
    originals = {one.course.get("translation_of") for one in asked} - {None}
    return services.beside_of(
        read_folder(path) if head.course.get("key") in originals else head for path, head in heads.items()
    )


def _course_file(folder: Path) -> dict[str, str]:
    return {"course.yaml": (folder / "course.yaml").read_bytes().decode("utf-8-sig", errors="replace")}


@courses.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--facts", is_flag=True, help="List the facts that are due to be looked at again instead.")
@click.option(
    "--due-by",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --facts: due by this day instead of today.",
)
@json_option
@with_appcontext
def check(folder: Path, facts: bool, due_by: datetime | None, as_json: bool) -> None:
    """Name the file, line and remedy of every problem in FOLDER (a course, or a folder of courses)."""
    if facts:
        _tell_due(folder, (due_by or read_clock()).date(), as_json)
        return
    if due_by is not None:
        raise Invalid("--due-by goes with --facts.")
    result: list[dict[str, Any]] = []
    words: list[str] = []
    stopping = 0
    folders = services.course_folders(folder)
    there = _beside(folders)
    for path in folders:
        package = read_folder(path)
        problems = services.problems_of(db.session(), package, beside=there)
        stopping += sum(not problem.advice for problem in problems)
        result.append(
            {
                "course": package.course.get("key"),
                "folder": str(path),
                "lessons": len(package.lessons),
                "questions": len(package.questions),
                "problems": [vars(problem) for problem in problems],
            }
        )
        words += [f"{path.name}/{problem}" for problem in problems]
        words.append(
            f"{path.name}: {len(package.lessons)} lessons, {len(package.questions)} questions, {len(problems)} problems"
        )
    tell({"courses": result}, "\n".join(words), as_json=as_json)
    if stopping:
        sys.exit(1)


def _facts_in(folder: Path) -> list[Fact]:
    """The facts of the courses in a folder. Raises Invalid: a course with problems says nothing of its facts."""
    found = []
    for path in services.course_folders(folder):
        package = read_folder(path)
        if stopping := [one for one in package.problems if not one.advice]:
            raise Invalid("This course has problems. Run “lms courses check” first.", stopping)
        found += facts_of(package.course)
    return found


def _tell_due(folder: Path, by: date, as_json: bool) -> None:
    every = _facts_in(folder)
    due = sorted((one for one in every if one.is_due(by)), key=lambda one: (one.look_again, one.course))
    told = [{**asdict(one), "look_again": str(one.look_again)} for one in due]
    words = [f"{one.look_again}  {one.course} {one.key} [{one.tag}]: {one.text}" for one in due]
    words.append(f"{len(due)} of {len(every)} facts are to be looked at again by {by}.")
    tell({"due_by": str(by), "facts": len(every), "due": told}, "\n".join(words), as_json=as_json)


@courses.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@with_appcontext
def facts(folder: Path, as_json: bool) -> None:
    """Write a page of every fact that the courses in FOLDER teach: source, how sure we are, when to look again."""
    page = facts_page(_facts_in(folder))
    tell({"page": page}, page.rstrip("\n"), as_json=as_json)


@courses.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@with_appcontext
def describe(folder: Path, as_json: bool) -> None:
    """Write a page about the courses in FOLDER: lessons, minutes, reading grades, questions by what they ask."""
    packages = [read_folder(path) for path in services.course_folders(folder)]
    there = services.beside_of(packages)
    for package in packages:
        problems = services.problems_of(db.session(), package, beside=there)
        if stopping := [one for one in problems if not one.advice]:
            raise Invalid("This course has problems. Run “lms courses check” first.", stopping)
    page = describe_courses(packages)
    tell({"page": page}, page.rstrip("\n"), as_json=as_json)


@courses.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--note", default="Loaded from files", show_default=True, help="The change note of the versions."
)
@click.option("--if-changed", is_flag=True, help="Say nothing of courses that are as they were.")
@json_option
@with_appcontext
def load(folder: Path, note: str, if_changed: bool, as_json: bool) -> None:
    """Publish the course in FOLDER, or every course in it, as the association's. All or none."""
    actor = the_association()
    session = db.session()
    begin_writing(session)
    done = []
    folders = services.course_folders(folder)
    there = _beside(folders)
    for path in folders:
        version, new = services.publish_package(
            session,
            actor=actor,
            package=read_folder(path),
            storage=storage(),
            note=note,
            now=read_clock(),
            beside=there,
        )
        if new or not if_changed:
            done.append({"title": version.title, "version": version.number, "new": new})
    session.commit()
    words = "\n".join(
        f"{one['title']}: version {one['version']}{'' if one['new'] else ' (as it was)'}" for one in done
    )
    tell({"courses": done}, words or "All courses are as they were.", as_json=as_json)


@courses.command()
@click.argument("key")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@json_option
@with_appcontext
def export(key: str, folder: Path, as_json: bool) -> None:
    """Write the live version of course KEY into FOLDER, byte for byte as it was loaded."""
    actor = the_association()
    count = services.export_course(db.session(), actor=actor, key=key, storage=storage(), folder=folder)
    tell({"course": key, "files": count, "folder": str(folder)}, f"{folder}: {count} files.", as_json=as_json)
