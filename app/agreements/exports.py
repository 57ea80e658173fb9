"""What an award's pages are made of, and what of it waits on the start page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.agreements import policy, queries
from app.agreements.choices import AwardStatus, Side
from app.agreements.definitions import POINTS, STEPS
from app.agreements.definitions.waiting import Wait
from app.agreements.operations.printing import printed
from app.agreements.workflow import machine_of
from app.core.i18n import Bilingual
from app.core.tasks import Task

#: Fired on other pages: by confirming a contract, by the pages of money, by the project's own start.
ELSEWHERE = ("contract", "next_contract", "grant", "fix_amount", "settle")
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
    return found


def missing(award: Any, event: str) -> list[Any]:
    return machine_of(award).missing(award, event)


def for_reader(actor: Any, found: Sequence[Wait]) -> list[Wait]:
    """The office's own side first for the office, the consortium's first for the others."""
    mine = Side.office if actor.has_role("officer", "auditor") else Side.consortium
    return sorted(found, key=lambda wait: wait.side is not mine)


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
