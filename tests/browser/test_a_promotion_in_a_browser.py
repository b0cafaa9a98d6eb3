"""A whole promotion in a browser: what is missing, an observed call, a second rater, figures, opening, candidates, interviews,
decision, second approver, appeal, blind rating, outcome; and nothing of the trail can be edited."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.foundation.wall import beyond_the_wall
from lms.people.services.audit import first_broken_entry
from tests.browser.conftest import DESK, picture, seen, sideways, signed_in
from tests.browser.test_figures_in_a_browser import HEADER
from tests.browser.test_rating_on_the_floor import mark
from tests.house import House, Someone
from tests.promotion import ARGUES, CHOSEN, NOT_CHOSEN, TOLD_CHOSEN, TOLD_NOT, WHY, Promotion
from tests.rooms.ready import make_ready

REASON = "I read both ledgers and every note; the reasons name dated facts that are there."


def answer_interview(page: Page, *scores: int) -> None:
    """Note what was said and score it."""
    for place, score in enumerate(scores):
        page.locator(f"[name=note_{place}]").fill("Told of a colleague whose holds were long.")
        page.locator(f"[name=score_{place}][value='{score}']").check()
    page.get_by_role("button", name="Keep my scores").click()
    expect(page.locator("main")).to_contain_text("What you gave")


def numbers(firm: Promotion) -> str:
    """Three months of the queue in which Ana works: she and ten colleagues."""
    who = [firm.ana, *(firm.house.person(firm.firm, number=f"{place:05}") for place in range(1, 11))]
    called = ["Toucan-21", *(f"{place:05}" for place in range(1, 11))]
    assert len(who) == len(called)
    return HEADER + "".join(
        f"{number},Billing,Day,{month},{86 + place},{6 + place % 2},0,{92 + place % 4},20,{74 + place},100,300,400\n"
        for place, number in enumerate(called)
        for month in ("2025-12", "2026-01", "2026-02")
    )


def shown(page: Page, firm: Promotion, name: str, *states: str) -> None:
    """What the manager reads about Ana on the rung: these sentences, in the requirements' own cells."""
    page.goto(f"/board/people/{firm.ana.id}?rung=S1")
    for state in states:
        expect(page.locator("main")).to_contain_text(state)
    picture(page, name)


def gather(firm: Promotion, manager: Page, ana: Page, ari: Page, third: Page, file: Path) -> None:
    """What Ana lacks is seen by one, attested by another, and counted from the quality tool's file.

    Pictures only: other roads look at each of these pages with axe.
    """
    ana.goto("/path?rung=S1")
    still_open = ana.locator("section", has=ana.get_by_role("heading", name="Still open"))
    expect(still_open).to_contain_text("Nothing is recorded yet.")
    picture(ana, "road-1-missing-phone")
    shown(manager, firm, "road-1-missing-desk", "There is no evidence yet.", "Nothing is recorded yet.")

    ari.goto(f"/board/people/{firm.ana.id}/rate/call-scorecard?rung=S1")
    ari.get_by_label("What does it speak for?").select_option("A3")
    ari.get_by_label("At which level was it?").select_option("3")
    mark(ari)
    picture(ari, "road-2-call-phone")
    ari.get_by_role("button", name="Record").click()
    ari.wait_for_url("**/rate?rung=S1")
    shown(manager, firm, "road-2-seen-desk", "Two different kinds of evidence at level 3 would change this")

    third.set_viewport_size({"width": 360, "height": 740})
    third.goto(f"/board/people/{firm.ana.id}/observe?for=attest&competency=A3&rung=S1")
    third.locator("[name=level][value='3']").check()
    third.get_by_label("What did you see? One dated example.").fill("27 February: named the wait, twice.")
    picture(third, "road-3-attest-phone")
    third.get_by_role("button", name="Record", exact=True).click()
    expect(third.locator("main")).to_contain_text("Level 3 is shown; level 3 is asked for.")
    third.set_viewport_size(DESK)

    for metric, target in (("qa", "80"), ("adherence", "90")):
        manager.goto("/figures/targets")
        manager.get_by_label("Queue").fill("Billing")
        manager.get_by_label("Target", exact=True).fill(target)
        manager.get_by_label("Metric", exact=True).select_option(metric)
        manager.get_by_label("From which day on?").fill("2025-12-01")
        manager.get_by_role("button", name="Set the target").click()
        expect(manager.get_by_role("cell", name=f"{target}.0")).to_be_visible()
    file.write_text(numbers(firm))
    manager.goto("/figures/import")
    manager.get_by_label("Which tool is it from?").fill("Quality tool")
    manager.get_by_label("File of figures").set_input_files(file)
    manager.get_by_role("button", name="Look at it").click()
    manager.get_by_label("It is: Who").select_option("person")
    manager.get_by_role("button", name="Keep and look again").click()
    manager.get_by_role("button", name="Take 33 rows").click()
    expect(manager.get_by_role("heading", level=1)).to_have_text("What this file did")
    shown(manager, firm, "road-4-counted-desk", "Not taken yet")
    kpi = manager.locator(".cell", has_text="Quality at the account's target").first
    expect(kpi).to_contain_text("Shown.")
    ana.goto("/path?rung=S1")
    picture(ana, "road-4-counted-phone")
    expect(still_open).not_to_contain_text("Nothing is recorded yet.")


