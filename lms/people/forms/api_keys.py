"""The form of a key."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from lms.people.forms.people import tidied


class KeyForm(FlaskForm):
    """What the program is called that will use it."""

    name = StringField(
        _("Which program is it for?"),
        [DataRequired(_("Give it a name.")), Length(max=80, message=_("Use at most 80 characters."))],
        filters=[tidied],
        render_kw={"autocomplete": "off"},
    )
