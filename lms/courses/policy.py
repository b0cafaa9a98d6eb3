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
    SEE_DRAFT = "courses:draft:see"
    REVIEW = "courses:draft:review"
    SEE_PEOPLE = "courses:people:see"
    CHANGE_PEOPLE = "courses:people:change"
    SET_POLICY = "courses:policy:set"


def owns_it(actor: Actor, subject: object) -> bool:
    """Whether the subject (anything with an `owner_id`) is the actor's own organisation's."""
    return getattr(subject, "owner_id", None) == actor.firm_id


@dataclass(frozen=True)
class OwnedBy:
    """A course as it stands towards one person; what an organisation is about to own, when only the owner is said.

    `only_named`: the firm lets named authors edit and nobody else; `named`: the course has a named author;
    `role`: what the person is on it, one of `rules.people.ROLES`, or empty.
    """

    owner_id: uuid.UUID
    only_named: bool = False
    named: bool = False
    role: str = ""


AUTHORS = ("lead", "author")
REVIEWER = "reviewer"


def is_open(_actor: Actor, subject: object) -> bool:
    """Whether every trainer of the owner may edit it: so the firm wants it, or nobody is named yet."""
    return isinstance(subject, OwnedBy) and not (subject.only_named and subject.named)


def is_named_author(_actor: Actor, subject: object) -> bool:
    """Whether the person is an author of it."""
    return isinstance(subject, OwnedBy) and subject.role in AUTHORS


def is_on_it(_actor: Actor, subject: object) -> bool:
    """Whether the person is an author or a reviewer of it."""
    return isinstance(subject, OwnedBy) and subject.role in (*AUTHORS, REVIEWER)


is_author = has_role(Role.TRAINER, Role.ASSOCIATION)
is_staff = has_role(Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN, Role.ASSOCIATION)
is_admin = has_role(Role.FIRM_ADMIN, Role.ASSOCIATION)
is_anybody = has_role(*Role)

POLICY: Policy = {
    CoursePermission.SEE: [[is_anybody]],
    CoursePermission.EDIT: [[is_author, owns_it, is_open], [is_author, owns_it, is_named_author]],
    CoursePermission.PUBLISH: [[is_author, owns_it, is_open], [is_author, owns_it, is_named_author]],
    CoursePermission.EXPORT: [[is_author]],
    CoursePermission.SEE_DRAFT: [[is_author, owns_it, is_open], [is_staff, owns_it, is_on_it]],
    CoursePermission.REVIEW: [[is_author, owns_it, is_open], [is_staff, owns_it, is_on_it]],
    CoursePermission.SEE_PEOPLE: [[is_author, owns_it], [is_admin, owns_it], [is_staff, owns_it, is_on_it]],
    CoursePermission.CHANGE_PEOPLE: [
        [is_author, owns_it, is_open],
        [is_author, owns_it, is_named_author],
        [is_admin, owns_it],
    ],
    CoursePermission.SET_POLICY: [[is_admin]],
}
