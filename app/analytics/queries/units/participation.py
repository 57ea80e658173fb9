"""Units of PR-1 to PR-8: projects, places or organisations with their verdict and weight."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    join,
    literal,
    null,
    or_,
    select,
)

from app.analytics.definitions import Participation, Reference, ReferenceKind
from app.analytics.queries.units.base import NO, UNKNOWN, YES, bytewise, projects, year_of
from app.applications.choices import MemberRole
from app.clusters.models import Membership
from app.organisations.choices import COMPANY_TYPES, ClusterMatch
from app.organisations.models import Organisation, PopulationList, PopulationMember
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project


def adopted_or_completed(question: Participation, among: Sequence[int] | None = None) -> Select[Any]:
    """The projects of a question."""
    if question.population == "adopted":
        return projects(question, Project.adopted_on, among).where(Project.status != ProjectStatus.withdrawn)
    return projects(question, Project.completed_on, among).where(Project.status == ProjectStatus.completed)


def judged_on(reference: Reference) -> Any:
    """The day of a reference: the project's own, or one for all."""
    return {
        ReferenceKind.adoption: Project.adopted_on,
        ReferenceKind.start: Project.started_on,
        ReferenceKind.completion: Project.completed_on,
    }.get(reference.kind, literal(reference.day, Date))


def population_of(question: Participation, among: Sequence[int] | None = None) -> Subquery:
    query = adopted_or_completed(question, among)
    return query.add_columns(judged_on(question.reference).label("judged_on")).subquery("population")


def members_at(reference: Reference) -> Subquery:
    """Organisations that are members at a reference with a date of its own."""
    day = reference.day
    query = select(Membership.organisation_id).where(Membership.valid_from <= day)
    if reference.kind is ReferenceKind.fixed:
        query = query.where(or_(Membership.valid_to.is_(None), Membership.valid_to > day))
    return query.distinct().subquery("members")


def _is_member(question: Participation, organisation: Any, judged_on: Any) -> Any:
    """Whether an organisation is a member at the reference; ``ever`` asks for no end."""
    held = exists().where(Membership.organisation_id == organisation, Membership.valid_from <= judged_on)
    if question.reference.kind is ReferenceKind.ever:
        return held
    return held.where(or_(Membership.valid_to.is_(None), Membership.valid_to > judged_on))


def ranked() -> Any:
    """Where a participation stands in the order in which PR-2 looks for a company."""
    return case(
        (Participant.role == MemberRole.core_company, 0), (Participant.role == MemberRole.lead_company, 1), else_=2
    )


def participations(population: Any, *columns: Any) -> Select[Any]:
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


def companies_of(question: Participation, among: Sequence[int] | None = None) -> Subquery:
    """Every company of every project once, with its role's rank and its allocations."""
    population = population_of(question, among)
    query = participations(
        population,
        population.c.project_id,
        Participant.organisation_id,
        func.min(population.c.judged_on).label("judged_on"),
        func.min(population.c.adopted_on).label("adopted_on"),
        func.min(ranked()).label("rank"),
        func.sum(func.coalesce(Participant.allocation_yen, 0)).label("allocation"),
    )
    return query.group_by(population.c.project_id, Participant.organisation_id).subquery("company")


def _never(organisation: Any) -> Any:
    return ~exists().where(Membership.organisation_id == organisation)


def _of_company(question: Participation, judged_on: Any) -> Any:
    """The verdict on an organisation at a reference."""
    return case(
        (judged_on.is_(None), UNKNOWN),
        (_is_member(question, Organisation.id, judged_on), YES),
        (and_(Organisation.cluster_match == ClusterMatch.unmatched, _never(Organisation.id)), UNKNOWN),
        else_=NO,
    )


def judged_companies(
    question: Participation, placed: bool | None = None, among: Sequence[int] | None = None
) -> Subquery:
    """Companies with their verdict; with ``placed`` (PR-2) also their place in the order in which PR-2 looks for one."""
    company = companies_of(question, among)
    # One day for all stays a constant: the database then looks memberships up in one set, not once for each place.
    day = question.reference.day
    verdict = _of_company(question, company.c.judged_on if day is None else literal(day, Date))
    if question.definition == "PR-2" if placed is None else placed:
        order = (company.c.rank, bytewise(Organisation.org_key))
        place: Any = func.row_number().over(partition_by=company.c.project_id, order_by=order)
    else:
        place = literal(1, Integer)
    source = join(company, Organisation, Organisation.id == company.c.organisation_id)
    columns = (company, Organisation.org_key, verdict.label("verdict"), place.label("place"))
    return select(*columns).select_from(source).subquery("judged")


