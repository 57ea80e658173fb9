"""What a request would change, and carrying it out: the difference of before and after is written, nothing else."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.agreements import operations as agreements
from app.agreements import queries as agreement_queries
from app.agreements.choices import AwardStatus
from app.agreements.models import AssessedLine, Award
from app.applications.choices import MemberRole
from app.changes import definitions, queries
from app.changes.choices import ChangeKind
from app.changes.definitions import BudgetKey, Effect, Standing
from app.changes.models import ChangeRequest
from app.changes.operations.leaving import end_access, follow_lead
from app.core import audit
from app.core.clock import today
from app.core.db import session
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.milestones import operations as milestones
from app.milestones import queries as milestone_queries
from app.organisations import queries as organisations
from app.projects import operations as projects
from app.projects import queries as project_queries
from app.projects.models import AgreedBudgetLine, Participant, Project


@dataclass(frozen=True)
class Outlook:
    """A request's effects as of now: what is different afterwards, what is impossible, whether a notice is enough."""

    before: Standing
    after: Standing
    effects: tuple[Effect, ...]
    problems: tuple[tuple[int, Reason], ...]
    notice: bool


def outlook(request: ChangeRequest) -> Outlook:
    """Look at a request without changing anything."""
    before = queries.standing(request.project)
    on = request.effective_on or today()
    items = [(item.kind, item.given) for item in request.items]
    before = _with_newcomers(before, items)
    after, problems = definitions.carry_out(before, items, on)
    found = definitions.effects(before, after, on)
    return Outlook(
        before, after, tuple(found), tuple(problems),
        definitions.is_notice(before, items, queries.used_freely(request.project_id)),
    )  # fmt: skip


def _with_newcomers(standing: Standing, items: list[tuple[ChangeKind, dict[str, Any]]]) -> Standing:
    """The rules ask for the kind of every organisation, also of one that is still to join."""
    for kind, given in items:
        key = given.get("successor") if kind is ChangeKind.succession else given.get("organisation")
        if key is None or key in standing.names:
            continue
        found = organisations.get(key)
        if found is not None:
            standing.names[key] = found.name_ja or found.name_en
            standing.org_types[key], standing.jsic[key] = found.org_type, found.jsic
    return standing


def frozen(found: Outlook) -> list[dict[str, Any]]:
    """The effects as they are kept with the request."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value

    return [
        {
            "area": one.area, "subject": plain(one.subject), "before": plain(one.before), "after": plain(one.after),
            "warning": {"en": one.warning.en, "ja": one.warning.ja} if one.warning else None,
        }
        for one in found.effects
    ]  # fmt: skip


def carry(request: ChangeRequest, found: Outlook, actor: Any) -> None:
    """Write the difference to the project. Everything happens in the running transaction or nothing does."""
    project, on = request.project, request.effective_on or today()
    project.title_ja, project.title_en = found.after.title_ja, found.after.title_en
    project.planned_end_on = found.after.ends_on
    origin = f"change {request.number}"
    _participants(project, found, on)
    session.flush()
    _milestones(project, found, request.reason, origin, actor)
    _budget(project, found)
    audit.record(project, "changed", actor, reason=request.reason[:4000], data={"change_request": request.number})
    session.flush()
    _ending(project, found, on, request.reason, actor)
    follow_lead(project)
    end_access(project)
    _terms(request, found, actor)
    projects.changed([project.id])


def _participants(project: Project, found: Outlook, on: date) -> None:
    """Rows are ended and added, never rewritten: who took part when stays readable."""
    rows = list(project.participants)
    for row, after in zip(rows, found.after.parts, strict=False):
        row.valid_to = after.ends_on
    for part in found.after.parts[len(rows) :]:
        project.participants.append(
            Participant(
                organisation_id=part.organisation_id, role=MemberRole(part.role), allocation_yen=0, valid_from=on
            )
        )
    session.flush()
    totals = found.after.by_organisation()
    if totals != found.before.by_organisation():
        placed: set[int] = set()
        for row in project.participants:
            first = row.organisation_id not in placed  # an organisation in two roles has one allocation
            placed.add(row.organisation_id)
            row.allocation_yen = totals.get(row.organisation_id, 0) if first else 0


def _milestones(project: Project, found: Outlook, reason: str, origin: str, actor: Any) -> None:
    old = {one.id: one for one in found.before.milestones}
    for one in found.after.milestones:
        if one == old[one.id]:
            continue
        row = next(row for row in milestone_queries.milestones_of(project.id) if row.id == one.id)
        plan = milestones.PlanData(
            row.kind, one.goal, one.organisation_id, one.target, row.unit, row.begins_on, one.due_on
        )
        milestones.replan(row, plan, reason, row.version, actor, origin)


def _budget(project: Project, found: Outlook) -> None:
    if found.before.budget == found.after.budget:
        return
    rows = {(b.organisation_id, b.fiscal_year, b.cost_item): b for b in project_queries.budget_of(project.id)}
    for key in {*found.before.budget, *found.after.budget}:
        yen = found.after.budget.get(key, 0)
        if key in rows:
            rows[key].amount_yen = yen
        elif yen:
            session.add(
                AgreedBudgetLine(
                    project_id=project.id, organisation_id=key[0], fiscal_year=key[1], cost_item=key[2], amount_yen=yen
                )
            )
    if found.before.total != found.after.total:
        project.amount_yen = found.after.total
    award = agreement_queries.of_project(project.id)
    if award is not None:
        _assessed(award, found.after.budget)


def _assessed(award: Award, budget: dict[BudgetKey, int]) -> None:
    """The assessed lines follow, where there are any: a contract's terms may not go beyond their sum (CON-10)."""
    rows = {(r.organisation_id, r.fiscal_year, r.cost_item): r for r in agreement_queries.lines_of(award)}
    if not rows:
        return
    for key in {*rows, *budget}:
        if key in rows:
            rows[key].assessed_yen = budget.get(key, 0)
        else:
            session.add(
                AssessedLine(
                    award_id=award.id, organisation_id=key[0], fiscal_year=key[1], cost_item=key[2], requested_yen=0,
                    decided_yen=0, assessed_yen=budget[key],
                )
            )  # fmt: skip


def _terms(request: ChangeRequest, found: Outlook, actor: Any) -> None:
    """A changed period, amount or membership changes the contract too: new terms are offered at once."""
    before, after = found.before, found.after
    same = (before.ends_on, before.by_year(), before.by_organisation(), before.parts)
    if same == (after.ends_on, after.by_year(), after.by_organisation(), after.parts) or after.ended_on:
        return
    award = agreement_queries.of_project(request.project_id, lock=True)
    if award is None:
        return
    years = {*before.by_year(), *after.by_year()}
    by_year = {year: after.by_year().get(year, 0) - before.by_year().get(year, 0) for year in years}
    ends_on = after.ends_on if after.ends_on != before.ends_on else None
    basis = Bilingual(f"change request {request.number}", f"変更申請第{request.number}号")
    agreements.owe_terms(award, ends_on, by_year, f"{basis.ja} / {basis.en}", actor)


def _ending(project: Project, found: Outlook, on: date, reason: str, actor: Any) -> None:
    award = agreement_queries.of_project(project.id, lock=True)
    if found.after.suspended_from and award is not None and award.status is not AwardStatus.suspended:
        agreements.suspend(award, on, reason, actor)
    if found.after.ended_on:
        event = "terminate" if project.started_on else "withdraw"
        projects.end(project, event, on, reason, actor)
