"""Rules of reviewing as data: phases and their rights, the fields of a score sheet and what they come to."""

from app.reviews.definitions import sheets
from app.reviews.definitions.phases import DEFAULT, RIGHTS, SETS, Phase, PhaseSet, Step, ends, holding, usual
from app.reviews.definitions.sheets import weighted_score

__all__ = [
    "DEFAULT",
    "RIGHTS",
    "SETS",
    "Phase",
    "PhaseSet",
    "Step",
    "ends",
    "holding",
    "sheets",
    "usual",
    "weighted_score",
]
