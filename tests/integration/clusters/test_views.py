"""Pages of clusters: what everybody sees, whose names who may see, and the manager's list."""

import base64
import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.clusters.models import ClusterLink, Membership
from app.clusters.views import registers as views
from app.core.audit import Event
from app.core.db import session
from app.core.numbering import version
from tests.factories.people import organisation, person
from tests.factories.portfolio import cluster, membership


@pytest.fixture
def place(app: Any) -> Any:
    home, other = cluster("home"), cluster("other")
    membership(organisation(org_key="in", name_en="Inside 100% Ltd", name_ja="内部"), home, evidence="form")
    membership(organisation(org_key="past", name_en="Past Ltd"), home, date(2001, 4, 1), date(2003, 4, 1))
    membership(organisation(org_key="else", name_en="Elsewhere Ltd"), other)
    return home


@pytest.fixture
def manager(place: Any, client_for: Any) -> Any:
    return client_for(person("cluster_manager", scope="home"))


def test_everybody_sees_counts_and_nobody_sees_names(place: Any, client: Any) -> None:
    session.add(ClusterLink(from_id=place.id, to_id=None, kind="ended"))
    for address in (
        "/clusters",
        "/clusters?on=2002-01-01",
        "/clusters?on=x",
        "/clusters/home",
        "/clusters/home?lang=ja",
        "/clusters/home?on=2001-13-01",
    ):
        page = client.get(address)
        assert page.status_code == 200 and "Inside" not in page.text and "Past" not in page.text
    for code in ("none", "%00", "%E3%81%82", "a%2Fb"):
        assert client.get(f"/clusters/{code}").status_code == 404
    assert client.get("/clusters/home/members").status_code == 302


@pytest.mark.parametrize(
    ("roles", "status"),
    [(("officer",), 200), (("auditor",), 200), (("admin",), 200), (("applicant",), 403), (("reviewer",), 403)],
)
def test_who_sees_names(place: Any, client_for: Any, roles: Any, status: int) -> None:
    browser = client_for(person(*roles))
    assert browser.get("/clusters/home/members").status_code == status
    assert browser.get("/clusters/home/members.csv").status_code == status
    for address in ("add", "import"):
        assert browser.get(f"/clusters/home/members/{address}").status_code == 403
    assert browser.post("/clusters/home/members/add", data={}).status_code == 403


def test_a_manager_keeps_to_the_own_cluster(manager: Any) -> None:
    row = session.scalar(select(Membership.id).where(Membership.evidence == ""))
    for address in ("members", "members.csv", "members/add", "members/import", f"members/{row}/end"):
        assert manager.get(f"/clusters/other/{address}").status_code == 404
    for address in ("members/add", "members/import", f"members/{row}/end"):
        assert manager.post(f"/clusters/other/{address}", data={}).status_code == 404
    other = session.scalar(
        select(Membership.id).join(Membership.organisation).where(Membership.organisation.has(org_key="else"))
    )
    assert manager.get(f"/clusters/home/members/{other}/end").status_code == 404


def test_list_as_of_a_date_and_search(manager: Any) -> None:
    now = manager.get("/clusters/home/members").text
    assert "Inside 100% Ltd" in now and "Past Ltd" not in now and "Elsewhere" not in now
    then = manager.get("/clusters/home/members?on=2002-04-01").text
    assert "Past Ltd" in then and "Inside" not in then
    for text, seen in (
        ("100%", True),
        ("0_%", False),
        ("%", True),
        ("内部", True),
        ("INSIDE", True),
        ("\x00", True),
        ("zzz", False),
    ):
        assert ("Inside 100% Ltd" in manager.get("/clusters/home/members", query_string={"q": text}).text) is seen, text


def test_add_a_member(manager: Any) -> None:
    organisation(org_key="new", corporate_number="4000012090001")
    before = version()
    sent = {"organisation": "4-0000-1209-0001", "valid_from": "平成17年4月1日", "evidence": "form 3"}
    assert manager.post("/clusters/home/members/add", data=sent).status_code == 303
    row = session.scalar(select(Membership).where(Membership.evidence == "form 3"))
    assert row is not None and row.valid_from == date(2005, 4, 1) and version() > before
    assert session.scalar(select(Event).where(Event.name == "membership added", Event.subject_id == row.id))
    again = manager.post("/clusters/home/members/add", data=sent)
    assert again.status_code == 422 and "already has a membership" in again.text
    missing = manager.post("/clusters/home/members/add", data={**sent, "organisation": "nobody"})
    assert missing.status_code == 422 and "No organisation" in missing.text
    assert manager.post("/clusters/home/members/add", data={}).status_code == 422


