"""The framework on its pages: read by everybody, edited by administrators, and never across the wall."""

import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.cli import main
from lms.foundation.actor import Role
from lms.tracks import services as tracks
from lms.tracks.rules import EvidenceKind
from tests.gates.test_the_pages import counted
from tests.house import House

pytestmark = pytest.mark.sqlite_is_enough

READ = (
    "/framework",
    "/framework?q=listening&by=firm",
    "/framework/competencies/A1",
    "/framework/profiles/qa-analyst",
    "/framework/rungs/S1",
    "/framework/versions",
    "/framework/export.json",
    "/framework/export.csv",
)
EDIT = (
    "/framework/draft",
    "/framework/draft/competency",
    "/framework/draft/competency?key=A1",
    "/framework/draft/profile",
    "/framework/draft/profile?key=senior-agent",
    "/framework/draft/track",
    "/framework/draft/track?key=supervisory",
    "/framework/draft/rung",
    "/framework/draft/rung?key=S1",
    "/framework/draft/requirement?rung=S1",
    "/framework/draft/requirement?rung=S1&key=S1-attestation",
    "/framework/draft/effect",
    "/framework/import",
)
FORMS = (
    "/framework/draft/competency",
    "/framework/draft/profile?key=senior-agent",
    "/framework/draft/track",
    "/framework/draft/rung",
    "/framework/draft/requirement?rung=S1",
    "/framework/draft/out",
    "/framework/draft/discard",
    "/framework/draft/publish",
    "/framework/versions/1/withdraw",
    "/framework/import",
)


def revision(client: FlaskClient, path: str = "/framework/draft/track") -> str:
    """The revision that a form of the draft names."""
    found = re.search(r'name="revision"[^>]*value="(\d+)"', client.get(path).get_data(as_text=True))
    assert found
    return found[1]


def plainly(reply: TestResponse) -> bytes:
    """A page without what is minted anew each time."""
    return re.sub(rb'(name="csrf_token"[^>]*value|nonce)="[^"]*"', b"", reply.get_data())


def levels(client: FlaskClient, profile: str, **other: int) -> dict[str, str]:
    """What the form of a profile sends when somebody changes some levels in it."""
    page = client.get(f"/framework/draft/profile?key={profile}").get_data(as_text=True)
    said = {"revision": revision(client), "key": profile, "name": "Senior agent / SME"}
    for name, choices in re.findall(r'<select[^>]*name="(level-[^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="(\d)"', choices)
        said[name] = chosen[1] if chosen else "0"
    return said | {f"level-{key}": str(level) for key, level in other.items()}


def test_a_profile_is_edited_previewed_published_and_seen_on_the_board(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, Role.MANAGER, name="Ada Admin")
    ana = house.person(firm, name="Ana Chi")
    seen = tracks.Observation(ana.id, EvidenceKind.OBSERVED, "B4", 2, house.noon.date(), "Locked the screen.")
    house.act(admin, tracks.record_evidence, seen=seen)
    client = house.client(admin)
    where = f"/board/people/{ana.id}?rung=S1"
    earlier = house.noon.date() - timedelta(days=1)
    before = plainly(client.get(f"{where}&as_of={earlier}"))
    for path in (*READ, *EDIT):
        assert client.get(path).status_code == 200, path
    stale = levels(client, "senior-agent", B4=3)
    assert client.post("/framework/draft/profile?key=senior-agent", data=stale).status_code == 302
    again = client.post("/framework/draft/profile?key=senior-agent", data=stale)
    assert again.status_code == 409
    assert "Somebody saved the draft in the meantime." in again.get_data(as_text=True)
    page = client.get("/framework/draft").get_data(as_text=True)
    assert "Asks for B4 at level 3 instead of 2." in page
    few = counted(house.app, client, "/framework/draft/effect")
    for number in range(8):
        house.person(firm, name=f"More {number}")
    assert counted(house.app, client, "/framework/draft/effect") == few <= 12
    effect = client.get("/framework/draft/effect").get_data(as_text=True)
    assert "Ana Chi" in effect
    assert "S1 · B4" in effect
    assert "Met → Not yet" in effect
    said = {"revision": revision(client), "note": "Card data in every call.", "starts_on": str(earlier)}
    refused = client.post("/framework/draft/publish", data=said)
    assert refused.status_code == 422
    assert "begins today or later" in refused.get_data(as_text=True)
    today = house.noon.date().isoformat()
    assert client.post("/framework/draft/publish", data=said | {"starts_on": today}).status_code == 302
    assert "Card data in every call." in client.get("/framework/versions").get_data(as_text=True)
    compared = client.get("/framework/versions?layer=firm&from=0&to=1").get_data(as_text=True)
    assert "Asks for B4 at level 3 instead of 2." in compared
    assert "version 2" in client.get(where).get_data(as_text=True)
    assert plainly(client.get(f"{where}&as_of={earlier}")) == before
    assert "Withdraw version" not in client.get("/framework/versions").get_data(as_text=True)


