"""Measuring: one query of units per definition serves the number, its breakdown and the list behind it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    collate,
    exists,
    extract,
    func,
    join,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import joinedload

from app.analytics.definitions import (
    COMMERCIALIZATION,
    Commercialization,
    Definition,
    Participation,
    ReferenceKind,
    Verdict,
)
from app.analytics.estimators import LEVEL, Point, Spell, cumulative_incidence, wilson
from app.applications.choices import MemberRole
from app.clusters.models import Membership
from app.core import numbering, tables
from app.core.db import session, write_intent
from app.core.fiscal import fiscal_year, fiscal_year_end, fiscal_year_start
from app.core.pdf import Document
from app.organisations.choices import COMPANY_TYPES, ClusterMatch
from app.organisations.models import Organisation, PopulationList, PopulationMember
from app.outcomes.choices import DevState
from app.outcomes.models import Observation
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project

Question = Participation | Commercialization
#: Ordered, so that the greatest verdict of several is theirs together.
CODES = {Verdict.no: 0, Verdict.unknown: 1, Verdict.yes: 2}
NO, UNKNOWN, YES = CODES[Verdict.no], CODES[Verdict.unknown], CODES[Verdict.yes]
VERDICTS = {code: verdict for verdict, code in CODES.items()}


@dataclass(frozen=True)
class Count:
    """How many (or how much) there are, by verdict."""

    yes: int = 0
    unknown: int = 0
    no: int = 0

    @property
    def total(self) -> int:
        return self.yes + self.unknown + self.no

    @property
    def rate(self) -> float | None:
        return self.yes / self.total if self.total else None


@dataclass(frozen=True)
class Rate:
    """The answer to a question: counts, bounds and interval, never a bare percentage."""

    question: Question
    count: Count
    cohorts: tuple[tuple[int, Count], ...] = ()

    @property
    def definition(self) -> Definition:
        return self.question.rule

    @property
    def numerator(self) -> int:
        return self.count.yes

    @property
    def denominator(self) -> int:
        return self.count.total

    @property
    def unknown(self) -> int:
        return self.count.unknown

    @property
    def rate(self) -> float | None:
        return self.count.rate

    @property
    def upper(self) -> float | None:
        return (self.numerator + self.unknown) / self.denominator if self.denominator else None

    @property
    def responded(self) -> int:
        """Commercialization only: those with any observation."""
        return self.denominator - self.unknown

    @property
    def rate_respondents(self) -> float | None:
        return self.numerator / self.responded if self.responded else None

    @property
    def response_rate(self) -> float | None:
        return self.responded / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's, for counts; money has none."""
        return None if self.definition.unit == "yen" else wilson(self.numerator, self.denominator)

    def data(self) -> dict[str, Any]:
        """The answer as the contract's JSON."""
        question = self.question
        low, high = self.interval or (None, None)
        interval = {"method": "wilson", "level": LEVEL, "low": low, "high": high}
        found: dict[str, Any] = {
            "definition": self.definition.id,
            "definition_version": self.definition.version,
            "unit": self.definition.unit.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "unknown": self.unknown,
            "rate": self.rate,
            "lower": self.rate,
            "upper": self.upper,
            "interval": None if self.definition.unit == "yen" else interval,
        }
        if isinstance(question, Participation):
            day = question.reference.day
            found |= {
                "reference": str(question.reference),
                "as_of": day.isoformat() if day else None,
                "population": "list" if question.list_code and question.definition == "PR-8" else question.population,
            }
            if question.definition == "PR-8":
                found["list_code"] = question.list_code
        else:
            found |= {
                "responded": self.responded,
                "response_rate": self.response_rate,
                "rate_respondents": self.rate_respondents,
                "reference": f"fixed:{question.as_of}",
                "as_of": question.as_of.isoformat(),
                "population": "completed",
                "known_at": question.known_at.isoformat() if question.known_at else None,
                "lag": question.lag,
                "min_evidence": question.min_evidence,
            }
        found["programme"] = question.programme.value if question.programme else "all"
        found["fy"] = f"{question.first_year}..{question.last_year}"
        return found


# --- units -----------------------------------------------------------------------------------------------------------


def _year_of(column: Any) -> ColumnElement[int]:
    """FY(d) in SQL. The numbers stand in the text, so that a database sees one expression where it is grouped by."""
    one, april = literal_column("1", Integer), literal_column("4", Integer)
    return extract("year", column) - case((extract("month", column) < april, one), else_=literal_column("0", Integer))


