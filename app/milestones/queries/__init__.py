"""Every SELECT of milestones, reports, monitoring and calendars."""

from app.milestones.queries.courses import address_by, address_of, digest, score_of, scores_of
from app.milestones.queries.reports import (
    AWAITED,
    awaited,
    awaited_from,
    document_by,
    extension_of,
    extensions_waiting,
    file_of,
    get_for,
    listing,
    part_of,
    reports_of,
    spend_of,
    to_judge,
    unfinished,
    versions_of,
)
from app.milestones.queries.rows import (
    PENDING,
    changes_of,
    milestone_file_of,
    milestone_for,
    milestones_of,
    next_position,
    organisations_of,
    own_organisations,
    owned_by,
    pending,
    pending_for,
    people_of_projects,
    planned_of,
    rights_in,
    to_judge_rows,
    writers_of,
)

__all__ = [
    "AWAITED", "PENDING", "address_by", "address_of", "awaited", "awaited_from", "changes_of", "digest", "document_by",
    "extension_of", "extensions_waiting", "file_of", "get_for", "listing", "milestone_file_of", "milestone_for",
    "milestones_of", "next_position", "organisations_of", "own_organisations", "owned_by", "part_of", "pending",
    "pending_for", "people_of_projects", "planned_of", "reports_of", "rights_in", "score_of", "scores_of", "spend_of",
    "to_judge", "to_judge_rows", "unfinished", "versions_of", "writers_of",
]  # fmt: skip
