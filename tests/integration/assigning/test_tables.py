"""A plan as CSV: out and in again changes nothing; a changed file is shown first and taken whole or not at all."""

import csv
import io
from typing import Any

from sqlalchemy import select

from app.assigning import queries
from app.assigning.choices import Change
from app.core.audit import Event
from app.core.db import session
from app.organisations.models import Organisation
from app.reviewers import operations as pool
from app.reviewers.choices import InterestKind
from app.reviews import operations as reviews
from tests.factories import chain
from tests.integration.assigning.rounds import a_round, ask


def wanted_of(plan: Any) -> set[tuple[int, int]]:
    return {(p.application_id, p.reviewer_id) for p in queries.pairs(plan.id) if p.change is not Change.remove}


def upload(browser: Any, plan: Any, data: bytes) -> Any:
    return browser.post(f"/officer/assignment-plans/{plan.id}/table", data={"file": (io.BytesIO(data), "plan.csv")})


def table(rows: list[tuple[str, str]]) -> bytes:
    return "\n".join(["application,reviewer", *(f"{a},{b}" for a, b in rows)]).encode()


def test_out_and_in_changes_nothing(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round()
    people[0].name = "=cmd()"
    plan = ask(call, officer)
    session.commit()
    browser = client_for(officer)
    out = browser.post(f"/officer/assignment-plans/{plan.id}/table/export")
    assert out.status_code == 200 and out.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(out.data.decode("utf-8-sig"))))
    assert len(rows) == 6 and {row["application"] for row in rows} == {a.number for a in applications}
    assert not any(cell.startswith("=") for row in rows for cell in row.values()) and all(row["why"] for row in rows)
    event = session.scalars(select(Event).where(Event.name == "plan exported")).one()
    assert event.data == {"rows": 6} and event.actor_id == officer.id
    answer = upload(browser, plan, out.data)
    assert answer.status_code == 200 and "0 pairs added, 0 taken off, 6 as they are" in answer.text
    assert "Make the plan so" not in answer.text


def test_a_changed_table_is_shown_first_and_then_taken(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round(n=1)
    plan = ask(call, officer)
    session.commit()
    browser, before = client_for(officer), wanted_of(plan)
    rest = [p for p in people if (applications[0].id, p.id) not in before]
    rows = [(applications[0].number, p.email) for p in rest]
    answer = upload(browser, plan, table(rows))
    assert answer.status_code == 200 and "2 pairs added, 2 taken off" in answer.text and rest[0].name in answer.text
    assert wanted_of(plan) == before  # only looked at
    content = "\n".join(f"{a},{b}" for a, b in rows)
    assert (
        browser.post(f"/officer/assignment-plans/{plan.id}/table/confirm", data={"content": content}).status_code == 303
    )
    assert wanted_of(plan) == {(applications[0].id, p.id) for p in rest}
    assert all(p.by_hand for p in queries.pairs(plan.id))


def test_lines_that_cannot_be_are_named_and_nothing_is_taken(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round(n=1)
    worked = chain.assigned(applications[0], people[0], officer)
    reviews.answer(worked, "accept", people[0])
    reviews.save(worked, {call.criteria[0].id: 3}, "", "", 0, people[0])
    firm = session.get_one(Organisation, applications[0].lead_organisation_id)
    pool.declare_interest(people[1], firm, InterestKind.capital, "")
    plan = ask(call, officer, business=0)
    session.commit()
    browser, before = client_for(officer), wanted_of(plan)
    number = applications[0].number
    rows = [(number, people[1].email), ("C0000-0-0000", people[2].email), (number, "who@test.example"),
            (number, people[2].email), (number, people[2].email)]  # fmt: skip
    answer = upload(browser, plan, table(rows))
    assert answer.status_code == 422
    for words in ("Line 2", "Line 3", "Line 4", "Line 6", "has begun the review"):
        assert words.replace("Line ", "Line ") in answer.text
    content = "\n".join(f"{a},{b}" for a, b in rows)
    assert (
        browser.post(f"/officer/assignment-plans/{plan.id}/table/confirm", data={"content": content}).status_code == 422
    )
    assert wanted_of(plan) == before


def test_files_that_are_none(app: Any, client_for: Any) -> None:
    call, _applications, _people, officer = a_round(n=1)
    plan = ask(call, officer)
    session.commit()
    browser = client_for(officer)
    for data in (b"", b"\xff\xfe\x00\x80\x81", b"a,b\n1,2", b"\x00" * 50, b'application,reviewer\n"x'):
        assert upload(browser, plan, data).status_code == 422
    assert browser.post(f"/officer/assignment-plans/{plan.id}/table").status_code == 422


def test_an_existing_request_is_withdrawn_and_brought_back(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round(n=1)
    chain.assigned(applications[0], people[0], officer)
    plan = ask(call, officer, wanted=1, academic=0, business=0)
    session.commit()
    browser, number = client_for(officer), applications[0].number
    address = f"/officer/assignment-plans/{plan.id}/table/confirm"
    browser.post(address, data={"content": f"{number},{people[1].email}"})
    found = {p.reviewer_id: p.change for p in queries.pairs(plan.id)}
    assert found == {people[0].id: Change.remove, people[1].id: Change.add}
    browser.post(address, data={"content": f"{number},{people[0].email}"})
    assert {p.reviewer_id: p.change for p in queries.pairs(plan.id)} == {people[0].id: Change.keep}
