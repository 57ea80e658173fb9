"""Pages of rates: every view by every persona, numbers that agree with their lists, documents, query counts."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from app.core import numbering, outbox, pdf, storage
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


def test_the_definition_moves_the_answer_and_every_cell_opens(small: Any, client_for: Any) -> None:
    """PR-1 to PR-7 and five references side by side, PR-10 to PR-14; each row of a breakdown has its list."""
    officer = client_for(person("officer"))
    page = officer.get("/rates").text
    for wanted in ("PR-2 –", "PR-6b –", "PR-7 –", "ever until a date", "Matched share: 2 of 3", "How much is chance?"):
        assert wanted in page
    assert "Who came first" in page and "Share of the largest tenth" in page
    for by, part, note in (
        ("year", "2003", None),
        ("region", "kanto", None),
        ("field", "it", "several fields"),
        ("size", "company_sme", "every kind of company"),
    ):
        page = officer.get("/rates?" + urlencode({"by": by})).text
        assert f"by={by}&amp;part={part}" in page and (note is None or note in page)
        listed = officer.get(RECORDS + urlencode({"by": by, "part": part})).text
        assert small[0].project_key in listed and "yes: 1" in listed and "Show all" in listed
        taken = officer.get("/rates/participation/records.csv?" + urlencode({"by": by, "part": part}))
        assert taken.data.count(b"\nP-") == 3
    assert "add up to more than the total of 1" in officer.get("/rates?by=cluster").text
    assert small[0].project_key not in officer.get(RECORDS + urlencode({"by": "region", "part": "kinki"})).text
    for bad in ({"by": "region", "part": "x" * 61}, {"by": "moon", "part": "x"}, {"cohort": 2004, "t": 1}):
        assert officer.get(RECORDS + urlencode(bad)).status_code == 404


def test_outcomes_show_their_bounds_first_where_few_answered(small: Any, client_for: Any) -> None:
    """CR-3: two of three answered; CR-2 and CR-9 beside it."""
    officer = client_for(person("officer"))
    page = officer.get("/rates/commercialization").text
    assert "Between 33.3% and 66.7%" in page and "Only 66.7%" in page
    assert "Still there at the last word" in page and "With time to mature" in page and "lag=5" in page
    assert page.index("Between 33.3%") < page.index("1 of 3")
    portfolio.observation(small[2], date(2006, 3, 1))
    numbering.touch()
    assert "Between" not in officer.get("/rates/commercialization").text


def test_cohorts_and_groups(small: Any, client_for: Any) -> None:
    """CR-7: what is not over is hatched and said to be so; CR-12: those not known stand apart; CR-6 draws a band."""
    officer = client_for(person("officer"))
    page = officer.get("/rates/cohorts").text
    assert "+5 years" in page and page.count("not yet observed") == 4 and "cohort=2004&amp;t=1" in page
    assert "+10 years" in officer.get("/rates/cohorts?width=10").text
    cell = officer.get("/rates/commercialization/records?verdict=yes&cohort=2004&t=1").text
    assert small[0].project_key in cell and "within 1 years" in cell
    assert small[0].project_key not in officer.get("/rates/commercialization/records?cohort=2004&t=0").text
    page = officer.get("/rates/groups?" + urlencode({"within": 1})).text
    assert "with a cluster member" in page and "not known" in page and "does not show that membership causes" in page
    assert "Difference in percentage points" in page and "+100.0" in page
    assert officer.get("/rates/groups?reference=fixed&day=").status_code == 422
    assert officer.get("/rates/cohorts?first=2005&last=1999").status_code == 422
    for n in range(12):
        portfolio.observation(portfolio.project(), date(2006, 3, 1), "launched" if n % 2 else "stopped")
    numbering.touch()
    drawn = officer.get("/rates/commercialization").text
    assert 'class="band"' in drawn and "1,000 repetitions" in drawn and "Never publish it" in drawn
    assert 'class="curve' in officer.get("/rates/groups").text
    for lang in ("en", "ja"):
        for address in ("cohorts", "groups", "commercialization", "phase-one"):
            assert officer.get(f"/rates/{address}?lang={lang}").status_code == 200


def test_outside_the_office_small_numbers_are_not_shown(small: Any, client_for: Any, client: Any) -> None:
    """CR-14: pages, CSV and PDF ask the same gate."""
    applicant, officer = client_for(person("applicant")), client_for(person("officer"))
    page = applicant.get("/rates").text
    assert "1 of 3" not in page and "not shown" in page and "without telling about single ones" in page
    assert "Download the records" not in page and small[0].project_key not in page
    assert "1 of 3" not in applicant.get("/rates/commercialization").text
    taken = applicant.get("/rates/participation/figures.csv").text
    assert "suppressed,True" in taken and "numerator" not in taken
    assert "numerator,1" in officer.get("/rates/participation/figures.csv").text
    refused = applicant.post("/rates/participation/pdf", data={})
    assert refused.status_code == 422 and "single ones" in refused.text
    assert "single ones" in client.get("/rates/phase-one").text and "1 / 3" not in client.get("/rates/phase-one").text
    for address in ("/rates/cohorts", "/rates/groups"):
        assert applicant.get(address).status_code == 403 and client.get(address).status_code == 302
    home = portfolio.cluster()
    for n in range(12):
        firm = organisation(cluster_match="matched")
        if n % 2:
            portfolio.membership(firm, home)
        portfolio.project(firm, programme="new_collaboration", adopted_on=date(2000 + n // 6, 7, 1))
    numbering.touch()
    years = {"programme": "new_collaboration", "first": 2000, "last": 2001}
    page = applicant.get("/rates?" + urlencode(years)).text
    assert "6 of 12" in page and "50.0%" in page
    assert "FY2000" in page and "FY2000 – FY2001" not in page  # each year is safe by itself
    page = applicant.get("/rates?" + urlencode({**years, "programme": "all", "last": 2004})).text
    assert "7 of 15" not in page and "nearest question" in page and "FY2000 – FY2001" in page
    other_day = applicant.get("/rates?" + urlencode({**years, "day": "2004-01-01"})).text
    assert "6 of 12" not in other_day and "What can be asked" in other_day
    assert "2000,3,0,3,6" in applicant.get("/rates/participation/figures.csv?" + urlencode(years)).text
    assert applicant.post("/rates/participation/pdf", data=years).status_code == 303


def test_phase_one_says_where_there_are_no_records(client: Any) -> None:
    page = client.get("/rates/phase-one").text
    assert "no records yet" in page and "counted elsewhere" in page and "80 of 170" in page and "40,000" in page
    assert "率ではありません" in client.get("/rates/phase-one?lang=ja").text


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


@pytest.mark.parametrize(
    "odd",
    [
        "as_of=0001-01-01", "as_of=9999-12-31", "lag=50&as_of=0030-01-01", "within=30&reference=ever&day=0001-01-01",
        "first=1950&last=2100", "by=moon", "width=x", "known_at=0001-01-01", "reference=completion&population=completed",
    ],
)  # fmt: skip
def test_odd_questions_have_answers(small: Any, client_for: Any, odd: str) -> None:
    officer, applicant = client_for(person("officer")), client_for(person("applicant"))
    for path in ("/rates", "/rates/commercialization", "/rates/cohorts", "/rates/groups"):
        assert officer.get(f"{path}?{odd}").status_code == 200
    for path in ("/rates", "/rates/commercialization"):
        assert applicant.get(f"{path}?{odd}").status_code == 200


COUNTED = (
    "/rates/participation/records?verdict=yes&by=region&part=kanto",
    "/rates",
    "/rates?by=cluster",
    "/rates/commercialization",
    "/rates/cohorts",
    "/rates/groups",
)


def test_query_counts_do_not_grow(small: Any, client_for: Any, count_queries: Any) -> None:
    officer = client_for(person("officer"))
    counts = []
    for address in COUNTED:
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
    for address in COUNTED:
        with count_queries() as seen:
            officer.get(address)
        more.append(len(seen))
    assert counts == more
    with count_queries() as seen:
        officer.get("/rates")
    assert len(seen) == 4  # the kept page: who is asking, with which ties, the lists, and the version of the data
