"""The dossiers in docs/: every sentence is read and held against the ledger beside it, by other means than the rule's."""

import json
import re
import zlib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from lms.tracks.framework_files import find_rung, framework_on, shipped_framework, shipped_rule
from lms.tracks.ledger_files import read_ledger
from lms.tracks.pages.dossier import Head, markdown, parts
from lms.tracks.pages.dossier_pdf import pdf
from lms.tracks.rules import KIND_WORDS, EvidenceKind, Facts, Reason, dossier, standing

FOLDER = Path(__file__).parents[2] / "docs" / "dossiers"
FILES = sorted(one for one in FOLDER.glob("*.md") if one.name != "README.md")
COMPETENCIES = {one["key"]: one for one in shipped_framework()["competencies"]}
COURSES = {one["key"]: one for one in shipped_framework()["courses"]}
DAY = r"(\d{4}-\d\d-\d\d)"


def sections(file: Path) -> dict[str, list[str]]:
    """The lines of each part; the first is called by an empty heading."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in file.read_text().splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line.startswith("- "):
            found.setdefault(heading, []).append(line[2:])
        else:
            assert line == "" or line.startswith("# "), f"a line of no kind: {line}"
    return found


@pytest.fixture(params=FILES, ids=lambda one: one.stem)
def file(request: pytest.FixtureRequest) -> Path:
    """Each dossier."""
    found: Path = request.param
    return found


class Told:
    """A dossier as it is written, beside its ledger."""

    def __init__(self, file: Path) -> None:
        self.parts = sections(file)
        self.title = file.read_text().splitlines()[0]
        self.raw = json.loads(file.with_suffix(".json").read_text())
        self.by_number = {
            int(match[1]): line for line in self.parts["Facts"] if (match := re.match(r"\[(\d+)\] ", line))
        }
        head = " ".join(self.parts[""])
        as_of = re.search(rf"As of {DAY}, by version (\d+) of the rule", head)
        here = re.search(rf"Here since {DAY}; in the role since {DAY}\.", head)
        assert as_of
        assert here
        self.as_of, self.rule = date.fromisoformat(as_of[1]), int(as_of[2])
        self.started, self.role = date.fromisoformat(here[1]), date.fromisoformat(here[2])
        found = find_rung(framework_on(self.as_of), "S1")
        assert found
        self.rung = found[1]
        self.levels = next(
            one for one in framework_on(self.as_of)["profiles"] if one["key"] == self.rung["profile"]
        )["levels"]


def fact_of(told: Told, line: str) -> dict[str, Any]:
    """The one row of the ledger that a numbered line tells of, by what it says."""
    on, rest = re.match(rf"\[\d+\] {DAY} · (.*)\.$", line).groups()  # type: ignore[union-attr]
    kind, _, title = rest.split(" · ")[0].partition(": ")
    kinds = {words: kind for kind, words in KIND_WORDS.items()}
    about = re.search(r" for (\w+(?:-\w+)?)(?: at level (\d))?( ·|$)", rest)
    rater = re.search(r" · by ([^·]+?)( ·|$)", rest)
    assert about
    assert rater
    rows = [
        one
        for one in told.raw["facts"]
        if (one["on"], one["kind"]) == (on, kinds[kind])
        and (not title or one["title"] == title)
        and (one.get("competency") or one["requirement"].partition(":")[0]) == about[1]
        and str(one.get("level", "")) == (about[2] or "")
        and one.get("rater", "Ladder") == rater[1]
    ]
    assert len(rows) == 1, line
    return dict(rows[0])


def drawn(printed: bytes) -> list[bytes]:
    """The texts that a PDF draws, line by line."""
    packed = re.findall(rb"stream\n(.*?)\nendstream", printed, re.DOTALL)
    return re.findall(rb"\((.*?)\) Tj", b"".join(map(zlib.decompress, packed)))


def test_the_dossier_is_made_again_byte_for_byte_from_its_ledger_and_fits_one_page(file: Path) -> None:
    told, ledger = Told(file), read_ledger(file.with_suffix(".json").read_text())
    rule = shipped_rule(told.as_of)
    stand = standing(
        told.rung,
        framework_on(told.as_of),
        ledger.facts,
        Facts(told.started, told.role, ledger.leave),
        told.as_of,
    )
    assert (rule.version, ledger.rule) == (told.rule, told.rule)
    assert stand.profile
    name = told.title.removeprefix("# ").partition(":")[0]
    head = Head(
        name,
        "S1",
        told.rung["name"],
        f"{stand.profile.name} {stand.profile.version}",
        told.started,
        told.role,
        rule.version,
    )
    made = dossier(stand, ledger.facts, ledger.leave, rule, shipped_framework()["competencies"])
    found = parts(made, head, Reason.words, str)
    assert markdown(found) == file.read_text()
    printed = file.with_suffix(".pdf").read_bytes()
    assert re.findall(rb"/Count (\d+)", printed) == [b"1"]
    assert drawn(printed) == drawn(pdf(found, "", datetime.combine(told.as_of, time(), UTC)))


def test_each_fact_is_one_row_of_the_ledger_and_counts_as_long_as_it_says(file: Path) -> None:
    told = Told(file)
    seen = set()
    for line in told.parts["Facts"]:
        more = re.match(r"(\d+) more facts speak for nothing", line)
        if more:
            assert int(more[1]) == len(told.raw["facts"]) - len(told.by_number)
            continue
        row = fact_of(told, line)
        seen.add(row["id"])
        on, competency = date.fromisoformat(row["on"]), row.get("competency")
        gate = COMPETENCIES[competency].get("gate_months") if competency else None
        if score := re.search(
            r" (\d+)%(, give or take (\d+))?, where (\d+)% passes|(\d+)% where (\d+)%", line
        ):
            said = [int(one) for one in re.findall(r"\d+", score[0])]
            assert said[0] == round(row["score"] * 100)
            assert said[-1] == round(row["pass_mark"] * 100)
        else:
            assert "score" not in row
        until = re.search(rf"(counts until|expired since) {DAY}\.$", line)
        if until and gate:
            end = date.fromisoformat(until[2]) + timedelta(days=1)
            assert (end.year, end.month, end.day) == (on.year + gate // 12, on.month, on.day)
        elif until:
            end = date.fromisoformat(until[2])
            assert end >= on + timedelta(days=395), "thirteen months, and longer where figures show use"
            if not any(one["kind"] == "kpi" for one in told.raw["facts"]):
                assert end == on + timedelta(days=395)
        else:
            assert line.endswith(
                ("for as long as the requirement says.", "a second pass decides.", "speaks for no level.")
            )
        if until:
            assert (until[1] == "counts until") is (end >= told.as_of + timedelta(days=bool(gate)))
    assert len(seen) == len(told.by_number)


CELL = re.compile(
    r"^(?P<name>.+?): (?P<state>Met|Borderline|Not yet|Stale|No evidence)(?P<contested> \(Contested\))?\. (?P<why>.*)$"
)


def cells(told: Told, part: str) -> list[tuple[re.Match[str], list[dict[str, Any]]]]:
    """The lines of a part, each with the rows it cites."""
    found = []
    for line in told.parts[part]:
        match = CELL.match(line)
        assert match, line
        cited = [fact_of(told, told.by_number[int(one)]) for one in re.findall(r"\[(\d+)\]", line)]
        found.append((match, cited))
    return found


def counting(told: Told, cited: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the rows that are cited, those whose own lines say that they count."""
    counts = {fact_of(told, line)["id"] for line in told.by_number.values() if " · counts " in line}
    return [one for one in cited if one["id"] in counts]


