"""Writing, sending, giving back and changing a review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.applications.merging import Outcome, merge
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.reviews import policy, queries
from app.reviews.choices import AssignmentStatus
from app.reviews.definitions import Phase, sheets, weighted_score
from app.reviews.models import Review, ReviewAssignment, ReviewChange, ReviewForecast, Score, ScoreChange
from app.reviews.operations.gates import check_window, refuse
from app.reviews.workflow import ASSIGNMENT, nothing_is_decided_yet


@dataclass(frozen=True)
class Saved:
    """What became of a save: stored, or in conflict (then nothing was written); ``since`` tells when a field changed."""

    outcome: Outcome
    since: Mapping[str, datetime]

    @property
    def conflicts(self) -> Any:
        return self.outcome.conflicts


def save_fields(
    assignment: ReviewAssignment,
    mine: Mapping[str, str],
    version: int,
    versions: Mapping[str, int],
    *,
    actor: Any,
    arrived: datetime | None = None,
) -> Saved:
    """Save some fields of a draft, merged with what another window of the same reviewer stored since ``version``.

    ``versions`` names the version of single fields where a page has seen a later one. The assignment must have been
    loaded with its lock. Raises Forbidden, OutOfOrder (wrong state) or Refused (no phase that takes scores).
    """
    found, stored = _merged(assignment, mine, version, versions, actor, arrived)
    changed = {name: text for name, text in found.outcome.values.items() if text != stored[name]}
    if not found.conflicts and changed:
        _store(assignment, stored, changed)
    return found


def _merged(
    assignment: ReviewAssignment, mine: Mapping[str, str], version: int, versions: Mapping[str, int], actor: Any,
    arrived: datetime | None,
) -> tuple[Saved, dict[str, str]]:  # fmt: skip
    _check_writing(assignment, actor, arrived)
    stored = sheets.texts(assignment.application.call.criteria, assignment.review)
    wanted = {name: text for name, text in mine.items() if name in stored}
    base, since = queries.ancestors(assignment.review, stored, version, versions)
    return Saved(merge(base, wanted, stored), since), stored  # texts of one person are not joined: both are shown


@dataclass(frozen=True)
class Difference:
    """A field that a sheet from outside would change; ``contested`` where it was changed here too since."""

    field: str
    label: Any
    stored: str
    sent: str
    contested: bool


def compare_fields(
    assignment: ReviewAssignment, mine: Mapping[str, str], version: int, *, actor: Any, arrived: datetime | None = None
) -> list[Difference]:
    """What saving these fields would change. Nothing is written; raises what ``save_fields`` raises."""
    found, stored = _merged(assignment, mine, version, {}, actor, arrived)
    words = sheets.labels(assignment.application.call.criteria)
    return [
        Difference(name, words[name], stored[name], text, name in found.conflicts)
        for name, text in found.outcome.values.items()
        if text != stored[name]
    ]


def _check_writing(assignment: ReviewAssignment, actor: Any, arrived: datetime | None) -> None:
    if not policy.is_its_reviewer(actor, assignment):
        raise Forbidden("save")
    if assignment.status != AssignmentStatus.accepted:
        ASSIGNMENT.check(assignment, "submit", actor)  # says which state it is in
    check_window(assignment, arrived)


def _store(assignment: ReviewAssignment, stored: Mapping[str, str], changed: Mapping[str, str]) -> None:
    review, version = assignment.review, 1
    if review is None:
        review = Review(assignment_id=assignment.id)
        session.add(review)
    else:
        version = review.version + 1
    present = {sheets.score_field(score.criterion_id): score for score in review.scores}
    for name, text in changed.items():
        if name in sheets.LONG:
            setattr(review, name, text)
        elif name in sheets.NUMBERS:
            setattr(review, name, int(text) if text else None)
        elif not text:
            review.scores.remove(present[name])
        elif name in present:
            present[name].score = int(text)
        else:
            review.scores.append(Score(criterion_id=int(name.removeprefix("score-")), score=int(text)))
    review.saved_at = now()
    assignment.review = review
    session.flush()
    session.add_all(
        ReviewChange(review_id=review.id, field=name, version=version, before=stored[name], after=text)
        for name, text in changed.items()
    )
    session.flush()


def save(
    assignment: ReviewAssignment,
    scores: dict[int, int | None],
    to_panel: str,
    to_applicant: str,
    version: int,
    actor: Any,
    *,
    confidence: int | None = None,
    forecast_pct: int | None = None,
    forecast_year: int | None = None,
    arrived: datetime | None = None,
) -> Review | None:
    """Save a whole draft. Raises Stale when another window stored something else in one of its fields since."""
    criteria = assignment.application.call.criteria
    mine = {sheets.score_field(c.id): str(scores.get(c.id) or "") for c in criteria}
    mine |= {sheets.TO_PANEL: to_panel, sheets.TO_APPLICANT: to_applicant}
    numbers = zip(sheets.NUMBERS, (confidence, forecast_pct, forecast_year), strict=True)
    mine |= {name: "" if value is None else str(value) for name, value in numbers}
    if save_fields(assignment, mine, version, {}, actor=actor, arrived=arrived).conflicts:
        stored, words = sheets.texts(criteria, assignment.review), sheets.labels(criteria)
        sent, kept = ({str(words[name]): side[name] for name in words} for side in (mine, stored))
        raise Stale(sent, kept)
    return assignment.review


def submit(assignment: ReviewAssignment, actor: Any, *, arrived: datetime | None = None) -> None:
    """Send the saved review: every mandatory criterion scored, a comment to the panel written, in a phase that takes
    scores. The forecast is frozen as it stands; scores that differ from those sent earlier are written down."""
    ASSIGNMENT.check(assignment, "submit", actor)
    phase = check_window(assignment, arrived)
    ASSIGNMENT.apply(assignment, "submit", actor)
    review = assignment.review
    assert review is not None
    scores = queries.scores_of(review)
    if review.sent_scores is not None:
        _note_changes(review, {int(key): value for key, value in review.sent_scores.items()}, scores, phase, actor)
        review.sent_scores = None
    review.weighted_score = weighted_score(scores, _weights(assignment))
    review.submitted_at = now()
    if review.forecast_pct is not None:
        session.add(
            ReviewForecast(
                review_id=review.id, number=queries.forecasts_count(review.id) + 1, year=review.forecast_year,
                probability_pct=review.forecast_pct, confidence=review.confidence,
            )
        )  # fmt: skip
    session.flush()


def _weights(assignment: ReviewAssignment) -> dict[int, int]:
    return {criterion.id: criterion.weight for criterion in assignment.application.call.criteria}


def _note_changes(
    review: Review, before: Mapping[int, int], after: Mapping[int, int], phase: Phase, actor: Any, reason: str = ""
) -> int:
    """Write down every score that is not what it was; answers how many."""
    keys = [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    session.add_all(
        ScoreChange(
            review_id=review.id, criterion_id=key, before=before.get(key), after=after.get(key), by_id=actor.actor_id,
            phase_kind=phase.kind, phase_en=phase.name.en, phase_ja=phase.name.ja, reason=reason,
        )
        for key in keys
    )  # fmt: skip
    return len(keys)


def change_scores(
    assignment: ReviewAssignment,
    scores: Mapping[int, int],
    reason: str,
    version: int,
    actor: Any,
    *,
    arrived: datetime | None = None,
) -> int:
    """Change scores that were sent, after a hearing or in the panel; before and after are kept. Answers how many.

    Raises Forbidden outside such a phase, Refused without a reason, when a mandatory criterion would lose its score
    or when the decision is made, and Stale when the review is not the version that was looked at.
    """
    phase = queries.phase_of(assignment.application.call, arrived)
    if not policy.may_change_scores(actor, assignment, phase):
        raise Forbidden("change scores")
    if reasons := list(nothing_is_decided_yet(assignment)):
        raise Refused(reasons)
    if not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    review = assignment.review
    assert review is not None
    if review.version != version:
        raise Stale({}, {})
    before = queries.scores_of(review)
    after = {c.id: scores.get(c.id, before.get(c.id)) for c in assignment.application.call.criteria}
    wanted = {key: value for key, value in after.items() if value is not None}
    if changed := _note_changes(review, before, wanted, phase, actor, reason):
        present = {score.criterion_id: score for score in review.scores}
        for key, value in wanted.items():
            if key in present:
                present[key].score = value
            else:
                review.scores.append(Score(criterion_id=key, score=value))
        review.weighted_score = weighted_score(wanted, _weights(assignment))
        review.saved_at = now()
        audit.record(assignment, "scores changed", actor, reason=reason, data={"scores": changed})
        session.flush()
    return changed


def reopen(assignment: ReviewAssignment, actor: Any, reason: str) -> None:
    """Give a submitted review back to its reviewer; not once a decision is confirmed. Its frozen forecast stays."""
    if not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    decision = queries.decision_of(assignment.application_id)
    if decision is not None and decision.status != "proposed":
        raise refuse("decided", "The decision is already confirmed.", "すでに決裁済みです。")
    ASSIGNMENT.apply(assignment, "reopen", actor, reason=reason)
    review = assignment.review
    if review is not None:
        review.sent_scores = {str(key): value for key, value in queries.scores_of(review).items()}
        review.submitted_at = None
        review.weighted_score = None
    session.flush()
