"""The verbs of an award in both regimes, their guards, what is written down, and who is told."""

import importlib.util
import json
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from app.accounts.choices import Role
from app.agreements import operations, queries
from app.agreements.choices import AwardStatus, BreakKind, ContractStatus, EvaluationStatus, Grade
from app.agreements.definitions import AXES, TERMS
from app.agreements.models import Award, Contract
from app.core import pdf
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused, Stale
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual
from app.core.outbox import OutboxItem
from app.projects import operations as projects
from app.projects.queries import budget_of
from tests.factories import chain, proposals
from tests.factories.people import person


def letters(award: Award, occasion: str) -> list[dict[str, Any]]:
    """The queued letters of one occasion of an award."""
    start = f"award:{award.id}:{occasion}"
    rows = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like(f"{start}%")))
    return [row.payload for row in rows]


def codes(refusal: Any) -> set[str]:
    return {reason.code for reason in refusal.value.reasons}


def last_year() -> date:
    return date(fiscal_year(today()) - 1, 10, 1)


def close_year(award: Award, officer: Any, yen: int | None = None) -> Contract:
    contract = queries.current_contract(award)
    assert contract is not None
    operations.receive_report(award, contract.starts_on, officer, "on paper")
    operations.inspect(award, contract.starts_on, "seen", officer)
    operations.fix_amount(contract, contract.amount_yen if yen is None else yen, today(), officer)
    operations.settle(contract, officer)
    return contract


def evaluated(award: Award, officer: Any, verdict: operations.Verdict) -> Any:
    contract = queries.current_contract(award)
    assert contract is not None
    row = operations.schedule(award, contract.fiscal_year, today(), officer)
    lead = chain.lead(award.project)
    operations.fill(row, operations.Sheet(["x"] * len(row.targets), 4, "", ""), row.version, lead)
    operations.review(row, dict.fromkeys(AXES, Grade.b), "fine", row.version, officer)
    operations.decide(row, verdict, row.version, officer)
    return row


def test_an_award_comes_with_its_project_and_no_contract_before_its_time(app: Any) -> None:
    project = chain.adopted_project()
    award, officer = chain.award_of(project), person(Role.officer)
    assert award.status is AwardStatus.adopted and len(queries.checklist_of(award)) == 9
    terms = operations.Terms(today(), fiscal_year_end(fiscal_year(today())), 1_000)
    with pytest.raises(OutOfOrder):
        operations.offer(award, terms, award.version, officer)
    operations.assess(award, officer)
    with pytest.raises(Refused) as early:
        operations.offer(award, terms, award.version, officer)
    assert codes(early) == {"setup-open", "costs-open"}  # every open point is named
    assert len(early.value.reasons) == 10
    with pytest.raises(Forbidden):
        operations.offer(award, terms, award.version, chain.lead(project))
    other = chain.award_of(chain.adopted_project())
    with pytest.raises(Forbidden):
        operations.assess(other, chain.lead(other.project))


