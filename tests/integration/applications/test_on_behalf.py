"""The record of events says for whom somebody acted."""

from typing import Any

from sqlalchemy import select

from app.core.audit import Event
from app.core.db import session
from tests.factories import proposals


def test_submitting_and_confirming_name_the_organisation(app: Any) -> None:
    application = proposals.submitted()
    rows = session.execute(
        select(Event.name, Event.on_behalf_of).where(
            Event.subject_type == "application", Event.subject_id == application.id
        )
    ).all()
    found = [(name, whom) for name, whom in rows]
    assert ("submit", application.lead_organisation.name_ja) in found
    confirmed = {whom for name, whom in found if name == "share confirmed"}
    assert confirmed == {member.organisation.name_ja for member in application.members}


def test_too_much_at_once_is_413_in_words(app: Any, client_for: Any) -> None:
    application = proposals.draft()
    browser = client_for(proposals.lead_of(application))
    address = f"/applications/{application.id}/basics"
    field = browser.post(address, data={"abstract": "x" * 3_000_000})
    assert field.status_code == 413 and "too much" in field.text
    whole = browser.post(address, data=b"x" * 26_000_000, content_type="application/x-www-form-urlencoded")
    assert whole.status_code == 413
    session.expire_all()
    assert application.abstract == ""
