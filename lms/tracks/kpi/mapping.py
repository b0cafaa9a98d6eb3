"""Which column of a firm's file is what. Guessed from the header, told by a person, kept for a source."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.foundation.errors import Invalid
from lms.foundation.words import N_
from lms.people.cells import shown

ROLES = ("person", "queue", "shift", "period", "starts_on", "ends_on", "leave", "metric", "value", "n", "sd")
"""What a column can be, besides a metric's own. `metric`, `value`, `n`, `sd`: a file with a row a metric."""
OF_A_METRIC = ("value", "n", "sd", "total")
"""What a column can be of one metric, written `metric.part`: a file with a column a metric."""
ROLE_WORDS: Mapping[str, str] = {
    "person": N_("Employee number"),
    "queue": N_("Queue"),
    "shift": N_("Shift"),
    "period": N_("Period"),
    "starts_on": N_("First day"),
    "ends_on": N_("Last day"),
    "leave": N_("On leave"),
    "metric": N_("Metric"),
    "value": N_("Value"),
    "n": N_("Counted from (n)"),
    "sd": N_("Standard deviation"),
}
_NAMES: Mapping[str, str] = {
    "person": "employeenumber employeeno employeeid empid empno agentid agentnumber agent number id staffid"
    " numerodeempleado numeroempleado codigodeempleado agente",
    "queue": "queue skill skillgroup lineofbusiness lob account campaign cola cuenta campana servicio",
    "shift": "shift turno schedule horario",
    "period": "period month week day date periodo mes semana dia fecha interval",
    "starts_on": "startson start startdate periodstart from desde inicio",
    "ends_on": "endson end enddate periodend to until hasta fin",
    "leave": "leave onleave absent licencia permiso",
    "metric": "metric kpi measure metrica indicador",
    "value": "value score result valor resultado",
    "n": "n count contacts sample base cantidad muestra",
    "sd": "sd stdev standarddeviation desviacion",
    "aht.value": "aht ahts ahtseconds averagehandletime avghandletime handletimeavg tmo",
    "aht.total": "handleseconds totalhandletime handletime totalhandletimeseconds",
    "aht.n": "calls contactshandled handled callshandled llamadas contactos atendidas",
    "aht.sd": "ahtsd ahtstdev",
    "qa.value": "qa qascore quality qualityscore calidad",
    "qa.n": "evaluations qan reviewed reviews qaevaluations evaluaciones monitoreos",
    "qa.sd": "qasd qastdev",
    "csat.value": "csat csatscore satisfaction satisfaccion",
    "csat.total": "positives csatpositive csattop satisfied positivas",
    "csat.n": "surveys csatn responses answers encuestas",
    "fcr.value": "fcr firstcontactresolution resolucion",
    "fcr.total": "resolved fcrresolved resueltas",
    "fcr.n": "fcrn fcrcontacts",
    "adherence.value": "adherence adherencia",
    "adherence.n": "shifts shiftsworked days daysworked turnos diastrabajados",
    "critical.total": "criticalerrors critical criticals erroresc erroresccriticos errorescriticos",
    "critical.n": "criticaln",
}
"""What tools call their columns, in English and Spanish, without spaces, signs, accents and capitals."""
_ROLE_OF = {alias: role for role, names in reversed(list(_NAMES.items())) for alias in names.split()}


