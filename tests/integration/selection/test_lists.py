"""Lists of decisions, scenarios under a budget, and the printed figures of a round."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.db import session
from app.core.errors import Forbidden, NotFound, Refused, Stale
from app.core.outbox import OutboxItem
from app.reviews import operations as reviews
from app.reviews import queries as review_queries
from app.reviews.choices import DecisionStatus, Outcome
from app.selection import operations, queries
from app.selection.choices import Solution
from app.selection.definitions import choosing
from app.selection.models import Scenario
from app.selection.operations.scenarios import KIND, terms_of
from tests.factories import proposals
from tests.factories.people import organisation, person
from tests.integration.selection.rounds import a_round, clerk, give, reader


def three() -> tuple[Any, list[Any]]:
    call = proposals.open_call()
    officer = clerk()
    return call, [proposals.under_review(call, officer=officer) for _ in range(3)]


def ask(call: Any, actor: Any = None, **values: Any) -> Scenario:
    conditions = operations.Conditions(**{"budgets": {}, **values})
    return operations.ask_scenario(call, "a scenario", "", conditions, actor or clerk())


def solve(row: Scenario) -> Scenario:
    item = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key == f"scenario:{row.id}")).one()
    assert item.kind == KIND
    operations.solve_scenario(item)
    return row


def test_a_list_by_hand_becomes_decisions_that_another_officer_confirms(app: Any, client_for: Any) -> None:
    call, (a, b, c) = three()
    first, second = clerk(), clerk()
    session.commit()
    url = f"/officer/calls/{call.id}/decision-list"
    data = {"lines": f"{a.number} 5,000,000\n{b.number.lower()}\n", "outcome": "adopted", "reason": "the panel's list"}
    browser, other = client_for(first), client_for(second)
    assert browser.post(url, data={**data, "reason": ""}).status_code == 422
    assert browser.post(url, data=data).status_code == 303
    assert browser.post(url, data={"lines": c.number, "outcome": "rejected", "reason": "weak"}).status_code == 303
    decisions = {x.id: review_queries.decision_of(x.id) for x in (a, b, c)}
    assert [d.amount_yen for d in decisions.values() if d] == [5_000_000, b.total_yen, 0]
    page = browser.get(url).text
    assert "proposed by you" in page and 'name="which"' not in page
    page = other.get(url).text
    assert page.count('name="which"') == 3
    ticked: dict[str, Any] = {"which": [str(x) for x in decisions]}
    ticked |= {f"version-{x}": str(d.version) for x, d in decisions.items() if d}
    assert browser.post(f"{url}/confirm", data=ticked).status_code == 403  # two persons
    reviews.propose(c, Outcome.reserve, 1_000, "", "second thoughts", decisions[c.id].version, clerk())  # type: ignore[union-attr]
    session.commit()
    assert other.post(f"{url}/confirm", data=ticked).status_code == 409  # one has changed: none is confirmed
    session.expire_all()
    assert all(d and d.status is DecisionStatus.proposed for d in decisions.values())
    ticked["which"] = [str(a.id), str(b.id)]
    assert other.post(f"{url}/confirm", data=ticked).status_code == 303
    session.expire_all()
    states = [d.status.value for d in decisions.values() if d]
    assert states == ["confirmed", "confirmed", "proposed"]


def test_a_line_that_cannot_be_read_stops_the_whole_list(app: Any, client_for: Any) -> None:
    call, (a, b, _c) = three()
    stranger = proposals.under_review(proposals.open_call("new_collaboration"), officer=clerk())
    officer = clerk()
    for text in (f"{a.number}\nC1999-9-9999", f"{a.number}\n{a.number}", f"{a.number} -5", stranger.number, " \n "):
        with pytest.raises(Refused):
            operations.read_numbers(call, text, Outcome.adopted, officer)
    session.commit()
    url = f"/officer/calls/{call.id}/decision-list"
    bad = {"lines": f"{b.number}\nnonsense", "outcome": "adopted", "reason": "r"}
    answer = client_for(officer).post(url, data=bad)
    assert answer.status_code == 422 and "nonsense" in answer.text
    assert review_queries.decision_of(b.id) is None
    too_much = {"lines": f"{a.number}\n{b.number} {b.total_yen + 1}", "outcome": "adopted", "reason": "r"}
    assert client_for(officer).post(url, data=too_much).status_code == 422
    session.expire_all()
    assert review_queries.decision_of(a.id) is None  # all or nothing


def test_confirmed_decisions_are_left_alone_by_a_new_list(app: Any) -> None:
    call, (a, b, _c) = three()
    decision = reviews.propose(a, Outcome.rejected, 0, "", "r", 0, clerk())
    reviews.confirm(decision, decision.version, clerk())
    wanted = [operations.Wanted(a.id, Outcome.adopted), operations.Wanted(b.id, Outcome.adopted)]
    assert operations.propose_list(call, wanted, "the list", clerk()) == 1
    assert decision.outcome is Outcome.rejected and decision.status is DecisionStatus.confirmed


def test_who_may_not_decide_may_not_by_lists_either(app: Any, client_for: Any) -> None:
    call, (a, _b, _c) = three()
    auditor, tied = person("auditor"), clerk(of=a.lead_organisation)
    wanted = [operations.Wanted(a.id, Outcome.adopted)]
    with pytest.raises(Forbidden):
        operations.propose_list(call, wanted, "r", auditor)
    with pytest.raises(NotFound):
        operations.propose_list(call, wanted, "r", tied)
    decision = reviews.propose(a, Outcome.rejected, 0, "", "r", 0, clerk())
    with pytest.raises((NotFound, Stale)):
        operations.confirm_list(call, {a.id: decision.version}, tied)
    with pytest.raises(Refused):
        operations.read_numbers(call, a.number, Outcome.adopted, tied)
    session.commit()
    browser = client_for(auditor)
    assert browser.get(f"/officer/calls/{call.id}/decision-list").status_code == 200
    for door in ("decision-list", "decision-list/confirm", "decision-list/reserve-order", "scenarios"):
        assert browser.post(f"/officer/calls/{call.id}/{door}", data={}).status_code == 403


def test_a_scenario_is_solved_by_the_worker_and_its_list_proposed_by_a_person(app: Any, client_for: Any) -> None:
    call, applications, _readers = a_round(6)
    officer = clerk()
    session.commit()
    browser = client_for(officer)
    total = applications[0].total_yen
    years = queries.years(call.id)
    url = f"/officer/calls/{call.id}/scenarios"
    data = {
        "name": "Half the money", "total_yen": str(3 * total), "least_share": "100", "step_yen": "1000000",
        f"year-{years[0]}": str(6 * total), "bound-0-tag": "region:kanto", "bound-0-measure": "number", "bound-0-low": "2",
        "fixed": f"{applications[0].number} in the minister's wish",
    }  # fmt: skip
    assert browser.post(url, data={**data, "fixed": f"{applications[0].number} in"}).status_code == 422
    assert browser.post(url, data={**data, "bound-0-high": "1"}).status_code == 422
    answer = browser.post(url, data=data)
    assert answer.status_code == 303
    row = session.scalars(select(Scenario)).one()
    page = browser.get(answer.location)
    assert page.headers["Refresh"] and "being computed" in page.text
    solve(row)
    session.commit()
    assert row.verdict is Solution.optimal
    best = sorted(applications[1:], key=lambda x: -applications.index(x))
    chosen = {int(key) for key in row.result["granted"]}
    assert len(chosen) == 3 and applications[0].id in chosen and row.result["total_yen"] == 3 * total
    assert f"in:{applications[0].id}" in row.result["prices"] and best
    assert row.result["prices"][f"in:{applications[0].id}"] > 0 and row.result["prices"]["bound:0"] == 0
    text = browser.get(answer.location).text
    assert "Best possible" in text and "minister" in text and applications[0].number in text
    assert review_queries.decision_of(applications[0].id) is None  # nothing decides by itself
    assert browser.post(f"{answer.location}/propose", data={"reason": ""}).status_code == 422
    assert browser.post(f"{answer.location}/propose", data={"reason": "as the panel wished"}).status_code == 303
    for application in applications:
        decision = review_queries.decision_of(application.id)
        assert (decision is not None) == (application.id in chosen)
        assert decision is None or (
            decision.status is DecisionStatus.proposed and decision.proposed_by_id == officer.id
        )


def test_a_scenario_whose_grounds_have_changed_is_not_proposed(app: Any, client_for: Any) -> None:
    call, applications, _readers = a_round(4)
    officer = clerk()
    row = solve(ask(call, officer, most=2))
    session.commit()
    url = f"/officer/scenarios/{row.id}"
    browser = client_for(officer)
    assert "Propose these as decisions" in browser.get(url).text
    give(applications[0], reader(), 500)
    session.commit()
    page = browser.get(url).text
    assert "have changed since" in page and "Propose these as decisions" not in page
    assert browser.post(f"{url}/propose", data={"reason": "r"}).status_code == 422
    assert review_queries.decision_of(applications[3].id) is None


def test_conditions_that_contradict_say_which_and_what_would_have_to_give_way(app: Any, client_for: Any) -> None:
    call, _applications, _readers = a_round(4)
    officer = clerk()
    bound = {"tag": "region:hokkaido", "measure": "number", "low": 2, "high": None}
    row = solve(ask(call, officer, most=3, bounds=(bound,)))
    session.commit()
    assert row.verdict is Solution.infeasible
    assert row.result["contradiction"] == ["bound:0"] and row.result["relaxation"] == {"bound:0": -2}
    page = client_for(officer).get(f"/officer/scenarios/{row.id}").text
    assert "contradict each other" in page and "Hokkaido" in page and "-2" in page
    assert client_for(officer).post(f"/officer/scenarios/{row.id}/propose", data={"reason": "r"}).status_code == 422


def test_scenarios_stand_side_by_side(app: Any, client_for: Any) -> None:
    call, applications, _readers = a_round(5)
    officer = clerk()
    one, two = solve(ask(call, officer, most=2)), solve(ask(call, officer, most=3))
    session.commit()
    page = client_for(officer).get(f"/officer/calls/{call.id}/scenarios/compare?with={one.id}&with={two.id}").text
    extra = {int(k) for k in two.result["granted"]} - {int(k) for k in one.result["granted"]}
    assert len(extra) == 1
    number = next(a.number for a in applications if a.id in extra)
    differing = page[page.index("Proposals on which they differ") :]
    assert number in differing and sum(a.number in differing for a in applications) == 1


def test_candidates_carry_what_the_conditions_ask_for(app: Any) -> None:
    call, applications, _readers = a_round(2)
    found = {c.id: c for c in queries.candidates(call, None)}
    one = found[applications[0].id]
    assert one.asked == applications[0].total_yen and sum(one.by_year.values()) == one.asked
    assert one.tags["frame", applications[0].frame.code] == 1.0 and one.tags["region", "kanto"] == 1.0
    smes = sum(
        line.amount_yen for m in applications[0].members for line in m.budget_lines
        if m.organisation.org_type in ("company_sme", "company_small")
    )  # fmt: skip
    assert one.tags["sme", "yes"] == pytest.approx(smes / one.asked)
    least = max(c.merit for c in found.values())
    assert len(queries.candidates(call, None, least)) == 1 and queries.candidates(call, None, least)[0].merit == 0


def test_the_kept_conditions_are_the_programmes(app: Any) -> None:
    conditions = operations.Conditions(
        {2026: 5, 2027: 6}, 10, 3, ({"tag": "sme:yes", "measure": "share", "low": 50, "high": None},),
        {7: {"in": True, "reason": "x"}, 8: {"in": False, "reason": "y"}}, 80, 1_000,
    )  # fmt: skip
    terms = terms_of(conditions.as_json())
    assert terms.keys == ["budget:2026", "budget:2027", "budget:all", "most:all", "bound:0", "in:7", "out:8"]
    assert (terms.least_share, terms.step_yen) == (80, 1_000) and isinstance(terms, choosing.Terms)


def test_what_nothing_limits_or_explains_is_refused(app: Any) -> None:
    call, applications, _readers = a_round(2)
    with pytest.raises(Refused):
        ask(call)
    with pytest.raises(Refused):
        ask(call, most=1, fixed={applications[0].id: {"in": True, "reason": ""}})
    with pytest.raises(Forbidden):
        ask(call, clerk(of=applications[0].lead_organisation), most=1)


def test_the_figures_of_a_round_are_counted_as_printed(app: Any, client_for: Any) -> None:
    """CON-11: adopted / applied; the list behind a number uses the number's own predicate."""
    call = proposals.open_call()
    officer, second = clerk(), clerk()
    good = proposals.under_review(call, officer=officer)
    bad = proposals.under_review(call, officer=officer)
    from app.applications import operations as applications

    unfit = proposals.submitted(call)
    applications.screen(unfit, False, "not a consortium", unfit.version, actor=officer)
    north = organisation("national_university", prefecture="01")
    bad.lead_organisation.prefecture = north.prefecture
    for application, outcome in ((good, Outcome.adopted), (bad, Outcome.rejected)):
        decision = reviews.propose(application, outcome, 5_000_000, "", "r", 0, officer)
        reviews.confirm(decision, decision.version, second)
    session.commit()
    found = queries.figures(officer, call.id)
    assert (
        found["frame"][0].count.adopted == 0 and found["frame"][0].count.granted_yen == 0
    )  # nothing before the release
    proposals.close_call(call)
    from app.projects import operations as projects

    projects.release_results(call, officer)
    session.commit()
    found = queries.figures(officer, call.id)
    count = found["frame"][0].count
    assert (count.applied, count.eligible, count.adopted, count.granted_yen) == (3, 2, 1, 5_000_000)
    assert count.rate == pytest.approx(1 / 3) and count.rate_of_eligible == pytest.approx(1 / 2)
    regions = {g.key: g.count for g in found["region"]}
    assert regions["hokkaido"].applied == 1 and regions["kanto"].applied == 2
    for groups in found.values():
        assert sum(g.count.applied for g in groups) == 3
    for by, groups in found.items():
        for group in groups:
            for figure in ("applied", "eligible", "adopted"):
                page = queries.records(officer, call.id, by, group.key, figure, None, None)
                assert len(page.rows) == getattr(group.count, figure), (by, group.key, figure)
    browser = client_for(person("auditor"))
    text = browser.get(f"/officer/calls/{call.id}/figures").text
    assert "33.3%" in text and "(1/3)" in text and "CON-11" in text
    listed = browser.get(f"/officer/calls/{call.id}/figures/region/adopted?group=kanto").text
    assert good.number in listed and bad.number not in listed and unfit.number not in listed
    csv = browser.get(f"/officer/calls/{call.id}/figures.csv").text
    assert "region,hokkaido" in csv and "as_of" in csv
    assert client_for(person("applicant")).get(f"/officer/calls/{call.id}/figures").status_code == 403


def test_what_keeps_the_results_back_is_listed(app: Any, client_for: Any) -> None:
    call, (a, b, c) = three()
    decision = reviews.propose(a, Outcome.rejected, 0, "", "r", 0, clerk())
    reviews.confirm(decision, decision.version, clerk())
    officer = clerk()
    session.commit()
    browser = client_for(officer)
    assert "Still without a confirmed decision: 2." in browser.get(f"/officer/calls/{call.id}/ranking").text
    page = browser.get(f"/officer/calls/{call.id}/undecided").text
    assert a.number not in page and b.number in page and c.number in page
    assert queries.release_of(officer, call.id) == queries.Release(2, 1, False)
