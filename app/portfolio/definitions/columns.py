"""The registry of columns: what a list can show, by what it can be sorted, and which look-up fills it."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.i18n import Bilingual
from app.portfolio.choices import Shape


@dataclass(frozen=True)
class Column:
    """``source`` names the look-up that fills it; columns of the same source cost one statement together."""

    key: str
    label: Bilingual
    shape: Shape
    source: str = "project"
    sortable: bool = False


COLUMNS: dict[str, Column] = {
    c.key: c
    for c in (
        Column("key", Bilingual("Number", "番号"), Shape.text, sortable=True),
        Column("title", Bilingual("Title", "課題名"), Shape.label),
        Column("programme", Bilingual("Programme", "事業"), Shape.label),
        Column("frame", Bilingual("Frame", "枠"), Shape.label),
        Column("status", Bilingual("State", "状態"), Shape.label, sortable=True),
        Column("regime", Bilingual("Regime", "委託・補助の別"), Shape.label),
        Column("region", Bilingual("Bureau", "経済産業局"), Shape.label, sortable=True),
        Column("fields", Bilingual("Fields", "分野"), Shape.label),
        Column("adopted_on", Bilingual("Adopted", "採択日"), Shape.day, sortable=True),
        Column("adopted_fy", Bilingual("Fiscal year of adoption", "採択年度"), Shape.year),
        Column("started_on", Bilingual("Started", "開始日"), Shape.day, sortable=True),
        Column("planned_end_on", Bilingual("Planned end", "終了予定日"), Shape.day, sortable=True),
        Column("completed_on", Bilingual("Completed", "完了日"), Shape.day, sortable=True),
        Column("completed_fy", Bilingual("Fiscal year of completion", "完了年度"), Shape.year),
        Column("amount", Bilingual("Amount", "金額"), Shape.yen, sortable=True),
        Column("lead", Bilingual("Leading organisation", "代表機関"), Shape.label, "participants"),
        Column("seat", Bilingual("Prefecture", "都道府県"), Shape.label, "participants"),
        Column("participants", Bilingual("Participants", "参加機関数"), Shape.number, "participants"),
        Column("companies", Bilingual("Companies", "企業数"), Shape.number, "participants"),
        Column("names", Bilingual("All participants", "参加機関名"), Shape.label, "participants"),
        Column("cluster", Bilingual("Cluster membership", "クラスター参加"), Shape.label, "cluster"),
        Column("reached", Bilingual("Reached the level", "事業化水準への到達"), Shape.label, "reached"),
        Column("stage", Bilingual("Latest stage", "最新の事業化段階"), Shape.label, "latest"),
        Column("dev_state", Bilingual("Latest development state", "最新の開発状況"), Shape.label, "latest"),
        Column("flags", Bilingual("Open flags", "未解決のフラグ数"), Shape.number, "flags"),
        Column("observed_on", Bilingual("Latest observation", "最新の観測日"), Shape.day, "latest"),
    )
}
DEFAULT = ("key", "title", "programme", "lead", "adopted_on", "status", "amount")
SORTS = tuple(key for key, column in COLUMNS.items() if column.sortable)


def chosen(keys: Iterable[str]) -> tuple[str, ...]:
    """The columns asked for, in the order asked; the number always stands first, for it opens the project."""
    known = list(dict.fromkeys(key for key in keys if key in COLUMNS and key != "key"))
    return ("key", *known) if known else DEFAULT


def moved(columns: tuple[str, ...], key: str) -> tuple[str, ...]:
    """The same columns with one of them a place further to the left."""
    place = columns.index(key)
    if place < 2:
        return columns
    order = list(columns)
    order[place - 1], order[place] = order[place], order[place - 1]
    return tuple(order)
