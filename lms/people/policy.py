"""What people may do with people."""

from lms.foundation.actor import Actor, Role
from lms.foundation.policy import Permission, Policy, about_actor, has_role


class PeoplePermission(Permission):
    """Permissions of the people room."""

    LIST = "people:person:list"
    SEE = "people:person:see"
    EDIT = "people:person:edit"
    IMPORT = "people:person:import"
    EXPORT = "people:person:export"
    RESET = "people:sign_in:reset"
    TEAMS = "people:team:edit"
    SEE_TEAM = "people:team:see"
    AUDIT = "people:audit:see"
    FIRMS = "people:firm:edit"
    AWAY = "people:leave:enter"
    JOBS = "people:job:see"
    DEVICES = "people:device:register"
    SIGN_IN_POLICY = "people:sign_in:decide"
    KEYS = "people:key:make"


@about_actor
def leads_a_team(actor: Actor, _subject: object) -> bool:
    """Whether the actor leads any team."""
    return bool(actor.leads)


def leads_them(actor: Actor, subject: object) -> bool:
    """Whether the subject (anything with a `team_id`) is in a team the actor leads, at any depth."""
    return getattr(subject, "team_id", None) in actor.leads


def leads_this(actor: Actor, subject: object) -> bool:
    """Whether the subject (a team) is one the actor leads, at any depth."""
    return getattr(subject, "id", None) in actor.leads


def is_themself(actor: Actor, subject: object) -> bool:
    """Whether the subject (anything with a `person_id`) is the actor."""
    return getattr(subject, "person_id", None) == actor.person_id


is_admin = has_role(Role.FIRM_ADMIN)
is_manager = has_role(Role.MANAGER)
is_staff = has_role(Role.FIRM_ADMIN, Role.MANAGER, Role.TRAINER, Role.ASSESSOR)

POLICY: Policy = {
    PeoplePermission.LIST: [[is_staff], [leads_a_team]],
    PeoplePermission.SEE: [[is_staff], [leads_a_team, leads_them], [is_themself]],
    PeoplePermission.EDIT: [[is_admin]],
    PeoplePermission.IMPORT: [[is_admin]],
    PeoplePermission.KEYS: [[is_admin]],
    PeoplePermission.EXPORT: [[is_admin], [is_manager]],
    PeoplePermission.RESET: [[is_admin]],
    PeoplePermission.TEAMS: [[is_admin]],
    PeoplePermission.SEE_TEAM: [[is_staff], [leads_a_team, leads_this]],
    PeoplePermission.AUDIT: [[is_admin]],
    PeoplePermission.AWAY: [[is_admin], [is_manager]],
    PeoplePermission.JOBS: [[is_admin], [has_role(Role.ASSOCIATION)]],
    PeoplePermission.DEVICES: [[is_admin], [is_manager], [leads_a_team, leads_them]],
    PeoplePermission.SIGN_IN_POLICY: [[is_admin]],
    PeoplePermission.FIRMS: [[has_role(Role.ASSOCIATION)]],
}
