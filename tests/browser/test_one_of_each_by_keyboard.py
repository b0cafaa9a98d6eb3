"""One of each work sample that ships, by keyboard: a dictation, a typing test, a triage, a chat; and pictures and files."""

import re
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.assessments.kinds import kind_of
from lms.assessments.models import Assessment, AttemptQuestion, QuestionVersion
from lms.courses.services.drafts import Changes, save_draft, start_course
from lms.foundation.actor import Role
from lms.foundation.yaml import read_yaml, write_yaml
from tests.browser.conftest import DESK, PHONE, picture, seen, signed_in
from tests.browser.test_by_keyboard import answer, choose, tab_to
from tests.house import SAMPLE_COURSE, House, right_fields

SEEDS = Path(__file__).parents[2] / "seed_courses"
TAKEN = (
    ("C01-handle-the-call", "dictation", "c01-dictation-email"),
    ("C03-written-support", "typing", "c03-typing-refund"),
    ("C10-tickets-slas-triage", "work-samples", ""),
    ("C03-written-support", "simulations", "c03-sim-two-chats"),
    ("C11-networking-windows-basics", "pictures", "c11-screen-close-first"),
    ("C11-networking-windows-basics", "pictures", "c11-screen-who-does-what"),
    ("C12-reports-people-can-trust", "hand-in", "c12-hand-in-tidy"),
)
OTHERS = (
    ("C01-handle-the-call", "dictation", "c01-dictation-booking"),
    ("C03-written-support", "typing", "c03-typing-router"),
    ("C10-tickets-slas-triage", "work-samples", "c10-triage-storm"),
    ("C03-written-support", "simulations", "c03-sim-card-in-chat"),
    ("C01-handle-the-call", "simulations", "c01-sim-refund-refused"),
)
"""The other one of each that ships, and a voice call."""
IS_KEPT = """async () => {
  const kept = await Promise.all([...document.querySelectorAll("[data-kept-medium]")].map((one) => caches.match(one.src)));
  return kept.length === 2 && kept.every(Boolean) && Boolean(await caches.match(location.pathname));
}"""
KINDS = ("dictation", "typing", "triage", "simulation", "hotspot", "labels")
HEARD = (
    "good morning my name is marlene tech my email address is m dot teck at sandhill dot bz that is TECK tango echo charlie "
    "kilo please send the invoice there before friday"
)


def write_course(folder: Path) -> None:
    """A course of what ships: one question of each kind, in two assessments."""
    shutil.copytree(SAMPLE_COURSE, folder)
    (folder / "media").mkdir(exist_ok=True)
    asked: list[dict[str, Any]] = []
    for course, file, key in (*TAKEN, *OTHERS):
        bank = read_yaml((SEEDS / course / "questions" / f"{file}.yaml").read_text())
        one = next(one for one in bank if one["key"] == key or not key)
        asked.append({**one, "objective": "greet", "competency": "B4", "critical": False})
        asked[-1]["tags"] = ["other"] if (course, file, key) in OTHERS else ["each"]
        for path in (one.get("picture"), one.get("sound")):
            if path:
                shutil.copy(SEEDS / course / path, folder / path)
    (folder / "questions" / "each.yaml").write_text(write_yaml(asked))
    plans: dict[str, dict[str, Any]] = {
        "each": {"draws": [{"count": 1, "kind": kind, "tags": ["each"]} for kind in KINDS]},
        "other": {
            "draws": [
                {"count": 2 if kind == "simulation" else 1, "kind": kind, "tags": ["other"]}
                for kind in ("dictation", "typing", "triage", "simulation")
            ]
        },
        "kept": {
            "draws": [{"count": 1, "kind": kind, "tags": ["each"]} for kind in ("dictation", "hotspot")],
            "offline": True,
        },
        "file": {"draws": [{"count": 1, "kind": "upload", "tags": ["each"]}]},
    }
    for name, more in plans.items():
        plan = {
            "key": name,
            "title": "One of each",
            "shuffle": {"questions": False},
            "pass_mark": 0.5,
            **more,
        }
        (folder / "assessments" / f"{name}.yaml").write_text(write_yaml(plan))


