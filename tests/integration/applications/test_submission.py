"""Handing in: the receipt, the frozen text, the same request again, the deadline to the second."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from app.applications import operations, queries
from app.applications.choices import ApplicationStatus
from app.applications.models import Submission
from app.calls.choices import Programme
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.http import ARRIVAL
from app.core.outbox import OutboxItem
from app.core.pdf import Document, render
from tests.factories import proposals
from tests.factories.people import person

pytestmark = pytest.mark.both_databases


def test_the_frozen_text_is_canonical_complete_and_hashed(app: Any) -> None:
    application = proposals.complete_draft()
    row = proposals.submit(application)
    content = json.loads(row.snapshot)
    assert json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")) == row.snapshot
    assert hashlib.sha256(row.snapshot.encode()).hexdigest() == row.sha256
    assert content["application"]["title_ja"] == application.title_ja and "低消費電力" in row.snapshot
    sealed = [json.loads(part.content) for part in row.sealed]
    lines = [line for part in sealed for line in part["budget"]]
    assert [hashlib.sha256(part.content.encode()).hexdigest() for part in row.sealed] == [
        m["sealed_sha256"] for m in content["members"]
    ]
    assert sum(yen for _fy, _item, yen in lines) == content["application"]["total_yen"] == application.total_yen
    assert {f["sha256"] for f in content["attachments"]} == {
        a.file.sha256 for a in queries.current_attachments(application)
    }
    assert {r["state"] for r in content["rules"]} <= {"ok", "not_applicable"}
    assert len(content["milestones"]) == 1 and content["plan"]["years"][0] == [1, 10_000_000, 3_000_000]
    assert application.submitted_at == row.arrived_at and row.receipt_number.startswith(f"R-{row.arrived_at.year}")


def test_everybody_in_the_consortium_gets_one_letter_and_a_pdf_is_ordered(app: Any) -> None:
    application = proposals.complete_draft()
    people = queries.people_of(application.id)
    people[0].locale = "ja"
    row = proposals.submit(application)
    letters = session.query(OutboxItem).filter(OutboxItem.dedupe_key.startswith(f"receipt:{row.id}:")).all()
    assert {item.payload["to"] for item in letters} == {p.email for p in people} and len(letters) == len(people)
    subjects = {item.payload["to"]: item.payload["subject"] for item in letters}
    assert subjects[people[0].email].startswith("【Renkei】") and subjects[people[1].email].startswith("[Renkei]")
    assert all(row.receipt_number in item.payload["body"] and row.sha256 in item.payload["body"] for item in letters)
    document = session.get(Document, row.document_id)
    assert document is not None and render(document.template, "ja", document.context).startswith(b"%PDF-")


def test_the_same_request_again_gives_the_same_receipt_and_another_is_out_of_order(app: Any) -> None:
    application = proposals.complete_draft()
    lead, key = proposals.lead_of(application), "k" * 32
    first = operations.submit(application, key, actor=lead, arrived=now())
    for _ in range(3):
        assert operations.submit(application, key, actor=lead, arrived=now()).id == first.id
    with pytest.raises(OutOfOrder):
        operations.submit(application, "l" * 32, actor=lead, arrived=now())
    with pytest.raises(Forbidden):
        operations.submit(application, key, actor=proposals.partner_of(application), arrived=now())
    assert session.query(Submission).filter_by(application_id=application.id).count() == 1
    other = proposals.complete_draft(application.call)
    with pytest.raises(Forbidden):
        operations.submit(other, key, actor=proposals.lead_of(other), arrived=now())
    for bad in ("", "short", "x" * 65, "é" * 20, "a b" * 10):
        with pytest.raises(Refused):
            operations.submit(other, bad, actor=proposals.lead_of(other), arrived=now())


def test_a_refusal_lists_everything_that_does_not_hold(app: Any, client_for: Any) -> None:
    application = proposals.draft()
    browser = client_for(proposals.lead_of(application))
    answer = browser.post(f"/applications/{application.id}/submit?lang=en", data={"idempotency_key": "k" * 32})
    assert answer.status_code == 422
    for rule in ("CON-4", "CON-5", "CON-6", "GEN-1", "GEN-4", "GEN-7", "GEN-9", "GEN-10"):
        assert f"({rule})" in answer.text, rule
    session.expire_all()
    assert application.status == ApplicationStatus.draft and queries.submission_of(application.id) is None


def _at(instant: Any) -> dict[str, Any]:
    return {"environ_overrides": {ARRIVAL: instant.timestamp()}}


def test_the_deadline_to_the_microsecond(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    application = proposals.complete_draft(call)
    closes = call.closes_at
    browser = client_for(proposals.lead_of(application))
    url, data = f"/applications/{application.id}/submit", {"idempotency_key": "k" * 32}
    for late in (closes, closes + timedelta(milliseconds=100), closes + timedelta(days=1)):
        answer = browser.post(url, data=data, **_at(late))
        assert answer.status_code == 422 and "The call closed at" in answer.text
    early = browser.post(url, data=data, **_at(call.opens_at - timedelta(seconds=1)))
    assert early.status_code == 422 and "The call opens at" in early.text
    in_time = browser.post(url, data=data, **_at(closes - timedelta(milliseconds=1)))
    assert in_time.status_code == 303
    # the same request once more, after the deadline: the receipt that exists
    assert browser.post(url, data=data, **_at(closes + timedelta(seconds=5))).status_code == 303
    session.expire_all()
    assert queries.submission_of(application.id).arrived_at < closes  # type: ignore[union-attr]


def test_a_draft_saved_after_the_deadline_keeps_what_was_typed(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    late = _at(application.call.closes_at)
    root, member = f"/applications/{application.id}", application.members[0]
    data = {"version": application.version, "frame_id": application.frame_id, "abstract": "Typed very late"}
    for path, more, typed in (
        ("/basics", data, "Typed very late"),
        ("/plan", {"version": application.version, "product": "A late product"}, "A late product"),
        ("/milestones", {"version": application.version, "m0_goal": "A late goal", "m0_target_value": "1",
                         "m0_due_on": "2028-01-01"}, "A late goal"),
        (f"/members/{member.id}", {"version": application.version, "resources": "A late share"}, "A late share"),
    ):  # fmt: skip
        answer = browser.post(root + path, data=more, **late)
        assert answer.status_code == 422 and "The call closed at" in answer.text and typed in answer.text, path
    session.expire_all()
    assert application.abstract != "Typed very late"
    assert client_for(person("applicant")).post(f"/calls/{application.call_id}/start", **late).status_code == 422


def test_the_receipt_is_checked_by_number_and_hash_together(app: Any, client: Any) -> None:
    application = proposals.complete_draft()
    row = proposals.submit(application)
    url = f"/receipts/{row.receipt_number}"
    assert client.get(url).status_code == 200 and row.sha256 not in client.get(url).text
    right = client.get(url, query_string={"prefix": row.sha256[:8].upper()})
    assert right.status_code == 200 and row.sha256 in right.text
    for secret in (application.number, application.title_en, application.title_ja):
        assert secret not in right.text
    wrong = client.get(url, query_string={"prefix": "0123456789"})
    unknown = client.get("/receipts/R-2026-999999", query_string={"prefix": "0123456789"})
    assert wrong.status_code == unknown.status_code == 200 and row.sha256 not in wrong.text
    assert client.get(url, query_string={"prefix": row.sha256[:7]}).status_code == 422
    assert client.get(url, query_string={"prefix": "\x00é" + "x" * 90}).status_code == 422


def test_withdrawing_before_and_after_but_not_once_screened(app: Any, client_for: Any) -> None:
    draft = proposals.draft()
    browser = client_for(proposals.lead_of(draft))
    url = f"/applications/{draft.id}/withdraw"
    assert browser.post(url, data={"version": draft.version + 1}).status_code == 409
    assert browser.post(url, data={"version": draft.version, "reason": "no"}).status_code == 303
    assert browser.post(url, data={"version": draft.version}).status_code == 409
    officer = client_for(person("officer"))
    assert officer.get(f"/applications/{draft.id}").status_code == 404  # a draft that was withdrawn stays private
    handed_in = proposals.submitted()
    operations.withdraw(handed_in, "", handed_in.version, actor=proposals.lead_of(handed_in))
    assert officer.get(f"/applications/{handed_in.id}").status_code == 200
    reviewed = proposals.under_review()
    with pytest.raises(OutOfOrder):
        operations.withdraw(reviewed, "", reviewed.version, actor=proposals.lead_of(reviewed))


def test_screening_keeps_the_rules_of_the_moment_and_tells_the_applicants(app: Any) -> None:
    application, officer = proposals.submitted(), person("officer")
    with pytest.raises(Stale):
        operations.screen(application, True, "", application.version + 1, actor=officer)
    with pytest.raises(Forbidden):
        operations.screen(application, True, "", application.version, actor=person("auditor"))
    row = operations.screen(application, False, "The seed is missing.", application.version, actor=officer)
    assert application.status == ApplicationStatus.ineligible
    assert {r["rule"] for r in row.rule_results} == {f.rule.id for f in queries.findings(application)}
    letters = session.query(OutboxItem).filter(OutboxItem.dedupe_key.startswith(f"ineligible:{application.id}:")).all()
    assert len(letters) == len(queries.people_of(application.id))
    assert all("The seed is missing." in item.payload["body"] for item in letters)
    with pytest.raises(OutOfOrder):
        operations.screen(application, True, "", application.version, actor=officer)


def test_numbers_run_within_their_series(app: Any) -> None:
    call = proposals.open_call(Programme.new_collaboration, fiscal_year=2031)
    numbers = [proposals.draft(call).number for _ in range(3)]
    assert numbers == [f"N2031-{call.round}-{n:04d}" for n in (1, 2, 3)]
    years = {proposals.submit(proposals.complete_draft(call)).receipt_number for _ in range(2)}
    assert len(years) == 2
