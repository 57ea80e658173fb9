"""The consortium: who sees and changes what, invitations, confirmations."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.applications import operations, policy, queries
from app.applications.choices import EVENTS, MemberRole
from app.applications.models import MemberInvitation, MemberPerson
from app.applications.workflow import MACHINE
from app.core.audit import Event
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Refused
from app.core.outbox import OutboxItem
from app.organisations.models import Organisation
from tests.factories import proposals
from tests.factories.people import organisation, person


def _letters(kind: str) -> list[dict[str, Any]]:
    rows = session.query(OutboxItem).filter(OutboxItem.dedupe_key.startswith(kind)).order_by(OutboxItem.id).all()
    return [row.payload for row in rows]


def _partner_member(application: Any) -> Any:
    return application.members[2]


def _share_data(member: Any, **values: Any) -> dict[str, Any]:
    cells = {f"b_{line.fiscal_year}_{line.cost_item}": line.amount_yen for line in member.budget_lines}
    return {
        "version": member.application.version,
        "resources": member.resources,
        "contribution_pct": member.contribution_pct,
        "jsic": member.jsic or "",
        "contact_name": member.contact_name,
        **({"holds_seed": "y"} if member.holds_seed else {}),
        **cells,
        **values,
    }


def test_strangers_colleagues_and_former_people_see_nothing(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = _partner_member(application)
    colleague = person("applicant", of=member.organisation)  # same organisation, not on this application
    former = proposals.person_of(member)
    lead = proposals.lead_of(application)
    root = f"/applications/{application.id}"
    file = queries.current_attachments(application)[0]
    paths = ("", "/history", "/receipt", "/receipt.json", "/receipt.pdf", "/submit", "/basics", f"/members/{member.id}",
             f"/files/{file.id}")  # fmt: skip
    for user in (colleague, person("applicant"), person("officer"), person("auditor")):
        browser = client_for(user)
        for path in paths:
            assert browser.get(root + path).status_code in (403, 404), path
        assert browser.get(root).status_code == 404
    for role in ("admin", "reviewer", "cluster_manager"):
        assert client_for(person(role)).get(root).status_code == 403
    browser = client_for(former)
    assert browser.get(root).status_code == 200
    assert browser.get(f"{root}/files/{file.id}").status_code == 200
    operations.end_person(application, member, former.id, actor=lead)
    assert browser.get(root).status_code == 404
    assert browser.get(f"{root}/files/{file.id}").status_code == 404
    assert f'href="{root}"' not in browser.get("/applications").text  # what was signed there stays listed, the rest not


def test_a_partner_edits_its_own_share_only_and_sees_others_totals_only(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    own, other = application.members[2], application.members[1]
    operations.save_share(
        application,
        other,
        operations.Share("r", 25, None, True, "c", {(2027, "RNT"): 7_654_321, (2028, "PRT"): 11}),
        other.version,
        actor=proposals.lead_of(application),
        arrived=now(),
    )
    browser = client_for(proposals.person_of(own))
    root = f"/applications/{application.id}"
    page = browser.get(root + "?lang=en").text
    assert "¥7,654,332" in page and "7,654,321" not in page
    assert browser.get(f"{root}/members/{own.id}").status_code == 200
    assert browser.get(f"{root}/members/{other.id}").status_code == 404
    assert browser.post(f"{root}/members/{other.id}", data=_share_data(other)).status_code == 404
    assert browser.post(f"{root}/members/{other.id}/confirm", data={}).status_code == 404
    for path in ("/basics", "/milestones", "/plan", "/members", "/members/new", "/submit", f"/members/{own.id}/remove",
                 "/withdraw"):  # fmt: skip
        assert browser.post(root + path, data={"idempotency_key": "k" * 20}).status_code == 403, path
    for path in ("/basics", "/milestones", "/plan", "/members", "/documents", "/submit"):
        assert browser.get(root + path).status_code == 403, path
    assert f'href="{root}/submit"' not in page
    for line in (f"{root}/receipt.json", f"{root}/receipt.pdf"):
        assert browser.get(line).status_code == 404


def test_a_changed_share_loses_its_confirmation_and_an_unchanged_one_keeps_it(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = _partner_member(application)
    browser = client_for(proposals.person_of(member))
    url = f"/applications/{application.id}/members/{member.id}"
    assert browser.post(url, data=_share_data(member)).status_code == 303
    session.refresh(member)
    assert queries.is_confirmed(member)
    assert browser.post(url, data=_share_data(member, resources="More")).status_code == 303
    session.expire_all()
    assert member.confirmed_at is None and not queries.is_confirmed(member)
    assert any(f.rule.id == "GEN-4" and f.failed for f in queries.findings(application))
    assert browser.post(f"{url}/confirm", data={"version": member.version, "name": "A. Aoki"}).status_code == 422
    right = browser.post(f"{url}/confirm", data={"version": member.version, "name": "A. Aoki", "agree": "y"})
    assert right.status_code == 303
    session.expire_all()
    assert queries.is_confirmed(member) and member.confirmed_name == "A. Aoki"
    with pytest.raises(Forbidden):
        operations.confirm_share(
            application, member, "Lead", member.version, actor=proposals.lead_of(application), arrived=now()
        )


def test_a_change_by_the_lead_or_of_the_role_drops_the_confirmation_too(app: Any) -> None:
    application = proposals.complete_draft()
    lead, member = proposals.lead_of(application), _partner_member(application)
    operations.change_role(application, member, MemberRole.adviser, application.version, actor=lead, arrived=now())
    assert not queries.is_confirmed(member)
    other = application.members[1]
    operations.save_share(
        application, other, operations.Share("x", None, None, False, "", {}), other.version, actor=lead, arrived=now()
    )
    assert not queries.is_confirmed(other)
    assert application.total_yen == sum(line.amount_yen for m in application.members for line in m.budget_lines)


def test_two_saves_of_one_share_the_second_is_shown_both_texts(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = _partner_member(application)
    data = _share_data(member)
    url = f"/applications/{application.id}/members/{member.id}"
    partner, lead = client_for(proposals.person_of(member)), client_for(proposals.lead_of(application))
    assert lead.post(url, data={**data, "resources": "What the lead wrote"}).status_code == 303
    answer = partner.post(url, data={**data, "resources": "What the partner wrote"})
    assert answer.status_code == 409
    assert "What the lead wrote" in answer.text and "What the partner wrote" in answer.text


def test_members_are_added_from_the_register_and_new_ones_registered(app: Any, client_for: Any) -> None:
    application = proposals.draft()
    browser = client_for(proposals.lead_of(application))
    url = f"/applications/{application.id}/members"
    known = organisation("national_university", name_ja="百%大学", name_en="Hundred University")
    assert "Hundred" in browser.get(url, query_string={"q": "百%", "lang": "en"}).text
    assert "Hundred" not in browser.get(url, query_string={"q": "百_大"}).text
    data = {"version": application.version, "organisation_id": known.id, "role": "project_leader"}
    assert browser.post(url, data=data).status_code == 303
    assert browser.post(url, data=data).status_code == 409
    session.expire_all()
    again = browser.post(url, data={**data, "version": application.version})
    assert again.status_code == 422 and "already a member in the role" in again.text
    new = {"new_version": application.version, "new_name_ja": "新会社", "new_org_type": "company_sme",
           "new_role": "implementer", "new_corporate_number": "4000012090002"}  # fmt: skip
    wrong = browser.post(url + "/new", data=new)
    assert wrong.status_code == 422 and "not a corporate number" in wrong.text and "新会社" in wrong.text
    assert browser.post(url + "/new", data={**new, "new_corporate_number": "4-0000-1209-0001"}).status_code == 303
    session.expire_all()
    assert [m.organisation.name_ja for m in application.members][2] == "新会社"
    # the same number again is the same organisation, not a second one
    new |= {"new_version": application.version, "new_corporate_number": "4000012090001", "new_role": "cooperator"}
    assert browser.post(url + "/new", data=new).status_code == 303
    assert session.query(Organisation).filter_by(corporate_number="4000012090001").count() == 1
    session.expire_all()
    gone = application.members[3]
    path = f"{url}/{gone.id}/remove"
    assert browser.post(path, data={"version": application.version}).status_code == 303
    session.expire_all()
    assert len(application.members) == 3
    lead_row = application.members[0]
    refused = browser.post(f"{url}/{lead_row.id}/remove", data={"version": application.version})
    assert refused.status_code == 422
    assert (
        browser.post(url, data={**data, "version": application.version, "organisation_id": 99999999}).status_code == 404
    )


def _invite(application: Any, member: Any, email: str) -> str:
    lead = proposals.lead_of(application)
    actor = lead if policy.may_invite(lead, application, member) else proposals.person_of(member)
    return operations.invite(application, member, email, "en", actor=actor, arrived=now())


def test_an_invited_stranger_makes_an_account_and_joins_once(app: Any, client_for: Any, client: Any) -> None:
    application = proposals.complete_draft()
    member = _partner_member(application)
    browser = client_for(proposals.lead_of(application))
    url = f"/applications/{application.id}/members/{member.id}/invite"
    assert browser.post(url, data={"email": "nobody", "locale": "en"}).status_code == 422
    assert browser.post(url, data={"email": "New.Person@Partner.example", "locale": "en"}).status_code == 303
    letter = _letters("invitation:")[-1]
    assert letter["to"] == "new.person@partner.example" and application.number in letter["subject"]
    token = re.search(r"/invitations/([\w-]+)", letter["body"]).group(1)  # type: ignore[union-attr]
    assert token not in str([row.token_hash for row in session.query(MemberInvitation)])
    before = session.query(MemberPerson).count()
    for _ in range(3):  # robots look at links
        assert client.get(f"/invitations/{token}?lang=en").status_code == 200
    assert session.query(MemberPerson).count() == before
    short = client.post(f"/invitations/{token}", data={"name": "New Person", "password": "short"})
    assert short.status_code == 422
    done = client.post(f"/invitations/{token}", data={"name": "New Person", "password": "a long password"})
    assert done.status_code == 303
    assert client.get(done.location).status_code == 200
    assert session.query(MemberPerson).count() == before + 1
    assert client.get(f"/invitations/{token}").status_code == 410
    assert client.post(f"/invitations/{token}", data={}).status_code == 410
    assert session.query(MemberPerson).count() == before + 1


def test_an_invitation_is_bound_to_its_address_withdrawable_and_ends(app: Any, client_for: Any, client: Any) -> None:
    application = proposals.complete_draft()
    member = _partner_member(application)
    right, wrong = person("reviewer"), person("applicant")
    token = _invite(application, member, right.email)
    assert client_for(wrong).post(f"/invitations/{token}").status_code == 403
    assert client.post(f"/invitations/{token}", data={"name": "X", "password": "a long password"}).status_code == 422
    assert "Sign in to accept" in client.get(f"/invitations/{token}?lang=en").text
    accepted = client_for(right).post(f"/invitations/{token}")
    assert accepted.status_code == 303
    session.expire_all()
    assert right.has_role("applicant") and right.id in {u.id for u in queries.people_of(application.id)}
    assert client_for(right).post(f"/invitations/{token}").status_code == 410

    second = _invite(application, member, "x@partner.example")
    row = queries.invitations_of(application.id)[0]
    lead = client_for(proposals.lead_of(application))
    path = f"/applications/{application.id}/invitations/{row.id}/withdraw"
    assert client_for(proposals.person_of(application.members[1])).post(path).status_code == 403
    assert lead.post(path).status_code == 303
    assert client.get(f"/invitations/{second}").status_code == 410
    assert lead.post(path).status_code == 404

    third = _invite(application, member, "y@partner.example")
    row = queries.invitations_of(application.id)[0]
    row.expires_at = now() - timedelta(seconds=1)
    session.flush()
    assert client.get(f"/invitations/{third}").status_code == 410
    assert client.get("/invitations/unknown").status_code == 404
    assert client.post("/invitations/unknown", data={"name": "x", "password": "a long password"}).status_code == 404


def test_a_new_letter_replaces_the_old_one(app: Any) -> None:
    application = proposals.complete_draft()
    member = _partner_member(application)
    first, second = (_invite(application, member, "z@partner.example") for _ in range(2))
    assert operations.check_invitation(queries.invitation_by_token(second))
    with pytest.raises(Refused):
        operations.check_invitation(queries.invitation_by_token(first))


def test_the_history_names_the_own_people_and_hides_officers(app: Any, client_for: Any) -> None:
    officer = person("officer", name="Officer Ono")
    application = proposals.under_review(officer=officer)
    partner = client_for(proposals.person_of(_partner_member(application)))
    page = partner.get(f"/applications/{application.id}/history?lang=en").text
    assert "Officer Ono" not in page and "programme office" in page
    assert proposals.lead_of(application).name in page
    office = client_for(person("auditor")).get(f"/applications/{application.id}/history?lang=en").text
    assert "Officer Ono" in office


def test_every_event_of_a_proposal_has_words_in_both_languages(app: Any) -> None:
    application = proposals.under_review()
    seen = {row.name for row in session.query(Event).filter_by(subject_type="application", subject_id=application.id)}
    assert seen - set(MACHINE.events) <= set(EVENTS) and len(seen) > 8


def test_the_lead_ends_a_persons_access_from_the_page(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = _partner_member(application)
    partner, lead = proposals.person_of(member), proposals.lead_of(application)
    url = f"/applications/{application.id}/members/{member.id}/end-person"
    theirs, ours = client_for(partner), client_for(lead)
    assert theirs.post(url, data={"user_id": partner.id}).status_code == 422  # nobody removes themselves
    assert theirs.post(url, data={"user_id": lead.id}).status_code == 404
    own = f"/applications/{application.id}/members/{application.members[0].id}/end-person"
    assert ours.post(own, data={"user_id": lead.id}).status_code == 422
    assert ours.post(url, data={"user_id": partner.id}).status_code == 303
    assert theirs.get(f"/applications/{application.id}").status_code == 404
    for key in (partner.id, 99999999999999999999, "x", ""):
        assert ours.post(url, data={"user_id": key}).status_code == 404


def test_ending_a_persons_access_ends_the_open_invitations_too(app: Any) -> None:
    application = proposals.complete_draft()
    lead, former = proposals.lead_of(application), proposals.partner_of(application)
    member = next(m for m in application.members if proposals.person_of(m).id == former.id)
    invitation = operations.invite(application, member, former.email, "en", actor=lead, arrived=now())
    assert invitation is not None
    operations.end_person(application, member, former.id, actor=lead)
    rows = queries.open_invitations_to(member.id, former.id)
    assert list(rows) == []
