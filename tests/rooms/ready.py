"""Makes somebody ready for the first supervisory rung, but for one thing."""

from collections.abc import Collection
from datetime import date, timedelta

from lms.tracks import services as tracks
from lms.tracks.framework_files import find_rung, framework_on
from lms.tracks.rules import EvidenceKind
from tests.house import House, Someone

DAY = date(2026, 2, 20)
SAW = "Watched three contacts, each as the anchor says."


def make_ready(
    house: House,
    someone: Someone,
    assessor: Someone,
    manager: Someone,
    *,
    but: str | Collection[str] = "",
    only: str = "",
) -> None:
    """Record everything S1 asks for (or `only` one thing of it) except `but`, by competencies' or requirements' keys."""
    without = {but} if isinstance(but, str) else set(but)

    def record(key: str, by: Someone, kind: EvidenceKind, **said: object) -> None:
        if key in without or (only and key != only):
            return
        seen = tracks.Observation(
            **{
                "person_id": someone.id,
                "kind": kind,
                "competency": None,
                "level": None,
                "on": DAY,
                "example": SAW,
                **said,
            }
        )
        house.act(by, tracks.record_evidence, seen=seen)

    framework = framework_on(DAY)
    found = find_rung(framework, "S1")
    assert found is not None
    profile = next(one for one in framework["profiles"] if one["key"] == found[1]["profile"])
    for key, level in profile["levels"].items():
        about = {"competency": key, "level": level}
        record(key, assessor, EvidenceKind.OBSERVED, **about)
        if level >= 3:
            record(key, manager, EvidenceKind.ATTESTATION, **about)
    for need in found[1]["requirements"]:
        key, about = need["key"], {"requirement": need["key"]}
        if need["kind"] == "course":
            for course in {one for branch in need.get("any_of", [[need.get("course")]]) for one in branch}:
                record(key, manager, EvidenceKind.COURSE, requirement=course, outcome="completed")
        elif need["kind"] == "assessment":
            record(key, assessor, EvidenceKind.ASSESSMENT, outcome="passed", **about)
        elif need["kind"] == "kpi":
            counted = tracks.Measured("Quality score", DAY - timedelta(days=90), 96.0, 40)
            record(key, manager, EvidenceKind.KPI, outcome="passed", measured=counted, **about)
        elif need["kind"] == "attestation":
            for rater in (assessor, manager)[: need.get("raters", 1)]:
                record(key, rater, EvidenceKind.ATTESTATION, **about)
