"""Verbs of reviewing and deciding."""

from collections import defaultdict
from datetime import date
from typing import Any

from app.applications import queries as applications
from app.applications.models import Application
from app.calls.models import Call
from app.core import audit, mail, pdf
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual, in_locale
from app.organisations.models import Organisation
from app.reviews import policy, queries
from app.reviews.choices import AssignmentStatus, Outcome
from app.reviews.models import Decision, DeclaredInterest, Review, ReviewAssignment, Score
from app.reviews.workflow import ASSIGNMENT, DECISION


def _refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def _recuse(application: Application, actor: Any) -> None:
    """Officers are bound by the same ties as reviewers: who has one takes no part in assigning and deciding."""
    if actor.actor_id is None:
        return
    if found := queries.conflicts(application.id, [actor.actor_id]).get(actor.actor_id):
        tie = found[0].organisation
        raise _refuse(
            "own-conflict",
            f"You have a tie to this consortium ({tie.name_en or tie.name_ja}); a colleague has to do this.",
            f"この申請の関係機関({tie.name_ja})と利害関係があるため、他の担当官が行う必要があります。",
        )


def assign(application: Application, reviewer: Any, due_on: date, actor: Any) -> ReviewAssignment:
    """Ask a reviewer; refused when a conflict is known, when already asked, or when the application is not under review."""
    if not actor.has_role("officer"):
        raise Forbidden("assign")
    if application.status not in queries.REVIEWABLE:
        raise _refuse(
            "not-reviewable",
            "Only an application that has passed screening can be reviewed.",
            "形式審査を通過した申請のみ審査できます。",
        )
    if not reviewer.active or not reviewer.has_role("reviewer"):
        raise _refuse("not-a-reviewer", "This person is not a reviewer.", "審査員ではありません。", "reviewer_id")
    if due_on < today():
        raise _refuse("due-past", "The due date lies in the past.", "期限が過去の日付です。", "due_on")
    if reviewer.id == actor.actor_id:
        raise _refuse(
            "yourself",
            "You cannot ask yourself for a review.",
            "自分自身に審査を依頼することはできません。",
            "reviewer_id",
        )
    _recuse(application, actor)
    if found := queries.conflicts(application.id, [reviewer.id]).get(reviewer.id):
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
        raise _refuse(
            "already-asked", "This reviewer was already asked.", "この審査員には依頼済みです。", "reviewer_id"
        )
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
        raise _refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    if event not in ("accept", "decline", "conflict"):
        raise Forbidden(event)
    assignment.reason = reason
    ASSIGNMENT.apply(assignment, event, actor, reason=reason or None)


def save(
    assignment: ReviewAssignment,
    scores: dict[int, int | None],
    to_panel: str,
    to_applicant: str,
    version: int,
    actor: Any,
) -> Review:
    """Save a draft review. Raises Stale when the stored one is not the version that the reviewer was looking at."""
    if not policy.is_its_reviewer(actor, assignment):
        raise Forbidden("save")
    if assignment.status != AssignmentStatus.accepted:
        ASSIGNMENT.check(assignment, "submit", actor)  # says which state it is in
    review = assignment.review
    if review is None:
        if version != 0:
            raise Stale({}, {})
        review = Review(assignment_id=assignment.id)
        assignment.review = review
        session.add(review)
    elif review.version != version:
        raise Stale(_shown(assignment, scores, to_panel, to_applicant), _stored(assignment, review))
    review.comment_to_panel, review.comment_to_applicant, review.saved_at = to_panel, to_applicant, now()
    allowed = {criterion.id for criterion in assignment.application.call.criteria}
    present = {score.criterion_id: score for score in review.scores}
    for criterion_id in allowed:
        value = scores.get(criterion_id)
        if value is None:
            if criterion_id in present:
                review.scores.remove(present[criterion_id])
        elif criterion_id in present:
            present[criterion_id].score = value
        else:
            review.scores.append(Score(criterion_id=criterion_id, score=value))
    session.flush()
    return review


