"""The queue of incoming names, and an organisation's pages over time: decisions, access, and what is kept."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.audit import Event
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.organisations import operations, queries
from app.organisations.choices import Decision, NameContext, NameStatus
from app.organisations.models import IncomingName, Merge, Organisation, Succession
from app.organisations.queries import resolving
from tests.factories.people import organisation, person
from tests.factories.portfolio import cluster, membership

METI = "4000012090001"


@pytest.fixture(autouse=True)
def _fresh_register(app: Any) -> None:
    """A test's rows are rolled back, and another test's may look alike: the process must not remember them."""
    resolving._register = None


@pytest.fixture
def firms(app: Any) -> list[Organisation]:
    return [
        organisation(org_key="gear", name_ja="髙橋歯車工業株式会社", name_en="Takahashi Gear", prefecture="13"),
        organisation(org_key="number", name_ja="経済産業局", name_en="Bureau", corporate_number=METI),
    ]


@pytest.fixture
def officer(app: Any) -> Any:
    return person("officer")


def receive(name: str, actor: Any, **more: Any) -> IncomingName:
    return operations.resolving.receive(name, NameContext.membership, actor, **more)


def test_a_person_decides_and_everything_is_kept(firms: Any, officer: Any) -> None:
    row = receive("㈱高橋歯車工業", officer, prefecture="13", scope="home")
    assert receive("㈱高橋歯車工業", officer, prefecture="13", scope="home") is row  # it waits already
    assert resolving.waiting_count() == resolving.waiting_count("home") == 1 and resolving.waiting_count("x") == 0
    first = resolving.candidates(row)[0]
    assert first[1].org_key == "gear" and first[0].score == 98
    with pytest.raises(Forbidden):
        operations.resolving.settle(row, Decision.same, firms[0], "", row.version, person("auditor"))
    row = resolving.get(row.id)  # type: ignore[assignment]
    operations.resolving.settle(row, Decision.another, firms[0], "", row.version, officer)
    assert row.decision is Decision.same  # it was the first suggestion after all, so no reason was needed
    assert row.candidates[0] == {"score": 98, "organisation": firms[0].id, "why": ["name", "same_place"]}
    assert (row.decided_by_id, row.status) == (officer.id, NameStatus.settled)
    with pytest.raises(OutOfOrder):
        operations.resolving.settle(row, Decision.same, firms[0], "", row.version, officer)
    with pytest.raises(Refused):
        operations.resolving.reopen(row, " ", row.version, officer)
    operations.resolving.reopen(row, "another firm of that name", row.version, officer)
    with pytest.raises(Refused):
        operations.resolving.settle(row, Decision.another, firms[1], " ", row.version, officer)
    with pytest.raises(Refused):
        operations.resolving.settle(row, Decision.another, None, "typed wrongly", row.version, officer)
    operations.resolving.settle(row, Decision.another, firms[1], "letterhead", row.version, officer)
    kept = session.scalars(select(Event.data).where(Event.subject_type == "incoming_name").order_by(Event.id)).all()
    decisions = [data["decision"] for data in kept if "decision" in data]
    assert decisions == ["same", "same", "another"]
    with pytest.raises(Stale):
        operations.resolving.reopen(row, "x", row.version - 1, officer)


def test_the_number_comes_first_and_the_name_still_shows(firms: Any, officer: Any) -> None:
    row = receive("高橋歯車工業", officer, number="T4-0000-1209-0001")
    assert row.corporate_number == METI
    assert [firm.org_key for _match, firm in resolving.candidates(row)][:2] == ["number", "gear"]
    with pytest.raises(Refused) as refusal:
        receive("x", officer, number="4000012090002")
    assert refusal.value.reasons[0].code == "bad-corporate-number"


def test_a_new_name_is_known_at_once(firms: Any, officer: Any) -> None:
    """The process keeps the register ready; a new alias, entry or merge makes it look again."""
    row = receive("Katahashi", officer)
    assert resolving.candidates(row) == []
    operations.succeeding.add_alias(firms[0], "", "Katahashi", "letterhead", officer)
    assert resolving.candidates(row)[0][1].org_key == "gear"
    twin = organisation(org_key="twin", name_en="Twin Works", name_ja="")
    other = receive("Twin Works", officer)
    assert resolving.candidates(other)[0][1].org_key == "twin"
    operations.merging.merge(firms[0], twin, "one firm", officer)
    assert resolving.candidates(other)[0][1].org_key == "gear"


def test_withdrawing_is_for_officers_and_the_own_manager(officer: Any) -> None:
    own, stranger = person("cluster_manager", scope="home"), person("cluster_manager", scope="other")
    row = receive("誤記", own, scope="home")
    for nobody in (stranger, person("applicant")):
        with pytest.raises(Forbidden):
            operations.resolving.withdraw(row, row.version, nobody)
    operations.resolving.withdraw(row, row.version, own)
    assert row.status is NameStatus.withdrawn


def test_the_queue_in_the_browser(firms: Any, officer: Any, client_for: Any) -> None:
    browser = client_for(officer)
    sent = {"name": "髙橋歯車", "corporate_number": "", "prefecture": "13", "note": "by telephone"}
    assert browser.get("/organisations/names/add").status_code == 200
    assert browser.post("/organisations/names/add", data={**sent, "corporate_number": "12"}).status_code == 422
    there = browser.post("/organisations/names/add", data=sent)
    assert there.status_code == 303
    row = session.scalar(select(IncomingName))
    assert row is not None
    page = f"/organisations/names/{row.id}"
    assert "髙橋歯車工業株式会社" in browser.get(page).text and browser.get(page + "?lang=ja").status_code == 200
    new = {
        "answer": "new",
        "name_ja": "髙橋歯車",
        "org_type": "company_small",
        "why": "another firm",
        "version": row.version,
    }
    assert browser.post(f"{page}/decide", data={**new, "org_type": ""}).status_code == 422
    assert browser.post(f"{page}/decide", data={**new, "why": ""}).status_code == 422
    assert browser.post(f"{page}/decide", data={**new, "answer": "999999"}).status_code == 422
    assert session.scalar(select(Organisation.id).where(Organisation.name_ja == "髙橋歯車")) is None
    assert browser.post(f"{page}/decide", data=new).status_code == 303
    made = session.scalar(select(Organisation).where(Organisation.name_ja == "髙橋歯車"))
    assert made is not None and made.prefecture == "13"
    assert "another firm" in browser.get(page).text
    assert browser.post(f"{page}/reopen", data={"version": row.version}).status_code == 422
    assert browser.post(f"{page}/reopen", data={"version": row.version, "reason": "no"}).status_code == 303
    another = {"answer": "another", "organisation": METI, "why": "number on the card", "version": row.version}
    assert browser.post(f"{page}/decide", data=another).status_code == 303
    assert row.organisation_id == firms[1].id
    for status in ("waiting", "settled", "withdrawn", "x"):
        assert browser.get(f"/organisations/names?status={status}&scope=home").status_code == 200
    for who, read, write in (
        ("auditor", 200, 403),
        ("admin", 200, 403),
        ("cluster_manager", 403, 403),
        ("applicant", 403, 403),
    ):
        reader = client_for(person(who, scope="home"))
        assert reader.get(page).status_code == reader.get("/organisations/names").status_code == read
        assert reader.post(f"{page}/decide", data=another).status_code == write
        assert reader.get("/organisations/names/add").status_code == write


def test_an_organisations_history_in_the_browser(firms: Any, officer: Any, client_for: Any) -> None:
    browser, (gear, other) = client_for(officer), firms
    membership(gear, cluster("home", name_en="Home cluster"))
    page = f"/organisations/{gear.id}"
    new = {"name_ja": "新高橋歯車", "on": "2008-04-01", "evidence": "registry", "version": gear.version}
    assert browser.post(f"{page}/rename", data={**new, "on": "2999-04-01"}).status_code == 422
    assert browser.post(f"{page}/rename", data=new).status_code == 303
    assert browser.post(f"{page}/rename", data={**new, "name_ja": "別", "on": "2010-04-01"}).status_code == 409
    assert browser.post(f"{page}/aliases", data={}).status_code == 422
    assert browser.post(f"{page}/aliases", data={"alias_en": "TGK"}).status_code == 303
    heir = {"successor": "number", "succession_kind": "transfer", "effective_on": "2009-04-01"}
    assert browser.post(f"{page}/successors", data={**heir, "successor": "nobody"}).status_code == 422
    assert browser.post(f"{page}/successors", data=heir).status_code == 303
    text = browser.get(f"{page}/history").text
    assert all(seen in text for seen in ("髙橋歯車工業株式会社", "TGK", "business transferred to"))
    text = browser.get(page).text
    assert all(seen in text for seen in ("Takahashi Gear", "新高橋歯車", "Home cluster", "business transferred to"))
    row = session.scalar(select(Succession))
    assert row is not None
    assert browser.post(f"/organisations/successions/{row.id}/take-back", data={}).status_code == 422
    assert browser.post(f"/organisations/successions/{row.id}/take-back", data={"reason": "no"}).status_code == 303
    merge = f"{page}/merge"
    assert browser.get(merge).status_code == 200 and browser.get(f"{merge}?organisation=nobody").status_code == 422
    shown = browser.get(f"{merge}?organisation=number").text
    assert "What would move" in shown and METI in shown
    assert browser.post(merge, data={"organisation": "number"}).status_code == 422
    assert browser.post(merge, data={"organisation": "number", "reason": "one"}).status_code == 303
    assert "This entry was merged into" in browser.get(f"/organisations/{other.id}").text
    assert browser.get("/organisations").text.count(METI) == 1
    done = session.scalar(select(Merge))
    assert done is not None
    assert browser.post(f"/organisations/merges/{done.id}/undo", data={}).status_code == 422
    reader = client_for(person("auditor"))
    assert reader.get(f"{page}/history").status_code == 200 and reader.get(merge).status_code == 403
    assert reader.post(f"/organisations/merges/{done.id}/undo", data={"reason": "x"}).status_code == 403
    assert browser.post(f"/organisations/merges/{done.id}/undo", data={"reason": "two"}).status_code == 303
    assert queries.by_corporate_number(METI).id == other.id  # type: ignore[union-attr]
    assert client_for(person("applicant")).get(f"{page}/history").status_code == 403
