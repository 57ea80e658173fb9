"""Applying a plan: one act that checks every pair once more, and does everything or nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.assigning import queries
from app.assigning.choices import Change
from app.assigning.models import AssignmentPlan, ReviewInvitation
from app.assigning.operations.gates import officer_of_all, reason, refuse
from app.assigning.operations.planning import check_open
from app.core import audit, mail
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Reason, Refused
from app.reviewers import queries as reviewers
from app.reviews.choices import AssignmentStatus
from app.reviews.models import ReviewAssignment
from app.reviews.workflow import ASSIGNMENT

MOST_REASONS = 50
WITHDRAWN = "事務局による依頼の取消し / withdrawn by the office"


def apply_plan(row: AssignmentPlan, answer_by: date, due_on: date, actor: Any) -> dict[str, int]:
    """Ask everybody whom the plan adds and withdraw the requests that it gives up, with one letter to each person.

    Conflicts are looked for again at this moment, for every pair. Raises Refused with a reason for each pair that cannot
    be made, and then changes nothing; Forbidden for officers from whom a proposal of the call is kept.
    """
    officer_of_all(actor, row.call_id, "apply plan")
    check_open(row, actor)
    check_days(answer_by, due_on)
    applications = queries.applications_by_id(row.call_id)
    pairs = queries.pairs(row.id)
    adds = [pair for pair in pairs if pair.change is Change.add]
    drops = [pair for pair in pairs if pair.change is Change.remove]
    held = {(h.application_id, h.reviewer_id): h for h in queries.held(list(applications))}
    wrong = refusals(
        [(pair.application_id, pair.reviewer_id) for pair in adds], applications, held, actor.actor_id
    )  # fmt: skip
    going = _going(drops, held, wrong)
    if wrong:
        raise Refused(wrong[:MOST_REASONS])
    made = ask_all([(pair.application, pair.reviewer) for pair in adds], answer_by, due_on, actor, row.id)
    withdraw_all(going, actor)
    row.applied_at, row.applied_by_id = now(), actor.actor_id
    session.flush()
    told = {"asked": len(made), "withdrawn": len(going), "kept": len(pairs) - len(adds) - len(drops)}
    audit.record(row, "plan applied", actor, data=told)
    return told


def check_days(answer_by: date, due_on: date) -> None:
    """Raises Refused unless today <= answer by <= due."""
    if answer_by < today():
        raise refuse("answer-past", "The day to answer lies in the past.", "回答期限が過去の日付です。", "answer_by")
    if due_on < answer_by:
        raise refuse(
            "due-before", "The review is due before the answer.", "評価期限が回答期限より前です。", "due_on"
        )  # fmt: skip


def refusals(
    pairs: Sequence[tuple[int, int]], applications: Mapping[int, Any], held: Mapping[tuple[int, int], Any],
    actor_id: int | None,
) -> list[Reason]:  # fmt: skip
    """Why (application, reviewer) pairs cannot be made now. A constant number of statements."""
    people = reviewers.reviewers_by_id()
    blocked = reviewers.blocked_pairs(pairs) if pairs else {}
    found = []
    for application_id, user_id in pairs:
        application, person = applications.get(application_id), people.get(user_id)
        number = application.number if application is not None else str(application_id)
        name = person.name if person is not None else str(user_id)
        if application is None:
            found.append(
                reason(
                    "not-reviewable", f"{number}: takes no reviewers any more.", f"{number}: 審査対象ではありません。"
                )
            )
        elif person is None:
            found.append(
                reason(
                    "not-a-reviewer", f"{number}: {name} is no reviewer.", f"{number}: {name}は審査員ではありません。"
                )
            )
        elif user_id == actor_id:
            found.append(
                reason("yourself", f"{number}: you cannot ask yourself.", f"{number}: 自分自身には依頼できません。")
            )
        elif (application_id, user_id) in blocked:
            state = blocked[application_id, user_id].label
            found.append(
                reason("conflict", f"{number}: {name} – {state.en}.", f"{number}: {name}–{state.ja}")
            )  # fmt: skip
        elif (application_id, user_id) in held:
            found.append(
                reason("already-asked", f"{number}: {name} was asked already.", f"{number}: {name}には依頼済みです。")
            )
    return found


def _going(drops: Iterable[Any], held: Mapping[tuple[int, int], Any], wrong: list[Reason]) -> list[ReviewAssignment]:
    """The assignments that a plan gives up, held; work that has begun meanwhile is a reason against it."""
    ids = [
        row.id
        for pair in drops
        if (row := held.get((pair.application_id, pair.reviewer_id))) is not None
        and row.status in (AssignmentStatus.invited, AssignmentStatus.accepted)
    ]
    rows = list(queries.locked_assignments(ids)) if ids else []
    for row in rows:
        now_held = held[row.application_id, row.reviewer_id]
        if now_held.worked or row.status not in (AssignmentStatus.invited, AssignmentStatus.accepted):
            number, name = row.application.number, row.reviewer.name
            wrong.append(
                reason(
                    "worked", f"{number}: {name} has begun the review; it stays.",
                    f"{number}: {name}は評価に着手済みのため取り消せません。",
                )
            )  # fmt: skip
    return rows


def ask_all(
    pairs: Sequence[tuple[Any, Any]], answer_by: date, due_on: date, actor: Any, plan_id: int | None
) -> list[ReviewAssignment]:
    """Ask reviewers (application, reviewer) that were checked; each gets one letter with everything asked of them."""
    rows = [ReviewAssignment(application_id=a.id, reviewer_id=person.id, due_on=due_on) for a, person in pairs]
    session.add_all(rows)
    session.flush()
    by_person: dict[int, list[str]] = defaultdict(list)
    for row, (application, person) in zip(rows, pairs, strict=True):
        session.add(ReviewInvitation(assignment_id=row.id, plan_id=plan_id, answer_by=answer_by))
        audit.record(row, "assigned", actor, to_status=row.status.value)
        by_person[person.id].append(application.number)
    session.flush()
    people = {person.id: person for _a, person in pairs}
    first: dict[int, int] = {}
    for row in rows:
        first.setdefault(row.reviewer_id, row.id)
    for user_id, numbers in sorted(by_person.items()):
        person = people[user_id]
        mail.queue(
            "assigning/invited", person.email, person.locale, f"invited:{first[user_id]}",
            name=person.name, numbers=sorted(numbers), answer_by=answer_by, due_on=due_on,
        )  # fmt: skip
    return rows


def withdraw_all(rows: Sequence[ReviewAssignment], actor: Any) -> None:
    """Take requests back on which nothing was done yet; each person is told once."""
    by_person: dict[int, list[ReviewAssignment]] = defaultdict(list)
    for row in rows:
        row.reason = WITHDRAWN
        ASSIGNMENT.apply(row, "withdraw", actor, reason=WITHDRAWN)
        by_person[row.reviewer_id].append(row)
    for gone in by_person.values():
        person = gone[0].reviewer
        mail.queue(
            "assigning/withdrawn", person.email, person.locale, f"withdrawn:{gone[0].id}", name=person.name,
            numbers=sorted(row.application.number for row in gone),
        )  # fmt: skip
