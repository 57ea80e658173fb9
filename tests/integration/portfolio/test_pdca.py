"""The PDCA board: targets, values that are only added, actions and their life, carry-over, stored questions."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.analytics import queries as analytics
from app.analytics.definitions import Commercialization
from app.clusters.choices import FigureKind, Indicator
from app.clusters.models import Target as ClusterTarget
from app.core.audit import Event
from app.core.clock import today
from app.core.db import session
from app.core.errors import OutOfOrder, Refused, Stale
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.portfolio import operations
from app.portfolio.choices import Actual, Standing
from app.portfolio.models import PdcaAction, PdcaTarget, PdcaValue
from app.portfolio.operations import ActionData, TargetData
from app.portfolio.queries import pdca
from tests.factories import people, portfolio

YEAR = fiscal_year(today())
FORM = {
    "indicator": "Companies that export", "unit": "companies", "baseline": "10", "starts_on": f"{YEAR - 1}-04-01",
    "target": "1,000.5", "ends_on": f"{YEAR + 1}-03-31", "source": "Plan of the bureau", "actual": "typed",
}  # fmt: skip


def a_target(actor: Any, **values: Any) -> PdcaTarget:
    data = {
        "indicator": "Exporters", "unit": "companies", "baseline": 0, "target": 100,
        "starts_on": today() - timedelta(days=100), "ends_on": today() + timedelta(days=100), "source": "Plan", **values,
    }  # fmt: skip
    return operations.set_target(TargetData(**data), actor)


def an_action(actor: Any, target: PdcaTarget) -> PdcaAction:
    found = operations.plan_action("own", target.id, YEAR, ActionData("Visit fairs", actor.id, today()), actor)
    assert found is not None
    return found


def test_typed_values_are_only_added_and_the_last_record_of_a_day_counts(app: Flask) -> None:
    officer = people.person("officer")
    target = a_target(officer)
    assert pdca.progress([target], today(), officer)[0].standing is Standing.unknown
    for value in (70, 40):
        operations.record_value(target, today() - timedelta(days=1), value, "survey", officer)
    operations.record_value(target, today() - timedelta(days=50), 5, "survey", officer)
    found = pdca.progress([target], today(), officer)[0]
    assert found.reading is not None and found.reading.value == 40
    assert (found.expected, found.gap, found.standing) == (50.0, -10.0, Standing.behind)
    assert pdca.progress([target], today() - timedelta(days=10), officer)[0].reading.value == 5  # type: ignore[union-attr]
    assert [v.value for v in pdca.values_of(target, officer)] == [40, 70, 5]
    with pytest.raises(Refused, match="value-future"):
        operations.record_value(target, today() + timedelta(days=1), 1, "x", officer)


def test_a_measured_target_is_what_analytics_answers(app: Flask) -> None:
    officer = people.person("officer")
    for n in range(4):
        row = portfolio.project(completed_on=date(2005, 3, 31))
        if n < 3:
            portfolio.observation(row, date(2005, 9, 1), "launched", 3 if n else 1)
    target = a_target(
        officer, actual=Actual.commercialization, unit="%", target=90,
        question={"definition": "E2", "first": 2004, "last": 2004, "lag": 1},
    )  # fmt: skip
    found = pdca.progress([target], today(), officer)[0].reading
    rate = analytics.measure(Commercialization("E2", None, 2004, 2004, today(), None, 1))
    assert found is not None and rate.rate is not None
    assert (found.value, found.numerator, found.denominator, found.unknown) == (50.0, 2, 4, 1)
    assert found.value == round(rate.rate * 100, 2)
    operations.keep_answer(target, officer)
    kept = session.scalars(select(PdcaValue)).one()
    assert (kept.value, kept.denominator, kept.unknown, kept.observed_on) == (50.0, 4, 1, today())
    with pytest.raises(Refused, match="value-measured"):
        operations.record_value(target, today(), 1, "x", officer)


def test_an_action_notes_its_gap_and_lives_by_its_machine(app: Flask) -> None:
    officer = people.person("officer")
    target = a_target(officer)
    operations.record_value(target, today(), 40, "survey", officer)
    action = an_action(officer, target)
    assert (action.gap, action.gap_on, action.status) == (-10.0, today(), "planned")
    for data, code in (
        (ActionData("x", people.person("auditor").id, today()), "action-owner"),
        (ActionData("x", officer.id, date(YEAR, 3, 31)), "action-due"),
    ):
        with pytest.raises(Refused, match=code):
            operations.plan_action("own", target.id, YEAR, data, officer)
    assert operations.plan_action("own", 99999, YEAR, ActionData("x", officer.id, today()), officer) is None
    operations.move(action, "start", action.version, "", officer, "/")
    with pytest.raises(Refused, match="action-words"):
        operations.move(action, "finish", action.version, "", officer, "/")
    with pytest.raises(Stale):
        operations.move(action, "finish", action.version - 1, "Two orders", officer, "/")
    operations.move(action, "finish", action.version, "Two orders", officer, "/")
    assert (action.status, action.result) == ("done", "Two orders")
    with pytest.raises(OutOfOrder):
        operations.carry_over(action, action.version, today(), officer, "/")
    operations.note_result(action, action.version, "A year later: four orders", officer, "/")
    noted = session.scalars(
        select(Event).where(Event.subject_type == "pdca_action", Event.name == "result_noted")
    ).one()
    assert noted.data == {"before": "Two orders"}


def test_an_open_action_is_carried_over_once_into_the_following_year(app: Flask) -> None:
    officer = people.person("officer")
    action = an_action(officer, a_target(officer))
    due = fiscal_year_end(YEAR + 1)
    with pytest.raises(Refused, match="action-due"):
        operations.carry_over(action, action.version, fiscal_year_end(YEAR), officer, "/")
    follower = operations.carry_over(action, action.version, due, officer, "/")
    assert (follower.fiscal_year, follower.carried_from_id, follower.status) == (YEAR + 1, action.id, "planned")
    assert action.status == "carried"
    with pytest.raises(OutOfOrder):
        operations.carry_over(action, action.version, due, officer, "/")


def test_a_years_in_the_life_of_the_board(app: Flask, client_for: Any) -> None:
    officer = people.person("officer")
    browser, auditor = client_for(officer), client_for(people.person("auditor"))
    assert "No target covers this year yet" in browser.get("/pdca").text
    for odd in ("02000" + "9" * 20, "2000" + "0" * 5000, "0", "２００６"):
        assert browser.get("/pdca", query_string={"year": odd}).status_code == 200
    assert browser.get("/pdca/targets/new").status_code == 200
    wrong = browser.post("/pdca/targets", data={**FORM, "ends_on": FORM["starts_on"], "target": "1e9"})
    assert wrong.status_code == 422 and "Write a number such as 26.5" in wrong.text
    late = browser.post("/pdca/targets", data={**FORM, "ends_on": FORM["starts_on"]})
    assert late.status_code == 422 and "must lie after the baseline" in late.text
    rate = {**FORM, "actual": "participation", "definition": "E2", "first": "2004", "last": "2003"}
    assert browser.post("/pdca/targets", data=rate).text.count("field-error") >= 2
    assert browser.post("/pdca/targets", data={**FORM, "actual": "guessed"}).status_code == 422
    assert browser.post("/pdca/targets", data=FORM).status_code == 303
    target = session.scalars(select(PdcaTarget)).one()
    page = f"/pdca/targets/{target.id}"
    assert target.target == 1000.5 and auditor.get(page).status_code == 200
    for address in (page, page + "/values", page + "/answers", f"/pdca/actions/own/{target.id}"):
        assert auditor.post(address, data=FORM).status_code == 403
    value = {"observed_on": today().isoformat(), "value": "12", "source": "survey"}
    assert browser.post(page + "/values", data={**value, "value": ""}).status_code == 422
    assert browser.post(page + "/values", data=value).status_code == 303
    assert "survey" in auditor.get(page).text
    board = browser.get("/pdca").text
    assert "has no action yet" in board and "Behind" in board and "12 companies" in board
    assert browser.get(f"/pdca/actions/own/{target.id}/new").status_code == 200
    plan = {
        "title": "Visit fairs",
        "owner_id": str(officer.id),
        "due_on": fiscal_year_end(YEAR).isoformat(),
        "year": YEAR,
    }
    assert browser.post(f"/pdca/actions/own/{target.id}", data={**plan, "due_on": "2000-01-01"}).status_code == 422
    assert browser.post(f"/pdca/actions/own/{target.id}", data=plan).status_code == 303
    action = session.scalars(select(PdcaAction)).one()
    assert "Visit fairs" in auditor.get("/pdca/print").text and "Finish, drop" not in auditor.get("/pdca").text
    number, version = action.id, action.version
    assert browser.post(f"/pdca/actions/{number}/start", data={"version": version}).status_code == 303
    assert browser.post(f"/pdca/actions/{number}/start", data={"version": version}).status_code == 409
    version = session.get(PdcaAction, number, populate_existing=True).version  # type: ignore[union-attr]
    assert browser.post(f"/pdca/actions/{number}/carry", data={"version": version}).status_code == 422
    due = fiscal_year_end(YEAR + 1).isoformat()
    assert browser.post(f"/pdca/actions/{number}/carry", data={"version": version, "due_on": due}).status_code == 303
    following = browser.get(f"/pdca?year={YEAR + 1}").text
    assert "carried over from the year before" in following
    seen = target.version
    assert browser.get(page + "/edit").status_code == 200
    assert browser.post(page, data={**FORM, "target": "20", "version": seen}).status_code == 303
    assert browser.post(page, data={**FORM, "target": "30", "version": seen}).status_code == 409
    assert client_for(people.person("applicant")).get("/pdca").status_code == 403


def test_a_clusters_target_that_is_behind_gets_its_action_here(app: Flask, client_for: Any) -> None:
    officer = people.person("officer")
    cluster = portfolio.cluster("pdca-cluster", valid_from=date(2001, 4, 1))
    aim = ClusterTarget(
        cluster_id=cluster.id, indicator=Indicator.new_businesses, kind=FigureKind.target, value=40_000,
        valid_from=today() - timedelta(days=200), valid_to=today() + timedelta(days=165), source="METI slides",
    )  # fmt: skip
    session.add(aim)
    session.flush()
    action = operations.plan_action("cluster", aim.id, YEAR, ActionData("Ask the bases", officer.id, today()), officer)
    assert action is not None and action.gap is not None and action.gap < 0 and action.cluster_target_id == aim.id
    assert pdca.board(YEAR, officer).of(aim) == [action]
    page = client_for(officer).get("/pdca").text
    assert "Ask the bases" in page and "40,000" in page
    assert client_for(officer).get(f"/pdca/actions/cluster/{aim.id}/new").status_code == 200


def test_the_board_costs_the_same_whatever_the_targets(app: Flask, client_for: Any, count_queries: Any) -> None:
    officer = people.person("officer")
    browser = client_for(officer)
    costs = []
    for n in (1, 3):
        while len(session.scalars(select(PdcaTarget)).all()) < n:
            an_action(officer, a_target(officer))
        session.commit()
        with count_queries() as seen:
            assert browser.get("/pdca").status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12, costs
