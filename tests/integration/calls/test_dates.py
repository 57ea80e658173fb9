"""The timetable of a call: written by the officer, in order, read by everybody with both clocks."""

from datetime import timedelta
from typing import Any

import pytest

from app.calls import operations, queries
from app.calls.forms import call_form
from app.core.clock import now
from app.core.db import session
from app.core.i18n import in_locale, show_moment
from tests.factories import proposals
from tests.factories.people import person


def _data(app: Any, call: Any) -> dict[str, Any]:
    with app.test_request_context():
        form = call_form(call)
        data = {f.name: f._value() for f in form if hasattr(f, "_value") and f.type != "BooleanField"}
        return data | {f.name: "y" for f in form if f.type == "BooleanField" and f.data}


def test_an_officer_writes_the_timetable_and_everybody_reads_it(app: Any, client: Any, client_for: Any) -> None:
    draft = proposals.draft_call()
    officer = client_for(person("officer"))
    data = _data(app, draft) | {
        "announce_at": "2020-01-06 10:00", "questions_until": "", "interview_at": "2127-07-01 13:00",
        "decision_at": "2127-07-20 09:00", "start_at": "2127-09-01 00:00", "next_adopted_en": "Visit us in Tokyo.",
    }  # fmt: skip
    assert officer.post(f"/calls/{draft.id}/edit", data=data).status_code == 303
    session.expire_all()
    call = queries.get(draft.id)
    assert call is not None and call.next_steps == {"adopted": {"en": "Visit us in Tokyo.", "ja": ""}}
    assert officer.post(f"/calls/{draft.id}/publish", data={"version": call.version}).status_code == 303
    for language, words in (
        ("en", ("2127-07-01 (Tue) 13:00 JST (04:00 UTC)", "2127-09-01 (Mon) 00:00 JST (2127-08-31 15:00 UTC)")),
        ("ja", ("2127年7月1日(令和109年)(火) 13:00 JST(04:00 UTC)",)),
    ):
        text = client.get(f"/calls/{draft.id}?lang={language}").text
        with in_locale(language):
            assert show_moment(call.closes_at) in text
        assert all(word in text for word in words), language
        assert "data-server-clock" in text and "data-time-left" in text
    assert "19 days 23 hours" in client.get(f"/calls/{draft.id}?lang=en").text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("interview_at", "2020-01-01 00:00", "“Interviews” must come after “Closing”."),
        ("announce_at", "2127-01-01 00:00", "“Opening” must come after “Announcement”."),
        ("questions_until", "2127-01-01 00:00", "“Closing” must come after “Questions until”."),
        ("decision_at", "tomorrow", "Write a date and a time in JST"),
    ],
)
def test_dates_out_of_order_are_refused_in_words(app: Any, client_for: Any, field: str, value: str, words: str) -> None:
    draft = proposals.draft_call()
    answer = client_for(person("officer")).post(
        f"/calls/{draft.id}/edit?lang=en", data=_data(app, draft) | {field: value}
    )
    assert answer.status_code == 422 and words in answer.text and value in answer.text
    session.expire_all()
    assert getattr(draft, field) is None


def test_the_clock_is_the_servers(client: Any) -> None:
    before = now().isoformat(timespec="milliseconds")
    answer = client.get("/clock").json["now"]
    assert before <= answer <= now().isoformat(timespec="milliseconds")


def test_a_closed_call_is_called_closed_in_the_officers_list(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    officer = client_for(person("officer"))
    assert ">Open<" in officer.get("/officer/decisions?lang=en").text
    proposals.close_call(application.call)
    text = officer.get("/officer/decisions?lang=en").text
    assert ">Closed<" in text and ">Published<" not in text


def test_moving_a_deadline_bumps_the_version_of_the_call(app: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    seen = call.version
    later = call.closes_at + timedelta(days=3)
    operations.extend(call, later, "storm", seen, actor=officer)
    assert call.closes_at == later and call.version > seen
