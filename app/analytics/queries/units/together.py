"""Everything about participation that follows from one look at each company place, in one statement.

The definitions are those of ``units.participation``; here every company's verdict stands side by side under several
references, so that the places are read and their memberships joined once. Each statement is a union of *parts*: (part's
number, programme, numbers ..., how many, yen).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import CTE, BigInteger, Select, String, and_, case, cast, func, literal, or_, select, union_all

from app.analytics.definitions import Participation, Reference, ReferenceKind
from app.analytics.queries.units.base import NO, UNKNOWN, YES, bytewise
from app.analytics.queries.units.participation import (
    adopted_or_completed,
    judged_on,
    members_at,
    participations,
    ranked,
)
from app.calls.choices import Programme
from app.clusters.models import Membership
from app.organisations.choices import COMPANY_TYPES, ClusterMatch
from app.organisations.models import Organisation
from app.projects.models import Participant, Project

#: Sorts before every letter of a key: of two keys with the same beginning the shorter comes first, as by themselves.
_END = "\x01"
PROJECTS, REFERENCES, AMOUNTS, PLACES, FIRMS, MEMBERS, ORDER = range(7)
_BY_PROJECT = ("PR-1", "PR-2", "PR-3")


def _population(question: Participation, references: Sequence[Reference]) -> CTE:
    """The projects of a question, with the day of each reference."""
    query = adopted_or_completed(question)
    query = query.add_columns(cast(Project.programme, String).label("programme"), Project.amount_yen.label("yen"))
    for place, reference in enumerate(references):
        query = query.add_columns(judged_on(reference).label(f"on_{place}"))
    return query.cte("population")


def _places(population: CTE, references: Sequence[Reference]) -> CTE:
    """Every company of every project once: ``verdict_0`` ... at the references, whether it had joined a cluster by the
    day of adoption, its allocations, and ``first``, which is least for the company that PR-2 looks at."""
    turn = func.row_number().over(partition_by=Membership.organisation_id, order_by=Membership.id)
    member = select(Membership.organisation_id, Membership.valid_from, Membership.valid_to, turn.label("turn"))
    held = member.subquery("held")
    never = and_(Organisation.cluster_match == ClusterMatch.unmatched, held.c.turn.is_(None))
    verdicts = []
    for place, reference in enumerate(references):
        on = population.c[f"on_{place}"]
        belongs = held.c.valid_from <= on
        if reference.kind is not ReferenceKind.ever:
            belongs = and_(belongs, or_(held.c.valid_to.is_(None), held.c.valid_to > on))
        verdict = case((on.is_(None), UNKNOWN), (belongs, YES), (never, UNKNOWN), else_=NO)
        verdicts.append(func.max(verdict).label(f"verdict_{place}"))
    once = or_(held.c.turn.is_(None), held.c.turn == 1)  # a participation stands here once for each membership
    query = participations(
        population,
        population.c.project_id,
        Participant.organisation_id,
        *verdicts,
        func.max(case((held.c.valid_from <= population.c.adopted_on, 1), else_=0)).label("before"),
        func.sum(case((once, func.coalesce(Participant.allocation_yen, 0)), else_=0)).label("allocation"),
        func.min(cast(ranked(), String) + bytewise(Organisation.org_key)).label("first"),
    ).outerjoin(held, held.c.organisation_id == Organisation.id)
    return query.group_by(population.c.project_id, Participant.organisation_id).cte("place")


def _tallies(places: CTE, references: int, whole: Iterable[int]) -> CTE:
    """Per project: its companies and the greatest verdict at each reference; for those in ``whole`` also what PR-2 and
    PR-3 ask for, and how many members had joined by the day of adoption."""
    columns = [func.max(places.c[f"verdict_{place}"]).label(f"greatest_{place}") for place in range(references)]
    for place in whole:
        verdict = places.c[f"verdict_{place}"]
        named = bytewise(places.c.first + literal(_END) + cast(verdict, String))
        columns += [
            func.sum(case((verdict == YES, 1), else_=0)).label(f"members_{place}"),
            func.sum(case((verdict == UNKNOWN, 1), else_=0)).label(f"doubtful_{place}"),
            func.min(named).label(f"first_{place}"),
            func.sum(case((verdict == YES, places.c.before), else_=0)).label(f"before_{place}"),
        ]
    query = select(places.c.project_id, func.count().label("companies"), *columns)
    return query.group_by(places.c.project_id).cte("tally")


def _verdict(definition: str, tally: CTE, place: int) -> Any:
    """Of a project at a reference; one without companies is no (contract section 4)."""
    if definition == "PR-2":
        first = tally.c[f"first_{place}"]
        return case((first.is_(None), NO), *((first.endswith(_END + str(v)), v) for v in (NO, UNKNOWN)), else_=YES)
    if definition == "PR-3":
        members, doubtful = tally.c[f"members_{place}"], tally.c[f"doubtful_{place}"]
        return case(
            (tally.c.companies.is_(None), NO),
            (2 * members >= tally.c.companies, YES),
            (2 * (members + doubtful) >= tally.c.companies, UNKNOWN),
            else_=NO,
        )
    return func.coalesce(tally.c[f"greatest_{place}"], NO)


def _part(number: int, width: int, by: Sequence[Any], many: Any, yen: Any, programme: Any = None) -> Select[Any]:
    """One part: counted and summed ``by`` so many numbers, filled up with zeros to the width of all."""
    nothing: list[Any] = [cast(literal(0), BigInteger)] * (width - len(by))
    word = literal("", String) if programme is None else programme
    head = (cast(literal(number), BigInteger), word, *(cast(one, BigInteger) for one in by), *nothing)
    query = select(*(column.label(f"c{place}") for place, column in enumerate(head)), many, yen)
    return query.group_by(*by, *(() if programme is None else (programme,))) if by else query


def figures_of(question: Participation, references: Sequence[Reference], own: int) -> Any:
    """For the office's page: the parts PROJECTS (verdicts under PR-1, PR-2, PR-3, companies, year), REFERENCES (verdict
    under PR-1 at each), AMOUNTS (verdicts, yen), PLACES and FIRMS (verdict), MEMBERS (busy or not; only where the
    question's own reference, ``references[own]``, has a date) and ORDER (some had joined before, before, all)."""
    population = _population(question, references)
    places = _places(population, references)
    tally = _tallies(places, len(references), [own])
    each = (
        select(
            *(_verdict(name, tally, own).label(name) for name in _BY_PROJECT),
            *(_verdict("PR-1", tally, place).label(f"at_{place}") for place in range(len(references))),
            func.coalesce(tally.c.companies, 0).label("companies"),
            func.coalesce(tally.c[f"members_{own}"], 0).label("members"),
            func.coalesce(tally.c[f"before_{own}"], 0).label("before"),
            population.c.cohort,
            population.c.amount,
            population.c.yen,
        )
        .select_from(population)
        .outerjoin(tally, tally.c.project_id == population.c.project_id)
        .cte("each_project")
    )
    width, zero, verdict = max(5, len(references)), cast(literal(0), BigInteger), places.c[f"verdict_{own}"]
    verdicts = [each.c[name] for name in _BY_PROJECT]
    number, yen = func.count(), cast(func.coalesce(func.sum(each.c.amount), 0), BigInteger)
    firm = select(func.max(verdict).label("verdict")).group_by(places.c.organisation_id).subquery("firm")
    some = func.coalesce(func.sum(case((each.c.before > 0, 1), else_=0)), 0)
    order = (some, func.coalesce(func.sum(each.c.before), 0), func.coalesce(func.sum(each.c.members), 0))
    head: list[Any] = [cast(literal(ORDER), BigInteger), literal("", String)]
    in_order = [*head, *(cast(one, BigInteger) for one in order), *[zero] * (width - 3), number, zero]
    parts = [
        _part(PROJECTS, width, [*verdicts, each.c.companies, each.c.cohort], number, yen),
        _part(REFERENCES, width, [each.c[f"at_{place}"] for place in range(len(references))], number, yen),
        _part(AMOUNTS, width, [*verdicts, each.c.yen], number, zero).where(each.c.yen.is_not(None)),
        _part(PLACES, width, [verdict], number, cast(func.sum(places.c.allocation), BigInteger)),
        _part(FIRMS, width, [firm.c.verdict], number, zero),
        select(*in_order).where(each.c.members > 0),
    ]
    if question.reference.kind.dated:
        members = members_at(question.reference)
        busy = case((Organisation.id.in_(select(places.c.organisation_id)), YES), else_=NO)
        company = (
            select(busy.label("verdict"))
            .join(members, members.c.organisation_id == Organisation.id)
            .where(Organisation.org_type.in_(COMPANY_TYPES))
            .subquery("company")
        )
        parts.append(_part(MEMBERS, width, [company.c.verdict], number, zero))
    return union_all(*parts)


Span = tuple[Programme | None, int, int]
#: Stands for a firm that has no place in a span of years.
ABSENT = -1


def kinds_of(question: Participation, references: Sequence[Reference], spans: Sequence[Span]) -> Any:
    """For the gate: how many are alike at all references. PROJECTS (programme, year, verdicts under PR-1, PR-2 and PR-3
    at the first reference, at the second ...), PLACES (programme, year, verdict at each) and FIRMS (for each span the
    verdict at each reference, ABSENT where the firm has no place in it) and MEMBERS (see ``_members``)."""
    population, count = _population(question, references), range(len(references))
    places = _places(population, references)
    tally = _tallies(places, len(references), count)
    verdicts = [_verdict(name, tally, place).label(f"v{place}{name}") for place in count for name in _BY_PROJECT]
    source = population.outerjoin(tally, tally.c.project_id == population.c.project_id)
    each = select(population.c.programme, population.c.cohort, *verdicts).select_from(source).subquery("each_project")
    told = select(population.c.programme, population.c.cohort, *(places.c[f"verdict_{place}"] for place in count))
    placed = told.join(places, places.c.project_id == population.c.project_id).subquery("placed")
    at = [
        func.max(case((_within(population, span), places.c[f"verdict_{place}"]), else_=ABSENT)).label(f"s{n}_{place}")
        for n, span in enumerate(spans)
        for place in count
    ]
    joined = places.join(population, population.c.project_id == places.c.project_id)
    firms = (
        select(places.c.organisation_id, *at).select_from(joined).group_by(places.c.organisation_id).cte("each_firm")
    )
    member = _members(firms, references, len(spans)).subquery("member")
    width, number, zero = 1 + max(3, len(spans)) * len(references), func.count(), literal(0)
    return union_all(
        _part(PROJECTS, width, list(each.c)[1:], number, zero, each.c.programme),
        _part(PLACES, width, list(placed.c)[1:], number, zero, placed.c.programme),
        _part(FIRMS, width, list(firms.c)[1:], number, zero),
        _part(MEMBERS, width, list(member.c), number, zero),
    )


def _members(firms: CTE, references: Sequence[Reference], spans: int) -> Select[Any]:
    """Companies that are members at one of the references with a date: in each span, at each of these, busy or not,
    ABSENT where they are no members (PR-7)."""
    days = [reference for reference in references if reference.kind.dated]
    there = [Organisation.id.in_(select(members_at(day).c.organisation_id)) for day in days]
    columns = [
        case((and_(is_member, firms.c[f"s{n}_0"] != ABSENT), YES), (is_member, NO), else_=ABSENT).label(f"m{n}_{place}")
        for n in range(spans)
        for place, is_member in enumerate(there)
    ]
    query = select(*columns).outerjoin(firms, firms.c.organisation_id == Organisation.id)
    return query.where(Organisation.org_type.in_(COMPANY_TYPES), or_(*there))


def _within(population: CTE, span: Span) -> Any:
    programme, first, last = span
    years = population.c.cohort.between(first, last)
    return and_(years, population.c.programme == programme.value) if programme else years
