"""Past rounds set against later results: the pages, the lists behind each figure, and what may not be told."""

import csv
import io
from datetime import date
from typing import Any

import pytest

from app.accounts.choices import Role
from app.analytics import queries as rates
from app.analytics.definitions import Commercialization
from app.applications.models import Submission
from app.calls.choices import Programme
from app.core.clock import now
from app.core.db import session
from app.learning import queries
from app.learning.choices import Against, State
from app.learning.definitions import figures
from app.learning.definitions.questions import Question
from app.reviews.choices import AssignmentStatus
from app.reviews.models import Review, ReviewAssignment, ReviewForecast
from app.selection.models import CalibratedScore, Calibration
from tests.factories import history
from tests.factories.history import Past, tell
from tests.factories.people import person

pytestmark = pytest.mark.both_databases

AS_OF = date(2021, 6, 1)
ASKED = "first=2010&last=2014&as_of=2021-06-01"


def question(**values: Any) -> Question:
    return Question(
        **{"programme": Programme.consortium_rd, "first_year": 2010, "last_year": 2014, "as_of": AS_OF, **values}
    )


def officer(**values: Any) -> Any:
    return person(Role.officer, **values)


def codes(call: Any) -> list[str]:
    return [criterion.code for criterion in call.criteria]


SOLD = {1: 0, 2: 3, 5: 4}
NOT = {1: 0, 5: 0}


