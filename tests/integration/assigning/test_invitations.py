"""Requests: declined with a suggestion, replaced, reminded of until they are answered; invitations to the pool."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.choices import Role
from app.accounts.models import PasswordLink
from app.applications.workflow import MACHINE as APPLICATION
from app.assigning import operations, queries
from app.core.audit import SYSTEM
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Refused
from app.core.fiscal import fiscal_year
from app.core.outbox import OutboxItem
from app.organisations.models import Organisation
from app.reviewers import operations as pool
from app.reviewers.choices import InterestKind
from app.reviewers.models import DeclaredInterest
from app.reviews import operations as reviews
from app.reviews.choices import AssignmentStatus
from tests.factories import chain
from tests.factories.people import person
from tests.integration.assigning.rounds import a_round, clerk, reader

SOON, LATER = today() + timedelta(days=7), today() + timedelta(days=21)


def reminders() -> list[str]:
    """Who was reminded of what, in order."""
    rows = session.scalars(
        select(OutboxItem).where(OutboxItem.dedupe_key.like("review-reminder:%")).order_by(OutboxItem.id)
    )
    return [f"{row.dedupe_key.split(':')[1]}:{row.dedupe_key.split(':')[-1]}" for row in rows]


def asked(application: Any, who: Any, officer: Any, in_days: int) -> Any:
    """Asked a month ago, to answer (or review) in so many days."""
    day = today() + timedelta(days=in_days)
    row = operations.ask_one(application, who, day, day + timedelta(days=20), officer)
    row.assigned_at = now() - timedelta(days=30)
    session.flush()
    return row


def move(row: Any, in_days: int) -> None:
    found = queries.invitation_of(row.id)
    assert found is not None
    found.answer_by = row.due_on = today() + timedelta(days=in_days)
    session.flush()


def test_reminders_come_once_an_occasion_and_stop_with_the_answer(app: Any) -> None:
    _call, applications, people, officer = a_round(n=1)
    row = asked(applications[0], people[0], officer, 8)
    operations.remind()
    assert reminders() == []
    for in_days in (7, 6, 3, 1, 0):
        move(row, in_days)
        operations.remind()
        operations.remind()
    assert reminders() == ["answer:7", "answer:7", "answer:3", "answer:3", "answer:0"]  # the day moved each time
    reviews.answer(row, "accept", people[0])
    move(row, 3)
    operations.remind()
    assert reminders()[-1] == "review:3"
    reviews.answer(row, "decline", people[0], "ill")
    move(row, 0)
    operations.remind()
    assert reminders()[-1] == "review:3"


def test_one_letter_names_all_that_is_open(app: Any) -> None:
    _call, applications, people, officer = a_round(n=3)
    rows = [asked(a, people[0], officer, 3) for a in applications]
    reviews.answer(rows[2], "decline", people[0], "too much")
    operations.remind()
    letter = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like("review-reminder:%"))).one().payload
    assert letter["to"] == people[0].email
    assert [a.number in letter["body"] for a in applications] == [True, True, False]
    assert not any(a.title_en in letter["body"] for a in applications)  # the phase may be blind


def test_nobody_is_reminded_at_once_of_what_was_just_asked(app: Any) -> None:
    _call, applications, people, officer = a_round(n=1)
    operations.ask_one(applications[0], people[0], SOON, LATER, officer)
    operations.remind()
    assert reminders() == []


@pytest.mark.parametrize("end", ["conflict", "possible", "withdrawn", "decided", "left"])
def test_reminders_stop_when_the_review_cannot_be_written_any_more(app: Any, end: str) -> None:
    call, applications, people, officer = a_round(n=1)
    row = asked(applications[0], people[0], officer, 3)
    firm = session.get_one(Organisation, applications[0].lead_organisation_id)
    if end == "conflict":
        pool.declare_interest(people[0], firm, InterestKind.capital, "")
        assert row.status is AssignmentStatus.conflicted
    elif end == "possible":
        year = fiscal_year(today()) - 1  # a tie of an earlier year: somebody has to look
        old = DeclaredInterest(
            user_id=people[0].id, fiscal_year=year, kind=InterestKind.capital, organisation_id=firm.id
        )
        session.add(old)
        session.flush()
        assert row.status is AssignmentStatus.invited
    elif end == "withdrawn":
        APPLICATION.restore(applications[0], type(applications[0].status)("withdrawn"), SYSTEM, reason="test")
    elif end == "decided":
        chain.decided(applications[0])
    else:
        people[0].active = False
        session.flush()
    operations.remind()
    assert reminders() == [] and call.id


def test_a_reviewer_declines_and_suggests_somebody(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round(n=1)
    row = operations.ask_one(applications[0], people[0], SOON, LATER, officer)
    session.commit()
    browser = client_for(people[0])
    address = f"/reviews/{row.id}/decline"
    assert browser.get(address).status_code == 200
    assert browser.post(address, data={"suggestion": "Prof. Sato"}).status_code == 422
    answer = browser.post(address, data={"reason": "on leave", "suggestion": "Prof. Sato of Kita University"})
    assert answer.status_code == 303 and row.status is AssignmentStatus.declined
    assert browser.get(address).status_code == 404
    assert client_for(people[1]).get(address).status_code == 404
    office = client_for(officer)
    page = office.get(f"/officer/calls/{call.id}/reviewers-needed").text
    assert "on leave" in page and "Prof. Sato of Kita University" in page and applications[0].number in page
    assert "Prof. Sato" in office.get(f"/officer/applications/{applications[0].id}/replacements").text


def test_the_best_free_candidates_are_suggested_and_asked(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round(n=1, kinds=("academic", "academic"))
    expert = reader("business", keywords=f"{applications[0].title_en}, sensors")
    full = reader("academic", load_limit=0)
    gone = chain.assigned(applications[0], people[0], officer)
    reviews.answer(gone, "decline", people[0], "no time")
    tied = reader("academic")
    firm = session.get_one(Organisation, applications[0].lead_organisation_id)
    pool.declare_interest(tied, firm, InterestKind.officer, "")
    found = queries.suggestions(call.id, applications[0].id)
    assert [c.id for c in found] == [expert.id, people[1].id] and full.id
    assert found[0].reasons["terms"] and found[0].reasons["mix"] == "business"
    session.commit()
    browser = client_for(officer)
    address = f"/officer/applications/{applications[0].id}/replacements"
    days = {"answer_by": SOON.isoformat(), "due_on": LATER.isoformat()}
    refused = browser.post(address, data={"reviewer_id": tied.id, **days})
    assert refused.status_code == 422 and "conflict of interest" in refused.text
    assert browser.post(address, data={"reviewer_id": expert.id, **days}).status_code == 303
    invitation = queries.invitation_of(
        next(h.id for h in queries.held([applications[0].id]) if h.reviewer_id == expert.id)
    )
    assert invitation is not None and invitation.answer_by == SOON


def test_what_is_kept_from_an_officer_is_not_in_the_list(app: Any, client_for: Any) -> None:
    """Reliability B23."""
    call, applications, _people, _officer = a_round(n=2)
    tied = clerk(of=applications[0].lead_organisation)
    session.commit()
    browser = client_for(tied)
    page = browser.get(f"/officer/calls/{call.id}/reviewers-needed").text
    assert applications[0].number not in page and applications[1].number in page
    assert browser.get(f"/officer/applications/{applications[0].id}/replacements").status_code == 404
    assert browser.post(f"/officer/applications/{applications[0].id}/replacements").status_code == 404


def test_the_list_of_the_wanting_counts_what_still_stands(app: Any) -> None:
    call, applications, people, officer = a_round(n=2)
    for who in people[:3]:
        chain.assigned(applications[0], who, officer)
    assert queries.wanted(call) == 3
    rows = queries.needed_page(officer, call, None, None).rows
    assert [row.application_id for row in rows] == [applications[1].id] and rows[0].living == 0
    last = queries.held([applications[0].id])[-1]
    row = next(a for a in queries.locked_assignments([last.id]))
    reviews.answer(row, "conflict", officer, "a tie")
    rows = queries.needed_page(officer, call, None, None).rows
    assert {(r.application_id, r.living, r.gone) for r in rows} == {
        (applications[0].id, 2, 1),
        (applications[1].id, 0, 0),
    }


def test_an_invitation_to_the_pool_is_bound_to_its_address(app: Any, client_for: Any) -> None:
    officer = clerk()
    session.commit()
    browser = client_for(officer)
    answer = browser.post(
        "/officer/reviewers/invitation", data={"name": "Dr. New", "email": "New@Test.example", "locale": "en"}
    )
    assert answer.status_code == 303
    user = accounts.by_email("new@test.example")
    assert user is not None and user.roles == {Role.reviewer} and user.password_hash is None
    link = session.scalars(select(PasswordLink).where(PasswordLink.user_id == user.id)).one()
    assert link.used_at is None
    letter = (
        session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key == f"password-link:{link.id}")).one().payload
    )
    assert letter["to"] == "new@test.example" and "/password/" in letter["body"]
    again = browser.post(
        "/officer/reviewers/invitation", data={"name": "X", "email": "new@test.example", "locale": "en"}
    )
    assert again.status_code == 422
    for odd in ("", "nobody", "a b@c"):
        assert browser.post("/officer/reviewers/invitation", data={"name": "X", "email": odd}).status_code == 422
    with pytest.raises(Exception, match="invite to pool"):
        operations.invite_to_pool("x@test.example", "X", "ja", person("reviewer"))
    with pytest.raises(Refused):
        operations.invite_to_pool("new@test.example", "X", "ja", officer)
