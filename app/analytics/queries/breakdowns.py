"""A rate by year, region, field, kind of company or cluster: the same units, joined with what they are told apart by."""

from collections import defaultdict
from dataclasses import astuple
from typing import Any

from sqlalchemy import String, Subquery, case, cast, func, literal, or_, select

from app.analytics.definitions import Count, Participation, Question, ReferenceKind
from app.analytics.definitions.figures import Breakdown, BrokenDown, Dimension, Part
from app.analytics.queries.answers import count_of, shared
from app.analytics.queries.units import units
from app.analytics.queries.units.commercialization import due_of
from app.analytics.queries.units.participation import companies_of, participations, population_of
from app.clusters.choices import FIELDS
from app.clusters.models import Cluster, Membership
from app.core.db import session
from app.core.i18n import Bilingual
from app.organisations.choices import BUREAUS, ORG_TYPES, PREFECTURES
from app.organisations.models import Organisation
from app.projects.models import Project

_REGION_OF = {code: entry.extra["bureau"] for code, entry in PREFECTURES.items()}


def dimensions(question: Question) -> tuple[Dimension, ...]:
    """By what this question can be broken down."""
    found = [Dimension.region, Dimension.size]
    if not isinstance(question, Participation) or question.has_cohorts:
        found.insert(0, Dimension.year)
    if question.rule.rows != "firm":
        found.insert(-1, Dimension.field)
    if isinstance(question, Participation) and (
        question.definition == "PR-1" or (question.rule.rows == "firm" and question.reference.kind.dated)
    ):
        found.append(Dimension.cluster)
    return tuple(found)


def _belongs_at(question: Participation, day: Any) -> list[Any]:
    """The conditions under which a membership holds at a reference."""
    found = [Membership.valid_from <= day]
    if question.reference.kind is not ReferenceKind.ever:
        found.append(or_(Membership.valid_to.is_(None), Membership.valid_to > day))
    return found


def _kinds(question: Question) -> Subquery:
    """Kinds of companies in each project."""
    population = population_of(question) if isinstance(question, Participation) else due_of(question)
    query = participations(population, population.c.project_id, Organisation.org_type.label("value"))
    return query.distinct().subquery("kinds")


def _clusters(question: Participation) -> Subquery:
    """Clusters of each project's companies (or of each organisation) at the reference."""
    if question.rule.rows == "firm":
        day = question.reference.day
        query = select(Membership.organisation_id, Cluster.cluster_code.label("value")).join(
            Cluster, Cluster.id == Membership.cluster_id
        )
        return query.where(*_belongs_at(question, day)).distinct().subquery("clusters")
    company = companies_of(question)
    return (
        select(company.c.project_id, Cluster.cluster_code.label("value"))
        .join(Membership, Membership.organisation_id == company.c.organisation_id)
        .join(Cluster, Cluster.id == Membership.cluster_id)
        .where(*_belongs_at(question, company.c.judged_on))
        .distinct()
        .subquery("clusters")
    )


def placed(question: Question, by: Dimension) -> tuple[Subquery, Any, Any]:
    """(units, units joined with their places, the place as text). Fields stand together in one text, split by ;."""
    unit = units(question, cohorts=by is Dimension.year)
    if by is Dimension.year:
        return unit, unit, cast(unit.c.cohort, String)
    by_firm = question.rule.rows == "firm"
    if by is Dimension.cluster and isinstance(question, Participation):
        found = _clusters(question)
        key = "organisation_id" if by_firm else "project_id"
        return unit, unit.join(found, found.c[key] == unit.c[key]), found.c.value
    if by is Dimension.size and question.rule.rows == "project":
        found = _kinds(question)
        return unit, unit.join(found, found.c.project_id == unit.c.project_id), found.c.value
    if by_firm or by is Dimension.size:
        source: Any = unit.join(Organisation, Organisation.id == unit.c.organisation_id)
        place: Any = Organisation.org_type if by is Dimension.size else case(_REGION_OF, value=Organisation.prefecture)
    else:
        source = unit.join(Project, Project.id == unit.c.project_id)
        place = Project.region if by is Dimension.region else Project.field
    return unit, source, func.coalesce(place, "")


def condition(part: Part, place: Any) -> Any:
    """Whether a unit stands in this row of a breakdown."""
    if part.by is Dimension.field and part.value:
        return (literal(";") + place + literal(";")).contains(f";{part.value};", autoescape=True)
    return place == part.value


def _order(by: Dimension) -> list[str]:
    lists = {Dimension.region: BUREAUS, Dimension.field: FIELDS, Dimension.size: ORG_TYPES}
    return list(lists.get(by, ()))


def _break_down(asked: Breakdown) -> list[Any]:
    unit, source, place = placed(asked.of, asked.by)
    value = place.label("value")
    inner = select(value, unit.c.verdict, unit.c.weight).select_from(source).subquery("placed")
    rows = session.execute(
        select(inner.c.value, inner.c.verdict, func.sum(inner.c.weight)).group_by(inner.c.value, inner.c.verdict)
    )
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for text, verdict, weight in rows:
        values = text.split(";") if asked.by is Dimension.field and text else [text]
        for one in values:
            found[one].append((verdict, int(weight or 0)))
    order = _order(asked.by)
    keys = sorted(found, key=lambda v: (v == "", order.index(v) if v in order else len(order), v))
    return [[key, list(astuple(count_of(found[key])))] for key in keys]


def breakdown(asked: Breakdown) -> BrokenDown:
    """The counts of each row; ``year`` gives texts, an empty value means that nothing is recorded."""

    def load(found: Any) -> BrokenDown:
        return BrokenDown(asked, tuple((value, Count(*numbers)) for value, numbers in found))

    return shared(("breakdown", asked), lambda: _break_down(asked), load)


def labels(by: Dimension) -> dict[str, Bilingual]:
    """The names of a breakdown's rows."""
    if by is Dimension.cluster:
        rows = session.execute(select(Cluster.cluster_code, Cluster.name_en, Cluster.name_ja))
        return {code: Bilingual(en, ja) for code, en, ja in rows}
    lists = {Dimension.region: BUREAUS, Dimension.field: FIELDS, Dimension.size: ORG_TYPES}
    found = {code: entry.name for code, entry in lists.get(by, {}).items()}
    return {**found, "": Bilingual("not recorded", "記録なし")}
