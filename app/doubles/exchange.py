"""The list of other funders' awards as a file."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.core.exchange import (  # fmt: skip
    Bad,
    Column,
    Fault,
    Kind,
    Report,
    Row,
    among,
    bulk_insert,
    bulk_update,
    day,
    period,
    run,
    text,
    yen,
)
from app.core.i18n import Bilingual
from app.doubles.definitions import plain_name
from app.doubles.models import FundingAward
from app.organisations.exchange import is_corporate_number


def _numbers(found: str) -> str:
    """Corporate numbers separated by ``;``, each checked."""
    numbers = [one.strip() for one in re.split(r"[;,]", found) if one.strip()]
    for one in numbers:
        if not is_corporate_number(one):
            raise Bad(
                "bad-corporate-number",
                f"“{one[:20]}” is not a corporate number: 13 digits, the first of which checks the others",
                f"「{one[:20]}」は法人番号ではありません(13桁、先頭は検査数字)",
            )
    return ";".join(dict.fromkeys(numbers))


COLUMNS = (
    text("funder", 200, required=True),
    text("award_no", 60, required=True),
    text("title_en"),
    text("title_ja"),
    text("abstract", 4000),
    Column("corporate_numbers", _numbers, empty=""),
    text("people", 1000),
    yen("amount_yen"),
    day("starts_on"),
    day("ends_on"),
)
_NAMES = [column.name for column in COLUMNS]
_TABLE: Any = FundingAward.__table__


def _stored(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = select(FundingAward.id, *(getattr(FundingAward, name) for name in _NAMES))
    if rows is not None:
        query = among(query, FundingAward.award_no, (row.values["award_no"] for row in rows))
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


def _check(row: Row) -> Iterator[Fault]:
    if not row.values["title_ja"] and not row.values["title_en"]:
        yield Fault("title_ja", "required", Bilingual("give a title in one language at least", "題名は少なくとも一方の言語で必須です"))  # fmt: skip
    yield from period(row, "starts_on", "ends_on", same_day=True)


def _plain(row: Row) -> dict[str, Any]:
    people = [plain_name(name) for name in re.split(r"[;,、]", row.values["people"]) if name.strip()]
    numbers = row.values["corporate_numbers"] or ""
    return {**row.values, "corporate_numbers": numbers, "people_key": ";".join(people)[:1000]}


AWARDS = Kind(
    "awards",
    Bilingual("Awards of other funders", "他機関の採択案件"),
    COLUMNS,
    ("funder", "award_no"),
    _stored,
    lambda rows: bulk_insert(_TABLE, [_plain(row) for row in rows]),
    lambda rows: bulk_update(_TABLE, [(id_, _plain(row)) for id_, row in rows]),
    _check,
)
KINDS = (AWARDS,)


def import_awards(data: bytes, *, dry_run: bool) -> Report:
    """Read a file of awards; all of it or nothing."""
    return run(AWARDS, data, dry_run=dry_run)
