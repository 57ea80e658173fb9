"""Pages of applications on both databases: the whole way of a proposal, and who sees what."""

from typing import Any

import pytest

from app.applications import queries
from app.calls.choices import Programme
from app.core.db import session
from tests.factories import proposals
from tests.factories.people import organisation, person


def _basics(application: Any, **values: Any) -> dict[str, Any]:
    return {
        "version": application.version,
        "frame_id": application.frame_id,
        "title_en": "A new sensor",
        "title_ja": "新しいセンサ",
        "abstract": "A sensor that needs a tenth of today's power.",
        "field": "robots",
        "starts_on": "2027-04-01",
        "ends_on": "令和11年3月31日",
        "seed_technology": "Thin film",
        **values,
    }


def test_from_a_call_to_a_receipt(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    lead = person("applicant", of=organisation("foundation_association"))
    browser = client_for(lead)
    assert browser.get(f"/calls/{call.id}/start").status_code == 200
    own = queries.organisations_of(lead)[0]
    answer = browser.post(f"/calls/{call.id}/start", data={"organisation_id": own.id})
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert page.status_code == 200 and "Conditions that do not hold yet" in page.text
    assert browser.get("/applications").status_code == 200


@pytest.mark.parametrize("programme", list(Programme))
def test_every_page_of_a_complete_draft_opens_and_it_can_be_handed_in(
    app: Any, client_for: Any, programme: Programme
) -> None:
    application = proposals.complete_draft(proposals.open_call(programme))
    browser = client_for(proposals.lead_of(application))
    root = f"/applications/{application.id}"
    for path in (
        "",
        "/basics",
        "/members",
        "/members?q=Test",
        "/milestones",
        "/plan",
        "/documents",
        "/history",
        "/submit",
    ):
        assert browser.get(root + path).status_code == 200, path
        joint = "&" if "?" in path else "?"
        assert browser.get(f"{root}{path}{joint}lang=ja").status_code == 200, path
    for member in application.members:
        assert browser.get(f"{root}/members/{member.id}").status_code == 200
    browser.get(root + "?lang=en")
    answer = browser.post(root + "/submit", data={"idempotency_key": "a" * 32})
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.location)
    assert "R-20" in page.text
    again = browser.post(root + "/submit", data={"idempotency_key": "a" * 32})
    assert again.status_code == 303
    assert browser.post(root + "/submit", data={"idempotency_key": "b" * 32}).status_code == 409
    assert browser.get(root + "/basics").status_code == 409
    assert browser.get(root + "/receipt.json").status_code == 200
    assert browser.get(root).status_code == 200


def test_an_officer_sees_lists_screens_and_exports(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    draft = proposals.complete_draft(proposals.open_call(Programme.new_collaboration))
    browser = client_for(person("officer"))
    page = browser.get("/officer/applications?lang=en")
    assert application.number in page.text and draft.number not in page.text
    assert browser.get(f"/applications/{draft.id}").status_code == 404
    assert browser.get(f"/applications/{application.id}").status_code == 200
    screening = f"/officer/applications/{application.id}/screening"
    assert browser.get(screening).status_code == 200
    wrong = browser.post(screening, data={"version": application.version, "finding": "not_eligible"})
    assert wrong.status_code == 422
    right = browser.post(
        screening, data={"version": application.version, "finding": "not_eligible", "explanation": "No seed"}
    )
    assert right.status_code == 303
    assert "No seed" in browser.get(right.location).text
    csv = browser.get("/officer/applications.csv")
    assert csv.status_code == 200 and application.number in csv.text
    session.expire_all()
    assert browser.post(screening, data={"version": application.version, "finding": "eligible"}).status_code == 409
