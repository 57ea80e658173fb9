"""Every address that names an application, asked by those it does not concern; new addresses are covered by themselves.

A1, A4, A8, C42 of the cases: strangers, partners at the lead's buttons, forged forms.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from app.applications import operations, queries
from app.core.clock import now
from app.core.db import session
from tests.factories import chain, proposals
from tests.factories.people import person
from tests.support import dump

NOWHERE = 987_654


def _rules(app: Any) -> Iterator[tuple[str, Any]]:
    """Every address about one application, with its method."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        if "<int:application_id>" in rule.rule:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule


def _values(application: Any) -> dict[str, Any]:
    """What stands in such addresses, of things that exist."""
    member, attached = application.members[1], queries.current_attachments(application)[0]
    lead = proposals.lead_of(application)
    upload = None
    if application.submitted_at is None:
        chosen = operations.Chosen("part.pdf", 1000)
        upload = operations.begin_upload(
            application, attached.document_id, chosen, attached.id, actor=lead, arrived=now()
        )
    return {
        "application_id": application.id, "member_id": member.id, "attachment_id": attached.id,
        "document_id": attached.document_id, "part_key": f"share-{member.id}", "section_key": "answers-1",
        "upload_key": upload.key if upload else "x" * 32, "invitation_id": 1, "earlier": 1, "later": 1,
        "likeness_id": 1, "event": "confirm", "user_id": lead.id,
    }  # fmt: skip


def _address(rule: Any, values: dict[str, Any]) -> str:
    """The address with what exists; a row nobody named here is number 1."""
    path = re.sub(r"<any\(([^,)]+)[^)]*\):\w+>", lambda m: m[1].strip(), rule.rule)
    path = re.sub(r"<int:(\w+_id)>", lambda m: str(values.get(m[1], 1)), path)
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), path)


def _looks(answer: Any, application_id: int) -> tuple[int, dict[str, str], str]:
    """What a guesser can compare: status, headers, body; without the clock and the number that was asked for."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("Date", "Set-Cookie")}
    headers.pop("Content-Length", None)
    body = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?|\d\d:\d\d:\d\d", "", answer.get_data(as_text=True))
    body = re.sub(r'(csrf_token" value=|next=)[^>]*', "", body)
    return answer.status_code, headers, re.sub(rf"applications/{application_id}\b", "applications/N", body)


@pytest.mark.parametrize("handed_in", [False, True])
def test_a_foreign_application_looks_like_none_on_every_door(app: Any, client_for: Any, handed_in: bool) -> None:
    """A1, A4: the same answer for somebody else's application as for a number that was never given."""
    application = proposals.complete_draft()
    values = _values(application)
    if handed_in:
        proposals.submit(application)
    own = proposals.draft()  # the stranger applies as well, for itself
    stranger = client_for(proposals.lead_of(own))
    session.commit()
    before, asked = dump.digests(), 0
    for method, rule in _rules(app):
        found = [
            _looks(stranger.open(_address(rule, {**values, "application_id": key}), method=method, data={}), key)
            for key in (application.id, NOWHERE)
        ]
        assert found[0] == found[1], (method, rule.rule)
        assert found[0][0] in (403, 404), (method, rule.rule, found[0][0])
        asked += 1
    assert asked > 60
    assert dump.digests() == before


def test_a_partner_cannot_press_the_leads_buttons(app: Any, client_for: Any) -> None:
    """A8: what the lead decides is refused to a partner, whatever the form holds, and its pages show no such button."""
    application = proposals.complete_draft()
    own, other = application.members[2], application.members[1]
    values = {**_values(application), "member_id": other.id, "part_key": "basics"}
    partner = client_for(proposals.person_of(own))
    root = f"/applications/{application.id}"
    data = {
        "version": application.version, "idempotency_key": "k" * 24, "title_en": "Taken over", "wanted": "1",
        "email": "friend@test.example", "locale": "en", "role": "implementer", "right": "sign", "field": "title_en",
        "value": "Taken over", "organisation_id": own.organisation_id, "member_id": own.id, "reason": "mine",
        "user_id": proposals.lead_of(application).id, "name": "plan.pdf", "size": "10", "confirmed_name": "Me",
    }  # fmt: skip
    session.commit()
    before = dump.digests()
    theirs = {"applications.presence", "correspondence.write", "correspondence.mark_read"}  # of the whole consortium
    for method, rule in _rules(app):
        if method == "POST" and rule.endpoint not in theirs:
            status = partner.open(_address(rule, values), method=method, data=data).status_code
            assert status in (400, 403, 404, 409, 415, 422), (rule.rule, status)
    assert dump.digests() == before
    page = partner.get(root).text
    for verb in ("submit", "withdraw", "insurance", "members/new", "correct", "lead"):
        assert f'action="{root}/{verb}"' not in page, verb