def test_two_years_of_a_commission(app: Any) -> None:
    """CON-10, CON-17, MON-3: assessed, contracted, worked, settled; evaluated, reduced, contracted anew; completed."""
    project, officer = chain.adopted_project(), person(Role.officer)
    begin = last_year()
    award = chain.contracted(project, begin, amount_yen=5_000_000, officer=officer)
    assert [c.number for c in award.contracts] == [f"{project.project_key}-{fiscal_year(begin)}"]
    assert letters(award, "costs-sent") and letters(award, "offered") and letters(award, "concluded")
    from app.milestones import operations as milestones

    with pytest.raises(Refused) as early:
        milestones.start(project, begin - timedelta(days=1), today() + timedelta(days=400), officer)
    assert codes(early) == {"before-contract"}
    milestones.start(project, begin, begin + timedelta(days=90), officer)
    assert award.status is AwardStatus.running
    year_end = date(fiscal_year(begin) + 1, 4, 1)
    ahead = operations.Terms(year_end, fiscal_year_end(fiscal_year(year_end)), 500_000)
    with pytest.raises(Refused) as unjudged:
        operations.offer(award, ahead, award.version, officer)  # no interim evaluation of this year says go
    assert codes(unjudged) == {"interim-open"}
    contract = close_year(award, officer, 4_999_999)
    assert (award.status, contract.status) == (AwardStatus.settled, ContractStatus.settled)
    assert "4,999,999" in letters(award, "fixed")[0]["body"]
    following = operations.Terms(date(fiscal_year(today()), 4, 1), fiscal_year_end(fiscal_year(today())), 1_000_000)
    with pytest.raises(Refused) as unjudged:
        operations.offer(award, following, award.version, officer)
    assert codes(unjudged) == {"interim-open"}
    with pytest.raises(Refused) as running:
        operations.complete(award, begin + timedelta(days=90), officer)
    assert codes(running) == {"report-open"}  # reports on the project's course are not accepted

    # the next year's lines carry the year of the proposal in the tests' world: they are moved to the year that follows
    lines = queries.lines_of(award)
    for line in lines:
        line.fiscal_year += contract.fiscal_year + 1 - max(x.fiscal_year for x in lines)
    session.flush()
    before = sum(x.assessed_yen for x in lines if x.fiscal_year == contract.fiscal_year + 1)
    row = evaluated(award, officer, operations.Verdict("reduce", "only the second prototype", before - 7))
    assert row.status is EvaluationStatus.continue_reduced and row.next_amount_yen == before - 7
    year = contract.fiscal_year + 1
    assert sum(b.amount_yen for b in budget_of(project.id) if b.fiscal_year == year) == before - 7
    assert "only the second prototype" in letters(award, "evaluated")[0]["body"]
    chain.sign(operations.offer(award, following, award.version, officer), officer)
    assert award.status is AwardStatus.contracted and len(award.contracts) == 2
    chain.accept_all_reports(project)
    with pytest.raises(OutOfOrder):
        operations.complete(award, begin + timedelta(days=90), officer)
    operations.begin(award, officer)
    close_year(award, officer)
    assert project.status.value == "running"
    operations.complete(award, begin + timedelta(days=90), officer)
    assert (project.status.value, project.completed_on) == ("completed", begin + timedelta(days=90))
    operations.follow(award, officer)
    with pytest.raises(Refused) as soon:
        operations.close(award, officer)
    assert codes(soon) == {"followed-until"}
    project.followup_years = 1
    operations.close(award, officer)
    assert award.status is AwardStatus.closed and award.closed_on == today()


def test_a_subsidy_is_applied_for_granted_and_paid(app: Any) -> None:
    project, officer = chain.adopted_project("new_collaboration"), person(Role.officer)
    with pytest.raises(Forbidden):
        operations.apply(chain.award_of(project), officer)  # the consortium applies
    award = chain.contracted(project, today() - timedelta(days=300), today(), officer=officer, rate=6_667)
    assert award.status is AwardStatus.granted and award.contracts[0].number.endswith("-G")
    from app.milestones import operations as milestones

    milestones.start(project, today() - timedelta(days=300), today() - timedelta(days=10), officer)
    chain.accept_all_reports(project)
    close_year(award, officer)
    assert award.status is AwardStatus.paid
    operations.complete(award, today() - timedelta(days=10), officer)
    assert award.status is AwardStatus.follow_up and project.status.value == "completed"