def test_a_version_is_withdrawn_by_its_page_before_its_day(house: House) -> None:
    client = house.client(house.person(house.firm(), Role.FIRM_ADMIN))
    client.post("/framework/draft/profile?key=senior-agent", data=levels(client, "senior-agent", B4=3))
    later = (house.noon.date() + timedelta(days=30)).isoformat()
    said = {"revision": revision(client), "note": "Card data in every call.", "starts_on": later}
    assert client.post("/framework/draft/publish", data=said).status_code == 302
    assert "Withdraw version 1" in client.get("/framework/versions").get_data(as_text=True)
    empty = client.post("/framework/versions/1/withdraw", data={"note": ""})
    assert empty.status_code == 422
    assert "Say in a sentence what changes and why." in empty.get_data(as_text=True)
    assert client.post("/framework/versions/1/withdraw", data={"note": "Not after all."}).status_code == 302
    page = client.get("/framework/versions").get_data(as_text=True)
    assert "withdrawn" in page
    assert "Not after all." in page
    assert "Withdraw version" not in page
    again = client.post("/framework/versions/1/withdraw", data={"note": "Again?"})
    assert again.status_code == 409
    assert "Only the newest version can be withdrawn" in again.get_data(as_text=True)


def test_an_administrator_sees_whom_the_associations_version_changes(house: House) -> None:
    above = house.client(house.person(house.firm("Association", association=True), Role.ASSOCIATION))
    firm = house.firm()
    client = house.client(house.person(firm, Role.FIRM_ADMIN))
    house.person(firm, name="Ana Chi")
    above.post("/framework/draft/profile?key=senior-agent", data=levels(above, "senior-agent", D1=2))
    assert "too few to say." in above.get("/framework/draft/effect?firm=toucan-connect").get_data(
        as_text=True
    )
    said = {"revision": "1", "note": "Devices.", "starts_on": f"{house.noon.date() + timedelta(days=30)}"}
    assert above.post("/framework/draft/publish", data=said).status_code == 302
    assert "Whom does it change here?" in client.get("/framework/versions").get_data(as_text=True)
    page = client.get("/framework/draft/effect?shared=1").get_data(as_text=True)
    assert "Ana Chi" in page
    assert "not asked → No evidence" in page
    assert client.get("/framework/draft/effect?shared=2").status_code == 404


def test_a_draft_takes_a_competency_a_rung_and_a_requirement_and_gives_them_back(house: House) -> None:
    admin = house.person(house.firm(), Role.FIRM_ADMIN)
    client = house.client(admin)
    anchors = {f"anchor_{level}": f"Sells {level}" for level in range(1, 6)}
    new = {"key": "sales", "name": "Selling", "group": "Sales", **anchors}
    wrong = client.post("/framework/draft/competency", data={**new, "anchor_3": "", "revision": "0"})
    assert wrong.status_code == 422
    for path, data in (
        ("/framework/draft/competency", new),
        ("/framework/draft/track", {"key": "sell", "name": "Selling", "why": ""}),
        (
            "/framework/draft/rung",
            {"key": "up", "name": "Seller", "track": "X-sell", "after": "", "profile": "agent"},
        ),
        (
            "/framework/draft/requirement?rung=X-up",
            {"kind": "tenure", "key": "time", "text": "A year", "months": "12", "since": "role"},
        ),
        (
            "/framework/draft/requirement?rung=S1",
            {"kind": "attestation", "key": "sold", "text": "Sold ten", "raters": "2"},
        ),
        ("/framework/draft/requirement?rung=S1", {"kind": "course", "course": "C07", "text": "Quality"}),
        (
            "/framework/draft/requirement?rung=S1&key=tenure",
            {
                "kind": "tenure",
                "key": "tenure",
                "text": "9 months live in role",
                "months": "9",
                "since": "role",
            },
        ),
    ):
        reply = client.post(path, data={"revision": revision(client), **data})
        assert reply.status_code == 302, (path, reply.get_data(as_text=True))
    page = client.get("/framework/draft").get_data(as_text=True)
    for words in (
        "X-sales",
        "X-up",
        "X-sold",
        "C07",
        "tenure, months: 9 instead of 6.",
        "“9 months live in role”",
    ):
        assert words in page
    assert client.get("/framework/draft/publish").status_code == 200
    less = {"kind": "tenure", "key": "tenure", "text": "6 months live in role", "months": "2"}
    reply = client.post(
        "/framework/draft/requirement?rung=S1&key=tenure",
        data={"revision": revision(client), "since": "role", **less},
    )
    assert "A firm can ask for more, not for less." in reply.get_data(as_text=True)
    out = {"revision": revision(client), "part": "rungs", "key": "S1"}
    assert client.post("/framework/draft/out", data={**out, "need": "X-sold"}).status_code == 302
    assert client.post("/framework/draft/out", data={**out, "revision": revision(client)}).status_code == 302
    assert "X-sold" not in client.get("/framework/draft").get_data(as_text=True)
    assert client.post("/framework/draft/discard", data={"revision": revision(client)}).status_code == 302
    assert "Nothing yet." in client.get("/framework/draft").get_data(as_text=True)


