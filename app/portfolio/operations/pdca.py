"""Verbs of the PDCA board."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.calls.choices import Programme
from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.fiscal import fiscal_year_start
from app.core.i18n import Bilingual
from app.portfolio import policy, queries
from app.portfolio.choices import Actual
from app.portfolio.models import PdcaAction, PdcaTarget, PdcaValue
from app.portfolio.workflow import MACHINE


@dataclass(frozen=True)
class TargetData:
    """A target as the form hands it over."""

    indicator: str
    unit: str
    baseline: float
    target: float
    starts_on: date
    ends_on: date
    source: str
    programme: Programme | None = None
    cluster_id: int | None = None
    actual: Actual = Actual.typed
    question: dict[str, Any] | None = None


@dataclass(frozen=True)
class ActionData:
    title: str
    owner_id: int
    due_on: date


def _officer(actor: Any) -> None:
    if not policy.may_plan(actor):
        raise Forbidden("pdca")


def _fresh(row: Any, version: int, back: str) -> None:
    if row.version != version:
        raise Stale({}, {}, back)


def _refuse(code: str, en: str, ja: str, where: str) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def _write(row: PdcaTarget, data: TargetData) -> None:
    if data.ends_on <= data.starts_on:
        raise _refuse(
            "target-period", "The target's day must lie after the baseline's.", "目標日は基準日より後の日としてください。", "ends_on"
        )  # fmt: skip
    for name in ("indicator", "unit", "baseline", "target", "starts_on", "ends_on", "source", "programme", "cluster_id", "actual"):  # fmt: skip
        setattr(row, name, getattr(data, name))
    row.question = data.question or {}


def set_target(data: TargetData, actor: Any) -> PdcaTarget:
    """Set a target. Raises Forbidden, or Refused when its last day does not lie after its first."""
    _officer(actor)
    row = PdcaTarget()
    _write(row, data)
    session.add(row)
    session.flush()
    audit.record(row, "set", actor, data={"indicator": row.indicator, "target": row.target})
    return row


def change_target(row: PdcaTarget, version: int, data: TargetData, actor: Any, back: str) -> None:
    """Set a target anew; what it was stays in the record. Raises Forbidden, Stale or Refused."""
    _officer(actor)
    _fresh(row, version, back)
    before = {"indicator": row.indicator, "baseline": row.baseline, "target": row.target, "ends_on": str(row.ends_on)}
    _write(row, data)
    session.flush()
    audit.record(row, "changed", actor, data={"before": before})


def record_value(row: PdcaTarget, on: date, value: float, source: str, actor: Any) -> PdcaValue:
    """Record what the indicator was on a day. Raises Refused for a day that has not come, or for a measured target."""
    _officer(actor)
    if row.actual is not Actual.typed:
        raise _refuse(
            "value-measured", "This target is measured from the records; nothing is typed in.", "この目標の実績は記録から算出されるため、入力できません。", "value"
        )  # fmt: skip
    if on > today():
        raise _refuse("value-future", "This day has not come yet.", "未来の日付は入力できません。", "observed_on")
    return _add(row, PdcaValue(target_id=row.id, observed_on=on, value=value, source=source), actor)


def keep_answer(row: PdcaTarget, actor: Any) -> PdcaValue:
    """Keep today's measured answer, with numerator, denominator and unknowns. Raises Refused where there is none."""
    _officer(actor)
    if queries.pdca.stands_aside(row, today(), actor):
        raise _refuse(
            "value-aside",
            "You stand aside from something that is counted here: another officer keeps this answer.",
            "利益相反により関与できない案件が含まれるため、他の担当官が保存してください。",
            "value",
        )
    found = queries.pdca.measured(row, today(), actor)
    if found is None:
        raise _refuse(
            "value-none",
            "There is no answer to keep: nobody is counted.",
            "対象がないため、保存できる実績がありません。",
            "value",
        )
    value = PdcaValue(
        target_id=row.id, observed_on=found.on, value=found.value, source=found.source, numerator=found.numerator,
        denominator=found.denominator, unknown=found.unknown,
    )  # fmt: skip
    return _add(row, value, actor)


def _add(row: PdcaTarget, value: PdcaValue, actor: Any) -> PdcaValue:
    value.recorded_at, value.recorded_by_id = now(), actor.actor_id
    session.add(value)
    session.flush()
    audit.record(row, "value_recorded", actor, data={"on": value.observed_on.isoformat(), "value": value.value})
    return value


# --- actions ---------------------------------------------------------------------------------------------------------


def _check(data: ActionData, year: int) -> None:
    if data.owner_id not in {user.id for user in queries.pdca.officers()}:
        raise _refuse("action-owner", "Choose an officer.", "担当官を選んでください。", "owner_id")
    if data.due_on < fiscal_year_start(year):
        raise _refuse(
            "action-due", "The due day lies before the fiscal year of the action.", "期日は対象年度の開始日以後としてください。", "due_on"
        )  # fmt: skip


def plan_action(kind: str, key: int, year: int, data: ActionData, actor: Any) -> PdcaAction | None:
    """Plan what is done about a gap, which is noted as it stands today. None when there is no such target.

    Raises Forbidden, or Refused when the owner is no officer or the due day lies before the year.
    """
    _officer(actor)
    found = queries.pdca.subject(kind, key, actor)
    if found is None:
        return None
    _check(data, year)
    row, gap, day = found
    action = PdcaAction(
        target_id=row.id if kind == "own" else None, cluster_target_id=None if kind == "own" else row.id,
        fiscal_year=year, title=data.title, owner_id=data.owner_id, due_on=data.due_on, gap=gap, gap_on=day,
    )  # fmt: skip
    session.add(action)
    session.flush()
    audit.record(action, "planned", actor, data={"gap": gap, "owner": data.owner_id})
    return action


def move(action: PdcaAction, event: str, version: int, words: str, actor: Any, back: str) -> None:
    """Start, finish or drop an action. Raises Stale, OutOfOrder, Forbidden, and Refused when an action is finished
    without saying what came of it, or dropped without a reason."""
    _fresh(action, version, back)
    MACHINE.check(action, event, actor)
    if event in ("finish", "drop") and not words:
        raise _refuse(
            "action-words", "Say what came of it, or why it is dropped.", "結果又は取りやめの理由を入力してください。", "words"
        )  # fmt: skip
    if event == "finish":
        action.result = words
    MACHINE.apply(action, event, actor, reason=words or None)


def note_result(action: PdcaAction, version: int, words: str, actor: Any, back: str) -> None:
    """Write down what the following year showed. Raises Forbidden or Stale; the former text stays in the record."""
    _officer(actor)
    _fresh(action, version, back)
    before = action.result
    action.result = words
    session.flush()
    audit.record(action, "result_noted", actor, data={"before": before})


def carry_over(action: PdcaAction, version: int, due_on: date, actor: Any, back: str) -> PdcaAction:
    """Carry an open action over: it ends here and begins anew in the following fiscal year, with today's gap.

    Raises Stale, OutOfOrder, Forbidden, and Refused when the due day lies before that year.
    """
    _fresh(action, version, back)
    data = ActionData(action.title, action.owner_id, due_on)
    year = action.fiscal_year + 1
    MACHINE.check(action, "carry", actor)
    kind, key = ("own", action.target_id) if action.target_id else ("cluster", action.cluster_target_id)
    follower = plan_action(kind, key or 0, year, data, actor)
    assert follower is not None  # its target is not deleted while it has actions
    follower.carried_from_id = action.id
    MACHINE.apply(action, "carry", actor, data={"to": year})
    return follower
