"""Verbs of projects: results released, decisions corrected and reserves moved up, projects made and ended."""

from app.projects.operations.awarding import (
    REGIMES,
    agree,
    award,
    complete,
    end,
    hindrances,
    release_results,
    scale,
    share_out,
    write_budget,
)
from app.projects.operations.correcting import confirm_correction, promote
from app.projects.operations.hearing import AWARDED, COMPLETED, COMPLETING, CORRECTED, ENDED, LISTENERS, changed
from app.projects.operations.seating import end_person, name_person

__all__ = [
    "AWARDED",
    "COMPLETED",
    "COMPLETING",
    "CORRECTED",
    "ENDED",
    "LISTENERS",
    "REGIMES",
    "agree",
    "award",
    "changed",
    "complete",
    "confirm_correction",
    "end",
    "end_person",
    "hindrances",
    "name_person",
    "promote",
    "release_results",
    "scale",
    "share_out",
    "write_budget",
]
