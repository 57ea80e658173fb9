"""Costs by workbook: out, in with a dry run, all or nothing, the same file twice changes nothing."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Refused
from app.money import exchange, operations, queries
from app.money.choices import Verdict
from app.money.models import Expense
from tests.factories import money
from tests.factories.people import person


def book(*rows: tuple[Any, ...]) -> BytesIO:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = exchange.SHEET
    sheet.append(["title"])
    sheet.append(list(exchange.COLUMNS))
    for row in rows:
        sheet.append(list(row))
    out = BytesIO()
    made.save(out)
    out.seek(0)
    return out


def places(refusal: Any) -> list[str]:
    return [reason.message.en.split(":")[0] for reason in refusal.value.reasons]


def test_a_file_is_previewed_stored_and_changes_nothing_the_second_time(app: Any) -> None:
    contract = money.contract()
    lead, _partner = money.people(contract.award.project)
    own, other = money.organisations(contract.award.project)
    day = today().replace(day=1)
    rows = [
        ("V1", "EQ", day, "Maker", "bench", 2, 1_100_000, "1,000,000", None, None, None, "second-hand"),
        ("V2", "lab", day.isoformat(), "Researcher", None, None, None, None, None, "7:30", 3_000, None),
    ]
    lines = exchange.read(book(*rows))
    assert exchange.load(contract, own, lines, lead, dry=True) == exchange.Preview(2, 0, 0, 1_022_500)
    assert session.query(Expense).count() == 0
    exchange.load(contract, own, lines, lead, dry=False)
    first, second = queries.expenses_of(contract.id, {own})
    assert (first.quantity, first.net_yen, first.eligible_yen) == (2, 1_000_000, 1_000_000)
    assert len(first.evidence) == 6 and {e.reason for e in first.evidence} == {"second-hand"}
    assert (second.cost_item, second.minutes, second.gross_yen) == ("LAB", 450, 22_500)
    versions = [first.version, second.version]
    assert exchange.load(contract, own, exchange.read(book(*rows)), lead, dry=False) == exchange.Preview(
        0, 0, 2, 1_022_500
    )
    out = BytesIO(exchange.write(contract, "Lead", [first, second]))
    assert exchange.load(contract, own, exchange.read(out), lead, dry=False).same == 2, (
        "what went out comes in the same"
    )
    assert [first.version, second.version] == versions
    changed = exchange.load(contract, own, exchange.read(book((*rows[0][:7], 900_000, *rows[0][8:]))), lead, dry=False)
    assert (changed.changed, first.net_yen) == (1, 900_000)
    with pytest.raises(Forbidden):
        exchange.load(contract, other, lines, lead, dry=True)
    operations.judge(first, Verdict.refused, None, "private", first.version, person("officer"))
    with pytest.raises(Refused) as refusal:
        exchange.load(contract, own, lines, lead, dry=False)
    assert places(refusal) == ["3"]


def test_every_fault_has_its_line_and_one_fault_keeps_all_out(app: Any) -> None:
    contract = money.contract()
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    good = ("V1", "MAT", today().isoformat(), "Shop", "", 1, 110, 100, 100, None, None, None)
    with pytest.raises(Refused) as refusal:
        exchange.read(book(good, ("V2", "MAT", "soon", "Shop", "", 1, "1e9", -5, "=1+1", "x", 0.5, None)))
    assert places(refusal) == ["C4", "G4", "H4", "I4", "J4", "K4"]
    day = contract.ends_on
    lines = exchange.read(
        book(
            (*good[:2], day, *good[3:]),
            (*good[:2], day, *good[3:]),
            ("V3", "XX", day, "", "", 1, 100, 200, 100, None, None, None),
        )
    )
    with pytest.raises(Refused) as refusal:
        exchange.load(contract, own, lines, lead, dry=False)
    assert places(refusal) == ["4", "5", "5", "5"]  # twice; item, payee, net
    assert session.query(Expense).count() == 0


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"voucher,cost_item\n", b"x" * 2_000_001])
def test_what_is_no_workbook_is_refused(app: Any, data: bytes) -> None:
    with pytest.raises(Refused):
        exchange.read(BytesIO(data))


def test_a_foreign_or_empty_workbook_is_refused(app: Any) -> None:
    with pytest.raises(Refused):
        exchange.read(book())
    other = openpyxl.Workbook()
    out = BytesIO()
    other.save(out)
    with pytest.raises(Refused) as refusal:
        exchange.read(BytesIO(out.getvalue()))
    assert places(refusal) == ["A2"]