def _shown(assignment: Any, scores: dict[int, int | None], to_panel: str, to_applicant: str) -> dict[Any, Any]:
    words: dict[Any, Any] = {str(c.name): scores.get(c.id) or "" for c in assignment.application.call.criteria}
    words[str(Bilingual("Comment to the panel", "審査委員会へのコメント"))] = to_panel
    words[str(Bilingual("Comment to the applicant", "申請者へのコメント"))] = to_applicant
    return words


def _stored(assignment: Any, review: Review) -> dict[Any, Any]:
    stored: dict[int, int | None] = dict(queries.scores_of(review))
    return _shown(assignment, stored, review.comment_to_panel, review.comment_to_applicant)


def weighted_score(scores: dict[int, int], weights: dict[int, int]) -> int:
    """The weighted mean in hundredths of a point, rounded half up; weights of 0 do not count."""
    total = sum(weights.values())
    if not total:
        raise ValueError("the rubric has no weight")
    return (200 * sum(scores[key] * weight for key, weight in weights.items()) + total) // (2 * total)


def submit(assignment: ReviewAssignment, actor: Any) -> None:
    """Send the saved review: every criterion scored, a comment to the panel written."""
    ASSIGNMENT.apply(assignment, "submit", actor)
    review = assignment.review
    assert review is not None
    weights = {criterion.id: criterion.weight for criterion in assignment.application.call.criteria}
    review.weighted_score = weighted_score(queries.scores_of(review), weights)
    review.submitted_at = now()
    session.flush()


def reopen(assignment: ReviewAssignment, actor: Any, reason: str) -> None:
    """Give a submitted review back to its reviewer; not once a decision is confirmed."""
    if not reason:
        raise _refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    decision = queries.decision_of(assignment.application_id)
    if decision is not None and decision.status != "proposed":
        raise _refuse("decided", "The decision is already confirmed.", "すでに決裁済みです。")
    ASSIGNMENT.apply(assignment, "reopen", actor, reason=reason)
    if assignment.review is not None:
        assignment.review.submitted_at = None
        assignment.review.weighted_score = None
    session.flush()


def declare_interest(actor: Any, organisation: Organisation, kind: str, note: str) -> DeclaredInterest:
    """A reviewer declares a tie; living assignments that it touches end at once as conflicts."""
    if any(i.organisation_id == organisation.id for i in queries.interests_of(actor.id)):
        raise _refuse(
            "declared", "You have declared this organisation already.", "申告済みの機関です。", "organisation"
        )
    row = DeclaredInterest(user_id=actor.id, organisation_id=organisation.id, kind=kind, note=note)
    session.add(row)
    session.flush()
    audit.record(row, "interest declared", actor)
    for assignment in queries.open_assignments_touching(actor.id, organisation.id):
        ASSIGNMENT.apply(assignment, "conflict", actor, reason="declared interest")
        assignment.reason = "declared interest"
    session.flush()
    return row


def end_conflicted() -> None:
    """Clockwork: an assignment in which a conflict has come to light ends, on the record."""
    living: dict[int, list[ReviewAssignment]] = defaultdict(list)
    for assignment in queries.living_assignments():
        living[assignment.application_id].append(assignment)
    for application_id, assignments in living.items():
        tied = queries.conflicts(application_id, [assignment.reviewer_id for assignment in assignments])
        for assignment in (a for a in assignments if a.reviewer_id in tied):
            assignment.reason = "found by the system"
            ASSIGNMENT.apply(assignment, "conflict", audit.SYSTEM, reason="found by the system")


