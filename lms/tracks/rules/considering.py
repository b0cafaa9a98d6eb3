"""Whether a person is ready for consideration: never a recommendation, never a number. A named person decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.foundation.words import N_
from lms.tracks.rules.explaining import Cell, Reason, State
from lms.tracks.rules.rule import Rule


@dataclass(frozen=True)
class Consideration:
    """Whether every gate and requirement is met, but for a few that are borderline; and what stands in the way."""

    ready: bool
    reasons: tuple[Reason, ...]
    gates: int = 0
    """How many of the reasons, the first ones, are gates that are not met."""

    @property
    def closed_gates(self) -> Reason | None:
        """All gates that are not met, in one sentence for a person to read; none when every gate is met."""
        closed = self.reasons[: self.gates]
        if len(closed) < 2:
            return closed[0] if closed else None
        return Reason(
            N_("These are gates, and nothing else makes up for them: %(names)s."),
            {"names": tuple(one.values["text"] for one in closed)},
            tuple(id_ for one in closed for id_ in one.evidence),
        )


def consideration(cells: Sequence[Cell], competencies: Sequence[Cell], rule: Rule) -> Consideration | None:
    """What the rule says of all cells together; None where its version says nothing of it."""
    if rule.most_borderline is None:
        return None
    every = [one for one in cells if one.kind != "competencies"] + list(competencies)
    gates = [one for one in competencies if one.key in rule.gates and one.state is not State.MET]
    open_ = [one for one in every if one.state not in (State.MET, State.BORDERLINE) and one not in gates]
    near = [one for one in every if one.state is State.BORDERLINE and one not in gates]
    reasons = [
        Reason(N_("%(text)s is a gate, and nothing else makes up for it."), {"text": one.text}, one.evidence)
        for one in gates
    ]
    reasons += [Reason(N_("Still open: %(text)s."), {"text": one.text}, one.evidence) for one in open_]
    if len(near) > rule.most_borderline:
        values = {"near": len(near), "most": rule.most_borderline}
        reasons.append(Reason(N_("%(near)s are borderline; at most %(most)s may be."), values))
    return Consideration(not reasons, tuple(reasons), len(gates))