def test_a_contract_is_confirmed_by_two_people_who_read_the_same_text(app: Any) -> None:
    project, officer = chain.adopted_project(), person(Role.officer)
    award, lead = chain.assessed(project, officer), chain.lead(project)
    end = fiscal_year_end(fiscal_year(today()))
    for wrong, code in (
        (operations.Terms(today(), end + timedelta(days=1), 1_000), "fiscal-year"),
        (operations.Terms(today(), today() - timedelta(days=1), 1_000), "period"),
        (operations.Terms(today(), end, 1_000, 6_667), "rate"),
        (operations.Terms(today(), end, (project.amount_yen or 0) + 1), "amount"),
        (operations.Terms(today(), end, 0), "amount"),
    ):
        with pytest.raises(Refused) as refusal:
            operations.offer(award, wrong, award.version, officer)
        assert codes(refusal) == {code}
    old = operations.offer(award, operations.Terms(today(), end, 1_000), award.version, officer)
    row = operations.offer(award, operations.Terms(today(), end, 2_000), award.version, officer)
    assert [t.number for t in queries.terms_of(row.contract)] == [1, 2] and len(award.contracts) == 1
    with pytest.raises(Stale):
        operations.confirm(old, "A", old.version, old.sha256, officer)  # a newer version was offered
    with pytest.raises(Forbidden):
        operations.confirm(row, "A", row.version, row.sha256, proposals.partner_of(project.application))
    seen = row.version
    operations.confirm(row, "A", seen, row.sha256, officer)
    with pytest.raises(Stale):
        operations.confirm(row, "B", seen, row.sha256, lead)
    with pytest.raises(Refused) as twice:
        operations.confirm(row, "A", row.version, row.sha256, officer)
    assert codes(twice) == {"confirmed"}
    operations.confirm(row, "B", row.version, row.sha256, lead)
    assert row.contract.status is ContractStatus.in_force and row.contract.amount_yen == 2_000
    assert row.signed_document is not None and json.loads(row.text)["amount_yen"] == 2_000
    with pytest.raises(OutOfOrder):
        operations.confirm(row, "B", row.version, row.sha256, lead)
    with pytest.raises(IntegrityError), session.begin_nested():
        row.recipient_id = officer.id
        session.flush()
    session.refresh(row)


def test_changed_terms_keep_the_old_ones_until_both_sides_agree(app: Any) -> None:
    project, officer = chain.adopted_project(), person(Role.officer)
    award = chain.contracted(project, today(), amount_yen=1_000_000, officer=officer)
    contract = award.contracts[0]
    more = operations.Terms(today(), contract.ends_on, 1_500_000, reason="more prototypes")
    with pytest.raises(Stale):
        operations.change_terms(contract, more, contract.version - 1, officer)
    refusing = [Reason("paid-more", Bilingual("x", "x"))]
    TERMS.append(lambda row, yen: refusing if yen < 800_000 else [])
    try:
        less = operations.Terms(today(), contract.ends_on, 700_000, reason="less")
        with pytest.raises(Refused) as paid:
            operations.change_terms(contract, less, contract.version, officer)
        assert codes(paid) == {"paid-more"}
    finally:
        TERMS.pop()
    row = operations.change_terms(contract, more, contract.version, officer)
    assert row.number == 2 and contract.amount_yen == 1_000_000 and contract.status is ContractStatus.in_force
    chain.sign(row, officer)
    assert contract.amount_yen == 1_500_000 and award.status is AwardStatus.contracted
    assert [t.amount_yen for t in queries.terms_of(contract)] == [1_000_000, 1_500_000]


def test_the_fixed_amount_never_exceeds_the_contract(app: Any) -> None:
    """MON-3; the database says so too."""
    project, officer = chain.running_project(), person(Role.officer)
    award = chain.award_of(project)
    contract = award.contracts[0]
    with pytest.raises(OutOfOrder):
        operations.fix_amount(contract, 1, today(), officer)  # nothing was inspected
    operations.receive_report(award, today(), officer, "on paper")
    operations.inspect(award, today(), "seen", officer)
    for yen in (contract.amount_yen + 1, -1):
        with pytest.raises(Refused) as refusal:
            operations.fix_amount(contract, yen, today(), officer)
        assert codes(refusal) == {"above-contract"}
    with pytest.raises(Forbidden):
        operations.fix_amount(contract, 1, today(), chain.lead(project))
    with pytest.raises(IntegrityError), session.begin_nested():
        values = {"fixed_amount_yen": contract.amount_yen + 1, "fixed_on": today()}
        session.execute(update(Contract).where(Contract.id == contract.id).values(**values))
    operations.fix_amount(contract, 0, today(), officer)
    with pytest.raises(OutOfOrder):
        operations.fix_amount(contract, 1, today(), officer)  # once


