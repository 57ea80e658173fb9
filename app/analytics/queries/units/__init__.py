"""Units: one query per definition serves the number, its breakdowns and the list behind it."""

from sqlalchemy import Subquery

from app.analytics.definitions import Commercialization, Question
from app.analytics.queries.units.commercialization import by_outcome
from app.analytics.queries.units.participation import by_firm, by_list, by_place, by_project, penetration, verdicts


def units(question: Question, cohorts: bool = False) -> Subquery:
    """What is counted: key, verdict (0 no, 1 unknown, 2 yes), weight, and where it applies the cohort's year."""
    if isinstance(question, Commercialization):
        query = by_outcome(question)
    elif question.definition in ("PR-1", "PR-2", "PR-3", "PR-6a"):
        query = by_project(question)
    elif question.definition in ("PR-5", "PR-6b"):
        query = by_place(question)
    elif question.definition == "PR-4":
        query = by_firm(question, cohorts)
    elif question.definition == "PR-7":
        query = penetration(question)
    else:
        query = by_list(question)
    return query.subquery("unit")


def lean(question: Question, cohorts: bool = False) -> Subquery:
    """The same verdicts and weights without what lists tell beside them: for numbers over everything."""
    if question.rule.id in ("PR-1", "PR-3", "PR-6a") and not isinstance(question, Commercialization):
        return verdicts(question).subquery("unit")
    return units(question, cohorts)
