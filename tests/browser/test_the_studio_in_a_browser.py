"""From a blank course to a published one by keys alone; saving as one writes; two windows; a closed tab; a lost network."""

import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import FileChooser, Page, expect

from lms.courses.packages import read_folder
from lms.courses.services import drafts
from lms.courses.services.drafts import Changes
from lms.foundation.actor import Role
from tests.browser.conftest import DESK, PHONE, seen, signed_in
from tests.browser.test_by_keyboard import tab_to
from tests.browser.test_in_a_browser import answer, take_lesson
from tests.browser.test_writing_questions_by_keyboard import ABOUT, WRITERS, write_assessment, write_question
from tests.house import SAMPLE_COURSE, House, Someone

LESSON = """## Two in the morning {{#hook}}

The lights go out at **{word}**. Forty calls wait.

## Do this on your next call {{#next-call}}

1. Say what you know, and when you will know more.
"""


def trainer_of(house: House) -> Someone:
    return house.person(house.firm(), Role.TRAINER, name="Tania Coc")


def told_saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_attribute("data-state", "saved")


def draft_with_a_lesson(house: House, trainer: Someone) -> str:
    """A course of one lesson; the address of its editor."""
    course = house.act(trainer, drafts.start_course, title="Storm day", language="en")
    files = {
        "lessons/hello.md": f"---\ntitle: Hello\nminutes: 1\n---\n\n{LESSON.format(word='two')}",
        "course.yaml": "format: 1\nkey: storm-day\ntitle: Storm day\nlanguage: en\nsummary: S\nmodules:\n"
        "  - {key: m, title: First, lessons: [hello]}\nobjectives: []\ncompetencies: []\ncompletion: {lessons: all}\n",
    }
    storage = house.app.extensions["storage"]
    house.act(
        trainer, drafts.save_draft, course_id=course.id, revision=1, changes=Changes(files), storage=storage
    )
    return f"/studio/{course.id}/lessons/hello"


def choose_file(page: Page, path: Path) -> None:
    """Press the button that has the focus, until the system asks for a file: a busy browser now and then drops a key."""
    choosers: list[FileChooser] = []
    page.on("filechooser", lambda asked: choosers.append(asked))
    for _try in range(4):
        page.keyboard.press("Space")
        page.wait_for_timeout(2000 if _try else 500)
        if choosers:
            break
    choosers[0].set_files(path)


def write_lesson(page: Page, title: str, picture: Path) -> None:
    """Add a lesson by keys, write its text, put a picture in; and back to the course."""
    tab_to(page, "[id^=new-lesson-]", most=60)
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lessons/*")
    tab_to(page, "#body", most=60)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(LESSON.format(word=title))
    told_saved(page)
    tab_to(page, "#medium-place > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#medium")
    choose_file(page, picture)
    tab_to(page, "#words")
    page.keyboard.type("A wall board that shows forty calls")
    tab_to(page, "[data-medium] button")
    page.keyboard.press("Enter")
    expect(page.locator("#body")).to_have_value(re.compile(r"!\[A wall board"))
    told_saved(page)
    expect(page.frame_locator("[data-preview]").locator("img")).to_have_count(1)


def test_from_a_blank_course_to_one_that_an_agent_has_passed(
    house: House,
    open_window: Callable[..., Page],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    picture = tmp_path / "wall board.png"
    Image.effect_noise((1600, 900), 60).save(picture)
    trainer = trainer_of(house)
    page = signed_in(open_window(DESK), house, trainer)
    started = time.monotonic()
    page.goto("/studio")
    tab_to(page, "#title")
    page.keyboard.type("Storm day")
    page.keyboard.press("Enter")
    page.wait_for_url("**/studio/*-*")
    course = page.url
    tab_to(page, "#new-module", most=60)
    page.keyboard.type("When the power is out")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{course}#*")
    expect(page.locator(".outline__module")).to_have_count(2)
    for title in ("The lights go out", "Forty calls", "Calling back"):
        write_lesson(page, title, picture)
        page.goto(course)
    expect(page.locator("[data-lesson]")).to_have_count(3)
    seen(page, "studio-course")

    # Keys move a lesson down, then into the next module; the focus stays on its button.
    tab_to(page, "#in-calling-back-lesson-down", most=60)
    page.keyboard.press("Enter")
    expect(page.locator(".outline__module").nth(1).locator("[data-lesson=calling-back]")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "in-calling-back-lesson-down"
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".outline__module").nth(0).locator("[data-lesson=calling-back]")).to_be_visible()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".outline__module").nth(1).locator("[data-lesson=calling-back]")).to_be_visible()

    # The problems say what is missing, and lead there.
    stops = page.locator(".place--stop a")
    expect(stops).to_have_count(3)
    tab_to(page, ".place--stop a", most=120)
    page.keyboard.press("Enter")
    tab_to(page, "#summary", most=120)
    page.keyboard.type("What to say when the power is out.")
    tab_to(page, "#competency-0-id")
    page.keyboard.type("B4")
    tab_to(page, "#objective-0")
    page.keyboard.type("Say what is known")
    page.keyboard.press("Enter")
    expect(page.locator(".flashes")).to_contain_text("Saved.")
    expect(stops).to_have_count(0)

    about = ABOUT | {"objective": "say-what-is-known"}
    for kind in WRITERS:
        write_question(page, kind, f"{course}/questions".replace("#", ""), about)
    write_assessment(page, f"{course}/assessments")

    page.goto(course)
    tab_to(page, "a[href$='/publish']", most=60)
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish")
    seen(page, "studio-publish")
    tab_to(page, "#note", most=120)
    page.keyboard.type("The first version")
    tab_to(page, "main form .button--primary")
    page.keyboard.press("Enter")
    expect(page.locator(".flashes")).to_contain_text("Published as version 1.")
    record_property("from blank to published", f"{time.monotonic() - started:.1f} s by script")

    agent = house.person(trainer.firm_id, name="Ana Chi")
    phone = signed_in(open_window(PHONE), house, agent)
    phone.goto(course.replace("/studio/", "/courses/"))
    for _lesson in range(3):
        phone.get_by_role("link", name="Start:").or_(phone.get_by_role("link", name="Continue:")).click()
        phone.wait_for_url("**/lessons/*")
        expect(phone.locator(".lesson-card img").first).to_be_attached()
        take_lesson(phone)
    phone.get_by_role("link", name="Storm day: final").click()
    phone.get_by_role("button", name="Start").click()
    phone.wait_for_url("**/attempts/*")
    attempt_id = uuid.UUID(phone.url.rsplit("/", 1)[1].split("#")[0])
    for fields in house.right_answers(agent, attempt_id).values():
        answer(phone, fields)
        phone.get_by_role("button", name="Next").click()
    phone.get_by_role("button", name="Hand it in").click()
    phone.wait_for_url("**/result")
    expect(phone.locator(".score")).to_have_text("100%")
    seen(phone, "studio-result")
    phone.goto(course.replace("/studio/", "/courses/"))
    expect(phone.locator("main")).to_contain_text("3 of 3")
    record_property("from blank to passed", f"{time.monotonic() - started:.1f} s by script")


