"""Verbs of reviewing and deciding."""

from app.reviews.definitions import weighted_score
from app.reviews.operations import blind, phases
from app.reviews.operations.assigning import answer, assign
from app.reviews.operations.conflicting import end_conflicted, look_at_application
from app.reviews.operations.correcting import (
    apply_correction,
    check_correction,
    drop_correction,
    order_reserve,
    propose_correction,
)
from app.reviews.operations.deciding import confirm, propose, release, take_back
from app.reviews.operations.scoring import (
    Difference,
    Saved,
    change_scores,
    compare_fields,
    reopen,
    save,
    save_fields,
    submit,
)

__all__ = [
    "Difference",
    "Saved",
    "answer",
    "apply_correction",
    "assign",
    "blind",
    "change_scores",
    "check_correction",
    "compare_fields",
    "confirm",
    "drop_correction",
    "end_conflicted",
    "look_at_application",
    "order_reserve",
    "phases",
    "propose",
    "propose_correction",
    "release",
    "reopen",
    "save",
    "save_fields",
    "submit",
    "take_back",
    "weighted_score",
]
