"""Flag rules (domain.md 9.1): facts in, findings out; each finding carries the facts it rests on."""

from app.flags.definitions.facts import (
    Cohort,
    Course,
    Disputed,
    Facts,
    Finding,
    Firm,
    Lost,
    Other,
    Outgrown,
    Owed,
    PlanYear,
    Record,
    Return,
    Seen,
    Shared,
    Told,
)
from app.flags.definitions.rules import (
    RULES,
    FlagRule,
    Parameter,
    Settings,
    evaluate,
    evaluate_cohort,
    evaluate_course,
    evaluate_firm,
    plain_title,
)

__all__ = [
    "RULES", "Cohort", "Course", "Disputed", "Facts", "Finding", "Firm", "FlagRule", "Lost", "Other", "Outgrown", "Owed", "Parameter",
    "PlanYear", "Record", "Return", "Seen", "Settings", "Shared", "Told", "evaluate", "evaluate_cohort", "evaluate_course",
    "evaluate_firm", "plain_title",
]  # fmt: skip
