"""A person's judgement of a possible conflict."""

from collections.abc import Set
from typing import Any

from app.accounts.models import User
from app.applications.models import Application
from app.core import audit
from app.core.db import session
from app.core.errors import Forbidden, NotFound
from app.reviewers import queries
from app.reviewers.choices import ConflictVerdict, HitKind
from app.reviewers.models import ConflictJudgement, PossibleConflict
from app.reviewers.operations.gates import refuse, self_or_officer, ties_changed


def judge(
    application: Application, user: User, verdict: ConflictVerdict, reason: str, *, seen: frozenset[str], actor: Any
) -> ConflictJudgement:
    """Pin "conflict" or "no conflict" for one person and application, with the reason; earlier judgements remain.

    ``seen`` are the keys of the hits that the judge was shown: "no conflict" clears those and nothing else. Nobody
    judges an own pair, or an application from which they are recused. Raises Refused for a missing reason, and for
    clearing somebody who is part of the application.
    """
    if not actor.has_role("officer"):
        raise Forbidden("judge")
    if actor.actor_id == user.id:
        raise refuse("own-pair", "Somebody else has to judge this.", "本人は判断できません。", "verdict")
    if queries.recusal(application.id, actor.actor_id):
        raise NotFound("application")
    if not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    hits = queries.standing(application.id, user.id).hits
    if verdict is ConflictVerdict.no_conflict and any(hit.kind is HitKind.own_application for hit in hits):
        raise refuse(
            "own-application",
            "Who is part of an application cannot be cleared of the conflict.",
            "当該申請の当事者を「利益相反なし」とすることはできません。",
            "verdict",
        )
    row = ConflictJudgement(
        application_id=application.id, user_id=user.id, verdict=verdict, reason=reason, by_id=actor.actor_id,
        hits=sorted({hit.key for hit in hits} & seen),
    )  # fmt: skip
    _pin(row, "conflict judged", actor)
    return row


def report(application_id: int, user_id: int, reason: str, actor: Any) -> None:
    """Pin a conflict that somebody reports of themselves, or that an officer was told of: the application is closed to
    the person behind every door from now on (reliability B19). Only an officer's judgement can open it again."""
    self_or_officer(user_id, actor, "report a conflict")
    row = ConflictJudgement(
        application_id=application_id, user_id=user_id, verdict=ConflictVerdict.conflict, reason=reason,
        by_id=actor.actor_id, hits=[],
    )  # fmt: skip
    _pin(row, "conflict reported", actor)


def _pin(row: ConflictJudgement, event: str, actor: Any) -> None:
    session.add(row)
    session.flush()
    audit.record(row, event, actor, reason=row.reason, data={"verdict": row.verdict.value})
    if (waiting := queries.possible_conflict(row.application_id, row.user_id)) is not None:
        session.delete(waiting)
        session.flush()
    ties_changed(row.user_id)


def put_before_officers(waiting: Set[tuple[int, int]], *, among: Set[tuple[int, int]]) -> None:
    """Keep the officers' list of possible conflicts: of the (application, person) pairs that were looked at, ``among``,
    those in ``waiting`` stand on it and no others."""
    known = {(row.application_id, row.user_id): row for row in queries.possible_conflicts(among)}
    for pair, row in known.items():
        if pair not in waiting:
            session.delete(row)
    for application_id, user_id in sorted(waiting - known.keys()):
        session.add(PossibleConflict(application_id=application_id, user_id=user_id))
    session.flush()
