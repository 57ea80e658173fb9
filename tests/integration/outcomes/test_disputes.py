"""A verified first sale is doubted: what counts meanwhile, who decides, and that earlier figures stay."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from app.accounts.choices import Role
from app.analytics import queries as analytics
from app.analytics.definitions import Commercialization
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Refused
from app.core.outbox import OutboxItem
from app.outcomes import operations, queries
from app.outcomes.choices import DevState, DisputeStatus
from app.outcomes.definitions import Source, SourceKind, read_source
from app.outcomes.models import EvidenceMark, Observation
from tests.confidentiality.world import tie
from tests.factories import files
from tests.factories.people import person
from tests.integration.outcomes.test_verification import submitted


def verified(level: int = 2) -> tuple[Any, Any, Any, Any, Observation]:
    project, report, lead = submitted()
    verifier = person(Role.officer)
    observation = operations.verify(report, level, "", verifier)
    assert observation is not None
    return project, report, lead, verifier, observation


def reached(project: Any, min_evidence: int, known: Any = None) -> int:
    asked = Commercialization("E2", project.programme, 1990, 2100, today(), known, 0, min_evidence)
    return analytics.measure(asked).count.yes


def sold(project: Any, min_evidence: int) -> Any:
    rows = session.execute(queries.sales_years(min_evidence=min_evidence)).all()
    return [int(row[2]) for row in rows if row[0] == project.id]


def test_a_disputed_sale_counts_as_far_as_it_is_undisputed_until_a_second_officer_decides(
    app: Any, client_for: Any
) -> None:
    project, _report, lead, _verifier, observation = verified()
    officer, second = person(Role.officer), person(Role.officer)
    office, other, browser = client_for(officer), client_for(second), client_for(lead)
    path = f"/observations/{observation.id}/dispute"
    said = {"reason": "the buyer is a sister company", "undisputed": "0", "request": "Show the payment.",
            "due_on": (today() + timedelta(days=7)).isoformat()}  # fmt: skip
    assert "Open the dispute" in office.get(path).text
    assert office.post(path, data={**said, "reason": ""}).status_code == 422
    assert office.post(path, data={**said, "undisputed": "2"}).status_code == 422
    assert office.post(path, data={**said, "due_on": today().isoformat()}).status_code == 422
    opened = office.post(path, data=said)
    assert opened.status_code == 303
    assert other.post(path, data=said).status_code == 422  # one dispute at a time
    session.expire_all()
    (dispute,) = queries.disputes_of(project.id)
    assert [reached(project, least) for least in (0, 1, 2)] == [1, 0, 0] and sold(project, 1) == []
    assert queries.marks_of([observation.id]) == {observation.id: 0}
    letter = session.query(OutboxItem).filter(OutboxItem.dedupe_key.like(f"dispute:{dispute.id}:opened:%")).one()
    assert "Show the payment." in letter.payload["body"] and letter.payload["to"] == lead.email
    here = f"/disputes/{dispute.id}"
    for page in (
        office.get(here),
        browser.get(here),
        office.get(f"/projects/{project.id}/outcomes"),
        office.get("/officer/disputes"),
    ):
        assert page.status_code == 200 and f"/disputes/{dispute.id}" in page.text + here
    assert client_for(person(Role.applicant)).get(here).status_code == 404
    decision = {"decision": "paid by a stranger", "version": str(dispute.version)}
    assert other.post(f"{here}/uphold", data=decision).status_code == 422  # the answer is awaited
    assert browser.post(f"{here}/answer", data={"words": ""}).status_code == 422
    upload = {"words": "see the transfer", "file": (BytesIO(files.pdf()), "transfer.pdf")}
    assert browser.post(f"{here}/answer", data=upload).status_code == 303
    session.expire_all()
    note = dispute.notes[-1]
    assert office.get(f"/disputes/files/{note.id}").status_code == 200
    assert client_for(person(Role.applicant)).get(f"/disputes/files/{note.id}").status_code == 404
    session.expire_all()
    decision["version"] = str(dispute.version)
    assert office.post(f"{here}/uphold", data=decision).status_code == 403  # who opened it does not decide
    assert other.post(f"{here}/uphold", data={**decision, "decision": ""}).status_code == 422
    assert other.post(f"{here}/withdraw", data=decision).status_code == 303
    session.expire_all()
    assert dispute.status is DisputeStatus.withdrawn and [reached(project, n) for n in (0, 2, 3)] == [1, 1, 0]
    assert sold(project, 2) == [1_000_000]


def test_upheld_and_corrected_leave_the_rows_and_what_was_known_before(app: Any, client_for: Any) -> None:
    project, _report, lead, _verifier, observation = verified()
    officer, second, day = person(Role.officer), person(Role.officer), today() + timedelta(days=7)
    dispute = operations.open_dispute(observation, "an order only", "Show the delivery.", -1, day, officer)
    assert reached(project, 0) == 0
    operations.answer_dispute(dispute, "It was an order.", None, lead)
    with pytest.raises(Refused):
        operations.decide_dispute(dispute, "correct", "an order", dispute.version, second)
    correction = operations.Correction(DevState.productization, 2, 2, sales_yen=0)
    operations.decide_dispute(dispute, "correct", "an order", dispute.version, second, correction)
    both = queries.observations_of(project.id)
    assert sorted(o.stage for o in both) == [2, 3] and [
        o.stage for o in queries.observations_of(project.id, counting=True)
    ] == [2]
    (product_id,) = queries.products_of(project.id)
    assert queries.versions_of([product_id])[product_id].first_sale_on is None
    assert [row.sales_yen for row in queries.sales_of([product_id])] == [0]
    assert reached(project, 0) == 0
    yesterday = today() - timedelta(days=1)  # the marks move: known on the day before, the sale stood
    session.flush()
    assert queries.marks_of([observation.id], yesterday) == {}
    page = client_for(officer).get(f"/products/{product_id}?lang=ja").text
    assert f"異議 第{dispute.id}号" in page and "事業化状況報告 第1回" in page and "follow-up 1" not in page
    with pytest.raises(AssertionError):
        session.query(EvidenceMark).first().level = 3
        session.flush()
    session.rollback()


def test_the_consortium_doubts_its_own_word_and_who_verified_it_does_not_decide(app: Any, client_for: Any) -> None:
    project, _report, lead, verifier, observation = verified()
    auditor, recused = person(Role.auditor), person(Role.officer)
    tie(recused, project.application)
    browser = client_for(lead)
    assert (
        browser.post(
            f"/observations/{observation.id}/dispute", data={"reason": "counted twice", "undisputed": "-1"}
        ).status_code
        == 303
    )
    session.expire_all()
    (dispute,) = queries.disputes_of(project.id)
    assert dispute.status is DisputeStatus.answered and not dispute.by_office
    here = f"/disputes/{dispute.id}"
    assert client_for(recused).get(here).status_code == 404 and client_for(auditor).get(here).status_code == 200
    assert client_for(auditor).get(f"/observations/{observation.id}/dispute").status_code == 403
    session.expire_all()
    with pytest.raises(Forbidden):
        operations.decide_dispute(dispute, "uphold", "so it is", dispute.version, verifier)
    operations.decide_dispute(dispute, "uphold", "so it is", dispute.version, person(Role.officer))
    assert reached(project, 0) == 0 and queries.sales_of(queries.products_of(project.id)) == []
    with pytest.raises(Refused):
        operations.open_dispute(observation, "again", "", -1, None, lead)


def test_sources_are_codes_that_read_in_both_languages() -> None:
    report, dispute = Source(SourceKind.report, 2, 2024, "ORG-1"), Source(SourceKind.dispute, 7)
    assert (read_source(report.written), read_source(dispute.written)) == (report, dispute)
    assert read_source("letter of 3 May") is None and report.label.ja == "事業化状況報告 第2回・2024年度(ORG-1)"
