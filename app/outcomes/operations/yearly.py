"""What a yearly report says besides its products: value added for both programmes, and the status of a plan of new
collaboration (MON-10, MON-13). All of it may be saved in part; none of it is asked for before the report can be sent."""

from dataclasses import dataclass
from typing import Any

from app.core.db import session
from app.outcomes import queries
from app.outcomes.choices import Grade, Need
from app.outcomes.models import FollowUp, PlanItemYear, YearStatus
from app.outcomes.operations.letters import refuse

#: Lines for items of the plan.
ITEMS = 8


@dataclass(frozen=True)
class YearData:
    """The organisation's year; see models.YearStatus. ``items`` are (item, grade of each quarter or None)."""

    operating_profit_yen: int | None = None
    personnel_cost_yen: int | None = None
    depreciation_yen: int | None = None
    sales_words: str = ""
    negotiating: int | None = None
    negotiating_yen: int | None = None
    funding_yen: int | None = None
    funding: str = ""
    members_changed: bool | None = None
    members: str = ""
    needs: tuple[Need, ...] = ()
    needs_words: str = ""
    items: tuple[tuple[str, tuple[Grade | None, ...]], ...] = ()

    @property
    def says_anything(self) -> bool:
        return self != YearData()


_PLAIN = (
    "operating_profit_yen", "personnel_cost_yen", "depreciation_yen", "sales_words", "negotiating", "negotiating_yen",
    "funding_yen", "funding", "members_changed", "members", "needs_words",
)  # fmt: skip


def save_year(follow_up: FollowUp, data: YearData) -> None:
    """Keep this part of a draft; called by ``duties.save``, which asks who may. Raises Refused for grades without an
    item."""
    row = queries.year_status_of(follow_up.id)
    if row is None and not data.says_anything:
        return
    for place, (item, grades) in enumerate(data.items, 1):
        if any(grades) and not item:
            raise refuse(
                "item-missing", "Name the item of the plan that these grades are for.",
                "自己評価の対象となる計画項目を記入してください。", f"item_{place}",
            )  # fmt: skip
    if row is None:
        row = YearStatus(follow_up_id=follow_up.id)
        session.add(row)
    for name in _PLAIN:
        setattr(row, name, getattr(data, name))
    row.needs = [need.value for need in data.needs]
    _keep_items(row, data)
    session.flush()


def _keep_items(row: YearStatus, data: YearData) -> None:
    said = [(item, "".join(grade.value if grade else "-" for grade in grades)) for item, grades in data.items if item]
    del row.items[len(said) :]
    for place, (item, grades) in enumerate(said):
        if place < len(row.items):
            row.items[place].item, row.items[place].grades = item, grades
        else:
            row.items.append(PlanItemYear(position=place + 1, item=item, grades=grades))


def stored_year(follow_up: FollowUp) -> YearData:
    """What the draft says now. One that says nothing yet begins with the items, the members' words and the needs of the
    report before, or else with the items of the plan as it was approved; figures and grades never carry over."""
    row = queries.year_status_of(follow_up.id)
    if row is not None:
        return _said(row)
    before = queries.newest(follow_up)
    last = queries.year_status_of(before.id) if before is not None else None
    if last is not None:
        said = _said(last)
        kept = tuple((item, (None,) * 4) for item, _grades in said.items)
        return YearData(needs=said.needs, needs_words=said.needs_words, items=kept)
    return YearData(items=tuple((item, (None,) * 4) for item in queries.plan_items(follow_up.project)[:ITEMS]))


def _said(row: YearStatus) -> YearData:
    values: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return YearData(
        **values, needs=tuple(Need(code) for code in row.needs), items=tuple((i.item, i.quarters) for i in row.items)
    )
