"""The trade's knowledge of this room, pure: evidence, readiness, rungs, places. Names are imported from here."""

from lms.tracks.rules.considering import Consideration, consideration
from lms.tracks.rules.days import months_after, months_before
from lms.tracks.rules.dossier import Dossier, dossier
from lms.tracks.rules.evidence import (
    KIND_WORDS,
    SEEN_AT_WORK,
    Contested,
    Evidence,
    EvidenceKind,
    is_contested,
    is_fresh,
    known,
)
from lms.tracks.rules.explaining import Cell, ProfileUsed, Reason, Standing, State, as_json, plain
from lms.tracks.rules.framework import as_it_stood, in_force
from lms.tracks.rules.freshness import Clock, Leave, clock_of, leave_known
from lms.tracks.rules.places import Place, place_on
from lms.tracks.rules.readiness import competency_cell, level_held, readiness
from lms.tracks.rules.routing import USABLE_MINUTES_A_BREAK, Act, Way, route
from lms.tracks.rules.rule import Rule, read_rule, rule_on
from lms.tracks.rules.rungs import Facts, standing
from lms.tracks.rules.worth import Entry, entries_of

__all__ = [
    "KIND_WORDS",
    "SEEN_AT_WORK",
    "USABLE_MINUTES_A_BREAK",
    "Act",
    "Cell",
    "Clock",
    "Consideration",
    "Contested",
    "Dossier",
    "Entry",
    "Evidence",
    "EvidenceKind",
    "Facts",
    "Leave",
    "Place",
    "ProfileUsed",
    "Reason",
    "Rule",
    "Standing",
    "State",
    "Way",
    "as_it_stood",
    "as_json",
    "clock_of",
    "competency_cell",
    "consideration",
    "dossier",
    "entries_of",
    "in_force",
    "is_contested",
    "is_fresh",
    "known",
    "leave_known",
    "level_held",
    "months_after",
    "months_before",
    "place_on",
    "plain",
    "read_rule",
    "readiness",
    "route",
    "rule_on",
    "standing",
]
