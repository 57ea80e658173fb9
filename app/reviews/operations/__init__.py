"""Verbs of reviewing and deciding."""

from app.reviews.operations.assigning import answer, assign, end_conflicted
from app.reviews.operations.correcting import (
    apply_correction,
    check_correction,
    drop_correction,
    order_reserve,
    propose_correction,
)
from app.reviews.operations.deciding import confirm, propose, release, take_back
from app.reviews.operations.scoring import reopen, save, submit, weighted_score

__all__ = [
    "answer",
    "apply_correction",
    "assign",
    "check_correction",
    "confirm",
    "drop_correction",
    "end_conflicted",
    "order_reserve",
    "propose",
    "propose_correction",
    "release",
    "reopen",
    "save",
    "submit",
    "take_back",
    "weighted_score",
]
