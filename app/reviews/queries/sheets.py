"""What became of a review sheet: the ancestors of its fields, frozen forecasts, scores changed after sending."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core.db import session
from app.reviews.models import Review, ReviewAssignment, ReviewChange, ReviewForecast, ScoreChange


def ancestors(
    review: Review | None, stored: Mapping[str, str], version: int, versions: Mapping[str, int]
) -> tuple[dict[str, str | None], dict[str, datetime]]:
    """(the text of every field at the version that a page started from, when it changed since)."""
    base: dict[str, str | None] = dict(stored)
    since: dict[str, datetime] = {}
    if review is None:
        return base, since
    version = version if 0 <= version <= review.version else 0
    seen = {name: versions.get(name, version) for name in stored}
    rows = session.execute(
        select(ReviewChange.field, ReviewChange.version, ReviewChange.before, ReviewChange.at)
        .where(ReviewChange.review_id == review.id, ReviewChange.version > min(seen.values()))
        .order_by(ReviewChange.version.desc(), ReviewChange.id.desc())
    )
    for row in rows:  # newest first: what remains is the text before the first change not seen
        if row.field in seen and row.version > seen[row.field]:
            base[row.field] = row.before
            since.setdefault(row.field, row.at)
    return base, since


def forecasts_count(review_id: int) -> int:
    return session.scalar(select(func.count()).where(ReviewForecast.review_id == review_id)) or 0


def forecasts_of(review_id: int) -> Sequence[ReviewForecast]:
    """The frozen forecasts of a review, in the order of sending."""
    return session.scalars(
        select(ReviewForecast).where(ReviewForecast.review_id == review_id).order_by(ReviewForecast.number)
    ).all()


def changes_of(application_ids: Collection[int]) -> Mapping[int, list[Any]]:
    """By application: the scores of counting reviews that were changed after sending, oldest first.

    Whether a reader may see them is policy's question; the caller leaves out those whom a conflict keeps away.
    """
    found: dict[int, list[Any]] = {key: [] for key in application_ids}
    rows = session.execute(
        select(ReviewAssignment.application_id, ScoreChange)
        .join(Review, Review.id == ScoreChange.review_id)
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .where(ReviewAssignment.application_id.in_(found), ReviewAssignment.status == "submitted")
        .options(joinedload(ScoreChange.criterion))
        .order_by(ScoreChange.id)
    )
    for application_id, change in rows:
        found[application_id].append(change)
    return found
