"""Yearly figures of firms and series of industries, and the index made of them (CR-16)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.clusters.models import Cluster, Membership
from app.clusters.queries.registers import valid_on
from app.core.db import session
from app.core.tables import Page
from app.organisations.choices import COMPANY_TYPES
from app.organisations.models import Organisation, OrgProfileYear
from app.surveys.choices import Measure
from app.surveys.definitions.index import Firm, Index, index, industry_of
from app.surveys.models import IndustrySeries
from app.surveys.queries.results import slice_of


def sources() -> Sequence[str]:
    """Sources of which there are series of industries."""
    return session.scalars(select(IndustrySeries.source).distinct().order_by(IndustrySeries.source)).all()


def years_on_record() -> tuple[int, int] | None:
    """The first and the last fiscal year of which any firm's sales are on record."""
    low, high = session.execute(
        select(func.min(OrgProfileYear.fiscal_year), func.max(OrgProfileYear.fiscal_year)).where(
            OrgProfileYear.sales_yen.is_not(None)
        )
    ).one()
    return (low, high) if low is not None else None


def series(source: str, measure: Measure) -> dict[str, dict[int, int]]:
    """By industry and fiscal year."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    query = select(IndustrySeries.industry, IndustrySeries.fiscal_year, IndustrySeries.value)
    for industry, year, value in session.execute(
        query.where(IndustrySeries.source == source, IndustrySeries.item == measure.value)
    ):
        found[industry][year] = value
    return dict(found)


def firms(
    cluster: Cluster | None, on: date, measure: Measure, first: int, last: int, base: int, known: Sequence[str]
) -> list[Firm]:
    """Companies that are members on the day (of any cluster where none is named), with what is on record of them."""
    members = select(Membership.organisation_id).where(valid_on(on))
    if cluster is not None:
        members = members.where(Membership.cluster_id == cluster.id)
    value: Any = getattr(OrgProfileYear, measure.column)
    rows = session.execute(
        select(Organisation.org_key, Organisation.org_type, Organisation.jsic, OrgProfileYear.jsic,
               OrgProfileYear.fiscal_year, value)
        .join(OrgProfileYear, OrgProfileYear.organisation_id == Organisation.id)
        .where(Organisation.org_type.in_(COMPANY_TYPES), Organisation.merged_into_id.is_(None), value.is_not(None))
        .where(Organisation.id.in_(members), OrgProfileYear.fiscal_year.between(first, last))
        .order_by(Organisation.org_key, OrgProfileYear.fiscal_year)
    )  # fmt: skip
    figures: dict[str, dict[int, int]] = defaultdict(dict)
    about: dict[str, tuple[str | None, bool]] = {}
    for key, kind, jsic, jsic_then, year, number in rows:
        figures[key][year] = number
        if key not in about or (year == base and jsic_then):
            about[key] = (jsic_then if year == base and jsic_then else jsic, kind == "company_large")
    return [Firm(key, industry_of(about[key][0], known), about[key][1], values) for key, values in figures.items()]


def answer(
    cluster: Cluster | None, on: date, measure: Measure, first: int, last: int, base: int, source: str,
    with_large: bool = False, without: frozenset[str] = frozenset(),
) -> Index:  # fmt: skip
    """The index over the fiscal years ``first`` to ``last``."""
    there = series(source, measure)
    found = firms(cluster, on, measure, first, last, base, sorted(there))
    return index(found, there, range(first, last + 1), base, with_large=with_large, without=without)


def names(keys: Sequence[str]) -> dict[str, Organisation]:
    """Organisations by key, for a page of records."""
    return {row.org_key: row for row in session.scalars(select(Organisation).where(Organisation.org_key.in_(keys)))}


def records(found: Index, after: str | None) -> Page[Any]:
    """A page of the firms behind an index."""
    return slice_of(found.panel, after, lambda firm: firm.key)


def profiles(organisation_ids: Sequence[int], years: Sequence[int]) -> dict[tuple[int, int], OrgProfileYear]:
    """Yearly profiles by organisation and fiscal year."""
    rows = session.scalars(
        select(OrgProfileYear).where(
            OrgProfileYear.organisation_id.in_(organisation_ids), OrgProfileYear.fiscal_year.in_(years)
        )
    )
    return {(row.organisation_id, row.fiscal_year): row for row in rows}