def plain_name(name: str) -> str:
    """A column's name without what people write in different ways."""
    bare = unicodedata.normalize("NFKD", name[:100]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", bare)


def role_of(name: str) -> str:
    """What a header's cell most likely is; empty when nothing is known of it."""
    return _ROLE_OF.get(plain_name(name), "")


def known_columns(cells: Sequence[str]) -> int:
    """How many cells of a row name something we know; a row of more cells wins between two that know none."""
    return 100 * sum(bool(role_of(cell)) for cell in cells) + min(len(cells), 99)


@dataclass(frozen=True)
class Mapping_:
    """Roles to columns by their names; `always`: what is the same in the whole file, such as the queue."""

    columns: Mapping[str, str]
    always: Mapping[str, str]

    def as_document(self) -> dict[str, Any]:
        """As it is kept."""
        return {"columns": dict(sorted(self.columns.items())), "always": dict(sorted(self.always.items()))}

    @property
    def wide(self) -> bool:
        """Whether each metric has columns of its own."""
        return any("." in role for role in self.columns)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that have columns of their own."""
        return tuple(dict.fromkeys(role.partition(".")[0] for role in self.columns if "." in role))


def from_document(document: Mapping[str, Any]) -> Mapping_:
    """A kept mapping."""
    return Mapping_(document.get("columns", {}), document.get("always", {}))


def guessed(header: Sequence[str]) -> Mapping_:
    """What the header's own words say. Long files (a row a metric) win when they name a metric and a value."""
    found: dict[str, str] = {}
    for name in header:
        role = role_of(name)
        if role and role not in found:
            found[role] = name
    if {"metric", "value"} <= found.keys():
        found = {role: name for role, name in found.items() if "." not in role}
    else:
        found = {role: name for role, name in found.items() if role not in ("metric", "value", "n", "sd")}
        if "qa.n" in found and "critical.total" in found:
            found.setdefault("critical.n", found["qa.n"])
        if "aht.n" in found and ("fcr.total" in found or "fcr.value" in found):
            found.setdefault("fcr.n", found["aht.n"])
    return Mapping_(found, {})


def told(pairs: Sequence[str]) -> Mapping_:
    """A mapping in words, `role=Column` or `role:=what is always so`. Raises Invalid."""
    columns: dict[str, str] = {}
    always: dict[str, str] = {}
    for pair in pairs:
        role, sign, name = pair.partition("=")
        role, name = role.strip(), name.strip()
        fixed = role.endswith(":")
        role = role.rstrip(":").strip()
        known = role in ROLES or role.partition(".")[2] in OF_A_METRIC
        if (
            not sign
            or not name
            or not known
            or (fixed and role not in ("queue", "shift", "metric", "period"))
        ):
            raise Invalid(
                "“%(pair)s” says nothing that we know. Write role=Column, such as person=Agent ID or aht.n=Calls;"
                " or role:=words for what is the same in the whole file, such as shift:=Day.",
                pair=shown(pair),
            )
        (always if fixed else columns)[role] = name
    return Mapping_(columns, always)


def places_of(mapping: Mapping_, header: Sequence[str]) -> dict[str, int]:
    """Where each role stands in the file. Raises Invalid: a column is missing, stands twice, or too little is said."""
    by_name: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        by_name.setdefault(plain_name(name) or name, []).append(place)
    places: dict[str, int] = {}
    for role, name in mapping.columns.items():
        found = by_name.get(plain_name(name) or name, [])
        if not found:
            raise Invalid(
                "There is no column “%(name)s”. The first row reads: %(found)s",
                name=shown(name),
                found=shown(" | ".join(header[:20]), 200),
            )
        if len(found) > 1:
            raise Invalid("The column “%(name)s” stands twice. Take one of them out.", name=shown(name))
        places[role] = found[0]
    said = places.keys() | mapping.always.keys()
    missing = [one for one in ("person", "queue", "shift") if one not in said]
    if not ({"starts_on", "ends_on"} <= said or "period" in said):
        missing.append("period")
    if not mapping.wide and not {"metric", "value", "n"} <= said:
        missing += [one for one in ("metric", "value", "n") if one not in said]
    for metric in mapping.metrics:
        if f"{metric}.n" not in said:
            missing.append(f"{metric}.n")
        if not {f"{metric}.value", f"{metric}.total"} & said:
            missing.append(f"{metric}.value")
    if missing:
        raise Invalid(
            "The file does not say: %(missing)s. Say which column it is, or what it is in the whole file."
            " The first row reads: %(found)s",
            missing=", ".join(missing),
            found=shown(" | ".join(header[:20]), 200),
        )
    return places
