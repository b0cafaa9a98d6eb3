"""Forms of the code by e-mail."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from lms.people.forms.people import EMAIL, tidied


class MailAskForm(FlaskForm):
    """The address a code goes to."""

    email = StringField(
        _("E-mail"),
        [InputRequired(_("Type the e-mail.")), Length(max=254), EMAIL],
        filters=[tidied],
        render_kw={"type": "email", "autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"},
    )
    next = HiddenField()

    def given(self) -> str:
        """The address."""
        return self.email.data or ""


class MailCodeForm(FlaskForm):
    """The code that came."""

    code = StringField(
        _("Code"),
        [InputRequired(_("Type the six digits.")), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )
    remember = BooleanField(_("Stay signed in on this phone or computer for 30 days"))
    next = HiddenField()

    def given(self) -> str:
        """The digits without what people type between them."""
        return "".join(letter for letter in self.code.data or "" if letter.isdigit())
