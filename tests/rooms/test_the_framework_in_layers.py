"""The framework in layers: drafts, versions, what a firm may add, and that no earlier answer ever changes."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.tracks import services as tracks
from lms.tracks.framework_files import find_rung, framework_on, shipped_framework
from lms.tracks.pages.framework_effect import EffectPage, coming_page, count_page, effect_page
from lms.tracks.queries.framework import framework_of, whole_framework
from lms.tracks.rules import EvidenceKind, State, as_json
from lms.tracks.rules.case import as_csv
from lms.tracks.rules.case import as_json as as_package
from lms.tracks.services import framework as services
from lms.tracks.services import framework_file as files
from lms.tracks.services.standings import see_standing
from tests.house import House, Someone

QA = next(one for one in framework_on(date(2026, 3, 2))["profiles"] if one["key"] == "qa-analyst")
A1 = next(one for one in shipped_framework()["competencies"] if one["key"] == "A1")


@dataclass(frozen=True)
class Desk:
    """A firm with an administrator, a manager and an agent, and the association above it."""

    house: House
    admin: Someone
    manager: Someone
    agent: Someone
    above: Someone

    @property
    def today(self) -> date:
        """The firm's day."""
        return self.house.noon.date()

    def draft(self, who: Someone) -> services.Editing:
        """The layer that somebody edits."""
        found: services.Editing = self.house.act(
            who, lambda session, *, actor, now: services.see_draft(session, actor=actor, day=self.today)
        )
        return found

    def save(self, who: Someone, part: str, whole: Mapping[str, Any], **more: Any) -> Any:
        """Keep an entry in the draft of the layer that somebody edits."""
        revision = self.draft(who).revision
        return self.house.act(who, services.save_entry, part=part, whole=whole, revision=revision, **more)

    def publish(self, who: Someone, **more: Any) -> Any:
        """Publish what is there, from today on."""
        revision = self.draft(who).revision
        said = {"note": "Because our client asks for it.", "starts_on": self.today, "revision": revision}
        return self.house.act(who, services.publish_draft, **(said | more))


@pytest.fixture
def desk(house: House) -> Desk:
    """The desk."""
    firm = house.firm()
    return Desk(
        house,
        house.person(firm, Role.FIRM_ADMIN),
        house.person(firm, Role.MANAGER, Role.ASSESSOR),
        house.person(firm, name="Ana Chi", job_role="agent"),
        house.person(house.firm("Association", association=True), Role.ASSOCIATION, Role.FIRM_ADMIN),
    )


def raised(profile: Mapping[str, Any], **levels: int) -> dict[str, Any]:
    """A profile with some levels put elsewhere."""
    return {**profile, "levels": {**profile["levels"], **levels}}


def needs_of(framework: dict[str, Any]) -> dict[str, Any]:
    """What S1 asks for, by key."""
    found = find_rung(framework, "S1")
    return {one["key"]: one for one in found[1]["requirements"]} if found else {}


def profile_on(desk: Desk, who: Someone, day: date) -> dict[str, Any]:
    """The QA analyst's profile as somebody's firm has it on a day."""
    found = desk.house.act(who, lambda session, *, actor, now: framework_of(session, actor=actor, on=day))
    return next(one for one in found["profiles"] if one["key"] == "qa-analyst")


def test_what_a_firm_adds_is_asked_from_its_day_on_and_of_nobody_elses_people(desk: Desk) -> None:
    neighbour = desk.house.person(desk.house.firm("Other"), Role.FIRM_ADMIN)
    desk.save(desk.admin, "profiles", raised(QA, A1=5, D1=1))
    assert profile_on(desk, desk.admin, desk.today) == QA, "a draft measures nobody"
    starts_on = desk.today + timedelta(days=7)
    desk.publish(desk.admin, starts_on=starts_on)
    before = profile_on(desk, desk.admin, starts_on - timedelta(days=1))
    then = profile_on(desk, desk.admin, starts_on)
    assert (before, then["version"], then["by"]) == (QA, 2, "firm")
    assert (then["levels"]["A1"], then["levels"]["D1"]) == (5, 1)
    assert profile_on(desk, neighbour, starts_on) == QA


