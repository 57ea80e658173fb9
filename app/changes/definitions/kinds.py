"""The kinds of change of MON-4 as data: what each asks, whether it needs approval, and what it makes of a project."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from app.changes.choices import ChangeKind
from app.changes.definitions.standing import Part, Standing
from app.core.errors import Reason
from app.core.i18n import Bilingual

Values = dict[str, Any]  # as stored: dates as ISO text, numbers as numbers, empty fields left out


class FieldType(StrEnum):
    """How a field is asked for."""

    text = "text"
    long = "long"
    day = "day"
    yen = "yen"
    year = "year"
    item = "item"
    partner = "partner"  # an organisation that takes part now
    organisation = "organisation"  # any organisation of the register, by its key or corporate number
    role = "role"
    milestone = "milestone"


@dataclass(frozen=True)
class Field:
    name: str
    type: FieldType
    label: Bilingual
    required: bool = True


@dataclass(frozen=True)
class Kind:
    """``change(standing, values, on)`` answers the project after it; it raises Impossible with what is wrong."""

    code: ChangeKind
    label: Bilingual
    explanation: Bilingual
    approval: bool
    fields: tuple[Field, ...]
    change: Callable[[Standing, Values, date], Standing]


class Impossible(Exception):
    """This change cannot be made of this project; the reason names the field."""

    def __init__(self, code: str, en: str, ja: str, where: str) -> None:
        self.reason = Reason(code, Bilingual(en, ja), where)
        super().__init__(code)


def _day(values: Values, name: str) -> date:
    return date.fromisoformat(values[name])


def _content(standing: Standing, values: Values, on: date) -> Standing:
    return replace(
        standing, title_ja=values.get("title_ja") or standing.title_ja, title_en=values.get("title_en") or standing.title_en
    )  # fmt: skip


def _goal(standing: Standing, values: Values, on: date) -> Standing:
    found = next((one for one in standing.milestones if one.id == values["milestone"]), None)
    if found is None:
        raise Impossible(
            "milestone",
            "Choose a milestone of this project.",
            "本事業のマイルストーンを選択してください。",
            "milestone",
        )
    if found.done:
        raise Impossible(
            "milestone-done", "That milestone is accepted; what is reached changes no more.",
            "受理済みのマイルストーンは変更できません。", "milestone",
        )  # fmt: skip
    due = _day(values, "due_on") if values.get("due_on") else found.due_on
    changed = replace(
        found, goal=values.get("goal") or found.goal, target=values.get("target") or found.target, due_on=due
    )
    return replace(standing, milestones=tuple(changed if one.id == found.id else one for one in standing.milestones))


def _period(standing: Standing, values: Values, on: date) -> Standing:
    ends_on = _day(values, "ends_on")
    if standing.starts_on and ends_on < standing.starts_on:
        raise Impossible("period", "The end lies before the start.", "終了日が開始日より前です。", "ends_on")
    if ends_on < on:
        raise Impossible(
            "period-past",
            "The new end lies before the change takes effect.",
            "新しい終了日が変更の効力発生日より前です。",
            "ends_on",
        )
    return replace(standing, ends_on=ends_on)


def _taking_part(standing: Standing, organisation: int, on: date, where: str) -> list[Part]:
    found = [part for part in standing.present(on) if part.organisation_id == organisation]
    if not found:
        raise Impossible(
            "not-a-partner", "That organisation does not take part on the day of the change.",
            "変更日に参加している機関ではありません。", where,
        )  # fmt: skip
    return found


LEADS = ("managing_organisation", "core_company")


def _hand_over(standing: Standing, leaver: int, heir: int, on: date) -> Standing:
    """Duties that are not done and money that is not spent go to the heir; what was spent stays where it was."""
    milestones = tuple(
        replace(one, organisation_id=heir) if one.organisation_id == leaver and not one.done else one
        for one in standing.milestones
    )
    budget = dict(standing.budget)
    for key in [key for key in budget if key[0] == leaver]:
        rest = standing.left(key)
        budget[key] -= rest
        target = (heir, key[1], key[2])
        budget[target] = budget.get(target, 0) + rest
        if not budget[key]:
            del budget[key]
    return replace(standing, milestones=milestones, budget={key: yen for key, yen in budget.items() if yen})


def _member_leaves(standing: Standing, values: Values, on: date) -> Standing:
    leaver, heir = values["organisation"], values["heir"]
    roles = {part.role for part in _taking_part(standing, leaver, on, "organisation")}
    if roles & set(LEADS):
        raise Impossible(
            "lead-leaves", "The managing organisation or core company cannot just leave: ask for another one to take its place.",
            "管理法人・コア企業は脱退だけでは変更できません。「管理法人・コア企業の変更」を申請してください。", "organisation",
        )  # fmt: skip
    _taking_part(standing, heir, on, "heir")
    if heir == leaver:
        raise Impossible(
            "heir", "Another partner takes its duties over.", "業務を引き継ぐ別の機関を選択してください。", "heir"
        )
    parts = tuple(
        replace(part, ends_on=on) if part.organisation_id == leaver and part.holds(on) else part
        for part in standing.parts
    )
    return _hand_over(replace(standing, parts=parts), leaver, heir, on)


def _member_joins(standing: Standing, values: Values, on: date) -> Standing:
    joiner, role = values["organisation"], values["role"]
    if any(part.organisation_id == joiner and part.role == role for part in standing.present(on)):
        raise Impossible(
            "already",
            "That organisation takes part in this role already.",
            "既にこの役割で参加しています。",
            "organisation",
        )
    if role in LEADS:
        raise Impossible(
            "lead-joins", "There is one such organisation already.", "この役割の機関は既に参加しています。", "role"
        )
    return replace(standing, parts=(*standing.parts, Part(joiner, role, on)))


def _managing_organisation(standing: Standing, values: Values, on: date) -> Standing:
    new = values["organisation"]
    present = _taking_part(standing, new, on, "organisation")
    old = next((part for part in standing.present(on) if part.role in LEADS), None)
    if old is None or any(part.role in LEADS for part in present):
        raise Impossible("same-lead", "It leads the project already.", "既に管理法人・コア企業です。", "organisation")
    parts = [replace(part, ends_on=on) if part == old else part for part in standing.parts]
    return replace(standing, parts=(*parts, Part(new, old.role, on)))


def _succession(standing: Standing, values: Values, on: date) -> Standing:
    old, new = values["organisation"], values["successor"]
    going = _taking_part(standing, old, on, "organisation")
    if any(part.organisation_id == new and part.role == one.role for one in going for part in standing.present(on)):
        raise Impossible(
            "already",
            "The successor takes part in this role already.",
            "承継機関は既に同じ役割で参加しています。",
            "successor",
        )
    parts = tuple(replace(part, ends_on=on) if part in going else part for part in standing.parts)
    joined = tuple(Part(new, part.role, on) for part in going)
    return _hand_over(replace(standing, parts=parts + joined), old, new, on)


def _item_transfer(standing: Standing, values: Values, on: date) -> Standing:
    yen = values["yen"]
    source = (values["organisation"], values["year"], values["item"])
    target = (values.get("to_organisation") or values["organisation"], values["year"], values["to_item"])
    if source == target:
        raise Impossible("same-line", "Both lines are the same.", "流用元と流用先が同じです。", "to_item")
    _taking_part(standing, target[0], on, "to_organisation")
    if yen > standing.left(source):
        raise Impossible(
            "line-short", f"Only {standing.left(source):,} yen of that line are not spent.",
            f"流用元の未使用額は{standing.left(source):,}円です。", "yen",
        )  # fmt: skip
    budget = dict(standing.budget)
    budget[source] -= yen
    budget[target] = budget.get(target, 0) + yen
    return replace(standing, budget={key: value for key, value in budget.items() if value})


def _total_amount(standing: Standing, values: Values, on: date) -> Standing:
    key = (values["organisation"], values["year"], values["item"])
    _taking_part(standing, key[0], on, "organisation")
    if values["yen"] < standing.spent.get(key, 0):
        raise Impossible(
            "below-spent", f"{standing.spent[key]:,} yen of that line are spent already.",
            f"この区分では既に{standing.spent[key]:,}円が支出されています。", "yen",
        )  # fmt: skip
    budget = {**standing.budget, key: values["yen"]}
    return replace(standing, budget={key: yen for key, yen in budget.items() if yen})


def _plan(standing: Standing, values: Values, on: date) -> Standing:
    return replace(standing, first_sale_on=_day(values, "first_sale_on"))


def _suspension(standing: Standing, values: Values, on: date) -> Standing:
    return replace(standing, suspended_from=on)


def _abolition(standing: Standing, values: Values, on: date) -> Standing:
    return replace(standing, ended_on=on)


def _minor(standing: Standing, values: Values, on: date) -> Standing:
    return standing


B, T = Bilingual, FieldType
_PARTNER = Field("organisation", T.partner, B("Organisation", "機関"))

KINDS: dict[ChangeKind, Kind] = {
    kind.code: kind
    for kind in (
        Kind(ChangeKind.goal, B("Goal or date of a milestone", "マイルストーンの目標・期限の変更"),
             B("What is reached by when: goal, target value or due date of one milestone.", "マイルストーンの目標、目標値又は期限を変更します。"), True,
             (Field("milestone", T.milestone, B("Milestone", "マイルストーン")), Field("goal", T.text, B("New goal", "新しい目標"), False),
              Field("target", T.text, B("New target value", "新しい目標値"), False), Field("due_on", T.day, B("New due date", "新しい期限"), False)), _goal),
        Kind(ChangeKind.content, B("Content or title of the work", "事業内容・題名の変更"),
             B("What is done differently; the title changes only where one is given.", "実施内容の変更です。題名は記入した場合だけ変わります。"), True,
             (Field("text", T.long, B("What is done instead", "変更後の内容")), Field("title_ja", T.text, B("New title (Japanese)", "新しい題名(日本語)"), False),
              Field("title_en", T.text, B("New title (English)", "新しい題名(英語)"), False)), _content),
        Kind(ChangeKind.period, B("Period", "実施期間の変更"), B("The project ends on another day.", "事業の終了日を変更します。"), True,
             (Field("ends_on", T.day, B("New end", "新しい終了日")),), _period),
        Kind(ChangeKind.item_transfer, B("Transfer between cost items or partners", "費目間・機関間の流用"),
             B("Money moves from one line of the budget to another of the same fiscal year. Within the free limit and within "
               "one organisation a notice is enough (CON-15).", "同一年度内で経費区分を変更します。同一機関内で自由流用の限度内であれば届出で足ります(CON-15)。"), True,
             (_PARTNER, Field("year", T.year, B("Fiscal year", "年度")), Field("item", T.item, B("From cost item", "流用元の費目")),
              Field("to_organisation", T.partner, B("To organisation (if another)", "流用先の機関(異なる場合)"), False),
              Field("to_item", T.item, B("To cost item", "流用先の費目")), Field("yen", T.yen, B("Amount (yen)", "金額(円)"))), _item_transfer),
        Kind(ChangeKind.total_amount, B("Amount of a budget line", "予算額の変更"),
             B("One line of the budget gets another amount, and with it the total.", "予算の1区分の金額を変更します。総額も変わります。"), True,
             (_PARTNER, Field("year", T.year, B("Fiscal year", "年度")), Field("item", T.item, B("Cost item", "費目")),
              Field("yen", T.yen, B("New amount (yen)", "変更後の金額(円)"))), _total_amount),
        Kind(ChangeKind.member_leaves, B("A partner leaves", "参加機関の脱退"),
             B("Its open milestones and the money it has not spent go to another partner. What it did and spent stays on record.",
               "未完了のマイルストーンと未使用額は他の機関が引き継ぎます。実施済みの内容と支出は記録に残ります。"), True,
             (_PARTNER, Field("heir", T.partner, B("Taken over by", "引継ぎ先")),), _member_leaves),
        Kind(ChangeKind.member_joins, B("A partner joins", "参加機関の追加"),
             B("A further organisation takes part from the day of the change. Money comes by a transfer in the same request.",
               "変更日から新たな機関が参加します。予算は同じ申請で流用してください。"), True,
             (Field("organisation", T.organisation, B("Organisation (key or corporate number)", "機関(機関キー又は法人番号)")), Field("role", T.role, B("Role", "役割"))), _member_joins),
        Kind(ChangeKind.managing_organisation, B("Another managing organisation or core company", "管理法人・コア企業の変更"),
             B("Another partner leads from the day of the change.", "変更日から別の参加機関が代表となります。"), True,
             (Field("organisation", T.partner, B("New lead", "新しい代表機関")),), _managing_organisation),
        Kind(ChangeKind.succession, B("Succession", "承継"),
             B("A merger or transfer of business: the successor takes over role, duties and money.", "合併・事業譲渡等により、承継機関が役割・業務・予算を引き継ぎます。"), True,
             (_PARTNER, Field("successor", T.organisation, B("Successor (key or corporate number)", "承継機関(機関キー又は法人番号)"))), _succession),
        Kind(ChangeKind.plan, B("Commercialization plan", "事業化計画の変更"),
             B("The first sale is planned for another day. The forecast of the proposal stays frozen beside it.",
               "最初の販売の予定日を変更します。申請時の計画はそのまま保存されます。"), True,
             (Field("first_sale_on", T.day, B("First sale planned for", "最初の販売の予定日")),), _plan),
        Kind(ChangeKind.suspension, B("Suspension", "一時停止"), B("The work rests from the day of the change.", "変更日から事業を一時停止します。"), True,
             (Field("text", T.long, B("What has to happen before it resumes", "再開の条件")),), _suspension),
        Kind(ChangeKind.abolition, B("Abolition", "廃止"), B("The project ends for good on the day of the change.", "変更日をもって事業を廃止します。"), True,
             (Field("text", T.long, B("What becomes of results and equipment", "成果・設備の取扱い")),), _abolition),
        Kind(ChangeKind.minor, B("Minor change", "軽微な変更"),
             B("Address, contact, account or the like: a notice, without approval.", "住所、担当者、口座等の変更です。届出のみで承認は不要です。"), False,
             (Field("text", T.long, B("Before and after", "変更前・変更後")),), _minor),
    )
}  # fmt: skip


#: Their fields tell a partner's budget lines.
OF_COSTS = (ChangeKind.item_transfer, ChangeKind.total_amount)


def carry_out(
    standing: Standing, items: Iterable[tuple[ChangeKind, Values]], on: date
) -> tuple[Standing, list[tuple[int, Reason]]]:
    """The project after all items, in their order, and what is impossible: (index of the item, reason)."""
    problems: list[tuple[int, Reason]] = []
    for index, (kind, values) in enumerate(items):
        try:
            standing = KINDS[kind].change(standing, values, on)
        except Impossible as refusal:
            problems.append((index, refusal.reason))
    return standing, problems


def is_notice(standing: Standing, items: list[tuple[ChangeKind, Values]], moved: dict[int, int] | None = None) -> bool:
    """Whether a notice is enough: every item is minor, or a transfer that stays within the free limit (CON-15).

    The limit is ``free_transfer_pct`` of a year's free items; protected items are never moved freely. ``moved`` is what
    was moved freely before in each fiscal year (yen).
    """
    sums = dict(moved or {})
    for kind, values in items:
        if not KINDS[kind].approval:
            continue
        if kind is not ChangeKind.item_transfer:
            return False
        same = values.get("to_organisation") in (None, values["organisation"])
        if not same or {values["item"], values["to_item"]} & set(standing.protected_items):
            return False
        year = values["year"]
        sums[year] = sums.get(year, 0) + values["yen"]
        free = sum(
            yen
            for (_org, of, item), yen in standing.budget.items()
            if of == year and item not in standing.protected_items
        )
        if sums[year] * 100 > free * standing.free_transfer_pct:
            return False
    return bool(items)
