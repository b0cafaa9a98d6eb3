"""What was half typed in a lesson on one device stands there on the other, is never marked, and is nobody else's; and a
slot that has an end is filled up to it."""

import html
import json
import re
from datetime import timedelta
from typing import Any

from lms.learning.models import CheckAnswer, LessonProgress
from tests.flows.test_facts_arrive_later import Phone, fact, phone

__all__ = ["phone"]


def half(phone: Phone, value: str, at: str = "2026-03-02T12:00:00-06:00", **said: Any) -> dict[str, Any]:
    fields = [["answer", value]] if value else []
    where = {"course": str(phone.course_id), "lesson": "hello", "check": "t01-check"}
    return fact("half", **(where | said), fields=fields) | {"device_at": at}


def shown(phone: Phone) -> list[list[str]]:
    page = phone.client.get(f"/courses/{phone.course_id}/lessons/hello").get_data(as_text=True)
    found = re.search(r'data-half="([^"]*)"', page)
    return json.loads(html.unescape(found[1])) if found else []


def test_what_was_half_typed_stands_on_the_other_device_until_it_is_answered(phone: Phone) -> None:
    assert phone.told(half(phone, "b")) == [("counted", "counted", None)]
    assert shown(phone) == [["answer", "b"]]
    assert phone.rows(CheckAnswer) == []
    phone.told(phone.card() | {"kind": "check", "check": "t01-check", "fields": [["answer", "a"]]})
    assert shown(phone) == []


def test_the_latest_by_the_devices_clock_stands_and_a_clock_ahead_speaks_of_now(phone: Phone) -> None:
    phone.told(half(phone, "a", at="2026-03-09T12:00:00-06:00"))
    assert phone.told(half(phone, "b", at="2026-03-02T11:00:00-06:00")) == [("had", "counted", None)]
    assert shown(phone) == [["answer", "a"]]
    phone.later(timedelta(minutes=5))
    phone.told(half(phone, "c", at="2026-03-02T12:04:00-06:00"))
    assert shown(phone) == [["answer", "c"]]
    phone.told(half(phone, "", at="2026-03-02T12:05:00-06:00"))
    assert shown(phone) == []


def test_it_is_of_a_check_that_is_there_short_and_of_one_person(phone: Phone) -> None:
    assert phone.told(half(phone, "a", check="gone")) == [("kept", "kept", "not_found")]
    long = half(phone, "a") | {"fields": [[f"answer-{place}", "x" * 2000] for place in range(3)]}
    assert phone.told(long) == [("kept", "kept", "unreadable")]
    phone.told(half(phone, "b"))
    ben = phone.house.person(phone.ana.firm_id)
    theirs = Phone(
        phone.house, ben, phone.house.client(ben), phone.course_id, phone.version_id, phone.attempt_id
    )
    assert shown(theirs) == []
    [row] = phone.rows(LessonProgress)
    assert (row.person_id, row.card_key, row.completed_at) == (phone.ana.id, "hook", None)


def test_today_fills_what_is_left_until_a_time_and_says_when_that_is_no_slot(phone: Phone) -> None:
    def today(**said: str) -> str:
        return phone.client.get("/today", query_string=said).get_data(as_text=True)

    page = today(until="12:07")
    assert "7 minutes are left until 12:07." in page
    assert 'href="/today?less=1&amp;until=12:07"' in page or 'href="/today?until=12:07&amp;less=1"' in page
    assert "too near, or more than an hour away. Here is what fits 10 minutes." in today(until="15:00")
    assert "minutes are left until" not in today(until="noon")
