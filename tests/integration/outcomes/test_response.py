"""Who has answered, live, and writing to those who have not: exactly whom the preview names, once."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.choices import Role
from app.core.clock import now, today
from app.core.db import session
from app.core.exchange import bulk_insert
from app.core.outbox import OutboxItem
from app.outcomes import operations, queries
from app.outcomes.choices import FollowUpStatus
from app.outcomes.models import Chase, ChaseLetter, FollowUp
from tests.confidentiality.world import tie
from tests.factories import chain, portfolio
from tests.factories.people import organisation, person

pytestmark = pytest.mark.both_databases


def reports(n: int) -> None:
    """Reports in every state, of projects of both programmes, three regions and without one."""
    random, rows = Random(n), []
    for k in range(n):
        project = portfolio.project(
            organisation(), programme=random.choice(("consortium_rd", "new_collaboration")),
            region=random.choice(("kanto", "kinki", "okinawa", None)),
        )  # fmt: skip
        year = 2018 + random.randrange(4)
        status = random.choice(list(FollowUpStatus))
        opens = today() + timedelta(days=random.choice((-400, -60, 30)))
        rows.append({
            "project_id": project.id, "organisation_id": project.participants[0].organisation_id, "number": 1 + k % 5,
            "fiscal_year": year, "opens_on": opens, "due_on": opens + timedelta(days=89), "status": status,
            "product": "", "evidence": "", "remarks": "",
            "submitted_at": now() if status in ("submitted", "returned") else None,
        })  # fmt: skip
    bulk_insert(FollowUp.__table__, rows)  # type: ignore[arg-type]


def test_every_number_is_its_list_and_agrees_with_a_plain_count(app: Any, client_for: Any) -> None:
    reports(60)
    officer = person(Role.officer)
    cells = queries.response(officer, today())
    expected: Counter[tuple[Any, ...]] = Counter()
    for r in session.scalars(select(FollowUp)):
        if r.opens_on > today():
            continue
        came = r.status in ("submitted", "verified") or r.submitted_at is not None
        key = (r.fiscal_year, r.project.programme, r.project.region)
        expected[*key, "opened"] += 1
        expected[*key, "responded"] += came
        expected[*key, "missed"] += not came and r.due_on < today()
        expected[*key, "waiting"] += not came and r.due_on >= today()
    found = {
        (*c[:3], s): n for c in cells for s, n in zip(("opened", "responded", "missed", "waiting"), c[3:], strict=True)
    }
    assert {k: n for k, n in found.items() if n} == {k: n for k, n in expected.items() if n}
    for state in ("opened", "responded", "missed", "waiting"):
        for bureau in ("kanto", "none", ""):
            listed = queries.report_list(officer, {"state": state, "bureau": bureau}, None, None).rows
            wanted = [
                n for (_y, _p, b, s), n in found.items() if s == state and (not bureau or (b or "none") == bureau)
            ]
            assert len(listed) == min(50, sum(wanted)), (state, bureau)
    waiting = {
        r.id for r in session.scalars(select(FollowUp)) if r.status in ("submitted", "returned")
        or (r.opens_on <= today() and r.status == "due")
    }  # fmt: skip
    first = queries.report_list(officer, {"state": "unfinished"}, None, None).rows
    assert {r[0].id for r in first} == waiting and [r[0].due_on for r in first] == sorted(r[0].due_on for r in first)
    plain = client_for(officer).get("/officer/follow-ups").text  # whoever asks for nothing sees these
    assert plain.count('<a href="/follow-ups/') == len(waiting)
    page = client_for(officer).get("/officer/follow-ups/response").text
    total = sum(n for (*_k, s), n in found.items() if s == "responded")
    assert f">{total}</a>" in page and "state=missed&amp;bureau=none" in page


def test_the_response_page_costs_the_same_for_three_reports_as_for_sixty(
    app: Any, client_for: Any, count_queries: Any
) -> None:
    browser, counts = client_for(person(Role.auditor)), []
    for n in (3, 57):
        reports(n)
        for path in ("/officer/follow-ups/response", "/officer/follow-ups?state=opened", "/officer/verification"):
            with count_queries() as seen:
                assert browser.get(path).status_code == 200
            counts.append(len(seen))
    assert counts[:3] == counts[3:] and counts[0] <= 8, counts


def test_chasing_reaches_whom_the_preview_names_once(app: Any, client_for: Any) -> None:
    """One person, one letter with all of the reports, however often and by whomever the button is pressed."""
    project = chain.completed_project(ago=800)
    officer, other = person(Role.officer), person(Role.officer)
    lead = chain.lead(project)
    year = chain.follow_up_of(project).fiscal_year
    browser = client_for(officer)
    page = browser.get("/officer/follow-ups/chase?state=opened").text
    assert lead.email in page
    assert f"FY{year}" in page and "these commercialization status reports have not arrived" in page  # its very text
    session.expire_all()
    named = {p.email for p, _r in queries.letters_to_write(officer, {"state": "opened"})[0]}
    assert named and all(address in page for address in named)
    form = {"key": "k" * 32, "note": "Please answer by Friday."}
    for _ in range(2):
        assert browser.post("/officer/follow-ups/chase?state=opened", data=form).status_code == 303
    assert client_for(other).post("/officer/follow-ups/chase?state=opened", data={"key": "z" * 32}).status_code == 303
    session.expire_all()
    letters = session.query(OutboxItem).filter(OutboxItem.dedupe_key.like("follow-up-chase:%")).all()
    assert Counter(letter.payload["to"] for letter in letters) == Counter(named)
    mine = next(letter for letter in letters if letter.payload["to"] == lead.email)
    assert mine.payload["body"].count("/follow-ups/") == 2 and "by Friday" in mine.payload["body"]
    first, second = session.query(Chase).order_by(Chase.id).all()
    assert (first.letters, second.letters) == (len(named), 0)
    assert session.query(ChaseLetter).filter_by(user_id=lead.id).count() == 2
    assert "Had a letter today already" in browser.get("/officer/follow-ups/chase?state=opened").text
    recused = person(Role.officer)
    tie(recused, project.application)
    assert lead.email not in client_for(recused).get("/officer/follow-ups/chase?state=opened").text
    assert client_for(person(Role.auditor)).get("/officer/follow-ups/chase").status_code == 403
    assert client_for(lead).get("/officer/follow-ups").status_code == 403


def test_too_many_at_once_are_refused_and_nobody_is_named_for_orphans(app: Any, client_for: Any) -> None:
    reports(40)
    officer = person(Role.officer)
    letters, nobody = queries.letters_to_write(officer, {})
    assert letters == [] and nobody
    found = operations.plan(officer, {})
    assert not found.too_many and {r.id for r in found.nobody} == {r.id for r in nobody}
    page = client_for(officer).get("/officer/follow-ups/chase").text
    assert "Nobody to write to" in page and "Send 0 letters" not in page


def test_reminders_go_to_whoever_can_report_once_per_occasion(app: Any) -> None:
    project = chain.completed_project()
    for _ in range(2):
        operations.remind()
    letters = session.query(OutboxItem).filter(OutboxItem.dedupe_key.like("follow-up-reminder:%")).all()
    asked = queries.people_for([r.id for r in queries.of_project(project.id) if operations.is_open(r)])
    assert Counter(letter.payload["to"] for letter in letters) == Counter(u.email for us in asked.values() for u in us)
    assert all("/follow-ups/" in letter.payload["body"] for letter in letters)