def test_a_promotion_from_what_is_missing_to_the_outcome_of_an_appeal(
    house: House, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    firm = Promotion(house)
    make_ready(house, firm.ana, firm.ari, firm.third, but=("C02", "A3", "S1-kpi"))

    def window(someone: Someone, **size: object) -> Page:
        return signed_in(open_window(**size), house, someone)

    manager, second, third = (window(one, size=DESK) for one in (firm.manager, firm.second, firm.third))
    ana, ben, bea, ari = (window(one) for one in (firm.ana, firm.ben, firm.bea, firm.ari))

    gather(firm, manager, ana, ari, third, tmp_path / "quality.csv")
    manager.goto("/openings")
    seen(manager, "openings-empty")
    manager.get_by_role("link", name="New opening").click()
    manager.get_by_label("What is the opening called?").fill("Senior agent, Billing")
    manager.get_by_label("Who approves it").select_option(label=firm.second.name)
    seen(manager, "opening-new")
    manager.get_by_role("button", name="Make the opening").click()
    expect(manager.locator("h1")).to_have_text("Senior agent, Billing")
    opening = manager.url
    manager.get_by_role("link", name="One step away 1").click()
    expect(manager.locator("main")).to_contain_text(firm.ana.name)
    seen(manager, "opening-step")

    ana.goto("/path")
    expect(ana.locator("main")).to_contain_text("You are one step away")
    seen(ana, "path-one-step")
    make_ready(house, firm.ana, firm.ari, firm.third, only="C02")
    ana.goto("/path")
    ana.get_by_role("button", name="Consider me").click()
    expect(ana.locator("main")).to_contain_text("Asked to be considered")

    manager.goto(opening)
    manager.get_by_label("Whole name or employee number").fill("Toucan-22")
    manager.get_by_label("Why do you put them forward?").fill(NOT_CHOSEN)
    manager.get_by_role("button", name="Put forward", exact=True).click()
    expect(manager.locator("main")).to_contain_text("Put forward by")
    seen(manager, "opening-candidates")

    bea.goto("/interviews")
    seen(bea, "interviews-phone")
    bea.get_by_role("link", name=firm.ana.name).click()
    seen(bea, "interview-phone")
    answer_interview(bea, 4, 5, 4)
    for one in (firm.ana, firm.ben):
        manager.goto(opening)
        expect(manager.locator("main")).not_to_contain_text("4 · 5 · 4") if one is firm.ana else None
        manager.get_by_role("link", name=f"Interview {one.name}").click()
        answer_interview(manager, 3, 3, 2)
    manager.goto(opening)
    expect(manager.locator("main")).to_contain_text("4 · 5 · 4")
    manager.get_by_role("button", name="Close it and show the scores").click()
    manager.get_by_role("link", name="Decide", exact=True).click()
    seen(manager, "decide")
    for one, chosen, why, told in (
        (firm.ana, "yes", CHOSEN, TOLD_CHOSEN),
        (firm.ben, "no", "Not now.", TOLD_NOT),
    ):
        manager.locator(f"[name=chosen_{one.id.hex}][value={chosen}]").check()
        manager.locator(f"[name=reason_{one.id.hex}]").fill(why)
        manager.locator(f"[name=told_{one.id.hex}]").fill(told)
    manager.locator("[name=reason]").fill(WHY)
    manager.locator("[name=has_conflict][value=no]").check()
    manager.get_by_role("button", name="Record the decision").click()
    expect(manager.locator("main")).to_contain_text(f"why {firm.ben.name} is or is not chosen")
    seen(manager, "decide-problems")
    manager.locator(f"[name=reason_{firm.ben.id.hex}]").fill(NOT_CHOSEN)
    manager.get_by_role("button", name="Record the decision").click()
    expect(manager.locator("h1")).to_have_text("Decision record: Senior agent, Billing")
    record = manager.url

    ben.goto("/path")
    expect(ben.locator("main")).not_to_contain_text(TOLD_NOT)
    second.goto(opening)
    second.get_by_role("link", name="Read it, then approve it or send it back").click()
    second.locator("[name=has_conflict][value=no]").check()
    second.get_by_label("I approve it").check()
    second.get_by_label("Why? Say what you looked at.").fill(REASON)
    seen(second, "decision-to-approve")
    second.get_by_role("button", name="Keep my answer").click()
    expect(second.locator("main")).to_contain_text("Approved")
    seen(second, "decision-approved")
    with second.expect_download() as download:
        second.get_by_role("link", name="Download PDF").click()
    assert download.value.suggested_filename.startswith("decision-")

    ben.goto("/path")
    ben.get_by_role("link", name="Senior agent, Billing").click()
    expect(ben.locator("main")).to_contain_text(TOLD_NOT)
    ben.get_by_label("A rating of my work is wrong").check()
    ben.get_by_label("Which rating is wrong?").select_option(index=1)
    ben.get_by_label("What is not right, and why?").fill(ARGUES)
    seen(ben, "my-decision")
    ben.get_by_role("button", name="Send my appeal").click()
    expect(ben.locator("main")).to_contain_text("Your appeal")

    third.goto("/appeals")
    seen(third, "appeals")
    third.get_by_role("link", name=firm.ben.name).click()
    seen(third, "appeal-waits")
    appeal = third.url
    bea.goto("/appeals")
    bea.get_by_role("link", name="Rate a piece of work again").click()
    for hidden in (firm.ben.name, firm.ari.name, "level 2"):
        expect(bea.locator("main")).not_to_contain_text(hidden)
    seen(bea, "rate-again-phone")
    bea.locator("[name=level][value='3']").check()
    bea.get_by_label("Why, from what you read?").fill(
        "By the anchors: named a risk nobody told, on one call."
    )
    bea.get_by_role("button", name="Keep my rating").click()
    third.goto(appeal)
    third.get_by_label("Sent back: it is to be decided again").check()
    third.get_by_label("Why, in words for the person").fill(REASON)
    seen(third, "appeal-answer")
    third.get_by_role("button", name="Answer", exact=True).click()
    expect(third.locator("main")).to_contain_text("Sent back")
    ben.reload()
    expect(ben.locator("main")).to_contain_text("level 3; the first rating was level 2")
    seen(ben, "my-decision-answered")
    manager.goto(opening)
    expect(manager.locator("main")).to_contain_text("To be decided again")
    seen(manager, "opening-again")

    for method in ("put", "patch", "delete"):
        reply = getattr(manager.request, method)(record)
        assert reply.status == 405, "no address changes a record"
    for table, change in (("decision", "reason = 'x'"), ("appeal", "reason = 'x'"), ("rerating", "at = at")):
        for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
            with (
                pytest.raises(DBAPIError, match="written once"),
                house.writing(firm.firm) as session,
                beyond_the_wall(session, "a test tries it"),
            ):
                session.execute(text(statement))
    manager.goto(record)
    expect(manager.locator("main")).to_contain_text("The record is what was frozen.")
    manager.goto("/fairness")
    seen(manager, "fairness")
    with house.writing(firm.firm) as session:
        assert first_broken_entry(session, firm_id=firm.firm) is None
    for address in (opening, record, appeal, "/openings", "/fairness"):
        manager.goto(address)
        assert sideways(manager, 360) <= 0, address
    seen(manager, "fairness-phone")
    manager.goto(opening)
    seen(manager, "opening-phone")
