"""Verbs of the pool: telling of oneself, declaring ties, judging conflicts, noting what was read."""

from app.reviewers.operations.declaring import (
    ask_for_declarations,
    declare_interest,
    declare_year,
    nothing_changed,
    take_back,
)
from app.reviewers.operations.gates import LISTENERS, ties_changed
from app.reviewers.operations.judging import judge, put_before_officers, report
from app.reviewers.operations.profiles import (
    EmployerData,
    ProfileData,
    add_employer,
    end_employer,
    remove_employer,
    save_profile,
)
from app.reviewers.operations.reading import note_read

__all__ = [
    "LISTENERS",
    "EmployerData",
    "ProfileData",
    "add_employer",
    "ask_for_declarations",
    "declare_interest",
    "declare_year",
    "end_employer",
    "judge",
    "note_read",
    "nothing_changed",
    "put_before_officers",
    "remove_employer",
    "report",
    "save_profile",
    "take_back",
    "ties_changed",
]
