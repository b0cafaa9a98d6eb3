"""The fairness figures, what people say of themselves for them, and what the firm settles about promotions."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.tracks.forms.promotion import GroupsForm, PolicyForm
from lms.tracks.pages import fairness as pages
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.promotion import find_settled
from lms.tracks.rules.groups import DIMENSIONS, LEAST_EACH_WAY, LEAST_IN_A_GROUP, LEAST_PAIRS, STAGES
from lms.tracks.services import groups
from lms.tracks.views.room import as_seen, room
from lms.web import actor, answered, now, session

SPANS = (4, 8, 12)


@room.get("/fairness", allow=TrackPermission.FAIRNESS, endpoint="fairness")
def fairness_figures() -> ResponseReturnValue:
    """Selection rates by group at each stage; disagreement; raters."""
    asked = request.args.get("by", "gender")
    dimension = asked if asked in DIMENSIONS else "gender"
    span = next((one for one in SPANS if str(one) == request.args.get("quarters")), 8)
    page = pages.fairness_page(
        session(), actor=actor(), dimension=dimension, quarters=span, today=as_seen(now())
    )
    return render_template(
        "tracks/fairness.html",
        page=page,
        span=span,
        spans=SPANS,
        dimensions={key: _(words) for key, (words, _answers) in DIMENSIONS.items()},
        group_words={key: _(words) for key, words in DIMENSIONS[dimension][1].items()},
        steps={key: _(words) for key, words in STAGES.items()},
        least=LEAST_IN_A_GROUP,
        each_way=LEAST_EACH_WAY,
        pairs=LEAST_PAIRS,
    )


@room.get("/fairness/settings", allow=TrackPermission.PROMOTION_POLICY)
def promotion_policy() -> ResponseReturnValue:
    """What the firm settled."""
    settled = find_settled(session(), actor=actor())
    form = PolicyForm(
        appeal_days=settled.appeal_days,
        holds_groups=settled.holds_groups,
        licences_from=settled.licences_from,
    )
    return render_template("tracks/promotion_policy.html", form=form)


@room.post("/fairness/settings", allow=TrackPermission.PROMOTION_POLICY)
def settle_promotions() -> ResponseReturnValue:
    """Settle it."""
    form = PolicyForm()

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("tracks.promotion_policy"))

    return answered(
        form,
        act=lambda: groups.settle_promotions(
            session(),
            actor=actor(),
            appeal_days=form.appeal_days.data or 0,
            holds_groups=bool(form.holds_groups.data),
            licences_from=form.licences_from.data,
            now=now(),
        ),
        done=done,
        page=lambda: render_template("tracks/promotion_policy.html", form=form),
    )


def _groups_page(form: GroupsForm) -> str:
    return render_template(
        "tracks/my_groups.html",
        form=form,
        held=find_settled(session(), actor=actor()).holds_groups,
        said=groups.find_own_groups(session(), actor=actor()) is not None,
        least=LEAST_IN_A_GROUP,
    )


@room.get("/me/groups", allow=TrackPermission.DECLARE)
def my_groups() -> ResponseReturnValue:
    """What I say of myself for the fairness figures, and what happens with it."""
    said = groups.find_own_groups(session(), actor=actor())
    values = {name: getattr(said, name) or "" for name in DIMENSIONS} if said else {}
    return _groups_page(GroupsForm(**values, for_questions=bool(said and said.for_questions)))


@room.post("/me/groups", allow=TrackPermission.DECLARE)
def declare_groups() -> ResponseReturnValue:
    """Say it."""
    form = GroupsForm()

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Kept for what you said, and nothing else. You can take it back here."), "good")
        return redirect(url_for("tracks.my_groups"))

    return answered(
        form,
        act=lambda: groups.declare_groups(
            session(),
            actor=actor(),
            said=form.given(),
            now=now(),
            for_questions=bool(form.for_questions.data),
        ),
        done=done,
        page=lambda: _groups_page(form),
    )


@room.post("/me/groups/withdraw", allow=TrackPermission.DECLARE)
def withdraw_groups() -> ResponseReturnValue:
    """Take it back: it is deleted."""
    groups.withdraw_groups(session(), actor=actor())
    flash(_("Deleted."), "good")
    return redirect(url_for("tracks.my_groups"))
