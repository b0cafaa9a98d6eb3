"""The tracks room's addresses."""

from lms.tracks.views import (  # noqa: F401  (each adds its routes to the room)
    appeals,
    by_key,
    calibration,
    coaching,
    decisions,
    dossier,
    fairness,
    framework,
    framework_draft,
    framework_file,
    kpi,
    ledger,
    letting_go,
    openings,
    passports,
    paths,
    pipeline,
    planned,
    rating,
    reports,
    rule,
)
from lms.tracks.views.room import room

__all__ = ["room"]
