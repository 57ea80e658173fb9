"""Fixed amounts, payments and claims: two people for each, and never more than was decided (MON-2, MON-3, MON-8)."""

from datetime import timedelta
from typing import Any

import pytest

from app.agreements import operations as agreements
from app.agreements.choices import AwardStatus, ContractStatus
from app.agreements.definitions import TERMS
from app.agreements.workflow import machine_of
from app.core.audit import SYSTEM
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.outbox import OutboxItem
from app.core.pdf import Document, render
from app.money import operations, queries
from app.money.choices import PaymentKind, PaymentStatus, Verdict
from app.money.models import Payment
from tests.factories import money
from tests.factories.people import person

pytestmark = pytest.mark.both_databases


def codes(refusal: Any) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def advanced(contract: Any, yen: int, *, paid: bool = True) -> Payment:
    """An advance all the way to paid, by the lead and two officers."""
    lead, _partner = money.people(contract.award.project)
    first, second = person("officer"), person("officer")
    row = operations.advance(contract, yen, "wages of the first half", money.ACCOUNT, lead)
    operations.record_consent(row, "財計第1号", today(), row.version, first)
    operations.check_or_approve(row, "check", row.version, first)
    operations.check_or_approve(row, "approve", row.version, second)
    if paid:
        operations.pay(row, today(), row.version, first)
    return row


def fixed(contract: Any, on: Any = None) -> Any:
    """The amount fixed by another officer than the inspector."""
    return operations.fix(contract, on or today(), operations.calculation(contract).fixed, person("officer"))


def test_an_advance_needs_consent_and_two_officers_and_keeps_four_digits(app: Any) -> None:
    contract = money.contract()
    lead, partner = money.people(contract.award.project)
    first, second = person("officer"), person("officer")
    with pytest.raises(Forbidden):
        operations.advance(contract, 1_000, "x", money.ACCOUNT, partner)
    with pytest.raises(Refused):
        operations.advance(contract, 8_000_001, "x", money.ACCOUNT, lead)
    with pytest.raises(Refused):
        operations.advance(contract, 1_000, "x", operations.Account("Bank", "Holder", "12"), lead)
    row = operations.advance(contract, 3_000_000, "wages", money.ACCOUNT, lead)
    assert (row.account_last4, row.bank) == ("4567", "Bank A")
    assert not any("1234567" in str(value) for value in vars(row).values())
    with pytest.raises(Refused) as refusal:
        operations.advance(contract, 1_000, "again", money.ACCOUNT, lead)
    assert codes(refusal) == ["open"]
    with pytest.raises(Refused) as refusal:
        operations.check_or_approve(row, "check", row.version, first)
    assert codes(refusal) == ["consent-missing"]
    operations.record_consent(row, "財計第1号", today(), row.version, first)
    version = row.version
    operations.check_or_approve(row, "check", row.version, first)
    with pytest.raises(Stale):
        operations.check_or_approve(row, "approve", version, second)
    with pytest.raises(Refused) as refusal:
        operations.check_or_approve(row, "approve", row.version, first)
    assert codes(refusal) == ["same-person"]
    with pytest.raises(Forbidden):
        operations.check_or_approve(row, "approve", row.version, lead)
    with pytest.raises(OutOfOrder):
        operations.pay(row, today(), row.version, first)
    operations.check_or_approve(row, "approve", row.version, second)
    operations.pay(row, today(), row.version, first)
    assert row.status is PaymentStatus.paid and queries.committed(contract.id) == 3_000_000
    letters = session.query(OutboxItem).filter(OutboxItem.dedupe_key.startswith(f"money:payment:{row.id}:")).count()
    assert letters == 2  # approved, paid


def test_mon_2_requests_and_changed_terms_respect_what_is_committed(app: Any) -> None:
    contract = money.contract()
    lead, _partner = money.people(contract.award.project)
    advanced(contract, 6_000_000, paid=False)
    with pytest.raises(Refused) as refusal:
        operations.advance(contract, 2_000_001, "more", money.ACCOUNT, lead)
    assert codes(refusal) == ["over-contract"]
    assert operations.terms_cover_payments in TERMS
    assert [one.code for one in operations.terms_cover_payments(contract, 5_999_999)] == ["below-payments"]
    assert operations.terms_cover_payments(contract, 6_000_000) == []