def test_a_version_is_withdrawn_only_before_its_day_and_what_stood_before_goes_on(desk: Desk) -> None:
    def withdraw(number: int, who: Someone = desk.admin, note: str = "The client changed its mind.") -> Any:
        return desk.house.act(who, services.withdraw_version, number=number, note=note)

    def levels(*days: int) -> list[int]:
        return [
            profile_on(desk, desk.admin, desk.today + timedelta(days=day))["levels"]["A1"] for day in days
        ]

    for day, level in ((0, 4), (10, 5)):
        desk.save(desk.admin, "profiles", raised(QA, A1=level))
        desk.publish(desk.admin, starts_on=desk.today + timedelta(days=day))
    assert levels(9, 10) == [4, 5]
    with pytest.raises(NotFound):
        withdraw(2, desk.above)  # the association's layer has none
    with pytest.raises(NotAllowed):
        withdraw(2, desk.manager)
    with pytest.raises(Conflict):
        withdraw(1)  # it has begun
    with pytest.raises(Invalid):
        withdraw(2, note=" ")
    desk.save(desk.admin, "profiles", raised(QA, A1=5, D1=2))
    with pytest.raises(Conflict, match="draft"):
        withdraw(2)
    revision = desk.draft(desk.admin).revision
    desk.house.act(desk.admin, services.discard_draft, revision=revision)
    made = withdraw(2)
    assert (made.number, made.starts_on, levels(0, 9, 10, 400)) == (3, desk.today, [4, 4, 4, 4])
    with pytest.raises(Conflict):
        withdraw(2)  # twice
    with pytest.raises(Conflict):
        withdraw(3)  # what goes on has begun
    desk.save(desk.admin, "profiles", raised(QA, A1=5))
    desk.publish(desk.admin, starts_on=desk.today + timedelta(days=3))
    assert levels(2, 3, 10) == [4, 5, 5], "the next version may begin before the withdrawn one's day"
    desk.save(desk.admin, "profiles", raised(QA, A1=5, D1=3))
    desk.publish(desk.admin, starts_on=desk.today + timedelta(days=20))
    assert withdraw(5).starts_on == desk.today + timedelta(days=3), "one that waits before it still waits"
    assert levels(2, 3, 20) == [4, 5, 5]