def test_each_competency_is_as_the_facts_it_cites_make_it(file: Path) -> None:
    told = Told(file)
    found = cells(told, "Competencies")
    assert [match["name"].split(" · ")[0] for match, _cited in found] == [
        key for key in COMPETENCIES if key in told.levels
    ]
    for match, cited in found:
        key, name = match["name"].split(" · ")
        asked, why, state = told.levels[key], match["why"], match["state"]
        assert name == COMPETENCIES[key]["name"]
        assert why.endswith(f"Level {asked} means: {COMPETENCIES[key]['anchors'][asked]}.")
        mine = [one for one in told.raw["facts"] if one.get("competency") == key]
        assert sorted(one["id"] for one in cited) == sorted(one["id"] for one in mine), (
            "every fact about it is cited"
        )
        fresh = [one for one in counting(told, cited) if one["level"] >= asked and one["kind"] != "course"]
        kinds, raters = {one["kind"] for one in fresh}, {one.get("rater") for one in fresh}
        enough = bool(fresh) if asked < 3 else len(kinds) > 1 and len(raters) > 1 and "observed" in kinds
        assert (state == "Met") is enough, match[0]
        if state == "Met":
            assert f"Level {asked} is shown; level {asked} is asked for." in why
            ends = [
                line
                for row in fresh
                for line in told.by_number.values()
                if fact_of(told, line)["id"] == row["id"]
            ]
            until = re.search(rf"stays so until {DAY}", why)
            assert until
            assert any(until[1] in line for line in ends)
        elif state == "No evidence":
            assert not mine
            assert "There is no evidence yet." in why
        elif state == "Borderline":
            assert any("too close to call" in line for line in told.by_number.values())
        elif state == "Stale":
            assert mine
            assert not fresh
            assert max(one["level"] for one in mine) >= asked
        else:
            assert mine
            held = re.match(r"Level (\d) is shown", why)
            highest = max(
                (one["level"] for one in counting(told, cited) if one["kind"] != "course"), default=0
            )
            assert (int(held[1]) if held else 0) == min(highest, 2)
        if state != "Met":
            assert f"at level {asked} would change this" in why


