"""Pages of calls on both databases."""

from typing import Any

import pytest

from app.calls.choices import Programme
from app.core.db import session
from tests.factories import proposals
from tests.factories.people import person


@pytest.mark.parametrize("programme", list(Programme))
def test_everybody_reads_an_open_call_and_checks_themselves(client: Any, programme: Programme) -> None:
    call = proposals.open_call(programme)
    for path in (
        "/calls",
        f"/calls/{call.id}",
        f"/calls/{call.id}/self-check",
        f"/calls/{call.id}/self-check?checked=1",
    ):
        assert client.get(path).status_code == 200, path
    assert "JST" in client.get(f"/calls/{call.id}").text and "UTC" in client.get(f"/calls/{call.id}").text
    assert client.get("/calls/999999").status_code == 404


def test_an_officer_makes_edits_and_publishes_a_call(app: Any, client_for: Any, client: Any) -> None:
    browser = client_for(person("officer"))
    assert browser.get("/calls/new").status_code == 200
    bad = browser.post("/calls/new", data={"programme": "consortium_rd", "fiscal_year": "2027",
                                           "opens_at": "2027-02-30 09:00", "closes_at": "x"})  # fmt: skip
    assert bad.status_code == 422 and "2027-02-30 09:00" in bad.text
    made = browser.post(
        "/calls/new",
        data={
            "programme": "consortium_rd",
            "fiscal_year": "2027",
            "opens_at": "2127-04-01 09:00:00",
            "closes_at": "2127-05-31 17:00:00",
        },
    )
    assert made.status_code == 303, made.text
    page = browser.get(made.location)
    assert page.status_code == 200
    call_id = int(made.location.split("/")[2])
    assert client.get(f"/calls/{call_id}").status_code == 404
    from app.calls import queries
    from app.calls.forms import call_form

    call = queries.get(call_id)
    with app.test_request_context():
        form = call_form(call)
        data = {f.name: f._value() for f in form if hasattr(f, "_value") and f.type != "BooleanField"}
        data |= {f.name: "y" for f in form if f.type == "BooleanField" and f.data}
    first = call.criteria[0].id
    short = browser.post(f"/calls/{call_id}/edit", data={**data, f"weight_{first}": "9"})
    assert short.status_code == 422 and "sum to 99" in short.text
    saved = browser.post(f"/calls/{call_id}/edit", data={**data, "title_en": "Another title"})
    assert saved.status_code == 303
    stale = browser.post(f"/calls/{call_id}/edit", data={**data, "title_en": "A third title"})
    assert stale.status_code == 409 and "A third title" in stale.text and "Another title" in stale.text
    session.expire_all()
    done = browser.post(f"/calls/{call_id}/publish", data={"version": queries.get(call_id).version})
    assert done.status_code == 303
    assert client.get(f"/calls/{call_id}").status_code == 200
    assert browser.get(f"/calls/{call_id}/edit").status_code == 409
    assert browser.post(f"/calls/{call_id}/publish", data={"version": "1"}).status_code == 409
