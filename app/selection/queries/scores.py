"""The submitted reviews of a round as they are counted, and the calibrations made from them."""

import hashlib
from dataclasses import dataclass
from math import sqrt
from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.models import User
from app.applications.models import Application
from app.applications.queries import visible_to
from app.calls.models import Criterion
from app.core.db import session
from app.core.i18n import Bilingual
from app.reviews.choices import AssignmentStatus
from app.reviews.models import Review, ReviewAssignment, Score
from app.selection.definitions.calibration import Observation
from app.selection.models import Calibration
from app.selection.queries.ranking import RANKED


def _counted(*columns: Any) -> Select[Any]:
    """Submitted reviews with a score: an assignment that ended in a conflict is none of them (CON-14)."""
    return (
        select(*columns)
        .select_from(Review)
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(
            ReviewAssignment.status == AssignmentStatus.submitted,
            Review.weighted_score.is_not(None),
            Application.status.in_(RANKED),
        )
    )


def observations(call_id: int) -> list[Observation]:
    """Every counted review of a round, in points."""
    rows = session.execute(
        _counted(ReviewAssignment.application_id, ReviewAssignment.reviewer_id, Review.weighted_score)
        .where(Application.call_id == call_id)
        .order_by(ReviewAssignment.id)
    )
    return [Observation(row[0], row[1], row[2] / 100) for row in rows]


def fingerprint(call_id: int) -> str:
    """What the counted reviews come to, in one statement: a review sent, changed, reopened or ended in a conflict
    changes it (every change of a review raises its version)."""
    score, key = Review.weighted_score, Review.assignment_id
    row = session.execute(
        _counted(
            func.count(), func.sum(key), func.sum(score), func.sum(score * key), func.sum(Review.version * key),
        ).where(Application.call_id == call_id)
    ).one()  # fmt: skip
    return hashlib.sha256(",".join(str(int(value or 0)) for value in row).encode()).hexdigest()


def latest(call_id: int) -> Calibration | None:
    """The calibration that was asked for last, finished or not."""
    return session.scalar(
        select(Calibration).where(Calibration.call_id == call_id).order_by(Calibration.id.desc()).limit(1)
    )


def calibration(calibration_id: int, *, lock: bool = False) -> Calibration | None:
    query = select(Calibration).where(Calibration.id == calibration_id)
    return session.scalar(query.with_for_update() if lock else query)


def asked_amounts(call_id: int) -> dict[int, int]:
    """Yen asked for, by application that is (or was) under review."""
    query = select(Application.id, Application.total_yen).where(
        Application.call_id == call_id, Application.status.in_(RANKED)
    )
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True)
class CriterionLine:
    """How one criterion was scored in a round; ``counts`` are the scores 1 to 5."""

    name: Bilingual
    weight: int
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        return sum(i * c for i, c in enumerate(self.counts, 1)) / self.n if self.n else None

    @property
    def spread(self) -> float | None:
        if self.n < 2 or self.mean is None:
            return None
        return sqrt(sum(c * (i - self.mean) ** 2 for i, c in enumerate(self.counts, 1)) / (self.n - 1))


def criteria(actor: Any, call_id: int) -> list[CriterionLine]:
    """Every criterion of a call with how often each score was given, over what the actor may see."""
    visible = visible_to(actor).with_only_columns(Application.id).where(Application.call_id == call_id)
    given: dict[tuple[int, int], int] = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            _counted(Score.criterion_id, Score.score, func.count())
            .join(Score, Score.review_id == Review.id)
            .where(Application.id.in_(visible))
            .group_by(Score.criterion_id, Score.score)
        )
    }
    asked = session.scalars(select(Criterion).where(Criterion.call_id == call_id).order_by(Criterion.position))
    return [CriterionLine(c.name, c.weight, tuple(given.get((c.id, n), 0) for n in range(1, 6))) for c in asked]


@dataclass(frozen=True)
class ReviewerLine:
    """One reviewer's scores in a round, in points."""

    id: int
    name: str
    reviews: int
    mean: float
    low: float
    high: float


def reviewers(call_id: int) -> list[ReviewerLine]:
    """Who reviewed in a round; officers only, and only those from whom nothing of it is kept (sees_all)."""
    score = Review.weighted_score
    rows = session.execute(
        _counted(User.id, User.name, func.count(), func.sum(score), func.min(score), func.max(score))
        .join(User, User.id == ReviewAssignment.reviewer_id)
        .where(Application.call_id == call_id)
        .group_by(User.id, User.name)
        .order_by(User.name, User.id)
    )
    return [ReviewerLine(r[0], r[1], r[2], r[3] / r[2] / 100, r[4] / 100, r[5] / 100) for r in rows]
