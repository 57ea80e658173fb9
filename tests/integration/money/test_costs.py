"""Costs, evidence, transfers and verdicts, by whom they may be entered and when no more."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from app.agreements import operations as agreements
from app.core import storage
from app.core.clock import today
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.milestones.definitions.sections import SPEND
from app.money import operations, policy, queries
from app.money.choices import EvidenceStep, InspectionKind, TransferKind, Verdict
from app.money.definitions.registers import MOVED_FREELY
from app.money.operations import TransferData
from tests.factories import money, proposals
from tests.factories.people import person


def codes(refusal: Any) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def test_every_organisation_enters_its_own_lines_and_faults_stand_at_their_fields(app: Any) -> None:
    contract = money.contract()
    lead, partner = money.people(contract.award.project)
    own, other = money.organisations(contract.award.project)
    row = money.expense(contract, lead, own, minutes=90, rate_yen=3_333)
    assert (row.gross_yen, row.net_yen, row.eligible_yen) == (4_999, 4_999, 4_999)  # 1.5 h, rounded down
    with pytest.raises(Forbidden):
        operations.save_expense(contract, other, money.data(), lead)
    with pytest.raises(Forbidden):
        operations.save_expense(contract, own, money.data(), person("officer"))
    with pytest.raises(Refused) as refusal:
        wrong = money.data(voucher=row.voucher, cost_item="XX", payee="", gross_yen=100, net_yen=101, eligible_yen=200,
                           paid_on=contract.starts_on - timedelta(days=1), quantity=0)  # fmt: skip
        operations.save_expense(contract, own, wrong, lead)
    wheres = {reason.where for reason in refusal.value.reasons}
    assert wheres == {"voucher", "cost_item", "payee", "paid_on", "net_yen", "eligible_yen", "quantity"}
    with pytest.raises(Refused):
        operations.save_expense(contract, own, money.data(cost_item="LAB"), lead)
    with pytest.raises(Refused):
        operations.save_expense(contract, own, money.data(paid_on=contract.ends_on + timedelta(days=1)), lead)
    same = operations.save_expense(contract, other, money.data(voucher=row.voucher), partner)
    assert same.organisation_id == other, "another organisation has a ledger of its own"
    with pytest.raises(Stale):
        operations.save_expense(contract, own, money.data(), lead, expense=row, version=row.version + 1)


def test_evidence_is_a_file_or_a_reason_and_a_new_item_drops_the_other_chain(app: Any) -> None:
    contract = money.contract()
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    row = money.expense(contract, lead, own, whole=False)
    file = storage.keep_pdf(BytesIO(proposals.pdf_bytes()), name="invoice.pdf", created_by_id=lead.id)
    operations.attach(row, EvidenceStep.invoice, file, lead)
    operations.without_document(row, EvidenceStep.quote, "below 100,000 yen", lead)
    operations.without_document(row, EvidenceStep.invoice, "lost", lead)
    assert {(e.step.value, e.file_id, e.reason) for e in row.evidence} == {
        ("invoice", None, "lost"), ("quote", None, "below 100,000 yen"),
    }  # fmt: skip
    with pytest.raises(Refused):
        operations.attach(row, EvidenceStep.timesheet, file, lead)
    with pytest.raises(Refused):
        operations.without_document(row, EvidenceStep.order, " ", lead)
    operations.save_expense(contract, own, money.wages(60, 3_000), lead, expense=row, version=row.version)
    assert not row.evidence


def test_con_15_a_notice_within_the_limit_and_the_change_request_beyond(app: Any) -> None:
    """Free items: 9 million; 20 % of them may move: 1.8 million. ADM is protected."""
    contract = money.contract()
    lead, partner = money.people(contract.award.project)
    own, other = money.organisations(contract.award.project)
    officer = person("officer")
    move = lambda source, target, yen, org=own: TransferData(org, source, target, yen, "prices rose")  # noqa: E731
    operations.transfer(contract, move("EQ", "LAB", 1_500_000), lead)
    with pytest.raises(Refused) as refusal:
        operations.transfer(contract, move("EQ", "MAT", 300_001), lead)
    assert codes(refusal) == ["change-needed"]
    assert "change request is needed" in str(refusal.value.reasons[0].message.en)
    with pytest.raises(Refused) as refusal:
        operations.transfer(contract, move("MAT", "ADM", 1, other), partner)
    assert codes(refusal) == ["change-needed"]
    with pytest.raises(Refused) as refusal:
        operations.transfer(contract, move("MAT", "EQ", 1_000_001, other), partner)
    assert codes(refusal) == ["too-much"]
    with pytest.raises(Forbidden):
        operations.transfer(contract, move("EQ", "MAT", 1), partner)
    with pytest.raises(Forbidden):
        operations.transfer(contract, move("EQ", "ADM", 1), lead, approved_by="Change 1")
    row = operations.transfer(contract, move("EQ", "ADM", 2_000_000), officer, approved_by="Change 1")
    assert row.kind is TransferKind.approved
    ledger = queries.ledger_of(contract)
    cells = {(one.organisation_id, one.item): one.budget for one in ledger.rows}
    assert (cells[own, "EQ"], cells[own, "LAB"], cells[own, "ADM"]) == (1_500_000, 3_500_000, 2_000_000)
    assert (ledger.limit, ledger.moved, ledger.room) == (1_400_000, 1_500_000, 0)  # the base moved: 7 million free


def test_con_15_notices_by_change_requests_use_up_the_same_limit(app: Any) -> None:
    contract = money.contract()
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    elsewhere = {contract.fiscal_year: 1_500_000, contract.fiscal_year + 1: 9_000_000}
    MOVED_FREELY.append(lambda project_id: elsewhere)
    try:
        with pytest.raises(Refused) as refusal:
            operations.transfer(contract, TransferData(own, "EQ", "LAB", 300_001, "prices"), lead)
        assert codes(refusal) == ["change-needed"]
        operations.transfer(contract, TransferData(own, "EQ", "LAB", 300_000, "prices"), lead)
        assert queries.ledger_of(contract).moved == 1_800_000
        operations.transfer(contract, TransferData(own, "LAB", "EQ", 100_000, "back"), lead)
    finally:
        MOVED_FREELY.pop()
    assert queries.moved_freely(contract.award.project_id) == {contract.fiscal_year: 200_000}


def test_the_ledger_adds_up_names_the_rule_and_keeps_partners_apart(app: Any, count_queries: Any) -> None:
    contract = money.contract()
    lead, partner = money.people(contract.award.project)
    own, other = money.organisations(contract.award.project)
    row = money.expense(contract, lead, own, cost_item="EQ", gross_yen=1_100_000, net_yen=1_000_000)
    money.expense(contract, partner, other, cost_item="ADM", gross_yen=700_000, net_yen=700_000)
    operations.judge(row, Verdict.reduced, 900_000, "one part is private", row.version, person("officer"))
    operations.forecast(contract, own, {"EQ": 4_000_000, "LAB": None}, lead)
    with count_queries() as seen:
        whole = queries.ledger_of(contract)
    assert len(seen) <= 6
    equipment = next(one for one in whole.rows if one.item == "EQ")
    assert (equipment.claimed, equipment.accepted, equipment.forecast, equipment.deviation) == (
        1_000_000, 900_000, 4_000_000, -1_000_000,
    )  # fmt: skip
    assert set(whole.over) == {"ADM"} and "CON-15" in whole.over["ADM"].en
    assert {one.organisation_id for one in queries.ledger_of(contract, {other}).rows} == {other}
    assert whole.total("claimed") == 1_700_000 and {r.item for r in whole.by_item()} == {"EQ", "LAB", "MAT", "ADM"}
    period = (contract.starts_on, contract.ends_on)
    assert queries.spend(contract.award.project_id, period) == {own: 1_000_000, other: 700_000}
    assert queries.spend in SPEND
    project = contract.award.project
    assert policy.standing(partner, project).lines_of == {other} and policy.standing(partner, project).sums_of == {
        other
    }
    assert policy.standing(lead, project).lines_of == {own} and policy.standing(lead, project).sums_of is None
    shown = queries.ledger_of(contract, policy.standing(lead, project).lines_of)
    assert {row.organisation_id for row in shown.rows} == {own}  # of partners the lead reads totals, no items
    totals = queries.ledger_of(contract, policy.standing(lead, project).sums_of).by_organisation()
    assert {(row.organisation_id, row.claimed, row.item) for row in totals} == {
        (own, 1_000_000, ""),
        (other, 700_000, ""),
    }
    assert policy.standing(person("auditor"), project).lines_of is None
    assert not policy.standing(person("applicant"), project).own


def test_mon_6_verdicts_need_reasons_complete_documents_and_an_officer(app: Any) -> None:
    contract = money.contract()
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    bare, whole = money.expense(contract, lead, own, whole=False), money.expense(contract, lead, own)
    officer = person("officer")
    with pytest.raises(Forbidden):
        operations.judge(whole, Verdict.accepted, None, "", whole.version, lead)
    with pytest.raises(Refused) as refusal:
        operations.judge(bare, Verdict.accepted, None, "", bare.version, officer)
    assert codes(refusal) == ["evidence-open"]
    for yen in (None, 0, 100_000, 200_000):
        with pytest.raises(Refused):
            operations.judge(whole, Verdict.reduced, yen, "too dear", whole.version, officer)
    with pytest.raises(Refused):
        operations.judge(whole, Verdict.refused, None, "  ", whole.version, officer)
    assert operations.accept_rest(contract, officer) == 1 and whole.accepted_yen == 100_000
    operations.judge(bare, Verdict.accepted, None, "originals seen on site", bare.version, officer)
    with pytest.raises(OutOfOrder):
        operations.save_expense(contract, own, money.data(), lead, expense=whole, version=whole.version)
    operations.reopen(whole, whole.version, officer)
    operations.remove_expense(whole, whole.version, lead)
    found = operations.record_inspection(
        contract, InspectionKind.on_site, today(), "Laboratory", "In order.", own, officer
    )
    assert found.accepted_yen == 100_000
    assert queries.open_lines(contract.id) == 0


def test_after_the_report_is_handed_in_lines_stand_and_the_inspection_needs_all_verdicts(app: Any) -> None:
    contract = money.contract()
    lead, _partner = money.people(contract.award.project)
    own, _other = money.organisations(contract.award.project)
    row, officer = money.expense(contract, lead, own), person("officer")
    agreements.receive_report(contract.award, today(), officer, "on paper")
    for verb in (
        lambda: operations.save_expense(contract, own, money.data(), lead),
        lambda: operations.remove_expense(row, row.version, lead),
        lambda: operations.transfer(contract, TransferData(own, "EQ", "LAB", 1, "late"), lead),
        lambda: operations.without_document(row, EvidenceStep.quote, "late", lead),
    ):
        with pytest.raises(OutOfOrder):
            verb()
    with pytest.raises(Refused) as refusal:
        agreements.inspect(contract.award, today(), "seen", officer)
    assert codes(refusal) == ["lines-open"]
    money.accepted(contract, row, by=officer)
    agreements.inspect(contract.award, today(), "seen", officer)
    assert contract.inspected_on == today()
