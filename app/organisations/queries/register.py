"""Look-ups of organisations."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select

from app.core import tables
from app.core.db import session
from app.core.fiscal import fiscal_year
from app.organisations.choices import COMPANY_TYPES, ORG_TYPES, PREFECTURES, UNIVERSITY_TYPES
from app.organisations.definitions import Facts, Judgement, judge
from app.organisations.models import Organisation, OrgProfileYear


def get(organisation_id: int) -> Organisation | None:
    if not 0 < organisation_id < 2**31:
        return None
    return session.get(Organisation, organisation_id)


def by_key(org_key: str) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.org_key == org_key))


def by_corporate_number(number: str) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.corporate_number == number))


def _plain(text: str) -> str:
    kept = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())[:100]


def matches(text: str) -> ColumnElement[bool] | None:
    """The condition that a search means; None for an empty one. ``%`` and ``_`` are searched as they stand."""
    wanted = _plain(text)
    if not wanted:
        return None
    lowered = wanted.lower()
    found = [
        func.lower(Organisation.name_ja).contains(lowered, autoescape=True),
        func.lower(Organisation.name_en).contains(lowered, autoescape=True),
        func.lower(Organisation.org_key) == lowered,
    ]
    if text.strip() != wanted:  # names are stored as they were given, so look for the text as typed as well
        typed = text.replace("\x00", "").strip()[:100]
        if typed.isprintable():
            found.append(Organisation.name_ja.contains(typed, autoescape=True))
    digits = re.sub(r"[\s-]", "", wanted).removeprefix("T")
    if digits.isascii() and digits.isdigit():
        found.append(Organisation.corporate_number.startswith(digits, autoescape=True))
    return or_(*found)


def search(text: str, limit: int = 20) -> Sequence[Organisation]:
    """Organisations whose name or number fits, by name; none for an empty search."""
    condition = matches(text)
    if condition is None:
        return []
    return session.scalars(
        select(Organisation)
        .where(condition, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.name_ja, Organisation.id)
        .limit(limit)
    ).all()


def page(
    text: str, org_type: str | None, prefecture: str | None, after: str | None, before: str | None
) -> tables.Page[Any]:
    """One page of the register, by key."""
    query = select(
        Organisation.id,
        Organisation.name_en,
        Organisation.name_ja,
        Organisation.corporate_number,
        Organisation.org_type,
        Organisation.prefecture,
        Organisation.cluster_match,
        Organisation.is_synthetic,
    )
    query = query.where(Organisation.merged_into_id.is_(None))
    condition = matches(text)
    if condition is not None:
        query = query.where(condition)
    if org_type in ("companies", "universities"):
        kinds = COMPANY_TYPES if org_type == "companies" else UNIVERSITY_TYPES
        query = query.where(Organisation.org_type.in_(kinds))
    elif org_type:
        query = query.where(Organisation.org_type == org_type if org_type in ORG_TYPES else false())
    if prefecture:
        query = query.where(Organisation.prefecture == prefecture if prefecture in PREFECTURES else false())
    return tables.keyset(query, [Organisation.org_key], after, before)


def profile_years(organisation: Organisation) -> Sequence[OrgProfileYear]:
    return session.scalars(
        select(OrgProfileYear)
        .where(OrgProfileYear.organisation_id == organisation.id)
        .order_by(OrgProfileYear.fiscal_year.desc())
    ).all()


def size_on(organisation: Organisation, on: date, years: Sequence[OrgProfileYear] | None = None) -> Judgement:
    """The SME test for a day: from the profile of that fiscal year or the last before it, else from the register."""
    years = profile_years(organisation) if years is None else years
    profile = next((row for row in years if row.fiscal_year <= fiscal_year(on)), None)
    source: Any = profile or organisation
    return judge(
        Facts(
            is_company=organisation.org_type in COMPANY_TYPES,
            sole_proprietor=organisation.org_type == "sole_proprietor",
            jsic=source.jsic or organisation.jsic,
            capital_yen=source.capital_yen,
            employees=source.employees,
            one_large_owner_pct=profile.large_company_share_pct if profile else None,
            officers_from_large_pct=profile.officers_from_large_pct if profile else None,
        )
    )
