"""What each filter of the registry means in SQL, and the value by which each grouping groups.

A grouping's filter holds exactly where its value is one of the codes: a cell of a cross table and the list that it
opens cannot disagree.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from app.analytics.definitions import Question
from app.analytics.queries.facts import decided
from app.analytics.queries.units.base import CODES, bytewise, year_of
from app.applications.choices import MemberRole
from app.core.db import session
from app.core.fiscal import fiscal_year_end, fiscal_year_start
from app.core.search import contains
from app.flags.choices import FlagStatus
from app.flags.models import Flag
from app.organisations.models import Organisation
from app.outcomes.models import Observation
from app.outcomes.queries import counts
from app.portfolio.definitions.asked import Facts, Range, Selection
from app.portfolio.definitions.filters import NONE, OUTSIDE
from app.projects.models import Participant, Project
from app.projects.queries import visible_to

Condition = ColumnElement[bool]
Maker = Callable[[Any, Selection], Condition]
#: Who leads, for the seat: the core company, else the lead company, else the managing organisation, else the first
#: by its key. One that has left leads only when nobody else is there.
RANKS = {MemberRole.core_company: 0, MemberRole.lead_company: 1, MemberRole.managing_organisation: 2}


def chosen(actor: Any, selection: Selection) -> Select[Any]:
    """The projects that the actor may see and that meet every filter."""
    return visible_to(actor).where(*(CONDITIONS[key](value, selection) for key, value in selection.values))


# --- plain columns ---------------------------------------------------------------------------------------------------


def _coded(column: Any) -> Maker:
    def condition(codes: tuple[str, ...], _selection: Selection) -> Condition:
        named = column.in_([code for code in codes if code != NONE])
        return or_(named, column.is_(None), cast(column, String) == "") if NONE in codes else named

    return condition


def _year(column: Any) -> Maker:
    def condition(value: Range, _selection: Selection) -> Condition:
        if value.missing:
            return column.is_(None)  # type: ignore[no-any-return]
        ends = []
        if value.low is not None:
            ends.append(column >= fiscal_year_start(value.low))
        if value.high is not None:
            ends.append(column <= fiscal_year_end(value.high))
        return and_(true(), *ends)

    return condition


def _amount(value: Range, _selection: Selection) -> Condition:
    if value.missing:
        return Project.amount_yen.is_(None)
    low = Project.amount_yen >= (value.low or 0)
    return low if value.high is None else and_(low, Project.amount_yen <= value.high)


def _text(text: str, _selection: Selection) -> Condition:
    return or_(*(contains(column, text) for column in (Project.project_key, Project.title_ja, Project.title_en)))


def _field(codes: tuple[str, ...], _selection: Selection) -> Condition:
    """Any of a project's fields is one of these."""
    listed = ";" + Project.field + ";"
    found: list[Condition] = [listed.contains(f";{code};", autoescape=True) for code in codes if code != NONE]
    return or_(*found, Project.field == "") if NONE in codes else or_(*found)


def _main_field() -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "postgresql":
        first: Any = func.split_part(Project.field, ";", 1)
    else:
        first = func.substr(Project.field, 1, func.instr(Project.field + ";", ";") - 1)
    return func.coalesce(func.nullif(first, ""), NONE)


# --- participants ----------------------------------------------------------------------------------------------------


def _takes_part(*more: Condition) -> Condition:
    return (
        exists()
        .where(Participant.project_id == Project.id, Organisation.id == Participant.organisation_id, *more)
        .correlate(Project)
    )


def _roles(selection: Selection) -> list[Condition]:
    codes: Any = selection.get("role")
    return [Participant.role.in_(codes)] if codes else []


def _organisation(text: str, selection: Selection) -> Condition:
    """Somebody with that number, key or name takes part, in one of the roles if any are asked for."""
    named = or_(
        Organisation.corporate_number == text,
        Organisation.org_key == text,
        contains(Organisation.name_ja, text),
        contains(Organisation.name_en, text),
    )
    known = select(Organisation.id).where(named)
    return Project.id.in_(
        select(Participant.project_id).where(Participant.organisation_id.in_(known), *_roles(selection))
    )


def _role(codes: tuple[str, ...], selection: Selection) -> Condition:
    if selection.get("organisation") is not None:
        return literal(True)  # that filter asks for the role too: of the same participation
    return _takes_part(Participant.role.in_(codes))


def _org_type(codes: tuple[str, ...], _selection: Selection) -> Condition:
    return _takes_part(Organisation.org_type.in_(codes))


def _prefecture(codes: tuple[str, ...], _selection: Selection) -> Condition:
    return _takes_part(Organisation.prefecture.in_(codes))


def leading() -> tuple[Any, ...]:
    """The order in which one looks for the leading organisation among the participants of a project."""
    rank = case(*((Participant.role == role, place) for role, place in RANKS.items()), else_=len(RANKS))
    gone = case((Participant.valid_to.is_(None), 0), else_=1)
    return gone, rank, bytewise(Organisation.org_key), Participant.id


