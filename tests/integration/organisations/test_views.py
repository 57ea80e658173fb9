"""The register: search, filters, pages, edits with their field errors, and who may."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.core.audit import Event
from app.core.clock import today
from app.core.db import session
from app.core.numbering import version
from app.organisations import queries
from app.organisations.models import Organisation, OrgProfileYear
from tests.factories.people import organisation, person

GOOD = {
    "name_ja": "新企業",
    "name_en": "New Ltd",
    "corporate_number": "4-0000-1209-0001",
    "org_type": "company_sme",
    "prefecture": "13",
    "capital_yen": "１，０００万"[:0] + "10,000,000",
    "employees": "12",
    "cluster_match": "unmatched",
}


@pytest.fixture
def officer(app: Any, client_for: Any) -> Any:
    return client_for(person("officer"))


@pytest.mark.parametrize(
    ("roles", "reads", "writes"),
    [
        (("officer",), 200, 200),
        (("auditor",), 200, 403),
        (("admin",), 200, 403),
        (("applicant",), 403, 403),
        (("reviewer",), 403, 403),
        (("cluster_manager",), 403, 403),
    ],
)
def test_who_may(app: Any, client_for: Any, client: Any, roles: Any, reads: int, writes: int) -> None:
    row = organisation()
    browser = client_for(person(*roles))
    for address in ("/organisations", f"/organisations/{row.id}"):
        assert browser.get(address).status_code == reads
        assert client.get(address).status_code == 302
    for address in ("/organisations/new", f"/organisations/{row.id}/edit"):
        assert browser.get(address).status_code == writes
    if writes == 403:
        assert browser.post("/organisations/new", data=GOOD).status_code == 403
        assert browser.post(f"/organisations/{row.id}/edit", data=GOOD).status_code == 403


def test_search(officer: Any) -> None:
    organisation(
        name_ja="株式会社ＡＢＣ１００％", name_en="Abc_100% Ltd", corporate_number="4000012090001", prefecture="27"
    )
    organisation(name_ja="別会社", name_en="Other", org_type="national_university", prefecture="01")

    def seen(**asked: str) -> bool:
        return "Abc_100% Ltd" in officer.get("/organisations", query_string=asked).text

    for text in ("abc_100%", "ABC", "ＡＢＣ", "c_1", "4000012090001", "4-0000-1209-0001", "T4000012090001", "4000", ""):
        assert seen(q=text), text
    for text in ("b_1", "%%", "zzz", "5000", "' or 1=1 --"):
        assert not seen(q=text), text
    assert seen(org_type="companies", prefecture="27") and seen(org_type="company_sme")
    assert not seen(org_type="universities") and not seen(prefecture="01") and not seen(org_type="none")
    for odd in ("\x00", "\ud83d"[:0] + "🦉", "a" * 5000):
        assert (
            officer.get("/organisations", query_string={"q": odd, "after": odd, "prefecture": odd}).status_code == 200
        )


def test_pages_by_key(officer: Any) -> None:
    for n in range(120):
        organisation(org_key=f"k{n:03d}")
    found = queries.page("", None, None, None, None)
    keys = [row.org_key for row in found.rows]
    while found.next:
        found = queries.page("", None, None, found.next, None)
        keys += [row.org_key for row in found.rows]
    assert keys == [f"k{n:03d}" for n in range(120)]
    back = queries.page("", None, None, None, found.previous)
    assert [row.org_key for row in back.rows] == keys[50:100]
    assert "k049" in officer.get("/organisations").text


def test_add_and_edit(officer: Any) -> None:
    before = version()
    made = officer.post("/organisations/new", data=GOOD)
    assert made.status_code == 303
    row = session.scalar(select(Organisation).where(Organisation.corporate_number == "4000012090001"))
    assert row is not None and (row.org_key, row.capital_yen, row.version) == ("R-000001", 10_000_000, 1)
    assert version() > before and "New Ltd" in officer.get(made.location).text
    assert officer.get(made.location + "?lang=ja").status_code == 200
    taken = officer.post("/organisations/new?lang=en", data=GOOD)
    assert taken.status_code == 422 and "is registered with this number" in taken.text
    edit = f"/organisations/{row.id}/edit"
    assert 'value="New Ltd"' in officer.get(edit + "?lang=en").text
    assert officer.post(edit, data={**GOOD, "name_en": "Newer Ltd", "version": 1}).status_code == 303
    session.refresh(row)
    assert (row.name_en, row.version) == ("Newer Ltd", 2)
    event = session.scalar(select(Event).where(Event.name == "organisation changed"))
    assert event is not None and event.data == {"name_en": ["New Ltd", "Newer Ltd"]}
    stale = officer.post(edit, data={**GOOD, "name_en": "Newest Ltd", "version": 1})
    assert stale.status_code == 409 and "Newest Ltd" in stale.text and "Newer Ltd" in stale.text
    assert officer.post(edit, data={**GOOD, "name_en": "x"}).status_code in (409, 422)
    assert officer.get("/organisations/99999999999").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"corporate_number": "4000012090002"}, "corporate_number"),
        ({"corporate_number": "４０００012090001"}, "corporate_number"),
        ({"name_ja": "", "name_en": ""}, "name_ja"),
        ({"name_ja": "x" * 201}, "name_ja"),
        ({"name_ja": "a\x00b"}, "name_ja"),
        ({"org_type": ""}, "org_type"),
        ({"capital_yen": "1e9"}, "capital_yen"),
        ({"employees": "-1"}, "employees"),
        ({"established_on": "2005-02-30"}, "established_on"),
        ({"established_on": "2005-02-03", "closed_on": "2005-02-02"}, "closed_on"),
        ({"jsic": "é"}, "jsic"),
        ({"prefecture": "48"}, "prefecture"),
    ],
)
def test_field_errors(officer: Any, change: dict[str, str], field: str) -> None:
    answer = officer.post("/organisations/new", data={**GOOD, **change})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert session.scalar(select(Organisation.id)) is None


def test_query_counts(officer: Any, count_queries: Any) -> None:
    row = organisation()

    def counts() -> list[int]:
        found = []
        for address in ("/organisations?q=test", f"/organisations/{row.id}"):
            with count_queries() as seen:
                officer.get(address)
            found.append(len(seen))
        return found

    one = counts()
    for n in range(2):
        organisation()
        session.add(OrgProfileYear(organisation_id=row.id, fiscal_year=2000 + n, employees=5))
    session.flush()
    assert counts() == one == [2, 8]  # two of them for its projects, as far as this reader may know of them


def test_size_follows_the_year(app: Any) -> None:
    row = organisation(capital_yen=10**9, employees=400, jsic="26")
    session.add(OrgProfileYear(organisation_id=row.id, fiscal_year=2003, employees=18, capital_yen=10**7))
    session.flush()
    assert queries.size_on(row, date(2004, 3, 31)).size == "small"
    assert queries.size_on(row, date(2003, 3, 31)).size == "large"
    assert queries.size_on(organisation("national_university"), today()).size == "not_a_company"


def test_looking_organisations_up(app: Any) -> None:
    firm = organisation()
    assert queries.search("") == [] and queries.search(firm.name_en, 5)[0] is firm
    assert queries.get(-1) is None and queries.by_key(firm.org_key) is firm
