"""A plan from its conditions to the letters: computed by preview and by the worker, changed by hand, applied as one act."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.assigning import operations, queries
from app.assigning.choices import Change, Method, Verdict
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Refused
from app.core.outbox import OutboxItem
from app.organisations.models import Organisation
from app.reviewers import operations as pool
from app.reviewers.choices import InterestKind
from app.reviews import operations as reviews
from app.reviews.choices import AssignmentStatus
from app.reviews.models import ReviewAssignment
from tests.factories import chain
from tests.integration.assigning.rounds import a_round, ask, clerk, reader, solve

SOON, LATER = today() + timedelta(days=7), today() + timedelta(days=21)


def pairs_of(plan: Any, *changes: Change) -> set[tuple[int, int]]:
    wanted = changes or (Change.add, Change.keep)
    return {(p.application_id, p.reviewer_id) for p in queries.pairs(plan.id) if p.change in wanted}


def letters(kind: str) -> list[Any]:
    rows = session.scalars(select(OutboxItem).where(OutboxItem.kind == "mail", OutboxItem.dedupe_key.like(f"{kind}:%")))
    return [row.payload for row in rows]


def test_the_worker_finds_the_optimum_and_says_why(app: Any) -> None:
    call, applications, people, officer = a_round()
    plan = ask(call, officer, Method.optimal)
    assert plan.verdict is None
    plan = solve(plan)
    assert plan.verdict is Verdict.optimal and plan.digest == queries.fingerprint(call.id)
    kinds = {person.id: kind for person, kind in zip(people, ("academic", "business") * 2, strict=True)}
    for application in applications:
        mine = [reviewer for a, reviewer in pairs_of(plan) if a == application.id]
        assert sorted(kinds[key] for key in mine) == ["academic", "business"]
    loads = queries.plan_loads(plan.id)
    assert sum(loads.values()) == 6 and max(loads.values()) == 2  # crowding spreads them
    for pair in queries.pairs(plan.id):
        assert pair.reasons["mix"] and pair.reasons["load"] >= 1 and pair.reasons["field"] == 0
    assert solve(plan).solved_at == plan.solved_at  # a second delivery of the same item changes nothing


def test_who_is_in_conflict_is_in_no_plan(app: Any) -> None:
    """CON-14, by tie and by being unknown."""
    call, applications, people, officer = a_round()
    firm = session.get_one(Organisation, applications[0].lead_organisation_id)
    pool.declare_interest(people[0], firm, InterestKind.capital, "shares")
    stranger = chain.person("reviewer")  # neither profile nor declaration
    plan = ask(call, officer, wanted=3, academic=0, business=0)
    chosen = pairs_of(plan)
    assert (applications[0].id, people[0].id) not in chosen and len(chosen) == 9
    assert stranger.id not in {reviewer for _a, reviewer in chosen}


def test_the_impossible_is_explained_with_names(app: Any) -> None:
    call, applications, _people, officer = a_round(kinds=("academic", "academic", "academic"))
    plan = solve(ask(call, officer, Method.optimal))
    assert plan.verdict is Verdict.infeasible and not queries.pairs(plan.id)
    assert plan.result["contradiction"] == ["demand", "mix:business"]
    assert {(kind, key) for kind, key, _by, _extra in plan.result["breaches"]} == {("mix", a.id) for a in applications}


def test_applying_asks_everybody_with_one_letter_each(app: Any) -> None:
    call, _applications, people, officer = a_round()
    plan = ask(call, officer)
    wanted = pairs_of(plan)
    told = operations.apply_plan(plan, SOON, LATER, officer)
    assert told == {"asked": 6, "withdrawn": 0, "kept": 0}
    rows = session.scalars(select(ReviewAssignment)).all()
    assert {(r.application_id, r.reviewer_id) for r in rows} == wanted
    assert {r.status for r in rows} == {AssignmentStatus.invited} and {r.due_on for r in rows} == {LATER}
    sent = letters("invited")
    assert sorted(letter["to"] for letter in sent) == sorted(
        {p.email for p in people if p.id in {r for _a, r in wanted}}
    )
    assert SOON.isoformat() in sent[0]["body"] or str(SOON.day) in sent[0]["body"]
    with pytest.raises(Refused):
        operations.apply_plan(plan, SOON, LATER, officer)


def test_a_conflict_that_appeared_meanwhile_stops_the_whole(app: Any) -> None:
    """Checked at the moment of applying, for every pair; all or nothing, with words."""
    call, applications, people, officer = a_round()
    plan = ask(call, officer)
    application_id, reviewer_id = sorted(pairs_of(plan))[0]
    application = next(a for a in applications if a.id == application_id)
    tied = next(p for p in people if p.id == reviewer_id)
    firm = session.get_one(Organisation, application.lead_organisation_id)
    pool.declare_interest(tied, firm, InterestKind.employment, "")
    assert plan.digest != queries.fingerprint(call.id)
    with pytest.raises(Refused) as refused:
        operations.apply_plan(plan, SOON, LATER, officer)
    assert [r.code for r in refused.value.reasons] == ["conflict"]
    assert (
        application.number in refused.value.reasons[0].message.en and tied.name in refused.value.reasons[0].message.en
    )
    assert not session.scalars(select(ReviewAssignment)).all() and plan.applied_at is None
    operations.drop_pair(plan, application_id, reviewer_id, officer)
    assert operations.apply_plan(plan, SOON, LATER, officer)["asked"] == 5


def test_saved_work_is_never_given_up_and_the_rest_has_its_price(app: Any) -> None:
    call, applications, people, officer = a_round(n=1, kinds=("academic", "academic", "academic"))
    worked = chain.assigned(applications[0], people[0], officer)
    reviews.answer(worked, "accept", people[0])
    criterion = call.criteria[0].id
    reviews.save(worked, {criterion: 3}, "", "", 0, people[0])
    idle = chain.assigned(applications[0], people[1], officer)
    mix = {"academic": 0, "business": 0, "wanted": 2}
    kept = ask(call, officer, keep=True, **mix)
    assert pairs_of(kept, Change.keep) == {(applications[0].id, people[0].id), (applications[0].id, people[1].id)}
    one = solve(ask(call, officer, Method.optimal, keep=False, removal=0, crowding=0, **{**mix, "wanted": 1}))
    assert pairs_of(one, Change.keep) == {(applications[0].id, people[0].id)}
    assert pairs_of(one, Change.remove) == {(applications[0].id, people[1].id)}
    told = operations.apply_plan(one, SOON, LATER, officer)
    assert told == {"asked": 0, "withdrawn": 1, "kept": 1}
    assert idle.status is AssignmentStatus.declined and worked.status is AssignmentStatus.accepted
    assert [letter["to"] for letter in letters("withdrawn")] == [people[1].email]
    with pytest.raises(Refused):  # begun work stays, by hand too
        operations.drop_pair(kept, applications[0].id, people[0].id, officer)


def test_work_that_began_after_the_plan_stops_its_withdrawal(app: Any) -> None:
    call, applications, people, officer = a_round(n=1, kinds=("academic", "academic"))
    asked = chain.assigned(applications[0], people[0], officer)
    plan = ask(call, officer, keep=False, wanted=1, academic=0, business=0)
    operations.drop_pair(plan, applications[0].id, people[0].id, officer)
    reviews.answer(asked, "accept", people[0])
    reviews.save(asked, {call.criteria[0].id: 3}, "", "", 0, people[0])
    with pytest.raises(Refused) as refused:
        operations.apply_plan(plan, SOON, LATER, officer)
    assert refused.value.reasons[0].code == "worked" and asked.status is AssignmentStatus.accepted


def test_changes_by_hand(app: Any) -> None:
    call, applications, people, officer = a_round(n=1)
    plan = ask(call, officer)
    rest = next(p for p in people if (applications[0].id, p.id) not in pairs_of(plan))
    pair = operations.add_pair(plan, applications[0].id, rest.id, officer)
    assert pair.by_hand and pair.change is Change.add and "terms" in pair.reasons
    with pytest.raises(Refused):
        operations.add_pair(plan, applications[0].id, rest.id, officer)
    operations.drop_pair(plan, applications[0].id, rest.id, officer)
    assert (applications[0].id, rest.id) not in pairs_of(plan)


def test_who_declined_is_not_asked_again(app: Any) -> None:
    call, applications, people, officer = a_round(n=1, kinds=("academic", "academic", "academic"))
    gone = chain.assigned(applications[0], people[0], officer)
    reviews.answer(gone, "decline", people[0], "no time")
    plan = ask(call, officer, academic=0, business=0)
    assert {r for _a, r in pairs_of(plan)} == {people[1].id, people[2].id}


def test_an_officer_from_whom_a_proposal_is_kept_plans_nothing(app: Any) -> None:
    """Reliability B23: loads and pairs would tell of it."""
    call, applications, _people, officer = a_round()
    tied = clerk(of=applications[0].lead_organisation)
    with pytest.raises(Forbidden):
        ask(call, tied)
    plan = ask(call, officer)
    with pytest.raises(Forbidden):
        operations.apply_plan(plan, SOON, LATER, tied)


def test_load_limits_of_profiles_hold(app: Any) -> None:
    call, _applications, people, officer = a_round(kinds=("academic", "academic"))
    small = reader("academic", load_limit=1)
    plan = ask(call, officer, wanted=2, academic=0, business=0, crowding=0)
    assert sum(r == small.id for _a, r in pairs_of(plan)) <= 1
    assert len(pairs_of(plan)) == 6 and people
