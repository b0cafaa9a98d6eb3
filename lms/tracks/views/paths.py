"""My path, the board, a person's page, contesting and recording evidence."""

import uuid

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import secure_filename

from lms.foundation.errors import NotFound
from lms.foundation.ids import new_id
from lms.people.queries import list_teams
from lms.tracks import pages, services
from lms.tracks.forms import FORMS, AnchoredForm, ContestForm, Recording, ResolveForm
from lms.tracks.framework_files import find_rung
from lms.tracks.pages.asked import team_of
from lms.tracks.pages.own_openings import own_openings
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.services.standings import BoardRow
from lms.tracks.views.ledger import looked
from lms.tracks.views.room import as_seen, chosen_rung, day, room
from lms.web import actor, answered, csv_reply, now, session, storage
from lms.web.device import fact_id
from lms.web.language import reader_language


@room.get("/path", allow=TrackPermission.OWN_PATH)
def my_path() -> ResponseReturnValue:
    """The three tracks, and where I stand on the rung I look at."""
    mine = pages.own_path(
        session(), actor=actor(), rung=request.args.get("rung"), as_of=day(), reader=reader_language()
    )
    own = own_openings(
        session(),
        actor=actor(),
        ledger=mine.path.ledger,
        since=services.facts_of(mine.path.person, mine.path.leave),
        today=as_seen(now()),
    )
    return render_template(
        "tracks/path.html",
        mine=mine,
        path=mine.path,
        framework=framework_of(session(), actor=actor(), on=day()),
        own=own,
    )


@room.get("/path/evidence", allow=TrackPermission.OWN_PATH)
def my_evidence() -> ResponseReturnValue:
    """Everything that is recorded about me."""
    page = pages.own_evidence(session(), actor=actor())
    return render_template("tracks/my_evidence.html", page=page, form=ContestForm())