def _tally(judged: Subquery) -> Subquery:
    """Per project: its companies, how many are members and unknown, the greatest verdict and that of the first."""
    return (
        select(
            judged.c.project_id,
            func.max(judged.c.verdict).label("greatest"),
            func.max(case((judged.c.place == 1, judged.c.verdict))).label("first"),
            func.count().label("companies"),
            func.sum(case((judged.c.verdict == YES, 1), else_=0)).label("members"),
            func.sum(case((judged.c.verdict == UNKNOWN, 1), else_=0)).label("unknowns"),
        )
        .group_by(judged.c.project_id)
        .subquery("tally")
    )


def _verdict(definition: str, tally: Subquery) -> Any:
    """Of a project, by what its companies are. A project without companies is no."""
    if definition == "PR-2":
        return func.coalesce(tally.c.first, NO)
    if definition == "PR-3":
        return case(
            (tally.c.project_id.is_(None), NO),
            (2 * tally.c.members >= tally.c.companies, YES),
            (2 * (tally.c.members + tally.c.unknowns) >= tally.c.companies, UNKNOWN),
            else_=NO,
        )
    return func.coalesce(tally.c.greatest, NO)


def _lean(question: Participation) -> Subquery:
    """Per project only what the verdict follows from: the greatest does not ask who stands in a project twice."""
    population = population_of(question)
    verdict = func.max(_of_company(question, population.c.judged_on))
    if question.definition != "PR-3":
        query = participations(population, population.c.project_id, verdict.label("greatest"))
        return query.group_by(population.c.project_id).subquery("tally")
    query = participations(population, population.c.project_id, verdict.label("verdict"))
    company = query.group_by(population.c.project_id, Participant.organisation_id).subquery("company")
    return (
        select(
            company.c.project_id,
            func.count().label("companies"),
            func.sum(case((company.c.verdict == YES, 1), else_=0)).label("members"),
            func.sum(case((company.c.verdict == UNKNOWN, 1), else_=0)).label("unknowns"),
        )
        .group_by(company.c.project_id)
        .subquery("tally")
    )


def verdicts(question: Participation) -> Select[Any]:
    """PR-1, PR-3, PR-6a: the projects with their verdicts alone, for numbers over all of them."""
    population, tally = population_of(question), _lean(question)
    weight = population.c.amount if question.definition == "PR-6a" else literal(1, Integer)
    verdict = _verdict(question.definition, tally).label("verdict")
    columns = (population.c.project_id, population.c.cohort, verdict, weight.label("weight"))
    return select(*columns).select_from(population).outerjoin(tally, tally.c.project_id == population.c.project_id)


def by_project(question: Participation, among: Sequence[int] | None = None) -> Select[Any]:
    """PR-1, PR-2, PR-3, PR-6a."""
    population, tally = population_of(question, among), _tally(judged_companies(question, among=among))
    weight = population.c.amount if question.definition == "PR-6a" else literal(1, Integer)
    return (
        select(
            population.c.project_key.label("key"),
            population.c.project_id,
            cast(null(), Integer).label("organisation_id"),
            population.c.cohort,
            _verdict(question.definition, tally).label("verdict"),
            weight.label("weight"),
            func.coalesce(tally.c.companies, 0).label("companies"),
            func.coalesce(tally.c.members, 0).label("members"),
            func.coalesce(tally.c.unknowns, 0).label("unknowns"),
        )
        .select_from(population)
        .outerjoin(tally, tally.c.project_id == population.c.project_id)
    )


def _cohort(question: Participation) -> ColumnElement[int]:
    return year_of(Project.adopted_on if question.population == "adopted" else Project.completed_on)


def by_place(question: Participation) -> Select[Any]:
    """PR-5, PR-6b."""
    judged = judged_companies(question)
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


def by_firm(question: Participation, cohorts: bool) -> Select[Any]:
    """PR-4; with cohorts a firm counts once in each year in which it has a project."""
    judged = judged_companies(question)
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


def penetration(question: Participation) -> Select[Any]:
    """PR-7: from the register to the projects."""
    members, population = members_at(question.reference), population_of(question)
    busy = participations(population, Participant.organisation_id)
    return select(
        Organisation.org_key.label("key"),
        cast(null(), Integer).label("project_id"),
        Organisation.id.label("organisation_id"),
        case((Organisation.id.in_(busy), YES), else_=NO).label("verdict"),
        literal(1, Integer).label("weight"),
    ).where(Organisation.org_type.in_(COMPANY_TYPES), Organisation.id.in_(select(members.c.organisation_id)))


def by_list(question: Participation) -> Select[Any]:
    """PR-8."""
    members = members_at(question.reference)
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
