"""What people may do with courses."""

import uuid
from dataclasses import dataclass

from lms.foundation.actor import Actor, Role
from lms.foundation.policy import Permission, Policy, has_role


class CoursePermission(Permission):
    """Permissions of the courses room."""

    SEE = "courses:course:see"
    EDIT = "courses:course:edit"
    PUBLISH = "courses:course:publish"
    EXPORT = "courses:course:export"


def owns_it(actor: Actor, subject: object) -> bool:
    """Whether the subject (anything with an `owner_id`) is the actor's own organisation's."""
    return getattr(subject, "owner_id", None) == actor.firm_id


@dataclass(frozen=True)
class OwnedBy:
    """What an organisation owns or is about to, as the subject of `owns_it`."""

    owner_id: uuid.UUID


is_author = has_role(Role.TRAINER, Role.ASSOCIATION)
is_anybody = has_role(*Role)

POLICY: Policy = {
    CoursePermission.SEE: [[is_anybody]],
    CoursePermission.EDIT: [[is_author, owns_it]],
    CoursePermission.PUBLISH: [[is_author, owns_it]],
    CoursePermission.EXPORT: [[is_author]],
}
