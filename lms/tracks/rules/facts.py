"""One piece of evidence as a sentence, and what stands behind it."""

from collections.abc import Mapping
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules.evidence import KIND_WORDS, Evidence, is_contested
from lms.tracks.rules.explaining import Reason
from lms.tracks.rules.freshness import Clock
from lms.tracks.rules.rule import informs_only


def fact_words(
    one: Evidence, clock: Clock, gate_months: int | None = None, anchors: Mapping[Any, str] | None = None
) -> Reason:
    """One piece of evidence as a sentence; under a half-life also by whom, against which anchor and for how long."""
    values = {
        "title": one.title or KIND_WORDS[one.kind],
        "on": one.on,
        "level": one.level or 0,
        "score": round((one.score or 0) * 100),
        "mark": round((one.pass_mark or 0) * 100),
    }
    if is_contested(one, clock.as_of):
        sentence = N_("%(title)s, %(on)s: contested, set aside until somebody has looked again.")
    elif informs_only(one, clock.rule):
        sentence = N_("%(title)s, %(on)s: rated without a licence, so it informs and is no evidence.")
    elif not clock.is_fresh(one, gate_months):
        sentence = N_("%(title)s, %(on)s: too old or expired.")
    elif one.near_the_mark:
        sentence = N_("%(title)s, %(on)s: %(score)s%% against a pass mark of %(mark)s%%, too close to call.")
    elif not one.good:
        sentence = N_("%(title)s, %(on)s: not passed.")
    elif one.level:
        sentence = N_("%(title)s, %(on)s: shows level %(level)s.")
    else:
        sentence = N_("%(title)s, %(on)s.")
    below = _behind(one, clock, gate_months, anchors or {}) if clock.rule.half_life_months else ()
    return Reason(sentence, values, (one.id,), below)


def _behind(
    one: Evidence, clock: Clock, gate_months: int | None, anchors: Mapping[Any, str]
) -> tuple[Reason, ...]:
    """By whom and how it was rated, against which anchor, and until when it counts."""
    kind = {"kind": KIND_WORDS[one.kind], "rater": one.rater, "form": one.form}
    if one.rater and one.form:
        said = [Reason(N_("%(kind)s, rated by %(rater)s on %(form)s."), kind)]
    elif one.rater:
        said = [Reason(N_("%(kind)s, rated by %(rater)s."), {name: kind[name] for name in ("kind", "rater")})]
    elif one.form:
        said = [
            Reason(
                N_("%(kind)s, from the passport that %(form)s signed."),
                {name: kind[name] for name in ("kind", "form")},
            )
        ]
    else:
        said = [Reason(N_("%(kind)s, recorded by Ladder itself."), {"kind": kind["kind"]})]
    said += [Reason(N_("Not kept, and critical: %(line)s."), {"line": line}) for line in one.critical]
    anchor = anchors.get(one.level)
    if anchor and one.good:
        said.append(Reason(N_("Level %(level)s means: %(anchor)s."), {"level": one.level, "anchor": anchor}))
    until = {"until": clock.counts_until(one, gate_months)}
    if not clock.is_fresh(one, gate_months):
        said.append(Reason(N_("It counted until %(until)s."), until))
    elif gate_months or not clock.days_stopped(one):
        said.append(Reason(N_("It counts until %(until)s."), until))
    else:
        stopped = {"days": clock.days_stopped(one)}
        sentence = N_(
            "It counts until %(until)s: on %(days)s days the job used it, or protected leave stopped its clock."
        )
        said.append(Reason(sentence, until | stopped))
    return tuple(said)
