"""Files of yearly figures of firms, and of series of industries (CR-16)."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.core.exchange import (
    Bad,
    Column,
    Fault,
    Kind,
    Row,
    among,
    bulk_insert,
    bulk_update,
    choice,
    references,
    text,
    whole,
    yen,
)
from app.core.i18n import Bilingual
from app.core.money import MAX_YEN
from app.organisations.exchange import merged_away
from app.organisations.models import Organisation, OrgProfileYear
from app.surveys.choices import Measure
from app.surveys.models import IndustrySeries

_PROFILES: Any = OrgProfileYear.__table__
_SERIES: Any = IndustrySeries.__table__
_SIGNED = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_INDUSTRY = re.compile(r"[A-Z]?[0-9]{0,4}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2100


def signed(name: str, limit: int = MAX_YEN, required: bool = False) -> Column:
    """A whole number that may be negative, such as a loss."""

    def read(found: str) -> int:
        if not _SIGNED.fullmatch(found) or abs(int(found)) > limit:
            raise Bad(
                "bad-number",
                f"“{found[:40]}” does not fit; write a whole number from -{limit} to {limit}",
                f"「{found[:40]}」は使えません。-{limit}から{limit}までの整数で書いてください",
            )
        return int(found)

    return Column(name, read, required)


def industry(name: str, required: bool = False) -> Column:
    def read(found: str) -> str:
        if not _INDUSTRY.fullmatch(found):
            raise Bad(
                "bad-code",
                f"“{found[:40]}” does not fit; write a letter, digits, or both, such as F, 29 or F29",
                f"「{found[:40]}」は使えません。F、29、F29 のように英字・数字で書いてください",
            )
        return found

    return Column(name, read, required)


PROFILE_COLUMNS = (
    text("org_key", 60, required=True),
    whole("fiscal_year", FIRST_YEAR, LAST_YEAR, required=True),
    industry("jsic"),
    yen("capital_yen"),
    whole("employees", 0, 100_000_000),
    whole("large_company_share_pct", 0, 100),
    whole("officers_from_large_pct", 0, 100),
    yen("sales_yen"),
    signed("operating_profit_yen"),
    signed("net_profit_yen"),
    yen("rd_cost_yen"),
    Column("source", text("source", 400).read, empty=""),
)
_OWN = [column.name for column in PROFILE_COLUMNS if column.name != "org_key"]


def _stored_profiles(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = select(OrgProfileYear.id, Organisation.org_key, *(getattr(OrgProfileYear, name) for name in _OWN)).join(
        Organisation, Organisation.id == OrgProfileYear.organisation_id
    )
    if rows is not None:
        query = among(query, Organisation.org_key, (row.values["org_key"] for row in rows))
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


def _resolve(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    yield from references(rows, "org_key", Organisation.org_key, Organisation.id, "organisation", "機関")
    yield from merged_away(rows)


def _profile(row: Row) -> dict[str, Any]:
    return {"organisation_id": row.refs["org_key"], **{name: row.values[name] for name in _OWN}}


PROFILES = Kind(
    "org_profiles",
    Bilingual("Yearly figures of firms", "企業の年度別数値"),
    PROFILE_COLUMNS,
    ("org_key", "fiscal_year"),
    _stored_profiles,
    lambda rows: bulk_insert(_PROFILES, [_profile(row) for row in rows]),
    lambda rows: bulk_update(_PROFILES, [(id_, _profile(row)) for id_, row in rows]),
    resolve=_resolve,
)

SERIES_COLUMNS = (
    text("source", required=True),
    industry("industry", required=True),
    whole("fiscal_year", FIRST_YEAR, LAST_YEAR, required=True),
    choice("item", [measure.value for measure in Measure], required=True),
    signed("value", 10**17, required=True),
)
_NAMES = [column.name for column in SERIES_COLUMNS]


def _stored_series(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = select(IndustrySeries.id, *(getattr(IndustrySeries, name) for name in _NAMES))
    if rows is not None:
        query = among(query, IndustrySeries.source, (row.values["source"] for row in rows))
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


INDUSTRY_SERIES = Kind(
    "industry_series",
    Bilingual("Yearly figures of industries", "業種別の統計"),
    SERIES_COLUMNS,
    ("source", "industry", "fiscal_year", "item"),
    _stored_series,
    lambda rows: bulk_insert(_SERIES, [dict(row.values) for row in rows]),
    lambda rows: bulk_update(_SERIES, [(id_, dict(row.values)) for id_, row in rows]),
)

KINDS = (PROFILES, INDUSTRY_SERIES)
