"""What the tracks room keeps: the ledger of evidence, and how promotions are decided."""

from lms.tracks.models.calibration import GoldContact, GoldRating, RaterLicence
from lms.tracks.models.ledger import Contest, EvidenceRow, LedgerView, Panel, PanelSeat
from lms.tracks.models.promotion import (
    Appeal,
    AppealAnswer,
    Decision,
    DecisionAnswer,
    DecisionCandidate,
    Interview,
    Nomination,
    Opening,
    PromotionPolicy,
    Rerating,
    SelfDeclared,
)

__all__ = [
    "Appeal",
    "AppealAnswer",
    "Contest",
    "Decision",
    "DecisionAnswer",
    "DecisionCandidate",
    "EvidenceRow",
    "GoldContact",
    "GoldRating",
    "Interview",
    "LedgerView",
    "Nomination",
    "Opening",
    "Panel",
    "PanelSeat",
    "PromotionPolicy",
    "RaterLicence",
    "Rerating",
    "SelfDeclared",
]
