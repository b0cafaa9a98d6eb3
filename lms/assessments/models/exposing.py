"""How many may be asked a question before it rests."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, InFirm, Moment


class ExposurePolicy(InFirm, Base):
    """How many people of a firm may be asked a question in four weeks before it rests. A firm without a row has the usual."""

    __tablename__ = "exposure_policy"
    __table_args__ = (CheckConstraint("people BETWEEN 5 AND 5000", name="people_in_range"),)

    people: Mapped[int]
    changed_at: Mapped[Moment]
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
