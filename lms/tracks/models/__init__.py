"""What the tracks room keeps: the ledger of evidence, the framework's layers, and how promotions are decided."""

from lms.tracks.models.calibration import GoldContact, GoldRating, RaterLicence
from lms.tracks.models.framework import FrameworkDraft, FrameworkVersion, SharedFrameworkVersion
from lms.tracks.models.ledger import Contest, EvidenceRow, LedgerView, Panel, PanelSeat
from lms.tracks.models.passport import Consent, Passport, PassportTaken
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
from lms.tracks.models.reports import ReportFile, ReportPlan

__all__ = [
    "Appeal",
    "AppealAnswer",
    "Consent",
    "Contest",
    "Decision",
    "DecisionAnswer",
    "DecisionCandidate",
    "EvidenceRow",
    "FrameworkDraft",
    "FrameworkVersion",
    "GoldContact",
    "GoldRating",
    "Interview",
    "LedgerView",
    "Nomination",
    "Opening",
    "Panel",
    "PanelSeat",
    "Passport",
    "PassportTaken",
    "PromotionPolicy",
    "RaterLicence",
    "ReportFile",
    "ReportPlan",
    "Rerating",
    "SelfDeclared",
    "SharedFrameworkVersion",
]
