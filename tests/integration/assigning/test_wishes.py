"""Reviewers' wishes: only in the window, never of a proposal with a tie, blotted out in a blind phase; what they do."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.assigning import operations, queries
from app.assigning.choices import Level
from app.assigning.models import ReviewPreference
from app.core.clock import now
from app.core.db import session
from app.core.errors import Refused
from app.core.outbox import OutboxItem
from app.organisations.models import Organisation
from app.reviewers import operations as pool
from app.reviewers.choices import InterestKind
from tests.factories import reviewing
from tests.factories.people import person
from tests.integration.assigning.rounds import a_round, ask, clerk

SOON = now() + timedelta(days=3)


def said(*levels: Level | None) -> Any:
    return [(level, False) for level in levels]


def test_a_reviewer_says_wishes_with_one_save(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round()
    session.commit()
    browser, address = client_for(people[0]), f"/reviews/wishes/{call.id}"
    assert browser.get(address).status_code == 404  # nobody asks yet
    office = client_for(officer)
    assert (
        office.post(f"/officer/calls/{call.id}/wishes/open", data={"closes_at": "2020-01-01 10:00"}).status_code == 422
    )
    moment = (SOON + timedelta(hours=9)).strftime("%Y-%m-%d %H:%M:%S")
    assert office.post(f"/officer/calls/{call.id}/wishes/open", data={"closes_at": moment}).status_code == 303
    page = browser.get(address).text
    assert all(a.number in page and a.title_en in page for a in applications)
    data = {
        f"wish-{applications[0].id}": "want",
        f"wish-{applications[1].id}": "rather_not",
        f"wish-{applications[2].id}": "",
    }
    assert browser.post(address, data=data).status_code == 303
    found = queries.preferences_of(people[0], [a.id for a in applications])
    assert {k: v.level for k, v in found.items()} == {
        applications[0].id: Level.want,
        applications[1].id: Level.rather_not,
    }
    assert browser.post(address, data={f"wish-{applications[0].id}": ""}).status_code == 303
    assert applications[0].id not in queries.preferences_of(people[0], [applications[0].id])
    assert people[0].name in office.get(f"/officer/calls/{call.id}/wishes").text
    assert office.post(f"/officer/calls/{call.id}/wishes/close").status_code == 303
    assert browser.get(address).status_code == 404 and browser.post(address, data=data).status_code == 404


def test_everybody_known_is_told_once(app: Any) -> None:
    call, _applications, people, officer = a_round(n=1, kinds=("academic", "business"))
    person("reviewer")  # of whom nothing is known: nothing would be listed
    for until in (SOON, SOON + timedelta(days=1)):
        operations.open_round(call, until, officer)
    rows = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like("wishes:%"))).all()
    assert sorted(row.payload["to"] for row in rows) == sorted(p.email for p in people)
    assert f"/reviews/wishes/{call.id}" in rows[0].payload["body"]


def test_pages_take_a_constant_number_of_statements(app: Any, client_for: Any, count_queries: Any) -> None:
    counts: list[tuple[int, ...]] = []
    for n in (1, 3):
        call, _applications, people, officer = a_round(n)
        operations.open_round(call, SOON, officer)
        session.commit()
        here = []
        for who, address in (
            (people[0], f"/reviews/wishes/{call.id}"), (officer, f"/officer/calls/{call.id}/reviewers-needed"),
            (officer, f"/officer/calls/{call.id}/wishes"), (officer, f"/officer/calls/{call.id}/assignment"),
        ):  # fmt: skip
            browser = client_for(who)
            with count_queries() as seen:
                assert browser.get(address).status_code == 200
            here.append(len(seen))
        counts.append(tuple(here))
    assert counts[0] == counts[1] and max(counts[0]) <= 20


def test_a_proposal_with_a_tie_is_not_there(app: Any, client_for: Any) -> None:
    """CON-14: neither listed nor counted, and nothing can be said of it; nor of anything while a person is unknown."""
    call, applications, people, officer = a_round()
    firm = session.get_one(Organisation, applications[0].lead_organisation_id)
    pool.declare_interest(people[0], firm, InterestKind.capital, "")
    operations.open_round(call, SOON, officer)
    stranger = person("reviewer")
    session.commit()
    page = client_for(people[0]).get(f"/reviews/wishes/{call.id}").text
    assert applications[0].number not in page and applications[0].title_en not in page
    assert applications[1].number in page and page.count('name="wish-') == 2
    said = {f"wish-{application.id}": "want" for application in applications[:2]}
    said |= {"wish-987654": "want"}  # a number that was never given is treated alike
    answer = client_for(people[0]).post(f"/reviews/wishes/{call.id}", data=said, follow_redirects=True)
    assert "except for what is not offered" in answer.text  # and the rest is not lost
    assert [row.application_id for row in session.query(ReviewPreference)] == [applications[1].id]
    page = client_for(stranger).get(f"/reviews/wishes/{call.id}").text
    assert not any(a.number in page for a in applications)


def test_a_blind_phase_hides_who_applies(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round(n=1)
    firm = session.get_one(Organisation, applications[0].lead_organisation_id)
    applications[0].title_en = f"Sensor of {firm.name_en}"
    applications[0].abstract = f"{firm.name_ja} builds sensors"
    operations.open_round(call, SOON, officer)
    session.commit()
    browser = client_for(people[0])
    assert firm.name_en in browser.get(f"/reviews/wishes/{call.id}").text
    reviewing.blind(call)
    session.commit()
    page = browser.get(f"/reviews/wishes/{call.id}").text
    assert firm.name_en not in page and firm.name_ja not in page and "Sensor of" in page


def test_wishes_move_the_plan_and_cannot_is_kept(app: Any) -> None:
    call, applications, people, officer = a_round(n=4, kinds=("academic", "academic"))
    operations.open_round(call, SOON, officer)
    first, second = people
    operations.save_wishes(
        call, {applications[0].id: (Level.want, False), applications[1].id: (Level.cannot, False)}, first
    )
    operations.save_wishes(call, {applications[1].id: (Level.want, False)}, second)
    plan = ask(call, officer, wanted=1, academic=0, business=0, crowding=0)
    chosen = {(p.application_id, p.reviewer_id): p for p in queries.pairs(plan.id)}
    assert chosen[applications[0].id, first.id].reasons["level"] == "want"
    assert (applications[1].id, second.id) in chosen
    before = plan.digest
    operations.save_wishes(call, {applications[2].id: (Level.rather_not, False)}, first)
    assert queries.fingerprint(call.id) != before


def test_a_reported_tie_excludes_and_leads_to_the_declaration(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round(n=1, kinds=("academic", "academic"))
    operations.open_round(call, SOON, officer)
    session.commit()
    answer = client_for(people[0]).post(
        f"/reviews/wishes/{call.id}", data={f"wish-{applications[0].id}": "want", f"tie-{applications[0].id}": "y"}
    )
    assert answer.status_code == 303 and answer.location.endswith("/reviewers/interests")
    plan = ask(call, officer, wanted=1, academic=0, business=0)
    assert {p.reviewer_id for p in queries.pairs(plan.id)} == {people[1].id}
    assert [c.id for c in queries.suggestions(call.id, applications[0].id)] == [people[1].id]


def test_the_counts_tell_a_recused_officer_nothing(app: Any, client_for: Any) -> None:
    """Reliability B23."""
    call, applications, people, officer = a_round(n=2)
    operations.open_round(call, SOON, officer)
    operations.save_wishes(call, {applications[0].id: (Level.want, False)}, people[0])
    tied = clerk(of=applications[0].lead_organisation)
    assert queries.wish_counts(tied, call.id) == [] and queries.wish_counts(officer, call.id) == [(people[0].name, 1)]
    with pytest.raises(Refused):
        operations.open_round(call, now() - timedelta(minutes=1), officer)
