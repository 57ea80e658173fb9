"""What an award waits for, and from whom, in words: the same on its page, in the list and on the start page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.agreements.choices import GO_ON, ContractStatus, EvaluationStatus, Side
from app.agreements.choices import AwardStatus as S
from app.agreements.definitions import followed_until, reports_by
from app.core.i18n import Bilingual
from app.projects.choices import ProjectStatus, Regime

#: The contract at work is not settled yet: the next one can be prepared, not confirmed.
AHEAD = (S.running, S.suspended, S.reported, S.inspected, S.amount_fixed)


@dataclass(frozen=True)
class Wait:
    """One thing to do: ``endpoint`` leads to the page where it is done (its address holds the project)."""

    side: Side
    what: Bilingual
    endpoint: str = "agreements.agreement"
    arguments: dict[str, Any] = field(default_factory=dict)
    due_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """What is not in the award itself: open points of the checklist by side, terms that wait for a confirmation, the
    fiscal years that the budget has, and the contracts whose performance report was handed in here."""

    open_points: dict[Side, int] = field(default_factory=dict)
    terms: tuple[Any, ...] = ()
    years: tuple[int, ...] = ()
    reported: frozenset[int] = frozenset()


def waits(award: Any, facts: Facts) -> list[Wait]:
    """Everything that this award waits for now."""
    found = [wait for terms in facts.terms for wait in _terms(award, terms)]
    found += _owed(award, facts)
    found += _by_status(award, facts)
    if award.status in AHEAD and award.regime is Regime.commission:
        found += _next_year(award, facts)
    return found


def _office(en: str, ja: str, endpoint: str = "agreements.agreement", **arguments: Any) -> Wait:
    return Wait(Side.office, Bilingual(en, ja), endpoint, arguments)


def _consortium(
    en: str, ja: str, endpoint: str = "agreements.agreement", due: date | None = None, **arguments: Any
) -> Wait:
    return Wait(Side.consortium, Bilingual(en, ja), endpoint, arguments, due)


def _terms(award: Any, terms: Any) -> Iterator[Wait]:
    contract = next(one for one in award.contracts if one.id == terms.contract_id)
    if contract.status is ContractStatus.offered and (award.status in AHEAD or contract.change_owed):
        return  # prepared: it is confirmed when the year before is settled, and offered anew after a change
    here = {"contract_id": terms.contract_id, "number": terms.number}
    if contract.status is ContractStatus.in_force:
        en, ja = f"Confirm the changed terms of {contract.number}", f"{contract.number}の変更条件を確認する"
    else:
        en, ja = "Confirm the contract or grant decision", "契約・交付決定の内容を確認する"
    if terms.officer_at is None:
        yield _office(en, ja, "agreements.terms", **here)
    if terms.recipient_at is None:
        yield _consortium(en, ja, "agreements.terms", **here)


def _owed(award: Any, facts: Facts) -> Iterator[Wait]:
    """Terms that do not agree with an approved change and for which no new ones are on offer."""
    offered = {terms.contract_id for terms in facts.terms}
    for contract in award.contracts:
        if not contract.change_owed or contract.status not in (ContractStatus.in_force, ContractStatus.offered):
            continue
        words = Bilingual(
            f"The terms of {contract.number} differ from the approved change ({contract.change_owed}): offer changed terms",
            f"{contract.number}の条件が承認済みの変更({contract.change_owed})と異なる:変更契約を提示する",
        )
        if contract.status is ContractStatus.offered:
            yield Wait(Side.office, words, "agreements.new_contract")
        elif contract.id not in offered:
            yield Wait(Side.office, words, "agreements.change_page", {"contract_id": contract.id})


def _next_year(award: Any, facts: Facts) -> Iterator[Wait]:
    """The interim evaluation says go: the next year's contract can be prepared before the year is settled."""
    current = _current(award)
    if current is None or not any(year > current.fiscal_year for year in facts.years):
        return
    row = next((e for e in award.evaluations if e.fiscal_year == current.fiscal_year), None)
    if (
        row is not None
        and row.status in GO_ON
        and not any(c.fiscal_year > current.fiscal_year for c in award.contracts)
    ):
        yield Wait(
            Side.office,
            Bilingual("Prepare the next year’s contract", "次年度の契約書を準備する"),
            "agreements.new_contract",
            due_on=date(current.fiscal_year + 1, 4, 1),
        )


def _current(award: Any) -> Any:
    """The contract at work: the latest that both sides confirmed and that is not settled."""
    living = [c for c in award.contracts if c.status in (ContractStatus.in_force, ContractStatus.fixed)]
    return living[-1] if living else None


