"""The ledger: what is on record, what was on record on an earlier day, and what it adds up to."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core.db import session
from app.core.search import contains
from app.core.tables import Page, keyset
from app.outcomes.definitions import WHOLE, Share, shares_at
from app.outcomes.models import (
    Attribution,
    EvidenceMark,
    FollowUp,
    Observation,
    OutcomeRecord,
    Product,
    ProductVersion,
    SalesYear,
)
from app.outcomes.queries.disputes import counts, fallen
from app.outcomes.queries.duties import family_before
from app.projects.models import Project
from app.projects.queries import not_recused, visible_to

# --- the rows that held on a day -------------------------------------------------------------------------------------


def _latest(model: Any, chain: Sequence[Any], known: date | None, *where: Any) -> Select[Any]:
    """The ids of the rows of a chain that were recorded last by a day (None: until now)."""
    place = func.row_number().over(partition_by=chain, order_by=(model.recorded_on.desc(), model.number.desc()))
    query = select(model.id, place.label("place")).where(*where)
    if known is not None:
        query = query.where(model.recorded_on <= known)
    ranked = query.subquery()
    return select(ranked.c.id).where(ranked.c.place == 1)


def versions_of(product_ids: Iterable[int], known: date | None = None) -> dict[int, ProductVersion]:
    """What was known of products on a day."""
    wanted = list(product_ids)
    rows = session.scalars(
        select(ProductVersion)
        .where(
            ProductVersion.id.in_(
                _latest(ProductVersion, [ProductVersion.product_id], known, ProductVersion.product_id.in_(wanted))
            )
        )
        .options(joinedload(ProductVersion.organisation), joinedload(ProductVersion.product))
    )
    return {row.product_id: row for row in rows}


def attributions_of(product_ids: Iterable[int]) -> Sequence[Attribution]:
    """Every row of shares of these products, in the order of recording."""
    return session.scalars(
        select(Attribution)
        .where(Attribution.product_id.in_(list(product_ids)))
        .options(joinedload(Attribution.project))
        .order_by(Attribution.product_id, Attribution.recorded_on, Attribution.number)
    ).all()


def shares_of(product_ids: Iterable[int]) -> dict[int, list[Share]]:
    """The same as plain rows for the arithmetic."""
    found: dict[int, list[Share]] = {}
    for row in attributions_of(product_ids):
        share = Share(row.project_id, row.share, row.event_on, row.recorded_on, row.number)
        found.setdefault(row.product_id, []).append(share)
    return found


def products_of(project_id: int, known: date | None = None) -> list[int]:
    """The products that have ever been attributed to a project, as known on a day."""
    query = select(Attribution.product_id).where(Attribution.project_id == project_id).distinct()
    if known is not None:
        query = query.where(Attribution.recorded_on <= known)
    return sorted(session.scalars(query))


def sales_of(product_ids: Iterable[int], known: date | None = None) -> Sequence[SalesYear]:
    """Sales by product and fiscal year, as known on a day; what a dispute took away gives way to the row before."""
    chain = [SalesYear.product_id, SalesYear.fiscal_year]
    mine = SalesYear.product_id.in_(list(product_ids))
    standing = SalesYear.id.not_in(fallen(0, known, EvidenceMark.sales_year_id))
    return session.scalars(
        select(SalesYear)
        .where(SalesYear.id.in_(_latest(SalesYear, chain, known, mine, standing)))
        .order_by(SalesYear.product_id, SalesYear.fiscal_year)
    ).all()


def observations_of(project_id: int, known: date | None = None, *, counting: bool = False) -> Sequence[Observation]:
    """The observations of a project that were recorded by a day (None: all); with ``counting`` only those that no
    dispute took away."""
    query = select(Observation).where(Observation.project_id == project_id)
    if counting:
        query = query.where(counts(0, known))
    if known is not None:
        query = query.where(Observation.recorded_on <= known)
    return session.scalars(query.order_by(Observation.observed_on, Observation.recorded_on, Observation.id)).all()


def _superseded(known: date | None) -> Any:
    later = aliased(OutcomeRecord)
    condition = later.supersedes_id == OutcomeRecord.id
    if known is not None:
        condition = and_(condition, later.recorded_on <= known)
    return exists(select(later.id).where(condition)).correlate(OutcomeRecord)


def records_of(project_id: int, known: date | None = None) -> Sequence[OutcomeRecord]:
    """The other outcomes of a project that held on a day: neither superseded nor taken back by then."""
    query = select(OutcomeRecord).where(
        OutcomeRecord.project_id == project_id, OutcomeRecord.void.is_(False), ~_superseded(known)
    )
    if known is not None:
        query = query.where(OutcomeRecord.recorded_on <= known)
    return session.scalars(
        query.options(joinedload(OutcomeRecord.organisation)).order_by(
            OutcomeRecord.kind, OutcomeRecord.event_on, OutcomeRecord.id
        )
    ).all()


def sales_years(
    known_at: date | None = None, min_evidence: int = 0, projects: Select[Any] | None = None
) -> Select[Any]:
    """A select of (project_id, fiscal_year, sales_yen, cost_yen, export_yen) after attribution (CR-13, OUT-7).

    The row of sales recorded last by ``known_at`` counts, with the shares that hold on the last day of its fiscal year
    as known then; each project's part is floored to yen, so that never more is counted than was sold. ``cost_yen`` and
    ``export_yen`` are null where nothing is known of them. ``projects`` is a select of project ids.
    """
    disputed = SalesYear.id.in_(fallen(min_evidence, known_at, EvidenceMark.sales_year_id))
    sold = _latest(SalesYear, [SalesYear.product_id, SalesYear.fiscal_year], known_at,
                   SalesYear.evidence_level >= min_evidence, ~disputed)  # fmt: skip
    place = func.row_number().over(
        partition_by=(SalesYear.id, Attribution.project_id),
        order_by=(Attribution.recorded_on.desc(), Attribution.number.desc()),
    )
    rows = (
        select(SalesYear.fiscal_year, SalesYear.sales_yen, SalesYear.cost_yen, SalesYear.export_yen,
               Attribution.project_id, Attribution.share, place.label("place"))
        .join(
            Attribution,
            and_(Attribution.product_id == SalesYear.product_id, Attribution.event_on <= SalesYear.event_on),
        )
        .where(SalesYear.id.in_(sold))
    )  # fmt: skip
    if known_at is not None:
        rows = rows.where(Attribution.recorded_on <= known_at)
    if projects is not None:
        rows = rows.where(Attribution.project_id.in_(projects))
    part = rows.subquery()

    def apportioned(amount: Any, name: str) -> Any:
        total = func.sum(amount * part.c.share // WHOLE)
        return cast(total, BigInteger).label(name)  # PostgreSQL adds up to a decimal otherwise

    return (
        select(part.c.project_id, part.c.fiscal_year, apportioned(part.c.sales_yen, "sales_yen"),
               apportioned(part.c.cost_yen, "cost_yen"), apportioned(part.c.export_yen, "export_yen"))
        .where(part.c.place == 1, part.c.share > 0)
        .group_by(part.c.project_id, part.c.fiscal_year)
    )  # fmt: skip


# --- single products and records -------------------------------------------------------------------------------------


def sold_in(project_id: int, fiscal_year: int) -> tuple[int, int | None] | None:
    """A project's sales and their cost in one fiscal year after attribution, in yen; None where nothing is on record."""
    sold = sales_years(projects=select(Project.id).where(Project.id == project_id)).subquery()
    row = session.execute(
        select(sold.c.sales_yen, sold.c.cost_yen).where(sold.c.fiscal_year == fiscal_year)
    ).one_or_none()
    return (int(row[0]), None if row[1] is None else int(row[1])) if row else None


