"""Who acts. Handed to every public service and query."""

import enum
import uuid
from dataclasses import dataclass


class Role(enum.StrEnum):
    """What a person may be at a firm; several at once is normal."""

    AGENT = "agent"
    TRAINER = "trainer"
    ASSESSOR = "assessor"
    MANAGER = "manager"
    FIRM_ADMIN = "firm_admin"
    ASSOCIATION = "association"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting at one firm, in some roles, leading some teams."""

    person_id: uuid.UUID
    firm_id: uuid.UUID
    name: str
    roles: frozenset[Role]
    leads: frozenset[uuid.UUID] = frozenset()
    time_zone: str = ""
    """The firm's, where it is known already; empty means it has to be asked for."""
    large_print: bool = False
    """Whether their pages come with larger letters."""
    read_aloud: bool = False
    """Whether their questions and lessons can be read to them."""

    def has(self, *roles: Role) -> bool:
        """Whether the person holds any of these roles here."""
        return not self.roles.isdisjoint(roles)
