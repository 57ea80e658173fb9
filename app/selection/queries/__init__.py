"""Look-ups of a round: ranking, stored calibrations, scenarios, lists of decisions, figures.

Every list starts from ``applications.queries.visible_to``: what an officer may not know of is in no row, rank or total.
"""

from app.selection.queries.figures import BY, Group, figures, records
from app.selection.queries.lists import (
    Release,
    by_numbers,
    decision_page,
    decision_totals,
    open_page,
    release_of,
    reserve_of,
    versions_of,
)
from app.selection.queries.ranking import (
    RANKED,
    Distribution,
    Line,
    Sort,
    call_of,
    distribution,
    export_lines,
    page,
    sees_all,
)
from app.selection.queries.scenarios import (
    candidates,
    names_of,
    scenario,
    scenario_digest,
    scenarios,
    tag_choices,
    years,
)
from app.selection.queries.scores import (
    CriterionLine,
    ReviewerLine,
    asked_amounts,
    calibration,
    criteria,
    fingerprint,
    latest,
    observations,
    reviewers,
)

__all__ = [
    "BY",
    "RANKED",
    "CriterionLine",
    "Distribution",
    "Group",
    "Line",
    "Release",
    "ReviewerLine",
    "Sort",
    "asked_amounts",
    "by_numbers",
    "calibration",
    "call_of",
    "candidates",
    "criteria",
    "decision_page",
    "decision_totals",
    "distribution",
    "export_lines",
    "figures",
    "fingerprint",
    "latest",
    "names_of",
    "observations",
    "open_page",
    "page",
    "records",
    "release_of",
    "reserve_of",
    "reviewers",
    "scenario",
    "scenario_digest",
    "scenarios",
    "sees_all",
    "tag_choices",
    "versions_of",
    "years",
]
