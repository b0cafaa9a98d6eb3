"""What people may do with learning."""

from lms.foundation.actor import Role
from lms.foundation.policy import Permission, Policy, has_role
from lms.people.policy import leads_a_team, leads_them


class LearningPermission(Permission):
    """Permissions of the learning room."""

    LEARN = "learning:course:learn"
    SEE_TEAM = "learning:team:see"
    ASSIGN = "learning:course:assign"
    MOVE = "learning:course:move"
    RUN = "learning:course:run"
    WAIVE = "learning:course:waive"
    DAYS = "learning:days:edit"
    TIME = "learning:time:see"
    WORK = "learning:work:see"


is_learner = has_role(Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN)
runs_learning = has_role(Role.TRAINER, Role.MANAGER, Role.FIRM_ADMIN)

POLICY: Policy = {
    LearningPermission.LEARN: [[is_learner]],
    LearningPermission.SEE_TEAM: [[runs_learning], [leads_a_team, leads_them]],
    LearningPermission.MOVE: [[runs_learning]],
    LearningPermission.RUN: [[runs_learning]],
    LearningPermission.WAIVE: [[has_role(Role.MANAGER, Role.FIRM_ADMIN)]],
    LearningPermission.DAYS: [[has_role(Role.FIRM_ADMIN)]],
    LearningPermission.TIME: [[has_role(Role.MANAGER, Role.FIRM_ADMIN)]],
    LearningPermission.WORK: [[has_role(Role.TRAINER, Role.ASSESSOR, Role.ASSOCIATION)]],
    LearningPermission.ASSIGN: [[runs_learning], [leads_a_team, leads_them]],
}
