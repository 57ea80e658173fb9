"""Files of the ledger: observations, products, attributions, sales. Rows are only ever added; a correction is a row
that was recorded later."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select

from app.core.clock import today
from app.core.db import session
from app.core.exchange import (
    Column,
    Fault,
    Kind,
    Row,
    among,
    bulk_insert,
    choice,
    day,
    pairs,
    references,
    text,
    whole,
    yen,
)
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual
from app.organisations.exchange import merged_away
from app.organisations.models import Organisation
from app.outcomes.choices import DevState, ProductKind
from app.outcomes.definitions import WHOLE, Share, overfull
from app.outcomes.models import Attribution, Observation, Product, ProductVersion, SalesYear
from app.projects.models import Project

_TABLE: Any = Observation.__table__
COLUMNS = (
    text("project_key", 60, required=True),
    day("observed_on", required=True),
    day("recorded_on", required=True),
    choice("dev_state", DevState, required=True),
    whole("stage", 0, 5, required=True),
    whole("evidence_level", 0, 3, required=True),
    text("product_key", 60),
    text("source", 200),
)
_OWN = [column.name for column in COLUMNS[1:]]


def _stored(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = select(Observation.id, Project.project_key, *(getattr(Observation, name) for name in _OWN)).join(
        Project, Project.id == Observation.project_id
    )
    if rows is not None:
        query = among(query, Project.project_key, (row.values["project_key"] for row in rows))
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


def _resolve(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    return references(rows, "project_key", Project.project_key, Project.id, "project", "プロジェクト")


OUTCOMES = Kind(
    "outcomes",
    Bilingual("Outcomes", "成果の観測"),
    COLUMNS,
    tuple(column.name for column in COLUMNS),
    _stored,
    lambda rows: bulk_insert(
        _TABLE,
        [{"project_id": row.refs["project_key"], **{name: row.values[name] for name in _OWN}} for row in rows],
    ),
    resolve=_resolve,
)

# --- products, attributions, sales: chains of rows, numbered within their product ------------------------------------

_PRODUCT: Any = Product.__table__
_KEY = text("product_key", 60, required=True)
_NUMBER = whole("number", 1, 99_999, required=True)
_ENTRY = (day("recorded_on", required=True), whole("evidence_level", 0, 3, required=True), text("source", 200))


def _known(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    return references(rows, "product_key", Product.product_key, Product.id, "product", "製品")


def _once(
    rows: Sequence[Row], model: Any, stored: Callable[[Sequence[Row]], Iterable[Any]]
) -> Iterator[tuple[Row, Fault]]:
    """A place in a product's chain is taken once, by one row that never changes."""
    taken: dict[tuple[str, int], tuple[Any, ...] | Row] = {(v[0], v[1]): v for _id, v in stored(rows)}
    for row in rows:
        place = (row.values["product_key"], row.values["number"])
        present = taken.setdefault(place, row)
        same = present is row or (not isinstance(present, Row) and present == tuple(row.values.values()))
        if not same:
            yield (
                row,
                Fault(
                    "number",
                    "entry-exists",
                    Bilingual(
                        f"number {place[1]} of “{place[0]}” is taken by another row; rows never change, add a later one",
                        f"「{place[0]}」の番号{place[1]}は別の行で使用済みです。既存の行は変更できません。後の番号で追加してください",
                    ),
                ),
            )


def _ordered(columns: Sequence[Any], rows: Sequence[Row]) -> None:
    """Values in the order of the kind's columns, whatever the file's order was: they are compared as a whole."""
    for row in rows:
        row.values = {column.name: row.values[column.name] for column in columns}


