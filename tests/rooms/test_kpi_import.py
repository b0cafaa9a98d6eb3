"""Figures from a file, in a real session: what is taken, what is skipped and why, what a second time changes."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from lms.cli import main
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.tracks.models.kpi import KpiFact, KpiFile
from lms.tracks.services import kpi as services
from lms.tracks.services.kpi_metrics import NewMetric, name_metric
from lms.tracks.services.kpi_planning import Planned, plan_file
from tests.figures import BETWEEN_ROWS, FAULTS, PAIRS, make, number
from tests.flows.test_importing_by_command import counts
from tests.house import House, Someone

NOW = datetime.fromisoformat("2026-03-02T18:00:00+00:00")


class Floor:
    """A firm with a manager and some agents who have employee numbers."""

    def __init__(self, house: House, people: int = 3) -> None:
        self.house = house
        self.firm = house.firm("Toucan Connect")
        self.manager = house.person(self.firm, Role.MANAGER)
        self.agents = [
            house.person(self.firm, number=number(one), started_on=date(2024, 1, 8)) for one in range(people)
        ]

    def plan(self, content: str | bytes, *pairs: str, by: Someone | None = None) -> Planned:
        found: Planned = self.house.act(
            by or self.manager,
            plan_file,
            content=content.encode() if isinstance(content, str) else content,
            source="tool",
            pairs=pairs,
        )
        return found

    def take(self, content: str | bytes, *pairs: str) -> Planned:
        data = content.encode() if isinstance(content, str) else content

        def both(session, *, actor, now):  # type: ignore[no-untyped-def]
            plan = plan_file(session, actor=actor, content=data, source="tool", pairs=pairs, now=now)
            services.take_file(
                session,
                actor=actor,
                file_name="figures.csv",
                content=data,
                plan=plan,
                storage=self.house.app.extensions["storage"],
                now=now,
            )
            return plan

        found: Planned = self.house.act(self.manager, both)
        return found

    def facts(self) -> list[KpiFact]:
        with self.house.writing(self.firm) as session:
            return list(
                session.scalars(
                    select(KpiFact).where(KpiFact.firm_id == self.firm).order_by(KpiFact.line, KpiFact.metric)
                )
            )


SMALL = """Agent ID,Queue,Shift,Month,AHT,Calls,QA score,Evaluations
00001,Billing,Day,2026-01,300,400,91.5,5
00002,Billing,Day,2026-01,5:10,410,88,6
"""


def test_every_kind_of_fault_is_told_with_its_line_and_everything_else_is_taken(
    house: House, app: Flask
) -> None:
    floor = Floor(house, people=40)
    made = make(2000, 40)
    assert len(made.kinds) == len(FAULTS) + len(BETWEEN_ROWS) >= 40
    plan = floor.take(made.text, *PAIRS)
    lines = {line.number: line for line in plan.reading.lines}
    assert sorted(lines) == list(range(2, 2002)), "the report names every row"
    for kind, places in made.kinds.items():
        for place in places:
            said = " ".join(map(str, lines[place].reasons))
            assert made.expected[place] in said, f"{kind}, line {place}: {said}"
    skipped = {place for place, line in lines.items() if line.status == "skipped"}
    assert skipped == set(made.expected)
    assert all(not line.reasons for place, line in lines.items() if place not in made.expected)
    assert plan.counts == {
        "taken": 2000 - len(skipped),
        "corrected": 0,
        "unchanged": 0,
        "skipped": len(skipped),
    }
    assert len(floor.facts()) == 5 * (2000 - len(skipped)), "each row has five metrics, all or none"

    before = counts(app)
    again = floor.take(made.text, *PAIRS)
    assert again.counts["unchanged"] == 2000 - len(skipped)
    assert not again.news
    assert counts(app) == before, "a second import changes nothing"


def test_figures_are_kept_as_sums_so_that_nothing_is_ever_a_mean_of_means(house: House) -> None:
    floor = Floor(house)
    floor.take(SMALL)
    aht = [one for one in floor.facts() if one.metric == "aht"]
    assert [(one.total, one.n) for one in aht] == [(120_000, 400), (127_100, 410)]
    qa = [one for one in floor.facts() if one.metric == "qa"]
    assert [(one.total, one.n, one.squares) for one in qa] == [(457.5, 5, None), (528, 6, None)]


def test_a_correction_is_a_new_row_and_the_old_one_stays(house: House) -> None:
    floor = Floor(house)
    floor.take(SMALL)
    plan = floor.take(SMALL.replace("91.5,5", "92.5,5"))
    assert plan.counts == {"taken": 0, "corrected": 1, "unchanged": 1, "skipped": 0}
    qa = [one for one in floor.facts() if one.metric == "qa" and one.person_id == floor.agents[0].id]
    assert sorted((one.revision, one.total) for one in qa) == [(1, 457.5), (2, 462.5)]
    newest = max(qa, key=lambda one: one.revision)
    assert newest.supersedes_id == min(qa, key=lambda one: one.revision).id
    assert len(floor.facts()) == 5, "what was right is not written again"
    back = floor.take(SMALL)
    assert back.counts["corrected"] == 1, "going back is a correction too"


def test_what_a_column_is_is_remembered_for_its_source(house: House) -> None:
    floor = Floor(house)
    odd = "Wer,Wo,Monat,AHT,Calls\n00001,Billing,2026-01,300,400\n"
    with pytest.raises(Invalid, match="The file does not say: person, queue, shift, period"):
        floor.plan(odd)
    pairs = ("person=Wer", "queue=Wo", "period=Monat", "shift:=Night")
    assert floor.take(odd, *pairs).counts["taken"] == 1
    assert floor.facts()[0].shift == "Night"
    later = odd.replace("2026-01", "2026-02")
    assert floor.take(later).counts["taken"] == 1, "the second file needs no telling"
    with pytest.raises(Invalid, match="There is no column “Monat”"):
        floor.plan(later.replace("Monat", "Mes"))


def test_a_row_a_metric_is_read_too_with_the_firms_own_metric(house: House) -> None:
    floor = Floor(house)
    new = NewMetric("Reopened tickets", "%", "rate", "lower", "tickets", 100, 20)
    floor.house.act(floor.manager, name_metric, new=new)
    text = (
        "Agent ID;Cola;Turno;Desde;Hasta;Indicador;Valor;N\n"
        "00001;Chat;Día;01/01/2026;31/01/2026;Reopened tickets;12,5;40\n"
        "00001;Chat;Día;01/01/2026;31/01/2026;QA;91,5;6\n"
        "00001;Chat;Día;01/01/2026;31/01/2026;Charm;9;6\n"
    )
    plan = floor.take(text)
    assert plan.counts == {"taken": 2, "corrected": 0, "unchanged": 0, "skipped": 1}
    assert [(one.metric, one.total, one.n) for one in floor.facts()] == [
        ("reopened-tickets", 5, 40),
        ("qa", 549, 6),
    ]
    with pytest.raises(Conflict):
        floor.house.act(floor.manager, name_metric, new=new)


def test_a_workbook_is_read_with_its_dates_and_shares(house: House) -> None:
    floor = Floor(house)
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, name in enumerate(("Agent ID", "Queue", "Shift", "Start", "End", "CSAT", "Surveys")):
        sheet.write(0, place, name)
    sheet.write_row(1, 0, ["00001", "Billing", "Day"])
    sheet.write_datetime(1, 3, datetime(2026, 1, 1), day)
    sheet.write_datetime(1, 4, datetime(2026, 1, 31), day)
    sheet.write_row(1, 5, [0.85, 40])
    book.close()
    plan = floor.take(made.getvalue())
    assert plan.kind == "xlsx"
    fact = floor.facts()[0]
    assert (fact.starts_on, fact.ends_on, fact.total, fact.n) == (date(2026, 1, 1), date(2026, 1, 31), 34, 40)


WHOLE_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty"),
    "only a header": (SMALL.splitlines()[0].encode(), "there is nothing under them"),
    "a PDF": (b"%PDF-1.7", "neither a CSV nor an XLSX"),
    "NUL bytes": (b"Agent ID,\0Queue\n1,2\n", "NUL bytes"),
    "quotes that do not close": (SMALL.replace("00001", '"00001', 1).encode(), "cannot be read"),
    "no numbers of people": (b"Queue,Shift,Month,AHT,Calls\nA,B,2026-01,300,9\n", "does not say: person"),
    "a column twice": (SMALL.replace("AHT,Calls", "Calls,Calls", 1).encode(), "stands twice"),
    "a metric without its n": (
        SMALL.replace("Calls", "Zeal").encode(),
        "does not say: aht.n",
    ),
    "another firm's": (
        (
            SMALL.splitlines()[0]
            + "\n"
            + "".join(f"9{n},Billing,Day,2026-01,300,400,90,5\n" for n in range(12))
        ).encode(),
        "looks like another firm's file",
    ),
    "an archive": (b"", "not a workbook"),
}


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_a_file_that_cannot_be_taken_as_a_whole_is_a_sentence(house: House, app: Flask, name: str) -> None:
    content, why = WHOLE_FILES[name]
    if name == "an archive":
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("a.txt", "a")
        content = made.getvalue()
    floor = Floor(house)
    before = counts(app)
    with pytest.raises(Invalid, match=why):
        floor.take(content)
    assert counts(app) == before


def test_a_period_that_overlaps_a_known_one_is_skipped(house: House) -> None:
    floor = Floor(house)
    floor.take(SMALL)
    plan = floor.take(SMALL.replace("2026-01", "2026-W02"))
    assert plan.counts["skipped"] == 2
    assert "overlaps 2026-01-01 to 2026-01-31" in str(plan.reading.lines[0].reasons[0])


@pytest.mark.parametrize("role", [Role.AGENT, Role.TRAINER, Role.ASSESSOR])
def test_only_a_manager_or_an_administrator_brings_figures_in(house: House, role: Role) -> None:
    floor = Floor(house)
    other = house.person(floor.firm, role)
    with pytest.raises(NotAllowed):
        floor.plan(SMALL, by=other)
    kept = house.act(
        floor.manager,
        services.keep_file,
        file_name="a.csv",
        content=SMALL.encode(),
        source="tool",
        pairs=(),
        storage=house.app.extensions["storage"],
    )
    stranger = house.person(house.firm("Blue Hole"), Role.MANAGER)
    with pytest.raises(NotFound):
        house.act(stranger, services.apply_file, file_id=kept.id, storage=house.app.extensions["storage"])
    assert floor.facts() == []


def test_a_kept_file_is_taken_once(house: House) -> None:
    floor = Floor(house)
    storage = house.app.extensions["storage"]
    kept = house.act(
        floor.manager,
        services.keep_file,
        file_name="a.csv",
        content=SMALL.encode(),
        source="tool",
        pairs=(),
        storage=storage,
    )
    house.act(floor.manager, services.apply_file, file_id=kept.id, storage=storage)
    assert len(floor.facts()) == 4
    with pytest.raises(Conflict, match="taken already"):
        house.act(floor.manager, services.apply_file, file_id=kept.id, storage=storage)


@pytest.fixture
def lms(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line, on this test's database."""
    monkeypatch.setattr(main, "create_app", lambda: app)

    def run(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    return run


def test_the_command_tells_each_row_and_writes_nothing_the_second_time(
    house: House, app: Flask, lms: Callable[..., Result], tmp_path: Path
) -> None:
    floor = Floor(house)
    path = tmp_path / "january.csv"
    path.write_text(SMALL + "00009,Billing,Day,2026-01,300,400,90,5\n")
    before = counts(app)
    dry = lms("import", "kpi", path, "--dry-run", "--json")
    assert dry.exit_code == 0, dry.output
    told = json.loads(dry.output)
    assert told["counts"] == {"taken": 2, "corrected": 0, "unchanged": 0, "skipped": 1}
    assert told["rows"][2] == {
        "line": 4,
        "person": "00009",
        "status": "skipped",
        "why": ["Nobody here has employee number 00009."],
    }
    assert counts(app) == before
    assert lms("import", "kpi", path, "--source", "wfm").exit_code == 0
    with house.writing(floor.firm) as session:
        assert (
            session.scalar(select(func.count()).select_from(KpiFile).where(KpiFile.firm_id == floor.firm))
            == 1
        )
    before = counts(app)
    second = lms("import", "kpi", path, "--source", "wfm")
    assert "2 unchanged" in second.output
    assert counts(app) == before


def test_a_file_named_kpi_is_still_reached_by_its_path(
    lms: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kpi").write_text("::Q1::Two and two? {=4 ~5 ~6}\n")
    found = lms("import", "./kpi", "--dry-run", "--json")
    assert json.loads(found.output)["counts"]["taken"] == 1
    assert lms("import", "kpi").exit_code == 2, "without a file, the command of figures asks for one"
