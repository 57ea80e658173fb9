"""Verbs of projects: release the results of a call and make projects of what was adopted."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete

from app.applications import queries as applications
from app.applications.models import Application
from app.calls import policy as call_policy
from app.calls import queries as call_queries
from app.calls import workflow as calls
from app.calls.choices import Programme
from app.calls.models import Call
from app.core import audit, numbering
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.organisations.choices import PREFECTURES
from app.projects import queries
from app.projects.choices import Regime
from app.projects.models import AgreedBudgetLine, Participant, Project
from app.projects.operations.hearing import AWARDED, COMPLETED, COMPLETING, ENDED, changed
from app.projects.workflow import MACHINE
from app.reviews import operations as reviews
from app.reviews import queries as review_queries
from app.reviews.choices import Outcome
from app.reviews.models import Decision

REGIMES = {Programme.consortium_rd: Regime.commission, Programme.new_collaboration: Regime.subsidy}  # MON-1


def release_results(call: Call, actor: Any) -> int:
    """Release every staged decision of a call at once; adopted applications become projects.

    Refused while the call is still open to anybody (extensions of single applications and graces counted), while any
    application of it lacks a confirmed decision, and to an officer who is recused from any of them (reliability B23).
    Answers the number of decisions released.
    """
    if not actor.has_role("officer"):
        raise Forbidden("release")
    if now() < call_policy.last_moment(call, call_queries.extensions(call.id)):
        raise Refused([Reason("call-open", Bilingual("The call is still open.", "公募はまだ受付中です。"))])
    if applications.another_must_act(actor, call.id):
        words = Bilingual(
            "You are recused from an application of this call; another officer has to release the results.",
            "この公募には除斥の対象となる申請があるため、他の担当官が公表する必要があります。",
        )
        raise Refused([Reason("recused", words)])
    if open_ones := review_queries.undecided(call.id):
        raise Refused(
            [
                Reason(
                    "undecided",
                    Bilingual(f"{a.number} has no confirmed decision.", f"{a.number}は決裁されていません。"),
                )
                for a in open_ones
            ]
        )
    staged = review_queries.staged_decisions(call.id)
    if not staged:
        raise Refused([Reason("nothing", Bilingual("There is nothing to release.", "公表する結果がありません。"))])
    for decision in staged:
        reviews.release(decision, call, actor)
        if decision.outcome is Outcome.adopted:
            award(decision, actor)
    calls.MACHINE.apply(call, "decide", actor)
    numbering.touch()
    return len(staged)


def award(decision: Decision, actor: Any) -> Project:
    """Make a project of an adopted application: participants, agreed budget, regime, period."""
    application = decision.application
    call = application.call
    first_sme = next((m for m in application.members if m.organisation.prefecture), None)
    prefecture = application.lead_organisation.prefecture or (first_sme.organisation.prefecture if first_sme else None)
    project = Project(
        project_key=application.number,
        programme=call.programme,
        frame=application.frame.code,
        title_en=application.title_en,
        title_ja=application.title_ja,
        region=PREFECTURES[prefecture].extra["bureau"] if prefecture else None,
        field=application.field,
        adopted_on=today(),
        planned_end_on=application.ends_on,
        amount_yen=decision.amount_yen,
        regime=REGIMES[call.programme],
        followup_years=call.followup_years,
        application_id=application.id,
        is_synthetic=application.is_synthetic,
    )
    session.add(project)
    session.flush()
    share_out(project, application, decision.amount_yen)
    session.flush()
    audit.record(project, "awarded", actor, to_status=project.status.value, data={"application": application.number})
    for listener in AWARDED:
        listener(project, actor)
    return project


def share_out(project: Project, application: Application, amount_yen: int) -> None:
    """Write the agreed budget and the participants with what falls to each; what stood there before goes."""
    project.participants.clear()
    session.flush()
    allocated = write_budget(project, agree(application, amount_yen))
    placed: set[int] = set()
    for member in application.members:
        first = member.organisation_id not in placed  # an organisation in two roles has one allocation
        placed.add(member.organisation_id)
        project.participants.append(
            Participant(
                organisation_id=member.organisation_id, role=member.role, valid_from=None,
                allocation_yen=allocated.get(member.organisation_id, 0) if first else 0,
            )
        )  # fmt: skip
    session.flush()


def write_budget(project: Project, lines: Iterable[tuple[int, int, str, int]]) -> dict[int, int]:
    """Replace the agreed budget by these lines (see ``agree``); answers what falls to each organisation."""
    session.execute(delete(AgreedBudgetLine).where(AgreedBudgetLine.project_id == project.id))
    allocated: dict[int, int] = {}
    for organisation_id, fiscal_year, cost_item, amount in lines:
        allocated[organisation_id] = allocated.get(organisation_id, 0) + amount
        session.add(
            AgreedBudgetLine(
                project_id=project.id, organisation_id=organisation_id, fiscal_year=fiscal_year,
                cost_item=cost_item, amount_yen=amount,
            )
        )  # fmt: skip
    session.flush()
    return allocated


def agree(application: Application, amount_yen: int) -> list[tuple[int, int, str, int]]:
    """The agreed budget: the proposal's lines scaled to the decided amount, rounded down to yen.

    What rounding leaves over goes to the largest line, so that the lines add up to the amount exactly.
    Each line is (organisation id, fiscal year, cost item, yen).
    """
    merged: dict[tuple[int, int, str], int] = {}
    for organisation_id, fiscal_year, cost_item, yen in queries.proposed_budget(application.id):
        key = (organisation_id, fiscal_year, cost_item)
        merged[key] = merged.get(key, 0) + yen
    return [(*key, value) for key, value in sorted(scale(merged, amount_yen).items())]


def scale(lines: dict[Any, int], amount_yen: int) -> dict[Any, int]:
    """Amounts in proportion, rounded down to yen; the largest takes what rounding leaves over."""
    total = sum(lines.values())
    if not total:
        return {}
    scaled = {key: value * amount_yen // total for key, value in lines.items()}
    largest = max(scaled, key=lambda key: (scaled[key], key))
    scaled[largest] += amount_yen - sum(scaled.values())
    return scaled


def hindrances(project: Project, on: date) -> list[Reason]:
    """What keeps a project from being completed on a day: the day itself, reports that are not accepted."""
    if project.started_on is None or on < project.started_on or on > today():
        words = Bilingual(
            "The day of completion lies between the start and today.",
            "完了日は開始日から本日までの日付としてください。",
        )
        return [Reason("completed-on", words, "on")]
    return [reason for ask in COMPLETING for reason in ask(project, on)]


def complete(project: Project, on: date, actor: Any) -> None:
    """Record that the work was completed on a day; upper floors end and begin their duties with it.

    Where a project has an award this follows from the award's own completion, and from nothing else.
    """
    MACHINE.check(project, "complete", actor)
    if reasons := hindrances(project, on):
        raise Refused(reasons)
    MACHINE.apply(project, "complete", actor, data={"completed_on": on.isoformat()})
    project.completed_on = on
    for listener in COMPLETED:
        listener(project, on, actor)
    session.flush()
    changed([project.id])


def end(project: Project, event: str, on: date, reason: str, actor: Any) -> None:
    """Record a withdrawal or a termination with its reason."""
    if event not in ("withdraw", "terminate"):
        raise Forbidden(event)
    if not reason:
        raise Refused([Reason("reason-missing", Bilingual("Give a reason.", "理由を記入してください。"), "reason")])
    if event == "terminate":
        if project.started_on and on < project.started_on:
            raise Refused(
                [Reason("before-start", Bilingual("The day lies before the start.", "開始日より前の日付です。"), "on")]
            )
        project.completed_on = None
    MACHINE.apply(project, event, actor, reason=reason, data={"on": on.isoformat()})
    for listener in ENDED:
        listener(project, event, on, reason, actor)
    numbering.touch()
