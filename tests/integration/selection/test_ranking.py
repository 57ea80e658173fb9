"""The ranking of a round: raw and calibrated beside each other, over what its reader may see, and never stale."""

from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.choices import Role
from app.core import outbox
from app.core.audit import Event
from app.core.db import session
from app.core.errors import Forbidden
from app.reviews import operations as reviews
from app.selection import operations, queries
from app.selection.choices import Sorting
from app.selection.models import CalibratedScore, Calibration
from app.selection.operations import calibrating
from tests.factories import chain, proposals
from tests.factories.people import person
from tests.integration.selection.rounds import a_round, clerk, give, reader

pytestmark = pytest.mark.both_databases


def calibrate(call: Any, actor: Any = None, **values: Any) -> Calibration:
    return operations.ask_calibration(call, operations.Parameters(**values), actor or clerk())


def test_raw_and_adjusted_ranks_stand_side_by_side(app: Any, client_for: Any) -> None:
    call, applications, _readers = a_round()
    officer = clerk()
    row = calibrate(call, officer, places=3)
    assert row.made_at is not None and row.summary["thin"] is None
    session.commit()
    page = client_for(officer).get(f"/officer/calls/{call.id}/ranking?sort=adjusted").text
    lines = queries.page(officer, call, row.id, Sorting.adjusted, None, None).rows
    assert [line.id for line in lines] == [a.id for a in reversed(applications)]  # merit grows with i
    assert [line.adjusted_rank for line in lines] == list(range(1, 9))
    raw = queries.page(officer, call, row.id, Sorting.raw, None, None).rows
    assert [line.mean for line in raw] == sorted((line.mean for line in raw), reverse=True)
    assert [line.id for line in raw] != [line.id for line in lines]  # the severities had changed the order
    assert page.index(applications[7].number) < page.index(applications[0].number)
    assert "Above the line" in page and "<svg" in page
    zone = [line for line in lines if line.undecided(0.1, 0.9)]
    assert zone and page.count('class="zone"') == len(zone)


def test_a_changed_review_takes_the_old_figures_off_the_page(app: Any, client_for: Any) -> None:
    call, applications, _readers = a_round()
    officer = clerk()
    calibrate(call, officer)
    session.commit()
    browser = client_for(officer)
    assert "Adjusted score" in browser.get(f"/officer/calls/{call.id}/ranking").text
    chain.reviewed(applications[0], 1, reader())
    session.commit()
    page = browser.get(f"/officer/calls/{call.id}/ranking").text
    assert "Adjusted score" not in page and "Calibrate again" in page


def test_a_conflicted_review_counts_nowhere(app: Any, client_for: Any) -> None:
    """CON-14: it leaves mean, calibration, criteria and the list of reviewers."""
    call, applications, _readers = a_round()
    officer = clerk()
    stranger = reader("Zcharia Quill")
    before = queries.fingerprint(call.id)
    assignment = chain.reviewed(applications[0], 5, stranger)
    assert queries.fingerprint(call.id) != before
    assert any(line.name == stranger.name for line in queries.reviewers(call.id))
    reviews.answer(assignment, "conflict", officer, "found later")
    session.flush()
    assert queries.fingerprint(call.id) == before
    assert not any(line.name == stranger.name for line in queries.reviewers(call.id))
    assert all(line.n == 0 for line in queries.criteria(officer, call.id))
    line = next(
        li for li in queries.page(officer, call, None, Sorting.raw, None, None).rows if li.id == applications[0].id
    )
    assert len(line.scores) == 3


def test_who_is_recused_sees_neither_the_proposal_nor_what_tells_of_it(app: Any, client_for: Any) -> None:
    """Reliability B23: not in the list, not in ranks, not in totals, not in what is computed from all together."""
    call, applications, _readers = a_round()
    calibrate(call, places=3)
    best = applications[7]
    tied = clerk(of=best.lead_organisation)
    session.commit()
    browser = client_for(tied)
    page = browser.get(f"/officer/calls/{call.id}/ranking").text
    assert best.number not in page and best.title_en not in page
    assert ">7<" in page and ">8<" not in page  # seven proposals, ranks 1 to 7
    assert "Adjusted score" not in page and "Above the line" not in page
    lines = queries.page(tied, call, None, Sorting.raw, None, None).rows
    assert {line.rank for line in lines} == set(range(1, 8))
    for door in ("scenarios", "scenarios/compare", "calibration"):
        assert browser.get(f"/officer/calls/{call.id}/{door}").status_code == 404
    assert " Reader" not in browser.get(f"/officer/calls/{call.id}/ranking/reviewers").text
    answer = browser.post(f"/officer/calls/{call.id}/ranking/export")
    assert best.number not in answer.text and answer.text.count("\n") == 8
    with pytest.raises(Forbidden):
        calibrate(call, tied)
    for door in ("figures", "figures.csv", "decision-list", "undecided", "figures/all/applied", "ranking/criteria"):
        text = browser.get(f"/officer/calls/{call.id}/{door}").text
        assert best.number not in text and best.title_en not in text
    assert queries.figures(tied, call.id)["frame"][0].count.applied == 7


def test_the_export_goes_on_the_record_with_its_lines(app: Any, client_for: Any) -> None:
    call, applications, _readers = a_round(3)
    applications[0].title_en = "=cmd()"
    officer = clerk()
    session.commit()
    answer = client_for(officer).post(f"/officer/calls/{call.id}/ranking/export")
    assert answer.status_code == 200 and answer.mimetype == "text/csv" and "'=cmd()" in answer.text
    event = session.scalars(select(Event).where(Event.name == "ranking exported")).one()
    assert event.actor_id == officer.id and event.data == {"rows": 3}