def begin(page: Page, assessment_id: uuid.UUID) -> uuid.UUID:
    page.goto(f"/assessments/{assessment_id}")
    page.locator("main form button").first.click()
    page.wait_for_url("**/attempts/**")
    return uuid.UUID(page.url.split("/attempts/")[1][:36])


def saved(page: Page, form: str) -> None:
    expect(page.locator(f"{form} [data-saved]")).to_have_attribute("data-state", "saved")


def on(page: Page, form: str) -> None:
    """Go to a question by its number in the list of all."""
    page.locator(f'[data-navigator] a[href="{form}"]').evaluate("one => one.click()")
    expect(page.locator(form)).to_be_visible()


def play(page: Page, form: str, best: list[dict[str, Any]]) -> None:
    """Play a call or a chat to its end, with keys only."""
    for step in best:
        said = page.locator(f"{form} .choice", has_text=re.sub(r"[*_]", "", step["said"])[:40]).locator(
            "input"
        )
        tab_to(page, f'{form} [name="answer"]')
        choose(page, "answer", said.get_attribute("value") or "")
        tab_to(page, f"{form} [data-step]")
        page.keyboard.press("Enter")
        expect(page.locator(f"{form} [data-now]")).to_be_focused()
    expect(page.locator(form)).to_contain_text("This is where it ended.")


def what_was_asked(house: House, firm: uuid.UUID, attempt_id: uuid.UUID) -> list[tuple[str, Any, Any, Any]]:
    """The form, the kind, the question and the variant of each question of an attempt."""
    with house.writing(firm) as session:
        rows = session.execute(
            select(AttemptQuestion.position, AttemptQuestion.variant, QuestionVersion.document)
            .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
            .where(AttemptQuestion.firm_id == firm, AttemptQuestion.attempt_id == attempt_id)
        ).all()
    return [
        (f"#question-{position}", kind_of(document), kind_of(document).read(document), variant)
        for position, variant, document in rows
    ]