def _bytewise(column: Any) -> Any:
    """A key in the order of its bytes, whatever the database's collation."""
    return collate(column, "C" if session.get_bind().dialect.name == "postgresql" else "BINARY")


def _projects(question: Question, by: Any) -> tables.AnySelect:
    query = select(
        Project.id.label("project_id"),
        Project.project_key,
        Project.adopted_on,
        Project.completed_on,
        Project.observed_from,
        func.coalesce(Project.amount_yen, 0).label("amount"),
        _year_of(by).label("cohort"),
    ).where(by >= fiscal_year_start(question.first_year), by <= fiscal_year_end(question.last_year))
    return query.where(Project.programme == question.programme) if question.programme else query


def _population(question: Participation) -> Subquery:
    if question.population == "adopted":
        query = _projects(question, Project.adopted_on).where(Project.status != ProjectStatus.withdrawn)
    else:
        query = _projects(question, Project.completed_on).where(Project.status == ProjectStatus.completed)
    judged_on = {
        ReferenceKind.adoption: Project.adopted_on,
        ReferenceKind.start: Project.started_on,
        ReferenceKind.completion: Project.completed_on,
    }.get(question.reference.kind, literal(question.reference.day, Date))
    return query.add_columns(judged_on.label("judged_on")).subquery("population")


def _members_on(question: Participation) -> Subquery:
    """Organisations that are members at a reference with a date of its own."""
    day = question.reference.day
    query = select(Membership.organisation_id).where(Membership.valid_from <= day)
    if question.reference.kind is ReferenceKind.fixed:
        query = query.where(or_(Membership.valid_to.is_(None), Membership.valid_to > day))
    return query.distinct().subquery("members")


def _is_member(question: Participation, organisation: Any, judged_on: Any, members: Subquery | None) -> Any:
    if members is not None:
        return members.c.organisation_id.is_not(None)
    return exists().where(
        Membership.organisation_id == organisation,
        Membership.valid_from <= judged_on,
        or_(Membership.valid_to.is_(None), Membership.valid_to > judged_on),
    )


def _participations(question: Participation, population: Subquery, *columns: Any) -> Select[Any]:
    """The companies' participations that were valid on the day of adoption."""
    return (
        select(*columns)
        .select_from(population)
        .join(Participant, Participant.project_id == population.c.project_id)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .where(
            Organisation.org_type.in_(COMPANY_TYPES),
            or_(Participant.valid_from.is_(None), Participant.valid_from <= population.c.adopted_on),
            or_(Participant.valid_to.is_(None), Participant.valid_to > population.c.adopted_on),
        )
    )


def _companies(question: Participation) -> Subquery:
    """Every company of every project once, with its role's rank and its allocations."""
    population = _population(question)
    rank = case(
        (Participant.role == MemberRole.core_company, 0), (Participant.role == MemberRole.lead_company, 1), else_=2
    )
    query = _participations(
        question,
        population,
        population.c.project_id,
        Participant.organisation_id,
        func.min(population.c.judged_on).label("judged_on"),
        func.min(rank).label("rank"),
        func.sum(func.coalesce(Participant.allocation_yen, 0)).label("allocation"),
    )
    return query.group_by(population.c.project_id, Participant.organisation_id).subquery("company")


def _judged(question: Participation) -> Subquery:
    """Companies with their verdict, and their place in the order in which PR-2 looks for one."""
    company = _companies(question)
    members = _members_on(question) if question.reference.kind.dated else None
    ever = select(Membership.organisation_id).distinct().subquery("ever")
    verdict = case(
        (company.c.judged_on.is_(None), UNKNOWN),
        (_is_member(question, company.c.organisation_id, company.c.judged_on, members), YES),
        (
            and_(Organisation.cluster_match == ClusterMatch.unmatched, ever.c.organisation_id.is_(None)),
            UNKNOWN,
        ),
        else_=NO,
    )
    if question.definition == "PR-2":
        order = (company.c.rank, _bytewise(Organisation.org_key))
        place: Any = func.row_number().over(partition_by=company.c.project_id, order_by=order)
    else:
        place = literal(1, Integer)
    source: Any = join(company, Organisation, Organisation.id == company.c.organisation_id)
    if members is not None:
        source = source.outerjoin(members, members.c.organisation_id == company.c.organisation_id)
    source = source.outerjoin(ever, ever.c.organisation_id == company.c.organisation_id)
    columns = (company, Organisation.org_key, verdict.label("verdict"), place.label("place"))
    return select(*columns).select_from(source).subquery("judged")


