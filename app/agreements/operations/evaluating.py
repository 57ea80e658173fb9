"""Interim evaluations (MON-12): scheduled, filled in by the consortium, graded, decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.agreements import policy, queries
from app.agreements.choices import EvaluationStatus, Grade
from app.agreements.definitions import AT_WORK, AXES
from app.agreements.models import Award, InterimEvaluation
from app.agreements.operations.gates import lead_people, needed, refuse, seen, tell
from app.agreements.operations.making import write_agreed
from app.agreements.workflow import EVALUATION
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder
from app.core.i18n import Bilingual
from app.projects import operations as project_operations
from app.projects import queries as projects

VERDICTS = {"go_on": EvaluationStatus.go_on, "reduce": EvaluationStatus.continue_reduced, "stop": EvaluationStatus.stop}


@dataclass(frozen=True)
class Sheet:
    """The consortium's part: results beside the targets (by position), TRL 1 to 9, what is left, the plan from here."""

    results: Sequence[str]
    trl: int | None
    problems: str
    plan_update: str


@dataclass(frozen=True)
class Verdict:
    """``event`` is go_on, reduce or stop; reduce needs the next fiscal year's amount."""

    event: str
    conditions: str = ""
    next_amount_yen: int | None = None


def schedule(award: Award, fiscal_year: int, held_on: date, actor: Any) -> InterimEvaluation:
    """Plan the evaluation of a fiscal year; its targets are those of the proposal."""
    if not policy.is_officer(actor, award):
        raise Forbidden("schedule")
    if award.status not in AT_WORK:
        raise OutOfOrder(award, "schedule", award.status)
    if any(e.fiscal_year == fiscal_year for e in award.evaluations):
        raise refuse(
            "year-taken", "This fiscal year has its evaluation already.", "当該年度の中間評価は既にあります。", "fiscal_year"
        )  # fmt: skip
    application = award.project.application
    planned = application.milestones if application else []
    row = InterimEvaluation(
        award_id=award.id, fiscal_year=fiscal_year, held_on=held_on,
        targets=[{"goal": m.goal, "target": m.target_value, "unit": m.unit, "result": ""} for m in planned],
    )  # fmt: skip
    award.evaluations.append(row)
    session.flush()
    audit.record(row, "scheduled", actor, to_status=row.status.value, data={"held_on": held_on.isoformat()})
    tell(
        award, lead_people(award), f"evaluation:{row.id}",
        Bilingual("An interim evaluation is scheduled", "中間評価が予定されました"),
        Bilingual(f"It is held on {held_on}. Fill in results, TRL and the plan from here before that day.",
                  f"{held_on}に実施します。それまでに達成状況、TRL及び今後の計画を記入してください。"),
    )  # fmt: skip
    return row


def fill(evaluation: InterimEvaluation, sheet: Sheet, version: int, actor: Any) -> None:
    """The consortium writes its part; raises Stale when somebody saved meanwhile, OutOfOrder once it is graded."""
    award = evaluation.award
    if not policy.is_recipient(actor, award):
        raise Forbidden("fill")
    seen(evaluation, version)
    if evaluation.status is not EvaluationStatus.scheduled:
        raise OutOfOrder(evaluation, "fill", evaluation.status)
    if sheet.trl is not None and not 1 <= sheet.trl <= 9:
        raise refuse("trl", "TRL lies between 1 and 9.", "TRLは1から9までです。", "trl")
    evaluation.targets = [
        {**target, "result": result.strip()}
        for target, result in zip(evaluation.targets, sheet.results, strict=True)
    ]  # fmt: skip
    evaluation.trl, evaluation.problems, evaluation.plan_update = sheet.trl, sheet.problems, sheet.plan_update
    evaluation.filled_at, evaluation.filled_by_id = now(), actor.actor_id
    session.flush()
    audit.record(evaluation, "filled in", actor, on_behalf_of=projects.lead_name(award.project))


def review(evaluation: InterimEvaluation, grades: Mapping[str, Grade], comment: str, version: int, actor: Any) -> None:
    """Record the evaluators' grade of every axis, A to D, and what they said."""
    EVALUATION.check(evaluation, "review", actor)
    seen(evaluation, version)
    if evaluation.filled_at is None:
        raise refuse(
            "not-filled",
            "The consortium has not filled in its part of the sheet yet.",
            "コンソーシアムの記入欄がまだ提出されていません。",
        )
    if set(grades) != set(AXES):
        raise refuse("grades", "Grade every axis.", "全ての評価軸に評点を付けてください。", "grades")
    evaluation.grades = {axis: Grade(grades[axis]).value for axis in AXES}
    evaluation.comment = needed(comment, "comment")
    EVALUATION.apply(evaluation, "review", actor, data={"grades": evaluation.grades})


def decide(evaluation: InterimEvaluation, verdict: Verdict, version: int, actor: Any) -> None:
    """Go on, go on with less (the next year's budget lines shrink in proportion) or stop."""
    award = evaluation.award
    if verdict.event not in VERDICTS:
        raise Forbidden(verdict.event)
    EVALUATION.check(evaluation, verdict.event, actor)
    seen(evaluation, version)
    if verdict.event == "reduce":
        _reduce(award, evaluation.fiscal_year + 1, verdict.next_amount_yen)
        evaluation.next_amount_yen = verdict.next_amount_yen
    elif verdict.event == "stop":
        needed(verdict.conditions, "conditions")
    evaluation.conditions = verdict.conditions.strip()
    evaluation.decided_by_id, evaluation.decided_at = actor.actor_id, now()
    EVALUATION.apply(evaluation, verdict.event, actor, reason=verdict.conditions.strip() or None)
    project_operations.changed([award.project_id])
    label = evaluation.status.label
    tell(
        award, lead_people(award), f"evaluated:{evaluation.id}",
        Bilingual(f"Interim evaluation: {label.en}", f"中間評価の結果:{label.ja}"),
        Bilingual(verdict.conditions or label.en, verdict.conditions or label.ja),
    )  # fmt: skip


def _reduce(award: Award, year: int, amount: int | None) -> None:
    lines = [line for line in queries.lines_of(award) if line.fiscal_year == year]
    before = sum(line.assessed_yen for line in lines)
    if amount is None or not 0 < amount < before:
        raise refuse(
            "next-amount",
            f"The next year’s amount must lie between 1 yen and less than the {before:,} yen of its budget.",
            f"次年度の金額は1円以上、予算額{before:,}円未満としてください。",
            "next_amount_yen",
        )
    shares = project_operations.scale({line.id: line.assessed_yen for line in lines}, amount)
    for line in lines:
        line.assessed_yen = shares[line.id]
        line.reason = line.reason or "中間評価による減額 (interim evaluation)"
    session.flush()
    write_agreed(award)
