"""What people may do with tracks, evidence and readiness."""

from lms.foundation.actor import Role
from lms.foundation.policy import Permission, Policy, has_role
from lms.people.policy import is_manager, is_themself, leads_a_team, leads_them


class TrackPermission(Permission):
    """Permissions of the tracks room."""

    OWN_PATH = "tracks:path:own"
    BOARD = "tracks:board:see"
    SEE_PERSON = "tracks:person:see"
    RECORD = "tracks:evidence:record"
    CONTEST = "tracks:evidence:contest"
    RESOLVE = "tracks:contest:resolve"
    RATE = "tracks:panel:rate"
    KPI_IMPORT = "tracks:kpi:import"
    KPI_SEE = "tracks:kpi:see"
    PIPELINE = "tracks:pipeline:see"
    COACH = "tracks:coaching:write"
    OWN_NOTES = "tracks:coaching:own"


rates_work = has_role(Role.ASSESSOR, Role.MANAGER)
works_here = has_role(Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN)


def is_not_themself(actor: object, subject: object) -> bool:
    """Nobody rates themself."""
    return getattr(subject, "person_id", None) != getattr(actor, "person_id", object())


POLICY: Policy = {
    TrackPermission.OWN_PATH: [[works_here]],
    TrackPermission.BOARD: [[is_manager], [leads_a_team]],
    TrackPermission.SEE_PERSON: [[is_manager], [leads_a_team, leads_them], [works_here, is_themself]],
    TrackPermission.RECORD: [[rates_work, is_not_themself], [leads_a_team, leads_them, is_not_themself]],
    TrackPermission.CONTEST: [[works_here, is_themself]],
    TrackPermission.RATE: [[rates_work], [leads_a_team]],
    TrackPermission.RESOLVE: [[rates_work, is_not_themself]],
    TrackPermission.KPI_IMPORT: [[has_role(Role.MANAGER, Role.FIRM_ADMIN)]],
    TrackPermission.KPI_SEE: [[is_manager], [leads_a_team]],
    TrackPermission.PIPELINE: [[is_manager], [leads_a_team]],
    TrackPermission.COACH: [[is_manager, is_not_themself], [leads_a_team, leads_them, is_not_themself]],
    TrackPermission.OWN_NOTES: [[works_here]],
}
