"""An award is made with its project, follows a corrected amount, and ends with it."""

from datetime import date
from typing import Any

from sqlalchemy import delete

from app.agreements import queries
from app.agreements.choices import BreakKind, ContractStatus
from app.agreements.definitions import BEFORE_CONTRACT, CHECKLISTS, ENDED
from app.agreements.models import AssessedLine, Award, AwardBreak, SetupItem
from app.agreements.operations.gates import everybody, refuse, tell
from app.agreements.workflow import CONTRACT, machine_of
from app.core import audit
from app.core.db import session
from app.core.i18n import Bilingual
from app.projects import operations as project_operations
from app.projects import queries as projects
from app.projects.models import Project


def awarded(project: Project, actor: Any) -> None:
    """A project was made of a decision: its award and the checklist come with it."""
    assert project.regime is not None
    award = Award(project_id=project.id, regime=project.regime)
    session.add(award)
    session.flush()
    audit.record(award, "awarded", actor, to_status=award.status.value)
    prepare(award)


def prepare(award: Award) -> None:
    """Write the checklist of the regime, where there is none yet."""
    known = {item.code for item in queries.checklist_of(award)}
    for position, point in enumerate(CHECKLISTS[award.regime], start=1):
        if point.code not in known:
            session.add(SetupItem(award_id=award.id, code=point.code, position=position, side=point.side))
    session.flush()


def write_lines(award: Award) -> None:
    """The lines of the assessment: what was asked for beside what the decision left; nothing is cut yet."""
    project = award.project
    session.execute(delete(AssessedLine).where(AssessedLine.award_id == award.id))
    asked: dict[tuple[int, int, str], int] = {}
    for organisation_id, year, item, yen in projects.proposed_budget(project.application_id or 0):
        asked[organisation_id, year, item] = asked.get((organisation_id, year, item), 0) + yen
    for line in projects.budget_of(project.id):
        key = (line.organisation_id, line.fiscal_year, line.cost_item)
        session.add(
            AssessedLine(
                award_id=award.id, organisation_id=key[0], fiscal_year=key[1], cost_item=key[2],
                requested_yen=asked.get(key, line.amount_yen), decided_yen=line.amount_yen, assessed_yen=line.amount_yen,
            )
        )  # fmt: skip
    session.flush()


def write_agreed(award: Award) -> None:
    """The assessed lines become the project's agreed budget, and each participant's allocation follows."""
    project = award.project
    lines = [(x.organisation_id, x.fiscal_year, x.cost_item, x.assessed_yen) for x in queries.lines_of(award)]
    allocated = project_operations.write_budget(project, lines)
    placed: set[int] = set()
    for participant in project.participants:
        first = participant.organisation_id not in placed  # an organisation in two roles has one allocation
        placed.add(participant.organisation_id)
        participant.allocation_yen = allocated.get(participant.organisation_id, 0) if first else 0
    session.flush()
    session.expire(award, ["project"])
    project_operations.changed([project.id])


def corrected(project: Project, actor: Any) -> None:
    """A corrected decision changed the amount. Refused once a contract was offered: then it is a change of terms."""
    award = queries.of_project(project.id, lock=True)
    if award is None:
        return
    if award.status not in BEFORE_CONTRACT or award.contracts:
        raise refuse(
            "contract-made",
            f"A contract or grant decision for {project.project_key} is made: its amount changes by changed terms.",
            f"{project.project_key}の契約又は交付決定が作成済みです。金額は契約変更により変更してください。",
            "amount_yen",
        )
    award.assessed_at = award.assessed_by_id = award.agreed_at = award.agreed_by_id = None
    if queries.lines_of(award):
        write_lines(award)
    audit.record(award, "assessment begun anew: the decision was corrected", actor)


def project_ended(project: Project, event: str, on: date, reason: str, actor: Any) -> None:
    """A withdrawal or termination was recorded for the project: the award ends with it."""
    award = queries.of_project(project.id, lock=True)
    if award is None or award.status in ENDED:
        return
    machine_of(award).apply(award, event, actor, reason=reason, data={"on": on.isoformat()})
    kind = BreakKind.withdrawn if event == "withdraw" else BreakKind.terminated
    record_break(award, kind, on, reason, actor)


def record_break(award: Award, kind: BreakKind, on: date, reason: str, actor: Any) -> AwardBreak:
    """Write down an interruption or an ending, cancel what nobody confirmed, and tell the consortium."""
    for row in queries.breaks_of(award):
        if row.kind is BreakKind.suspended and row.ends_on is None:
            row.ends_on = max(on, row.starts_on)
    row = AwardBreak(award_id=award.id, kind=kind, starts_on=on, reason=reason, by_id=actor.actor_id)
    session.add(row)
    session.flush()
    if kind is not BreakKind.suspended:
        for contract in award.contracts:
            if contract.status is ContractStatus.offered:
                CONTRACT.apply(contract, "cancel", actor, reason=reason)
    headline = Bilingual(f"{kind.label.en} recorded", f"{kind.label.ja}が記録されました")
    what = Bilingual(f"From {on}. Reason: {reason}", f"{on}から。理由:{reason}")
    tell(award, everybody(award), f"{kind.value}:{row.id}", headline, what)
    return row
