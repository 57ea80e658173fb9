"""Effects of a change in words, by area, for pages and documents."""

from datetime import date
from typing import Any

from app.applications.choices import MemberRole
from app.calls.choices import COST_ITEMS
from app.changes import queries
from app.changes.definitions import AREAS, FieldType
from app.core.i18n import Bilingual, show_date, show_fiscal_year, show_yen

_FIELDS = {
    "title_ja": Bilingual("Title (Japanese)", "題名(日本語)"),
    "title_en": Bilingual("Title (English)", "題名(英語)"),
    "ends_on": Bilingual("End", "終了日"),
    "suspended_from": Bilingual("Suspended from", "一時停止日"),
    "ended_on": Bilingual("Abolished on", "廃止日"),
    "first_sale_on": Bilingual("First sale planned for", "最初の販売の予定日"),
}
_RULE = {"held": Bilingual("met", "充足"), "broken": Bilingual("not met", "不充足")}


def _show(value: Any, names: dict[int, str], area: str) -> str:
    if value is None:
        return "–"
    if area in ("budget", "items", "years"):
        return str(show_yen(value))
    if area == "rules":
        return str(_RULE[value])
    if area == "partners":
        return "、".join(str(MemberRole(role).label) for role in value)
    if isinstance(value, list):  # a milestone: goal, target, due date, organisation
        goal, target, due_on, organisation = value
        return " / ".join(str(one) for one in (goal, target, _date(due_on), names.get(organisation, "–")) if one)
    return _date(value)


def _date(value: Any) -> str:
    try:
        return str(show_date(date.fromisoformat(value)))
    except (TypeError, ValueError):
        return str(value)


def item_words(
    kind: Any, given: dict[str, Any], names: dict[int, str], milestones: dict[int, str]
) -> list[tuple[Any, str]]:
    """What was asked for, field by field."""
    found = []
    for field in kind.fields:
        value = given.get(field.name)
        if value is None:
            continue
        words = {
            FieldType.partner: lambda v: names.get(v, "–"), FieldType.organisation: lambda v: names.get(v, "–"),
            FieldType.milestone: lambda v: milestones.get(v, str(v)), FieldType.yen: lambda v: str(show_yen(v)),
            FieldType.year: lambda v: str(show_fiscal_year(v)), FieldType.day: _date,
            FieldType.item: lambda v: str(COST_ITEMS[v].name) if v in COST_ITEMS else v,
            FieldType.role: lambda v: str(MemberRole(v).label),
        }.get(field.type, str)(value)  # fmt: skip
        found.append((field.label, words))
    return found


def _subject(one: dict[str, Any], names: dict[int, str]) -> str:
    subject, area = one["subject"], one["area"]
    if area in ("partners", "budget"):
        return names.get(subject, str(subject))
    if area == "years":
        return str(show_fiscal_year(subject))
    if area == "items":
        organisation, year, item = subject
        name = COST_ITEMS[item].name if item in COST_ITEMS else item
        return f"{names.get(organisation, organisation)} · {show_fiscal_year(year)} · {name}"
    if area in ("project", "plan"):
        return str(_FIELDS[subject])
    return str(subject)


def readable(
    effects: list[dict[str, Any]], ahead: Any = None, own: set[int] | None = None
) -> list[tuple[Any, list[dict[str, Any]]]]:
    """(area, rows) in the order of the areas; each row has subject, before, after and warning as text.

    Cost lines of a partner are for itself, the lead and the office: ``own`` limits them to these organisations.
    """
    if own is not None:
        effects = [one for one in effects if one["area"] != "items" or one["subject"][0] in own]
    names = ahead.before.names if ahead is not None else queries.names_of(effects)
    groups = []
    for area, title in AREAS.items():
        rows = [
            {
                "subject": _subject(one, names), "before": _show(one["before"], names, area),
                "after": _show(one["after"], names, area),
                "warning": Bilingual(**one["warning"]) if one["warning"] else None,
            }
            for one in effects if one["area"] == area
        ]  # fmt: skip
        if rows:
            groups.append((title, rows))
    return groups
