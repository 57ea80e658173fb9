"""Flags are raised and cleared by rules, and handled by officers with a reason."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.accounts.choices import Role
from app.clusters.models import Cluster, Membership
from app.core.clock import today
from app.core.db import session
from app.core.errors import Refused, Stale
from app.core.outbox import OutboxItem
from app.flags import operations, queries
from app.flags.choices import FlagStatus, Gone, Judged
from app.flags.models import Flag
from app.flags.operations import digest
from app.milestones import operations as milestones
from app.milestones import queries as milestone_queries
from app.organisations.choices import COMPANY_TYPES
from tests.factories import chain, portfolio
from tests.factories.people import organisation, person

pytestmark = pytest.mark.both_databases


def _rules(project: Any) -> set[str]:
    return {flag.rule for flag in queries.of_project(project.id)}


def _late_project() -> Any:
    project = chain.running_project(started_on=today() - timedelta(days=300), days=60)
    operations.refresh([project.id])
    return project


def test_an_overdue_report_raises_a_flag_that_clears_when_it_arrives(app: Any) -> None:
    project = _late_project()
    assert "REPORT_OVERDUE" in _rules(project)
    for report in milestone_queries.reports_of(project.id):
        data = milestones.ReportData("done", "", 0, tuple(
            milestones.Result(m.id, milestones.Achievement.achieved, "1", "") for m in milestone_queries.milestones_of(project.id)
        ))  # fmt: skip
        milestones.save(report, data, report.version, chain.lead(project))
        milestones.submit(report, chain.lead(project))
    operations.refresh([project.id])
    assert "REPORT_OVERDUE" not in _rules(project)
    old = session.query(Flag).filter_by(project_id=project.id, rule="REPORT_OVERDUE").all()
    assert old and all(flag.status == FlagStatus.cleared and flag.cleared_at for flag in old)
    assert {flag.gone for flag in old} == {Gone.ended}


def test_the_consortium_is_held_to_the_numbers_of_its_own_call(app: Any) -> None:
    project = chain.running_project()
    operations.refresh([project.id])
    assert "CONSORTIUM_INVALID" not in _rules(project)
    assert project.application is not None
    project.application.frame.min_companies = 9
    operations.refresh([project.id])
    assert "CONSORTIUM_INVALID" in _rules(project)


def test_a_project_without_an_end_runs_two_years_from_both_sides(app: Any) -> None:
    """January lies in the fiscal year that began the April before."""
    firm = organisation()
    first = portfolio.project(firm, status="running", adopted_on=date(2005, 1, 31), started_on=None, completed_on=None)
    second = portfolio.project(firm, status="running", adopted_on=date(2006, 12, 1), started_on=None, completed_on=None)
    facts = queries.facts([first.id, second.id])
    for one, other in ((first, second), (second, first)):
        (seen,) = facts[other.id].others
        assert (seen.starts_on, seen.ends_on) == (facts[one.id].starts_on, facts[one.id].ends_on)
    assert facts[first.id].ends_on == date(2007, 1, 31)


def test_running_the_rules_twice_changes_nothing(app: Any) -> None:
    project = _late_project()
    assert operations.refresh([project.id]) == 0


def test_a_resolved_flag_does_not_come_back_while_its_finding_holds(app: Any) -> None:
    project = _late_project()
    flag = next(f for f in queries.of_project(project.id) if f.rule == "REPORT_OVERDUE")
    officer = person(Role.officer)
    with pytest.raises(Refused):  # whoever resolves says whether the rule was right
        operations.handle(flag, "resolve", "granted more time", None, flag.version, officer)
    operations.handle(flag, "resolve", "granted more time", None, flag.version, officer, Judged.right)
    assert queries.judgements(officer) == {"REPORT_OVERDUE": {"right": 1, "wrong": 0}}
    operations.refresh([project.id])
    assert [f.status for f in queries.of_project(project.id) if f.rule == "REPORT_OVERDUE"].count(
        FlagStatus.resolved
    ) == 1


def test_snoozing_needs_a_day_and_a_reason_and_ends_by_itself(app: Any, client_for: Any) -> None:
    project = _late_project()
    flag = next(f for f in queries.of_project(project.id) if f.rule == "REPORT_OVERDUE")
    browser = client_for(person(Role.officer))
    url = f"/officer/flags/{flag.id}/snooze"
    assert browser.post(url, data={"version": flag.version, "note": "", "until": ""}).status_code == 422
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert browser.post(url, data={"version": flag.version, "note": "wait", "until": tomorrow}).status_code == 303
    session.expire_all()
    assert flag.status == FlagStatus.snoozed
    flag.snoozed_until = today()
    session.flush()
    operations.wake()
    assert flag.status == FlagStatus.open
    with pytest.raises(Refused):
        operations.handle(flag, "acknowledge", "", None, flag.version, person(Role.officer))


def test_cluster_flags_follow_the_memberships(app: Any) -> None:
    project = chain.running_project()
    operations.refresh([project.id])
    assert "CLUSTER_MEMBER" not in _rules(project)
    firm = next(p.organisation for p in project.participants if p.organisation.org_type in COMPANY_TYPES)
    cluster = Cluster(cluster_code="t1", name_en="T", name_ja="T", phase=2, bureau="kanto")
    session.add(cluster)
    session.flush()
    session.add(Membership(organisation_id=firm.id, cluster_id=cluster.id, valid_from=today()))
    session.flush()
    operations.refresh([project.id])
    assert "CLUSTER_MEMBER" in _rules(project)
    flag = next(f for f in queries.of_project(project.id) if f.rule == "CLUSTER_MEMBER")
    assert flag.facts["firms"] == [firm.name_ja]


def test_losing_a_member_makes_the_consortium_invalid(app: Any) -> None:
    project = chain.running_project()
    operations.refresh([project.id])
    assert "CONSORTIUM_INVALID" not in _rules(project)
    for participant in project.participants:
        if participant.organisation.org_type in COMPANY_TYPES:
            participant.valid_to = today() - timedelta(days=1)
    session.flush()
    operations.refresh([project.id])
    assert "CONSORTIUM_INVALID" in _rules(project)


def test_pages_show_rule_and_facts_to_staff_only(app: Any, client_for: Any) -> None:
    project = _late_project()
    flag = next(f for f in queries.of_project(project.id) if f.rule == "REPORT_OVERDUE")
    officer = client_for(person(Role.officer))
    assert "Report overdue" in officer.get("/officer/flags").text
    page = officer.get(f"/officer/flags/{flag.id}").text
    assert "MON-5" in page and flag.facts["due_on"] in page
    lead = client_for(chain.lead(project))
    assert lead.get("/officer/flags").status_code == 403
    assert "Report overdue" not in lead.get(f"/projects/{project.id}").text
    auditor = client_for(person(Role.auditor))
    assert auditor.get(f"/officer/flags/{flag.id}").status_code == 200
    assert auditor.post(f"/officer/flags/{flag.id}/resolve", data={"note": "x", "version": "1"}).status_code == 403


def test_who_acknowledges_takes_it_in_hand(app: Any) -> None:
    project, officer = _late_project(), person(Role.officer)
    flag = next(f for f in queries.of_project(project.id) if f.rule == "REPORT_OVERDUE")
    operations.handle(flag, "acknowledge", "I call them", None, flag.version, officer)
    mine = queries.page(officer, queries.Filters(["REPORT_OVERDUE"], mine=True), None, None).rows
    assert [row[0].id for row in mine] == [flag.id]
    assert not queries.page(person(Role.officer), queries.Filters(["REPORT_OVERDUE"], mine=True), None, None).rows


def test_a_rule_is_set_for_one_programme_with_a_reason_and_off_clears_its_flags(app: Any, client_for: Any) -> None:
    project, officer = _late_project(), person(Role.officer)
    assert "REPORT_OVERDUE" in _rules(project)
    operations.set_rule("REPORT_OVERDUE", "new_collaboration", False, {}, "we phone them", 0, officer)
    operations.refresh([project.id])
    assert "REPORT_OVERDUE" in _rules(project)  # another programme's setting
    row = operations.set_rule("REPORT_OVERDUE", "consortium_rd", False, {}, "we phone them", 0, officer)
    operations.refresh([project.id])
    assert "REPORT_OVERDUE" not in _rules(project)
    with pytest.raises(Stale):
        operations.set_rule("REPORT_OVERDUE", "consortium_rd", True, {}, "again", 0, officer)
    assert row.version == 1
    browser = client_for(officer)
    off = session.query(Flag).filter_by(project_id=project.id, rule="REPORT_OVERDUE").first()
    page = browser.get(f"/officer/flags/{off.id}").text
    assert off.gone == Gone.switched_off and "The rule was switched off" in page and "<dt>Kind of report</dt>" in page
    assert "Milestone report" in page and "due_on" not in page
    assert "we phone them" in browser.get("/officer/flags/rules").text
    url = "/officer/flags/rules/REPORT_DUE/all"
    assert browser.get(url).status_code == 200
    wrong = {"version": "0", "enabled": "y", "p-days": "0", "reason": "x"}
    assert browser.post(url, data=wrong).status_code == 422
    assert browser.post(url, data={**wrong, "p-days": "60"}).status_code == 303
    assert queries.settings(["consortium_rd"])["consortium_rd"]["REPORT_DUE"] == {"days": 60}
    assert browser.post("/officer/flags/rules/NOTHING/all", data=wrong).status_code == 404


def test_years_and_programmes_have_flags_of_their_own(app: Any, client_for: Any) -> None:
    """CLUSTER_SHARE_LOW stays silent until an officer sets a threshold; unknown firms have the benefit (PR-10)."""
    for _n in range(10):
        portfolio.project(organisation(cluster_match="matched"), status="completed")
    officer = person(Role.officer)
    operations.refresh_portfolio()
    assert not [f for f in queries.living_elsewhere() if f.rule == "CLUSTER_SHARE_LOW"]
    operations.set_rule("CLUSTER_SHARE_LOW", "", True, {"percent": 30, "projects": 10}, "our goal", 0, officer)
    operations.refresh_portfolio()
    (flag,) = [f for f in queries.living_elsewhere() if f.rule == "CLUSTER_SHARE_LOW"]
    assert flag.subject.startswith("cohort:consortium_rd:") and (flag.facts["yes"], flag.facts["of"]) == (0, 10)
    assert client_for(officer).get(f"/officer/flags/{flag.id}").status_code == 200
    assert "Consortium R&amp;D FY" in client_for(officer).get("/officer/flags?rule=CLUSTER_SHARE_LOW").text
    operations.set_rule("CLUSTER_SHARE_LOW", "", True, {"percent": 0, "projects": 10}, "no more", 1, officer)
    operations.refresh_portfolio()
    assert not [f for f in queries.living_elsewhere() if f.rule == "CLUSTER_SHARE_LOW"]
    assert flag.gone == Gone.switched_off  # a threshold of nothing


def test_a_flag_that_went_because_the_rule_is_set_otherwise_says_so(app: Any) -> None:
    project, officer = chain.running_project(), person(Role.officer)
    (due, *_rest) = milestone_queries.reports_of(project.id)
    left = (due.due_on - today()).days
    operations.set_rule("REPORT_DUE", "", True, {"days": max(1, min(120, left))}, "soon", 0, officer)
    due.due_on = today() + timedelta(days=50)
    operations.set_rule("REPORT_DUE", "", True, {"days": 60}, "soon", 1, officer)
    operations.refresh([project.id])
    flag = (
        session.query(Flag)
        .filter_by(project_id=project.id, rule="REPORT_DUE", occasion=f"milestone_report:{due.id}")
        .one()
    )
    assert flag.given == {"days": 60}
    operations.set_rule("REPORT_DUE", "", True, {"days": 7}, "too many", 2, officer)
    operations.refresh([project.id])
    assert flag.gone == Gone.settings


def test_a_firm_with_many_projects_and_no_sales(app: Any) -> None:
    firm = organisation()
    for _n in range(3):
        portfolio.project(firm, status="completed", completed_on=today() - timedelta(days=4 * 365))
    values = {"projects": 3, "span": 10, "without": 2, "yen": 1, "patents": 15}
    operations.set_rule("FIRM_BELOW_BENCHMARK", "", True, values, "a trial", 0, person(Role.officer))
    operations.refresh_portfolio()
    (flag,) = [f for f in queries.living_elsewhere() if f.rule == "FIRM_BELOW_BENCHMARK"]
    assert flag.organisation_id == firm.id and flag.facts["of"] == 3
    assert operations.refresh_portfolio() == 0


def test_the_digest_goes_once_a_week_and_not_to_whom_nothing_waits(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _late_project()
    monday = today() - timedelta(days=today().weekday())
    monkeypatch.setattr(digest, "today", lambda: monday + timedelta(days=1))
    operations.send_digest()
    assert not _digests()
    monkeypatch.setattr(digest, "today", lambda: monday)
    operations.send_digest()
    first = _digests()
    assert first and all("Report overdue: 1 (1)" in body for body in first)
    operations.send_digest()
    assert len(_digests()) == len(first)


def _digests() -> list[str]:
    items = session.query(OutboxItem).filter(OutboxItem.dedupe_key.contains("flag-digest")).all()
    return [item.payload["body"] for item in items]
