"""The shape of what somebody says about messages to their phone."""

from datetime import time

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, TimeField
from wtforms.validators import Optional

from lms.foundation.push import Browser
from lms.learning.rules.messages import Wish


class MessagesForm(FlaskForm):
    """What to be told, at what hour, when not; and where, which the page's script fills in."""

    cards = BooleanField(_("Questions are ready to come back"))
    goal = BooleanField(_("My weekly goal is still open, from Thursday on, once a week"))
    hour = SelectField(
        _("At about"), choices=[(str(hour), f"{hour:02}:00") for hour in range(24)], default="17"
    )
    shift_ends = TimeField(_("My shift usually ends at"), [Optional()])
    first_break = TimeField(_("A break usually begins at"), [Optional()])
    second_break = TimeField(_("Another one at"), [Optional()])
    endpoint = HiddenField()
    p256dh = HiddenField()
    auth = HiddenField()

    def given(self) -> Wish:
        """The wish."""
        breaks = (_minute(self.first_break.data), _minute(self.second_break.data))
        return Wish(
            bool(self.cards.data),
            bool(self.goal.data),
            int(self.hour.data or 0),
            _minute(self.shift_ends.data),
            tuple(one for one in breaks if one is not None),
        )

    def browser(self) -> Browser | None:
        """The browser, when it said where it can be told something."""
        said = (self.endpoint.data or "", self.p256dh.data or "", self.auth.data or "")
        return Browser(*said) if all(said) else None


def said_before(wish: Wish | None) -> dict[str, object]:
    """The fields as they were said last."""
    if wish is None:
        return {}
    breaks = [_time(one) for one in wish.breaks]
    return {
        "cards": wish.cards,
        "goal": wish.goal,
        "hour": str(wish.hour),
        "shift_ends": None if wish.shift_ends is None else _time(wish.shift_ends),
        **dict(zip(("first_break", "second_break"), breaks, strict=False)),
    }


def _minute(moment: time | None) -> int | None:
    return None if moment is None else moment.hour * 60 + moment.minute


def _time(minute: int) -> time:
    return time(*divmod(minute, 60))
