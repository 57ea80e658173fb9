"""Wrong, odd and hostile input: a message at the field, what was typed kept, never an error of ours."""

from io import BytesIO
from typing import Any

import pikepdf
import pytest

from app.applications import queries
from app.applications.models import Application
from app.core.db import session
from tests.factories import proposals
from tests.factories.people import organisation, person

AMOUNTS = (
    "-1",
    "0.5",
    "1e400",
    "1e999999",
    "NaN",
    "Infinity",
    "1_000",
    "٣",
    "9" * 5000,
    "1000000000001",
    "１０００．５",
    "--",
    "abc",
)


def test_amounts_that_are_none(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = application.members[0]
    browser = client_for(proposals.lead_of(application))
    url = f"/applications/{application.id}/members/{member.id}"
    before = application.version
    for text in AMOUNTS:
        answer = browser.post(url, data={"version": before, "b_2027_LAB": text})
        assert answer.status_code == 422 and "whole number of yen" in answer.text, text[:20]
    for text in ("１，０００，０００円", "¥2,000", "0", "1000000000000"):
        session.expire_all()
        answer = browser.post(url, data={"version": application.version, "b_2027_LAB": text})
        assert answer.status_code == 303, text


def test_dates_that_are_none(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    url = f"/applications/{application.id}/basics"
    data = {"version": application.version, "frame_id": application.frame_id}
    for text in (
        "2026-02-30",
        "2026-13-01",
        "0000-01-01",
        "平成40年1月1日",
        "tomorrow",
        "2026",
        "\x00",
        "9999999999-01-01",
    ):
        answer = browser.post(url, data={**data, "starts_on": text})
        assert answer.status_code == 422, text
    reversed_ = browser.post(url, data={**data, "starts_on": "2028-04-01", "ends_on": "2027-03-31"})
    assert reversed_.status_code == 303  # a draft may stand so for a while; the rule says it and handing in refuses it
    session.expire_all()
    assert any(f.rule.id == "GEN-3" and f.blocks for f in queries.findings(application))
    for text in ("0001-01-01", "9999-12-31"):  # odd, but dates: the pages stand, the rules speak
        session.expire_all()
        version = application.version
        good = browser.post(url, data={**data, "version": version, "starts_on": "0001-01-01", "ends_on": text})
        assert good.status_code in (303, 422)
        for path in ("", "/submit", "/members", f"/members/{application.members[0].id}"):
            assert browser.get(f"/applications/{application.id}{path}").status_code == 200


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\x1b[31m"])
def test_characters_that_no_text_holds(app: Any, client_for: Any, text: str) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    body = f"version={application.version}&frame_id={application.frame_id}&abstract=".encode()
    body += "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass")).encode()
    url = f"/applications/{application.id}/basics"
    answer = browser.post(url, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (303, 422)  # a lone surrogate arrives as the sign for “unreadable”
    root = f"/applications/{application.id}/members"
    assert browser.get(f"{root}?q={body.decode().split('abstract=')[1]}").status_code == 200


def test_texts_over_their_limit_are_refused_and_kept(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    url = f"/applications/{application.id}/basics"
    data = {"version": application.version, "frame_id": application.frame_id}
    answer = browser.post(url, data={**data, "abstract": "連" * 4001})
    assert answer.status_code == 422 and "4001 characters" in answer.text and "連" * 4001 in answer.text
    assert browser.post(url, data={**data, "title_en": "x" * 201}).status_code == 422
    assert browser.post(url, data={**data, "abstract": "連" * 4000}).status_code == 303


def test_markup_stays_text(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft(title_en="<script>alert(1)</script>%(x)s{0.__class__}")
    page = client_for(proposals.lead_of(application)).get(f"/applications/{application.id}?lang=en").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "{0.__class__}" in page


def test_codes_ids_and_versions_that_do_not_exist(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    other = proposals.complete_draft(application.call)
    browser = client_for(proposals.lead_of(application))
    root = f"/applications/{application.id}"
    for data in (
        {"frame_id": "999999"}, {"frame_id": "x"}, {"frame_id": application.frame_id, "field": "none"}, {"frame_id": ""},
        {"frame_id": application.frame_id, "version": "x"},
    ):  # fmt: skip
        assert browser.post(root + "/basics", data={"version": application.version, **data}).status_code == 422, data
    for version in ("", "0", "-1", "9" * 30):
        answer = browser.post(root + "/basics", data={"version": version, "frame_id": application.frame_id})
        assert answer.status_code in (409, 422), version
    for path in (f"/members/{other.members[0].id}", "/members/999999999", "/members/0"):
        assert browser.get(root + path).status_code == 404
    foreign = queries.current_attachments(other)[0]
    assert browser.get(f"{root}/files/{foreign.id}").status_code == 404
    assert browser.post(f"{root}/files/{foreign.id}/remove").status_code == 404
    for path in ("/applications/0", "/applications/99999999999999999999", "/applications/x", "/applications/-1",
                 "/calls/99999999999999999999", "/receipts/%00", "/invitations/%00", "/invitations/%ff"):  # fmt: skip
        assert browser.get(path).status_code in (404, 200), path
    milestones = {"version": application.version, "m0_goal": "g", "m0_target_value": "1", "m0_due_on": "2028-01-01"}
    stranger = organisation()
    assert browser.post(root + "/milestones", data={**milestones, "m0_organisation_id": stranger.id}).status_code == 422
    assert browser.post(root + "/milestones", data={**milestones, "m0_target_value": "NaN"}).status_code == 422
    half = browser.post(root + "/milestones", data={**milestones, "m0_due_on": ""})  # a draft may be incomplete
    assert half.status_code == 303
    session.expire_all()
    assert any(f.rule.id == "GEN-8" and f.blocks for f in queries.findings(application))


def test_fields_that_a_form_does_not_have_change_nothing(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    before = {c.name: getattr(application, c.name) for c in Application.__table__.columns}
    forged = {"status": "adopted", "submitted_at": "2026-01-01", "total_yen": "1", "call_id": "1", "number": "X",
              "lead_organisation_id": "1", "is_synthetic": "y"}  # fmt: skip
    data = {"version": application.version, "frame_id": application.frame_id, "title_en": "T", **forged}
    assert browser.post(f"/applications/{application.id}/basics", data=data).status_code == 303
    session.expire_all()
    for name in forged:
        assert getattr(application, name) == before[name], name


def _script() -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_files_that_are_no_sound_pdf(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    document = application.call.documents[0]
    url = f"/applications/{application.id}/documents/{document.id}"
    kept = queries.current_attachments(application)[0].id
    for data in (b"", b"<html>", b"MZ\x90", b"%PDF-1.7 broken", proposals.pdf_bytes("x")[:200], _script()):
        answer = browser.post(url, data={"file": (BytesIO(data), "plan.pdf")})
        assert answer.status_code == 422, data[:20]
    assert browser.post(url, data={}).status_code == 422
    session.expire_all()
    assert queries.current_attachments(application)[0].id == kept
    name = '../../計画\x00 "x".pdf'
    sent = {"file": (BytesIO(proposals.pdf_bytes("new")), name), "replaces": kept}
    assert browser.post(url, data=sent).status_code == 303
    session.expire_all()
    (row,) = [a for a in queries.current_attachments(application) if a.document_id == document.id]
    assert row.id != kept and "/" not in row.file.name
    answer = browser.get(f"/applications/{application.id}/files/{row.id}")
    assert answer.data == proposals.pdf_bytes("new")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    )
    assert browser.get(f"/applications/{application.id}/files/{kept}").status_code == 404
    wrong = f"/applications/{application.id}/documents/999999"
    assert browser.post(wrong, data={"file": (BytesIO(proposals.pdf_bytes()), "a.pdf")}).status_code == 404
    assert browser.post(f"/applications/{application.id}/files/{row.id}/remove").status_code == 303
    assert browser.post(f"/applications/{application.id}/files/{row.id}/remove").status_code == 404


def test_starting_for_a_foreign_organisation_or_a_draft_call(app: Any, client_for: Any) -> None:
    call, hidden = proposals.open_call(), proposals.draft_call(fiscal_year=2050)
    user = person("applicant", of=organisation("foundation_association"))
    browser = client_for(user)
    assert browser.post(f"/calls/{call.id}/start", data={"organisation_id": organisation().id}).status_code == 422
    assert browser.post(f"/calls/{call.id}/start", data={"organisation_id": ""}).status_code == 422
    assert browser.get(f"/calls/{hidden.id}/start").status_code == 404
    alone = client_for(person("applicant"))
    assert "not registered as acting" in alone.get(f"/calls/{call.id}/start?lang=en").text
    assert client_for(person("officer")).get(f"/calls/{call.id}/start").status_code == 403