def test_two_windows_on_one_lesson_lose_nothing(house: House, open_window: Callable[..., Page]) -> None:
    trainer = trainer_of(house)
    other = house.person(trainer.firm_id, Role.TRAINER, name="Omar Pech")
    address = draft_with_a_lesson(house, trainer)
    mine, theirs = signed_in(open_window(DESK), house, trainer), signed_in(open_window(DESK), house, other)
    for page in (mine, theirs):
        page.goto(address)
    theirs.locator("#body").fill(LESSON.format(word="two").replace("Say what", "Tell what"))
    told_saved(theirs)
    mine.locator("#body").fill(LESSON.format(word="three"))
    for place in (0, 10_000):  # also for whoever writes far down the page
        mine.evaluate(f"scrollTo(0, {place})")
        expect(mine.locator("[data-stale]")).to_be_in_viewport(ratio=1)
    mine.get_by_role("button", name="Compare the two texts").click()
    expect(mine.locator("h1")).to_contain_text("Two texts of one lesson")
    seen(mine, "studio-compare")
    expect(mine.locator(".changes ins").first).to_contain_text("three")
    mine.get_by_role("button", name="Save both together").click()
    expect(mine.locator("#body")).to_have_value(re.compile(r"three.*Tell what", re.DOTALL))


def test_a_closed_tab_and_a_lost_network_lose_nothing(house: House, open_window: Callable[..., Page]) -> None:
    trainer = trainer_of(house)
    address = draft_with_a_lesson(house, trainer)
    page = signed_in(open_window(DESK), house, trainer)
    page.goto(address)
    page.context.set_offline(True)
    page.locator("#body").fill(LESSON.format(word="offline"))
    expect(page.locator("[data-saved]")).to_contain_text("No network")
    page.context.set_offline(False)
    told_saved(page)

    page.route("**/lessons/hello", lambda route: route.abort())
    page.locator("#body").fill(LESSON.format(word="closed tab"))
    page.close()
    again = page.context.new_page()
    again.goto(address)
    expect(again.locator("#body")).to_have_value(re.compile("offline"))
    again.get_by_role("button", name="Bring it back").click()
    expect(again.locator("#body")).to_have_value(re.compile("closed tab"))
    told_saved(again)
    again.reload()
    expect(again.locator("#body")).to_have_value(re.compile("closed tab"))
    expect(again.locator("[data-kept]")).to_be_hidden()