def test_mon_3_the_amount_is_fixed_on_accepted_lines_by_a_second_officer_and_settled(app: Any) -> None:
    contract = money.contract()
    project = contract.award.project
    lead, partner = money.people(project)
    own, other = money.organisations(project)
    advanced(contract, 2_000_000)
    big = money.expense(contract, lead, own, cost_item="EQ", gross_yen=5_500_000, net_yen=5_000_000)
    wages = money.expense(contract, lead, own, minutes=60 * 100, rate_yen=10_000)  # 1,000,000
    over = money.expense(contract, partner, other, cost_item="ADM", gross_yen=700_000, net_yen=700_000)
    inspector = person("officer")
    operations.judge(big, Verdict.reduced, 4_500_000, "one part is private", big.version, inspector)
    assert [one.code for one in operations.may_fix(contract, person("officer"))] == ["lines-open"]
    money.accepted(contract, wages, over, by=inspector)
    money.inspected(contract)
    found = operations.calculation(contract)
    assert (found.accepted, found.counted, found.fixed) == (6_200_000, 6_100_000, 6_100_000)  # ADM: 600,000 only
    assert found.settlement == 4_100_000
    with pytest.raises(Refused) as refusal:
        operations.fix(contract, today(), found.fixed, inspector)
    assert codes(refusal) == ["same-person"]
    with pytest.raises(Refused) as refusal:
        operations.fix(contract, today(), found.fixed + 1, person("officer"))
    assert codes(refusal) == ["changed"]
    row = fixed(contract)
    assert contract.fixed_amount_yen == row.amount_yen == 6_100_000 and contract.status is ContractStatus.fixed
    assert contract.award.status is AwardStatus.amount_fixed
    assert row.calculation["items"][-1]["cut"] == 100_000
    notices = [session.get_one(Document, key) for key in (row.notice_ja_id, row.notice_en_id)]
    assert [one.locale for one in notices] == ["ja", "en"]
    assert render(notices[0].template, "ja", notices[0].context).startswith(b"%PDF")
    officer = person("officer")
    with pytest.raises(Refused) as refusal:
        agreements.settle(contract, officer)
    assert codes(refusal) == ["unsettled"]
    with pytest.raises(OutOfOrder):
        operations.advance(contract, 1_000, "late", money.ACCOUNT, lead)
    last = operations.settlement(contract, money.ACCOUNT, lead)
    assert last.amount_yen == 4_100_000
    operations.check_or_approve(last, "check", last.version, officer)
    operations.check_or_approve(last, "approve", last.version, person("officer"))
    operations.pay(last, today(), last.version, officer)
    agreements.settle(contract, officer)
    assert contract.award.status is AwardStatus.settled


def test_mon_2_advances_above_the_fixed_amount_are_claimed_back(app: Any) -> None:
    contract = money.contract(rate=6_666)
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    advanced(contract, 3_000_000)
    row = money.expense(contract, lead, own, cost_item="EQ", gross_yen=4_000_001, net_yen=3_000_001)
    money.accepted(contract, row)
    money.inspected(contract)
    assert operations.calculation(contract).fixed == 1_999_800  # 3,000,001 x 66.66 % rounded down
    fixed(contract)
    claim = queries.payments_of(contract.award)[-1]
    assert (claim.kind, claim.amount_yen, claim.due_on) == (
        PaymentKind.repayment,
        1_000_200,
        today() + timedelta(days=20),
    )
    with pytest.raises(Refused):
        operations.settlement(contract, money.ACCOUNT, lead)
    first, second = person("officer"), person("officer")
    with pytest.raises(Refused) as refusal:
        operations.claim(contract, PaymentKind.repayment, 1_999_801, "more", today(), first)
    assert codes(refusal) == ["too-much"]
    operations.check_or_approve(claim, "check", claim.version, first)
    operations.check_or_approve(claim, "approve", claim.version, second)
    operations.pay(claim, today(), claim.version, first)
    agreements.settle(contract, first)
    assert len(queries.payments_of(contract.award)) == 2, "no charge without a revocation"


def test_mon_8_a_revocation_brings_the_charge_by_days(app: Any) -> None:
    contract = money.contract("new_collaboration", rate=6_666)
    advanced(contract, 1_000_000)
    first, second = person("officer"), person("officer")
    agreements.revoke(contract.award, today(), "misuse", first)
    received = today() - timedelta(days=100)
    claim = operations.claim(
        contract, PaymentKind.repayment, 1_000_000, "revoked", today() + timedelta(days=20), first, received_on=received
    )
    with pytest.raises(Refused) as refusal:  # a double click
        operations.claim(contract, PaymentKind.repayment, 1_000_000, "revoked", today(), first)
    assert codes(refusal) == ["open"]
    operations.check_or_approve(claim, "check", claim.version, first)
    operations.check_or_approve(claim, "approve", claim.version, second)
    operations.pay(claim, today(), claim.version, first)
    charge = queries.payments_of(contract.award)[-1]
    assert (charge.kind, charge.amount_yen, charge.origin_id) == (PaymentKind.additional_charge, 30_000, claim.id)
    assert "10.95 %" in charge.purpose


def test_a_rejected_request_says_why_and_frees_the_way(app: Any) -> None:
    contract = money.contract()
    lead, _partner = money.people(contract.award.project)
    officer = person("officer")
    row = operations.advance(contract, 1_000, "wages", money.ACCOUNT, lead)
    with pytest.raises(Refused):
        operations.reject(row, " ", row.version, officer)
    operations.reject(row, "no consent", row.version, officer)
    assert row.status is PaymentStatus.rejected and queries.committed(contract.id) == 0
    operations.advance(contract, 1_000, "wages", money.ACCOUNT, lead)


def test_an_award_that_ended_early_is_inspected_by_another_and_paid_before_it_is_settled(app: Any) -> None:
    """MON-2 and MON-3 hold after a termination too."""
    contract, officer = money.contract(), person("officer")
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    wages = money.expense(contract, lead, own, minutes=60 * 100, rate_yen=10_000)  # 1,000,000
    machine_of(contract.award).restore(contract.award, AwardStatus.terminated, SYSTEM, reason="test")
    operations.judge(wages, Verdict.accepted, None, "", wages.version, officer)
    assert [one.code for one in operations.may_fix(contract, officer)] == ["same-person"]
    operations.fix(contract, today(), 1_000_000, person("officer"))
    with pytest.raises(Refused) as refusal:
        agreements.settle(contract, officer)
    assert codes(refusal) == ["unsettled"] and contract.status is ContractStatus.fixed
    bare = money.contract()
    machine_of(bare.award).restore(bare.award, AwardStatus.terminated, SYSTEM, reason="test")
    assert [one.code for one in operations.may_fix(bare, officer)] == ["not-inspected"]
