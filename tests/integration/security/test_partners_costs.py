"""What a partner keeps to itself stays its own, whichever way the lead goes; and nobody stops another's insurance."""

import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

from app.applications import operations, queries
from app.applications.choices import ApplicationStatus, MemberRole, Right
from app.applications.models import DraftChange, MemberPerson
from app.core.clock import now
from app.core.db import session
from tests.factories import proposals
from tests.factories.people import person


def _handed_in(client_for: Any) -> tuple[Any, Any, Any, str]:
    """An application that was handed in, its last member closed to the lead; (application, member, lead's browser, root)."""
    application = proposals.complete_draft()
    member = application.members[-1]
    member.lead_fills = False
    session.commit()
    browser, root = client_for(proposals.lead_of(application)), f"/applications/{application.id}"
    assert browser.post(f"{root}/submit", data={"idempotency_key": f"{application.id:024d}"}).status_code == 303
    session.expire_all()
    assert browser.post(f"{root}/correct", data={"version": application.version}).status_code == 303
    session.expire_all()
    return application, member, browser, root


def test_taking_a_partner_out_and_giving_up_does_not_open_its_costs(app: Any, client_for: Any) -> None:
    application, member, browser, root = _handed_in(client_for)
    key, cells = member.id, {(line.fiscal_year, line.cost_item): line.amount_yen for line in member.budget_lines}
    assert browser.post(f"{root}/members/{key}/remove", data={"version": application.version}).status_code == 303
    assert browser.post(f"{root}/give-up").status_code == 303
    session.expire_all()
    back = queries.member_of(application, key)
    assert back is not None, "the member is back under its own number"
    assert {(line.fiscal_year, line.cost_item): line.amount_yen for line in back.budget_lines} == cells
    assert queries.is_confirmed(back) and back.confirmed_by_id is not None
    assert not back.lead_fills
    assert not queries.standing(proposals.lead_of(application), application).sees_budget_of(back)
    assert browser.get(f"{root}/receipt/sealed/{key}.json").status_code == 404


def test_a_number_that_is_given_again_opens_nothing(app: Any, client_for: Any) -> None:
    """SQLite gives the number of a member that was taken out to the next one."""
    application, member, browser, root = _handed_in(client_for)
    key, organisation_id, role = member.id, member.organisation_id, member.role.value
    session.add(DraftChange(application_id=application.id, part=f"share-{key}", field="b_2027_EQ", version=1,
                            before="", after="7654321"))  # fmt: skip
    session.commit()
    assert browser.post(f"{root}/members/{key}/remove", data={"version": application.version}).status_code == 303
    session.expire_all()
    data = {"version": application.version, "organisation_id": str(organisation_id), "role": role}
    assert browser.post(f"{root}/members", data=data).status_code == 303
    session.expire_all()
    new = application.members[-1]
    assert browser.get(f"{root}/receipt/sealed/{key}.json").status_code == 404
    seen = browser.post(f"{root}/parts/share-{new.id}/presence", data={"version": 0})
    assert seen.status_code == 200 and seen.json["changes"] == []


def test_the_lead_keeps_only_what_was_open_when_it_was_handed_in(app: Any, client_for: Any) -> None:
    _application, member, browser, root = _handed_in(client_for)
    member.lead_fills = True  # opened later: for what is handed in from now on
    session.commit()
    assert browser.get(f"{root}/receipt/sealed/{member.id}.json").status_code == 404
    assert browser.post(f"{root}/submit", data={"idempotency_key": "second" * 4}).status_code == 303
    assert browser.get(f"{root}/receipt/sealed/{member.id}.json").status_code == 200
    assert browser.get(f"{root}/receipt/sealed/{member.id}.json?version=1").status_code == 404


def test_a_new_lead_sees_no_costs_that_were_opened_to_the_old_one(app: Any) -> None:
    application = proposals.complete_draft()
    lead, old, new = proposals.lead_of(application), application.members[0], application.members[-1]
    partner = person("applicant")
    session.add(MemberPerson(member_id=new.id, user_id=partner.id, right=Right.sign))
    session.commit()
    operations.offer_lead(application, new, MemberRole.implementer, application.version, actor=lead, arrived=now())
    operations.close_offer(application, True, actor=partner, arrived=now())
    session.expire_all()
    standing = queries.standing(partner, application)
    assert standing.lead and not standing.sees_budget_of(old)