def test_each_requirement_is_as_the_facts_and_the_calendar_make_it(file: Path) -> None:
    told = Told(file)
    found = cells(told, "Requirements")
    competencies = cells(told, "Competencies")
    assert [match["name"] for match, _cited in found] == [one["text"] for one in told.rung["requirements"]]
    for (match, cited), need in zip(found, told.rung["requirements"], strict=True):
        why, state = match["why"], match["state"]
        if need["kind"] == "tenure":
            month = told.role.month - 1 + need["months"]
            due = told.role.replace(year=told.role.year + month // 12, month=month % 12 + 1)
            assert f"Since {told.role}: {need['months']} months" in why
            assert str(due) in why
            assert (state == "Met") is (due <= told.as_of)
        elif need["kind"] == "competencies":
            met = sum(one["state"] == "Met" for one, _cited in competencies)
            assert why == f"{met} of {len(competencies)} competencies are at their level."
            assert (state == "Met") is (met == len(competencies))
        elif need["kind"] == "course":
            done = [
                one
                for one in told.raw["facts"]
                if one["kind"] == "course" and one.get("requirement") == need["course"]
            ]
            months = need.get("within_months")
            recent = [
                one
                for one in done
                if not months
                or date.fromisoformat(one["on"]) > told.as_of.replace(year=told.as_of.year - months // 12)
            ]
            assert sorted(one["id"] for one in cited) == sorted(one["id"] for one in done)
            assert state == ("Met" if recent else "Stale" if done else "No evidence")
            if not recent:
                assert f"{COURSES[need['course']]['minutes']} minutes" in why
            else:
                assert why.startswith("Completed.")
        else:
            rows = [one for one in told.raw["facts"] if one.get("requirement") == need["key"]]
            assert [one["id"] for one in cited] == [one["id"] for one in rows]
            good = [one for one in rows if one["outcome"] in ("passed", "rated")]
            assert state == ("Met" if good else "No evidence")
            assert why.startswith("Shown." if good else "Nothing is recorded yet.")


def gates_said(names: list[str]) -> list[str]:
    """The sentence about gates that are not met: one, however many they are."""
    if len(names) < 2:
        return [f"{one} is a gate, and nothing else makes up for it." for one in names]
    return [f"These are gates, and nothing else makes up for them: {' · '.join(names)}."]


def test_the_head_says_what_the_rest_says(file: Path) -> None:
    told = Told(file)
    every = [one for part in ("Requirements", "Competencies") for one, _cited in cells(told, part)]
    every = [one for one in every if "competencies are at their level" not in one["why"]]
    gates = [one for one in every if one["name"][:2] in ("B3", "B4", "F4") and one["state"] != "Met"]
    open_ = [one for one in every if one["state"] not in ("Met", "Borderline") and one not in gates]
    near = [one for one in every if one["state"] == "Borderline" and one not in gates]
    left = list(told.parts[""])
    ready = not gates and not open_ and len(near) <= 2
    for sentence in (
        f"As of {told.as_of}, by version {told.rule} of the rule.",
        f"Here since {told.started}; in the role since {told.role}.",
        "Held against the profile Senior agent / SME 1.",
        "Ready for consideration." if ready else "Not ready for consideration.",
        "This advises nothing: a named person decides, and writes down why.",
        *gates_said([one["name"].split(" · ")[1] for one in gates]),
        *(
            [f"In the way, beside the gates: {len(open_) + (len(near) > 2)}; see each below."]
            if open_
            else []
        ),
    ):
        left.remove(sentence)
    assert left == [], "no sentence is left that nobody checked"
    assert set(told.parts) <= {"", "Requirements", "Competencies", "Facts"}


def test_the_three_show_three_different_things() -> None:
    heads = [" ".join(Told(one).parts[""]) for one in FILES]
    assert len(FILES) == 3
    assert sum("Ready for consideration." in one for one in heads) == 1
    assert {one.value for one in EvidenceKind} >= {
        row["kind"] for one in FILES for row in Told(one).raw["facts"]
    }