def _by_status(award: Any, facts: Facts) -> list[Wait]:
    project, commission = award.project, award.regime is Regime.commission
    if award.status is S.adopted:
        if commission:
            return [_office("Begin the cost assessment", "経費査定を開始する")]
        return [_consortium("Apply for the grant", "交付申請を行う")]
    if award.status in (S.cost_assessment, S.grant_applied):
        return list(_setting_up(award, facts))
    if award.status in (S.contracted, S.granted):
        if project.status is ProjectStatus.adopted:
            return [_office("Start the project", "プロジェクトを開始する", "milestones.start_page")]
        return [_office("Record that the year’s work begins", "当年度の着手を記録する")]
    current = _current(award)
    here = {"contract_id": current.id} if current else {}
    simple = {
        S.reported: _office("Hold the determination inspection", "確定検査を実施する", "money.inspection", **here),
        S.inspected: _office("Fix the amount", "額を確定する", "money.fixing", **here),
        S.amount_fixed: _office("Settle the fixed amount", "確定額を精算する", "money.detail"),
        S.completed: _office("Begin the follow-up", "フォローアップを開始する"),
        S.suspended: _office("Decide whether work goes on", "再開の可否を判断する"),
        S.terminated: _office("Settle what is left, then close", "残務を精算し終結とする"),
        S.revoked: _office("Claim repayment or close", "返還請求又は終結の処理をする"),
        S.repayment: _consortium("Pay back what is claimed", "請求額を返還する"),
    }
    if award.status in simple:
        return [simple[award.status]]
    if award.status is S.running:
        return [*_evaluating(award), *_reporting(award, facts)]
    if award.status in (S.settled, S.paid):
        return list(_after_settlement(award, facts))
    if award.status is S.follow_up and project.completed_on is not None:
        until = followed_until(project.completed_on, project.followup_years)
        return [_consortium(f"Report every year until {until}", f"{until}まで毎年度、事業化状況を報告する")]
    return []


def _setting_up(award: Any, facts: Facts) -> Iterator[Wait]:
    if n := facts.open_points.get(Side.consortium, 0):
        yield _consortium(
            f"Work through the checklist: {n} open", f"チェックリストに対応する(未了{n}件)", "agreements.checklist"
        )
    if n := facts.open_points.get(Side.office, 0):
        yield _office(
            f"Work through the checklist: {n} open", f"チェックリストに対応する(未了{n}件)", "agreements.checklist"
        )
    if award.assessed_at is None:
        if award.objection:
            yield _office("Answer the objection: assess again", "異議に対応し再査定する", "agreements.costs")
        else:
            yield _office("Assess the costs", "経費を査定する", "agreements.costs")
    elif award.agreed_at is None:
        yield _consortium("Confirm the assessed budget", "査定後の予算を確認する", "agreements.costs")
    elif not sum(facts.open_points.values()) and not facts.terms:
        yield _office("Make the contract or grant decision", "契約書・交付決定書を作成する", "agreements.new_contract")


def _evaluating(award: Any) -> Iterator[Wait]:
    for row in award.evaluations:
        here = {"evaluation_id": row.id}
        if row.status is EvaluationStatus.scheduled and row.filled_at is None:
            yield Wait(
                Side.consortium,
                Bilingual("Fill in the interim evaluation sheet", "中間評価シートに記入する"),
                "agreements.evaluation",
                here,
                row.held_on,
            )
        elif row.status is EvaluationStatus.scheduled:
            yield _office("Grade the interim evaluation", "中間評価の評点を記録する", "agreements.evaluation", **here)
        elif row.status is EvaluationStatus.reviewed:
            yield _office("Decide on the interim evaluation", "中間評価の判定を行う", "agreements.evaluation", **here)


def _reporting(award: Any, facts: Facts) -> Iterator[Wait]:
    contract = next((c for c in reversed(award.contracts) if c.status is ContractStatus.in_force), None)
    if contract is not None:
        done = award.project.completed_on
        due = reports_by(contract.ends_on, done if done and done <= contract.ends_on else None)
        if contract.id not in facts.reported:  # else it waits for the office, and the floor of reports says so
            yield _consortium("Send the performance report", "実績報告書を提出する", "milestones.performance", due)


def _after_settlement(award: Any, facts: Facts) -> Iterator[Wait]:
    complete = _office("Record the completion", "完了を記録する", "agreements.event_page", event="complete")
    if award.regime is Regime.subsidy or award.project.status is ProjectStatus.completed:
        yield complete
        return
    year = max((c.fiscal_year for c in award.contracts if c.status is ContractStatus.settled), default=0)
    row = next((e for e in award.evaluations if e.fiscal_year == year), None)
    if row is None:
        if any(one > year for one in facts.years):
            yield _office("Schedule the interim evaluation", "中間評価の日程を決める", "agreements.new_evaluation")
        else:
            yield complete
    elif row.status in GO_ON:
        if not any(c.status is ContractStatus.offered for c in award.contracts):
            yield _office("Make the next year’s contract", "次年度の契約書を作成する", "agreements.new_contract")
    elif row.status is EvaluationStatus.stop:
        yield complete
    else:
        yield from _evaluating(award)