def _by_project(question: Participation) -> Select[Any]:
    """PR-1, PR-2, PR-3, PR-6a. A project without companies is no."""
    population, judged = _population(question), _judged(question)
    companies = func.count(judged.c.organisation_id)
    members = func.coalesce(func.sum(case((judged.c.verdict == YES, 1), else_=0)), 0)
    unknowns = func.coalesce(func.sum(case((judged.c.verdict == UNKNOWN, 1), else_=0)), 0)
    verdict: Any = func.coalesce(func.max(judged.c.verdict), NO)
    if question.definition == "PR-2":
        verdict = func.coalesce(func.max(case((judged.c.place == 1, judged.c.verdict))), NO)
    elif question.definition == "PR-3":
        verdict = case(
            (companies == 0, NO),
            (2 * members >= companies, YES),
            (2 * (members + unknowns) >= companies, UNKNOWN),
            else_=NO,
        )
    weight = population.c.amount if question.definition == "PR-6a" else literal(1, Integer)
    return (
        select(
            population.c.project_key.label("key"),
            population.c.project_id,
            cast(null(), Integer).label("organisation_id"),
            population.c.cohort,
            verdict.label("verdict"),
            weight.label("weight"),
            companies.label("companies"),
            members.label("members"),
            unknowns.label("unknowns"),
        )
        .select_from(population)
        .outerjoin(judged, judged.c.project_id == population.c.project_id)
        .group_by(population.c.project_id, population.c.project_key, population.c.cohort, population.c.amount)
    )


def _cohort(question: Participation) -> ColumnElement[int]:
    return _year_of(Project.adopted_on if question.population == "adopted" else Project.completed_on)


def _by_place(question: Participation) -> Select[Any]:
    """PR-5, PR-6b."""
    judged = _judged(question)
    weight = judged.c.allocation if question.definition == "PR-6b" else literal(1, Integer)
    return (
        select(
            (Project.project_key + "/" + judged.c.org_key).label("key"),
            judged.c.project_id,
            judged.c.organisation_id,
            _cohort(question).label("cohort"),
            judged.c.verdict,
            weight.label("weight"),
        )
        .select_from(judged)
        .join(Project, Project.id == judged.c.project_id)
    )


def _by_firm(question: Participation, cohorts: bool) -> Select[Any]:
    """PR-4; with cohorts a firm counts once in each year in which it has a project."""
    judged = _judged(question)
    query = select(
        judged.c.org_key.label("key"),
        cast(null(), Integer).label("project_id"),
        judged.c.organisation_id,
        func.max(judged.c.verdict).label("verdict"),
        literal(1, Integer).label("weight"),
    ).group_by(judged.c.organisation_id, judged.c.org_key)
    if not cohorts:
        return query
    year = _cohort(question)
    return query.add_columns(year.label("cohort")).join(Project, Project.id == judged.c.project_id).group_by(year)


def _penetration(question: Participation) -> Select[Any]:
    """PR-7: from the register to the projects."""
    members, population = _members_on(question), _population(question)
    busy = _participations(question, population, Participant.organisation_id)
    return select(
        Organisation.org_key.label("key"),
        cast(null(), Integer).label("project_id"),
        Organisation.id.label("organisation_id"),
        case((Organisation.id.in_(busy), YES), else_=NO).label("verdict"),
        literal(1, Integer).label("weight"),
    ).where(Organisation.org_type.in_(COMPANY_TYPES), Organisation.id.in_(select(members.c.organisation_id)))


def _by_list(question: Participation) -> Select[Any]:
    """PR-8."""
    members = _members_on(question)
    ever = select(Membership.organisation_id).distinct().subquery("ever")
    return (
        select(
            Organisation.org_key.label("key"),
            cast(null(), Integer).label("project_id"),
            Organisation.id.label("organisation_id"),
            case(
                (members.c.organisation_id.is_not(None), YES),
                (
                    and_(Organisation.cluster_match == ClusterMatch.unmatched, ever.c.organisation_id.is_(None)),
                    UNKNOWN,
                ),
                else_=NO,
            ).label("verdict"),
            literal(1, Integer).label("weight"),
        )
        .select_from(PopulationMember)
        .join(PopulationList, PopulationList.id == PopulationMember.list_id)
        .join(Organisation, Organisation.id == PopulationMember.organisation_id)
        .outerjoin(members, members.c.organisation_id == Organisation.id)
        .outerjoin(ever, ever.c.organisation_id == Organisation.id)
        .where(PopulationList.list_code == question.list_code)
    )


