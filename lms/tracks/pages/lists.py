"""The lists that are handed out, each with its filters and its day on it: for a page, and for a report on a date."""

import uuid
from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from lms.foundation.errors import NotFound
from lms.people.queries import is_id
from lms.tracks import services
from lms.tracks.framework_files import find_rung
from lms.tracks.pages.asked import Asked, assumed, figures_wanted, team_of
from lms.tracks.pages.kpi import list_page
from lms.tracks.pages.pipeline import pipeline_page
from lms.tracks.pages.wording import heading, kind_words, outcome_words, state_words
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules.explaining import State
from lms.web.language import local_percent, shown
from lms.web.reports import Report


def board(asked: Asked) -> Report:
    """The board. Raises NotFound, NotAllowed, Invalid."""
    day, rung = asked.day, asked.rung
    sort = "hired" if asked.args.get("sort") == "hired" else "name"
    q = asked.args.get("q", "")[:160].strip()
    rows = services.see_board(
        asked.session, actor=asked.actor, rung=rung, team_id=team_of(asked.args), sort=sort, as_of=day, q=q
    )
    found = find_rung(framework_of(asked.session, actor=asked.actor, on=day), rung)
    states = state_words()
    cells = rows[0].standing.cells if rows else ()
    return Report(
        f"readiness-{rung}-{day}",
        f"{_('Readiness')}: {rung} · {_(found[1]['name']) if found else ''}",
        [
            (str(_("Team")), asked.team_words),
            *([(str(_("Name or employee number")), q)] if q else []),
            (str(_("Order")), str(_("By hire date") if sort == "hired" else _("By name"))),
            (str(_("Evidence up to")), day.isoformat()),
        ],
        [
            str(_("Name")),
            str(_("Number")),
            str(_("Started on")),
            *(heading(cell.key, cell.kind) for cell in cells),
        ],
        [
            [
                row.person.name,
                row.person.number or "",
                row.person.started_on,
                *(
                    states["contested" if cell.contested else State(cell.state)]
                    for cell in row.standing.cells
                ),
            ]
            for row in rows
        ],
        asked.today,
        str(_("Nobody is ranked; a person decides.")),
    )


def facts(asked: Asked) -> Report:
    """Everything that is recorded about a person. Raises NotFound, NotAllowed, Invalid."""
    person, day = asked.args.get("person", ""), asked.day
    if not is_id(person):
        raise NotFound("There is no such person.")
    path = services.see_standing(
        asked.session, actor=asked.actor, person_id=uuid.UUID(person), rung=asked.rung, as_of=day
    )
    kinds, outcomes = kind_words(), outcome_words()
    columns = (
        _("When"),
        _("Kind"),
        _("What"),
        _("For"),
        _("Level"),
        _("Result"),
        _("Counts until"),
        _("Set aside"),
    )
    return Report(
        f"ledger-{day}",
        f"{_('Ledger')}: {path.person.name}",
        [(str(_("Recorded up to")), day.isoformat())],
        [str(name) for name in columns],
        [
            [
                one.on,
                kinds[one.kind],
                shown(one.title),
                one.competency or one.requirement or "",
                one.level,
                outcomes.get(one.outcome, one.outcome),
                one.expires_on,
                str(_("Contested")) if any(each.resolved_at is None for each in one.contests) else "",
            ]
            for one in reversed(path.ledger)
            if one.on <= day
        ],
        asked.today,
        str(_("Nothing here is ever edited; what was wrong is set aside or superseded.")),
    )


def pipeline(asked: Asked) -> Report:
    """The pipeline. Raises NotFound, NotAllowed, Invalid."""
    day = asked.day
    page = pipeline_page(
        asked.session,
        actor=asked.actor,
        track=asked.args.get(
            "track", framework_of(asked.session, actor=asked.actor, on=day)["tracks"][0]["key"]
        ),
        team_id=team_of(asked.args),
        as_of=day,
        assumed=assumed(asked.args),
    )
    return Report(
        f"pipeline-{page.track['key']}-{day}",
        f"{_('Pipeline')}: {_(page.track['name'])}",
        [
            (str(_("Team")), asked.team_words),
            (str(_("As of")), day.isoformat()),
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
        asked.today,
        str(
            _(
                "If they take their routes: everybody passes, nobody leaves. A forecast of numbers, not of people."
            )
        ),
    )


def figures(asked: Asked) -> Report:
    """The list of figures. Raises NotFound, NotAllowed."""
    page = list_page(asked.session, actor=asked.actor, wanted=figures_wanted(asked.args), now=asked.now)
    metric = page.metric
    return Report(
        f"figures-{metric.key}-{page.until}",
        f"{_('Figures')}: {_(metric.name)}",
        [
            (str(_("Queue and shift")), f"{page.wanted.queue}, {page.wanted.shift}"),
            (str(_("Period")), f"{page.since} – {page.until}"),
            (str(_("Team")), asked.team_words),
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
        asked.today,
        str(
            _(
                "From and to: the %(share)s interval. People by name: nobody is ranked.",
                share=local_percent(0.95),
            )
        ),
    )


LISTS: Mapping[str, Callable[[Asked], Report]] = {
    "board": board,
    "facts": facts,
    "pipeline": pipeline,
    "figures": figures,
}
"""Each list by its name; `rules.reports.FILTERS` says what a report on a date keeps of its address."""