def test_forged_forms_change_nothing(app: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """C42: without a token, with somebody else's, and as plain text that pretends to be JSON."""
    application = proposals.complete_draft()
    lead = proposals.lead_of(application)
    values = {**_values(application), "part_key": "basics"}
    browser, other = client_for(lead), client_for(proposals.partner_of(application))
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    page = other.get(f"/applications/{application.id}").text
    foreign = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert foreign is not None
    browser.get(f"/applications/{application.id}")  # has a token of its own now
    session.commit()
    before = dump.digests()
    data = {"version": application.version, "idempotency_key": "k" * 24, "field": "abstract", "value": "forged",
            "wanted": "1", "text": "forged"}  # fmt: skip
    tried = 0
    for method, rule in _rules(app):
        if method != "POST":
            continue
        address, tried = _address(rule, values), tried + 1
        for forged in (
            {"data": data},
            {"data": {**data, "csrf_token": foreign[1]}},
            {"data": '{"value": "forged"}', "content_type": "text/plain"},
            {"data": b"forged", "content_type": "application/octet-stream", "headers": {"Upload-Offset": "0"}},
            {"data": {"file": (BytesIO(b"%PDF-1.7"), "a.pdf")}, "headers": {"Origin": "https://evil.example"}},
        ):
            assert browser.post(address, **forged).status_code == 400, (rule.rule, forged)
    assert tried > 35
    assert dump.digests() == before


def test_nothing_that_a_form_does_not_hold_is_taken_from_it(app: Any, client_for: Any) -> None:
    """A7 on the doors that save one field, answers, a share, the budget."""
    application = proposals.complete_draft()
    lead, member = proposals.lead_of(application), application.members[1]
    browser = client_for(lead)
    columns = {c.name for model in (type(application), type(member)) for c in model.__table__.columns}
    forged = {name: "1" for name in columns | {"score", "decision", "owner_id", "is_cluster_firm", "lead_fills"}}
    root = f"/applications/{application.id}"
    session.commit()
    before = dump.digests()
    for part in ("basics", "plan", "milestones", f"share-{member.id}"):
        for name in ("status", "submitted_at", "call_id", "number", "total_yen", "lead_organisation_id", "id",
                     "application_id", "lead_fills", "confirmed_at", "confirmed_name", "version", "__class__"):  # fmt: skip
            answer = browser.post(
                f"{root}/parts/{part}/field", data={"field": name, "value": "1", "version": application.version}
            )
            assert answer.status_code == 422 and answer.json["kind"] == "wrong", (part, name)
    assert dump.digests() == before
    guarded = ("status", "number", "call_id", "submitted_at", "lead_organisation_id", "insured_at", "created_at")
    stood = {name: getattr(application, name) for name in guarded}
    share = {name: getattr(member, name) for name in ("lead_fills", "organisation_id", "role", "application_id")}
    kept = {"version", "title_en", "frame_id", "role"}
    for path in ("/basics", "/plan", f"/members/{member.id}", f"/budget/{member.id}", "/answers/answers-1"):
        data = {key: value for key, value in forged.items() if key not in kept}
        browser.post(root + path, data={**data, "version": application.version})
        session.expire_all()
        assert {name: getattr(application, name) for name in guarded} == stood, path
        assert {name: getattr(member, name) for name in share} == share, path


def test_a_former_member_loses_every_door_at_once(app: Any, client_for: Any) -> None:
    """B25: after leaving, the same 404 as for a stranger on every address that was open a moment ago."""
    application = proposals.complete_draft()
    member = application.members[1]
    former = proposals.person_of(member)
    values, browser = _values(application), client_for(former)
    opened = [
        address
        for method, rule in _rules(app)
        if method == "GET"
        for address in [_address(rule, values)]
        if browser.get(address).status_code == 200
    ]
    assert len(opened) >= 8
    operations.end_person(application, member, former.id, actor=proposals.lead_of(application))
    for address in opened:
        assert browser.get(address).status_code == 404, address


def test_reviewers_and_administrators_open_no_door_of_a_draft(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    values = _values(application)
    for user in (chain.reviewer(), person("admin"), person("cluster_manager", scope="x")):
        browser = client_for(user)
        for method, rule in _rules(app):
            assert browser.open(_address(rule, values), method=method, data={}).status_code in (403, 404), rule.rule
