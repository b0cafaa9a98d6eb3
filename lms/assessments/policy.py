"""What people may do with assessments."""

from lms.foundation.actor import Role
from lms.foundation.policy import Permission, Policy, has_role
from lms.people.policy import is_themself


class AssessmentPermission(Permission):
    """Permissions of the assessments room."""

    TAKE = "assessments:attempt:take"
    REVIEW = "assessments:attempt:review"
    MARK = "assessments:answer:mark"
    MARK_AGAIN = "assessments:answer:mark_again"
    SEE_BANK = "assessments:bank:see"
    SUPERVISE = "assessments:sitting:supervise"
    JUDGE = "assessments:cut:judge"
    SEE_SCORED_AGAIN = "assessments:rescoring:see"


may_learn = has_role(Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN)
may_mark = has_role(Role.ASSESSOR, Role.TRAINER, Role.MANAGER)
is_trainer = has_role(Role.TRAINER, Role.ASSOCIATION)

POLICY: Policy = {
    AssessmentPermission.TAKE: [[may_learn, is_themself]],
    AssessmentPermission.REVIEW: [[may_learn, is_themself]],
    AssessmentPermission.MARK: [[may_mark]],
    AssessmentPermission.MARK_AGAIN: [[has_role(Role.MANAGER)]],
    AssessmentPermission.SEE_BANK: [[is_trainer]],
    AssessmentPermission.JUDGE: [[may_mark], [is_trainer]],
    AssessmentPermission.SUPERVISE: [[has_role(Role.ASSESSOR, Role.MANAGER)]],
    AssessmentPermission.SEE_SCORED_AGAIN: [[has_role(Role.TRAINER, Role.MANAGER)]],
}
