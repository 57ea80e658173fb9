"""The sums of domain.md 6, each against its rule and its worked example."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.money.definitions import charges, fixing, profit, property, transfers
from app.money.definitions.transfers import TransferRule

YEN = st.integers(0, 10**12)
ITEMS = st.dictionaries(st.sampled_from(["EQ", "LAB", "MAT", "OUT", "SUB", "ADM"]), st.integers(0, 10**7), min_size=1)


def test_con_15_the_free_limit_leaves_overhead_and_recommission_out() -> None:
    budget = {"EQ": 4_000_001, "LAB": 3_000_000, "OTH": 1_000_000, "SUB": 9_000_000, "ADM": 900_000}
    assert transfers.free_limit(budget, TransferRule()) == 1_600_000  # 20 % of 8,000,001, rounded down
    assert transfers.free_limit(budget, transfers.rule_of({"free_transfer_pct": 10})) == 800_000
    open_rule = transfers.rule_of({"protected_cost_items": "ADM"})
    assert transfers.free_limit(budget, open_rule) == 17_000_001 * 20 // 100


def test_con_15_moving_back_gives_room_back() -> None:
    assert transfers.moved([(1, "EQ", "LAB", 500), (1, "LAB", "MAT", 200)]) == 500
    assert transfers.moved([(1, "EQ", "LAB", 500), (1, "LAB", "EQ", 500)]) == 0
    assert transfers.moved([(1, "EQ", "LAB", 500), (2, "LAB", "EQ", 500)]) == 1_000


def test_mon_3_items_count_within_their_budget_and_the_room_that_is_left() -> None:
    budget = {"EQ": 1_000_000, "LAB": 1_000_000, "ADM": 200_000}
    accepted = {"EQ": 1_500_000, "LAB": 600_000, "ADM": 250_000}
    room = transfers.free_limit(budget, TransferRule())  # 400,000
    found = {one.item: one for one in transfers.count(accepted, budget, room, TransferRule())}
    assert (found["EQ"].counted, found["EQ"].freely, found["EQ"].cut) == (1_400_000, 400_000, 100_000)
    assert found["LAB"].counted == 600_000
    assert (found["ADM"].counted, found["ADM"].cut) == (200_000, 50_000)
    assert "protected" in found["ADM"].why_cut(TransferRule()).en  # type: ignore[union-attr]
    assert "20 %" in found["EQ"].why_cut(TransferRule()).en  # type: ignore[union-attr]
    assert found["LAB"].why_cut(TransferRule()) is None
    assert set(transfers.excess(accepted, budget, 0, TransferRule())) == {"EQ", "ADM"}


@given(ITEMS, ITEMS, st.integers(0, 10**7))
def test_mon_3_what_counts_never_exceeds_what_was_accepted_nor_the_budget(accepted, budget, room) -> None:  # type: ignore[no-untyped-def]
    found = transfers.count(accepted, budget, room, TransferRule())
    assert {one.item for one in found} >= set(accepted)
    assert all(0 <= one.counted <= one.accepted for one in found)
    if any(budget.values()):
        assert sum(one.counted for one in found) <= sum(budget.values())
        assert sum(one.freely for one in found) <= room
    else:
        assert sum(one.cut for one in found) == 0


@pytest.mark.parametrize(
    ("ceiling", "accepted", "rate", "fixed"),
    [
        (500_000, 750_000, 6_666, 499_950),
        (500_000, 1_000_000, 6_666, 500_000),  # the ceiling
        (1_000, 1_001, 10_000, 1_000),
        (10_000, 101, 5_000, 50),  # 50.5 yen
        (10_000, 0, 10_000, 0),
    ],
)
def test_mon_3_the_fixed_amount_is_the_smaller_of_ceiling_and_share_rounded_down(
    ceiling: int, accepted: int, rate: int, fixed: int
) -> None:
    assert fixing.fixed_amount(ceiling, accepted, rate) == fixed


@given(YEN, YEN, st.integers(1, 10_000))
def test_mon_3_against_exact_fractions(ceiling: int, accepted: int, rate: int) -> None:
    exact = min(Fraction(ceiling), Fraction(accepted) * Fraction(rate, 10_000))
    assert fixing.fixed_amount(ceiling, accepted, rate) == exact.numerator // exact.denominator


def test_mon_2_the_settlement_is_what_is_left_or_a_claim() -> None:
    items = transfers.count({"EQ": 900}, {"EQ": 1_000}, 0, TransferRule())
    enough = fixing.Calculation(items, TransferRule(), 10_000, 1_000, 400)
    assert (enough.fixed, enough.settlement) == (900, 500)
    assert fixing.Calculation(items, TransferRule(), 10_000, 1_000, 950).settlement == -50
    assert enough.frozen()["items"] == [
        {"item": "EQ", "budget": 1_000, "accepted": 900, "freely": 0, "counted": 900, "cut": 0}
    ]


def test_mon_9_the_worked_example() -> None:
    found = profit.ProfitSum(500_000, 750_000, 790_000, 400_000, 300_000)
    assert (found.profit, found.base, found.by_share, found.payable) == (390_000, 90_000, 60_000, 60_000)


def test_mon_9_is_capped_by_what_was_received_and_never_negative() -> None:
    assert profit.ProfitSum(500_000, 750_000, 9_000_000, 0, 0).payable == 500_000
    assert profit.ProfitSum(500_000, 750_000, 9_000_000, 0, 0, returned=460_000).payable == 40_000
    assert profit.ProfitSum(500_000, 750_000, 9_000_000, 0, 0, returned=600_000).payable == 0
    assert profit.ProfitSum(500_000, 750_000, 400_000, 790_000, 0).payable == 0
    assert profit.ProfitSum(500_000, 750_000, 700_000, 400_000, 300_000).payable == 0
    assert profit.ProfitSum(500_000, 0, 700_000, 0, 0).payable == 0
    assert profit.ProfitSum(1, 3, 5, 0, 0).payable == 1  # 5/3 rounded down


@given(YEN, st.integers(1, 10**12), YEN, YEN, YEN, YEN)
def test_mon_9_against_exact_fractions(a: int, b: int, revenue: int, cost: int, e: int, returned: int) -> None:
    exact = max(Fraction(0), min(Fraction(revenue - cost - e) * a / b, Fraction(a - returned)))
    assert profit.ProfitSum(a, b, revenue, cost, e, returned).payable == exact.numerator // exact.denominator


def test_mon_8_the_charge_runs_by_day_and_is_rounded_down() -> None:
    paid = date(2025, 4, 1)
    assert charges.additional_charge(1_000_000, paid, date(2026, 4, 1)) == 109_500
    assert charges.additional_charge(1_000_000, paid, date(2025, 4, 2)) == 300
    assert charges.additional_charge(999_999, paid, date(2025, 4, 2)) == 299
    assert charges.additional_charge(1_000_000, paid, date(2025, 3, 1)) == 0
    assert charges.additional_charge(1_000_000, paid, date(2026, 4, 1), rate=300) == 30_000
    assert charges.running_charge(1_000_000, None) == 0
    assert charges.running_charge(1_000_000, paid, on=date(2025, 4, 11)) == 3_000


def test_mon_7_restriction_by_unit_price_without_tax_and_useful_life() -> None:
    assert property.is_restricted_price(500_000) and not property.is_restricted_price(499_999)
    assert property.restricted_until(date(2026, 5, 10), 4) == date(2030, 5, 9)
    assert property.restricted_until(date(2024, 2, 29), 1) == date(2025, 2, 27)
    assert property.book_value(1_200_000, date(2026, 4, 1), 10, date(2027, 4, 1)) == 1_080_000
    assert property.book_value(1_200_000, date(2010, 4, 1), 4, date(2027, 4, 1)) == 1
