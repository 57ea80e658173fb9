"""Autosave, merging, presence and rights: several people write one draft and nothing is overwritten."""

from datetime import timedelta
from typing import Any

from app.applications import operations, queries
from app.applications.choices import Right
from app.applications.models import DraftChange, MemberPerson, Presence, ShareConfirmation
from app.core.clock import now
from app.core.db import session
from tests.factories import proposals
from tests.factories.people import person


def _second_lead(application: Any, right: Right = Right.sign) -> Any:
    someone = person("applicant", of=application.lead_organisation)
    session.add(MemberPerson(member_id=application.members[0].id, user_id=someone.id, right=right))
    session.flush()
    return someone


def _field(browser: Any, application: Any, part: str, name: str, value: Any, version: int) -> Any:
    return browser.post(
        f"/applications/{application.id}/parts/{part}/field", data={"field": name, "value": value, "version": version}
    )


def test_a_field_is_saved_alone_and_answers_the_new_version(app: Any, client_for: Any) -> None:
    application = proposals.draft()
    browser, version = client_for(proposals.lead_of(application)), application.version
    answer = _field(browser, application, "basics", "abstract", "  What we do  ", version)
    assert answer.status_code == 200 and answer.json["value"] == "What we do" and not answer.json["merged"]
    session.expire_all()
    assert application.abstract == "What we do" and answer.json["version"] == application.version > version
    change = session.query(DraftChange).one()
    assert (change.part, change.field, change.before, change.after) == ("basics", "abstract", "", "What we do")
    assert "GEN-2" in answer.json["rules"] or "abstract" in answer.json["rules"]