def test_nobody_can_take_the_key_of_anothers_insurance_or_stop_the_clock(app: Any, client_for: Any) -> None:
    """The keys of browsers and of the clockwork have no common form; what one application cannot do stops no other."""
    broken, insured, other = (proposals.complete_draft() for _n in range(3))
    for application in (broken, insured):
        url, data = f"/applications/{application.id}/insurance", {"wanted": "1", "version": application.version}
        assert client_for(proposals.lead_of(application)).post(url, data=data).status_code == 303
    for key in (f"insurance-{insured.id:09d}-000", f"insurance:{insured.id:09d}:000"):
        client_for(proposals.lead_of(other)).post(f"/applications/{other.id}/submit", data={"idempotency_key": key})
    session.expire_all()
    queries.ready_copy(broken.id).content = "no copy at all"  # type: ignore[union-attr]
    broken.title_ja = broken.title_en = ""
    session.commit()
    for application in (insured, broken):
        application.call.closes_at = now() - timedelta(minutes=1)
    session.commit()
    operations.at_closing()
    session.expire_all()
    assert insured.status == ApplicationStatus.submitted and broken.status == ApplicationStatus.draft
    assert [s.by_insurance for s in queries.submissions_of(insured.id)] == [True]


def test_the_office_reads_what_was_handed_in_while_the_consortium_corrects(app: Any, client_for: Any) -> None:
    application, _member, browser, root = _handed_in(client_for)
    before, total = application.title_en, f"{application.total_yen:,}"
    old = queries.current_attachments(application)[0]
    line = application.members[0].budget_lines[0]
    for part, field, value in (
        ("basics", "title_en", "Not handed in yet"),
        (f"share-{application.members[0].id}", f"b_{line.fiscal_year}_{line.cost_item}", "1234567"),
    ):
        data = {"field": field, "value": value, "version": application.version}
        assert browser.post(f"{root}/parts/{part}/field", data=data).status_code == 200
        session.expire_all()
    file = {"file": (BytesIO(proposals.pdf_bytes("other")), "other.pdf"), "replaces": str(old.id)}
    assert browser.post(f"{root}/documents/{old.document_id}", data=file).status_code == 303
    session.expire_all()
    new = next(a for a in queries.current_attachments(application) if a.document_id == old.document_id)
    office = client_for(person("officer"))
    for page in (root, f"{root}/receipt?lang=en"):
        text = office.get(page).text
        assert "Not handed in yet" not in text and f"{application.total_yen:,}" not in text, page
    assert before in text and total in text
    for key, status in ((old.id, 200), (new.id, 404)):
        assert office.get(f"{root}/files/{key}").status_code == office.get(f"{root}/files/{key}/preview").status_code
        assert office.get(f"{root}/files/{key}").status_code == status
    assert browser.get(f"{root}/files/{new.id}").status_code == 200
    taken = browser.post(f"{root}/withdraw", data={"version": application.version})
    assert taken.status_code == 303
    session.expire_all()
    assert application.status == ApplicationStatus.withdrawn and application.title_en == before
    assert "Not handed in yet" not in office.get(root).text


def test_a_budget_sheet_that_unpacks_to_far_more_is_refused_at_once(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, url = client_for(proposals.lead_of(application)), f"/applications/{application.id}/budget.xlsx"
    good, packed = zipfile.ZipFile(BytesIO(browser.get(url).data)), BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in good.namelist():
            data = good.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</sheetData>", b"<row>" + b"<c><v>1</v></c>" * 300_000 + b"</row></sheetData>")
            archive.writestr(name, data)
    assert len(packed.getvalue()) < 100_000
    answer = browser.post(url, data={"sheet": (BytesIO(packed.getvalue()), "budget.xlsx")})
    assert answer.status_code == 422 and "This is not the budget sheet" in answer.text


def test_a_version_beyond_every_number_is_no_error(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    url = f"/applications/{application.id}/parts/basics/presence"
    for version in ("9" * 30, "-1", "1e9", ""):
        assert browser.post(url, data={"version": version}).status_code == 200, version
