"""What the pages need to put the room's values and log entries into words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.foundation.actor import Role
from lms.people.forms.people import ROLE_WORDS
from lms.people.models import AuditEntry
from lms.people.queries import is_id
from lms.people.rules import shown_code
from lms.people.views.room import room

ACTS = {
    "person added": _l("Added a person"),
    "person changed": _l("Changed a person"),
    "person moved": _l("Moved a person"),
    "roles changed": _l("Changed roles"),
    "last day given": _l("Gave a last day"),
    "taken back": _l("Took a person back"),
    "entry taken out": _l("Took an entry out"),
    "people imported": _l("Took a file of people"),
    "person added by file": _l("Added a person by file"),
    "person changed by file": _l("Changed a person by file"),
    "invitation made": _l("Made an invitation"),
    "reset made": _l("Made a reset code"),
    "invitation taken up": _l("Took up an invitation"),
    "reset taken up": _l("Used a reset code"),
    "administrator invited": _l("Invited an administrator"),
    "team added": _l("Added a team"),
    "team changed": _l("Changed a team"),
    "team removed": _l("Removed a team"),
    "firm added": _l("Added a firm"),
    "firm changed": _l("Changed a firm"),
    "firm closed": _l("Closed a firm"),
    "firm reopened": _l("Opened a firm again"),
    "leave entered": _l("Entered a time away"),
    "leave corrected": _l("Corrected a time away"),
    "leave taken back": _l("Took a time away back"),
    "panel called": _l("Asked raters for a panel"),
    "panel closed": _l("All raters of a panel have handed in"),
    "evidence recorded": _l("Recorded evidence"),
    "evidence contested": _l("Contested evidence"),
    "contest upheld": _l("Looked again: it stands"),
    "job tried again": _l("Tried background work again"),
    "publishing scheduled": _l("Set a date for publishing"),
    "publishing cancelled": _l("Took a publishing date back"),
    "job cancelled": _l("Cancelled background work"),
    "contest withdrawn": _l("Looked again: it does not count"),
    "opening made": _l("Made an opening"),
    "opening changed": _l("Changed an opening"),
    "opening closed": _l("Closed an opening"),
    "opening cancelled": _l("Cancelled an opening"),
    "candidate nominated": _l("Put a candidate forward"),
    "candidate withdrawn": _l("Withdrew as a candidate"),
    "interview scored": _l("Scored an interview"),
    "decision recorded": _l("Recorded a decision"),
    "framework file taken": _l("Brought a framework file into the draft"),
    "framework published": _l("Published a version of the framework"),
    "framework version withdrawn": _l("Withdrew a version of the framework before its day"),
    "decision approved": _l("Approved a decision"),
    "decision sent back": _l("Sent a decision back"),
    "decision appealed": _l("Appealed a decision"),
    "appeal rated again": _l("Rated again for an appeal"),
    "appeal answered": _l("Answered an appeal"),
    "answer marked": _l("Marked an answer"),
    "answer marked again": _l("Marked an answer again"),
    "consent given": _l("Let the firm make a passport"),
    "consent withdrawn": _l("Took a consent back"),
    "passport made": _l("Made a passport"),
    "passport revoked": _l("Revoked a passport"),
    "passport taken in": _l("Took a passport in"),
    "let go on request": _l("Let go of what is not needed"),
    "report planned": _l("Planned a report"),
    "report ended": _l("Ended a planned report"),
    "promotions settled": _l("Settled how promotions are decided"),
    "key made": _l("Made a key for another program"),
    "key ended": _l("Ended a key of another program"),
    "shared device registered": _l("Registered a shared PC"),
    "shared device revoked": _l("Took a shared PC's registration away"),
    "sign-in rules changed": _l("Changed the rules about signing in"),
    "signed a shared device in by phone": _l("Signed in on a shared PC by phone"),
    "passkey added": _l("Added a passkey"),
    "passkey removed": _l("Removed a passkey"),
    "PIN set": _l("Set a PIN"),
    "PIN taken away": _l("Took the PIN away"),
    "PIN closed after too many wrong tries": _l("PIN closed after too many wrong tries"),
    "signed out because an old key of the device was used": _l(
        "Signed out because an old key of the device was used"
    ),
}
FIELDS = {
    "name": _l("Name"),
    "employee_number": _l("Employee number"),
    "email": _l("E-mail"),
    "job_role": _l("Job"),
    "team": _l("Team"),
    "roles": _l("Roles"),
    "started_on": _l("First day"),
    "ended_on": _l("Last day"),
    "since_on": _l("First day away"),
    "until_on": _l("Last day away"),
    "time_factor": _l("Extra time"),
    "break_minutes": _l("Breaks"),
    "large_print": _l("Large print"),
    "read_aloud": _l("Reading aloud"),
    "parent": _l("Part of"),
    "lead": _l("Lead"),
    "teams_led": _l("Left without a lead"),
    "time_zone": _l("Time zone"),
    "language": _l("Language"),
    "for": _l("For"),
    "facts": _l("Facts"),
    "signed_by": _l("Signed by"),
    "taken": _l("Taken"),
    "rows": _l("Rows"),
    "title": _l("Title"),
    "device": _l("PC"),
    "passkey": _l("Passkey"),
    "idle_minutes": _l("Quiet minutes before a shared PC locks"),
    "team_list": _l("Names on a shared PC"),
    "mail_codes": _l("Codes by e-mail"),
}
FACTORS = {
    1.0: _l("None"),
    1.25: _l("A quarter more"),
    1.5: _l("Half as much more"),
    2.0: _l("Twice the time"),
}


def act_words(act: str) -> str:
    """What was done; an act of another room says itself."""
    words = str(ACTS.get(act) or _(act))
    return words[:1].upper() + words[1:]


def value_words(field: str, value: Any) -> str:
    """A value of a log entry or a form, as a person says it."""
    if value in (None, "", []):
        return str(_("none"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if field == "time_factor":
        return str(FACTORS.get(value, value))
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        known = {role.value: words for role, words in ROLE_WORDS.items()}
        return ", ".join(str(known.get(one, one)) for one in value)
    if field.endswith("_on"):
        return str(format_date(value if isinstance(value, date) else date.fromisoformat(value), "medium"))
    return str(value)


def field_words(field: str) -> str:
    """What a field is called on screen."""
    return str(FIELDS.get(field, field.replace("_", " ").capitalize()))


def detail_words(detail: Mapping[str, Any]) -> list[str]:
    """An entry's detail, a line each: what is, or what changed from what to what."""
    lines = [
        _(
            "%(field)s: from %(was)s to %(now)s",
            field=field_words(field),
            was=value_words(field, pair[0]),
            now=value_words(field, pair[1]),
        )
        for field, pair in dict(detail.get("changed") or detail.get("changes") or {}).items()
    ]
    lines += [
        _("%(field)s: %(value)s", field=field_words(field), value=value_words(field, value))
        for field, value in detail.items()
        if field not in ("name", "changed", "changes", "by")
        and isinstance(value, (str, int, float, list))
        and value
        and not is_id(str(value))
    ]
    if detail.get("by") == "association":
        lines.append(_("By the association"))
    return lines


def about_words(entry: AuditEntry) -> str:
    """About whom or what, by name; an id alone tells a reader nothing."""
    name = entry.detail.get("name") or entry.detail.get("title")
    return str(name) if name else "" if is_id(entry.subject) else entry.subject


def about_href(entry: AuditEntry) -> str:
    """The page of the person or team an entry is about, or nothing."""
    if not is_id(entry.subject) or entry.act in ("entry taken out", "team removed"):
        return ""
    if entry.act.startswith("team "):
        return url_for("people.team", team_id=entry.subject)
    if entry.act.startswith(
        (
            "person ",
            "roles ",
            "last day",
            "leave ",
            "taken back",
            "invitation ",
            "reset ",
            "administrator ",
            "consent ",
            "passport ",
            "let go",
        )
    ):
        return url_for("people.person", person_id=entry.subject)
    return ""


@room.app_context_processor
def words() -> dict[str, object]:
    """The words, for the templates."""
    return {
        "act_words": act_words,
        "field_words": field_words,
        "value_words": value_words,
        "detail_words": detail_words,
        "about_words": about_words,
        "about_href": about_href,
        "role_words": lambda role: ROLE_WORDS[Role(role)],
        "shown_code": shown_code,
    }
