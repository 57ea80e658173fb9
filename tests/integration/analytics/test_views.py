"""Pages of rates: every view by every persona, numbers that agree with their lists, documents, query counts."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from app.core import outbox, pdf, storage
from app.core.db import session
from app.organisations.models import PopulationList, PopulationMember
from tests.factories import portfolio
from tests.factories.people import organisation, person

#: core.forms.ChoiceField raises ValueError where WTForms wants ValidationError.
RECORDS = "/rates/participation/records?"


@pytest.fixture
def small(app: Any) -> Any:
    """Three projects: a member's, a stranger's, an unmatched firm's."""
    home = portfolio.cluster()
    member = organisation(cluster_match="matched", org_key="m")
    stranger = organisation(cluster_match="matched", org_key="s")
    unknown = organisation(org_key="u")
    portfolio.membership(member, home)
    found = [portfolio.project(firm, amount_yen=1_000) for firm in (member, stranger, unknown)]
    portfolio.observation(found[0], date(2006, 3, 1), "launched", 4)
    portfolio.observation(found[1], date(2006, 3, 1), "development", 0)
    return found


def test_first_view_and_records(small: Any, client_for: Any) -> None:
    officer = client_for(person("officer"))
    page = officer.get("/rates").text
    assert "1 of 3" in page and "33.3%" in page and "66.7%" in page
    for verdict, wanted in (("yes", small[0]), ("unknown", small[2]), ("no", small[1])):
        listed = officer.get(RECORDS + urlencode({"verdict": verdict})).text
        assert wanted.project_key in listed
        assert not any(p.project_key in listed for p in small if p is not wanted)


@pytest.mark.parametrize("definition", ["PR-1", "PR-2", "PR-3", "PR-4", "PR-5", "PR-6a", "PR-6b", "PR-7", "PR-8"])
def test_every_definition_has_its_pages(small: Any, client_for: Any, definition: str) -> None:
    row = PopulationList(list_code="l", name_en="List", name_ja="リスト", unit="company")
    session.add(row)
    session.flush()
    session.add(PopulationMember(list_id=row.id, organisation_id=small[0].participants[0].organisation_id))
    officer = client_for(person("officer"))
    asked = {"definition": definition, "list_code": "l"}
    for lang in ("en", "ja"):
        assert officer.get("/rates?" + urlencode({**asked, "lang": lang})).status_code == 200
    for verdict in ("yes", "no", "unknown"):
        assert officer.get(RECORDS + urlencode({**asked, "verdict": verdict})).status_code == 200
    for name in ("figures.csv", "records.csv"):
        answer = officer.get(f"/rates/participation/{name}?" + urlencode(asked))
        assert answer.status_code == 200 and f"definition,{definition}".encode() in answer.data


def test_commercialization_page(small: Any, client_for: Any) -> None:
    officer = client_for(person("officer"))
    page = officer.get("/rates/commercialization").text
    assert "1 of 3" in page and "1 of 2" in page and "not drawn where fewer than 10" in page
    for verdict in ("yes", "no", "unknown"):
        address = "/rates/commercialization/records?" + urlencode({"verdict": verdict, "level": "E3"})
        assert officer.get(address).status_code == 200


@pytest.mark.parametrize(
    "bad",
    [
        {"first": "2004", "last": "1997"},
        {"day": "2005-02-30"},
        {"definition": "PR-9"},
        {"definition": "PR-7", "reference": "start"},
        {"definition": "PR-8"},
        {"first": "1e9"},
        {"reference": "fixed", "day": ""},
        {"programme": "<script>"},
    ],
)
def test_bad_questions_are_answered_in_words(app: Any, client_for: Any, bad: dict[str, str]) -> None:
    officer = client_for(person("officer"))
    answer = officer.get("/rates?" + urlencode(bad))
    assert answer.status_code == 422 and "Please mend" in answer.text
    assert officer.get(RECORDS + urlencode(bad)).status_code == 404


def test_who_may_see_what(small: Any, client_for: Any, client: Any) -> None:
    assert client.get("/rates").status_code == 302
    assert client.get("/rates/phase-one").status_code == 200
    assert client.get("/rates/definitions").status_code == 200
    for roles, seen in (
        (("applicant",), 403),
        (("reviewer",), 403),
        (("cluster_manager",), 403),
        (("auditor",), 200),
        (("admin",), 200),
    ):
        browser = client_for(person(*roles))
        assert browser.get("/rates").status_code == 200
        assert browser.get("/rates/commercialization").status_code == 200
        assert browser.get("/rates/participation/figures.csv").status_code == 200
        assert browser.get("/rates/participation/records").status_code == seen
        assert browser.get("/rates/participation/records.csv").status_code == seen


def test_phase_one_says_where_there_are_no_records(client: Any) -> None:
    page = client.get("/rates/phase-one").text
    assert "no records yet" in page and "80 of 170" in page and "40,000" in page
    assert "記録なし" in client.get("/rates/phase-one?lang=ja").text


@pytest.mark.parametrize("kind", ["participation", "commercialization"])
def test_a_document_belongs_to_who_ordered_it(small: Any, client_for: Any, kind: str) -> None:
    mine, other = client_for(person("officer")), client_for(person("officer"))
    answer = mine.post(f"/rates/{kind}/pdf", data={"lang": "en"})
    assert answer.status_code == 303
    place = answer.location
    waiting = mine.get(place)
    assert waiting.headers["Refresh"] == "3" and "being made" in waiting.text
    assert mine.get(place + "/file").status_code == 404
    assert mine.post(f"/rates/{kind}/pdf", data={}).location == place
    for identity, _kind in outbox.due():
        pdf.make(session.get_one(outbox.OutboxItem, identity))
    ready = mine.get(place)
    assert "Refresh" not in ready.headers and "Download the PDF" in ready.text
    assert mine.get(place + "/file").data.startswith(b"%PDF-")
    assert other.get(place).status_code == 404 and other.get(place + "/file").status_code == 404
    document = session.get_one(pdf.Document, int(place.rsplit("/", 1)[1]))
    assert document.file is not None and storage.open_file(document.file)


def test_query_counts_do_not_grow(small: Any, client_for: Any, count_queries: Any) -> None:
    officer = client_for(person("officer"))
    counts = []
    for address in ("/rates/participation/records?verdict=yes", "/rates", "/rates/commercialization"):
        with count_queries() as seen:
            officer.get(address)
        counts.append(len(seen))
    home = portfolio.cluster()
    for _ in range(2):
        firm = organisation(cluster_match="matched")
        portfolio.membership(firm, home)
        portfolio.project(firm)
    more = []
    from app.core.numbering import touch

    touch()
    for address in ("/rates/participation/records?verdict=yes", "/rates", "/rates/commercialization"):
        with count_queries() as seen:
            officer.get(address)
        more.append(len(seen))
    assert counts == more
    with count_queries() as seen:
        officer.get("/rates")
    assert len(seen) == 3  # the kept page: who is asking, the lists, and the version of the data
