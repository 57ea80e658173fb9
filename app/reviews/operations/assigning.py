"""Asking reviewers, and their answers."""

from datetime import date
from typing import Any

from app.applications.models import Application
from app.core import audit, mail
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.reviewers import operations as pool
from app.reviewers import queries as reviewers
from app.reviews import queries
from app.reviews.models import ReviewAssignment
from app.reviews.operations import blind
from app.reviews.operations.gates import recuse, refuse
from app.reviews.workflow import ASSIGNMENT


def assign(application: Application, reviewer: Any, due_on: date, actor: Any) -> ReviewAssignment:
    """Ask a reviewer; refused when a conflict is known, when already asked, or when the application is not under review."""
    if not actor.has_role("officer"):
        raise Forbidden("assign")
    if application.status not in queries.REVIEWABLE:
        raise refuse(
            "not-reviewable",
            "Only an application that has passed screening can be reviewed.",
            "形式審査を通過した申請のみ審査できます。",
        )
    if not reviewer.active or not reviewer.has_role("reviewer"):
        raise refuse("not-a-reviewer", "This person is not a reviewer.", "審査員ではありません。", "reviewer_id")
    if due_on < today():
        raise refuse("due-past", "The due date lies in the past.", "期限が過去の日付です。", "due_on")
    if reviewer.id == actor.actor_id:
        raise refuse(
            "yourself",
            "You cannot ask yourself for a review.",
            "自分自身に審査を依頼することはできません。",
            "reviewer_id",
        )
    recuse(application, actor)
    if found := reviewers.conflicts(application.id, [reviewer.id]).get(reviewer.id):
        names = found[0].organisation
        raise Refused(
            [
                Reason(
                    "conflict",
                    Bilingual(
                        f"{reviewer.name} has a conflict of interest ({names.name_en or names.name_ja}) and cannot be assigned.",
                        f"{reviewer.name}は利益相反({names.name_ja})のため割り当てできません。",
                    ),
                    "reviewer_id",
                )
            ]
        )
    if any(a.reviewer_id == reviewer.id for a in queries.of_application(application.id)):
        raise refuse("already-asked", "This reviewer was already asked.", "この審査員には依頼済みです。", "reviewer_id")
    row = ReviewAssignment(application_id=application.id, reviewer_id=reviewer.id, due_on=due_on)
    session.add(row)
    session.flush()
    audit.record(row, "assigned", actor, to_status=row.status.value)
    mail.queue(
        "reviews/invited", reviewer.email, reviewer.locale, f"review-invited:{row.id}",
        reviewer=reviewer.name, number=application.number, due_on=due_on, assignment_id=row.id,
    )  # fmt: skip
    return row


def answer(assignment: ReviewAssignment, event: str, actor: Any, reason: str = "") -> None:
    """Accept, decline or report a conflict. Declining and conflicts need a reason."""
    if event in ("decline", "conflict") and not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    if event not in ("accept", "decline", "conflict"):
        raise Forbidden(event)
    assignment.reason = reason
    ASSIGNMENT.apply(assignment, event, actor, reason=reason or None)
    if event == "conflict":
        pool.report(assignment.application_id, assignment.reviewer_id, reason, actor)
    if event == "accept" and queries.phase_of(assignment.application.call).blind:
        blind.order_copy(assignment.application, assignment.reviewer.locale, actor)  # printed while the page is read