def _chain(model: Any, columns: Sequence[Any], selected: Sequence[Any], joins: Sequence[tuple[Any, Any]]) -> Any:
    def stored(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
        query = select(model.id, *selected).join(Product, Product.id == model.product_id)
        for target, on in joins:
            query = query.outerjoin(target, on)
        if rows is not None:
            query = among(query, Product.product_key, (row.values["product_key"] for row in rows))
        return ((found[0], tuple(found[1:])) for found in session.execute(query))

    return stored


_PRODUCT_COLUMNS = (
    _KEY,
    _NUMBER,
    text("name_ja"),
    text("name_en"),
    choice("kind", ProductKind, required=True),
    text("org_key", 60),
    day("first_sale_on"),
    day("withdrawn_on"),
    day("event_on", required=True),
    *_ENTRY,
)
_V = ProductVersion
_stored_products = _chain(
    _V, _PRODUCT_COLUMNS,
    (Product.product_key, _V.number, _V.name_ja, _V.name_en, _V.kind, Organisation.org_key, _V.first_sale_on,
     _V.withdrawn_on, _V.event_on, _V.recorded_on, _V.evidence_level, _V.source),
    ((Organisation, Organisation.id == _V.organisation_id),),
)  # fmt: skip


def _stored_products_blank(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """An organisation that is not there is an empty text, as the file reads it."""
    return ((id_, (*v[:5], v[5] or "", *v[6:])) for id_, v in _stored_products(rows))


def _resolve_products(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    _ordered(_PRODUCT_COLUMNS, rows)
    yield from references(rows, "org_key", Organisation.org_key, Organisation.id, "organisation", "機関")
    yield from merged_away(rows)
    yield from _once(rows, _V, _stored_products_blank)
    for row in rows:
        if not (row.values["name_ja"] or row.values["name_en"]):
            words = Bilingual("give the name in one language at least", "名称を日本語又は英語で記入してください")
            yield row, Fault("name_ja", "required", words)


def _insert_products(rows: Sequence[Row]) -> None:
    keys = {row.values["product_key"] for row in rows}
    query = among(select(Product.product_key, Product.id), Product.product_key, keys)
    if new := sorted(keys - set(pairs(query))):
        bulk_insert(_PRODUCT, [{"product_key": key} for key in new])
    ids = pairs(query)
    _insert_chain(ProductVersion, rows, lambda row: {"organisation_id": row.refs["org_key"]}, ids)


def _insert_chain(model: Any, rows: Sequence[Row], more: Callable[[Row], dict[str, Any]], ids: dict[str, int]) -> None:
    keep = set(model.__table__.c.keys())
    bulk_insert(
        model.__table__,
        [
            {
                **{n: v for n, v in row.values.items() if n in keep},
                "product_id": ids[row.values["product_key"]],
                **more(row),
            }
            for row in rows
        ],
    )


def _ids(rows: Sequence[Row]) -> dict[str, int]:
    return {row.values["product_key"]: row.refs["product_key"] for row in rows}


_SHARE_COLUMNS = (
    _KEY,
    _NUMBER,
    text("project_key", 60, required=True),
    whole("share", 0, WHOLE, required=True),  # hundredths of a percent
    day("valid_from", required=True),
    *_ENTRY,
)
_A = Attribution
_stored_shares = _chain(
    _A, _SHARE_COLUMNS,
    (Product.product_key, _A.number, Project.project_key, _A.share, _A.event_on, _A.recorded_on, _A.evidence_level,
     _A.source),
    ((Project, Project.id == _A.project_id),),
)  # fmt: skip


def _resolve_shares(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    _ordered(_SHARE_COLUMNS, rows)
    yield from _known(rows)
    yield from _resolve(rows)
    yield from _once(rows, _A, _stored_shares)
    yield from _never_over(rows)


def _never_over(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    """OUT-7: what the file adds to what is stored never passes 100 % on any day. The products are held meanwhile."""
    keys = {row.values["product_key"] for row in rows}
    session.execute(among(select(Product.id), Product.product_key, keys).order_by(Product.id).with_for_update()).all()
    chains: dict[str, dict[int, tuple[Any, ...]]] = defaultdict(dict)
    for _id, v in _stored_shares(rows):
        if v[0] in keys:
            chains[v[0]][v[1]] = v
    for row in rows:
        chains[row.values["product_key"]].setdefault(row.values["number"], tuple(row.values.values()))
    names = {project: place for place, project in enumerate({v[2] for c in chains.values() for v in c.values()})}
    for row in rows:
        key = row.values["product_key"]
        chain = chains.pop(key, None)
        over = overfull([Share(names[v[2]], v[3], v[4], v[5], v[1]) for v in chain.values()]) if chain else None
        if over:
            on, total = over
            yield (
                row,
                Fault(
                    "share",
                    "over-whole",
                    Bilingual(
                        f"on {on} the shares of “{key}” are {total} together; at most {WHOLE} (hundredths of a percent)",
                        f"{on}時点の「{key}」の割合の合計が{total}です。{WHOLE}(1/100%単位)以内でなければなりません",
                    ),
                ),
            )


_SALES_COLUMNS = (
    _KEY,
    _NUMBER,
    whole("fiscal_year", 1950, 2200, required=True),
    Column("sales_yen", yen("sales_yen").read, True),
    yen("cost_yen"),
    yen("export_yen"),
    *_ENTRY,
)
_S = SalesYear
_stored_sales = _chain(
    _S, _SALES_COLUMNS,
    (Product.product_key, _S.number, _S.fiscal_year, _S.sales_yen, _S.cost_yen, _S.export_yen, _S.recorded_on,
     _S.evidence_level, _S.source),
    (),
)  # fmt: skip


def _resolve_sales(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    _ordered(_SALES_COLUMNS, rows)
    yield from _known(rows)
    yield from _once(rows, _S, _stored_sales)


def _check_sales(row: Row) -> Iterator[Fault]:
    """OUT-7: exports are a part of the sales, and only actual amounts are recorded."""
    v = row.values
    if v["export_yen"] is not None and v["export_yen"] > v["sales_yen"]:
        yield Fault("export_yen", "export-more", Bilingual("exports exceed the sales", "輸出額が売上額を超えています"))
    if v["fiscal_year"] > fiscal_year(today()):
        yield Fault("fiscal_year", "not-actual", Bilingual("the year has not begun", "まだ始まっていない年度です"))


def _names(columns: Sequence[Any]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


PRODUCTS = Kind(
    "products", Bilingual("Products", "製品"), _PRODUCT_COLUMNS, _names(_PRODUCT_COLUMNS), _stored_products_blank,
    _insert_products, resolve=_resolve_products,
)  # fmt: skip
ATTRIBUTIONS = Kind(
    "attributions", Bilingual("Shares of products", "製品の帰属割合"), _SHARE_COLUMNS, _names(_SHARE_COLUMNS),
    _stored_shares,
    lambda rows: _insert_chain(
        _A, rows, lambda row: {"project_id": row.refs["project_key"], "event_on": row.values["valid_from"]}, _ids(rows)
    ),
    resolve=_resolve_shares,
)  # fmt: skip
SALES = Kind(
    "sales", Bilingual("Sales of products", "製品の売上"), _SALES_COLUMNS, _names(_SALES_COLUMNS), _stored_sales,
    lambda rows: _insert_chain(
        _S, rows, lambda row: {"event_on": fiscal_year_end(row.values["fiscal_year"])}, _ids(rows)
    ),
    check=_check_sales, resolve=_resolve_sales,
)  # fmt: skip

KINDS = (OUTCOMES, PRODUCTS, ATTRIBUTIONS, SALES)
