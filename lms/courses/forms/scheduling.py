"""The shape of a date for publishing."""

import uuid
from datetime import UTC
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import DateTimeLocalField, HiddenField
from wtforms.validators import StopValidation

from lms.courses.forms import PublishForm
from lms.courses.forms.studio import number
from lms.courses.services.scheduling import Plan
from lms.foundation.ids import new_id
from lms.people.queries import is_id


def _chosen(_form: object, field: DateTimeLocalField) -> None:
    """Refuse no moment. Not told to the browser: the same page publishes at once, without one."""
    if field.data is None:
        field.errors[:] = []
        raise StopValidation(_("Choose a date and a time."))


class ScheduleForm(PublishForm):
    """What is new, and when it is published, in the firm's own time."""

    at = DateTimeLocalField(_("Date and time"), [_chosen])
    order = HiddenField()
    """The id of what is asked for, minted with the page: sent twice, it is one date."""

    def plan(self, zone: str) -> Plan:
        """What is asked for."""
        sent = self.order.data or ""
        return Plan(
            uuid.UUID(sent) if is_id(sent) else new_id(),
            number(request.form.get("revision")),
            self.given(),
            self.at.data.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        )