@room.post("/path/evidence/<uuid:evidence_id>/contest", allow=TrackPermission.CONTEST)
def contest(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Say that evidence about me is not right."""
    form = ContestForm()

    def done(_made: object) -> ResponseReturnValue:
        flash(_("You contested this. It is set aside until somebody else has looked at it."), "good")
        return redirect(url_for("tracks.my_evidence"))

    def page() -> str:
        shown = pages.own_evidence(session(), actor=actor())
        return render_template("tracks/my_evidence.html", page=shown, form=form, open_id=str(evidence_id))

    return answered(
        form,
        done=done,
        page=page,
        act=lambda: services.contest(
            session(), actor=actor(), evidence_id=evidence_id, reason=form.reason.data or "", now=now()
        ),
    )


def asked_team() -> uuid.UUID | None:
    """The team in the address, if it is one."""
    return team_of(request.args)


def asked_sort() -> str:
    """By name unless the address says hire date."""
    return "hired" if request.args.get("sort") == "hired" else "name"


def asked_name() -> str:
    """The name or number that is searched for."""
    return request.args.get("q", "")[:160].strip()


def _board_rows() -> list[BoardRow]:
    """The people that the address asks for, against its rung."""
    return services.see_board(
        session(),
        actor=actor(),
        rung=chosen_rung(),
        team_id=asked_team(),
        sort=asked_sort(),
        as_of=day(),
        q=asked_name(),
    )


@room.get("/board", allow=TrackPermission.BOARD)
def board() -> ResponseReturnValue:
    """People by requirement for one rung."""
    framework = framework_of(session(), actor=actor(), on=day())
    return render_template(
        "tracks/board.html",
        rows=_board_rows(),
        framework=framework,
        rung=chosen_rung(),
        found=find_rung(framework, chosen_rung()),
        today=as_seen(now()),
        team=asked_team(),
        sort=asked_sort(),
        q=asked_name(),
        as_of=day(),
        teams=list_teams(session(), actor=actor()),
    )


@room.get("/board.csv", allow=TrackPermission.BOARD)
def board_csv() -> ResponseReturnValue:
    """The same board as a file."""
    rows = _board_rows()
    keys = [cell.key for cell in rows[0].standing.cells] if rows else []
    return csv_reply(
        f"readiness-{chosen_rung()}-{day()}.csv",
        ["name", "employee_number", "started_on", *keys],
        (
            [
                row.person.name,
                row.person.number or "",
                row.person.started_on,
                *(cell.state.value for cell in row.standing.cells),
            ]
            for row in rows
        ),
    )


@room.get("/board/people/<uuid:person_id>", allow=TrackPermission.SEE_PERSON)
def person(person_id: uuid.UUID) -> ResponseReturnValue:
    """One person against one rung: each cell with its reasons, and the ledger behind them."""
    page = pages.person_page(session(), actor=actor(), person_id=person_id, rung=chosen_rung(), as_of=day())
    looked(person_id)
    return render_template(
        "tracks/person.html",
        page=page,
        path=page.path,
        framework=framework_of(session(), actor=actor(), on=day()),
        rung=chosen_rung(),
        as_of=day(),
    )


def asked_record() -> str:
    """What is to be recorded: `work`, `certificate`, `course`, or a requirement of the rung."""
    return request.args.get("for", "work")


def recording_page(person_id: uuid.UUID) -> services.RecordPage:
    """The person and the rung the form is about."""
    return services.see_recording(
        session(), actor=actor(), person_id=person_id, rung=chosen_rung(), as_of=day()
    )


def recording_form(page: services.RecordPage) -> type[Recording]:
    """The form for what is to be recorded."""
    kinds = {need["key"]: need["kind"] for need in page.needs}
    kind = kinds.get(asked_record(), asked_record() if asked_record() in EVERYWHERE else "")
    if kind not in FORMS:
        raise NotFound("There is no such requirement.")
    return FORMS[kind]


EVERYWHERE = ("work", "attest", "certificate", "prior", "course")


def recording_filled(page: services.RecordPage, **values: object) -> Recording:
    """The form, with the anchors of the competency it is about when it is an attestation on them."""
    form = recording_form(page)(**values)
    if isinstance(form, AnchoredForm):
        form.offer(request.args.get("competency", "A1"))
    return form


@room.get("/board/people/<uuid:person_id>/observe", allow=TrackPermission.RECORD)
def observe(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for what was seen of a person at work, or counts for a requirement of a rung."""
    page = recording_page(person_id)
    form = recording_filled(page, on=day())
    return render_template(
        "tracks/observe.html", page=page, form=form, asked=asked_record(), evidence_id=new_id()
    )


@room.post("/board/people/<uuid:person_id>/observe", allow=TrackPermission.RECORD)
def record(person_id: uuid.UUID) -> ResponseReturnValue:
    """Record it."""
    page = recording_page(person_id)
    form, rung = recording_filled(page), page.rung["key"]
    goal = "tracks.person" if page.may_see_person else "tracks.observe"

    def done(_row: object) -> ResponseReturnValue:
        flash(_("Recorded."), "good")
        return redirect(url_for(goal, person_id=person_id, rung=rung))

    return answered(
        form,
        done=done,
        act=lambda: services.record_evidence(
            session(),
            actor=actor(),
            seen=form.given(person_id, asked_record()),
            now=now(),
            evidence_id=fact_id("evidence_id"),
            storage=storage(),
        ),
        page=lambda: render_template(
            "tracks/observe.html",
            page=recording_page(person_id),
            form=form,
            asked=asked_record(),
            evidence_id=fact_id("evidence_id"),
        ),
    )


@room.get("/evidence/<uuid:evidence_id>/document", allow=TrackPermission.OWN_PATH)
def document(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """The document of a fact, to be saved: it opens in no page of ours and can run nothing."""
    paper = services.see_document(session(), actor=actor(), evidence_id=evidence_id, storage=storage())
    reply = make_response(paper.content)
    reply.headers["Content-Type"] = paper.media_type
    reply.headers.set("Content-Disposition", "attachment", filename=secure_filename(paper.name) or "document")
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reply.headers["Cache-Control"] = "private, no-store"
    return reply


@room.get("/evidence/<uuid:evidence_id>/contest", allow=TrackPermission.RESOLVE)
def look_again(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """A contested fact, for somebody else to look at."""
    page = services.see_contest(session(), actor=actor(), evidence_id=evidence_id)
    return render_template("tracks/resolve.html", page=page, form=ResolveForm())


@room.post("/evidence/<uuid:evidence_id>/contest", allow=TrackPermission.RESOLVE)
def resolve(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """What looking again came to."""
    form = ResolveForm()

    def done(_contest: object) -> ResponseReturnValue:
        flash(_("Kept. The person sees your answer."), "good")
        return redirect(url_for("tracks.board"))

    return answered(
        form,
        done=done,
        act=lambda: services.resolve_contest(
            session(),
            actor=actor(),
            evidence_id=evidence_id,
            outcome=form.outcome.data or "",
            answer=form.answer.data or "",
            now=now(),
        ),
        page=lambda: render_template(
            "tracks/resolve.html",
            page=services.see_contest(session(), actor=actor(), evidence_id=evidence_id),
            form=form,
        ),
    )