def test_endings_take_the_project_along(app: Any) -> None:
    officer = person(Role.officer)
    running = chain.award_of(chain.running_project())
    with pytest.raises(OutOfOrder):
        operations.withdraw(running, today(), "x", officer)  # it has begun: that would be a termination
    operations.suspend(running, today(), "a fire", officer)
    operations.terminate(running, today(), "no money left", officer)
    assert (running.status, running.project.status.value) == (AwardStatus.terminated, "terminated")
    kinds = [(b.kind, b.ends_on) for b in queries.breaks_of(running)]
    assert kinds == [(BreakKind.suspended, today()), (BreakKind.terminated, None)]
    assert "no money left" in letters(running, "terminated")[0]["body"]
    operations.fix_amount(running.contracts[0], 10, today(), officer)  # what was spent until then
    operations.settle(running.contracts[0], officer)
    operations.claim_repayment(running, "advances", officer)
    operations.close(running, officer)

    withdrawn = chain.award_of(chain.adopted_project())
    with pytest.raises(Refused) as unbegun:
        operations.terminate(chain.contracted(chain.adopted_project()), today(), "x", officer)
    assert codes(unbegun) == {"project-not-started"}
    projects.end(withdrawn.project, "withdraw", today(), "another plan", officer)  # the overview page's own button
    assert withdrawn.status is AwardStatus.withdrawn

    revoked = chain.award_of(chain.completed_project())
    operations.revoke(revoked, today(), "false invoices", officer)
    assert (revoked.status, revoked.project.status.value) == (AwardStatus.revoked, "completed")  # the fact stands


def test_a_corrected_decision_begins_the_assessment_anew_until_a_contract_is_made(app: Any) -> None:
    project, officer = chain.adopted_project(), person(Role.officer)
    award = chain.assessed(project, officer)
    project.amount_yen = (project.amount_yen or 0) - 1_000
    projects.share_out(project, project.application, project.amount_yen)
    operations.corrected(project, officer)
    assert award.agreed_at is None and sum(x.assessed_yen for x in queries.lines_of(award)) == project.amount_yen
    signed = chain.contracted(chain.adopted_project())
    with pytest.raises(Refused) as made:
        operations.corrected(signed.project, officer)
    assert codes(made) == {"contract-made"}


def test_taking_back_asks_for_new_terms(app: Any) -> None:
    project, officer = chain.adopted_project(), person(Role.officer)
    award, end = chain.assessed(project, officer), fiscal_year_end(fiscal_year(today()))
    row = operations.offer(award, operations.Terms(today(), end, 1_000), award.version, officer)
    operations.take_back(award, "a wrong rate", award.version, officer)
    operations.send_assessment(award, award.version, officer)
    operations.agree(award, "Lead", award.version, chain.lead(project))
    with pytest.raises(Refused) as changed:
        operations.confirm(row, "A", row.version, row.sha256, officer)
    assert codes(changed) == {"budget-changed"}


def test_recused_officers_find_nothing(app: Any, client_for: Any) -> None:
    """reliability B23."""
    project = chain.running_project()
    award, recused = chain.award_of(project), person(Role.officer, of=project.participants[0].organisation)
    office = client_for(recused)
    for address in ("", "/costs", "/checklist", f"/contracts/{award.contracts[0].id}/terms/1", "/suspend"):
        assert office.get(f"/projects/{project.id}/agreement{address}").status_code == 404
        assert client_for(person(Role.officer)).get(f"/projects/{project.id}/agreement{address}").status_code == 200
    assert project.project_key not in office.get("/awards").text
    assert queries.waiting_for_office(recused) == []
    with pytest.raises(Forbidden):
        operations.suspend(award, today(), "x", recused)


