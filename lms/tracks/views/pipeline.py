"""The pipeline: how many will be ready for each rung, and when, if they take their routes."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.tracks.pages import pipeline as pages
from lms.tracks.pages.asked import assumed
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.views.paths import asked_team
from lms.tracks.views.room import day, room
from lms.web import actor, session


def shown_pipeline() -> pages.Pipeline:
    """The pipeline that the address asks for."""
    first = framework_of(session(), actor=actor(), on=day())["tracks"][0]["key"]
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
        "tracks/pipeline.html",
        page=shown_pipeline(),
        framework=framework_of(session(), actor=actor(), on=day()),
        team=asked_team(),
    )
