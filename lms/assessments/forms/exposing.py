"""How many people may be asked a question lately, as a firm's administrator types it."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from lms.assessments.exposure import LEAST, MOST


class ExposureForm(FlaskForm):
    """The limit."""

    people = IntegerField(
        _("People in four weeks"),
        [
            InputRequired(_("Write a number of people.")),
            NumberRange(LEAST, MOST, _("Choose a number of people from %(min)s to %(max)s.")),
        ],
        render_kw={"min": LEAST, "max": MOST, "inputmode": "numeric"},
    )

    def given(self) -> int:
        """How many people."""
        return int(self.people.data or 0)
