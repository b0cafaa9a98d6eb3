"""A passport: what a person takes to the next firm, as one signed document; and what the next firm takes of it.

The document names nobody but the person. What others wrote in their own words stays where it was written.
"""

import hashlib
import json
import unicodedata
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lms.foundation.errors import Invalid
from lms.foundation.words import N_
from lms.tracks.rules.evidence import Evidence, EvidenceKind, is_contested, known

FORMAT = "ladder-passport"
VERSION = 1
LARGEST = 2 * 1024 * 1024

PARTS: Mapping[str, tuple[str, frozenset[EvidenceKind]]] = {
    "courses": (N_("Courses, with their versions and dates"), frozenset((EvidenceKind.COURSE,))),
    "assessments": (
        N_("Assessments, with their scores and how exact those are"),
        frozenset((EvidenceKind.ASSESSMENT,)),
    ),
    "seen": (
        N_("What others saw of the work and attested, with the anchor, without their names or notes"),
        frozenset(
            (
                EvidenceKind.OBSERVED,
                EvidenceKind.WORK_SAMPLE,
                EvidenceKind.ATTESTATION,
                EvidenceKind.INTERVIEW,
                EvidenceKind.PANEL,
            )
        ),
    ),
    "papers": (
        N_("Licences, certificates and earlier learning"),
        frozenset((EvidenceKind.CERTIFICATE, EvidenceKind.PRIOR_LEARNING)),
    ),
    "figures": (
        N_("That job figures met what a rung asked for: the months, never a figure, a queue or a client"),
        frozenset((EvidenceKind.KPI,)),
    ),
}
"""What can leave, each with its words. Figures belong to a client too, so they go only where they were chosen."""

CHANGED = N_("This file is not as it was signed: something in it was changed. Nothing was taken.")
NOT_ONE = N_("This file is no passport from Ladder.")


@dataclass(frozen=True)
class Source:
    """What a fact's row says besides the fact: the course's version, the rater's role, and where it was taken over from."""

    rated_by: str = ""
    course_version: int | None = None
    ref: str = ""
    origin: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Maker:
    """Who makes a passport for whom: the firm, its key, and what the person chose."""

    passport_id: uuid.UUID
    firm_id: uuid.UUID
    firm: str
    key: str
    key_at: str
    made_at: datetime
    parts: Sequence[str]
    recipient: str


@dataclass(frozen=True)
class Holder:
    """Whose passport it is: the name, and what only their own account has."""

    person_id: uuid.UUID
    name: str
    email: str | None


def ref_of(firm_id: uuid.UUID, evidence_id: str) -> str:
    """What a fact is called outside its firm: the same for ever, and nothing can be read from it."""
    return hashlib.sha256(f"{firm_id}:{evidence_id}".encode()).hexdigest()[:32]


def travelling(ledger: Sequence[Evidence], parts: Collection[str], today: date) -> list[Evidence]:
    """What goes along: what speaks for the person, stands today, is not contested, and was chosen."""
    kinds = frozenset().union(*(PARTS[one][1] for one in parts)) if parts else frozenset()
    return [
        one for one in known(ledger, today) if one.good and one.kind in kinds and not is_contested(one, today)
    ]


def document(
    maker: Maker,
    holder: Holder,
    facts: Sequence[Evidence],
    sources: Mapping[str, Source],
    anchors: Mapping[tuple[str, int], str],
) -> dict[str, Any]:
    """The passport before it is signed."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "passport": str(maker.passport_id),
        "made_at": maker.made_at.isoformat(timespec="seconds"),
        "issuer": {"firm": maker.firm, "key": maker.key, "key_at": maker.key_at},
        "holder": {"name": holder.name, "marks": sorted(marks_of(maker.passport_id, holder))},
        "for": maker.recipient,
        "parts": sorted(maker.parts),
        "facts": [_fact(one, maker, sources.get(one.id, Source()), anchors) for one in facts],
    }


def _fact(
    one: Evidence, maker: Maker, source: Source, anchors: Mapping[tuple[str, int], str]
) -> dict[str, Any]:
    figures = one.kind is EvidenceKind.KPI
    said = {
        "ref": source.ref or ref_of(maker.firm_id, one.id),
        "kind": one.kind.value,
        "title": (one.requirement or "") if figures else one.title,
        "competency": one.competency,
        "level": one.level,
        "anchor": anchors.get((one.competency, one.level)) if one.competency and one.level else None,
        "requirement": one.requirement,
        "outcome": one.outcome,
        "score": one.score,
        "error": one.error,
        "pass_mark": one.pass_mark,
        "on": one.on.isoformat(),
        "since": one.since.isoformat() if one.since else None,
        "expires_on": one.expires_on.isoformat() if one.expires_on else None,
        "form": one.form or None,
        "rated_by": source.rated_by or None,
        "course_version": source.course_version,
        "origin": dict(source.origin) if source.origin else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def marks_of(passport_id: uuid.UUID, holder: Holder) -> set[str]:
    """What shows that a passport is somebody's own: digests of their account and their e-mail, made for this passport alone."""
    said = [str(holder.person_id), *([holder.email.strip().lower()] if holder.email else [])]
    return {hashlib.sha256(f"{passport_id}:{one}".encode()).hexdigest() for one in said}