def propose(
    application: Application,
    outcome: Outcome,
    amount_yen: int,
    conditions: str,
    reason: str,
    version: int,
    actor: Any,
    *,
    remarks: str = "",
) -> Decision:
    """Propose (or revise a proposed) decision; the amount is 0 unless adopted or reserve.

    ``reason`` stays in the office; ``remarks`` go to the applicant, with the letter, once the result is released.
    """
    if not actor.has_role("officer"):
        raise Forbidden("propose")
    if application.status not in queries.REVIEWABLE:
        raise _refuse("not-reviewable", "This application is not under review.", "審査中の申請ではありません。")
    if outcome is Outcome.rejected:
        amount_yen = 0
    elif not 0 < amount_yen <= application.total_yen:
        raise Refused(
            [
                Reason(
                    "amount",
                    Bilingual(
                        f"The amount must lie between 1 yen and the {application.total_yen:,} yen applied for.",
                        f"金額は1円以上、申請額{application.total_yen:,}円以下としてください。",
                    ),
                    "amount_yen",
                )
            ]
        )
    _recuse(application, actor)
    decision = queries.decision_of(application.id, lock=True)
    if decision is None:
        decision = Decision(application_id=application.id, outcome=outcome, proposed_by_id=actor.id)
        session.add(decision)
    else:
        if not policy.may_revise(actor, decision):
            DECISION.check(decision, "confirm", actor)
            raise Forbidden("revise")
        if decision.version != version:
            raise Stale(
                {"outcome": outcome.label, "amount": f"{amount_yen:,}", "conditions": conditions, "remarks": remarks},
                {
                    "outcome": decision.outcome.label,
                    "amount": f"{decision.amount_yen:,}",
                    "conditions": decision.conditions,
                    "remarks": decision.remarks,
                },
            )
    decision.outcome, decision.amount_yen = outcome, amount_yen
    decision.conditions, decision.reason, decision.remarks = conditions, reason, remarks
    decision.proposed_by_id, decision.proposed_at = actor.id, now()
    session.flush()
    audit.record(decision, "proposed", actor, to_status=decision.status.value, reason=reason or None)
    return decision


def confirm(decision: Decision, version: int, actor: Any) -> None:
    """A second officer confirms exactly the version that was looked at."""
    if decision.version != version:
        raise Stale({}, {})
    DECISION.check(decision, "confirm", actor)
    _recuse(decision.application, actor)
    DECISION.apply(decision, "confirm", actor)
    decision.confirmed_by_id, decision.confirmed_at = actor.id, now()
    session.flush()


def take_back(decision: Decision, actor: Any, reason: str) -> None:
    if not reason:
        raise _refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    DECISION.apply(decision, "reopen", actor, reason=reason)
    decision.confirmed_by_id = decision.confirmed_at = None
    session.flush()


def release(decision: Decision, call: Call, actor: Any) -> None:
    """Release one confirmed decision: the applicant's state changes, letter and mails are queued."""
    from app.applications.workflow import MACHINE

    application = decision.application
    DECISION.apply(decision, "release", actor)
    decision.released_at = now()
    event = {Outcome.adopted: "adopt", Outcome.reserve: "reserve", Outcome.rejected: "reject"}[decision.outcome]
    MACHINE.apply(application, event, actor)
    decision.letter = _letter(decision, call)
    for person in applications.people_of(application.id):
        mail.queue(
            "reviews/decided", person.email, person.locale, f"decided:{decision.id}:{person.id}",
            name=person.name, number=application.number, title=application.title,
            outcome=decision.outcome.label, application_id=application.id,
        )  # fmt: skip
    session.flush()


def _letter(decision: Decision, call: Call) -> pdf.Document:
    application = decision.application
    both = {}
    for language in ("ja", "en"):
        with in_locale(language):
            both[language] = {
                "call": str(call.title),
                "title": str(application.title),
                "lead": str(application.lead_organisation.name),
                "outcome": str(decision.outcome.label),
            }
    context = {
        "number": application.number,
        "outcome_code": decision.outcome.value,
        "amount_yen": decision.amount_yen,
        "conditions": decision.conditions,
        "remarks": decision.remarks,
        "comments": queries.comments_to_applicant(application.id),
        "decided_on": today().isoformat(),
        "texts": both,
        "synthetic": application.is_synthetic,
    }
    return pdf.order(
        "reviews/letter", "ja", context, name=f"{application.number}-decision.pdf", dedupe_key=f"letter:{decision.id}"
    )
