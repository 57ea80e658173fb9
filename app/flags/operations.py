"""Verbs of flags: raise what now holds, clear what no longer does, handle what was found."""

from datetime import date, timedelta
from typing import Any

from app.core.audit import SYSTEM
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.flags import queries
from app.flags.definitions import evaluate
from app.flags.models import Flag
from app.flags.workflow import FLAG


def refresh(project_ids: list[int] | None = None) -> int:
    """Raise what now holds and clear what no longer does; answers how many flags changed.

    Runs on save for one project and nightly for all. A flag that an officer resolved stays resolved while its
    finding holds, so it does not come back the next night.
    """
    on = today()
    living = {(f.rule, f.project_id, f.occasion): f for f in queries.living(project_ids)}
    changed = 0
    for project_id, facts in queries.facts(project_ids).items():
        for finding in evaluate(facts, on):
            present = living.pop((finding.rule, project_id, finding.occasion), None)
            if present is None:
                session.add(
                    Flag(rule=finding.rule, project_id=project_id, occasion=finding.occasion, facts=finding.facts)
                )
                changed += 1
            elif present.facts != finding.facts:
                present.facts = finding.facts
    for flag in living.values():
        FLAG.apply(flag, "clear", SYSTEM, reason="the finding no longer holds")
        flag.cleared_at = now()
        changed += 1
    session.flush()
    return changed


def wake() -> None:
    """Clockwork: snoozed flags whose day has come are open again."""
    for flag in queries.snoozed_until(today()):
        FLAG.apply(flag, "reopen", SYSTEM, reason="the day has come")


def handle(flag: Flag, event: str, note: str, until: date | None, version: int, actor: Any) -> None:
    """Acknowledge, snooze (until a day) or resolve a flag, with a reason."""
    if event not in ("acknowledge", "snooze", "resolve"):
        raise Forbidden(event)
    if flag.version != version:
        raise Stale({}, {})
    reasons = []
    if not note:
        reasons.append(Reason("note-missing", Bilingual("Give a reason.", "理由を記入してください。"), "note"))
    if event == "snooze" and (until is None or not today() < until <= today() + timedelta(days=366)):
        reasons.append(
            Reason(
                "until",
                Bilingual("Choose a day within the next year.", "1年以内の将来の日付を指定してください。"),
                "until",
            )
        )
    if reasons:
        raise Refused(reasons)
    FLAG.apply(flag, event, actor, reason=note)
    flag.note, flag.handled_by_id = note, actor.actor_id
    flag.snoozed_until = until if event == "snooze" else None
    session.flush()
