"""While a consortium corrects, every list and thread of the office shows the version that counts, not what is written."""

from typing import Any

import pytest

from app.applications import operations, queries
from app.applications.models import Application
from app.core.clock import now
from app.core.db import session
from app.correspondence import operations as letters
from app.correspondence import queries as threads
from app.doubles.choices import OtherKind
from app.doubles.models import Likeness
from tests.factories import proposals
from tests.factories.people import person

LIVE = "PLANTEDDRAFT"


def _being_corrected() -> Application:
    """Handed in under one title and total, with another of each, and another frame, in the draft."""
    application = proposals.submitted(title_en="Sealed title", title_ja="提出済の題名")
    lead = proposals.lead_of(application)
    operations.correct(application, application.version, actor=lead, arrived=now())
    sme = next(f for f in application.call.frames if f.id != application.frame_id)
    basics = {name: getattr(application, name) for name in ("abstract", "field", "starts_on", "ends_on")}
    operations.save_basics(
        application, operations.Basics(sme.id, LIVE, LIVE, **basics), application.version, actor=lead, arrived=now()
    )
    member = application.members[1]
    share = operations.Share("x", 25, member.jsic, True, "", {(2027, "LAB"): 98_765_432})
    operations.save_share(application, member, share, member.version, actor=proposals.person_of(member), arrived=now())
    thread = threads.thread_for(lead, application.id)
    assert thread is not None
    letters.write(thread, "A question", actor=lead)
    session.add(
        Likeness(application_id=application.id, other_kind=OtherKind.award, other_id=1, other_number="X-1",
                 title_score=80, text_score=80)
    )  # fmt: skip
    session.flush()
    return application


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_no_list_thread_or_file_shows_what_is_being_written(app: Any, client_for: Any, role: str) -> None:
    application = _being_corrected()
    browser = client_for(person(role))
    shown = ("/officer/applications", "/officer/applications.csv", "/officer/messages", "/officer/doubles",
             f"/applications/{application.id}/messages")  # fmt: skip
    for path in shown:
        text = browser.get(path).text
        assert LIVE not in text and ("Sealed title" in text or "提出済の題名" in text), path
        assert "98765432" not in text.replace(",", ""), path
    assert LIVE not in browser.get(f"/applications/{application.id}").text + browser.get("/").text


def test_filters_find_it_by_what_counts_only(app: Any) -> None:
    application = _being_corrected()
    officer = person("officer")

    def found(**values: Any) -> list[str]:
        filters = queries.Filters(**values)
        rows = [row.application_number for row in queries.officer_page(officer, filters).rows]
        assert queries.officer_count(officer, filters) == len(rows)
        return rows

    assert found(text=LIVE) == [] and found(text="sealed") == [application.number]
    codes = {frame.id: frame.code for frame in application.call.frames}
    assert found(frame=codes[application.frame_id]) == []
    others = [code for key, code in codes.items() if key != application.frame_id]
    assert [application.number] in [found(frame=code) for code in others]


def test_handed_in_anew_the_lists_show_the_new_version(app: Any) -> None:
    application = proposals.submitted(title_en="Old title")
    lead, officer = proposals.lead_of(application), person("officer")
    operations.correct(application, application.version, actor=lead, arrived=now())
    application.title_en = "New title"
    session.flush()
    filters = queries.Filters(call_id=application.call_id)
    assert [row.title_en for row in queries.officer_page(officer, filters).rows] == ["Old title"]
    proposals.submit(application)
    assert [row.title_en for row in queries.officer_page(officer, filters).rows] == ["New title"]
