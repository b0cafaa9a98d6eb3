"""The readiness rule in plain words, as it is on a day."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.foundation.errors import NotFound
from lms.tracks.framework_files import shipped_framework, shipped_rule
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.views.room import day, room
from lms.web import actor, session


@room.get("/tracks/rule", allow=TrackPermission.OWN_PATH)
def rule() -> ResponseReturnValue:
    """Every constant of the rule, where it is from, and the versions there were."""
    versions = shipped_framework()["rules"]
    asked = request.args.get("version", "")
    if asked and asked not in {str(one["version"]) for one in versions}:
        raise NotFound("There is no such version of the rule.")
    found = shipped_rule(day(), int(asked) if asked else None)
    return render_template(
        "tracks/rule.html",
        rule=found,
        versions=[
            (one["version"], date.fromisoformat(one["from"]) if "from" in one else None) for one in versions
        ],
        why=next(one for one in versions if one["version"] == found.version).get("why", {}),
        as_of=day(),
        gates=[
            one
            for one in framework_of(session(), actor=actor(), on=day())["competencies"]
            if one.get("gate_months")
        ],
    )
