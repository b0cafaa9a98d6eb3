"""Verbs of the assessments room, by use: publishing banks, sitting attempts, writing questions and assessments."""

from lms.assessments.services.answering import (
    Given,
    Kept,
    Together,
    hold_together,
    keep_answer,
    record_response,
)
from lms.assessments.services.filing import Paper, Sent, file_to_mark, keep_file, own_file
from lms.assessments.services.publishing import (
    document_hash,
    package_problems,
    publish_bank,
    publish_with_course,
)
from lms.assessments.services.taking import commit_answer, start_attempt, submit_attempt

__all__ = [
    "Given",
    "Kept",
    "Paper",
    "Sent",
    "Together",
    "commit_answer",
    "document_hash",
    "file_to_mark",
    "hold_together",
    "keep_answer",
    "keep_file",
    "own_file",
    "package_problems",
    "publish_bank",
    "publish_with_course",
    "record_response",
    "start_attempt",
    "submit_attempt",
]
