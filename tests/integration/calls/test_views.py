"""Pages of calls on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from app.calls import operations, queries
from app.calls.choices import Programme
from app.calls.forms import call_form
from app.core.clock import now
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
    session.expire_all()
    renamed = queries.get(call_id)
    assert renamed is not None and renamed.questionnaire is not None
    assert renamed.questionnaire.title_en.startswith("Another title FY")
    stale = browser.post(f"/calls/{call_id}/edit", data={**data, "title_en": "A third title"})
    assert stale.status_code == 409 and "A third title" in stale.text and "Another title" in stale.text
    session.expire_all()
    done = browser.post(f"/calls/{call_id}/publish", data={"version": queries.get(call_id).version})
    assert done.status_code == 303
    assert client.get(f"/calls/{call_id}").status_code == 200
    assert browser.get(f"/calls/{call_id}/edit").status_code == 409
    assert browser.post(f"/calls/{call_id}/publish", data={"version": "1"}).status_code == 409


def test_the_list_puts_each_call_under_its_phase(app: Any, client: Any, client_for: Any) -> None:
    instant = now()
    proposals.open_call(fiscal_year=2031, title_en="Open one", title_ja="公募1")
    proposals.open_call(fiscal_year=2032, title_en="Coming one", title_ja="公募2", opens_at=instant + timedelta(days=1))
    proposals.close_call(proposals.open_call(fiscal_year=2033, title_en="Past one", title_ja="公募3"))
    proposals.draft_call(fiscal_year=2034, title_en="Hidden one", title_ja="公募4")
    text = client.get("/calls?lang=en").text
    order = [text.index(word) for word in ("Open now", "Open one", "Opens soon", "Coming one", "Closed", "Past one")]
    assert order == sorted(order) and "Hidden one" not in text
    assert "Hidden one" in client_for(person("officer")).get("/calls").text
    assert [call.title_en for call in queries.open_at(instant)] == ["Open one"]


def test_the_start_button_follows_the_clock(app: Any, client: Any, client_for: Any) -> None:
    call = proposals.open_call()
    applicant = client_for(person("applicant"))
    assert f"/calls/{call.id}/start" in applicant.get(f"/calls/{call.id}").text
    assert "Sign in to start" in client.get(f"/calls/{call.id}?lang=en").text
    proposals.close_call(call)
    assert f"/calls/{call.id}/start" not in applicant.get(f"/calls/{call.id}").text


def test_only_officers_write_calls(app: Any, client: Any, client_for: Any) -> None:
    draft = proposals.draft_call()
    for role in ("applicant", "reviewer", "auditor", "admin", "cluster_manager"):
        browser = client_for(person(role))
        assert browser.get(f"/calls/{draft.id}").status_code == 404
        for path in ("/calls/new", f"/calls/{draft.id}/edit", f"/calls/{draft.id}/publish"):
            assert browser.post(path, data={"version": 1}).status_code == 403
    assert client.post("/calls/new").status_code == 302


def test_a_call_cannot_be_published_with_its_window_in_the_past(app: Any, client_for: Any) -> None:
    draft = proposals.draft_call(closes_at=now() - timedelta(days=1))
    browser = client_for(person("officer"))
    answer = browser.post(f"/calls/{draft.id}/publish?lang=en", data={"version": draft.version})
    assert answer.status_code == 422 and "closing time has passed" in answer.text
    stale = browser.post(f"/calls/{proposals.draft_call().id}/publish", data={"version": 99})
    assert stale.status_code == 409


def test_a_frame_taken_out_of_a_draft_is_gone(app: Any) -> None:
    draft, officer = proposals.draft_call(), person("officer")
    frames = {f.id: operations.FrameValues(1, 1, 1, 1, False, keep=f.code == "general") for f in draft.frames}
    values = operations.CallValues(
        "A",
        "あ",
        "",
        "",
        draft.opens_at,
        draft.closes_at,
        None,
        3,
        5,
        {},
        {c.id: c.weight for c in draft.criteria},
        frames,
    )
    operations.edit(draft, values, draft.version, actor=officer)
    assert [f.code for f in queries.get(draft.id).frames] == ["general"]


@pytest.mark.parametrize(
    ("programme", "query", "failed"),
    [
        ("consortium_rd", "frame=general&managing=tlo&has_leader=y&has_sub_leader=y&holds_seed=y&smes=2&research=1&years=2"
                          "&year1_yen=100,000,000&year2_yen=50000000", 0),
        ("consortium_rd", "frame=general&managing=tlo&has_leader=y&has_sub_leader=y&holds_seed=y&smes=1&research=0&years=3"
                          "&year1_yen=100,000,001", 3),
        ("consortium_rd", "frame=sme&managing=tlo&has_leader=y&has_sub_leader=y&holds_seed=y&smes=1&large=1&research=1"
                          "&years=1&year1_yen=30000000&sme_yen=20000000", 0),
        ("consortium_rd", "frame=sme&managing=tlo&has_leader=y&has_sub_leader=y&holds_seed=y&smes=1&large=1&research=1"
                          "&years=1&year1_yen=30000000&sme_yen=19999999", 1),
        ("new_collaboration", "core=company_sme&smes=1&jsic=2711,3011&sme_pct=51&rules=y&novelty=new_product&years=3"
                              "&sales_years=5&sales_yen=1&profit_yen=10&investment_yen=10", 0),
        ("new_collaboration", "core=company_large&smes=1&jsic=2711,2711&sme_pct=50&years=6&sales_years=4&sales_yen=1"
                              "&profit_yen=9&investment_yen=10", 8),
    ],
)  # fmt: skip
def test_the_self_check_judges_by_the_same_rules(client: Any, programme: str, query: str, failed: int) -> None:
    call = proposals.open_call(programme)
    answer = client.get(f"/calls/{call.id}/self-check?lang=en&checked=1&{query}")
    assert answer.status_code == 200
    assert answer.text.count('class="rule-bad"') == failed
    wrong = client.get(f"/calls/{call.id}/self-check?checked=1&smes=1e400")
    assert wrong.status_code == 422 and "1e400" in wrong.text
