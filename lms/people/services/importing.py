"""People from a file: look at what it would do, then do it, whole.

Everything is written in bulk, in one transaction, and the preview and the act read the same kept bytes. The log gets
one entry for the file and one for each person it made or changed, so that looking somebody up in the log finds who
brought them in; the chain's end is read once and continued in memory, because 10,000 single entries would read it
10,000 times.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Date, Uuid, bindparam, case, delete, insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.foundation.storage import Storage
from lms.foundation.words import N_
from lms.people import queries
from lms.people.files import read_sheet
from lms.people.matching import Details, Kind, Plan, Verdict, match
from lms.people.models import Employment, EmploymentRole, Firm, PeopleImport, Person, SignIn, Team
from lms.people.policy import POLICY, PeoplePermission
from lms.people.rules import day_at, folded, sort_name
from lms.people.services.audit import Act, record_acts

BATCH = 500
T = TypeVar("T")


@dataclass(frozen=True)
class Import:
    """A kept file, and what it would do to the people as they are now."""

    file: PeopleImport
    plan: Plan


@dataclass(frozen=True)
class Taken:
    """A file that was taken: now, or already before (then nothing was done)."""

    file: PeopleImport
    already: bool


def plan_for(session: Session, *, actor: Actor, content: bytes, today: date) -> Plan:
    """What a file would do, without keeping anything. Raises NotAllowed, Invalid."""
    require(POLICY, actor, PeoplePermission.IMPORT)
    sheet = read_sheet(content)
    teams = [team.name for team in queries.list_teams(session, actor=actor)]
    return match(sheet, queries.list_known(session, actor=actor), teams, today=today)


def keep_file(
    session: Session, *, actor: Actor, file_name: str, content: bytes, storage: Storage, now: datetime
) -> PeopleImport:
    """Keep a file that can be read, until somebody says yes to it. Raises NotAllowed, Invalid."""
    require(POLICY, actor, PeoplePermission.IMPORT)
    read_sheet(content)
    kept = PeopleImport(
        firm_id=actor.firm_id,
        id=new_id(),
        file_name="".join(letter for letter in file_name if letter.isprintable())[-200:] or "people.csv",
        stored=storage.put(content),
        uploaded_by_id=actor.person_id,
        uploaded_at=now,
    )
    session.add(kept)
    session.flush()  # whoever asks for its page next must find it
    return kept


def see_import(
    session: Session, *, actor: Actor, import_id: uuid.UUID, storage: Storage, now: datetime
) -> Import:
    """A kept file against the people as they are now. Raises NotFound, NotAllowed."""
    file = _find(session, actor, import_id)
    plan = plan_for(session, actor=actor, content=storage.get(file.stored), today=now.date())
    return Import(file, plan)


def apply_import(
    session: Session,
    *,
    actor: Actor,
    import_id: uuid.UUID,
    skip_refused: bool,
    storage: Storage,
    now: datetime,
) -> Taken:
    """Do what the file says, against the people as they are now. A file that was taken already is left as it is.

    Raises NotFound, NotAllowed, Invalid (rows are refused and may not be skipped), Conflict.
    """
    session.execute(select(Firm.id).where(Firm.id == actor.firm_id).with_for_update())
    file = _find(session, actor, import_id)
    if file.applied_at is not None:
        return Taken(file, already=True)
    plan = plan_for(session, actor=actor, content=storage.get(file.stored), today=now.date())
    if plan.counts[Kind.REFUSED] and not skip_refused:
        raise Invalid(
            "Rows are refused (%(count)s), so nothing was changed. Correct the file, or choose to leave those rows out.",
            count=plan.counts[Kind.REFUSED],
        )
    _write(session, actor, file, plan, now)
    return Taken(file, already=False)


def take_file(
    session: Session,
    *,
    actor: Actor,
    file_name: str,
    content: bytes,
    plan: Plan,
    storage: Storage,
    now: datetime,
) -> PeopleImport:
    """Keep a file and do what was just planned of it, in the transaction that planned it. Raises NotAllowed, Conflict."""
    file = keep_file(session, actor=actor, file_name=file_name, content=content, storage=storage, now=now)
    _write(session, actor, file, plan, now)
    return file


def _find(session: Session, actor: Actor, import_id: uuid.UUID) -> PeopleImport:
    require(POLICY, actor, PeoplePermission.IMPORT)
    file = queries.find_import(session, actor=actor, import_id=import_id)
    if file is None:
        raise NotFound("There is no such file.")
    return file


def _write(session: Session, actor: Actor, file: PeopleImport, plan: Plan, now: datetime) -> None:
    try:
        _write_rows(session, actor, file, plan, now)
    except IntegrityError:
        raise Conflict("Somebody changed people at the same moment. Nothing was done: try again.") from None


def _write_rows(session: Session, actor: Actor, file: PeopleImport, plan: Plan, now: datetime) -> None:
    teams = _make_teams(session, actor, plan.new_teams)
    made = _add(session, actor, plan.of(Kind.NEW), teams, now)
    _change(
        session,
        actor,
        plan.of(Kind.CHANGED),
        teams,
        day_at(session.get_one(Firm, actor.firm_id).time_zone, now),
    )
    _end_sign_ins(session, actor, plan.of(Kind.CHANGED), now)
    counts = {kind.value: plan.counts[kind] for kind in Kind}
    file.applied_at = now
    file.new_people, file.changed_people = counts["new"], counts["changed"]
    file.same_people, file.refused_rows = counts["same"], counts["refused"]
    whole = {"import": str(file.id), "stored": file.stored, "teams": len(plan.new_teams), **counts}
    acts = [Act(N_("people imported"), file.file_name, whole)]
    acts += [_act(one, file.id, made) for one in plan.of(Kind.NEW, Kind.CHANGED)]
    record_acts(session, actor=actor, acts=acts, now=now)
    session.flush()  # what the database refuses is told here, not at the commit


def _act(one: Verdict, import_id: uuid.UUID, made: Mapping[int, uuid.UUID]) -> Act:
    assert one.after is not None
    subject = str(one.known.person_id if one.known else made[one.row.number])
    detail: dict[str, Any] = {"name": one.after.name, "import": str(import_id), "row": one.row.number}
    if one.kind is Kind.NEW:
        return Act(N_("person added by file"), subject, {**detail, "number": one.after.employee_number})
    detail["changes"] = {change.column: [change.before, change.after] for change in one.changes}
    return Act(N_("person changed by file"), subject, detail)


def _make_teams(session: Session, actor: Actor, names: Sequence[str]) -> dict[str, uuid.UUID]:
    """Every team of the firm by its exact and its folded name, the new ones made."""
    rows = [{"firm_id": actor.firm_id, "id": new_id(), "name": name} for name in names]
    for some in _batches(rows):
        session.execute(insert(Team), some)
    teams = queries.list_teams(session, actor=actor)
    return {folded(team.name): team.id for team in teams} | {team.name: team.id for team in teams}


def _add(
    session: Session, actor: Actor, new: Sequence[Verdict], teams: dict[str, uuid.UUID], now: datetime
) -> dict[int, uuid.UUID]:
    """Employ people; their ids by their rows. Somebody who is known elsewhere by the e-mail is that person, untold."""
    made: dict[int, uuid.UUID] = {}
    for some in _batches(new):
        details = [one.after for one in some if one.after]
        emails = [one.email for one in details if one.email]
        rows = session.execute(select(Person.email, Person.id).where(Person.email.in_(emails)))
        known = {row.email: row.id for row in rows}
        ids = [known.get(one.email) or new_id() for one in details]
        fresh = [
            {"id": person_id, "email": one.email or None, "time_factor": 1.0, "created_at": now}
            for one, person_id in zip(details, ids, strict=True)
            if one.email not in known
        ]
        if fresh:
            session.execute(insert(Person), fresh)
        employed = [
            _row(actor, one, teams) | {"person_id": id_, "accepted": False}
            for one, id_ in zip(details, ids, strict=True)
        ]
        session.execute(insert(Employment), employed)
        _give_roles(session, actor, list(zip(ids, details, strict=True)))
        made |= {one.row.number: person_id for one, person_id in zip(some, ids, strict=True)}
    return made


def _row(actor: Actor, one: Details, teams: dict[str, uuid.UUID]) -> dict[str, Any]:
    return {
        "firm_id": actor.firm_id,
        "name": one.name,
        "sort_name": sort_name(one.name),
        "employee_number": one.employee_number or None,
        "job_role": one.job_role,
        "team_id": teams[one.team] if one.team else None,
        "started_on": one.started_on,
        "role_started_on": one.role_started_on,
        "ended_on": one.ended_on,
    }


def _give_roles(session: Session, actor: Actor, people: Sequence[tuple[uuid.UUID, Details]]) -> None:
    rows = [
        {"firm_id": actor.firm_id, "person_id": person_id, "role": role}
        for person_id, one in people
        for role in sorted(one.roles)
    ]
    if rows:
        session.execute(insert(EmploymentRole), rows)


def _change(
    session: Session, actor: Actor, changed: Sequence[Verdict], teams: dict[str, uuid.UUID], today: date
) -> None:
    names = ("name", "sort_name", "employee_number", "job_role", "team_id")
    days = ("started_on", "role_started_on", "ended_on")
    same_team = Employment.team_id.is_not_distinct_from(bindparam("to_team_id", type_=Uuid))
    change = (
        update(Employment)
        .where(Employment.firm_id == bindparam("at_firm"), Employment.person_id == bindparam("of_person"))
        .values(
            {name: bindparam(f"to_{name}") for name in (*names, *days)}
            | {"team_joined_on": case((same_team, Employment.team_joined_on), else_=literal(today, Date))}
        )
    )
    for some in _batches(changed):
        people = [(one.known.person_id, one.after) for one in some if one.known and one.after]
        rows = []
        for person_id, after in people:
            values = _row(actor, after, teams)
            keys = {"at_firm": values.pop("firm_id"), "of_person": person_id}
            rows.append(keys | {f"to_{name}": value for name, value in values.items()})
        session.connection().execute(change, rows)
        other = [one for one in some if _roles_changed(one) and one.known]
        if other:
            session.execute(
                delete(EmploymentRole).where(
                    EmploymentRole.firm_id == actor.firm_id,
                    EmploymentRole.person_id.in_([one.known.person_id for one in other if one.known]),
                )
            )
            _give_roles(
                session, actor, [(one.known.person_id, one.after) for one in other if one.known and one.after]
            )


def _end_sign_ins(session: Session, actor: Actor, changed: Sequence[Verdict], now: datetime) -> None:
    """Sign out here, at once, whoever left or may do other things than before; elsewhere they stay signed in."""
    out = [
        one.known.person_id
        for one in changed
        if one.known and one.after and (_roles_changed(one) or _has_left(one.after, now.date()))
    ]
    for some in _batches(out):
        session.execute(
            update(SignIn)
            .where(SignIn.firm_id == actor.firm_id, SignIn.person_id.in_(some), SignIn.ended_at.is_(None))
            .values(ended_at=now)
            .execution_options(synchronize_session=False)
        )


def _has_left(after: Details, today: date) -> bool:
    return after.ended_on is not None and after.ended_on <= today


def _roles_changed(one: Verdict) -> bool:
    return any(change.column == "roles" for change in one.changes)


def _batches(many: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(many), BATCH):
        yield many[start : start + BATCH]