def test_the_paper_in_both_languages(app: Any, tmp_path: Path) -> None:
    project, officer = chain.adopted_project("new_collaboration"), person(Role.officer)
    begin, end = date(2026, 4, 1), date(2028, 3, 31)
    award = chain.contracted(project, begin, end, amount_yen=12_345_678, officer=officer, rate=6_667)
    terms = queries.latest_terms(award.contracts[0])
    assert terms is not None and terms.document is not None and terms.signed_document is not None
    for document, signed in ((terms.document, False), (terms.signed_document, True)):
        path = tmp_path / f"{signed}.pdf"
        path.write_bytes(pdf.render(document.template, document.locale, document.context))
        read = subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
        ).stdout
        for words in (
            "交付決定通知書", "Grant decision", "金12,345,678円", "12,345,678 yen", "令和8年4月1日から令和10年3月31日まで",
            "66.67%", "経費の内訳", "確定検査を経て", "Books and evidence", terms.sha256[:20], "a condition",
        ):  # fmt: skip
            assert words in read, words
        assert ("A. Signer" not in read) and (officer.name in read) is signed
        assert ("双方の確認前" in read) is not signed


def test_projects_that_ran_before_get_an_award_by_the_migration(app: Any) -> None:
    running, adopted = chain.running_project(), chain.adopted_project()
    for table in ("contract_terms", "contract", "assessed_line", "setup_item", "award_break", "award"):
        session.execute(text(f"delete from {table}"))
    session.execute(delete(Award))
    session.expire_all()
    path = next((Path(__file__).parents[3] / "migrations" / "versions").glob("0014_*.py"))
    spec = importlib.util.spec_from_file_location("m0014", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with Operations.context(MigrationContext.configure(session.connection())):
        module._carry_over()
    award = chain.award_of(running)
    assert (award.status, award.carried_over) == (AwardStatus.running, True)
    contract = queries.current_contract(award)
    assert contract is not None and running.started_on is not None
    assert (contract.amount_yen, contract.fiscal_year) == (running.amount_yen, fiscal_year(running.started_on))
    assert chain.award_of(adopted).status is AwardStatus.adopted and not chain.award_of(adopted).contracts
    operations.assess(chain.award_of(adopted), person(Role.officer))
    assert len(queries.checklist_of(chain.award_of(adopted))) == 9


def test_the_next_contract_is_prepared_before_the_year_is_settled_and_confirmed_after_it(app: Any) -> None:
    """domain.md 12: settled, then contracted for the next fiscal year; the text may be there on 1 April."""
    project, officer, begin = chain.adopted_project(), person(Role.officer), last_year()
    award = chain.contracted(project, begin, amount_yen=5_000_000, officer=officer)
    from app.milestones import operations as milestones

    milestones.start(project, begin, begin + timedelta(days=500), officer)
    evaluated(award, officer, operations.Verdict("go_on"))
    first = date(fiscal_year(begin) + 1, 4, 1)
    terms = operations.Terms(first, fiscal_year_end(fiscal_year(first)), 1_000_000)
    row = operations.offer(award, terms, award.version, officer)
    assert letters(award, "prepared") and not letters(award, f"offered:{row.id}")
    assert (award.status, row.contract.status) == (AwardStatus.running, ContractStatus.offered)
    for who in (officer, chain.lead(project)):
        with pytest.raises(Refused) as early:
            operations.confirm(row, who.name, row.version, row.sha256, who)
        assert codes(early) == {"settle-first"}
    assert not any("Confirm" in wait.what.en for wait in queries.waits_of([award])[award.id])
    close_year(award, officer)
    assert letters(award, f"offered:{row.id}")  # now it waits for both sides
    chain.sign(row, officer)
    assert award.status is AwardStatus.contracted and queries.current_contract(award) is row.contract
