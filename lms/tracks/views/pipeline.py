"""The pipeline: how many will be ready for each rung, and when, if they take their routes."""

from collections.abc import Mapping

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.tracks.framework_files import framework_on
from lms.tracks.pages import pipeline as pages
from lms.tracks.policy import TrackPermission
from lms.tracks.rules.pipeline import Assumed
from lms.tracks.views.paths import asked_team
from lms.tracks.views.room import day, room
from lms.web import actor, session


def minutes(args: Mapping[str, str], name: str, default: int) -> int:
    """Minutes a week as the address says, between 1 and 600."""
    said = args.get(name, "")[:4]
    return min(600, max(1, int(said))) if said.isascii() and said.isdigit() else default


def assumed(args: Mapping[str, str]) -> Assumed:
    """What the address takes for granted: three paces in their order."""
    paces = (("low", 20), ("likely", 40), ("high", 60))
    low, likely, high = sorted(minutes(args, name, default) for name, default in paces)
    return Assumed(low, likely, high)


def shown_pipeline() -> pages.Pipeline:
    """The pipeline that the address asks for."""
    first = framework_on(day())["tracks"][0]["key"]
    return pages.pipeline_page(
        session(),
        actor=actor(),
        track=request.args.get("track", first),
        team_id=asked_team(),
        as_of=day(),
        assumed=assumed(request.args),
    )


@room.get("/pipeline", allow=TrackPermission.PIPELINE)
def pipeline() -> ResponseReturnValue:
    """By rung and by team, month by month."""
    return render_template(
        "tracks/pipeline.html", page=shown_pipeline(), framework=framework_on(day()), team=asked_team()
    )
