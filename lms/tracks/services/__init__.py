"""Verbs of the tracks room: evidence from learning, standings, recording, contesting. Names are imported from here."""

from lms.tracks.services.contests import ContestPage, contest, resolve_contest, see_contest
from lms.tracks.services.ledger import package_problems, write_assessment_evidence, write_course_evidence
from lms.tracks.services.recording import (
    Document,
    Measured,
    Observation,
    Paper,
    RecordPage,
    record_evidence,
    see_document,
    see_recording,
)
from lms.tracks.services.standings import BoardRow, Path, facts_of, see_board, see_standing

__all__ = [
    "BoardRow",
    "ContestPage",
    "Document",
    "Measured",
    "Observation",
    "Paper",
    "Path",
    "RecordPage",
    "contest",
    "facts_of",
    "package_problems",
    "record_evidence",
    "resolve_contest",
    "see_board",
    "see_contest",
    "see_document",
    "see_recording",
    "see_standing",
    "write_assessment_evidence",
    "write_course_evidence",
]