def test_end_a_membership_and_the_second_edit_is_stale(manager: Any) -> None:
    row = session.scalar(select(Membership).where(Membership.evidence == "form"))
    assert row is not None
    address = f"/clusters/home/members/{row.id}/end"
    assert manager.get(address).status_code == 200
    bad = manager.post(address, data={"valid_to": "2003-04-01", "reason": "left", "version": 1})
    assert bad.status_code == 422 and "must end after it began" in bad.text
    assert manager.post(address, data={"valid_to": "2006-04-01", "reason": "left", "version": 1}).status_code == 303
    session.refresh(row)
    assert (row.valid_to, row.evidence, row.version) == (date(2006, 4, 1), "form; left", 2)
    stale = manager.post(address, data={"valid_to": "2007-04-01", "reason": "moved", "version": 1})
    assert stale.status_code == 409 and "moved" in stale.text and "form; left" in stale.text
    assert manager.post(address, data={"valid_to": "2007-04-01", "reason": "x" * 201, "version": 2}).status_code == 422


def send(browser: Any, text: str) -> Any:
    file = (io.BytesIO(text.encode("cp932")), "members.csv")
    return browser.post("/clusters/home/members/import", data={"file": file}, content_type="multipart/form-data")


HEAD = "org_key,cluster_code,valid_from,valid_to,evidence\n"


def test_import_shows_first_and_writes_after_the_confirmation(manager: Any) -> None:
    text = HEAD + "past,home,2005-04-01,,再加入\n"
    shown = send(manager, text)
    assert shown.status_code == 200 and "Import these rows" in shown.text
    assert session.scalar(select(Membership).where(Membership.evidence == "再加入")) is None
    content = base64.b64encode(text.encode("cp932")).decode()
    assert manager.post("/clusters/home/members/import", data={"content": content}).status_code == 303
    assert session.scalar(select(Membership).where(Membership.evidence == "再加入"))
    assert session.scalar(select(Event).where(Event.name == "memberships imported"))
    csv = manager.get("/clusters/home/members.csv").data.decode("utf-8-sig")
    assert "past,home,2005-04-01,,再加入" in csv and "else" not in csv


def test_faulty_files_are_answered_line_by_line(manager: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = send(manager, HEAD + "past,other,2005-02-30,,\nelse,other,2005-04-01,,\n")
    assert shown.status_code == 422 and "is not a date" in shown.text and "only the cluster home" in shown.text
    for text in ("", "\x00", '"', HEAD + '"'):
        assert send(manager, text).status_code == 422
    content = base64.b64encode((HEAD + "else,other,2005-04-01,,\n").encode()).decode()
    assert manager.post("/clusters/home/members/import", data={"content": content}).status_code == 422
    assert manager.post("/clusters/home/members/import", data={"content": "*"}).status_code == 400
    assert manager.post("/clusters/home/members/import", data={}).status_code == 422
    monkeypatch.setattr(views, "PREVIEW_BYTES", 10)
    assert "larger than 1 MB" in send(manager, "x" * 11).text


def test_query_counts(place: Any, manager: Any, client: Any, count_queries: Any) -> None:
    def counts() -> list[int]:
        found = []
        for browser, address in (
            (client, "/clusters"),
            (client, "/clusters/home"),
            (manager, "/clusters/home/members"),
        ):
            with count_queries() as seen:
                browser.get(address)
            found.append(len(seen))
        return found

    one = counts()
    for _ in range(2):
        membership(organisation(), place)
        session.add(ClusterLink(from_id=place.id, to_id=cluster().id, kind="continues"))
    session.flush()
    assert counts() == one == [3, 7, 3]


def test_memberships_of_an_organisation(place: Any, client_for: Any) -> None:
    firm = organisation(name_en="Twice Ltd")
    membership(firm, place)
    officer = client_for(person("officer"))
    assert "Test cluster" in officer.get(f"/organisations/{firm.id}/clusters").text
    assert officer.get("/organisations/999999/clusters").status_code == 404
