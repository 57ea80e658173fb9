"""The year beside the products: value added for both programmes, the status of a new collaboration's plan."""

from typing import Any

from app.accounts.choices import Role
from app.core.db import session
from app.flags import operations as flags
from app.flags.models import Flag
from app.outcomes import operations, queries
from tests.factories import chain
from tests.factories.people import person

YEAR = {"operating_profit_yen": "-1,000", "personnel_cost_yen": "5,000", "depreciation_yen": "500"}


def test_a_plan_of_new_collaboration_is_graded_by_quarter_and_saved_in_part(app: Any, client_for: Any) -> None:
    """MON-13, NC-13: partial saves, own items, prefilled in the next year without figures and grades; the office reads."""
    project = chain.completed_project("new_collaboration", ago=800)
    first, second, lead = chain.follow_up_of(project), chain.follow_up_of(project, 2), chain.lead(project)
    browser = client_for(lead)
    page = browser.get(f"/follow-ups/{first.id}").text
    assert "operating profit + personnel cost + depreciation" in page
    for goal in queries.plan_items(project):
        assert goal in page  # begins with the items of the plan as approved
    path = f"/follow-ups/{first.id}"
    part = {**{f"item_{n}": "" for n in range(2, 9)}, "version": str(first.version), "save": "1", "item_1": "Trial sales", "item_1_q2": "c", "need_sales": "y",
            "negotiating": "3", "members_changed": "no"}  # fmt: skip
    assert browser.post(path, data={**part, "personnel_cost_yen": "many"}).status_code == 422
    assert browser.post(path, data={**part, "item_2_q1": "a"}).status_code == 422  # grades of nothing
    assert browser.post(path, data=part).status_code == 303
    session.expire_all()
    row = queries.year_status_of(first.id)
    assert row is not None and [(i.item, i.grades) for i in row.items] == [("Trial sales", "-c--")]
    assert (row.needs, row.negotiating, row.members_changed, row.value_added_yen) == (["sales"], 3, False, None)
    again = {**part, **YEAR, "version": str(first.version), "item_2": "Training", "item_2_q4": "d"}
    assert browser.post(path, data=again).status_code == 303
    session.expire_all()
    data = chain.answers(project)
    operations.save(first, data, first.version, lead)  # a save without that part leaves it alone
    operations.submit(first, lead)
    row = queries.year_status_of(first.id)
    assert row is not None and row.value_added_yen == 4_500 and [i.grades for i in row.items] == ["-c--", "---d"]
    office = client_for(person(Role.officer)).get(path).text
    assert "C – partly" in office and "¥4,500" in office and "Sales and markets" in office
    session.expire_all()
    flags.refresh([project.id])
    raised = {flag.rule for flag in session.query(Flag).filter_by(project_id=project.id, cleared_at=None)}
    assert "PLAN_ITEMS_BEHIND" in raised
    said = operations.stored_year(second)
    assert [item for item, _grades in said.items] == ["Trial sales", "Training"]
    assert all(grade is None for _item, grades in said.items for grade in grades) and said.personnel_cost_yen is None
    assert "Trial sales" in browser.get(f"/follow-ups/{second.id}").text


def test_consortium_research_is_asked_for_value_added_only(app: Any, client_for: Any) -> None:
    """MON-10: what was told of two years running shows how value added moved."""
    project = chain.completed_project(ago=800)
    lead, browser = chain.lead(project), client_for(chain.lead(project))
    for number, cost in ((1, "5,000"), (2, "1,500")):
        report = chain.follow_up_of(project, number)
        page = browser.get(f"/follow-ups/{report.id}").text
        assert "Value added of the year" in page and "Items of the plan" not in page
        form = {**YEAR, "personnel_cost_yen": cost, "version": str(report.version), "save": "1"}
        assert browser.post(f"/follow-ups/{report.id}", data=form).status_code == 303
        session.expire_all()
        operations.save(report, chain.answers(project), report.version, lead)
        operations.submit(report, lead)
    flags.refresh([project.id])
    flag = session.query(Flag).filter_by(project_id=project.id, rule="VALUE_ADDED_FELL").one()
    assert (flag.facts["before_yen"], flag.facts["actual_yen"]) == (4_500, 1_000)
