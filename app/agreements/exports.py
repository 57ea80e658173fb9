"""What an award's pages are made of, and what of it waits on the start page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.agreements import policy, queries
from app.agreements.choices import AwardStatus, ContractStatus, Side
from app.agreements.definitions import ENDED, POINTS, STEPS
from app.agreements.definitions.waiting import Wait
from app.agreements.operations import end_of_work, open_before_completion
from app.agreements.operations.printing import printed
from app.agreements.workflow import machine_of
from app.core.clock import today
from app.core.i18n import Bilingual
from app.core.tasks import Task
from app.projects.definitions import ToDo, left_for

#: Fired on other pages: by confirming a contract, by the pages of money, by the project's own start.
ELSEWHERE = ("contract", "next_contract", "grant", "inspect", "fix_amount")
#: Ended or interrupted: the line of steps shows where it left off.
ASIDE = {
    AwardStatus.suspended: AwardStatus.running,
    AwardStatus.withdrawn: AwardStatus.adopted,
    AwardStatus.terminated: AwardStatus.running,
    AwardStatus.revoked: AwardStatus.running,
    AwardStatus.repayment: AwardStatus.running,
}


@dataclass(frozen=True)
class Step:
    """One step of the line: before the present one, the present one, or after it."""

    status: AwardStatus
    place: str  # over, now, later


def steps(award: Any) -> list[Step]:
    """The line of steps with the present one marked."""
    line = STEPS[award.regime]
    at = line.index(ASIDE.get(award.status, award.status))
    return [Step(one, "over" if n < at else "now" if n == at else "later") for n, one in enumerate(line)]


def events(actor: Any, award: Any) -> list[tuple[str, Any]]:
    """The buttons of the award's page: (event, label). Whatever has a page of its own is not among them."""
    machine = machine_of(award)
    found = []
    for event in machine.available(award, actor):
        transition = machine.transition(award.status, event)
        if event in ELSEWHERE or transition is None:
            continue
        if event == "begin" and award.project.started_on is None:
            continue  # the project's own start does it
        if event in ("withdraw", "terminate") and missing(award, event):
            continue  # before the start it is the one, after it the other
        found.append((event, transition.label))
    contract = queries.current_contract(award)
    left = award.status in ENDED and contract is not None and contract.status is ContractStatus.fixed
    if left and policy.is_officer(actor, award):  # what was spent until the end is settled too; the award's state stays
        found.insert(0, ("settle", Bilingual("Settle what was fixed", "確定額の精算を記録する")))
    return found


def missing(award: Any, event: str) -> list[Any]:
    """What would be refused if the event were fired now (completion: with the day that is known)."""
    found = machine_of(award).missing(award, event)
    return found + open_before_completion(award, end_of_work(award)) if event == "complete" else found


def to_do(actor: Any, project: Any) -> list[ToDo]:
    """The award's share of what is left to do: all of it for the office, the consortium's side for its lead."""
    award = queries.of_project(project.id)
    staff = actor.has_role("officer", "auditor")
    if award is None or award.status in queries.OVER or not (staff or policy.is_recipient(actor, award)):
        return []
    found = queries.waits_of([award])[award.id]
    return [
        ToDo(wait.side is Side.office, wait.what, wait.endpoint, wait.arguments, wait.due_on)
        for wait in found
        if staff or wait.side is Side.consortium
    ]


def standing(actor: Any, project: Any) -> dict[str, Any] | None:
    """The top of a project's first page: where the award stands, and what is left to do by whom."""
    award, left = queries.of_project(project.id), left_for(actor, project)
    if award is None and not left:
        return None
    contract = queries.current_contract(award) if award is not None else None
    return {"award": award, "contract": contract, "left": left, "today": today()}


def lines_for(actor: Any, award: Any) -> Sequence[Any]:
    """The cost lines that this reader may see: everybody's, or those of the reader's own organisations."""
    if policy.sees_everybodys_costs(actor, award):
        return queries.lines_of(award)
    return queries.lines_of(award, queries.organisations_of(actor, award.project))


def sums(lines: Sequence[Any]) -> dict[str, int]:
    return {
        name: sum(getattr(line, name) for line in lines) for name in ("requested_yen", "decided_yen", "assessed_yen")
    }


def points_of(award: Any) -> list[tuple[Any, Any]]:
    """The checklist: (item, its point)."""
    return [(item, POINTS[item.code]) for item in queries.checklist_of(award)]


def may_open(actor: Any, project: Any) -> bool:
    """The page is there for whoever may see the project; one of earlier years says that it has no award."""
    return True


def tasks_for(actor: Any) -> list[Task]:
    """What waits on the start page: each thing for the consortium, one line per kind of thing for the office."""
    tasks = []
    if actor.has_role("applicant"):
        for award, wait in queries.waiting_for_lead(actor):
            arguments = {"project_id": award.project_id, **wait.arguments}
            tasks.append(Task(wait.what, award.project.project_key, wait.endpoint, arguments, wait.due_on))
    if actor.has_role("officer"):
        kinds: dict[str, list[tuple[Any, Wait]]] = {}
        for award, wait in queries.waiting_for_office(actor):
            kinds.setdefault(wait.what.en, []).append((award, wait))
        for rows in kinds.values():
            award, wait = rows[0]
            if len(rows) == 1:
                arguments = {"project_id": award.project_id, **wait.arguments}
                tasks.append(Task(wait.what, award.project.project_key, wait.endpoint, arguments, wait.due_on))
            else:
                about = Bilingual(f"{len(rows)} awards", f"{len(rows)}件")
                tasks.append(Task(wait.what, about, "agreements.index", {"status": award.status.value}))
    return tasks


def content(terms: Any) -> dict[str, Any]:
    """The text that is confirmed, with names and sums for the page; the same that is printed."""
    return printed(json.loads(terms.text))