def _reaches(level: str) -> Any:
    if level == "E1":
        return Observation.dev_state.in_([DevState.productization, DevState.launched])
    return Observation.stage >= {"E0": 1, "E2": 3, "E3": 4, "E4": 5}[level]


def _due(question: Commercialization) -> Subquery:
    cutoff = question.last_completion
    query = _projects(question, Project.completed_on).where(Project.status == ProjectStatus.completed)
    return query.where(Project.completed_on <= cutoff if cutoff else ~true()).subquery("due")


def _observed(question: Commercialization, due: Subquery) -> Subquery:
    """Per project: first day at the level, first day stopped, last counting day, whether anything was heard."""
    counts = Observation.evidence_level >= question.min_evidence
    query = (
        select(
            Observation.project_id,
            func.min(case((and_(counts, _reaches(question.level)), Observation.observed_on))).label("reached_on"),
            func.min(case((and_(counts, Observation.dev_state == DevState.stopped), Observation.observed_on))).label(
                "stopped_on"
            ),
            func.max(case((counts, Observation.observed_on))).label("last_on"),
        )
        .join(due, due.c.project_id == Observation.project_id)
        .where(Observation.observed_on <= question.as_of)
        .group_by(Observation.project_id)
    )
    if question.known_at is not None:
        query = query.where(Observation.recorded_on <= question.known_at)
    return query.subquery("observed")


def _by_outcome(question: Commercialization) -> Select[Any]:
    due = _due(question)
    observed = _observed(question, due)
    return (
        select(
            due.c.project_key.label("key"),
            due.c.project_id,
            cast(null(), Integer).label("organisation_id"),
            due.c.cohort,
            case((observed.c.project_id.is_(None), UNKNOWN), (observed.c.reached_on.is_not(None), YES), else_=NO).label(
                "verdict"
            ),
            literal(1, Integer).label("weight"),
            observed.c.reached_on,
            observed.c.last_on,
        )
        .select_from(due)
        .outerjoin(observed, observed.c.project_id == due.c.project_id)
    )


def units(question: Question, cohorts: bool = False) -> Subquery:
    """What is counted: key, verdict (0 no, 1 unknown, 2 yes), weight, and where it applies the cohort's year."""
    if isinstance(question, Commercialization):
        query = _by_outcome(question)
    elif question.definition in ("PR-1", "PR-2", "PR-3", "PR-6a"):
        query = _by_project(question)
    elif question.definition in ("PR-5", "PR-6b"):
        query = _by_place(question)
    elif question.definition == "PR-4":
        query = _by_firm(question, cohorts)
    elif question.definition == "PR-7":
        query = _penetration(question)
    else:
        query = _by_list(question)
    return query.subquery("unit")


# --- answers ---------------------------------------------------------------------------------------------------------

Answer = TypeVar("Answer")
_KEEP = 256
_kept: WeakKeyDictionary[Any, OrderedDict[Any, Any]] = WeakKeyDictionary()
_lock = threading.Lock()


def _remember(key: tuple[Any, ...], compute: Callable[[], Answer]) -> Answer:
    """Keep answers per version of the data. Work that may write sees its own changes and so keeps nothing."""
    if write_intent.get():
        return compute()
    key = (*key, numbering.version())
    bind = session.get_bind()
    with _lock:
        kept = _kept.setdefault(bind, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]  # type: ignore[no-any-return]
    answer = compute()
    with _lock:
        kept[key] = answer
        while len(kept) > _KEEP:
            kept.popitem(last=False)
    return answer


def _count(rows: Sequence[Any]) -> Count:
    found = {VERDICTS[code]: int(weight or 0) for code, weight in rows}
    return Count(found.get(Verdict.yes, 0), found.get(Verdict.unknown, 0), found.get(Verdict.no, 0))


def _measure(question: Question) -> Rate:
    unit = units(question)
    rows = session.execute(select(unit.c.verdict, func.sum(unit.c.weight)).group_by(unit.c.verdict)).all()
    return Rate(question, _count(rows))


def measure(question: Question) -> Rate:
    """The number alone."""
    return _remember(("measure", question), lambda: _measure(question))


def _cohorts(question: Question) -> tuple[tuple[int, Count], ...]:
    if isinstance(question, Participation) and not question.has_cohorts:
        return ()
    unit = units(question, cohorts=True)
    rows = session.execute(
        select(unit.c.cohort, unit.c.verdict, func.sum(unit.c.weight)).group_by(unit.c.cohort, unit.c.verdict)
    ).all()
    years = sorted({int(row[0]) for row in rows})
    return tuple((year, _count([row[1:] for row in rows if int(row[0]) == year])) for year in years)