def canonical(payload: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: the document without its signature, names in order, no spaces, UTF-8."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sealed(payload: Mapping[str, Any], signature: str) -> bytes:
    """The file that a person is given: readable, with its signature."""
    whole = {**payload, "signature": signature}
    return (json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


@dataclass(frozen=True)
class Fact:
    """One fact of a passport, as it was signed."""

    ref: str
    kind: EvidenceKind
    title: str
    on: date
    outcome: str
    competency: str | None
    level: int | None
    requirement: str | None
    score: float | None
    error: float | None
    pass_mark: float | None
    expires_on: date | None
    rated_by: str
    course_version: int | None
    origin: Mapping[str, Any] | None


@dataclass(frozen=True)
class Opened:
    """A passport that was read, before its signature is looked at."""

    id: uuid.UUID
    made_at: datetime
    firm: str
    key: str
    name: str
    marks: frozenset[str]
    facts: Sequence[Fact]
    signed: bytes
    signature: str


def opened(content: bytes) -> Opened:
    """Read a passport. A file that is not byte for byte as Ladder writes one is refused. Raises Invalid."""
    if len(content) > LARGEST:
        raise Invalid("A passport has at most 2 MB.")
    if b"\\u0000" in content:
        raise Invalid(NOT_ONE)  # no page sends one, and PostgreSQL cannot hold it in a text
    try:
        said = json.loads(content.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Invalid(NOT_ONE) from None
    if (
        not isinstance(said, dict)
        or said.get("format") != FORMAT
        or not isinstance(said.get("signature"), str)
    ):
        raise Invalid(NOT_ONE)
    payload = {name: value for name, value in said.items() if name != "signature"}
    try:
        if sealed(payload, said["signature"]) != content:
            raise Invalid(CHANGED)
        if said["version"] != VERSION:
            raise Invalid("This passport is of a later kind. Bring this Ladder up to date first.")
        if datetime.fromisoformat(said["made_at"]).tzinfo is None:
            raise Invalid(NOT_ONE)
        return Opened(
            uuid.UUID(said["passport"]),
            datetime.fromisoformat(said["made_at"]),
            str(said["issuer"]["firm"]),
            str(said["issuer"]["key"]),
            str(said["holder"]["name"]),
            frozenset(map(str, said["holder"]["marks"])),
            [_read_fact(one) for one in said["facts"]],
            canonical(payload),
            said["signature"],
        )
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise Invalid(NOT_ONE) from None


def _no_number(text: str) -> float:
    raise ValueError(text)


def _read_fact(said: Mapping[str, Any]) -> Fact:
    level = said.get("level")
    if level is not None and (isinstance(level, bool) or not isinstance(level, int)):
        raise ValueError("level")
    origin = said.get("origin")
    if origin is not None and not isinstance(origin, dict):
        raise ValueError("origin")
    version = said.get("course_version")
    return Fact(
        str(said["ref"])[:64],
        EvidenceKind(said["kind"]),
        str(said.get("title", ""))[:400],
        date.fromisoformat(said["on"]),
        str(said["outcome"]),
        str(said["competency"])[:20] if said.get("competency") else None,
        level,
        str(said["requirement"])[:80] if said.get("requirement") else None,
        _share(said.get("score")),
        _share(said.get("error")),
        _share(said.get("pass_mark")),
        date.fromisoformat(said["expires_on"]) if said.get("expires_on") else None,
        str(said.get("rated_by", ""))[:40],
        int(version) if version is not None else None,
        origin,
    )


def _share(value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError(value)
    return number


def whose(passport: Opened, holder: Holder) -> str:
    """How sure it is that a passport is somebody's: `account`, `name` (only the name fits), or nothing."""
    if passport.marks & marks_of(passport.id, holder):
        return "account"
    return "name" if _plain(passport.name) == _plain(holder.name) else ""


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).casefold().split())


@dataclass(frozen=True)
class Verdict:
    """What becomes of one fact: taken as `kind`, or not, and why in a sentence."""

    fact: Fact
    kind: EvidenceKind | None
    why: str

    @property
    def taken(self) -> bool:
        """Whether it goes into the ledger."""
        return self.kind is not None


TAKEN_COURSE = N_("Taken: a course completed elsewhere.")
TAKEN_PRIOR = N_("Taken as learnt before. From level 3 on somebody here must still see the work.")


def verdicts(
    passport: Opened,
    *,
    there: Collection[str],
    competencies: Collection[str],
    courses: Collection[str],
    today: date,
) -> list[Verdict]:
    """Each fact of a passport with what becomes of it. `there`: the refs that the ledger has already."""
    found: list[Verdict] = []
    seen = set(there)
    for one in passport.facts:
        kind, why = _judged(one, seen, competencies, courses, today)
        if kind is not None:
            seen.add(one.ref)
        found.append(Verdict(one, kind, why))
    return found


def _judged(
    one: Fact, seen: Collection[str], competencies: Collection[str], courses: Collection[str], today: date
) -> tuple[EvidenceKind | None, str]:
    if one.ref in seen:
        return None, N_("Here already.")
    if one.on > today:
        return None, N_("Dated after today.")
    if one.outcome not in ("passed", "rated", "completed"):
        return None, N_("It does not speak for a level.")
    if one.expires_on is not None and one.expires_on < today:
        return None, N_("Expired.")
    if one.kind is EvidenceKind.KPI:
        return None, N_("Job figures count where they were measured.")
    if one.kind is EvidenceKind.COURSE:
        if one.requirement not in courses or (one.competency and one.competency not in competencies):
            return None, N_("This Ladder does not know that course.")
        return EvidenceKind.COURSE, TAKEN_COURSE
    if one.competency is None:
        return None, N_("What a rung asks for by name is shown at each firm anew.")
    if one.competency not in competencies or not 1 <= (one.level or 0) <= 5:
        return None, N_("This Ladder does not know that competency or level.")
    return EvidenceKind.PRIOR_LEARNING, TAKEN_PRIOR
