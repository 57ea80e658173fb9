"""The lives of an assignment and of a decision."""

from collections.abc import Iterable
from typing import Any

from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.reviews import policy, queries
from app.reviews.choices import AssignmentStatus as A
from app.reviews.choices import CorrectionStatus as C
from app.reviews.choices import DecisionStatus as D


def every_criterion_is_scored(assignment: Any) -> Iterable[Reason]:
    """Every mandatory one, and at least one that weighs: optional ones may be left out."""
    review = assignment.review
    scored = {score.criterion_id for score in review.scores} if review else set()
    criteria = assignment.application.call.criteria
    if not any(c.mandatory for c in criteria) and not any(c.weight and c.id in scored for c in criteria):
        yield Reason(
            "nothing-scored", Bilingual("Score at least one criterion.", "少なくとも1項目を採点してください。")
        )
    for criterion in criteria:
        if criterion.mandatory and criterion.id not in scored:
            yield Reason(
                "score-missing",
                Bilingual(f"Score “{criterion.name_en}”.", f"「{criterion.name_ja}」を採点してください。"),
                f"score-{criterion.id}",
            )


def nothing_is_decided_yet(assignment: Any) -> Iterable[Reason]:
    if not queries.is_open_to_reviews(assignment.application):
        yield Reason(
            "decided",
            Bilingual("The decision is made; reviews no longer change.", "決裁済みのため、評価は変更できません。"),
        )


def panel_comment_is_written(assignment: Any) -> Iterable[Reason]:
    if assignment.review is None or not assignment.review.comment_to_panel:
        yield Reason(
            "comment-missing",
            Bilingual("Write a comment to the panel.", "審査委員会へのコメントを記入してください。"),
            "comment_to_panel",
        )


def forecast_is_whole(assignment: Any) -> Iterable[Reason]:
    """A year alone is no forecast."""
    review = assignment.review
    if review is not None and review.forecast_year is not None and review.forecast_pct is None:
        yield Reason(
            "forecast-half",
            Bilingual("Give the probability with the year, or neither.", "初回売上の年を記入する場合は確率も記入してください。"),
            "forecast_pct",
        )  # fmt: skip


ASSIGNMENT = Machine(
    "review_assignment",
    A,
    A.invited,
    (
        Transition(
            "accept", sources(A.invited), A.accepted, policy.is_its_reviewer, label=Bilingual("Accept", "受諾する")
        ),
        Transition(
            "decline",
            sources(A.invited, A.accepted),
            A.declined,
            policy.is_its_reviewer,
            label=Bilingual("Decline", "辞退する"),
        ),
        Transition(
            "conflict",
            sources(A.invited, A.accepted, A.submitted),
            A.conflicted,
            policy.may_report_conflict,
            label=Bilingual("Report a conflict of interest", "利益相反を申告する"),
        ),
        Transition(
            "submit",
            sources(A.accepted),
            A.submitted,
            policy.is_its_reviewer,
            (nothing_is_decided_yet, every_criterion_is_scored, panel_comment_is_written, forecast_is_whole),
            label=Bilingual("Submit the review", "評価を提出する"),
        ),
        Transition(
            "reopen", sources(A.submitted), A.accepted, policy.is_officer, label=Bilingual("Reopen", "再評価を依頼する")
        ),
        Transition(
            "withdraw",
            sources(A.invited, A.accepted),
            A.declined,
            policy.is_officer,
            label=Bilingual("Withdraw the request", "依頼を取り消す"),
        ),
    ),
)

DECISION = Machine(
    "decision",
    D,
    D.proposed,
    (
        Transition(
            "confirm", sources(D.proposed), D.confirmed, policy.may_confirm, label=Bilingual("Confirm", "決裁する")
        ),
        Transition(
            "reopen", sources(D.confirmed), D.proposed, policy.is_officer, label=Bilingual("Take back", "差し戻す")
        ),
        Transition(
            "release", sources(D.confirmed), D.released, policy.is_officer, label=Bilingual("Release", "公表する")
        ),
    ),
)
CORRECTION = Machine(
    "decision_correction",
    C,
    C.proposed,
    (
        Transition(
            "confirm",
            sources(C.proposed),
            C.confirmed,
            policy.may_confirm,
            label=Bilingual("Confirm and send", "決裁して通知する"),
        ),
        Transition("drop", sources(C.proposed), C.dropped, policy.is_officer, label=Bilingual("Give up", "取りやめる")),
    ),
)
MACHINES = (ASSIGNMENT, DECISION, CORRECTION)
