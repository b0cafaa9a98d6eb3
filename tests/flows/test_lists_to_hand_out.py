"""Lists as CSV, XLSX and PDF: the filters and the day stand on them, nothing in them runs, and only the right people get them."""

import csv
import io
import zipfile
from datetime import date

import pytest

from lms.foundation.actor import Role
from lms.tracks.services import kpi as services
from tests.house import House

EVIL = '=HYPERLINK("http://evil.example","x")'
LISTS = ("/board/report.{}", "/pipeline/report.{}", "/figures/report.{}", "/board/people/{person}/facts.{}")


def a_floor(house: House) -> tuple[str, object]:
    """A firm whose agent has a name that would run; the agent's id and the manager's browser."""
    firm = house.firm()
    manager = house.person(firm, Role.MANAGER)
    agent = house.person(firm, number="00001", name=EVIL, started_on=date(2024, 1, 8))
    text = "Agent ID,Queue,Shift,Month,QA,Evaluations\n00001,Billing,Day,2026-01,90,14\n"
    storage = house.app.extensions["storage"]
    kept = house.act(
        manager,
        services.keep_file,
        file_name="a.csv",
        content=text.encode(),
        source="tool",
        pairs=(),
        storage=storage,
    )
    house.act(manager, services.apply_file, file_id=kept.id, storage=storage)
    return str(agent.id), house.client(manager)


@pytest.mark.parametrize("address", LISTS)
def test_each_list_comes_in_three_forms_and_nothing_in_it_runs(house: House, address: str) -> None:
    agent, client = a_floor(house)
    replies = {
        form: client.get(address.replace("{person}", agent).format(form))  # type: ignore[attr-defined]
        for form in ("csv", "xlsx", "pdf")
    }
    assert [one.status_code for one in replies.values()] == [200] * 3
    text = replies["csv"].get_data(as_text=True).lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))
    assert not any(cell[:1] in ("=", "+", "@") for row in rows for cell in row)
    assert any("Made on 2026-03-02." in row for row in rows), "the day stands on it"
    assert any(cell.startswith(("Team:", "Recorded up to:")) for row in rows for cell in row), (
        "so do the filters"
    )
    with zipfile.ZipFile(io.BytesIO(replies["xlsx"].get_data())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert b"Made on 2026-03-02." in book.read("xl/sharedStrings.xml")
    assert replies["pdf"].get_data().startswith(b"%PDF-")


@pytest.mark.parametrize("address", LISTS)
def test_the_neighbours_get_nothing(house: House, address: str) -> None:
    agent, _client = a_floor(house)
    path = address.replace("{person}", agent).format("csv")
    stranger = house.person(house.firm("Blue Hole"), Role.MANAGER)
    theirs = house.client(stranger).get(path)
    assert theirs.status_code == 404 if "people" in path else b"HYPERLINK" not in theirs.get_data()
    trainer = house.person(house.firm("Maya"), Role.TRAINER)
    assert house.client(trainer).get(path).status_code in (403, 404)


def test_there_is_no_other_form(house: House) -> None:
    _agent, client = a_floor(house)
    assert client.get("/board/report.exe").status_code == 404  # type: ignore[attr-defined]
