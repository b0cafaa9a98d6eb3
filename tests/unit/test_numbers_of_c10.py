"""Every number that course C10 states is worked out here a second time, by other code than the product's."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C10-tickets-slas-triage"
PACKAGE = read_folder(COURSE)
NUMERIC = numeric_questions(PACKAGE)
DAY = datetime(2026, 5, 14)
MINUTE = timedelta(minutes=1)


def clock(text: str) -> datetime:
    """A time of the working day: `3:30` is in the afternoon, `8:00` in the morning."""
    hours, minutes = map(int, text.split(":"))
    return DAY.replace(hour=hours + 12 if hours < 7 else hours, minute=minutes)


def minutes_between(start: str, end: str) -> int:
    return round((clock(end) - clock(start)) / MINUTE)


def due_in_business_minutes(logged: datetime, wanted: int) -> datetime:
    """Walk minute by minute; only those from 8:00 to 17:00, Monday to Friday, count."""
    now = logged
    while wanted:
        wanted -= 8 <= now.hour < 17 and now.weekday() < 5
        now += MINUTE
    return now


def left(run: float, pause: float, target: float) -> float:
    """Walk the minutes since the ticket was logged; those of the pause, put first, do not count."""
    return target - sum(1 for minute in range(round(run)) if minute >= pause)


def share_kept(due: float, missed: float) -> float:
    """In per cent, counted ticket by ticket."""
    kept = [ticket >= missed for ticket in range(round(due))]
    return sum(kept) / len(kept) * 100


def messages(every: float, total: float) -> float:
    """The first message, the updates before the end, the closing one."""
    sent, at = 2, every
    while at < total:
        sent, at = sent + 1, at + every
    return sent


def due_next_morning(early: float) -> float:
    logged = DAY.replace(hour=17) - early * MINUTE
    return (due_in_business_minutes(logged, 240) - (DAY + timedelta(days=1)).replace(hour=8)) / MINUTE


PRIORITIES = ("P1 P2 P3", "P2 P3 P4", "P3 P4 P4")

ANSWERS: dict[str, Callable[..., float]] = {
    "time-used": lambda run, pause: left(run, pause, 240),
    "share-kept": lambda all, missed: share_kept(all, missed),
    "c10-prio-017": lambda i, u: int(PRIORITIES[round(i)].split()[round(u)][1]),
    "c10-clock-006": left,
    "c10-clock-007": due_next_morning,
    "c10-clock-008": lambda all, late: share_kept(all, late),
    "c10-clock-009": lambda all, goal, short: sum(goal for _ticket in range(round(all))) / 100 - short,
    "c10-major-006": messages,
}


def lesson(name: str) -> str:
    """A lesson's words on one line, without emphasis."""
    return re.sub(r"\s+", " ", PACKAGE.files[f"lessons/{name}.md"].replace("*", ""))


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key])


def test_the_table_and_its_picture_say_the_same_as_the_sums() -> None:
    drawn = re.findall(r">(P[1-4])<", PACKAGE.media["media/matrix.svg"].decode())
    assert drawn == " ".join(PRIORITIES).split()
    text = lesson("impact-times-urgency")
    for impact, urgency, said in (
        (0, 0, "0 steps down, P1"),
        (1, 0, "urgency high: P2"),
        (2, 1, "3 steps, P4"),
    ):
        assert said in text
        assert said.endswith(PRIORITIES[impact].split()[urgency])
    assert PRIORITIES[2].split()[2] == "P4"
    assert "4 steps down is still P4" in text


def test_the_tickets_are_due_when_the_lesson_says() -> None:
    text = lesson("response-resolution-pause")
    due = due_in_business_minutes(clock("3:30"), 240)
    assert (due - DAY).days == 1
    assert f"due at {due:%-I:%M} a.m." in text
    assert f"4 − 1.5 = {240 / 60 - minutes_between('3:30', '5:00') / 60} h" in text
    plain = clock("9:10") + timedelta(hours=4)
    later = plain + minutes_between("10:00", "10:45") * MINUTE
    assert f"Due without a pause: 9:10 + 4 h = {plain:%-I:%M} p.m." in text
    assert f"Due: {plain:%-I:%M} + 45 min = {later:%-I:%M} p.m." in text


def test_the_friday_ticket_is_due_on_monday_afternoon() -> None:
    friday = DAY + timedelta(days=1)
    due = due_in_business_minutes(friday.replace(hour=16), 9 * 60)
    check = next(one.document for one in PACKAGE.checks if one.document["key"] == "friday-four")
    right = [option["text"] for option in check["options"] if option.get("correct")]
    assert f"{friday:%A}" == "Friday"
    assert right == [f"{due:%A, %-I} p.m."]


def test_the_queue_of_the_lesson_is_in_the_right_order() -> None:
    text = lesson("queue-by-promise")
    queue = {"A": ("P3", "1:40"), "B": ("P2", "3:10"), "C": ("P2", "2:05")}
    for name, (priority, due) in queue.items():
        spare = minutes_between("1:00", due)
        assert re.search(rf"{name}: {priority}, due {due}, so .*?\b{spare} min left", text), name
    order = sorted(queue, key=lambda name: (queue[name][0], clock(queue[name][1])))
    assert f"Order: {', '.join(order)}." in text
    for start, due, said in (("9:00", "9:50", 50), ("9:00", "11:30", 150), ("9:00", "10:15", 75)):
        assert minutes_between(start, due) == said
        assert f"{said} minutes" in text


def test_kenroys_month_adds_up() -> None:
    text = lesson("queue-by-promise")
    assert share_kept(240, 240 - 216) == pytest.approx(90)
    assert "216 / 240 = 0.90, so 90%" in text
    closed, still_open = map(int, re.findall(r"240 tickets, (\d+) closed and (\d+) still open", text)[0])
    assert closed + still_open == 240
    assert f"has closed {closed} tickets" in text
    promised = sum(95 for _ticket in range(240)) / 100
    assert f"240 × 0.95 = {promised:.0f}, so {promised - 216:.0f} were missing" in text


def test_the_messages_of_the_outage_come_when_they_are_said_to() -> None:
    text = lesson("major-incident")
    first, back = clock("10:09"), clock("10:58")
    updates = [f"{first + at * MINUTE:%-H:%M}" for at in range(15, 49, 15)]
    assert f"= {updates[0]}, then {', '.join(updates[1:])}" in text
    total = round((back - first) / MINUTE)
    assert f"1 + {len(updates)} + 1 = {messages(15, total)} messages in {total} minutes" in text


def test_the_bad_ticket_took_three_hours() -> None:
    text = lesson("the-ticket-that-solves-itself")
    assert "6:40 a.m." in text
    assert "By 9:40 she knows" in text
    assert (DAY.replace(hour=9, minute=40) - DAY.replace(hour=6, minute=40)) / timedelta(hours=1) == 3
