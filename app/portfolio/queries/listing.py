"""The list: totals, a page by key, every key for a file, and the lines of given projects with the chosen columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, Select, String, cast, func, literal, select, tuple_

from app.analytics.queries.facts import verdicts_of
from app.analytics.queries.units.base import VERDICTS
from app.core import tables
from app.core.db import session
from app.core.fiscal import fiscal_year
from app.core.i18n import Bilingual
from app.flags.models import Flag
from app.organisations.choices import COMPANY_TYPES
from app.organisations.models import Organisation
from app.outcomes.choices import DevState, Stage
from app.outcomes.models import Observation
from app.portfolio.definitions.asked import Facts, Layout, Range, Selection
from app.portfolio.definitions.columns import COLUMNS
from app.portfolio.definitions.filters import FILTERS, OUTSIDE
from app.portfolio.queries.conditions import WAITING, chosen, latest, leading, question_of
from app.projects.models import Participant, Project

#: What lines are made of. Plain rows, not mapped ones: a file has thousands.
_PLAIN = tuple(
    getattr(Project, name)
    for name in (
        *(
            "id",
            "project_key",
            "is_synthetic",
            "title_en",
            "title_ja",
            "programme",
            "frame",
            "status",
            "regime",
            "region",
        ),
        *("field", "adopted_on", "started_on", "planned_end_on", "completed_on", "amount_yen"),
    )
)
#: Where a value is missing it counts as the smallest.
_FIRST_DAY, _NO_YEN = date(1, 1, 1), -1


@dataclass(frozen=True)
class Totals:
    """How many projects there are, their amounts together, and how many have none recorded."""

    count: int
    yen: int
    without_amount: int


@dataclass(frozen=True)
class Line:
    """One project with the values of the chosen columns, in their order."""

    id: int
    key: str
    is_synthetic: bool
    cells: tuple[Any, ...]


def totals(actor: Any, selection: Selection) -> Totals:
    return _totals(chosen(actor, selection))


def _totals(projects: Select[Any]) -> Totals:
    query = projects.with_only_columns(
        func.count(Project.id), func.coalesce(func.sum(Project.amount_yen), 0), func.count(Project.amount_yen)
    )
    count, yen, known = session.execute(query).one()
    return Totals(count, int(yen or 0), count - known)


def _sort_column(key: str) -> Any:
    if key in ("status", "region"):
        return func.coalesce(cast(getattr(Project, key), String), "")
    if key == "amount":
        return func.coalesce(Project.amount_yen, literal(_NO_YEN, BigInteger))
    if key == "adopted_on":
        return Project.adopted_on
    return func.coalesce(getattr(Project, key), literal(_FIRST_DAY, Date))


def _order(layout: Layout) -> list[Any]:
    return [Project.project_key] if layout.sort == "key" else [_sort_column(layout.sort), Project.project_key]


def _token(token: str | None, layout: Layout) -> list[Any] | None:
    """Where a page begins; None when there is no token or it fits no order of ours."""
    width = 1 if layout.sort == "key" else 2
    values = tables.decode(token, width)
    if values is None or not isinstance(values[-1], str):
        return None
    if width == 2:
        wanted = int if layout.sort == "amount" else str
        if not isinstance(values[0], wanted):
            return None
        if layout.sort.endswith("_on"):
            try:
                values[0] = date.fromisoformat(str(values[0]))
            except ValueError:
                return None
    return values


def _beyond(order: list[Any], values: list[Any], upwards: bool) -> Any:
    if len(order) == 1:
        return order[0] > values[0] if upwards else order[0] < values[0]
    typed = tuple(literal(value, column.type) for value, column in zip(values, order, strict=True))
    return tuple_(*order) > tuple_(*typed) if upwards else tuple_(*order) < tuple_(*typed)


def page(
    actor: Any,
    selection: Selection,
    layout: Layout,
    after: str | None,
    before: str | None,
    size: int = tables.PAGE_SIZE,
) -> tables.Page[Line]:
    """One page of the list in its order, by key; ties are broken by the project's key."""
    return _page(chosen(actor, selection), selection.facts, layout, after, before, size)


def totals_and_page(
    actor: Any, selection: Selection, layout: Layout, after: str | None, before: str | None
) -> tuple[Totals, tables.Page[Line]]:
    """Both of the same projects; what the filters need to know is looked up once."""
    projects = chosen(actor, selection)
    return _totals(projects), _page(projects, selection.facts, layout, after, before, tables.PAGE_SIZE)