def test_what_is_pasted_is_tidied_and_a_pasted_picture_waits_for_its_words(
    house: House, open_window: Callable[..., Page]
) -> None:
    trainer = trainer_of(house)
    page = signed_in(open_window(DESK), house, trainer)
    page.goto(draft_with_a_lesson(house, trainer))
    page.locator("#body").fill("")
    page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.setData("text/html", "<p class=MsoNormal>He is <b>angry</b><script>alert(1)</script></p>");
          document.querySelector("#body").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator("#body")).to_have_value("He is **angry**")
    page.evaluate(
        """async () => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
          const blob = await new Promise((done) => canvas.toBlob(done));
          const carried = new DataTransfer();
          carried.items.add(new File([blob], "shot.png", { type: "image/png" }));
          document.querySelector("#body").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator("#words")).to_be_focused()
    page.locator("#words").fill("An empty canvas")
    page.get_by_role("button", name="Put it in").click()
    expect(page.locator("#body")).to_have_value(re.compile(r"!\[An empty canvas\]\(media/shot\.webp\)"))


def test_the_toolbar_puts_blocks_in_that_our_format_reads(
    house: House, open_window: Callable[..., Page]
) -> None:
    trainer = trainer_of(house)
    page = signed_in(open_window(DESK), house, trainer)
    page.goto(draft_with_a_lesson(house, trainer))
    body = page.locator("#body")
    body.press("Control+End")
    for name in ("card", "list", "callout", "steps", "dialogue", "reveal", "worked", "check"):
        page.locator(f"[data-insert={name}]").click()
        body.press("Control+End")
    told_saved(page)
    expect(page.locator("[data-panel] .place--stop")).to_have_count(0)
    frame = page.frame_locator("[data-preview]")
    for part in (".callout", ".steps", ".dialogue", ".reveal", ".worked", ".check"):
        expect(frame.locator(part).first).to_be_attached()
    body.press("Control+z")
    expect(body).not_to_have_value(re.compile("::: check"))
    seen(page, "studio-lesson")


def test_a_problem_leads_to_its_line(house: House, open_window: Callable[..., Page]) -> None:
    trainer = trainer_of(house)
    page = signed_in(open_window(DESK), house, trainer)
    address = draft_with_a_lesson(house, trainer)
    page.goto(address)
    page.locator("#body").fill(LESSON.format(word="two") + "\n![](media/gone.png)\n")
    told_saved(page)
    chosen = "[document.activeElement.id, getSelection().toString()]"
    page.locator("[data-panel] .place--stop a").first.click()
    assert page.evaluate(chosen) == ["body", "![](media/gone.png)"]
    page.goto(address.rsplit("/lessons/", 1)[0])
    page.locator(".place--stop a", has_text="line 9").first.click()
    page.wait_for_url("**line=9#body")
    assert page.evaluate(chosen) == ["body", "![](media/gone.png)"]


def test_a_lesson_is_dragged_into_another_module(house: House, open_window: Callable[..., Page]) -> None:
    trainer = trainer_of(house)
    course_id = house.course(trainer)
    storage = house.app.extensions["storage"]
    package = read_folder(SAMPLE_COURSE)
    course = package.files["course.yaml"].replace(
        "    lessons: [hello]", "    lessons: [hello]\n  - key: two\n    title: Another\n    lessons: []"
    )
    house.act(
        trainer,
        drafts.save_draft,
        course_id=course_id,
        revision=1,
        changes=Changes({"course.yaml": course}),
        storage=storage,
    )
    page = signed_in(open_window(DESK), house, trainer)
    page.goto(f"/studio/{course_id}")
    page.locator(
        "[data-module=two]"
    ).scroll_into_view_if_needed()  # a page that scrolls under the hand ends the drag
    page.locator("[data-lesson=hello]").drag_to(page.locator("[data-module=two]"))
    expect(page.locator("[data-module=two] [data-lesson=hello]")).to_be_visible()


def test_without_javascript_a_course_is_written_and_a_picture_put_in(
    house: House, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    picture = tmp_path / "wall.png"
    Image.new("RGB", (300, 200), "teal").save(picture)
    page = signed_in(open_window(PHONE, java_script_enabled=False), house, trainer_of(house))
    page.goto("/studio")
    page.get_by_label("Title").fill("Storm day")
    page.get_by_role("button", name="Start").click()
    page.get_by_label("New lesson in Module 1").fill("The lights go out")
    page.locator("[value=add-lesson]").click()
    page.locator("#body").fill(LESSON.format(word="two"))
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".flashes")).to_contain_text("Saved.")
    page.locator("#medium-place > summary").click()
    page.locator("#medium").set_input_files(picture)
    page.locator("#words").fill("A wall board")
    page.locator("#card").select_option("hook")
    page.get_by_role("button", name="Put it in").click()
    expect(page.locator("#body")).to_have_value(re.compile(r"!\[A wall board\]\(media/wall\.webp\)"))
    page.get_by_role("link", name="See it as on a phone").click()
    expect(page.locator(".lesson-card img")).to_be_visible()
