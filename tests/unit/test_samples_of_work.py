"""The data of work samples: the same again for a number, other data for another, and every answer worked out a second time."""

import csv
import json
import sqlite3
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lms.cli import main
from lms.tracks.cli.samples import write_sample
from lms.tracks.rules.samples import make_sample

NUMBERS = (1, 7, 2026)


def rows(path: Path) -> list[dict[str, str]]:
    """A table as it was written."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module", params=NUMBERS, ids=str)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample in files."""
    into: Path = tmp_path_factory.mktemp("sample")
    write_sample(make_sample(request.param), into)
    return into


def answers(folder: Path) -> Any:
    """What the assessor keeps."""
    return json.loads((folder / "assessor" / "answers.json").read_text())


def test_a_number_gives_the_same_files_for_ever_and_another_gives_others(tmp_path: Path) -> None:
    run = CliRunner()
    for name, number in (("one", "5"), ("again", "5"), ("other", "6")):
        made = run.invoke(main, ["samples", "--number", number, "--into", str(tmp_path / name)])
        assert made.exit_code == 0, made.output
    for path in sorted((tmp_path / "one").rglob("*.*")):
        again = tmp_path / "again" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == again.read_bytes() or path.suffix == ".sqlite", path.name
    assert answers(tmp_path / "one") == answers(tmp_path / "again") != answers(tmp_path / "other")
    assert run.invoke(main, ["samples", "--number", "5", "--into", str(tmp_path / "one")]).exit_code == 1


def test_the_person_is_given_six_weeks_and_no_answer(folder: Path) -> None:
    given, kept = rows(folder / "person" / "calls.csv"), rows(folder / "assessor" / "calls-week-7.csv")
    assert (len({one["day"] for one in given}), len({one["day"] for one in kept})) == (42, 7)
    assert max(one["day"] for one in given) < min(one["day"] for one in kept)
    assert {path.name for path in (folder / "person").iterdir()} == {
        "calls.csv",
        "contact-reasons.csv",
        "account.csv",
        "tickets.csv",
        "contacts.sqlite",
        "tasks.md",
    }
    told = answers(folder)["forecast"]
    assert told["week_7"] == sum(int(one["calls"]) for one in kept)
    by_day: Counter[str] = Counter()
    for one in given:
        by_day[one["day"]] += int(one["calls"])
    usual = {
        weekday: sorted(
            number for day, number in by_day.items() if datetime.fromisoformat(day).weekday() == weekday
        )[3]
        for weekday in range(7)
    }
    off = {day: number / usual[datetime.fromisoformat(day).weekday()] for day, number in by_day.items()}
    assert sorted(day for day, share in off.items() if not 0.6 < share < 1.55) == told["odd_days"]


def test_the_pareto_counts_what_came_back(folder: Path) -> None:
    back = [
        one["reason"] for one in rows(folder / "person" / "contact-reasons.csv") if one["came_back"] == "yes"
    ]
    told = answers(folder)["contact_reasons"]
    assert told["came_back"] == len(back)
    for reason, number, _share in told["lines"]:
        assert number == back.count(reason)
    assert [number for _reason, number, _share in told["lines"]] == sorted(
        (number for _reason, number, _share in told["lines"]), reverse=True
    )
    assert told["lines"][-1][2] == 100.0


def test_the_margin_is_what_is_left_of_the_bill(folder: Path) -> None:
    for one in rows(folder / "person" / "account.csv"):
        paid, lost = float(one["paid_hours"]), float(one["non_billable_percent"])
        bill = paid * (1 - lost / 100) * float(one["rate"])
        cost = paid * float(one["cost_per_paid_hour"])
        told = answers(folder)["margin"][one["month"]]
        assert told["revenue"] == pytest.approx(bill)
        assert told["margin_percent"] == pytest.approx((1 - cost / bill) * 100, abs=0.051)


def test_the_promises_are_counted_without_the_pauses(folder: Path) -> None:
    found: dict[str, Counter[str]] = {}
    for one in rows(folder / "person" / "tickets.csv"):
        highs = (one["impact"] == "high") + (one["urgency"] == "high")
        priority, reply, solve = {2: ("P1", 15, 120), 1: ("P2", 60, 240), 0: ("P3", 240, 1440)}[highs]
        opened, answered, solved = (
            datetime.fromisoformat(one[name]) for name in ("opened", "first_response", "solved")
        )
        mine = found.setdefault(priority, Counter())
        mine["all"] += 1
        mine["response_kept"] += (answered - opened).total_seconds() <= reply * 60
        mine["solution_kept"] += (solved - opened).total_seconds() / 60 - int(one["paused_min"]) <= solve
    assert {key: dict(counts) for key, counts in found.items()} == answers(folder)["tickets"]


def test_sql_over_the_file_gives_the_answers(folder: Path) -> None:
    told = answers(folder)["sql"]
    connection = sqlite3.connect(folder / "person" / "contacts.sqlite")

    def ask(query: str) -> Any:
        return connection.execute(query).fetchall()

    march = "ts >= '2026-03-01' AND ts < '2026-04-01'"
    assert told["march_by_queue"] == {
        queue: {"n": n, "aht": pytest.approx(aht, abs=0.051)}
        for queue, n, aht in ask(
            f"SELECT queue, COUNT(*), SUM(handle_s) * 1.0 / COUNT(*) FROM contact WHERE {march} GROUP BY queue"
        )
    }
    joined = f"FROM contact LEFT JOIN tag ON tag.contact_id = contact.id WHERE {march}"
    assert ask(f"SELECT COUNT(*) {joined} AND tag.name IS NULL") == [(told["march_without_tag"],)]
    refunds = f"SELECT COUNT(DISTINCT contact.id) {joined} AND tag.name = 'refund'"
    assert ask(refunds) == [(told["march_refund_contacts"],)]
    sent, answered, mean = ask("SELECT COUNT(*), COUNT(score), AVG(score) FROM survey")[0]
    assert (sent, answered) == (told["surveys_sent"], told["surveys_answered"])
    assert mean == pytest.approx(told["mean_score"], abs=0.0051)
    trap = ask("SELECT COUNT(*) FROM contact WHERE ts BETWEEN '2026-03-01' AND '2026-03-31'")
    assert trap[0][0] < sum(one["n"] for one in told["march_by_queue"].values()), "the last day lies in wait"
    connection.close()