def test_publishing_never_changes_the_answer_for_an_earlier_day(desk: Desk) -> None:
    """Readiness on days before, of both layers' versions, again and again."""
    seen = tracks.Observation(desk.agent.id, EvidenceKind.OBSERVED, "A1", 3, desk.today, "Greeted well.")
    desk.house.act(desk.manager, tracks.record_evidence, seen=seen)
    days = [date(2025, 6, 1), desk.today - timedelta(days=1)]

    def answers() -> list[Any]:
        return [
            as_json(
                desk.house.act(
                    desk.manager,
                    lambda session, *, actor, now, on=day, rung=rung: see_standing(
                        session, actor=actor, person_id=desk.agent.id, rung=rung, as_of=on
                    ),
                ).standing
            )
            for day in days
            for rung in ("S1", "S2")
        ]

    first = answers()
    lead = next(one for one in framework_on(desk.today)["profiles"] if one["key"] == "team-lead")
    senior = next(one for one in framework_on(desk.today)["profiles"] if one["key"] == "senior-agent")
    for day, (who, profile) in enumerate(
        (
            (desk.above, raised(senior, A1=4)),
            (desk.admin, raised(senior, A1=4, A2=5)),
            (desk.above, raised(lead, A1=5)),
            (desk.admin, raised(lead, A1=5, A5=4)),
        )
    ):
        desk.save(who, "profiles", profile)
        desk.publish(who, starts_on=desk.today + timedelta(days=day))
        assert answers() == first
        days.append(desk.today + timedelta(days=day))
        first = answers()


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        ("profiles", raised(QA, A1=1), "ask for more, not for less"),
        ("profiles", {**QA, "name": "Judge"}, "cannot change its words"),
        ("competencies", {**A1, "name": "Talk"}, "cannot change its words"),
        ("profiles", raised(QA, A1=9), "from 1 to 5"),
        ("profiles", raised(QA, Z9=3), "is no competency"),
    ],
)
def test_a_firm_cannot_take_away_or_reword_what_is_shared(
    desk: Desk, part: str, whole: Mapping[str, Any], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        desk.save(desk.admin, part, whole)


def test_a_rung_can_be_made_stricter_and_ask_for_more(desk: Desk) -> None:
    revision = 0
    attest = {"key": "S1-attestation", "kind": "attestation", "text": "", "raters": 2}
    shared = needs_of(framework_on(desk.today))["S1-attestation"]
    draft = desk.house.act(
        desk.admin,
        services.save_need,
        rung="S1",
        need={**attest, "text": shared["text"]},
        old_key="S1-attestation",
        revision=revision,
    )
    more = {"key": "spanish", "kind": "assessment", "text": "A talk in Spanish"}
    desk.house.act(
        desk.admin, services.save_need, rung="S1", need=more, old_key=None, revision=draft.revision
    )
    with pytest.raises(Conflict):
        desk.house.act(
            desk.admin, services.save_need, rung="S1", need=more, old_key=None, revision=draft.revision - 1
        )
    desk.publish(desk.admin)
    whole = desk.house.act(
        desk.admin, lambda session, *, actor, now: framework_of(session, actor=actor, on=desk.today)
    )
    needs = needs_of(whole)
    assert (needs["S1-attestation"]["raters"], needs["X-spanish"]["by"]) == (2, "firm")
    with pytest.raises(Invalid, match="stays"):
        desk.house.act(desk.admin, services.take_need_out, rung="S1", key="S1-kpi", revision=0)
    desk.house.act(desk.admin, services.take_need_out, rung="S1", key="X-spanish", revision=0)
    desk.publish(desk.admin)
    kept = desk.house.act(desk.admin, lambda session, *, actor, now: whole_framework(session, actor=actor))
    versions = [one for track in kept["tracks"] for one in track["rungs"] if one["key"] == "S1"]
    assert [len(one["requirements"]) for one in versions][-1] == len(needs) - 1


def test_only_administrators_edit_and_only_their_own_layer(desk: Desk) -> None:
    for who in (desk.manager, desk.agent):
        with pytest.raises(NotAllowed):
            desk.draft(who)
    other = desk.house.person(desk.house.firm("Other"), Role.FIRM_ADMIN)
    desk.save(desk.admin, "profiles", raised(QA, A1=5))
    assert desk.draft(other).draft is None
    assert desk.draft(desk.above).draft is None


def test_the_effect_names_the_firms_own_people_and_tells_the_association_only_a_number(desk: Desk) -> None:
    firm = desk.admin.firm_id
    crowd = [desk.house.person(firm, name=f"Crowd {number}") for number in range(12)]
    for one in (desk.agent, *crowd):
        seen = tracks.Observation(one.id, EvidenceKind.OBSERVED, "A1", 2, desk.today, "Greeted well.")
        desk.house.act(desk.manager, tracks.record_evidence, seen=seen)
    stranger = desk.house.person(desk.house.firm("Small One"), name="Stranger")
    agent = next(one for one in framework_on(desk.today)["profiles"] if one["key"] == "agent")
    rung = {
        "key": "X-floor",
        "track": "supervisory",
        "name": "On the floor",
        "profile": "agent",
        "requirements": [{"key": "competencies", "kind": "competencies", "text": "At their level"}],
    }
    desk.save(desk.admin, "rungs", rung, new=True)
    desk.publish(desk.admin)
    desk.save(desk.admin, "profiles", raised(agent, A1=3))

    def effect(session: Session, *, actor: Actor, now: object) -> EffectPage:
        return effect_page(session, actor=actor, starts_on=desk.today)

    page: EffectPage = desk.house.act(desk.admin, effect)
    moved = {one.person.name: one.moved for one in page.shown}
    assert set(moved) == {"Ana Chi", *(one.name for one in crowd)}
    assert [(one.rung, one.key, one.before, one.after) for one in moved["Ana Chi"]] == [
        ("X-floor", "A1", State.MET, State.NOT_YET)
    ]
    assert (page.rungs, page.changed) == (("X-floor",), 13)
    desk.save(desk.above, "profiles", raised(agent, A1=4))

    def counts(firm_key: str) -> Any:
        return desk.house.act(
            desk.above,
            lambda session, *, actor, now: count_page(
                session, actor=actor, starts_on=desk.today, firm_key=firm_key
            ),
        ).counted

    assert dataclasses.astuple(counts("toucan-connect")) == ("Toucan Connect", True, 13)
    assert dataclasses.astuple(counts("small-one")) == ("Small One", False, None)
    assert stranger.name not in repr(counts("small-one"))
    desk.publish(desk.above, starts_on=desk.today + timedelta(days=30))

    def coming(session: Session, *, actor: Actor, now: object) -> EffectPage:
        return coming_page(session, actor=actor, number=1)

    page = desk.house.act(desk.admin, coming)
    assert {one.person.name for one in page.shown} == {"Ana Chi", *(one.name for one in crowd)}
    assert page.coming == 1
    with pytest.raises(NotAllowed):
        desk.house.act(desk.manager, coming)
    with pytest.raises(NotAllowed):
        desk.house.act(
            desk.admin,
            lambda session, *, actor, now: count_page(
                session, actor=actor, starts_on=desk.today, firm_key="small-one"
            ),
        )


def test_whom_a_draft_changes_costs_the_same_statements_however_many_people_there_are(desk: Desk) -> None:
    profiles = {one["key"]: one for one in framework_on(desk.today)["profiles"]}

    def counted() -> tuple[int, int]:
        """How many people change, and how many statements it cost to know."""
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        def effect(session: Session, *, actor: Actor, now: object) -> EffectPage:
            connection = session.connection()
            event.listen(connection, "before_cursor_execute", note)
            try:
                return effect_page(session, actor=actor, starts_on=desk.today)
            finally:
                event.remove(connection, "before_cursor_execute", note)

        return desk.house.act(desk.admin, effect).changed, len(seen)

    def crowd(number: int) -> None:
        """People who were seen at level 3 in two ways."""
        for _person in range(number):
            one = desk.house.person(desk.admin.firm_id)
            for kind in (EvidenceKind.OBSERVED, EvidenceKind.ATTESTATION):
                seen = tracks.Observation(one.id, kind, "A1", 3, desk.today, "Greeted well.")
                desk.house.act(desk.manager, tracks.record_evidence, seen=seen)

    assert counted()[0] == 0, "no draft changes nobody"
    desk.save(desk.admin, "profiles", raised(profiles["agent"], A1=4))
    desk.save(desk.admin, "profiles", raised(profiles["operations-supervisor"], A1=2))
    crowd(2)
    few, cost = counted()
    crowd(6)
    many, dearer = counted()
    assert (few, many, dearer) == (5, 11, cost), "a competency that is asked anew moves everybody"
    desk.save(desk.admin, "profiles", profiles["operations-supervisor"])
    desk.save(desk.admin, "profiles", raised(profiles["senior-agent"], A1=4))
    assert counted()[1] == cost, "a level more moves who has facts about it"


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_goes_in_whole_or_not_at_all_and_an_empty_place_becomes_the_same(
    desk: Desk, form: str
) -> None:
    def sent(who: Someone) -> bytes:
        items = desk.house.act(
            who, lambda session, *, actor, now: files.export_items(session, actor=actor, on=desk.today)
        )
        if form == "csv":
            return as_csv(items).encode()
        return json.dumps(as_package(items, title="F", creator="Us", day="2026-03-02")).encode()

    def take(who: Someone, content: bytes) -> files.Plan:
        found: files.Plan = desk.house.act(
            who, files.take_file, file_name="f", content=content, revision=desk.draft(who).revision
        )[1]
        return found

    own = {**A1, "key": "X-sales", "name": "=Selling", "anchors": {n: f"-{n}, “so”" for n in range(1, 6)}}
    desk.save(desk.admin, "competencies", own, new=True)
    desk.save(desk.admin, "profiles", raised(QA, **{"A1": 5, "X-sales": 2}))
    attest = {"key": "spanish", "kind": "attestation", "text": "Speaks Spanish", "raters": 2}
    desk.house.act(
        desk.admin,
        services.save_need,
        rung="S1",
        need=attest,
        old_key=None,
        revision=desk.draft(desk.admin).revision,
    )
    desk.publish(desk.admin)
    content = sent(desk.admin)
    with pytest.raises(Invalid, match="there already"):
        take(desk.admin, content)
    other = desk.house.person(desk.house.firm("Other"), Role.FIRM_ADMIN)
    wrong = content.replace(b"Spoken customer communication", b"Talk")
    with pytest.raises(Invalid, match="refused"):
        take(other, wrong)
    assert desk.draft(other).draft is None
    plan = take(other, content)
    assert plan.counts["refused"] == 0
    assert plan.counts["taken"] >= 7
    assert {(row.kind, row.key) for row in plan.rows if row.status == "changed"} == {
        ("Asked level", "qa-analyst/A1")
    }
    desk.publish(other)
    assert sent(other) == content
