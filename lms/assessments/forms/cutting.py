"""What a panel fills in: names, ratings in percent, grades."""

import uuid
from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from lms.foundation.errors import Invalid
from lms.foundation.numbers import whole_number
from lms.people.queries import is_id

RATE, GRADE = "rate-", "grade-"


class PanelForm(FlaskForm):
    """Who is on the panel."""

    names = TextAreaField(
        _("Who is on the panel"),
        [InputRequired(_("Name the people on the panel.")), Length(max=3000, message=_("That is too long."))],
        render_kw={"rows": 6},
    )

    def given(self) -> tuple[str, ...]:
        """A name or a number a line."""
        lines = (self.names.data or "").splitlines()
        return tuple(dict.fromkeys(name for line in lines if (name := " ".join(line.split()))))


def ratings_in(raw: Mapping[str, str]) -> dict[int, float | None]:
    """The ratings of a posted form as shares, by question. Raises Invalid for what is no number from 0 to 100."""
    found: dict[int, float | None] = {}
    for name, typed in raw.items():
        at = whole_number(name.removeprefix(RATE), None, digits=4) if name.startswith(RATE) else None
        if at is None:
            continue
        text = typed.strip().removesuffix("%").strip().replace(",", ".")
        if text and not (text.isascii() and text.replace(".", "", 1).isdigit() and len(text) <= 6):
            raise Invalid("A rating is a number from 0 to 100.")
        found[at] = float(text) / 100 if text else None
    return found


def grades_in(raw: Mapping[str, str]) -> dict[uuid.UUID, int]:
    """The grades of a posted form, by person; those not chosen are left out."""
    return {
        uuid.UUID(person): int(said)
        for name, said in raw.items()
        if name.startswith(GRADE) and said in ("0", "1", "2") and is_id(person := name.removeprefix(GRADE))
    }
