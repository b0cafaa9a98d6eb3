"""The team's learning: everybody, one person, the file."""

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import to_user_timezone

from lms.learning.forms import id_or_none
from lms.learning.forms.running import MoreTimeForm, WaiveForm
from lms.learning.pages import team as pages
from lms.learning.policy import LearningPermission
from lms.learning.queries.team import TeamWanted
from lms.learning.rules import Standing
from lms.learning.views.room import room
from lms.web import actor, csv_reply, now, session


def asked() -> TeamWanted:
    """What the address asks the team page for."""
    standing = request.args.get("standing", "")
    return TeamWanted(
        text=request.args.get("q", "")[:100].strip(),
        team_id=id_or_none(request.args.get("team")),
        standing=Standing(standing) if standing in list(Standing) else None,
        after=request.args.get("after", "")[:250],
    )


@room.get("/team", allow=LearningPermission.SEE_TEAM)
def team() -> ResponseReturnValue:
    """Who is stuck, overdue, under way, finished."""
    page = pages.team_page(session(), actor=actor(), wanted=asked(), now=now())
    return render_template("learning/team.html", page=page, wanted=page.wanted)


@room.get("/team.csv", allow=LearningPermission.SEE_TEAM)
def team_csv() -> ResponseReturnValue:
    """The same people as a file."""
    people = pages.team_file(session(), actor=actor(), wanted=asked(), now=now())
    return csv_reply(
        "team-learning.csv",
        [
            "name",
            "employee_number",
            "team",
            "status",
            "courses_begun",
            "courses_completed",
            "overdue",
            "last_moved_on",
        ],
        (
            [
                one.name,
                one.employee_number,
                one.team,
                " ".join(one.standings(now())),
                one.courses,
                one.completed,
                one.overdue,
                to_user_timezone(one.moved_at).date() if one.moved_at else "",
            ]
            for one in people
        ),
    )


@room.get("/team/<uuid:person_id>", allow=LearningPermission.SEE_TEAM)
def learner(person_id: uuid.UUID) -> ResponseReturnValue:
    """One person's learning."""
    page = pages.learner_page(session(), actor=actor(), person_id=person_id, now=now())
    return render_template("learning/learner.html", page=page, **learner_words(page))


def learner_words(
    page: pages.LearnerPage, more: MoreTimeForm | None = None, waive: WaiveForm | None = None
) -> dict[str, object]:
    """What the page of one person needs besides: the way here, and the forms for more time and for a waiver."""
    more, waive = more or MoreTimeForm(formdata=None), waive or WaiveForm(formdata=None)
    more.course.choices = [("", _("Choose a course")), *page.extendable]
    waive.of.choices = [("", _("Choose a course")), *page.waivable]
    crumbs = [{"label": _("Team"), "href": "/team"}, {"label": page.person.name, "href": ""}]
    return {"crumbs": crumbs, "more": more, "waive": waive}
