"""Permissions as a table of predicates: any row of a permission's table, all of the row.

A predicate takes the actor and the subject. One that looks at the actor alone is marked with `about_actor`, so that a
route can be closed before a subject is known.
"""

import enum
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import NotAllowed

Predicate = Callable[[Actor, Any], bool]
P = TypeVar("P", bound=Predicate)


class Permission(enum.StrEnum):
    """Base of every room's permission names: `room:thing:action`."""


class Door(enum.Enum):
    """Routes that ask for no permission say so with one of these."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"


Allow = Permission | Door
Policy = Mapping[Permission, Sequence[Sequence[Predicate]]]


def about_actor(predicate: P) -> P:
    """Mark a predicate that needs no subject."""
    predicate.about_actor = True  # type: ignore[attr-defined]
    return predicate


def has_role(*roles: Role) -> Predicate:
    """A predicate: the actor holds one of the roles."""

    @about_actor
    def holds(actor: Actor, _subject: object) -> bool:
        return actor.has(*roles)

    holds.__name__ = "is_" + "_or_".join(sorted(roles))
    return holds


class Permissions:
    """The whole table, put together once from the rooms' tables."""

    def __init__(self, *policies: Policy) -> None:
        self.table: dict[Permission, Sequence[Sequence[Predicate]]] = {}
        for policy in policies:
            self.table.update(policy)

    @cached_property
    def by_name(self) -> Mapping[str, Permission]:
        """The permissions by what a template calls them."""
        return {str(known): known for known in self.table}

    def could(self, actor: Actor, permission: Permission) -> bool:
        """Whether the actor may do this to some subject: the question at a route's door."""
        return any(
            all(rule(actor, None) for rule in row if getattr(rule, "about_actor", False))
            for row in self.table[permission]
        )

    def allows(self, actor: Actor, permission: Permission, subject: object) -> bool:
        """Whether the actor may do this to this subject."""
        return any(all(rule(actor, subject) for rule in row) for row in self.table[permission])


def require(policy: Policy, actor: Actor, permission: Permission, subject: object = None) -> None:
    """Raise NotAllowed unless the room's own table lets the actor do this to the subject."""
    if not Permissions(policy).allows(actor, permission, subject):
        raise NotAllowed(
            "You do not have permission to do that. Ask your firm's administrator if you should."
        )