def a_history(n: int = 24, reviewers: int = 5) -> tuple[Any, list[Any]]:
    """Half of the projects sold; the first criterion told which, the second is the wrong way round for all."""
    call, panel = history.a_call(), history.reviewers(reviewers)
    told, wrong = codes(call)[:2]
    found = []
    for k in range(n):
        sold = k % 2 == 0
        past = Past(
            scores={told: 4 + k % 4 // 2 if sold else 2 + k % 4 // 2, wrong: 2 if sold else 4},
            forecasts=[70 if sold else 20] * reviewers, weighted=300 + 10 * (k % 3),
            planned_sale=date(2016, 10, 1), planned_yen=dict.fromkeys(range(1, 6), 1_000_000),
            heard={y: (3 if sold and y > 1 else 0) for y in range(1, 6)},
            sold_yen={y: 500_000 for y in range(2, 6)} if sold else {},
        )  # fmt: skip
        found.append(tell(call, panel, past))
    return call, found


def test_each_criterion_is_set_against_what_came(app: Any) -> None:
    call, _found = a_history()
    reader, asked = officer(), question()
    cases = queries.cases(reader, asked)
    lines = {line.key: line for line in figures.criteria(cases, queries.criterion_names(asked), asked)}
    told, wrong, unused = codes(call)[:3]
    assert figures.counts(cases, "criteria", asked)[State.yes] == 12
    assert lines[told].correlation.n == 24 and lines[told].correlation.rho is not None
    assert lines[told].correlation.rho.value > 0.85 and lines[told].correlation.rho.clear
    assert lines[wrong].correlation.rho is not None and lines[wrong].correlation.rho.value == pytest.approx(-1)
    assert lines[unused].correlation.rho is None and lines[unused].unscored == 24
    assert lines["raw"].correlation.rho is not None and not lines["raw"].correlation.rho.clear
    assert lines["adjusted"].unscored == 24  # nobody calibrated that round
    assert queries.reviewed(reader, asked) == 24


def test_the_same_projects_count_as_in_the_rates(app: Any) -> None:
    """With every year answered, "first sale within five years" is E2 of the commercialization rates, lag 5."""
    a_history()
    cases = queries.cases(officer(), question())
    rate = rates.measure(Commercialization("E2", Programme.consortium_rd, 2010, 2014, date(2020, 3, 31), lag=5))
    assert rate.numerator == sum(case.result.state is State.yes for case in cases)
    assert rate.denominator == len(cases)


def test_unknown_young_and_unfinished_are_counted_apart(app: Any, client_for: Any) -> None:
    call, _found = a_history()
    panel = history.reviewers(1)
    score = {codes(call)[0]: 5}
    tell(call, panel, Past(score, heard={1: 0}))  # silent when it mattered
    tell(call, panel, Past(score, heard={1: 5}, completed_on=date(2018, 3, 31)))  # sold, and too young to count
    tell(call, panel, Past(score, completed_on=None))
    reader, asked = officer(), question()
    cases = queries.cases(reader, asked)
    assert figures.counts(cases, "criteria", asked) == {
        State.yes: 12, State.no: 12, State.unknown: 1, State.young: 1, State.unfinished: 1, State.unplanned: 0,
    }  # fmt: skip
    line = figures.criteria(cases, queries.criterion_names(asked), asked)[0]
    assert line.correlation.n == 24 and line.unknown == 1
    assert line.if_no is not None and line.if_yes is not None and line.if_no < line.if_yes
    session.commit()
    page = client_for(reader).get(f"/officer/learning?{ASKED}").text
    assert "not observed long enough" in page and "What this cannot show" in page


def test_every_number_of_the_head_leads_to_as_many_projects(app: Any, client_for: Any) -> None:
    call, found = a_history()
    tell(call, history.reviewers(1), Past({codes(call)[0]: 5}, heard={1: 0}))
    session.commit()
    browser = client_for(officer())
    for kind in ("criteria", "forecasts", "plans"):
        assert browser.get(f"/officer/learning{'' if kind == 'criteria' else '/' + kind}?{ASKED}").status_code == 200
        listed = 0
        for state in State:
            page = browser.get(f"/officer/learning/{kind}/records?{ASKED}&state={state.value}").text
            listed += page.count('<th scope="row">')
        assert listed == len(found) + 1
        counted = browser.get(f"/officer/learning/{kind}/records?{ASKED}").text
        assert counted.count('<th scope="row">') == len(found)  # those that entered the figures, without the silent one
        rows = _csv(browser.get(f"/officer/learning/{kind}/records.csv?{ASKED}"))
        assert sum(row[:1] != [] and row[0].startswith("HP-") for row in rows) == len(found) + 1


def _csv(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_list_is_paged_by_key_both_ways(app: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.tables.PAGE_SIZE", 5)
    a_history(12)
    asked = question()
    cases = queries.cases(officer(), asked)
    first = queries.page(cases, "criteria", asked, {State.yes}, None, None)
    second = queries.page(cases, "criteria", asked, {State.yes}, first.next, None)
    assert [c.key for c in [*first.rows, *second.rows]] == [c.key for c in cases if c.result.state is State.yes]
    assert first.previous is None and second.next is None
    assert queries.page(cases, "criteria", asked, {State.yes}, None, second.previous).rows == first.rows


def test_forecasts_are_scored_as_last_sent(app: Any, client_for: Any) -> None:
    """70% where it came and 20% where not: 0.5 * 0.09 + 0.5 * 0.04. A forecast sent again replaces the first one."""
    _call, found = a_history()
    reader = officer()
    score = figures.forecasts(queries.cases(reader, question()), question())
    assert (score.forecasts, score.projects, score.reviewers) == (120, 24, 5)
    assert score.brier == pytest.approx(0.065)
    assert [(row.mean, row.rate) for row in score.rows] == [(pytest.approx(0.2), 0), (pytest.approx(0.7), 1)]
    review = (
        session.query(Review).join(ReviewAssignment).filter(ReviewAssignment.application_id == found[0][0].id).first()
    )
    assert review is not None
    session.add(ReviewForecast(review_id=review.id, number=2, probability_pct=100))
    session.flush()
    again = figures.forecasts(queries.cases(reader, question()), question())
    assert again.brier == pytest.approx((0.065 * 120 - 0.09) / 120)
    session.commit()
    page = client_for(reader).get(f"/officer/learning/forecasts?{ASKED}").text
    assert "0.064" in page and "<svg" in page


def test_nothing_on_forecasts_comes_from_fewer_than_five_people_and_no_name_stands_anywhere(
    app: Any, client_for: Any
) -> None:
    _call, _found = a_history(reviewers=4)
    panel = [row.reviewer for row in session.query(ReviewAssignment).limit(4)]
    session.commit()
    browser = client_for(officer())
    page = browser.get(f"/officer/learning/forecasts?{ASKED}").text
    assert "fewer than 5 reviewers" in page and "0.065" not in page
    sheet = browser.get(f"/officer/learning/forecasts/figures.csv?{ASKED}").data.decode()
    assert "brier" not in sheet
    records = _csv(browser.get(f"/officer/learning/forecasts/records.csv?{ASKED}"))
    assert {row[-1] for row in records if row[:1] and row[0].startswith("HP-")} == {""}
    for text in (page, sheet, browser.get(f"/officer/learning?{ASKED}").text):
        assert not any(who.name in text or who.email in text for who in panel)


def test_plans_are_compared_with_verified_reports(app: Any, client_for: Any) -> None:
    """Planned for FY2016, which is year 2; those that sold did so then, with half of each year's plan from then on."""
    a_history()
    reader, asked = officer(), question()
    cases = queries.cases(reader, asked)
    first = figures.first_sales(cases, asked)
    assert (first.in_time, first.known, first.unknown, first.unplanned) == (12, 24, 0, 0)
    assert first.lags == ((0, 12), (None, 12)) and first.median == 0
    year2, whole = figures.sales_lines(cases, asked)[1], figures.sales_lines(cases, asked)[-1]
    assert (year2.n, year2.planned, year2.real, year2.reached) == (24, 24_000_000, 6_000_000, 0)
    assert year2.ratio is not None and year2.ratio[0] == pytest.approx(0.25)
    assert whole.year is None and whole.ratio is not None and whole.ratio[0] == pytest.approx(12 * 4 * 0.5 / (24 * 5))
    session.commit()
    page = client_for(reader).get(f"/officer/learning/plans?{ASKED}").text
    assert "25.0%" in page and "in the planned year" in page and "not sold yet" in page


def test_the_plan_of_the_last_version_counts(app: Any) -> None:
    call, panel = history.a_call(), history.reviewers(1)
    application, _project = tell(call, panel, Past(planned_sale=date(2016, 10, 1), heard=SOLD))
    later = Submission(
        application_id=application.id, number=2, receipt_number="R-2", snapshot="{}", idempotency_key="k-2",
        sha256="1" * 64, arrived_at=now(), submitted_by_id=panel[0].id,
    )  # fmt: skip
    session.add(later)
    session.flush()
    history.forecast(later, date(2015, 10, 1), {})
    (case,) = queries.cases(officer(), question())
    assert case.plan is not None and case.plan.first_sale_on == date(2015, 10, 1)
    assert case.lag.years == 1 and case.state_in("plans", question()) is State.no


def test_a_conflicted_review_counts_nowhere(app: Any) -> None:
    """CON-14."""
    call, panel = history.a_call(), history.reviewers(1)
    past = Past({codes(call)[0]: 5}, forecasts=[90], heard=SOLD, assignment=AssignmentStatus.conflicted)
    tell(call, panel, past)
    (case,) = queries.cases(officer(), question())
    assert not case.scores and case.raw is None and case.forecasts == ()
    assert queries.reviewed(officer(), question()) == 0


def test_who_is_recused_has_the_project_in_no_figure_and_no_adjusted_score_of_its_round(
    app: Any, client_for: Any
) -> None:
    """Reliability B23: what is computed from all proposals together tells of each."""
    call, found = a_history(22)
    row = Calibration(call_id=call.id, digest="d", asked_by_id=officer().id, made_at=now())
    session.add(row)
    session.flush()
    session.add_all(
        CalibratedScore(calibration_id=row.id, application_id=a.id, adjusted=300 + k, rank=k + 1)
        for k, (a, _p) in enumerate(found)
    )
    session.flush()
    application, project = found[0]
    tied = officer(of=application.lead_organisation)
    free_cases, tied_cases = queries.cases(officer(), question()), queries.cases(tied, question())
    assert len(free_cases) == 22 and all(case.adjusted is not None for case in free_cases)
    assert len(tied_cases) == 21 and all(case.adjusted is None for case in tied_cases)
    assert queries.reviewed(tied, question()) == 21
    session.commit()
    browser = client_for(tied)
    for kind in ("criteria", "forecasts", "plans"):
        for state in State:
            assert (
                project.project_key not in browser.get(f"/officer/learning/{kind}/records?{ASKED}&state={state}").text
            )
        assert project.project_key not in browser.get(f"/officer/learning/{kind}/records.csv?{ASKED}").text


def test_too_few_says_so(app: Any, client_for: Any) -> None:
    a_history(12)
    session.commit()
    browser = client_for(person(Role.auditor))
    assert "too few to say (12 of at least 20)" in browser.get(f"/officer/learning?{ASKED}").text
    assert "too few to say" in browser.get(f"/officer/learning/forecasts?{ASKED}").text
    assert "Too few to say: 12 projects" in browser.get(f"/officer/learning/plans?{ASKED}").text
    assert "too few to say (12" not in browser.get(f"/officer/learning?{ASKED}&fewest=10").text


@pytest.mark.parametrize("against", Against)
def test_other_results_can_be_asked_for(app: Any, client_for: Any, against: Against) -> None:
    a_history()
    session.commit()
    asked = question(against=against)
    reader = officer()
    lines = figures.criteria(queries.cases(reader, asked), queries.criterion_names(asked), asked)
    assert lines[0].correlation.rho is not None and lines[0].correlation.rho.value > 0.8
    page = client_for(reader).get(f"/officer/learning?{ASKED}&against={against.value}&level=E3").text
    assert "Rank correlation" in page
    rows = _csv(client_for(reader).get(f"/officer/learning/criteria/figures.csv?{ASKED}&against={against.value}"))
    assert ["against", against.value] in rows and any(row[:1] == ["raw"] for row in rows)


def test_only_the_office_comes_in_and_unsound_questions_are_told(app: Any, client_for: Any) -> None:
    browser = client_for(officer())
    assert browser.get("/officer/learning").status_code == 200  # nothing asked, nothing there: still a page
    assert browser.get("/officer/learning?first=2020&last=2010").status_code == 422
    assert browser.get("/officer/learning/plans/records?first=2020&last=2010").status_code == 404
    assert browser.get("/officer/learning/plans/records?state=perhaps").status_code == 404
    for role in (Role.applicant, Role.reviewer, Role.admin):
        assert client_for(person(role)).get("/officer/learning").status_code == 403
        assert client_for(person(role)).get("/officer/learning/forecasts/records.csv").status_code == 403


def test_the_number_of_statements_does_not_grow_with_the_projects(
    app: Any, client_for: Any, count_queries: Any
) -> None:
    seen = []
    reader = officer()
    call, panel = history.a_call(), history.reviewers(2)
    for n in (1, 3):
        for _ in range(n):
            tell(call, panel, Past({codes(call)[0]: 4}, forecasts=[50, 40], planned_sale=date(2016, 5, 1), heard=SOLD))
        session.commit()
        browser = client_for(reader)
        for address in ("", "/forecasts", "/plans", "/criteria/records"):
            with count_queries() as statements:
                assert browser.get(f"/officer/learning{address}?{ASKED}").status_code == 200
            seen.append(len(statements))
    assert seen[:4] == seen[4:] and max(seen) <= 20