def test_reviewers_and_their_severity_are_for_officers_alone(app: Any, client_for: Any) -> None:
    call, _applications, _readers = a_round()
    officer = clerk()
    calibrate(call, officer)
    session.commit()
    path = f"/officer/calls/{call.id}/ranking/reviewers"
    page = client_for(officer).get(path).text
    assert "Anzai Reader" in page and "-0." in page and "+0." in page
    for role in (Role.auditor, Role.reviewer, Role.applicant, Role.admin):
        assert client_for(person(role)).get(path).status_code == 403
    auditor = client_for(person(Role.auditor))
    assert auditor.get(f"/officer/calls/{call.id}/ranking").status_code == 200
    assert auditor.post(f"/officer/calls/{call.id}/calibration", data={}).status_code == 403
    form = client_for(officer).get(f"/officer/calls/{call.id}/calibration")
    assert form.status_code == 200 and 'name="lower_pct"' in form.text
    wrong = {"lower_pct": "90", "upper_pct": "10", "fewest": "3", "disagreement": "1.00"}
    assert client_for(officer).post(f"/officer/calls/{call.id}/calibration", data=wrong).status_code == 422
    right = {**wrong, "lower_pct": "10", "upper_pct": "90", "places": "2"}
    assert client_for(officer).post(f"/officer/calls/{call.id}/calibration", data=right).status_code == 303
    assert " Reader" not in auditor.get(f"/officer/calls/{call.id}/ranking").text


def test_a_large_round_is_left_to_the_worker(app: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    call, _applications, _readers = a_round()
    monkeypatch.setattr(calibrating, "AT_ONCE", 5)
    officer = clerk()
    row = calibrate(call, officer, places=2)
    session.commit()
    answer = client_for(officer).get(f"/officer/calls/{call.id}/ranking")
    assert row.made_at is None and answer.headers["Refresh"] and "being computed" in answer.text
    item = session.scalars(select(outbox.OutboxItem).where(outbox.OutboxItem.kind == calibrating.KIND)).one()
    operations.make_calibration(item)
    operations.make_calibration(item)  # twice is once
    assert row.made_at is not None
    assert session.query(CalibratedScore).filter_by(calibration_id=row.id).count() == 8


def test_too_thin_says_so_and_adjusted_is_raw(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    for score in (350, 420):
        give(proposals.under_review(call), reader(), score)
    officer = clerk()
    row = calibrate(call, officer)
    session.commit()
    assert row.summary["thin"] == "disconnected"
    page = client_for(officer).get(f"/officer/calls/{call.id}/ranking").text
    assert "Too thin to calibrate" in page
    assert sorted(s.adjusted for s in session.query(CalibratedScore)) == [350, 420]


def test_the_criteria_page_counts_each_score(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    application = proposals.under_review(call)
    chain.reviewed(application, 4, reader())
    chain.reviewed(application, 2, reader())
    officer = clerk()
    lines = queries.criteria(officer, call.id)
    assert lines and all(line.counts == (0, 1, 0, 1, 0) and line.mean == 3 for line in lines)
    session.commit()
    assert lines[0].name.en in client_for(officer).get(f"/officer/calls/{call.id}/ranking/criteria").text


def test_disagreement_is_flagged_from_the_spread_that_was_set(app: Any, client_for: Any) -> None:
    call, applications, _readers = a_round(3)
    give(applications[0], reader(), 500)
    give(applications[0], reader(), 100)
    officer = clerk()
    line = next(li for li in queries.page(officer, call, None, Sorting.spread, None, None).rows)
    assert line.id == applications[0].id and line.disagrees(1.0) and not line.disagrees(2.0)
    session.commit()
    assert client_for(officer).get(f"/officer/calls/{call.id}/ranking").text.count("<b>disagree</b>") == 1


def test_pages_of_the_ranking_go_by_key_and_every_proposal_comes_once(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, applications, _readers = a_round(7)
    officer = clerk()
    row = calibrate(call, officer)
    from app.core import tables

    monkeypatch.setattr(tables.keyset, "__defaults__", (None, None, 3))
    for sort in Sorting:
        seen: list[int] = []
        page = queries.page(officer, call, row.id, sort, None, None)
        while True:
            seen += [line.id for line in page.rows]
            if not page.next or len(page.rows) < 3:
                break
            page = queries.page(officer, call, row.id, sort, page.next, None)
        assert sorted(seen) == sorted(a.id for a in applications), sort


def test_the_ranking_asks_the_same_few_questions_for_one_and_for_three(
    app: Any, client_for: Any, count_queries: Any
) -> None:
    officer = clerk()
    browser = client_for(officer)
    counts = []
    for n in (1, 3):
        call, _applications, _readers = a_round(n)
        calibrate(call, officer)
        session.commit()
        with count_queries() as seen:
            assert browser.get(f"/officer/calls/{call.id}/ranking").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10, [x[-200:] for x in seen]


def test_fifty_lines_weigh_little(app: Any, client_for: Any) -> None:
    call, _applications, _readers = a_round(2)
    officer = clerk()
    calibrate(call, officer, places=1)
    session.commit()
    browser = client_for(officer)
    page = browser.get(f"/officer/calls/{call.id}/ranking").text
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    rest = len(page.encode()) - len(body.encode())
    assert rest + 50 * len(body.encode()) / 2 < 30_000
