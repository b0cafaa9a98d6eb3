"""What people may do with tracks, evidence and readiness."""

from lms.foundation.actor import Actor, Role
from lms.foundation.policy import Permission, Policy, has_role
from lms.people.policy import is_admin, is_manager, is_themself, leads_a_team, leads_them


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
    OPENINGS = "tracks:opening:see"
    EDIT_OPENING = "tracks:opening:edit"
    NOMINATE = "tracks:opening:nominate"
    INTERVIEW = "tracks:interview:give"
    DECIDE = "tracks:decision:record"
    APPROVE = "tracks:decision:approve"
    APPEALS = "tracks:appeal:list"
    APPEAL = "tracks:appeal:make"
    RERATE = "tracks:appeal:rate"
    ANSWER_APPEAL = "tracks:appeal:answer"
    FAIRNESS = "tracks:fairness:see"
    PROMOTION_POLICY = "tracks:promotion:settle"
    DECLARE = "tracks:groups:declare"
    FRAMEWORK = "tracks:framework:see"
    EDIT_FRAMEWORK = "tracks:framework:edit"
    LET_GO = "tracks:person:let_go"
    REPORTS = "tracks:report:plan"
    OWN_PASSPORT = "tracks:passport:own"
    PASSPORTS = "tracks:passport:others"
    LICENCES = "tracks:licence:see"


rates_work = has_role(Role.ASSESSOR, Role.MANAGER)
works_here = has_role(Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN)


def is_not_themself(actor: object, subject: object) -> bool:
    """Nobody rates themself."""
    return getattr(subject, "person_id", None) != getattr(actor, "person_id", object())


def decides_it(actor: Actor, subject: object) -> bool:
    """Whether the subject (an opening) names the actor as the one who decides."""
    return getattr(subject, "decider_id", None) == actor.person_id


def is_its_second(actor: Actor, subject: object) -> bool:
    """Whether the subject (an opening) names the actor as the second approver."""
    return getattr(subject, "second_id", None) == actor.person_id


looks_after_choices = has_role(Role.MANAGER, Role.FIRM_ADMIN)

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
    TrackPermission.OPENINGS: [[looks_after_choices]],
    TrackPermission.EDIT_OPENING: [[is_manager]],
    TrackPermission.NOMINATE: [[is_manager, is_not_themself]],
    TrackPermission.INTERVIEW: [[rates_work, is_not_themself]],
    TrackPermission.DECIDE: [[is_manager, decides_it]],
    TrackPermission.APPROVE: [[looks_after_choices, is_its_second]],
    TrackPermission.APPEALS: [[rates_work], [looks_after_choices]],
    TrackPermission.APPEAL: [[works_here, is_themself]],
    TrackPermission.RERATE: [[rates_work, is_not_themself]],
    TrackPermission.ANSWER_APPEAL: [[looks_after_choices, is_not_themself]],
    TrackPermission.FAIRNESS: [[looks_after_choices]],
    TrackPermission.PROMOTION_POLICY: [[is_admin]],
    TrackPermission.DECLARE: [[works_here]],
    TrackPermission.FRAMEWORK: [[works_here], [has_role(Role.ASSOCIATION)]],
    TrackPermission.EDIT_FRAMEWORK: [[is_admin], [has_role(Role.ASSOCIATION)]],
    TrackPermission.LET_GO: [[is_admin]],
    TrackPermission.REPORTS: [[is_manager]],
    TrackPermission.OWN_PASSPORT: [[works_here]],
    TrackPermission.PASSPORTS: [[looks_after_choices, is_not_themself]],
    TrackPermission.LICENCES: [[looks_after_choices]],
}