def test_every_part_saves_field_by_field(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, member = client_for(proposals.lead_of(application)), application.members[1]
    for part, name, value, stored in (
        ("basics", "starts_on", "令和9年4月1日", "2027-04-01"),
        ("milestones", "m3_goal", "Half a row is kept", "Half a row is kept"),
        ("plan", "sales_7", "1,200,000", "1200000"),
        ("plan", "profit_8", "-5", "-5"),
        ("plan", "trl_start", "3", "3"),
        (f"share-{member.id}", "b_2027_LAB", "１，０００円", "1000"),
        (f"share-{member.id}", "holds_seed", "", ""),
    ):
        session.expire_all()
        answer = _field(browser, application, part, name, value, application.version)
        assert answer.status_code == 200 and answer.json["value"] == stored, (part, name, answer.json)
    session.expire_all()
    assert [m.position for m in application.milestones if m.goal == "Half a row is kept"] == [4]
    assert application.total_yen == sum(line.amount_yen for m in application.members for line in m.budget_lines)


def test_a_wrong_value_is_refused_at_its_field_and_nothing_is_stored(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, version = client_for(proposals.lead_of(application)), application.version
    for part, name, value in (
        ("basics", "starts_on", "tomorrow"),
        ("basics", "frame_id", "999999"),
        ("plan", "sales_1", "many"),
        ("plan", "trl_target", "10"),
        ("basics", "nothing", "x"),
        ("basics", "version", "1"),
    ):
        answer = _field(browser, application, part, name, value, version)
        assert answer.status_code == 422 and answer.json["message"], (part, name)
    session.expire_all()
    assert application.version == version and not session.query(DraftChange).filter_by(version=version + 1).count()


def test_two_people_in_one_long_text_both_changes_stand(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft(abstract="First sentence. Second sentence. Third sentence.")
    one, two = client_for(proposals.lead_of(application)), client_for(_second_lead(application))
    version = application.version
    _field(one, application, "basics", "abstract", "First sentence, better. Second sentence. Third sentence.", version)
    answer = _field(two, application, "basics", "abstract", "First sentence. Second sentence. Third, new.", version)
    assert answer.status_code == 200 and answer.json["merged"]
    assert answer.json["value"] == "First sentence, better. Second sentence. Third, new."
    assert answer.json["by"]["name"] == proposals.lead_of(application).name


def test_two_people_in_one_place_the_second_gets_both_texts_and_nothing_is_stored(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft(title_en="Sensor")
    one, two = client_for(proposals.lead_of(application)), client_for(_second_lead(application))
    version = application.version
    assert _field(one, application, "basics", "title_en", "Small sensor", version).status_code == 200
    answer = _field(two, application, "basics", "title_en", "Cheap sensor", version)
    assert answer.status_code == 409 and answer.json["theirs"] == "Small sensor"
    session.expire_all()
    assert application.title_en == "Small sensor"
    decided = _field(two, application, "basics", "title_en", "Small, cheap sensor", answer.json["version"])
    assert decided.status_code == 200
    assert _field(one, application, "basics", "title_en", "No version", 0).status_code == 409
    assert (
        _field(one, application, "basics", "title_en", "A version to come", application.version + 99).status_code == 409
    )


def test_the_plain_save_button_merges_and_protects_the_same_way(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft(abstract="One. Two. Three, and some more.", title_en="Old")
    lead = proposals.lead_of(application)
    one, two = client_for(lead), client_for(_second_lead(application))
    url = f"/applications/{application.id}/basics"
    data = {name: text for name, text in queries.parts.basics_texts(application).items() if text}
    data["version"] = application.version
    assert one.post(url, data={**data, "abstract": "One, first. Two. Three, and some more."}).status_code == 303
    assert two.post(url, data={**data, "abstract": "One. Two. Three, and more.", "title_en": "New"}).status_code == 303
    session.expire_all()
    assert application.abstract == "One, first. Two. Three, and more." and application.title_en == "New"
    clash = one.post(url + "?lang=en", data={**data, "title_en": "Newest"})
    assert clash.status_code == 409 and "Newest" in clash.text and "Stored now" in clash.text and ">New<" in clash.text
    session.expire_all()
    assert application.title_en == "New"
    # the page that was shown carries the present version: saving again is a decision
    again = {**data, "abstract": application.abstract, "title_en": "Newest", "version": application.version}
    assert one.post(url, data=again).status_code == 303
    session.expire_all()
    assert application.title_en == "Newest"


def test_fields_saved_on_the_page_before_are_not_undone_by_its_save_button(app: Any, client_for: Any) -> None:
    """The page's own autosaves tell the button which versions of which fields it has seen."""
    application = proposals.complete_draft(title_en="Old")
    browser, version = client_for(proposals.lead_of(application)), application.version
    seen = _field(browser, application, "basics", "title_en", "Mine", version).json["version"]
    other = client_for(_second_lead(application))
    assert _field(other, application, "basics", "title_en", "Theirs", seen).status_code == 200
    data = {name: text for name, text in queries.parts.basics_texts(application).items() if text}
    data |= {"version": version, "title_en": "Mine", "seen": f'{{"title_en": {seen}}}'}
    assert browser.post(f"/applications/{application.id}/basics", data=data).status_code == 303
    session.expire_all()
    assert application.title_en == "Theirs"  # untouched since the autosave: the other's change stays
    for odd in ("[", "[1]", '{"title_en": "x"}', '{"title_en": true}', "{" * 5000):
        assert browser.post(f"/applications/{application.id}/basics", data={**data, "seen": odd}).status_code in (
            303,
            409,
        )


def test_presence_tells_who_is_there_and_what_they_changed(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    lead, colleague = proposals.lead_of(application), _second_lead(application)
    one, two = client_for(lead), client_for(colleague)
    url, version = f"/applications/{application.id}/parts/basics/presence", application.version
    assert one.post(url, data={"version": version, "field": "abstract"}).json["here"] == []
    _field(one, application, "basics", "title_en", "Changed by the first", version)
    heard = two.post(url, data={"version": version}).json
    assert heard["here"] == [
        {"name": lead.name, "organisation": application.lead_organisation.name_ja, "here": True, "field": "abstract"}
    ]
    assert heard["changes"] == [{"field": "title_en", "value": "Changed by the first", "by": lead.name}]
    assert two.post(url, data={"version": heard["version"]}).json["changes"] == []
    row = session.query(Presence).filter_by(user_id=lead.id).one()
    row.seen_at = now() - timedelta(minutes=2)
    session.commit()
    assert two.post(url, data={"version": version}).json["here"] == []


def test_doors_of_autosave_and_presence(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    own, other = application.members[2], application.members[1]
    partner = client_for(proposals.person_of(own))
    version = application.version
    for part in ("basics", "plan", "milestones", f"share-{other.id}", "share-x", "share-999999", "nothing", "share-"):
        assert _field(partner, application, part, "title_en", "x", version).status_code == 404, part
        assert partner.post(f"/applications/{application.id}/parts/{part}/presence").status_code == 404
    assert _field(partner, application, f"share-{own.id}", "contact_name", "Me", version).status_code == 200
    reader = client_for(_second_lead(application, Right.read))
    assert _field(reader, application, "basics", "title_en", "x", version).status_code == 403
    assert reader.post(f"/applications/{application.id}/basics", data={"version": version}).status_code == 403
    assert reader.get(f"/applications/{application.id}/basics").status_code == 200
    assert reader.get(f"/applications/{application.id}/submit").status_code == 403
    writer = client_for(_second_lead(application, Right.write))
    assert _field(writer, application, "basics", "title_en", "x", version).status_code == 200
    assert writer.post(f"/applications/{application.id}/submit", data={"idempotency_key": "k" * 20}).status_code == 403
    stranger = client_for(person("applicant"))
    assert _field(stranger, application, "basics", "title_en", "x", version).status_code == 404
    assert stranger.post(f"/applications/{application.id}/parts/basics/presence").status_code == 404


def test_cost_detail_is_the_partners_once_its_own_people_are_there(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member, lead = application.members[2], proposals.lead_of(application)
    partner = proposals.person_of(member)
    operations.save_share(
        application, member, operations.Share("r", 25, None, False, "c", {(2027, "RNT"): 7_654_321, (2027, "PRT"): 11}),
        member.version, actor=partner, arrived=now(),
    )  # fmt: skip
    ours, theirs = client_for(lead), client_for(partner)
    root = f"/applications/{application.id}"
    assert "7,654,321" in ours.get(f"{root}?lang=en").text
    assert theirs.post(f"{root}/members/{member.id}/costs", data={"to_lead": ""}).status_code == 303
    for path in (root, f"{root}/members/{member.id}", f"{root}/members"):
        page = ours.get(path + "?lang=en")
        assert page.status_code == 200 and "7,654,321" not in page.text, path
    assert "7,654,332" in ours.get(f"{root}?lang=en").text
    assert _field(ours, application, f"share-{member.id}", "contact_name", "x", application.version).status_code == 404
    assert ours.post(f"{root}/members/{member.id}", data={"version": application.version}).status_code == 403
    assert ours.post(f"{root}/members/{member.id}/costs", data={"to_lead": "1"}).status_code == 403
    assert theirs.post(f"{root}/members/{member.id}/costs", data={"to_lead": "1"}).status_code == 303
    assert "7,654,321" in ours.get(f"{root}?lang=en").text


def test_rights_are_given_by_those_who_sign_and_the_last_signer_of_the_lead_stays(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    lead, own = proposals.lead_of(application), application.members[0]
    url = f"/applications/{application.id}/members/{own.id}/right"
    browser = client_for(lead)
    assert browser.post(url, data={"user_id": lead.id, "right": "write"}).status_code == 422
    colleague = _second_lead(application, Right.read)
    assert client_for(colleague).post(url, data={"user_id": colleague.id, "right": "sign"}).status_code == 403
    assert browser.post(url, data={"user_id": colleague.id, "right": "sign"}).status_code == 303
    assert browser.post(url, data={"user_id": lead.id, "right": "write"}).status_code == 303
    assert browser.post(url, data={"user_id": colleague.id, "right": "read"}).status_code == 403
    assert browser.post(url, data={"user_id": 999999, "right": "nonsense"}).status_code == 404


def test_the_lead_is_handed_over_only_when_the_other_side_accepts(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    lead, member = proposals.lead_of(application), application.members[2]
    partner, old = proposals.person_of(member), application.members[0]
    ours, theirs, root = client_for(lead), client_for(partner), f"/applications/{application.id}"
    offer = {"member_id": member.id, "role": "cooperator", "version": application.version}
    assert theirs.post(f"{root}/lead", data=offer).status_code == 403
    assert ours.post(f"{root}/lead", data={**offer, "role": "managing_organisation"}).status_code == 422
    assert ours.post(f"{root}/lead", data=offer).status_code == 303
    session.expire_all()
    assert application.lead_organisation_id == old.organisation_id
    assert ours.post(f"{root}/lead/answer", data={"accept": "1"}).status_code == 403
    assert theirs.post(f"{root}/lead/answer", data={"accept": "1"}).status_code == 303
    session.expire_all()
    assert application.lead_organisation_id == member.organisation_id and member.role == "managing_organisation"
    assert old.role == "cooperator" and old.confirmed_at is None and member.confirmed_at is None
    assert theirs.get(f"{root}/basics").status_code == 200 and ours.get(f"{root}/basics").status_code == 403
    assert theirs.post(f"{root}/lead/answer", data={"accept": "1"}).status_code == 404


def test_a_person_who_leaves_keeps_what_they_signed_and_sees_nothing_new(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member, lead = application.members[2], proposals.lead_of(application)
    partner = proposals.person_of(member)
    browser = client_for(partner)
    url = f"/applications/{application.id}/members/{member.id}/confirm"
    resources = member.resources
    assert browser.post(url, data={"version": member.version, "name": "A. Aoki", "agree": "y"}).status_code == 303
    session.expire_all()
    operations.end_person(application, member, partner.id, actor=lead)
    operations.save_share(
        application, member, operations.Share("New since", 25, None, False, "c", {}), member.version, actor=lead,
        arrived=now(),
    )  # fmt: skip
    signed = (
        session.query(ShareConfirmation).filter_by(user_id=partner.id).order_by(ShareConfirmation.id.desc()).first()
    )
    assert signed is not None and signed.lapsed_at is not None
    assert browser.get(f"/applications/{application.id}").status_code == 404
    page = browser.get(f"/signed/{signed.id}")
    assert page.status_code == 200 and resources in page.text and "New since" not in page.text
    assert signed.sha256[:16] in page.text
    assert f"/signed/{signed.id}" in browser.get("/applications").text
    assert client_for(lead).get(f"/signed/{signed.id}").status_code == 404
    assert client_for(person("applicant")).get(f"/signed/{signed.id}").status_code == 404


def test_the_lead_lets_nobody_into_a_member_that_keeps_its_costs_closed(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member, lead = application.members[2], proposals.lead_of(application)
    partner = proposals.person_of(member)
    operations.open_costs(application, member, False, actor=partner)
    ours, theirs = client_for(lead), client_for(partner)
    root = f"/applications/{application.id}/members/{member.id}"
    second = {"email": "second.mailbox@test.example", "locale": "en", "right": "read"}
    assert ours.post(f"{root}/invite", data=second).status_code == 403
    assert ours.post(f"{root}/right", data={"user_id": partner.id, "right": "read"}).status_code == 403
    assert ours.post(f"{root}/end-person", data={"user_id": partner.id}).status_code == 422  # then nobody could object
    assert theirs.post(f"{root}/invite", data=second).status_code == 303
    operations.open_costs(application, member, True, actor=partner)
    assert ours.post(f"{root}/end-person", data={"user_id": partner.id}).status_code == 303


def test_an_insurance_outlives_the_person_who_took_it(app: Any) -> None:
    application = proposals.complete_draft()
    lead, second = proposals.lead_of(application), _second_lead(application)
    operations.insure(application, True, actor=lead, arrived=now())
    operations.end_person(application, application.members[0], lead.id, actor=second)
    proposals.close_call(application.call)
    operations.at_closing()
    submission = queries.submission_of(application.id)
    assert submission is not None and submission.submitted_by_id == second.id