def test_one_of_each_by_keyboard_and_the_pictures_by_pointer_too(
    app: Flask, house: House, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    write_course(tmp_path / SAMPLE_COURSE.name)
    course_id = house.course(folder=tmp_path / SAMPLE_COURSE.name)
    firm = house.firm()
    agent = house.person(firm)
    with house.writing() as session:
        plans = {
            row.key: row.id
            for row in session.scalars(select(Assessment).where(Assessment.course_id == course_id))
        }
    page = signed_in(open_window(DESK), house, agent)
    page.goto("/today")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    attempt_id = begin(page, plans["each"])
    held = {one[1].NAME: one for one in what_was_asked(house, firm, attempt_id)}

    form, *_rest = held["dictation"]
    on(page, form)
    tab_to(page, f"{form} .heard button")
    page.keyboard.press("Enter")
    expect(page.locator(f"{form} [data-plays-left]")).to_contain_text("2 plays are left.")
    tab_to(page, f"{form} textarea")
    page.keyboard.type(HEARD)
    saved(page, form)
    seen(page, "kinds-dictation-desk")

    form, _kind, question, _variant = held["typing"]
    on(page, form)
    tab_to(page, f"{form} textarea")
    page.keyboard.type(question.text[:45], delay=45)
    saved(page, form)

    form, kind, question, variant = held["triage"]
    on(page, form)
    answer(page, form, right_fields(kind, question, variant))
    saved(page, form)

    form, kind, question, variant = held["simulation"]
    on(page, form)
    play(page, form, kind.answer(question, variant)["best"])

    form, kind, question, variant = held["hotspot"]
    on(page, form)
    first, second = kind.answer(question, variant)["right"]
    answer(page, form, {"answer": [first]})
    expect(page.locator(f'{form} [data-spot="{first}"]')).to_have_class(re.compile("spot--chosen"))
    page.locator(f'{form} [data-spot="{second}"] text').first.click()
    expect(page.locator(f'{form} input[value="{second}"]')).to_be_checked()
    saved(page, form)
    seen(page, "kinds-hotspot-desk")

    form, kind, question, variant = held["labels"]
    on(page, form)
    pairs = dict(kind.answer(question, variant)["pairs"])
    place, label = pairs.popitem()
    answer(page, form, {f"answer-{ref}": [value] for ref, value in pairs.items()})
    page.locator(f'{form} [data-chip="{label}"]').hover()
    page.mouse.down()
    page.locator(f'{form} [data-spot="{place}"] text').first.hover()
    page.mouse.up()
    expect(page.locator(f'{form} [name="answer-{place}"]')).to_have_value(label)
    saved(page, form)
    picture(page, "kinds-labels-desk")

    page.reload()
    expect(page.locator(f'{form} [name="answer-{place}"]')).to_have_value(label)
    page.set_viewport_size(PHONE)
    on(page, held["hotspot"][0])
    picture(page, "kinds-hotspot-phone")
    on(page, held["labels"][0])
    seen(page, "kinds-labels-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator('[data-navigator] a[href="#review"], [data-next]').last.evaluate("one => one.click()")
    page.locator("[data-submit] button").evaluate("one => one.click()")
    page.wait_for_url("**/result")
    expect(page.locator("main")).to_contain_text("1 word is not as it was said.")
    expect(page.locator(".aligned")).to_contain_text("said: teck")
    seen(page, "kinds-result-phone")
    page.set_viewport_size(DESK)
    picture(page, "kinds-result-desk")

    for form, kind, question, variant in what_was_asked(house, firm, begin(page, plans["other"])):
        on(page, form)
        if kind.NAME == "simulation":
            play(page, form, kind.answer(question, variant)["best"])
        elif kind.NAME == "triage":
            answer(page, form, right_fields(kind, question, variant))
        else:
            tab_to(page, f"{form} textarea")
            page.keyboard.type(question.text[:30])
        saved(page, form)

    begin(page, plans["kept"])
    heard, spots = "#question-1", "#question-2"
    expect(page.locator(f"{heard} .heard button")).to_be_visible()
    page.wait_for_function(IS_KEPT)
    page.context.set_offline(True)
    page.reload()
    assert page.locator(f"{spots} img").evaluate("one => one.complete && one.naturalWidth > 0")
    tab_to(page, f"{heard} .heard button")
    page.keyboard.press("Enter")
    expect(page.locator(f"{heard} [data-plays-left]")).to_contain_text("2 plays are left.")
    tab_to(page, f"{heard} textarea")
    page.keyboard.type(HEARD[:40])
    expect(page.locator(f"{heard} [data-saved]")).to_have_attribute("data-state", "waiting")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    saved(page, heard)

    begin(page, plans["file"])
    chosen = page.locator('input[type="file"]')
    chosen.set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": b"\x00\x01"})
    expect(page.locator("[data-saved]")).to_contain_text("is no csv")
    page.context.set_offline(True)
    chosen.set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": b"day,calls\n"})
    expect(page.locator("[data-saved]")).to_contain_text("did not arrive whole")
    page.context.set_offline(False)
    tab_to(page, "[data-plain]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-sent]")).to_contain_text("Sent: mine.csv, 1 KB")
    page.reload()
    expect(page.locator("[data-sent]")).to_contain_text("Sent: mine.csv, 1 KB")
    seen(page, "kinds-file-desk")

    trainer = house.person(firm, Role.TRAINER)
    course = house.act(trainer, start_course, title="Screens", language="en")
    c11 = SEEDS / "C11-networking-windows-basics"
    shown = "media/shared-screen.svg"
    house.act(
        trainer,
        save_draft,
        course_id=course.id,
        revision=1,
        changes=Changes(
            {"questions/bank.yaml": (c11 / "questions" / "pictures.yaml").read_text()},
            {shown: (c11 / shown).read_bytes()},
        ),
        storage=app.extensions["storage"],
    )
    studio = signed_in(open_window(DESK), house, trainer)
    studio.goto(f"/studio/{course.id}/questions/c11-screen-close-first")
    field = studio.locator('[name="q-regions-0-at"]')
    field.focus()
    canvas = studio.locator("[data-draw] .spots")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    studio.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.2)
    studio.mouse.down()
    studio.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    studio.mouse.up()
    expect(field).to_have_value(
        re.compile(r"^(10|9\.\d|10\.\d) (20|19\.\d|20\.\d) (30|29\.\d|30\.\d) (30|29\.\d|30\.\d)$")
    )
    expect(
        studio.locator('[data-preview] [data-spot] rect[width^="30"], [data-preview] rect[width^="29"]')
    ).to_have_count(1)
    seen(studio, "kinds-editor-desk")
