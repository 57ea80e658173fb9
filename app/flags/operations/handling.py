"""What officers do about flags, and how they set the rules."""

from datetime import date, timedelta
from typing import Any

from app.calls.choices import Programme
from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.flags import queries
from app.flags.choices import Judged
from app.flags.definitions import RULES
from app.flags.models import Flag, FlagSetting
from app.flags.workflow import FLAG


def handle(
    flag: Flag, event: str, note: str, until: date | None, version: int, actor: Any, judged: Judged | None = None
) -> None:
    """Acknowledge (and take in hand), snooze (until a day) or resolve a flag, with a reason; who resolves says whether
    the rule was right. Raises Stale when somebody acted meanwhile, Refused with what is missing."""
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
    if event == "resolve" and judged is None:
        words = Bilingual("Say whether the flag was right.", "指摘が正しかったかを選択してください。")
        reasons.append(Reason("judged", words, "judged"))
    if reasons:
        raise Refused(reasons)
    FLAG.apply(flag, event, actor, reason=note, data={"judged": judged.value} if judged else None)
    flag.note, flag.handled_by_id = note, actor.actor_id
    flag.snoozed_until = until if event == "snooze" else None
    if event == "acknowledge":
        flag.owner_id = actor.actor_id
    if event == "resolve":
        flag.judged = judged
    session.flush()


def set_rule(
    rule: str, programme: str, enabled: bool, given: dict[str, int], reason: str, version: int, actor: Any
) -> FlagSetting:
    """Set a rule for one programme, or for all (empty). It holds from the next time the rules run; the record of events
    keeps the former values."""
    if not actor.has_role("officer"):
        raise Forbidden("set a rule")
    reasons = []
    if not reason:
        reasons.append(Reason("reason", Bilingual("Give a reason.", "理由を記入してください。"), "reason"))
    for parameter in RULES[rule].parameters:
        value = given.get(parameter.name)
        if value is None or not parameter.low <= value <= parameter.high:
            words = Bilingual(
                f"{parameter.label.en}: from {parameter.low:,} to {parameter.high:,}.",
                f"{parameter.label.ja}は{parameter.low:,}から{parameter.high:,}までです。",
            )
            reasons.append(Reason("range", words, f"p-{parameter.name}"))
    if programme not in ("", *Programme):
        raise Forbidden("programme")
    if reasons:
        raise Refused(reasons)
    row = queries.setting(rule, programme, lock=True)
    if (row.version if row else 0) != version:
        raise Stale({}, {})
    before = {"enabled": row.enabled, **row.given} if row else {}
    if row is None:
        row = FlagSetting(rule=rule, programme=programme)
        session.add(row)
    row.enabled, row.given, row.reason = enabled, given, reason
    row.changed_by_id, row.changed_at = actor.actor_id, now()
    session.flush()
    audit.record(
        row, "set", actor, reason=reason, data={"rule": rule, "before": before, "after": {"enabled": enabled, **given}}
    )
    return row
