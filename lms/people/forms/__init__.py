"""Shapes of input for the people room."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from lms.people.files import read_bounded
from lms.people.rules import plain_code


class SignInForm(FlaskForm):
    """E-mail, or employee number and firm, with a password."""

    name = StringField(
        _("E-mail or employee number"),
        [InputRequired(_("Type your e-mail or employee number.")), Length(max=254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    firm = StringField(
        _("Firm"),
        [Length(max=160)],
        description=_("Only with an employee number."),
        render_kw={"autocomplete": "organization"},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Type your password.")), Length(max=400)],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_("Stay signed in on this phone or computer for 30 days"))
    next = HiddenField()
    kept = HiddenField()

    def given(self) -> dict[str, str]:
        """Who says they are who."""
        return {
            "name": self.name.data or "",
            "firm_key": self.firm.data or "",
            "password": self.password.data or "",
        }


class NewPasswordForm(FlaskForm):
    """A new password, typed once: it can be shown instead of typed twice."""

    password = PasswordField(
        _("New password"),
        [InputRequired(_("Type a new password.")), Length(max=400)],
        description=_("15 characters or more. Four or five unrelated words are easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )

    def given(self) -> str:
        """The password."""
        return self.password.data or ""


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    old = PasswordField(
        _("Present password"),
        [InputRequired(_("Type your present password.")), Length(max=400)],
        render_kw={"autocomplete": "current-password"},
    )


class ImportForm(FlaskForm):
    """A file of people."""

    file = FileField(
        _("File of people (CSV)"),
        [FileRequired(_("Choose a file."))],
        render_kw={"accept": ".csv,.txt,text/csv,text/plain"},
    )

    def given(self) -> tuple[str, bytes]:
        """The file's name and its bytes. Raises Invalid when it is too large."""
        return self.file.data.filename or "", read_bounded(self.file.data.stream)


class ApplyImportForm(FlaskForm):
    """The yes to a file. The button that names the refused rows says they may be left out; no other yes does."""

    refused = HiddenField()

    def given(self) -> bool:
        """Whether refused rows may be left out."""
        return bool(self.refused.data == "skip")


class CodeForm(FlaskForm):
    """The code an administrator read out or sent."""

    code = StringField(
        _("Code"),
        [InputRequired(_("Type the code you were given.")), Length(max=80)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )

    def given(self) -> str:
        """The code as it was made."""
        return plain_code(self.code.data or "")
