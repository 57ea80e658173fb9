"""An officer's findings: evidence asked for and shown, a first sale disputed and brought back."""

from io import BytesIO
from typing import Any

import pytest

from app.accounts.choices import Role
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.outbox import OutboxItem
from app.outcomes import operations, queries
from app.outcomes.choices import ClaimStatus
from app.outcomes.definitions import Level, first_reached
from tests.confidentiality.world import tie
from tests.factories import chain, files
from tests.factories.people import person


def submitted() -> tuple[Any, Any, Any]:
    project = chain.completed_project()
    report, lead = chain.follow_up_of(project), chain.lead(project)
    operations.save(report, chain.answers(project), report.version, lead)
    operations.submit(report, lead)
    return project, report, lead


def test_a_disputed_first_sale_stays_on_record_and_comes_back_with_evidence(app: Any, client_for: Any) -> None:
    project, report, lead = submitted()
    (claim,) = report.claims
    officer = person(Role.officer)
    office, browser = client_for(officer), client_for(lead)
    path = f"/claims/{claim.id}"
    assert office.post(f"{path}/dispute", data={"version": str(claim.version)}).status_code == 422  # a reason is needed
    said = {"version": str(claim.version), "remarks": "the invoice is of another product"}
    assert office.post(f"{path}/dispute", data=said).status_code == 303
    assert office.post(f"{path}/dispute", data=said).status_code == 409
    session.expire_all()
    assert operations.verify(report, 1, "", officer) is None  # the report is in; the claim is not
    assert queries.observations_of(project.id) == []
    assert (claim.stage, claim.first_sale_on is not None) == (3, True)  # what was claimed stays on record
    assert "the invoice is of another product" in browser.get(f"/follow-ups/{report.id}").text
    assert browser.post(f"{path}/answer", data={"answer": ""}).status_code == 422
    upload = {"answer": "here is ours", "file": (BytesIO(files.pdf()), "invoice.pdf")}
    assert browser.post(f"{path}/answer", data=upload).status_code == 303
    page = office.get("/officer/verification").text
    assert project.project_key in page and "gear" in page
    session.expire_all()
    file = claim.requests[-1]
    assert office.get(f"/claims/files/{file.id}").status_code == 200
    assert client_for(person(Role.applicant)).get(f"/claims/files/{file.id}").status_code == 404
    assert report.id in {r.id for r in queries.to_verify(officer)}
    found = {"version": str(claim.version), "evidence_level": "3"}
    assert office.post(f"{path}/verify", data={**found, "evidence_level": ""}).status_code == 422
    assert office.post(f"{path}/verify", data=found).status_code == 303
    session.expire_all()
    (observation,) = queries.observations_of(project.id)
    assert (observation.stage, observation.evidence_level) == (3, 3)
    assert first_reached([observation])[Level.E2].on == report.observed_on
    assert report.id not in {r.id for r in queries.to_verify(officer)}


def test_evidence_is_asked_for_and_answered_before_the_report_is_verified(app: Any) -> None:
    _project, report, lead = submitted()
    (claim,) = report.claims
    officer = person(Role.officer)
    with pytest.raises(Refused):
        operations.ask(claim, "", officer)
    with pytest.raises(Stale):
        operations.ask(claim, "Please show an invoice.", officer, claim.version + 1)
    operations.ask(claim, "Please show an invoice.", officer)
    letters = session.query(OutboxItem).filter(OutboxItem.dedupe_key.like(f"claim:{claim.id}:%")).all()
    assert letters and all("Please show an invoice." in letter.payload["body"] for letter in letters)
    with pytest.raises(Refused) as refusal:
        operations.verify(report, 2, "", officer)
    assert refusal.value.reasons[0].code == "evidence-awaited"
    with pytest.raises(Forbidden):
        operations.answer(claim, "forged", None, person(Role.applicant))
    operations.answer(claim, "It is in the ledger of May.", None, lead)
    assert claim.status is ClaimStatus.reported and claim.requests[0].answer
    assert operations.verify(report, 2, "", officer) is not None
    with pytest.raises(OutOfOrder):
        operations.dispute(claim, "too late", officer)


def test_a_returned_report_keeps_what_was_verified_of_it(app: Any) -> None:
    project, report, lead = submitted()
    (claim,) = report.claims
    officer = person(Role.officer)
    operations.verify_claim(claim, 2, "", officer)
    operations.send_back(report, "jobs are missing", officer)
    operations.save(report, chain.answers(project, sales_yen=9), report.version, lead)
    operations.submit(report, lead)
    assert [c.sales_yen for c in report.claims if c.status is ClaimStatus.verified] == [1_000_000]
    assert len(queries.observations_of(project.id)) == 1


def test_a_recused_officer_and_an_auditor_find_nothing(app: Any, client_for: Any) -> None:
    project, report, _lead = submitted()
    (claim,) = report.claims
    recused, auditor = person(Role.officer), person(Role.auditor)
    tie(recused, project.application)
    office = client_for(recused)
    assert office.get(f"/follow-ups/{report.id}").status_code == 404
    assert office.post(f"/claims/{claim.id}/ask", data={"remarks": "x"}).status_code == 404
    for path in ("/officer/verification", "/officer/follow-ups", "/outcomes"):
        assert project.project_key not in office.get(path).text
    assert client_for(auditor).post(f"/claims/{claim.id}/ask", data={"remarks": "x"}).status_code == 403
    assert project.project_key in client_for(auditor).get("/officer/follow-ups").text
    session.expire_all()
    operations.verify(report, 2, "", person(Role.officer))
    (product_id,) = queries.products_of(project.id)
    assert office.get(f"/products/{product_id}").status_code == 404
    for kind in ("products", "shares", "sales", "records", "observations"):
        assert project.project_key not in office.get(f"/outcomes?kind={kind}&text=").text
    session.expire_all()
    assert queries.product_for(recused, product_id) is None and queries.product_for(auditor, product_id) is not None
