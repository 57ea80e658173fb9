"""The life of an award, one machine per regime (domain.md 12), of a contract and of an interim evaluation."""

from collections.abc import Callable
from typing import Any

from app.agreements import policy, queries
from app.agreements.choices import GO_ON, ContractStatus, EvaluationStatus
from app.agreements.choices import AwardStatus as S
from app.agreements.definitions import NEEDS, POINTS, followed_until
from app.core.clock import today
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.projects.choices import ProjectStatus, Regime


def _say(code: str, en: str, ja: str, where: str | None = None) -> list[Reason]:
    return [Reason(code, Bilingual(en, ja), where)]


def set_up(award: Any) -> list[Reason]:
    """Every point of the checklist is done, or marked as not applicable where that is allowed."""
    found = []
    for item in queries.checklist_of(award):
        if item.done_at is None:
            title = POINTS[item.code].title
            words = Bilingual(f"Checklist: “{title.en}” is open.", f"チェックリストの「{title.ja}」が未了です。")
            found.append(Reason("setup-open", words, f"item-{item.code}"))
    return found


def costs_agreed(award: Any) -> list[Reason]:
    """CON-10: the consortium confirmed the assessed budget."""
    if award.agreed_at is not None:
        return []
    return _say(
        "costs-open",
        "The consortium has not confirmed the assessed budget yet.",
        "査定後の予算がコンソーシアムによって確認されていません。",
        "costs",
    )


def both_signed(award: Any) -> list[Reason]:
    """A contract (grant decision) stands that both sides confirmed and under which nothing was settled yet."""
    current = queries.current_contract(award)
    if current is not None and current.status is ContractStatus.in_force:
        return []
    return _say(
        "contract-open",
        "The contract or grant decision is not confirmed by both sides yet.",
        "契約又は交付決定が双方によって確認されていません。",
        "contracts",
    )


def said_go(award: Any, fiscal_year: int) -> bool:
    """The interim evaluation of a fiscal year says that the next one follows."""
    return any(e.fiscal_year == fiscal_year and e.status in GO_ON for e in award.evaluations)


_INTERIM = (
    "interim-open",
    "The next year’s contract needs an interim evaluation that says “continue”.",
    "次年度の契約には「継続」と判定された中間評価が必要です。",
    "evaluations",
)


def goes_on(award: Any) -> list[Reason]:
    """The interim evaluation of the year just settled says that the next one follows."""
    settled = [c.fiscal_year for c in award.contracts if c.status is ContractStatus.settled]
    return [] if settled and said_go(award, settled[-1]) else _say(*_INTERIM)


def may_follow(award: Any) -> list[Reason]:
    """The next year’s contract may be prepared: the interim evaluation of the year at work (or settled) says so."""
    current = queries.current_contract(award)
    return [] if current is not None and said_go(award, current.fiscal_year) else _say(*_INTERIM)


def project_not_started(award: Any) -> list[Reason]:
    if award.project.status in (ProjectStatus.adopted, ProjectStatus.withdrawn):
        return []
    return _say(
        "project-started",
        "The project has started: it is terminated, not withdrawn.",
        "プロジェクトは着手済みです。辞退ではなく中止として記録してください。",
    )


def project_started(award: Any) -> list[Reason]:
    if award.project.status in (ProjectStatus.running, ProjectStatus.terminated):
        return []
    if award.project.status is ProjectStatus.adopted:
        return _say(
            "project-not-started",
            "The project has not started: record its withdrawal.",
            "プロジェクトは未着手です。辞退として記録してください。",
        )
    return _say(
        "project-over", "The project is over and cannot be terminated.", "プロジェクトは終了しており中止できません。"
    )


def followed_up(award: Any) -> list[Reason]:
    """MON-10: the years of follow-up are over."""
    project = award.project
    if award.status is not S.follow_up or project.completed_on is None:
        return []
    until = followed_until(project.completed_on, project.followup_years)
    if today() > until:
        return []
    return _say(
        "followed-until", f"The follow-up lasts until {until}.", f"フォローアップ期間は{until}までです。"
    )  # fmt: skip


def _more(event: str) -> Callable[[Any], list[Reason]]:
    """What upper floors ask for before this event."""
    return lambda award: [reason for need in NEEDS.get(event, ()) for reason in need(award)]


def _move(
    event: str, froms: tuple[S, ...], target: S, en: str, ja: str,
    needs: tuple[Callable[[Any], list[Reason]], ...] = (), may: Callable[[Any, Any], bool] = policy.is_officer,
) -> Transition:  # fmt: skip
    return Transition(event, sources(*froms), target, may, (*needs, _more(event)), Bilingual(en, ja))


def _work(agreed: S, paid: S, settle: tuple[str, str, str]) -> tuple[Transition, ...]:
    """From the signed agreement to the money: the same in both regimes but for the last word."""
    return (
        _move("begin", (agreed,), S.running, "Begin work", "着手を記録する", (both_signed,)),
        _move("receive_report", (S.running,), S.reported, "Record the performance report", "実績報告の受領を記録する"),
        _move("return_report", (S.reported,), S.running, "Send the performance report back", "実績報告を差し戻す"),
        _move("inspect", (S.reported,), S.inspected, "Record the inspection", "確定検査を記録する"),
        _move("fix_amount", (S.inspected,), S.amount_fixed, "Fix the amount", "額を確定する"),
        _move(settle[0], (S.amount_fixed,), paid, settle[1], settle[2]),
        _move("suspend", (S.running,), S.suspended, "Suspend", "一時停止する"),
        _move("resume", (S.suspended,), S.running, "Resume", "再開する"),
    )


