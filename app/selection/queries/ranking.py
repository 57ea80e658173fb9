"""The ranking of a round, over what its reader may see, a page at a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Any

from sqlalchemy import and_, case, func, literal, select

from app.applications.choices import ApplicationStatus
from app.applications.models import Application
from app.applications.queries import AGENCY, kept_out, visible_to
from app.calls.models import Call
from app.calls.queries import MAX_ID
from app.calls.queries import visible_to as calls_visible_to
from app.core.db import session
from app.core.i18n import Bilingual
from app.core.tables import Page, keyset
from app.organisations.models import Organisation
from app.reviews.choices import AssignmentStatus
from app.reviews.models import Decision, Review, ReviewAssignment
from app.selection.choices import Sorting
from app.selection.models import CalibratedScore

#: What a ranking holds: under review, or decided.
RANKED = (
    ApplicationStatus.under_review,
    ApplicationStatus.adopted,
    ApplicationStatus.reserve,
    ApplicationStatus.rejected,
)
Sort = Sorting


@dataclass(frozen=True)
class Line:
    """One proposal of the ranking. Scores are points; ``rank`` and ``adjusted_rank`` count what the reader may see."""

    id: int
    number: str
    title: Bilingual
    lead: Bilingual
    asked_yen: int
    synthetic: bool
    rank: int | None
    scores: tuple[float, ...]
    missing: int
    adjusted: float | None
    adjusted_rank: int | None
    low: float | None
    high: float | None
    rank_low: int | None
    rank_high: int | None
    above: float | None
    outcome: Any
    status: Any

    @property
    def mean(self) -> float | None:
        return sum(self.scores) / len(self.scores) if self.scores else None

    @property
    def median(self) -> float | None:
        return median(self.scores) if self.scores else None

    @property
    def spread(self) -> float | None:
        """The standard deviation of the reviews."""
        if self.mean is None or len(self.scores) < 2:
            return None
        return sqrt(sum((s - self.mean) ** 2 for s in self.scores) / (len(self.scores) - 1))

    def disagrees(self, limit: float) -> bool:
        return self.spread is not None and self.spread >= limit

    def undecided(self, lower: float, upper: float) -> bool:
        return self.above is not None and lower <= self.above <= upper


def call_of(actor: Any, call_id: int) -> Call | None:
    """The call of a round by itself, or None where it is not there for this reader."""
    if call_id > MAX_ID:
        return None
    return session.scalar(calls_visible_to(actor).where(Call.id == call_id))


def measured(call_id: int) -> Any:
    """Per application: how many counted reviews, the sum of their scores (hundredths), the sum of the squares."""
    score = Review.weighted_score
    return (
        select(
            ReviewAssignment.application_id,
            func.count(score).label("n"),
            func.sum(score).label("total"),
            func.sum(score * score).label("squares"),
        )
        .join(Review, Review.assignment_id == ReviewAssignment.id)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(Application.call_id == call_id, ReviewAssignment.status == AssignmentStatus.submitted)
        .group_by(ReviewAssignment.application_id)
        .subquery()
    )


def _lines(actor: Any, call: Call, calibration_id: int | None) -> Any:
    """Every visible line with the whole numbers that it can be sorted by (means in ten-thousandths of a point)."""
    m = measured(call.id)
    mean = case((m.c.n > 0, m.c.total * 100 // m.c.n), else_=literal(0))
    spread = case(
        (m.c.n > 1, (m.c.n * m.c.squares - m.c.total * m.c.total) * 100 // (m.c.n * (m.c.n - 1))), else_=literal(-1)
    )
    adjusted = func.coalesce(CalibratedScore.adjusted, -1)
    return (
        visible_to(actor)
        .with_only_columns(
            Application.id.label("id"),
            Application.number.label("application_number"),
            Application.title_en,
            Application.title_ja,
            Application.total_yen.label("asked"),
            Application.is_synthetic,
            Organisation.name_en,
            Organisation.name_ja,
            func.coalesce(m.c.n, 0).label("n"),
            mean.label("mean"),
            func.coalesce(spread, -1).label("spread"),
            func.rank().over(order_by=mean.desc()).label("place"),
            adjusted.label("adjusted"),
            func.rank().over(order_by=adjusted.desc()).label("adjusted_place"),
            CalibratedScore.low,
            CalibratedScore.high,
            CalibratedScore.rank_low,
            CalibratedScore.rank_high,
            func.coalesce(CalibratedScore.above, -1).label("above"),
            Decision.outcome,
            Decision.status.label("decision_status"),
        )
        .join(Organisation, Organisation.id == Application.lead_organisation_id)
        .outerjoin(m, m.c.application_id == Application.id)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .outerjoin(
            CalibratedScore,
            and_(
                CalibratedScore.application_id == Application.id,
                CalibratedScore.calibration_id == (calibration_id or 0),
            ),
        )
        .where(Application.call_id == call.id, Application.status.in_(RANKED))
        .subquery()
    )


def _sorted(lines: Any, sort: Sorting) -> tuple[Any, list[Any]]:
    """The lines as a query, and its ascending keys: the best first, then by number."""
    by = {
        Sorting.raw: -func.coalesce(lines.c.mean, 0),
        Sorting.adjusted: -lines.c.adjusted,
        Sorting.spread: -lines.c.spread,
        Sorting.above: -lines.c.above,
        Sorting.amount: -lines.c.asked,
        Sorting.number: literal(0),
    }[sort]
    keyed = select(*lines.c, by.label("sort_key")).subquery()
    keys = [keyed.c.application_number] if sort is Sorting.number else [keyed.c.sort_key, keyed.c.application_number]
    return select(*(c for c in keyed.c if c.name not in ("sort_key", "application_number"))), keys


LINES = 40  # each has many columns; a page stays within the 30 kB of a list


def page(
    actor: Any, call: Call, calibration_id: int | None, sort: Sorting, after: str | None, before: str | None
) -> Page[Line]:
    """One page of the ranking, with the scores behind its lines."""
    query, keys = _sorted(_lines(actor, call, calibration_id), sort)
    found = keyset(query, keys, after, before, LINES)
    return Page(_with_scores(call, found.rows), found.next, found.previous)


def export_lines(actor: Any, call: Call, calibration_id: int | None) -> list[Line]:
    """The whole ranking, best raw mean first."""
    query, keys = _sorted(_lines(actor, call, calibration_id), Sorting.raw)
    rows = session.execute(query.add_columns(*keys).order_by(*keys)).all()
    return _with_scores(call, rows)


def _with_scores(call: Call, rows: Sequence[Any]) -> list[Line]:
    scores: dict[int, list[float]] = defaultdict(list)
    if rows:
        wanted = [row.id for row in rows]
        among = (
            ReviewAssignment.application_id.in_(wanted)
            if len(wanted) <= 100
            else ReviewAssignment.application_id.in_(select(Application.id).where(Application.call_id == call.id))
        )
        for application_id, score in session.execute(
            select(ReviewAssignment.application_id, Review.weighted_score)
            .join(Review, Review.assignment_id == ReviewAssignment.id)
            .where(among, ReviewAssignment.status == AssignmentStatus.submitted, Review.weighted_score.is_not(None))
            .order_by(Review.weighted_score, Review.id)
        ):
            scores[application_id].append((score or 0) / 100)
    return [_line(call, row, tuple(scores.get(row.id, ()))) for row in rows]


def _line(call: Call, row: Any, scores: tuple[float, ...]) -> Line:
    adjusted = row.adjusted if row.adjusted >= 0 else None
    return Line(
        row.id, row.application_number,
        Bilingual(row.title_en or row.title_ja, row.title_ja or row.title_en),
        Bilingual(row.name_en or row.name_ja, row.name_ja or row.name_en),
        row.asked, row.is_synthetic, row.place if scores else None, scores,
        max(0, call.required_reviews - len(scores)),
        None if adjusted is None else adjusted / 100, None if adjusted is None else row.adjusted_place,
        None if row.low is None else row.low / 100, None if row.high is None else row.high / 100,
        row.rank_low, row.rank_high, None if row.above < 0 else row.above / 1000, row.outcome, row.decision_status,
    )  # fmt: skip


@dataclass(frozen=True)
class Distribution:
    """The round at a glance, over what the reader may see: means of proposals in quarter points."""

    proposals: int
    reviews: int
    missing: int
    asked_yen: int
    mean: float | None
    median: float | None
    spread: float | None
    steps: tuple[tuple[float, int], ...]  # (from which mean on, how many proposals)


def distribution(actor: Any, call: Call) -> Distribution:
    m = measured(call.id)
    rows = session.execute(
        visible_to(actor)
        .with_only_columns(Application.total_yen, m.c.n, m.c.total)
        .outerjoin(m, m.c.application_id == Application.id)
        .where(Application.call_id == call.id, Application.status.in_(RANKED))
    ).all()
    means = [row.total / row.n / 100 for row in rows if row.n]
    counts: dict[int, int] = defaultdict(int)
    for value in means:
        counts[min(int((value - 1) * 4), 15)] += 1
    mean = sum(means) / len(means) if means else None
    spread = None
    if mean is not None and len(means) > 1:
        spread = sqrt(sum((v - mean) ** 2 for v in means) / (len(means) - 1))
    return Distribution(
        len(rows), sum(row.n or 0 for row in rows), sum(max(0, call.required_reviews - (row.n or 0)) for row in rows),
        sum(row.total_yen for row in rows), mean, median(means) if means else None, spread,
        tuple((1 + i / 4, counts.get(i, 0)) for i in range(16)),
    )  # fmt: skip


def sees_all(actor: Any, call_id: int) -> bool:
    """May this reader see every proposal of the round? What is computed from all of them together (intervals of ranks,
    probabilities, severities, scenarios) is for such readers only: it would tell of what is hidden."""
    if not kept_out(actor):
        return bool(actor.has_role(*AGENCY))
    ranked = select(func.count()).select_from(Application).where(
        Application.call_id == call_id, Application.status.in_(RANKED)
    )  # fmt: skip
    visible = visible_to(actor).where(Application.call_id == call_id, Application.status.in_(RANKED))
    seen = select(func.count()).select_from(visible.with_only_columns(Application.id).subquery())
    row = session.execute(select(ranked.scalar_subquery(), seen.scalar_subquery())).one()
    return bool(row[0] == row[1])