def _hidden(actor: Any) -> Select[Any]:
    """Products with a share in a project from which the officer is recused."""
    return select(Attribution.product_id).join(Project, Project.id == Attribution.project_id).where(~not_recused(actor))


def product_for(actor: Any, product_id: int) -> Product | None:
    """A product for the office; None when the actor may not know of it."""
    query = select(Product).where(Product.id == product_id, Product.id.not_in(_hidden(actor)))
    return session.scalar(query) if actor.has_role("officer", "auditor") else None


def locked_product(product_id: int) -> Product:
    """A product, held until the transaction ends: its shares are read and added to by one at a time (OUT-7)."""
    query = select(Product).where(Product.id == product_id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def next_number(model: Any, product_id: int) -> int:
    """The next place in a product's chain; the product must be held (``locked_product``)."""
    return (session.scalar(select(func.max(model.number)).where(model.product_id == product_id)) or 0) + 1


def product_key_taken(key: str) -> bool:
    return session.scalar(select(Product.id).where(Product.product_key == key)) is not None


def product_by_name(project_id: int, organisation_id: int | None, name: str) -> int | None:
    """An organisation's product of that name in a project."""
    found = versions_of(products_of(project_id)).values()
    same = (v for v in found if v.organisation_id == organisation_id and name in (v.name_ja, v.name_en))
    return next((version.product_id for version in same), None)


def known_products(follow_up: FollowUp, on: date) -> list[ProductVersion]:
    """The products of which a report must say something: the organisation's and its predecessors', with a share in the project, that were
    not withdrawn before the year began. One that was just reported on stays until the next year."""
    ids = products_of(follow_up.project_id)
    if not ids:
        return []
    shares = shares_of(ids)
    family = family_before(follow_up.organisation_id)
    mine = [
        version
        for key, version in sorted(versions_of(ids).items())
        if (version.organisation_id in family if version.organisation_id else follow_up.organisation_id is None)
        and follow_up.project_id in shares_at(shares.get(key, []), on)
    ]
    claimed = {claim.product_id for claim in follow_up.claims}
    return [v for v in mine if v.withdrawn_on is None or v.product_id in claimed]


def last_seen(
    project_id: int, versions: Sequence[ProductVersion], before_year: int
) -> dict[int, tuple[Observation | None, SalesYear | None]]:
    """By product: the latest observation, and the sales of the latest year before this one."""
    keys = {version.product.product_key: version.product_id for version in versions}
    seen: dict[int, Observation] = {}
    if keys:
        for row in observations_of(project_id, counting=True):
            if row.product_key in keys:
                seen[keys[row.product_key]] = row
    sold = {row.product_id: row for row in sales_of(keys.values()) if row.fiscal_year < before_year} if keys else {}
    return {key: (seen.get(key), sold.get(key)) for key in keys.values()}


def record_for(actor: Any, record_id: int) -> OutcomeRecord | None:
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    return session.scalar(
        select(OutcomeRecord)
        .where(OutcomeRecord.id == record_id, OutcomeRecord.project_id.in_(select(visible.c.id)))
        .options(joinedload(OutcomeRecord.project))
    )


# --- the list of the whole ledger ------------------------------------------------------------------------------------

ROWS: dict[str, Any] = {
    "observations": Observation,
    "products": ProductVersion,
    "shares": Attribution,
    "sales": SalesYear,
    "records": OutcomeRecord,
}


def ledger_rows(
    actor: Any, kind: str, known: date | None, text: str, least: int, after: str | None, before: str | None
) -> Page[Any]:
    """One page of the rows of a kind that were recorded by a day, in the order of recording."""
    model = ROWS[kind]
    query = select(model).where(model.evidence_level >= least)
    if known is not None:
        query = query.where(model.recorded_on <= known)
    if model in (Observation, OutcomeRecord):
        query = query.join(Project, Project.id == model.project_id).where(not_recused(actor))
        query = query.options(joinedload(model.project))
        if text:
            query = query.where(contains(Project.project_key, text))
    else:
        query = query.where(model.product_id.not_in(_hidden(actor))).options(joinedload(model.product))
        if text:
            shared = select(Attribution.product_id).join(Project, Project.id == Attribution.project_id)
            named = select(Product.id).where(contains(Product.product_key, text))
            of_project = shared.where(contains(Project.project_key, text))
            query = query.where(or_(model.product_id.in_(of_project), model.product_id.in_(named)))
    if model is Attribution:
        query = query.options(joinedload(Attribution.project))
    if model is ProductVersion:
        query = query.options(joinedload(ProductVersion.organisation))
    return keyset(query, [model.id], after, before)