def test_everybody_reads_and_nobody_else_edits_or_sees_another_firms_layer(house: House) -> None:
    ours, theirs = house.firm(), house.firm("Zyxwo Firm")
    client = house.client(house.person(theirs, Role.FIRM_ADMIN))
    word = {"key": "zyxwo", "name": "Zyxwo", "why": ""}
    client.post("/framework/draft/track", data={"revision": "0", **word})
    rung = {"key": "zyxwo", "name": "Zyxwo", "track": "X-zyxwo", "after": "", "profile": "agent"}
    client.post("/framework/draft/rung", data={"revision": "1", **rung})
    said = {"revision": "2", "note": "Zyxwo", "starts_on": house.noon.date().isoformat()}
    assert client.post("/framework/draft/publish", data=said).status_code == 302
    assert "Zyxwo" in client.get("/framework").get_data(as_text=True)
    for role in (Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN, Role.ASSOCIATION):
        reader = house.client(house.person(ours, role))
        for path in (*READ, "/framework/versions?layer=firm&from=0&to=1", "/board?rung=X-zyxwo"):
            assert b"Zyxwo" not in reader.get(path).get_data(), (role, path)
        assert reader.get("/framework/rungs/X-zyxwo").status_code == 404
        edits = role in (Role.FIRM_ADMIN, Role.ASSOCIATION)
        for path in EDIT:
            reply = reader.get(path)
            assert (reply.status_code == 200) == edits, (role, path)
            above = role is Role.ASSOCIATION and path.endswith(
                "/effect"
            )  # it sees firms by name, and nobody in them
            assert above or b"Zyxwo" not in reply.get_data()
        for path in () if edits else FORMS:
            assert reader.post(path, data={"revision": "0"}).status_code == 403, (role, path)


def test_the_command_and_the_page_take_the_same_file(house: House, tmp_path: Path) -> None:
    settings = house.app.extensions["settings"]
    env = {"LADDER_HOME": str(settings.home), "LADDER_DATABASE": settings.database}

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["framework", *words], env=env)
        return done.exit_code, done.output

    admin = house.person(house.firm(), Role.FIRM_ADMIN)
    client = house.client(admin)
    file = tmp_path / "framework.json"
    assert run("export", str(file))[0] == 0
    assert json.loads(file.read_text())["CFItems"]
    code, told = run("import", str(file))
    assert (code, "nothing in the file is new" in told) == (0, True)
    csv = tmp_path / "framework.csv"
    assert run("export", str(csv))[0] == 0
    changed = csv.read_text().replace(
        ",A3,Empathy and de-escalation,qa-analyst,3,3,", ",A3,Empathy and de-escalation,qa-analyst,3,4,"
    )
    assert changed != csv.read_text()
    csv.write_text(changed)
    page = client.post(
        "/framework/import",
        data={"revision": "0", "look": "1", "file": (io.BytesIO(changed.encode()), "framework.csv")},
    ).get_data(as_text=True)
    assert "Nothing was done yet." in page
    code, told = run("import", str(csv), "--dry-run", "--json")
    report = json.loads(told)
    assert (code, report["counts"]["changed"], report["counts"]["refused"]) == (0, 1, 0)
    assert not report["written"]
    code, told = run("import", str(csv), "--publish", "From the file.")
    assert (code, "1 changed" in told) == (0, True)
    assert "From the file." in client.get("/framework/versions").get_data(as_text=True)
    worse = changed.replace(
        ",A3,Empathy and de-escalation,qa-analyst,3,4,", ",A3,Empathy and de-escalation,qa-analyst,3,1,"
    )
    csv.write_text(worse)
    code, told = run("import", str(csv))
    assert (code, "not for less" in told) == (1, True)
    reply = client.post(
        "/framework/import", data={"revision": "0", "file": (io.BytesIO(worse.encode()), "f.csv")}
    )
    assert reply.status_code == 422
    assert "Nothing was taken: something is refused." in reply.get_data(as_text=True)
    broken = client.post("/framework/import", data={"revision": "0", "file": (io.BytesIO(b"{"), "f.json")})
    assert (broken.status_code, "not whole JSON" in broken.get_data(as_text=True)) == (422, True)
