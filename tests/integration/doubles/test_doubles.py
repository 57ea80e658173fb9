"""Possible doubles are shown to officers with their reasons, here, in projects and in an uploaded list."""

import io
from typing import Any

from app.applications.choices import ApplicationStatus
from app.core.db import session
from app.doubles import operations, queries
from app.doubles.choices import OtherKind, Verdict
from app.doubles.models import FundingAward, Likeness
from tests.factories import chain, proposals
from tests.factories.people import person

HEAD = "funder,award_no,title_en,title_ja,abstract,corporate_numbers,people,amount_yen,starts_on,ends_on\n"


def _pair() -> tuple[Any, Any]:
    """Two proposals of one lead with nearly the same words."""
    first = proposals.complete_draft()
    lead = proposals.lead_of(first)
    proposals.submit(first)
    second = proposals.complete_draft(first.call, lead)
    proposals.submit(second)
    return first, second


def test_two_proposals_of_one_organisation_with_like_titles_are_found_once(app: Any) -> None:
    first, second = _pair()
    other = proposals.submitted(first.call)  # like words, nobody in common
    operations.look_for_doubles()
    operations.look_for_doubles()
    found = {(row.application_id, row.other_id) for row in session.query(Likeness)}
    assert found == {(first.id, second.id), (second.id, first.id)}
    row = queries.of_application(person("officer"), first.id)[0]
    assert row.title_score >= 75 and row.reasons["organisations"] and row.verdict is Verdict.open
    assert other.status == first.status == ApplicationStatus.submitted  # nothing is refused by itself


def test_a_project_of_one_of_the_organisations_is_found(app: Any) -> None:
    project = chain.completed_project()
    old = project.application
    call = proposals.open_call(old.call.programme, fiscal_year=2027)
    new = proposals.complete_draft(call, proposals.lead_of(old), title_ja=old.title_ja, title_en=old.title_en)
    operations.look(new, proposals.submit(new).id)
    assert (OtherKind.project, project.id) in queries.found_for(new.id)


def test_an_uploaded_list_of_other_awards(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    number = "4000012090001"
    application.members[2].organisation.corporate_number = number
    session.commit()
    officer = client_for(person("officer"))
    good = HEAD + f"Agency X,A-1,,{application.title_ja},,{number},,1000000,2026-04-01,2028-03-31\n"
    good += f"Agency X,A-2,{application.title_en},,,,{proposals.partner_of(application).name},,,\n"
    good += f"Agency Y,B-1,,{application.title_ja},,,,,,\n"
    bad = HEAD + "Agency X,A-1,,題名,,123,,x,,\n"
    refused = officer.post("/officer/awards", data={"file": (io.BytesIO(bad.encode()), "a.csv")})
    assert refused.status_code == 422 and "corporate" in refused.text and session.query(FundingAward).count() == 0
    for _again in range(2):
        assert officer.post("/officer/awards", data={"file": (io.BytesIO(good.encode()), "a.csv")}).status_code == 303
    assert session.query(FundingAward).count() == 3
    operations.look_for_doubles()
    page = officer.get(f"/officer/applications/{application.id}/doubles?lang=en").text
    assert "Agency X A-1" in page and "Agency X A-2" in page and "Agency Y" not in page and number in page


def test_a_finding_needs_a_reason_and_stays(app: Any, client_for: Any) -> None:
    first, _second = _pair()
    operations.look_for_doubles()
    row = queries.of_application(person("officer"), first.id)[0]
    officer, url = client_for(person("officer")), f"/officer/applications/{first.id}/doubles/{row.id}"
    assert officer.post(url, data={"verdict": "separate", "version": row.version}).status_code == 422
    said = {"verdict": "separate", "note": "Another product line", "version": row.version}
    assert officer.post(url, data=said).status_code == 303
    assert officer.post(url, data={**said, "verdict": "double"}).status_code == 409
    session.expire_all()
    session.query(operations.DoublesCheck).delete()
    operations.look_for_doubles()
    assert row.verdict is Verdict.separate and row.note == "Another product line"


def test_doors(app: Any, client_for: Any) -> None:
    first, _second = _pair()
    operations.look_for_doubles()
    row = queries.of_application(person("officer"), first.id)[0]
    paths = ("/officer/doubles", "/officer/awards", f"/officer/applications/{first.id}/doubles")
    assert client_for(person("auditor")).get(paths[0]).status_code == 200
    assert client_for(person("auditor")).post(f"{paths[2]}/{row.id}", data={}).status_code == 403
    for someone in (proposals.lead_of(first), person("reviewer"), person("admin")):
        assert all(client_for(someone).get(path).status_code == 403 for path in paths)
    history = client_for(proposals.lead_of(first)).get(f"/applications/{first.id}/history?lang=en").text
    assert "likeness" not in history.lower()
