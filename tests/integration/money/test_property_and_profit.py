"""Restricted assets (MON-7) and returns of profit (MON-9)."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.audit import SYSTEM
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.fiscal import fiscal_year
from app.money import operations, queries
from app.money.choices import AssetStatus, DisposalKind, Owner, PaymentKind, PaymentStatus, ProfitStatus, Sighting
from app.money.definitions.registers import PROFIT_FIGURES, Figures
from app.money.operations import AssetData, DisposalData, ProfitData
from app.money.workflow import ASSET
from tests.factories import money
from tests.factories.people import person


def codes(refusal: Any) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def asset_data(label: str = "A-1", years: int = 5) -> AssetData:
    return AssetData("Test bench", label, "Laboratory 2", today() - timedelta(days=30), years)


def test_mon_7_units_at_the_limit_are_registered_and_smaller_ones_are_not(app: Any) -> None:
    contract = money.contract()
    project = contract.award.project
    lead, partner = money.people(project)
    own, _other = money.organisations(project)
    two = money.expense(contract, lead, own, cost_item="EQ", gross_yen=1_100_000, net_yen=1_000_000, quantity=2)
    small = money.expense(contract, lead, own, cost_item="EQ", gross_yen=549_998, net_yen=499_999)
    other_item = money.expense(contract, lead, own, gross_yen=900_000, net_yen=900_000)
    assert [one.id for one in queries.not_registered(project.id, 500_000)] == [two.id]
    for row in (small, other_item):
        with pytest.raises(Refused) as refusal:
            operations.register(row, asset_data(), lead)
        assert codes(refusal) == ["not-restricted"]
    with pytest.raises(Forbidden):
        operations.register(two, asset_data(), partner)
    first = operations.register(two, asset_data(), lead)
    assert (first.unit_price_yen, first.owner) == (500_000, Owner.state)  # CON-18: a commission
    assert first.restricted_until.year == first.acquired_on.year + 5
    with pytest.raises(Refused) as refusal:
        operations.register(two, asset_data(), lead)
    assert codes(refusal) == ["label"]
    assert [one.id for one in queries.not_registered(project.id, 500_000)] == [two.id], "its second unit"
    operations.register(two, asset_data("A-2"), person("officer"))
    with pytest.raises(Refused) as refusal:
        operations.register(two, asset_data("A-3"), lead)
    assert codes(refusal) == ["all-registered"]
    assert not queries.not_registered(project.id, 500_000)


def test_mon_7_disposal_needs_approval_and_what_is_gone_without_it_is_a_fact(app: Any) -> None:
    contract = money.contract("new_collaboration", rate=6_666)
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    row = money.expense(contract, lead, own, cost_item="EQ", gross_yen=1_000_000, net_yen=900_000)
    asset, officer = operations.register(row, asset_data(), lead), person("officer")
    assert asset.owner is Owner.recipient
    with pytest.raises(Refused):
        operations.sight(asset, Sighting.missing, today(), "", officer)
    operations.sight(asset, Sighting.missing, today(), "not in the laboratory", officer)
    assert queries.unapproved_disposals([contract.award.project_id]) == [asset]
    operations.sight(asset, Sighting.present, today(), "", officer)
    assert queries.unapproved_disposals() == []
    wish = DisposalData(DisposalKind.transfer, 300_000, "Company B", "no longer used")
    with pytest.raises(Forbidden):
        operations.request_disposal(asset, wish, asset.version, officer)
    version = asset.version
    operations.request_disposal(asset, wish, asset.version, lead)
    with pytest.raises(Stale):
        operations.take_back_disposal(asset, version, lead)
    with pytest.raises(OutOfOrder):
        operations.dispose(asset, today(), asset.version, lead)
    with pytest.raises(Refused):
        operations.decide_disposal(asset, False, "", None, asset.version, officer)
    operations.decide_disposal(asset, False, "ask again with a valuation", None, asset.version, officer)
    operations.request_disposal(asset, wish, asset.version, lead)
    operations.decide_disposal(asset, True, "at market price", None, asset.version, officer)
    operations.sight(asset, Sighting.disposed, today(), "gone", officer)
    assert queries.unapproved_disposals() == [], "it was approved"
    operations.dispose(asset, today(), asset.version, lead)
    assert asset.status is AssetStatus.disposed and queries.disposals_of(asset.id)[0].done_on == today()


def test_mon_7_the_restriction_ends_by_date_and_not_before(app: Any) -> None:
    contract = money.contract()
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    row = money.expense(contract, lead, own, cost_item="EQ", gross_yen=2_000_000, net_yen=2_000_000, quantity=2)
    young, old = (operations.register(row, asset_data(label), lead) for label in ("A-1", "A-2"))
    with pytest.raises(Refused) as refusal:
        ASSET.apply(young, "release", SYSTEM)
    assert codes(refusal) == ["restricted"]
    old.restricted_until = today() - timedelta(days=1)
    session.flush()
    assert operations.release_expired() == 1 and operations.release_expired() == 0
    assert (young.status, old.status) == (AssetStatus.in_use, AssetStatus.released)


def granted(subsidy: int = 500_000, eligible: int = 750_000) -> Any:
    """A grant of 2/3 whose amount is fixed, as in the worked example of MON-9."""
    contract = money.contract("new_collaboration", amount=subsidy, rate=6_667)
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    row = money.expense(contract, lead, own, cost_item="EQ", gross_yen=eligible, net_yen=eligible)
    money.accepted(contract, row)
    money.inspected(contract)
    operations.fix(contract, today(), subsidy, person("officer"))
    return contract


def test_mon_9_the_worked_example_from_figures_to_payment(app: Any) -> None:
    contract, year = granted(), fiscal_year(today())
    award, officer = contract.award, person("officer")
    lead, _partner = money.people(award.project)
    figures = ProfitData(year, 790_000, 400_000, 300_000, "closing of the year")
    with pytest.raises(Forbidden):
        operations.compute(award, figures, lead)
    with pytest.raises(Refused):
        operations.compute(award, ProfitData(year + 1, 1, 0, 0, "x"), officer)
    row = operations.compute(award, figures, officer)
    assert (row.subsidy_yen, row.eligible_yen, row.amount_yen) == (500_000, 750_000, 60_000)
    assert operations.compute(award, figures, officer).id == row.id, "one return a year"
    with pytest.raises(Forbidden):
        operations.confirm(row, row.version, officer)
    operations.confirm(row, row.version, lead)
    with pytest.raises(OutOfOrder):
        operations.compute(award, figures, officer)
    operations.demand(row, row.version, officer)
    claim = row.payment
    assert (claim.kind, claim.amount_yen, row.status) == (PaymentKind.profit_return, 60_000, ProfitStatus.payable)
    operations.check_or_approve(claim, "check", claim.version, officer)
    operations.check_or_approve(claim, "approve", claim.version, person("officer"))
    operations.pay(claim, today(), claim.version, officer)
    assert (row.status, claim.status) == (ProfitStatus.paid, PaymentStatus.paid)
    assert queries.returned_before(award, year + 1) == 60_000 and queries.returned_before(award, year) == 0


def test_mon_9_a_waiver_says_why_and_a_correction_starts_again(app: Any) -> None:
    contract, year = granted(), fiscal_year(today())
    award, officer = contract.award, person("officer")
    lead, _partner = money.people(award.project)
    row = operations.compute(award, ProfitData(year, 790_000, 400_000, 300_000, "first figures"), officer)
    operations.confirm(row, row.version, lead)
    operations.reopen_profit(row, row.version, officer)
    operations.compute(award, ProfitData(year, 890_000, 400_000, 300_000, "corrected"), officer)
    operations.confirm(row, row.version, lead)
    assert row.amount_yen == 126_666  # 190,000 x 500,000 / 750,000 rounded down
    with pytest.raises(Refused):
        operations.waive(row, " ", row.version, officer)
    operations.waive(row, "wage goal met", row.version, officer)
    assert (row.status, row.waived_reason) == (ProfitStatus.waived, "wage goal met")
    assert queries.returned_before(award, year + 1) == 0


def test_mon_9_nothing_to_return_and_never_under_a_commission(app: Any) -> None:
    contract, year = granted(), fiscal_year(today())
    award, officer = contract.award, person("officer")
    lead, _partner = money.people(award.project)
    row = operations.compute(award, ProfitData(year, 400_000, 790_000, 0, "loss"), officer)
    operations.confirm(row, row.version, lead)
    assert (row.amount_yen, row.status) == (0, ProfitStatus.zero)
    commission = money.contract()
    with pytest.raises(Refused) as refusal:
        operations.compute(commission.award, ProfitData(year, 1, 0, 0, "x"), officer)
    assert codes(refusal) == ["commission"]
    PROFIT_FIGURES.append(
        lambda project_id, fy: Figures(790_000, 0, "ledger") if project_id == award.project_id else None
    )
    try:
        assert operations.figures(award.project_id, year) == Figures(790_000, 0, "ledger")
        assert operations.figures(commission.award.project_id, year) is None
    finally:
        PROFIT_FIGURES.pop()