def _ends(before: tuple[S, ...], agreed: S, paid: S, after: tuple[S, ...]) -> tuple[Transition, ...]:
    work = (S.running, S.suspended, S.reported, S.inspected, S.amount_fixed, paid)
    return (
        _move("withdraw", (*before, agreed), S.withdrawn, "Record withdrawal", "辞退を記録する", (project_not_started,)),
        _move("terminate", (agreed, *work), S.terminated, "Terminate", "中止する", (project_started,)),
        _move("revoke", (agreed, *work, *after), S.revoked, "Revoke", "取り消す"),
        _move("claim_repayment", (S.terminated, S.revoked), S.repayment, "Claim repayment", "返還を請求する"),
        _move(
            "close", (S.follow_up, S.terminated, S.revoked, S.repayment), S.closed, "Close", "終結とする", (followed_up,)
        ),
    )  # fmt: skip


COMMISSION = Machine(
    "award_commission",
    (
        S.adopted, S.cost_assessment, S.contracted, S.running, S.reported, S.inspected, S.amount_fixed, S.settled,
        S.completed, S.follow_up, S.closed, S.suspended, S.withdrawn, S.terminated, S.revoked, S.repayment,
    ),
    S.adopted,
    (
        _move("assess", (S.adopted,), S.cost_assessment, "Begin the cost assessment", "経費査定を開始する"),
        _move("contract", (S.cost_assessment,), S.contracted, "Conclude the contract", "契約を締結する",
              (set_up, costs_agreed, both_signed), policy.either_side),
        _move("next_contract", (S.settled,), S.contracted, "Conclude the next year’s contract", "次年度の契約を締結する",
              (goes_on, both_signed), policy.either_side),
        *_work(S.contracted, S.settled, ("settle", "Settle the year", "精算を記録する")),
        _move("complete", (S.settled,), S.completed, "Complete", "完了とする"),
        _move("follow", (S.completed,), S.follow_up, "Begin the follow-up", "フォローアップを開始する"),
        *_ends((S.adopted, S.cost_assessment), S.contracted, S.settled, (S.completed, S.follow_up)),
    ),
)  # fmt: skip

SUBSIDY = Machine(
    "award_subsidy",
    (
        S.adopted, S.grant_applied, S.granted, S.running, S.reported, S.inspected, S.amount_fixed, S.paid, S.follow_up,
        S.closed, S.suspended, S.withdrawn, S.terminated, S.revoked, S.repayment,
    ),
    S.adopted,
    (
        _move("apply", (S.adopted,), S.grant_applied, "Apply for the grant", "交付申請を行う", may=policy.is_recipient),
        _move("grant", (S.grant_applied,), S.granted, "Decide on the grant", "交付決定を行う",
              (set_up, costs_agreed, both_signed), policy.either_side),
        *_work(S.granted, S.paid, ("settle", "Record the payment", "支払を記録する")),
        _move("complete", (S.paid,), S.follow_up, "Complete and begin the follow-up", "完了としフォローアップを開始する"),
        *_ends((S.adopted, S.grant_applied), S.granted, S.paid, (S.follow_up,)),
    ),
)  # fmt: skip


def machine_of(award: Any) -> Machine:
    """The machine of the award's regime."""
    return COMMISSION if award.regime is Regime.commission else SUBSIDY


CONTRACT = Machine(
    "contract",
    ContractStatus,
    ContractStatus.offered,
    (
        Transition(
            "sign", sources(ContractStatus.offered), ContractStatus.in_force, policy.either_side_of,
            label=Bilingual("Both sides confirmed", "双方が確認"),
        ),
        Transition(
            "amend", sources(ContractStatus.in_force), ContractStatus.in_force, policy.either_side_of,
            label=Bilingual("Changed terms confirmed", "変更条件を双方が確認"),
        ),
        Transition(
            "fix", sources(ContractStatus.in_force), ContractStatus.fixed, policy.is_officer_of,
            label=Bilingual("Fix the amount", "額を確定する"),
        ),
        Transition(
            "settle", sources(ContractStatus.fixed), ContractStatus.settled, policy.is_officer_of,
            label=Bilingual("Settle", "精算する"),
        ),
        Transition(
            "cancel", sources(ContractStatus.offered, ContractStatus.in_force), ContractStatus.cancelled,
            policy.is_officer_of, label=Bilingual("Cancel", "取り消す"),
        ),
    ),
)  # fmt: skip

EVALUATION = Machine(
    "interim_evaluation",
    EvaluationStatus,
    EvaluationStatus.scheduled,
    (
        Transition(
            "review", sources(EvaluationStatus.scheduled), EvaluationStatus.reviewed, policy.is_officer_of,
            label=Bilingual("Record the grades", "評点を記録する"),
        ),
        *(
            Transition(event, sources(EvaluationStatus.reviewed), target, policy.is_officer_of, label=target.label)
            for event, target in (
                ("go_on", EvaluationStatus.go_on),
                ("reduce", EvaluationStatus.continue_reduced),
                ("stop", EvaluationStatus.stop),
            )
        ),
    ),
)  # fmt: skip
MACHINES = (COMMISSION, SUBSIDY, CONTRACT, EVALUATION)