def _page(
    projects: Select[Any], facts: Facts, layout: Layout, after: str | None, before: str | None, size: int
) -> tables.Page[Line]:
    order = _order(layout)
    back = _token(before, layout)
    start = None if back else _token(after, layout)
    places = [column.label(f"place_{number}") for number, column in enumerate(order)]
    query = projects.with_only_columns(*_PLAIN, *places)
    upwards = (back is None) != layout.descending
    if (edge := back or start) is not None:
        query = query.where(_beyond(order, edge, upwards))
    query = query.order_by(*(column.asc() if upwards else column.desc() for column in order)).limit(size + 1)
    rows = list(session.execute(query))
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    has_next, has_previous = (True, more) if back else (more, start is not None)
    return tables.Page(
        filled(rows, layout.columns, facts),
        tables.encode(rows[-1][len(_PLAIN) :]) if rows and has_next else None,
        tables.encode(rows[0][len(_PLAIN) :]) if rows and has_previous else None,
    )


def every_id(actor: Any, selection: Selection, layout: Layout) -> list[int]:
    """The keys of all projects of the list, in its order: what a file is then made of, and how many rows it has."""
    order = (column.desc() if layout.descending else column.asc() for column in _order(layout))
    return list(session.scalars(chosen(actor, selection).with_only_columns(Project.id).order_by(*order)))


def lines(ids: Sequence[int], columns: Sequence[str], facts: Facts) -> list[Line]:
    """The lines of these projects in this order. Who may see them was decided where the keys were looked up."""
    found = {row.id: row for row in session.execute(select(*_PLAIN).where(Project.id.in_(ids)))}
    return filled([found[key] for key in ids if key in found], columns, facts)


# --- columns ---------------------------------------------------------------------------------------------------------


