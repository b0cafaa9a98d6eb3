"""Where a person can go: the phone's bar of four, and the desk's rail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.foundation.actor import Actor, Role
from lms.foundation.policy import Permission, Permissions


@dataclass(frozen=True)
class Place:
    """One entry of a menu."""

    label: str
    href: str
    icon: str
    current: bool


def _place(label: str, endpoint: str, icon: str, prefix: str) -> Place:
    address = url_for(endpoint)
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


def desk_rail(actor: Actor) -> list[Place]:
    """The rooms this person may enter, in the order of a working day."""
    permissions: Permissions = current_app.extensions["permissions"]
    names: dict[str, Permission] = {str(name): name for name in permissions.table}
    entries: list[tuple[Callable[[], bool], str, str, str, str]] = [
        (lambda: actor.has(Role.AGENT), _("Today"), "learning.today", "sun", "/today"),
        (
            lambda: permissions.could(actor, names["tracks:board:see"]),
            _("Readiness"),
            "tracks.board",
            "clipboard-check",
            "/board",
        ),
        (
            lambda: permissions.could(actor, names["tracks:panel:rate"]),
            _("My ratings"),
            "tracks.own_panels",
            "clipboard-list",
            "/ratings",
        ),
        (
            lambda: permissions.could(actor, names["tracks:coaching:write"]),
            _("Team today"),
            "tracks.team_today",
            "sun",
            "/team-today",
        ),
        (
            lambda: permissions.could(actor, names["tracks:kpi:see"]),
            _("Figures"),
            "tracks.figures",
            "chart-column",
            "/figures",
        ),
        (
            lambda: permissions.could(actor, names["tracks:opening:see"]),
            _("Openings"),
            "tracks.openings",
            "star",
            "/openings",
        ),
        (
            lambda: permissions.could(actor, names["tracks:interview:give"]),
            _("Interviews"),
            "tracks.interviews",
            "message-square",
            "/interviews",
        ),
        (
            lambda: permissions.could(actor, names["tracks:appeal:list"]),
            _("Appeals"),
            "tracks.appeals",
            "flag",
            "/appeals",
        ),
        (
            lambda: permissions.could(actor, names["tracks:fairness:see"]),
            _("Fairness"),
            "tracks.fairness",
            "scale",
            "/fairness",
        ),
        (
            lambda: permissions.could(actor, names["learning:team:see"]),
            _("Team"),
            "learning.team",
            "graduation-cap",
            "/team",
        ),
        (
            lambda: permissions.could(actor, names["learning:course:assign"]),
            _("Assignments"),
            "learning.assignments",
            "calendar",
            "/assignments",
        ),
        (lambda: True, _("Courses"), "courses.catalogue", "book-open", "/courses"),
        (
            lambda: permissions.could(actor, names["courses:course:edit"]),
            _("Studio"),
            "courses.studio",
            "pencil",
            "/studio",
        ),
        (
            lambda: (
                permissions.could(actor, names["courses:draft:review"])
                and not permissions.could(actor, names["courses:course:edit"])
            ),
            _("Reviews"),
            "courses.reviews",
            "eye",
            "/studio",
        ),
        (
            lambda: permissions.could(actor, names["people:person:list"]),
            _("People"),
            "people.directory",
            "users-round",
            "/people",
        ),
        (
            lambda: permissions.could(actor, names["people:person:list"]),
            _("Teams"),
            "people.teams",
            "layers",
            "/teams",
        ),
        (
            lambda: permissions.could(actor, names["people:firm:edit"]),
            _("Firms"),
            "people.firms",
            "building-2",
            "/firms",
        ),
        (
            lambda: permissions.could(actor, names["people:audit:see"]),
            _("Audit log"),
            "people.audit",
            "file-text",
            "/audit",
        ),
        (
            lambda: permissions.could(actor, names["people:job:see"]),
            _("Background work"),
            "people.jobs",
            "hourglass",
            "/jobs",
        ),
        (lambda: True, _("Help"), "help.index", "circle-help", "/help"),
        (lambda: True, _("Me"), "people.me", "user-round", "/me"),
    ]
    return [
        _place(label, endpoint, icon, prefix)
        for allowed, label, endpoint, icon, prefix in entries
        if allowed()
    ]


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
            return any(str(known) == name and permissions.could(actor, known) for known in permissions.table)

        desk = bool(actor.roles - {Role.AGENT}) or bool(actor.leads)
        return {
            "agent_nav": phone_bar(can),
            "rail": desk_rail(actor) if desk else [],
            "can": can,
            "desk": desk,
            "sign_out_href": url_for("people.sign_out"),
            "person_name": actor.name,
            "firm_name": current_user.firm_name,
        }