def cohorts(question: Question) -> tuple[tuple[int, Count], ...]:
    """The count of each fiscal year, in order; empty for definitions that do not start from projects."""
    return _remember(("cohorts", question), lambda: _cohorts(question))


def keys(question: Question) -> list[str]:
    """The keys counted in the numerator, sorted by their text."""
    unit = units(question)
    return sorted(session.scalars(select(unit.c.key).where(unit.c.verdict == YES)))


def curve(question: Commercialization) -> list[Point]:
    """Cumulative incidence by years since completion (contract section 4)."""
    return _remember(("curve", question), lambda: cumulative_incidence(_spells(question)))


def _spells(question: Commercialization) -> list[Spell]:
    due = _due(question)
    observed = _observed(question, due)
    rows = session.execute(
        select(
            due.c.completed_on,
            due.c.observed_from,
            observed.c.reached_on,
            observed.c.stopped_on,
            observed.c.last_on,
        )
        .select_from(due)
        .outerjoin(observed, observed.c.project_id == due.c.project_id)
    )
    return [_spell(*row) for row in rows]


def _spell(
    completed: date, entered: date | None, reached: date | None, stopped: date | None, last: date | None
) -> Spell:
    def since(day: date | None) -> int:
        return max(0, fiscal_year(day) - fiscal_year(completed)) if day else 0

    if reached is not None and (stopped is None or reached <= stopped):
        return Spell(since(reached), "event", since(entered))
    if stopped is not None:
        return Spell(since(stopped), "competing", since(entered))
    return Spell(since(last), "censored", since(entered))


def _sizes(question: Participation) -> tuple[tuple[int, int], ...]:
    unit = units(question)
    rows = session.execute(select(unit.c.companies, func.count()).group_by(unit.c.companies))
    return tuple(sorted((int(size), int(number)) for size, number in rows))


def by_chance(question: Participation) -> tuple[float, float, float] | None:
    """PR-11: companies per project, the members' share of company places, and the share of projects that would have
    a member if members were spread at random. None where that means nothing."""
    if question.definition != "PR-1":
        return None
    sizes = _remember(("sizes", question), lambda: _sizes(question))
    share = measure(replace(question, definition="PR-5")).rate
    projects = sum(number for _size, number in sizes)
    if not projects or share is None:
        return None
    mean = sum(size * number for size, number in sizes) / projects
    expected = sum((1 - (1 - share) ** size) * number for size, number in sizes) / projects
    return mean, share, expected


def all_units(question: Question) -> list[tuple[str, Verdict, int]]:
    """Every unit with its verdict and weight, in the order of the keys."""
    unit = units(question)
    rows = session.execute(select(unit.c.key, unit.c.verdict, unit.c.weight))
    return sorted((key, VERDICTS[verdict], int(weight)) for key, verdict, weight in rows)


def document_of(actor: Any, document_id: int) -> Document | None:
    """A document that this person has ordered; others' do not exist."""
    if not 0 < document_id < 2**31:
        return None
    return session.scalar(
        select(Document)
        .options(joinedload(Document.file))
        .where(
            Document.id == document_id, Document.owner_id == actor.actor_id, Document.template.startswith("analytics/")
        )  # a dossier is read through its application, by those who still work on it
    )


def document_by_occasion(dedupe_key: str) -> Document | None:
    return session.scalar(select(Document).where(Document.dedupe_key == dedupe_key))


def records(question: Question, verdict: Verdict, after: str | None, before: str | None) -> tables.Page[Any]:
    """The list behind a number: the same units with this verdict, with names, a page at a time."""
    unit = units(question)
    query = (
        select(
            *(column for column in unit.c if column.name != "key"),
            Project.project_key,
            Project.title_en,
            Project.title_ja,
            Organisation.org_key,
            Organisation.name_en,
            Organisation.name_ja,
        )
        .select_from(unit)
        .outerjoin(Project, Project.id == unit.c.project_id)
        .outerjoin(Organisation, Organisation.id == unit.c.organisation_id)
        .where(unit.c.verdict == CODES[verdict])
    )
    return tables.keyset(query, [unit.c.key], after, before)


def lists() -> Sequence[PopulationList]:
    return session.scalars(select(PopulationList).order_by(PopulationList.list_code)).all()


def list_exists(code: str) -> bool:
    return session.scalar(select(PopulationList.id).where(PopulationList.list_code == code)) is not None


def levels(question: Commercialization) -> list[Rate]:
    """The same question for every level, side by side."""
    return [measure(replace(question, level=level)) for level in COMMERCIALIZATION]
