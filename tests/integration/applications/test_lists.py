"""Lists: what they show, how many questions they ask, how heavy they are, what leaves as CSV."""

import csv
from io import StringIO
from typing import Any

import pytest

from app.applications import exports, queries
from app.applications.choices import ApplicationStatus
from app.applications.models import Application
from app.applications.workflow import MACHINE
from app.calls.choices import Programme
from app.core import exchange
from app.core.audit import SYSTEM
from app.core.clock import now
from app.core.db import reading, session
from tests.factories import proposals
from tests.factories.people import organisation, person

pytestmark = pytest.mark.both_databases


def _count(count_queries: Any, verb: Any) -> int:
    session.commit()
    session.expire_all()
    with count_queries() as seen:
        verb()
    return len(seen)


def test_my_list_asks_the_same_few_questions_for_one_and_for_three(
    app: Any, client_for: Any, count_queries: Any
) -> None:
    lead = person("applicant", of=organisation("foundation_association"))
    call = proposals.open_call()
    counts = []
    browser = client_for(lead)
    for wanted in (1, 3):
        while len(queries.mine(lead)) < wanted:
            proposals.complete_draft(call, lead)
        counts.append(_count(count_queries, lambda: browser.get("/applications")))
    assert counts == [16, 16]  # people and subcontractors named in shares are two of them


@pytest.mark.parametrize("programme", list(Programme))
def test_an_overview_asks_the_same_for_a_small_and_a_large_consortium(
    app: Any, client_for: Any, count_queries: Any, programme: Programme
) -> None:
    call = proposals.open_call(programme)
    small, large = proposals.draft(call), proposals.complete_draft(call)
    counts = []
    for application in (small, large):
        browser = client_for(proposals.lead_of(application))
        url = f"/applications/{application.id}"
        counts.append(_count(count_queries, lambda: browser.get(url)))  # noqa: B023
    assert counts == [17, 18]  # one more where there is a plan whose years are read


def test_the_budget_of_a_large_consortium_asks_no_more(app: Any, client_for: Any, count_queries: Any) -> None:
    call = proposals.open_call()
    counts = []
    for application in (proposals.draft(call), proposals.complete_draft(call)):
        browser = client_for(proposals.lead_of(application))
        url = f"/applications/{application.id}/budget"
        counts.append(_count(count_queries, lambda: browser.get(url)))  # noqa: B023
    assert counts[1] <= counts[0] + 1  # the years of a plan


def test_a_dossier_is_loaded_in_a_constant_number_of_statements(app: Any, count_queries: Any) -> None:
    call = proposals.open_call()
    ids = [proposals.draft(call).id, proposals.complete_draft(call).id]
    counts = [_count(count_queries, lambda: queries.dossier(key)) for key in ids]  # noqa: B023
    assert counts[1] <= 13 and counts[1] - counts[0] <= 3


def _handed_in(call: Any, count: int, **values: Any) -> list[Application]:
    """Rows as an import leaves them: no members, only what a list shows."""
    org, user = organisation(), person("applicant")
    rows = []
    for n in range(count):
        row = Application(
            **{
                "number": f"X{call.id}-{n:05d}", "call_id": call.id, "frame_id": call.frames[0].id,
                "lead_organisation_id": org.id, "title_ja": f"高効率モータの研究開発 {n}", "created_by_id": user.id,
                "submitted_at": now(), "total_yen": 12_345_678, **values,
            }
        )  # fmt: skip
        session.add(row)
        session.flush()
        MACHINE.restore(row, ApplicationStatus.submitted, SYSTEM, reason="test")
        rows.append(row)
    return rows


def test_the_officers_list_is_light_and_asks_six_questions_at_most(
    app: Any, client_for: Any, count_queries: Any
) -> None:
    call = proposals.open_call()
    browser = client_for(person("officer"))
    counts = []
    for more in (1, 2, 120):
        _handed_in(proposals.open_call(fiscal_year=2040 + more), more)
        counts.append(_count(count_queries, lambda: browser.get("/officer/applications")))
    assert counts[0] == counts[1] == counts[2] <= 6
    page = browser.get("/officer/applications?lang=en")
    assert page.text.count("<tr>") == 51 and len(page.data) <= 30_000, len(page.data)
    assert call.id


def test_paging_reaches_every_row_once_in_both_directions(app: Any) -> None:
    call = proposals.open_call()
    expected = [row.number for row in _handed_in(call, 120)]
    filters, officer = queries.Filters(call_id=call.id), person("officer")
    seen, token, back = [], None, None
    while True:
        page = queries.officer_page(officer, filters, after=token)
        seen += [row.application_number for row in page.rows]
        back = page.previous
        if page.next is None:
            break
        token = page.next
    assert seen == expected and queries.officer_count(officer, filters) == 120
    before = queries.officer_page(officer, filters, before=back)
    assert [row.application_number for row in before.rows] == expected[50:100]
    for bad in ("x", "W10", "W1sxXV0", "%00", "\x00"):
        assert queries.officer_page(officer, filters, after=bad).rows


def test_filters_narrow_and_take_their_signs_literally(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    _handed_in(call, 3)
    (odd,) = _handed_in(proposals.open_call(fiscal_year=2041), 1, title_ja="100%_達成", title_en="Hundred")

    officer = person("officer")

    def numbers(**values: Any) -> list[str]:
        return [r.application_number for r in queries.officer_page(officer, queries.Filters(**values)).rows]

    assert numbers(text="100%_") == [odd.number] and numbers(text="100__") == []
    assert numbers(text=odd.number.lower()) == [odd.number] and numbers(text="hundred") == [odd.number]
    assert len(numbers(call_id=call.id)) == 3
    assert numbers(call_id=call.id, status=ApplicationStatus.adopted) == []
    assert len(numbers(call_id=call.id, frame="general")) == 3 and numbers(frame="sme") == []
    browser = client_for(person("auditor"))
    for query in ("call=x", "call=99999999999999999999", "status=draft", "frame=none", "q=%00", "q=%ed%a0%80", "q=" + "x" * 500,
                  "after=%ff", "before=x&after=y", "call=1e400"):  # fmt: skip
        assert browser.get(f"/officer/applications?{query}").status_code == 200, query
        assert browser.get(f"/officer/applications.csv?{query}").status_code == 200, query
    assert client_for(person("applicant")).get("/officer/applications").status_code == 403


def test_drafts_appear_on_no_door_of_the_office(app: Any, client_for: Any) -> None:
    draft, withdrawn = proposals.complete_draft(), proposals.draft()
    MACHINE.apply(withdrawn, "withdraw", proposals.lead_of(withdrawn))
    browser = client_for(person("officer"))
    for path in ("/officer/applications", "/officer/applications.csv"):
        text = browser.get(path).text
        assert draft.number not in text and withdrawn.number not in text
    assert browser.get(f"/officer/applications/{draft.id}/screening").status_code == 404
    assert queries.officer_count(person("officer"), queries.Filters()) == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "=1", "＋1", "－1", "＠x", ' "=1', "\n=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert exchange.guard(text).startswith("'")


def test_the_csv_reads_back(app: Any) -> None:
    _handed_in(proposals.open_call(), 2, title_ja='=HYPERLINK("x"),"改行\nあり"')
    with reading():
        text = b"".join(exports.officer_file(person("officer"), queries.Filters())).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 2 and rows[0]["title_ja"] == '\'=HYPERLINK("x"),"改行\nあり"'
    assert rows[0]["total_yen"] == "12345678" and rows[0]["status"] == "submitted"
