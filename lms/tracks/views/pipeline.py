"""The pipeline: how many will be ready for each rung, and when, if they take their routes."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.tracks.pages import pipeline as pages
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules.pipeline import Assumed
from lms.tracks.views.paths import asked_team
from lms.tracks.views.room import day, room
from lms.web import actor, session


def minutes(name: str, default: int) -> int:
    """Minutes a week as the address says, between 1 and 600."""
    said = request.args.get(name, "")[:4]
    return min(600, max(1, int(said))) if said.isascii() and said.isdigit() else default


def assumed() -> Assumed:
    """What the address takes for granted: three paces in their order."""
    low, likely, high = sorted((minutes("low", 20), minutes("likely", 40), minutes("high", 60)))
    return Assumed(low, likely, high)


def shown_pipeline() -> pages.Pipeline:
    """The pipeline that the address asks for."""
    first = framework_of(session(), actor=actor(), on=day())["tracks"][0]["key"]
    return pages.pipeline_page(
        session(),
        actor=actor(),
        track=request.args.get("track", first),
        team_id=asked_team(),
        as_of=day(),
        assumed=assumed(),
    )


@room.get("/pipeline", allow=TrackPermission.PIPELINE)
def pipeline() -> ResponseReturnValue:
    """By rung and by team, month by month."""
    return render_template(
        "tracks/pipeline.html",
        page=shown_pipeline(),
        framework=framework_of(session(), actor=actor(), on=day()),
        team=asked_team(),
    )
