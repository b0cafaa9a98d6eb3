"""Lists to hand out: the board, a person's ledger, the pipeline, figures; each with its filters and its day on it."""

import uuid

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.people.queries import list_teams
from lms.tracks import services
from lms.tracks.framework_files import find_rung
from lms.tracks.pages import kpi as kpi_pages
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules.explaining import State
from lms.tracks.views.kpi import wanted
from lms.tracks.views.paths import asked_sort, asked_team
from lms.tracks.views.pipeline import shown_pipeline
from lms.tracks.views.room import as_seen, chosen_rung, day, heading, room, words
from lms.web import actor, now, session
from lms.web.language import shown
from lms.web.reports import Report, report_reply


def team_words(team_id: uuid.UUID | None) -> str:
    """The team in the address by its name."""
    if team_id is None:
        return str(_("All teams"))
    names = {one.id: one.name for one in list_teams(session(), actor=actor())}
    return names.get(team_id, "")


@room.get("/board/report.<form>", allow=TrackPermission.BOARD)
def board_report(form: str) -> ResponseReturnValue:
    """The board as a file."""
    rows = services.see_board(
        session(), actor=actor(), rung=chosen_rung(), team_id=asked_team(), sort=asked_sort(), as_of=day()
    )
    found = find_rung(framework_of(session(), actor=actor(), on=day()), chosen_rung())
    states = words()["state_words"]
    assert isinstance(states, dict)
    cells = rows[0].standing.cells if rows else ()
    report = Report(
        f"readiness-{chosen_rung()}-{day()}",
        f"{_('Readiness')}: {chosen_rung()} · {_(found[1]['name']) if found else ''}",
        [
            (str(_("Team")), team_words(asked_team())),
            (str(_("Order")), str(_("By hire date") if asked_sort() == "hired" else _("By name"))),
            (str(_("Evidence up to")), day().isoformat()),
        ],
        [str(_("Name")), str(_("Started on")), *(heading(cell.key, cell.kind) for cell in cells)],
        [
            [
                row.person.name,
                row.person.started_on,
                *(
                    states["contested" if cell.contested else State(cell.state)]
                    for cell in row.standing.cells
                ),
            ]
            for row in rows
        ],
        as_seen(now()),
        str(_("Nobody is ranked; a person decides.")),
    )
    return report_reply(report, form)


@room.get("/board/people/<uuid:person_id>/facts.<form>", allow=TrackPermission.SEE_PERSON)
def ledger_report(person_id: uuid.UUID, form: str) -> ResponseReturnValue:
    """Everything that is recorded about a person, as a file."""
    path = services.see_standing(
        session(), actor=actor(), person_id=person_id, rung=chosen_rung(), as_of=day()
    )
    said = words()
    kinds, outcomes = said["kind_words"], said["outcome_words"]
    assert isinstance(kinds, dict)
    assert isinstance(outcomes, dict)
    report = Report(
        f"ledger-{day()}",
        f"{_('Ledger')}: {path.person.name}",
        [(str(_("Recorded up to")), day().isoformat())],
        [
            str(name)
            for name in (
                _("When"),
                _("Kind"),
                _("What"),
                _("For"),
                _("Level"),
                _("Result"),
                _("Counts until"),
                _("Set aside"),
            )
        ],
        [
            [
                one.on,
                str(kinds.get(one.kind, one.kind)),
                shown(one.title),
                one.competency or one.requirement or "",
                one.level,
                str(outcomes.get(one.outcome, one.outcome)),
                one.expires_on,
                str(_("Contested")) if any(each.resolved_at is None for each in one.contests) else "",
            ]
            for one in reversed(path.ledger)
            if one.on <= day()
        ],
        as_seen(now()),
        str(_("Nothing here is ever edited; what was wrong is set aside or superseded.")),
    )
    return report_reply(report, form)


@room.get("/pipeline/report.<form>", allow=TrackPermission.PIPELINE)
def pipeline_report(form: str) -> ResponseReturnValue:
    """The pipeline as a file."""
    page = shown_pipeline()
    report = Report(
        f"pipeline-{page.track['key']}-{day()}",
        f"{_('Pipeline')}: {_(page.track['name'])}",
        [
            (str(_("Team")), team_words(asked_team())),
            (str(_("As of")), day().isoformat()),
            (
                str(_("Assumes minutes of learning a week")),
                f"{page.assumed.low}, {page.assumed.likely}, {page.assumed.high}",
            ),
            (str(_("Assessors")), str(page.assessors)),
        ],
        [str(_("Rung")), str(_("People")), str(_("Ready now")), str(_("Month")), "low", "likely", "high"],
        [
            [rung["key"], one.people, one.ready, end, one.low[place], one.likely[place], one.high[place]]
            for rung, one in page.rungs
            for place, end in enumerate(page.ends)
        ],
        as_seen(now()),
        str(
            _(
                "If they take their routes: everybody passes, nobody leaves. A forecast of numbers, not of people."
            )
        ),
    )
    return report_reply(report, form)


@room.get("/figures/report.<form>", allow=TrackPermission.KPI_SEE)
def figures_report(form: str) -> ResponseReturnValue:
    """The list of figures as a file."""
    page = kpi_pages.list_page(session(), actor=actor(), wanted=wanted(), now=now())
    metric = page.metric
    report = Report(
        f"figures-{metric.key}-{page.until}",
        f"{_('Figures')}: {_(metric.name)}",
        [
            (str(_("Queue and shift")), f"{page.wanted.queue}, {page.wanted.shift}"),
            (str(_("Period")), f"{page.since} – {page.until}"),
            (str(_("Team")), team_words(asked_team())),
            (
                str(_("Middle half of the queue")),
                f"{page.band.low:.1f} – {page.band.high:.1f} (n = {page.band.people})"
                if page.band
                else str(_("too few people to say")),
            ),
        ],
        [str(_("Name")), str(_("Value")), str(_("From")), str(_("To")), "n"],
        [
            [
                one.name,
                round(one.value, 1) if one.value is not None else str(_("too few to say")),
                round(one.between.low, 1) if one.between else None,
                round(one.between.high, 1) if one.between else None,
                one.n,
            ]
            for one in page.lines
        ],
        as_seen(now()),
        str(_("From and to: the 95 %% interval. People by name: nobody is ranked.")),
    )
    return report_reply(report, form)
