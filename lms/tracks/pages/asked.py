"""What an address asks a list for: read from the address itself, or from what a report on a date kept of one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.foundation.numbers import whole_number
from lms.people.queries import find_today, list_teams
from lms.tracks.pages.kpi import Wanted
from lms.tracks.rules.pipeline import Assumed


def team_of(args: Mapping[str, str]) -> uuid.UUID | None:
    """The team, if it is one."""
    try:
        return uuid.UUID(args.get("team", ""))
    except ValueError:
        return None


def figures_wanted(args: Mapping[str, str]) -> Wanted:
    """Which metric, of which queue and shift, over which months."""
    queue, _bar, shift = args.get("place", "").partition(" | ")
    try:
        until = date.fromisoformat(f"{args.get('until', '')}-01")
    except ValueError:
        until = None
    months = args.get("months", "3")
    return Wanted(
        args.get("metric", "qa"),
        queue,
        shift,
        until,
        int(months) if months in ("1", "3", "6", "12") else 3,
        team_of(args),
    )


def assumed(args: Mapping[str, str]) -> Assumed:
    """Three paces of learning in their order, in minutes a week."""
    paces = (("low", 20), ("likely", 40), ("high", 60))
    low, likely, high = sorted(_minutes(args, name, default) for name, default in paces)
    return Assumed(low, likely, high)


def _minutes(args: Mapping[str, str], name: str, default: int) -> int:
    return min(600, max(1, whole_number(args.get(name, ""), default, digits=4)))


@dataclass(frozen=True)
class Asked:
    """Who asks for a list, when, and with which filters: those of an address, or those that were kept of one."""

    session: Session
    actor: Actor
    args: Mapping[str, str]
    now: datetime

    @property
    def today(self) -> date:
        """The day it is where the firm is."""
        return find_today(self.session, actor=self.actor, now=self.now)

    @property
    def day(self) -> date:
        """The day the list is about. Raises Invalid."""
        asked = self.args.get("as_of", "")
        try:
            return date.fromisoformat(asked) if asked else self.today
        except ValueError:
            raise Invalid("Write the date as 2026-03-01.") from None

    @property
    def rung(self) -> str:
        """The rung the list is about."""
        return self.args.get("rung", "S1")

    @property
    def team_words(self) -> str:
        """The team by its name."""
        team_id = team_of(self.args)
        if team_id is None:
            return str(_("All teams"))
        names = {one.id: one.name for one in list_teams(self.session, actor=self.actor)}
        return names.get(team_id, "")