def _seat() -> ColumnElement[Any]:
    found = (
        select(Organisation.prefecture)
        .join(Participant, Participant.organisation_id == Organisation.id)
        .where(Participant.project_id == Project.id)
        .order_by(*leading())
        .limit(1)
        .correlate(Project)
        .scalar_subquery()
    )
    return func.coalesce(found, NONE)


# --- derived facts ---------------------------------------------------------------------------------------------------


def latest(column: Any, facts: Facts) -> Any:
    """A column of the project's latest observation: observed by the as-of day, recorded by the known-at day."""
    query = select(column).where(Observation.project_id == Project.id, Observation.observed_on <= facts.as_of_day)
    query = query.where(counts(0, facts.known_at))
    if facts.known_at is not None:
        query = query.where(Observation.recorded_on <= facts.known_at)
    order = (Observation.observed_on.desc(), Observation.recorded_on.desc(), Observation.id.desc())
    return query.order_by(*order).limit(1).correlate(Project).scalar_subquery()


def _latest(column: Any, facts: Facts) -> ColumnElement[Any]:
    return func.coalesce(cast(latest(column, facts), String), NONE)


def question_of(key: str, selection: Selection) -> Question:
    """Analytics' question behind a verdict. Only what the selection's programme and years leave is judged; each project
    is judged by itself, so no verdict depends on it."""
    if key == "cluster":
        return selection.facts.participation(selection.within("adopted"))
    return selection.facts.commercialization(selection.within("completed"))


def _verdict(key: str) -> Maker:
    def condition(codes: tuple[str, ...], selection: Selection) -> Condition:
        found = decided(question_of(key, selection))
        named = [verdict for verdict in CODES if verdict.value in codes]
        if OUTSIDE in codes:
            return Project.id.not_in(found.ids(*(verdict for verdict in CODES if verdict not in named)))
        return Project.id.in_(found.ids(*named))

    return condition


#: A flag in these states still waits for somebody.
WAITING = (FlagStatus.open, FlagStatus.acknowledged, FlagStatus.snoozed)


def _flag(codes: tuple[str, ...], _selection: Selection) -> Condition:
    """Any of these rules has a flag of the project that nobody has resolved."""
    return Project.id.in_(select(Flag.project_id).where(Flag.rule.in_(codes), Flag.status.in_(WAITING)))


def _verdict_text(key: str, selection: Selection) -> ColumnElement[Any]:
    found = decided(question_of(key, selection))
    return case(*((Project.id.in_(found.ids(verdict)), verdict.value) for verdict in CODES), else_=OUTSIDE)


# --- groupings -------------------------------------------------------------------------------------------------------


def _fy(column: Any) -> ColumnElement[Any]:
    """The fiscal year in which a day lies, as text."""
    return func.coalesce(cast(cast(year_of(column), Integer), String), NONE)


def _text_of(column: Any) -> ColumnElement[Any]:
    return func.coalesce(func.nullif(cast(column, String), ""), NONE)


GROUPED: dict[str, Callable[[Facts], ColumnElement[Any]]] = {
    "programme": lambda facts: _text_of(Project.programme),
    "frame": lambda facts: _text_of(Project.frame),
    "status": lambda facts: _text_of(Project.status),
    "regime": lambda facts: _text_of(Project.regime),
    "region": lambda facts: _text_of(Project.region),
    "main_field": lambda facts: _main_field(),
    "adopted": lambda facts: _fy(Project.adopted_on),
    "completed": lambda facts: _fy(Project.completed_on),
    "seat": lambda facts: _seat(),
    "stage": lambda facts: _latest(Observation.stage, facts),
    "dev_state": lambda facts: _latest(Observation.dev_state, facts),
}
#: These are looked up among the verdicts of all, not computed row by row.
JUDGED = ("cluster", "reached")


def grouped(query: Any, keys: tuple[str, ...], selection: Selection) -> Any:
    """The query with the value of each grouping added as a column of its key."""
    for key in keys:
        if key in JUDGED:
            query = query.add_columns(_verdict_text(key, selection).label(key))
        else:
            query = query.add_columns(GROUPED[key](selection.facts).label(key))
    return query


def _by_value(key: str) -> Maker:
    def condition(codes: tuple[str, ...], selection: Selection) -> Condition:
        return GROUPED[key](selection.facts).in_(codes)

    return condition


CONDITIONS: dict[str, Maker] = {
    "text": _text,
    "programme": _coded(Project.programme),
    "frame": _coded(Project.frame),
    "status": _coded(Project.status),
    "regime": _coded(Project.regime),
    "region": _coded(Project.region),
    "field": _field,
    "main_field": _by_value("main_field"),
    "adopted": _year(Project.adopted_on),
    "completed": _year(Project.completed_on),
    "amount": _amount,
    "organisation": _organisation,
    "role": _role,
    "org_type": _org_type,
    "seat": _by_value("seat"),
    "prefecture": _prefecture,
    "cluster": _verdict("cluster"),
    "reached": _verdict("reached"),
    "stage": _by_value("stage"),
    "dev_state": _by_value("dev_state"),
    "flag": _flag,
}


def make_ahead() -> None:
    """Judge every project as the explorer does when it opens: the worker keeps the verdicts for every process."""
    plain = Selection()
    for key in JUDGED:
        decided(question_of(key, plain))
