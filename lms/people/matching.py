"""What a file of people would do to a firm: each row is new, changed, same or refused, and why.

A column that is not in the file leaves things as they are. An empty cell does too, but for `team` (then the person
is in no team) and `ended_on` (then the person has not left). The e-mail of somebody who is here already is never set
or changed by a file: it is how they sign in, here and elsewhere, and a refusal that depended on who else has that
e-mail would tell one firm about another's people.
"""

import enum
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lms.people.cells import (
    Unfit,
    day_first,
    loose,
    read_day,
    read_email,
    read_name,
    read_number,
    read_roles,
    read_text,
    shown,
    tidy,
)
from lms.people.files import Row, Sheet
from lms.people.rules import folded

ADMIN, ASSOCIATION = "firm_admin", "association"


class Kind(enum.StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Details:
    """What a file can say of a person, as it is or as it would be."""

    employee_number: str
    name: str
    email: str
    team: str
    job_role: str
    roles: frozenset[str]
    started_on: date
    role_started_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who works or worked at the firm."""

    person_id: uuid.UUID
    details: Details


@dataclass(frozen=True, slots=True)
class Change:
    """One field from what it is to what it would be."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one row of the file."""

    row: Row
    kind: Kind
    number: str
    name: str
    known: Known | None = None
    after: Details | None = None
    changes: tuple[Change, ...] = ()
    reasons: tuple[Unfit, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A whole file against a whole firm."""

    verdicts: Sequence[Verdict]
    sheet: Sheet
    day_first: bool | None
    new_teams: tuple[str, ...] = ()
    counts: Mapping[Kind, int] = field(default_factory=dict)

    def of(self, *kinds: Kind) -> list[Verdict]:
        """The rows of these kinds, in the file's order."""
        return [one for one in self.verdicts if one.kind in kinds]


PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some rows of a plan; `earlier` and `later` are rows after which the pages beside it start, if there are any."""

    verdicts: Sequence[Verdict]
    earlier: int | None
    later: int | None


def page_of(plan: Plan, *, kind: Kind | None, after: int) -> Page:
    """The rows of a kind (or all) that come after a row of the file."""
    found = plan.of(kind) if kind else list(plan.verdicts)
    start = next((place for place, one in enumerate(found) if one.row.number > after), len(found))
    here = found[start : start + PAGE]
    earlier = found[start - PAGE - 1].row.number if start > PAGE else 0
    return Page(
        here,
        earlier if start else None,
        here[-1].row.number if here and start + PAGE < len(found) else None,
    )


def match(sheet: Sheet, known: Sequence[Known], teams: Sequence[str], *, today: date) -> Plan:
    """Hold a file against the firm as it is."""
    order = day_first(
        row.cells.get(column, "") for row in sheet.rows for column in ("started_on", "ended_on")
    )
    firm = _Firm(known, teams, today, order)
    verdicts = [firm.verdict(row) for row in sheet.rows]
    verdicts = _refuse_repeats(verdicts)
    verdicts = _keep_an_administrator(verdicts, known, today)
    here = {folded(team) for team in teams}
    fresh: dict[str, str] = {}
    for one in verdicts:
        if (
            one.after
            and one.kind is not Kind.REFUSED
            and one.after.team
            and folded(one.after.team) not in here
        ):
            fresh.setdefault(folded(one.after.team), one.after.team)
    counted = Counter(one.kind for one in verdicts)
    return Plan(verdicts, sheet, order, tuple(sorted(fresh.values())), {kind: counted[kind] for kind in Kind})


class _Firm:
    """Who is here, by what a row may call them."""

    def __init__(self, known: Sequence[Known], teams: Sequence[str], today: date, order: bool | None) -> None:
        self.today, self.order = today, order
        self.by_number = {one.details.employee_number: one for one in known if one.details.employee_number}
        self.by_email = {one.details.email: one for one in known if one.details.email}
        self.loosely = {loose(number): number for number in self.by_number}
        self.teams = {folded(team): team for team in teams}
        self.exact_teams = frozenset(teams)

    def verdict(self, row: Row) -> Verdict:
        """One row by itself."""
        number, name = tidy(row.cells.get("employee_number", "")), tidy(row.cells.get("name", ""))
        known = self._find(number, row.cells.get("email", ""))
        verdict = Verdict(row, Kind.REFUSED, shown(number), shown(name, 80), known)
        if row.unfit:
            return replace(verdict, reasons=(row.unfit,))
        after, reasons = self._read(row, known)
        if reasons or after is None:
            return replace(verdict, reasons=tuple(reasons))
        if known is None:
            return replace(verdict, kind=Kind.NEW, after=after)
        changes = _changes(known.details, after)
        return replace(verdict, kind=Kind.CHANGED if changes else Kind.SAME, after=after, changes=changes)

    def _find(self, number: str, email: str) -> Known | None:
        """By number; somebody without a number by e-mail, who is so given one."""
        found = self.by_number.get(number)
        if found is None:
            found = self.by_email.get(tidy(email).lower())
            if found is not None and found.details.employee_number:
                return None
        return found

    def _read(self, row: Row, known: Known | None) -> tuple[Details | None, list[Unfit]]:
        reasons: list[Unfit] = []
        was = known.details if known else None
        cells = row.cells
        fresh = Details("", "", "", "", "agent", frozenset({"agent"}), self.today, self.today, None)
        after = was or fresh
        read: dict[str, Any] = {}

        def tried(column: str, reading: Callable[[], object]) -> None:
            if column in cells:
                try:
                    read[column] = reading()
                except Unfit as reason:
                    reasons.append(reason)

        tried("employee_number", lambda: self._number(cells["employee_number"], was))
        tried("name", lambda: read_name(cells["name"], was.name if was else ""))
        tried("email", lambda: self._email(cells["email"], was))
        tried("team", lambda: self._team(cells["team"], was))
        tried("job_role", lambda: read_text("job_role", cells["job_role"], after.job_role) or after.job_role)
        tried("roles", lambda: self._roles(cells["roles"], was, after))
        tried(
            "started_on", lambda: read_day("started_on", cells["started_on"], self.order) or after.started_on
        )
        tried("ended_on", lambda: read_day("ended_on", cells["ended_on"], self.order))
        after = replace(after, **read)
        if not reasons and after.ended_on and after.ended_on < after.started_on:
            reasons.append(
                Unfit(
                    "ended_on %(end)s is before started_on %(start)s.",
                    end=after.ended_on.isoformat(),
                    start=after.started_on.isoformat(),
                )
            )
        return replace(after, role_started_on=self._in_role_since(was, after)), reasons

    def _number(self, cell: str, was: Details | None) -> str:
        number = read_number(cell, was.employee_number if was else "")
        if not number and was is None:
            raise Unfit("employee_number is empty.")
        if was is None or number != was.employee_number:
            there = self.loosely.get(loose(number)) if number else None
            if there is not None and number:
                raise Unfit(
                    "Nobody has employee number %(number)s, but somebody has %(there)s. Spreadsheets drop zeros: write it as it is.",
                    number=number,
                    there=there,
                )
        return number

    def _email(self, cell: str, was: Details | None) -> str:
        email = read_email(cell, was.email if was else "")
        if was is not None and not email:
            return was.email
        if was is not None and email != was.email:
            raise Unfit(
                "A file does not change the e-mail of somebody who is here already: they sign in with it. Leave the cell empty."
            )
        other = self.by_email.get(email) if was is None else None
        if other is not None:
            raise Unfit(
                "%(email)s is the e-mail of %(number)s %(name)s, who is here already.",
                email=email,
                number=other.details.employee_number,
                name=other.details.name,
            )
        return email

    def _team(self, cell: str, was: Details | None) -> str:
        team = read_text("team", cell, was.team if was else "")
        if team in self.exact_teams or not team:
            return team
        return self.teams.setdefault(folded(team), team)

    @staticmethod
    def _roles(cell: str, was: Details | None, after: Details) -> frozenset[str]:
        roles = read_roles(cell) or after.roles
        if (ASSOCIATION in roles) != bool(was and ASSOCIATION in was.roles):
            raise Unfit("The role “association” is neither given nor taken away by a file.")
        return roles

    def _in_role_since(self, was: Details | None, after: Details) -> date:
        """The job role counts from the first day; from today when a file changes it."""
        if was is None:
            return after.started_on
        if was.job_role != after.job_role:
            return max(self.today, after.started_on)
        if was.started_on == after.started_on:
            return was.role_started_on
        from_the_start = was.role_started_on == was.started_on
        return after.started_on if from_the_start else max(was.role_started_on, after.started_on)


def _changes(was: Details, after: Details) -> tuple[Change, ...]:
    columns = (
        "employee_number",
        "name",
        "team",
        "job_role",
        "roles",
        "started_on",
        "role_started_on",
        "ended_on",
    )
    return tuple(
        Change(column, _plainly(getattr(was, column)), _plainly(getattr(after, column)))
        for column in columns
        if getattr(was, column) != getattr(after, column)
    )


def _plainly(value: object) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _refuse_repeats(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Refuse every row of a person, a number or an e-mail that the file names twice, each naming the others."""
    people: defaultdict[object, list[Verdict]] = defaultdict(list)
    emails: defaultdict[str, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        number, email = one.row.cells.get("employee_number", ""), one.row.cells.get("email", "")
        if one.known or tidy(number):
            people[one.known.person_id if one.known else loose(tidy(number))].append(one)
        if tidy(email):
            emails[tidy(email).lower()].append(one)
    more: defaultdict[int, list[Unfit]] = defaultdict(list)
    twice_a_person: set[int] = set()
    for same in people.values():
        if len(same) > 1:
            rows = _rows(same)
            twice_a_person.update(one.row.number for one in same)
            for one in same:
                more[one.row.number].append(
                    Unfit(
                        "Employee number %(number)s stands in the file more than once: rows %(rows)s.",
                        number=one.number or "–",
                        rows=rows,
                    )
                )
    for email, same in emails.items():
        if len(same) > 1 and not all(one.row.number in twice_a_person for one in same):
            reason = Unfit(
                "E-mail %(email)s stands in the file more than once: rows %(rows)s.",
                email=shown(email),
                rows=_rows(same),
            )
            for one in same:
                more[one.row.number].append(reason)
    return [_refused(one, more[one.row.number]) if one.row.number in more else one for one in verdicts]


def _rows(verdicts: Iterable[Verdict], most: int = 8) -> str:
    numbers = [str(one.row.number) for one in verdicts]
    return ", ".join(numbers[:most]) + (", …" if len(numbers) > most else "")


def _refused(verdict: Verdict, reasons: Sequence[Unfit]) -> Verdict:
    return replace(verdict, kind=Kind.REFUSED, reasons=(*verdict.reasons, *reasons))


def _keep_an_administrator(verdicts: list[Verdict], known: Sequence[Known], today: date) -> list[Verdict]:
    """Refuse the rows that would leave a firm that has an administrator without one who can be counted on.

    Somebody new cannot sign in yet, so only people who are here already count.
    """
    after = {
        one.known.person_id: one.after
        for one in verdicts
        if one.known and one.after and one.kind is Kind.CHANGED
    }
    before = [one for one in known if _administers(one.details, today)]
    losing = {
        one.person_id
        for one in before
        if one.person_id in after and _gives_up(one.details, after[one.person_id], today)
    }
    staying = any(
        _administers(after.get(one.person_id, one.details), today) and one.person_id not in losing
        for one in known
    )
    if not losing or staying:
        return verdicts
    reason = Unfit(
        "This would leave the firm without an administrator. Give somebody else here the role first."
    )
    return [
        _refused(one, [reason]) if one.known and one.known.person_id in losing else one for one in verdicts
    ]


def _administers(details: Details, today: date) -> bool:
    ended = details.ended_on is not None and details.ended_on < today
    return ADMIN in details.roles and details.started_on <= today and not ended


def _gives_up(was: Details, after: Details, today: date) -> bool:
    """Whether somebody stops being an administrator, now or on an earlier day than before."""
    sooner = after.ended_on is not None and (was.ended_on is None or after.ended_on < was.ended_on)
    return sooner or not _administers(after, today)
