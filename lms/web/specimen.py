"""The specimen: every component in its states on one page, with invented words and no data. Tests photograph it."""

from datetime import timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from lms.foundation.policy import Door
from lms.web.request import now
from lms.web.room import Room

room = Room("specimen", __name__)

RUNGS = tuple(
    {"key": key, "title": f"{key} · {title}", "note": "", "href": f"#{key}"}
    for key, title in (("S1", "Senior agent"), ("S2", "Team lead"), ("S3", "Supervisor"), ("S4", "Manager"))
)
EXAMPLES: dict[str, Any] = {
    "crumbs": [{"label": "Readiness", "href": "/board"}, {"label": "Ana Chi", "href": ""}],
    "rungs": RUNGS,
    "questions": [
        {"key": number, "number": number, "answered": number % 3 != 0, "flagged": number == 4}
        for number in range(1, 9)
    ],
    "breaks": [{"big": n, "small": "min", "href": f"#{n}", "current": n == 10} for n in (5, 10, 15)],
    "tracks": [
        {"big": "", "small": word, "href": f"#{word}", "current": word == "Technical"}
        for word in ("Supervisory", "Technical", "Managerial")
    ],
    "tabs_shown": [
        {"label": word, "href": f"#{word}", "current": word == "Team"} for word in ("Team", "Due", "Done")
    ],
    "options": (("", "All teams"), ("1", "Billing"), ("2", "Health and Caribbean reservations")),
    "flashes_shown": [
        ("good", "Recorded."),
        ("warn", "No network. This is kept on this device."),
        ("bad", "That was not saved."),
        ("info", "Your course has a newer version."),
    ],
}


class ExampleForm(FlaskForm):
    """One field of each sort."""

    name = StringField("Name", [InputRequired("Type a name.")])
    nickname = StringField("What people call you")
    team = SelectField("Team", choices=[("1", "Billing"), ("2", "Health")])
    outcome = RadioField(
        "After looking again",
        [InputRequired("Choose one.")],
        choices=[("upheld", "It stands"), ("withdrawn", "It does not count any more")],
    )
    example = TextAreaField("What did you see?", [InputRequired("Describe what you saw.")])
    agreed = BooleanField("I have told the person")


@room.get("/specimen", allow=Door.SIGNED_IN)
def page() -> ResponseReturnValue:
    """Every component, in its states."""
    fresh, sent = ExampleForm(prefix="fresh"), ExampleForm(prefix="sent")
    for field, told in ((sent.name, "Type a name."), (sent.outcome, "Choose one.")):
        field.errors = [told]
    return render_template(
        "specimen/page.html",
        **EXAMPLES,
        fresh=fresh,
        sent=sent,
        moment=now(),
        deadline=now() + timedelta(minutes=20),
    )
