"""Where a person can go: the phone's bar of four, and the desk's rail."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.foundation.actor import Actor, Role
from lms.foundation.policy import Permissions
from lms.web.device import store_name
from lms.web.saving import saves_data


@dataclass(frozen=True)
class Place:
    """One entry of a menu."""

    label: str
    href: str
    icon: str
    current: bool


@lru_cache(maxsize=512)
def _address(_root: str, endpoint: str) -> str:
    """Where a room is, below the root that the server gave us: every page asks for the same few. All apps have the same rooms."""
    return url_for(endpoint)


def _place(label: str, endpoint: str, icon: str, prefix: str) -> Place:
    address = _address(request.script_root, endpoint)
    return Place(label, address, icon, request.path == address or _inside(prefix))


def _inside(prefix: str) -> bool:
    """Whether the page lies under an address, not only begins with its letters."""
    return request.path.startswith((f"{prefix}/", f"{prefix}.", f"{prefix}?")) or request.path == prefix


def phone_bar(can: Callable[[str], bool]) -> list[Place]:
    """Today, Learn, My path, Me: what opens for this person."""
    places = [
        ("learning:course:learn", _("Today"), "learning.today", "sun", "/today"),
        ("courses:course:see", _("Learn"), "courses.catalogue", "book-open", "/courses"),
        ("tracks:path:own", _("My path"), "tracks.my_path", "route", "/path"),
        ("", _("Me"), "people.me", "user-round", "/me"),
    ]
    return [_place(*place) for permission, *place in places if not permission or can(permission)]


Entry = tuple[str, str, str, str, str]
"""Permission (empty: everybody), label, endpoint, icon, address."""


def _rooms() -> list[tuple[str, list[Entry]]]:
    """Every room of the desk under its heading, in the order of a working day."""
    return [
        (
            _("Today"),
            [
                ("", _("Today"), "learning.today", "sun", "/today"),
                ("tracks:coaching:write", _("Team today"), "tracks.team_today", "sun", "/team-today"),
                ("learning:work:see", _("My work"), "learning.work", "clipboard-list", "/my-work"),
            ],
        ),
        (
            _("Learning"),
            [
                ("", _("Courses"), "courses.catalogue", "book-open", "/courses"),
                ("courses:course:edit", _("Studio"), "courses.studio", "pencil", "/studio"),
                ("courses:draft:review", _("Reviews"), "courses.reviews", "eye", "/studio"),
                ("learning:team:see", _("Team"), "learning.team", "graduation-cap", "/team"),
                (
                    "learning:course:assign",
                    _("Assignments"),
                    "learning.assignments",
                    "calendar",
                    "/assignments",
                ),
                ("learning:course:run", _("Groups"), "learning.cohorts", "users-round", "/cohorts"),
                ("learning:time:see", _("Learning time"), "learning.times", "clock", "/time"),
            ],
        ),
        (
            _("Evidence"),
            [
                ("assessments:answer:mark", _("Marking"), "assessments.marking", "pencil", "/marking"),
                (
                    "assessments:sitting:supervise",
                    _("Sittings"),
                    "assessments.sittings",
                    "key-round",
                    "/sittings",
                ),
                ("assessments:cut:judge", _("Pass marks"), "assessments.cut_panels", "scale", "/cuts"),
                ("tracks:panel:rate", _("My ratings"), "tracks.own_panels", "clipboard-list", "/ratings"),
                ("tracks:kpi:see", _("Figures"), "tracks.figures", "chart-column", "/figures"),
            ],
        ),
        (
            _("Promotion"),
            [
                ("tracks:board:see", _("Readiness"), "tracks.board", "clipboard-check", "/board"),
                ("tracks:opening:see", _("Openings"), "tracks.openings", "star", "/openings"),
                (
                    "tracks:interview:give",
                    _("Interviews"),
                    "tracks.interviews",
                    "message-square",
                    "/interviews",
                ),
                ("tracks:appeal:list", _("Appeals"), "tracks.appeals", "flag", "/appeals"),
                ("tracks:fairness:see", _("Fairness"), "tracks.fairness", "scale", "/fairness"),
                ("tracks:report:plan", _("Reports"), "tracks.reports", "file-text", "/reports"),
                (
                    "tracks:framework:see",
                    _("Framework"),
                    "tracks.framework_index",
                    "badge-check",
                    "/framework",
                ),
            ],
        ),
        (
            _("Firm"),
            [
                ("people:person:list", _("People"), "people.directory", "users-round", "/people"),
                ("people:person:list", _("Teams"), "people.teams", "layers", "/teams"),
                ("people:device:register", _("Shared PCs"), "people.floor_pcs", "monitor", "/floor-pcs"),
                ("people:key:make", _("Keys"), "people.api_keys", "key-round", "/keys"),
                ("people:firm:edit", _("Firms"), "people.firms", "building-2", "/firms"),
                ("people:audit:see", _("Audit log"), "people.audit", "file-text", "/audit"),
                ("people:job:see", _("Background work"), "people.jobs", "hourglass", "/jobs"),
            ],
        ),
        (
            _("You"),
            [
                ("", _("Help"), "help.index", "circle-help", "/help"),
                ("", _("Me"), "people.me", "user-round", "/me"),
            ],
        ),
    ]


@dataclass(frozen=True)
class Group:
    """Rooms of the desk under one heading."""

    label: str
    places: list[Place]
    folds: bool
    """Whether it is folded up while the page lies in another group."""

    @property
    def current(self) -> bool:
        """Whether the page lies in it."""
        return any(place.current for place in self.places)


MOST_AT_ONCE = 12
"""A rail of more places folds its groups: so many fit a screen of 800 points beside the account."""


def desk_rail(actor: Actor, can: Callable[[str], bool]) -> list[Group]:
    """The rooms this person may enter. Today is an agent's; whoever writes courses finds reviews in the studio.

    Where there are many, all groups fold but the first and the last: what is for now, and what is about oneself.
    """

    def shown(permission: str, endpoint: str) -> bool:
        if endpoint == "learning.today":
            return actor.has(Role.AGENT)
        if endpoint == "courses.reviews" and can("courses:course:edit"):
            return False
        return not permission or can(permission)

    rooms = [
        (label, [_place(*rest) for permission, *rest in entries if shown(permission, rest[1])])
        for label, entries in _rooms()
    ]
    ends = (rooms[0][0], rooms[-1][0])
    many = sum(len(places) for _label, places in rooms) > MOST_AT_ONCE
    return [Group(label, places, many and label not in ends) for label, places in rooms if places]


def show_navigation(app: Flask) -> None:
    """Give every page its menus and `can(...)`."""

    @app.context_processor
    def menus() -> dict[str, Any]:
        if not (current_user and current_user.is_authenticated):
            return {
                "agent_nav": [],
                "rail": [],
                "can": lambda _name: False,
                "person_name": None,
                "firm_name": None,
            }
        actor: Actor = current_user.actor
        permissions: Permissions = current_app.extensions["permissions"]

        def can(name: str) -> bool:
            known = permissions.by_name.get(name)
            return known is not None and permissions.could(actor, known)

        desk = bool(actor.roles - {Role.AGENT}) or bool(actor.leads)
        return {
            "agent_nav": phone_bar(can),
            "rail": desk_rail(actor, can) if desk else [],
            "can": can,
            "desk": desk,
            "learns": actor.has(Role.AGENT),
            "device_store": store_name(actor),
            "saves_data": saves_data(),
            "sign_out_href": _address(request.script_root, "people.sign_out"),
            "person_name": actor.name,
            "firm_name": current_user.firm_name,
        }
