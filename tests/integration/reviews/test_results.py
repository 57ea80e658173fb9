"""After the decision: remarks and next steps for the applicant, and nothing of them before the release."""

from typing import Any

import pytest

from app.core.db import session
from app.core.errors import Stale
from app.core.outbox import OutboxItem
from app.core.pdf import Document
from app.reviews import operations, queries
from app.reviews.choices import Outcome
from tests.factories import chain, proposals
from tests.factories.people import person

REMARKS = "Strengthen the sales plan before the next call."


def _decided(application: Any, outcome: Outcome = Outcome.rejected) -> Any:
    decision = operations.propose(
        application, outcome, 1_000, "", "for the record only", 0, person("officer"), remarks=REMARKS
    )
    operations.confirm(decision, decision.version, person("officer"))
    return decision


def _seen_by(browser: Any, application: Any) -> str:
    root = f"/applications/{application.id}"
    paths = (root, f"{root}/result", f"{root}/letter", f"{root}/history", f"{root}/messages", "/applications", "/",
             "/my-projects", f"/calls/{application.call_id}")  # fmt: skip
    return "".join(browser.get(path).text for path in paths)


def test_nothing_of_the_remarks_leaks_before_the_release(app: Any, client: Any, client_for: Any) -> None:
    application = proposals.under_review()
    reviewer = chain.reviewed(application).reviewer
    people = [proposals.lead_of(application), proposals.partner_of(application), person("applicant"), reviewer]
    _decided(application)
    session.commit()
    for user in people:
        browser = client_for(user)
        assert REMARKS not in _seen_by(browser, application)
        assert browser.get(f"/applications/{application.id}/result").status_code in (403, 404)
    assert REMARKS not in "".join(str(item.payload) for item in session.query(OutboxItem))
    assert session.query(Document).filter(Document.dedupe_key.like("letter:%")).count() == 0
    office = client_for(person("officer"))
    assert REMARKS in office.get(f"/officer/applications/{application.id}/decision").text  # the second officer sees it
    assert office.get(f"/applications/{application.id}/result").status_code == 404


@pytest.mark.parametrize(
    ("outcome", "en", "ja"),
    [
        (Outcome.adopted, "about the contract or the grant decision", "契約又は交付決定の手続き"),
        (Outcome.reserve, "can still be adopted", "予算に余裕が生じた場合"),
        (Outcome.rejected, "apply again to a later call", "次回以降の公募"),
    ],
)
def test_the_applicant_reads_decision_remarks_and_next_steps(
    app: Any, client_for: Any, outcome: Outcome, en: str, ja: str
) -> None:
    application = proposals.under_review()
    chain.reviewed(application)
    decision = _decided(application, outcome)
    chain.released(application.call)
    session.commit()
    url = f"/applications/{application.id}/result"
    for user in (proposals.lead_of(application), proposals.partner_of(application)):
        text = client_for(user).get(url).text
        assert REMARKS in text and en in text and "for the applicant" in text and "for the record only" not in text
        assert "for the panel" not in text
        assert ja in client_for(user).get(f"{url}?lang=ja").text
    for role, status in (("applicant", 404), ("reviewer", 403), ("auditor", 200), ("officer", 200)):
        assert client_for(person(role)).get(url).status_code == status
    assert decision.letter is not None and decision.letter.context["remarks"] == REMARKS


def test_the_calls_own_next_steps_are_shown(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    application.call.next_steps = {"rejected": {"en": "Ring us up.", "ja": "お電話ください。"}}
    _decided(application)
    chain.released(application.call)
    session.commit()
    browser = client_for(proposals.lead_of(application))
    assert "Ring us up." in browser.get(f"/applications/{application.id}/result?lang=en").text
    assert "お電話ください。" in browser.get(f"/applications/{application.id}/result?lang=ja").text


def test_remarks_go_through_both_officers(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    first, second = person("officer"), person("officer")
    url = f"/officer/applications/{application.id}/decision"
    data = {"outcome": "rejected", "reason": "weak", "remarks": REMARKS, "version": "0"}
    assert client_for(first).post(url, data=data).status_code == 303
    decision = queries.decision_of(application.id)
    assert decision is not None and decision.remarks == REMARKS
    seen = decision.version
    assert REMARKS in client_for(second).get(url).text
    revised = {**data, "remarks": "Other remarks", "version": str(seen)}
    assert client_for(first).post(url, data=revised).status_code == 303
    session.expire_all()
    with pytest.raises(Stale):  # what the second officer looked at has changed
        operations.confirm(queries.decision_of(application.id), seen, second)  # type: ignore[arg-type]
    assert client_for(first).post(url, data=revised).status_code == 409
