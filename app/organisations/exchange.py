"""Files of organisations, and of lists of them."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from stdnum.jp import cn

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
    day,
    optional_text,
    pairs,
    period,
    references,
    text,
    whole,
    yen,
)
from app.core.i18n import Bilingual
from app.organisations.choices import ORG_TYPES, PREFECTURES, ClusterMatch
from app.organisations.models import Organisation, PopulationList, PopulationMember

_THIRTEEN = re.compile(r"[0-9]{13}", re.ASCII)


def is_corporate_number(found: str) -> bool:
    """Thirteen ASCII digits whose first checks the others (domain.md 11.8)."""
    return bool(_THIRTEEN.fullmatch(found)) and bool(cn.is_valid(found))


def _corporate_number(found: str) -> str:
    if not is_corporate_number(found):
        raise Bad(
            "bad-corporate-number",
            f"“{found[:20]}” is not a corporate number: 13 digits, the first of which checks the others",
            f"「{found[:20]}」は法人番号ではありません(13桁、先頭は検査数字)",
        )
    return found


COLUMNS = (
    text("org_key", 60, required=True),
    Column("corporate_number", _corporate_number),
    text("name_ja"),
    text("name_en"),
    choice("org_type", ORG_TYPES, required=True),
    choice("prefecture", PREFECTURES),
    optional_text("jsic", 5, r"[A-Z]?[0-9]{0,4}", "write a letter or 2 to 4 digits", "英字または2~4桁の数字です"),
    optional_text("jsic_revision", 10, r"[0-9A-Za-z.\-]+", "write the revision's number, such as 11", "改定番号です"),
    yen("capital_yen"),
    whole("employees", 0, 100_000_000),
    day("established_on", earliest=date(500, 1, 1)),
    day("closed_on"),
    choice("cluster_match", ClusterMatch, empty=ClusterMatch.unmatched),
)
_NAMES = [column.name for column in COLUMNS]
_TABLE: Any = Organisation.__table__


def _stored(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = select(Organisation.id, *(getattr(Organisation, name) for name in _NAMES))
    if rows is not None:
        query = among(query, Organisation.org_key, (row.values["org_key"] for row in rows))
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


def _check(row: Row) -> Iterator[Fault]:
    if not row.values["name_ja"] and not row.values["name_en"]:
        yield Fault(
            "name_ja",
            "required",
            Bilingual("give a name in one language at least", "名称は少なくとも一方の言語で必須です"),
        )
    yield from period(row, "established_on", "closed_on", same_day=True)


def _numbers(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    """No two organisations hold one corporate number."""
    holders = {row.values["corporate_number"]: row for row in reversed(rows) if row.values["corporate_number"]}
    if not holders:
        return
    renewed = {row.values["org_key"] for row in rows}
    query = select(Organisation.corporate_number, Organisation.org_key).where(
        Organisation.corporate_number.is_not(None)
    )
    stored = pairs(among(query, Organisation.corporate_number, holders))
    for row in rows:
        number = row.values["corporate_number"]
        if not number:
            continue
        other = stored.get(number)
        if holders[number] is not row:
            holder = holders[number].values["org_key"]
        elif other is not None and other != row.values["org_key"] and other not in renewed:
            holder = other
        else:
            continue
        yield (
            row,
            Fault(
                "corporate_number",
                "duplicate-corporate-number",
                Bilingual(
                    f"the corporate number {number} already belongs to “{holder}”",
                    f"法人番号{number}は「{holder}」で登録済みです",
                ),
            ),
        )


def _insert(rows: Sequence[Row]) -> None:
    bulk_insert(_TABLE, [{"is_synthetic": False, **row.values} for row in rows])


def _update(rows: Sequence[tuple[int, Row]]) -> None:
    # Numbers may change hands inside one file, so every one of them is let go first.
    bulk_update(_TABLE, [(id_, {"corporate_number": None}) for id_, _row in rows])
    bulk_update(_TABLE, [(id_, row.values) for id_, row in rows])


ORGANISATIONS = Kind(
    "organisations",
    Bilingual("Organisations", "機関"),
    COLUMNS,
    ("org_key",),
    _stored,
    _insert,
    _update,
    _check,
    _numbers,
)


def merged_away(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    """Rows that name an entry that was merged into another: the file has to name that one."""
    kept = aliased(Organisation)
    query = select(Organisation.org_key, kept.org_key).join(kept, kept.id == Organisation.merged_into_id)
    into = pairs(among(query, Organisation.org_key, (row.values["org_key"] for row in rows)))
    for row in rows:
        if other := into.get(row.values["org_key"]):
            message = Bilingual(
                f"this organisation was merged into “{other}”; write that key",
                f"この機関は「{other}」に統合されました。統合先のキーを書いてください",
            )
            yield row, Fault("org_key", "merged-organisation", message)


def _stored_lists(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = select(
        PopulationList.id,
        PopulationList.list_code,
        PopulationList.name_en,
        PopulationList.name_ja,
        PopulationList.unit,
        PopulationList.as_of,
    )
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


_LISTS: Any = PopulationList.__table__
_MEMBERS: Any = PopulationMember.__table__

POPULATION_LISTS = Kind(
    "population_lists",
    Bilingual("Lists of organisations", "母集団リスト"),
    (text("list_code", 60, required=True), text("name_en"), text("name_ja"), text("unit", 40), day("as_of")),
    ("list_code",),
    _stored_lists,
    lambda rows: bulk_insert(_LISTS, [row.values for row in rows]),
    lambda rows: bulk_update(_LISTS, [(id_, row.values) for id_, row in rows]),
)


def _stored_members(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = (
        select(PopulationMember.id, PopulationList.list_code, Organisation.org_key)
        .join(PopulationList, PopulationList.id == PopulationMember.list_id)
        .join(Organisation, Organisation.id == PopulationMember.organisation_id)
    )
    if rows is not None:
        query = among(query, Organisation.org_key, (row.values["org_key"] for row in rows))
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


def _resolve_members(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    yield from references(rows, "list_code", PopulationList.list_code, PopulationList.id, "list", "リスト")
    yield from references(rows, "org_key", Organisation.org_key, Organisation.id, "organisation", "機関")
    yield from merged_away(rows)


POPULATION_MEMBERS = Kind(
    "population_members",
    Bilingual("Members of lists", "母集団リストの機関"),
    (text("list_code", 60, required=True), text("org_key", 60, required=True)),
    ("list_code", "org_key"),
    _stored_members,
    lambda rows: bulk_insert(
        _MEMBERS, [{"list_id": row.refs["list_code"], "organisation_id": row.refs["org_key"]} for row in rows]
    ),
    resolve=_resolve_members,
)

KINDS = (ORGANISATIONS, POPULATION_LISTS, POPULATION_MEMBERS)
