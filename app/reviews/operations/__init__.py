"""Verbs of reviewing and deciding."""

from app.reviews.operations.assigning import answer, assign, end_conflicted
from app.reviews.operations.deciding import confirm, propose, release, take_back
from app.reviews.operations.scoring import reopen, save, submit, weighted_score

__all__ = [
    "answer",
    "assign",
    "confirm",
    "end_conflicted",
    "propose",
    "release",
    "reopen",
    "save",
    "submit",
    "take_back",
    "weighted_score",
]
