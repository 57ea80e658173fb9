"""What other floors learn from here: due dates of people, and sold amounts for the return of profit."""

from datetime import date
from typing import Any

from app.core.i18n import Bilingual
from app.milestones.definitions.duties import Duty
from app.money.definitions.registers import Figures
from app.outcomes import queries


def report_duties(actor: Any) -> list[Duty]:
    """The yearly reports that this person's organisations owe; the far ones too, for a calendar looks ahead."""
    what = Bilingual("Commercialization status report", "事業化状況報告")
    doubted = Bilingual("Answer to a dispute", "異議への回答")
    disputes = [
        Duty(
            f"outcome-dispute-{row.id}", row.due_on, doubted, row.observation.project.project_key, "outcomes.dispute",
            {"dispute_id": row.id},
        )
        for row in queries.awaited_disputes(actor)
        if row.due_on is not None
    ]  # fmt: skip
    return disputes + [
        Duty(
            f"follow-up-{row.id}", row.due_on, what, row.project.project_key, "outcomes.follow_up",
            {"follow_up_id": row.id}, row.organisation.name_ja if row.organisation else "",
        )
        for row in queries.awaited_from(actor, date.max)
    ]  # fmt: skip


def sold(project_id: int, fiscal_year: int) -> Figures | None:
    """Revenue and cost of a project's products in a year, after attribution (MON-9 takes them as its figures)."""
    found = queries.sold_in(project_id, fiscal_year)
    if found is None:
        return None
    sales, cost = found
    return Figures(
        sales, cost or 0, "ledger of products" if cost is not None else "ledger of products (cost not known)"
    )