@dataclass
class _Known:
    """What the look-ups found, by project."""

    participants: dict[int, list[Any]] = field(default_factory=dict)
    latest: dict[int, Any] = field(default_factory=dict)
    cluster: dict[int, int] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)
    flags: dict[int, int] = field(default_factory=dict)
    words: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What many lines say alike is made once."""
        if key not in self.words:
            self.words[key] = make()
        return self.words[key]


def _look_participants(ids: list[int], _rows: Sequence[Any], _facts: Facts) -> dict[int, list[Any]]:
    query = (
        select(
            Participant.project_id,
            Organisation.id,
            Organisation.name_en,
            Organisation.name_ja,
            Organisation.org_type,
            Organisation.prefecture,
        )
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .where(Participant.project_id.in_(ids))
        .order_by(Participant.project_id, *leading())
    )
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row[0], []).append(row)
    return found


def _look_latest(ids: list[int], _rows: Sequence[Any], facts: Facts) -> dict[int, Any]:
    newest = latest(Observation.id, facts)
    query = (
        select(Project.id, Observation.stage, Observation.dev_state, Observation.observed_on)
        .join(Observation, Observation.id == newest)
        .where(Project.id.in_(ids))
    )
    return {row[0]: row for row in session.execute(query)}


def _look_verdicts(key: str, years: str, day: str) -> Callable[[list[int], Sequence[Any], Facts], dict[int, int]]:
    """Verdicts of these projects; only they are judged."""

    def look(ids: list[int], rows: Sequence[Any], facts: Facts) -> dict[int, int]:
        days = [found for row in rows if (found := getattr(row, day)) is not None]
        if not days:
            return {}
        span = Range(fiscal_year(min(days)), fiscal_year(max(days)))
        return verdicts_of(question_of(key, Selection(((years, span),), facts)), ids)

    return look


def _look_flags(ids: list[int], _rows: Sequence[Any], _facts: Facts) -> dict[int, int]:
    query = select(Flag.project_id, func.count()).where(Flag.project_id.in_(ids), Flag.status.in_(WAITING))
    return {int(row[0] or 0): row[1] for row in session.execute(query.group_by(Flag.project_id))}


_LOOKS: dict[str, Callable[[list[int], Sequence[Any], Facts], Any]] = {
    "participants": _look_participants,
    "flags": _look_flags,
    "latest": _look_latest,
    "cluster": _look_verdicts("cluster", "adopted", "adopted_on"),
    "reached": _look_verdicts("reached", "completed", "completed_on"),
}


def filled(rows: Sequence[Any], columns: Sequence[str], facts: Facts) -> list[Line]:
    """These projects with these columns; one statement for each look-up in use, whatever the number of rows."""
    ids = [row.id for row in rows]
    known = _Known()
    for source in sorted({COLUMNS[key].source for key in columns} - {"project"}) if ids else ():
        setattr(known, source, _LOOKS[source](ids, rows, facts))
    readers = [_READERS[key] for key in columns]
    return [
        Line(row.id, row.project_key, row.is_synthetic, tuple(read(row, known) for read in readers)) for row in rows
    ]


def _named(key: str, code: Any) -> Any:
    return FILTERS[key].codes.get(str(code), code) if code not in (None, "") else None


def _fields(row: Any) -> Any:
    names = [_named("field", code) for code in row.field.split(";") if code]
    return (
        Bilingual(*(", ".join(getattr(n, tongue, str(n)) for n in names) for tongue in ("en", "ja"))) if names else None
    )


def _members(known: _Known, row: Any) -> list[Any]:
    return known.participants.get(row.id, [])


def _name(member: Any) -> Bilingual:
    return Bilingual(member.name_en or member.name_ja, member.name_ja or member.name_en)


def _lead(row: Any, known: _Known) -> Any:
    members = _members(known, row)
    return _name(members[0]) if members else None


def _place(row: Any, known: _Known) -> Any:
    members = _members(known, row)
    return _named("seat", members[0].prefecture) if members else None


def _count(row: Any, known: _Known, *, companies: bool) -> int:
    return len({m.id for m in _members(known, row) if not companies or m.org_type in COMPANY_TYPES})


def _names(row: Any, known: _Known) -> Any:
    names = [_name(m) for m in {m.id: m for m in _members(known, row)}.values()]
    return Bilingual("; ".join(n.en for n in names), "、".join(n.ja for n in names)) if names else None


def _judgement(key: str) -> Callable[[Any, _Known], Any]:
    def read(row: Any, known: _Known) -> Any:
        number = getattr(known, key).get(row.id)
        if number is None:
            return FILTERS[key].codes[OUTSIDE]
        return known.once(("verdict", number), lambda: VERDICTS[number].label)

    return read


def _latest_of(name: str, label: Callable[[Any], Any] = lambda value: value) -> Callable[[Any, _Known], Any]:
    def read(row: Any, known: _Known) -> Any:
        found = known.latest.get(row.id)
        if found is None:
            return None
        value = getattr(found, name)
        return known.once((name, value), lambda: label(value))

    return read


_READERS: dict[str, Callable[[Any, _Known], Any]] = {
    "key": lambda p, k: p.project_key,
    "title": lambda p, k: Bilingual(p.title_en or p.title_ja, p.title_ja or p.title_en),
    "programme": lambda p, k: k.once(p.programme, lambda: p.programme.short),
    "frame": lambda p, k: _named("frame", p.frame),
    "status": lambda p, k: k.once(p.status, lambda: p.status.label),
    "regime": lambda p, k: k.once(p.regime, lambda: p.regime.label) if p.regime else None,
    "region": lambda p, k: _named("region", p.region),
    "fields": lambda p, k: k.once(("fields", p.field), lambda: _fields(p)),
    "adopted_on": lambda p, k: p.adopted_on,
    "adopted_fy": lambda p, k: fiscal_year(p.adopted_on),
    "started_on": lambda p, k: p.started_on,
    "planned_end_on": lambda p, k: p.planned_end_on,
    "completed_on": lambda p, k: p.completed_on,
    "completed_fy": lambda p, k: fiscal_year(p.completed_on) if p.completed_on else None,
    "amount": lambda p, k: p.amount_yen,
    "lead": _lead,
    "seat": _place,
    "participants": lambda p, k: _count(p, k, companies=False),
    "companies": lambda p, k: _count(p, k, companies=True),
    "names": _names,
    "cluster": _judgement("cluster"),
    "reached": _judgement("reached"),
    "stage": _latest_of("stage", lambda value: Stage(value).label),
    "dev_state": _latest_of("dev_state", lambda value: DevState(value).label),
    "flags": lambda p, k: k.flags.get(p.id, 0),
    "observed_on": _latest_of("observed_on"),
}
