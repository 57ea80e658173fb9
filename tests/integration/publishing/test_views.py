"""Pages of figures: public without sign-in, the office's by role, records only for those who are kept out of nothing."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.core import pdf
from app.core.db import session
from app.core.errors import Forbidden
from app.core.i18n import Bilingual
from app.publishing import operations as verbs
from app.publishing import queries
from app.publishing.choices import SnapshotStatus
from app.publishing.models import Snapshot
from app.publishing.queries import ReportQuestion
from tests.factories import portfolio
from tests.factories.people import person
from tests.factories.publishing import E1, frozen, pr, published, town, work


@pytest.fixture
def officers(app: Any) -> tuple[Any, Any]:
    return person("officer"), person("officer")


def test_a_figure_is_read_without_sign_in(officers: Any, client: Any, count_queries: Any) -> None:
    town()
    row = published(E1, *officers, remark=Bilingual("Counted for the annual report.", "年次報告のため集計。"))
    session.commit()
    with count_queries() as seen:
        page = client.get("/figures").text
    few = len(seen)
    assert row.code in page and "4" in page and "33.3%" in page and "33.3% – 58.3%" in page
    page = client.get(f"/figures/{row.code}").text
    for words in (
        "4 of 12",
        "Practical application",
        "Wilson interval",
        "“productization” or “market launch”",
        row.data_sha256,
        row.public_sha256,
        "FY2003",
    ):
        assert words in page
    assert "Counted for the annual report." in page
    page = client.get(f"/figures/{row.code}?lang=ja").text
    assert "実用化" in page and "年次報告のため集計。" in page and "平成15年度(2003)" in page
    record = client.get(f"/figures/{row.code}/record.json").get_json()
    assert (record["answer"]["numerator"], record["answer"]["unknown"]) == (4, 3)
    data = client.get(f"/figures/{row.code}/bundle.zip").data
    assert "recompute.py" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    newer = published(E1, *officers, replaces=row.code, reason=Bilingual("Twice reported.", "二重計上。"))
    published(pr("PR-1"), *officers)
    session.commit()
    with count_queries() as seen:
        page = client.get("/figures?lang=en").text
    assert len(seen) == few and newer.code in page and f">{row.code}<" not in page
    old = client.get(f"/figures/{row.code}").text
    assert newer.code in old and "Twice reported." in old and "Superseded" in old
    assert row.code in client.get("/figures/all").text and "Replaces" in client.get(f"/figures/{newer.code}").text


def test_nothing_unpublished_is_public(officers: Any, client: Any) -> None:
    town()
    row = frozen(E1, officers[0])
    yen = published(pr("PR-6a"), *officers)
    session.commit()
    for address in ("", "/bundle.zip", "/record.json"):
        assert client.get(f"/figures/{row.code}{address}").status_code == 404
        assert client.get(f"/figures/F1999-0001{address}").status_code == 404
    assert row.code not in client.get("/figures").text
    assert client.get(f"/figures/{yen.code}/bundle.zip").status_code == 404
    page = client.get(f"/figures/{yen.code}").text
    assert "has no public bundle" in page and "By fiscal year" not in page


def test_a_small_year_is_withheld(officers: Any, client: Any) -> None:
    """CR-14: of two years one is small, so neither is shown beside the total; and the public bundle moves both together."""
    town()  # FY2004 and FY2005 have two yes each
    row = published(E1, *officers)
    session.commit()
    page = client.get(f"/figures/{row.code}").text
    assert page.count("withheld: it would tell") == 2
    bundle = zipfile.ZipFile(io.BytesIO(client.get(f"/figures/{row.code}/bundle.zip").data))
    years = {line.split(",")[5] for line in bundle.read("data/projects.csv").decode().splitlines()[1:]}
    assert years == {"2003-04-01"} and b'"cohorts"' not in bundle.read("expected.json")


def test_from_proposal_to_the_public_in_the_browser(officers: Any, client_for: Any, client: Any) -> None:
    town()
    mine, other, auditor = client_for(officers[0]), client_for(officers[1]), client_for(person("auditor"))
    page = mine.get("/publishing/propose/commercialization?level=E1").text
    assert "Known by (optional)" in page and "Remark in Japanese" in page
    asked = {
        "level": "E1",
        "programme": "consortium_rd",
        "first": 2003,
        "last": 2005,
        "as_of": "2006-03-31",
        "min_evidence": 0,
    }
    assert mine.post("/publishing/propose/commercialization", data={**asked, "as_of": "2999-01-01"}).status_code == 422
    answer = mine.post("/publishing/propose/commercialization", data=asked)
    assert answer.status_code == 303
    place = answer.location
    assert "being counted" in mine.get(place).text
    work()
    session.commit()
    page = mine.get(place).text
    assert "4 of 12" in page and "Another officer than the one who proposed it" in page
    assert mine.post(f"{place}/publish").status_code == 403
    assert auditor.get(place).status_code == 200 and auditor.post(f"{place}/publish").status_code == 403
    assert "Publish</button>" not in auditor.get(place).text and "Publish</button>" in other.get(place).text
    assert other.post(f"{place}/publish").status_code == 303
    row = session.query(Snapshot).one()
    assert client.get(f"/figures/{row.code}").status_code == 200
    assert row.code in other.get("/publishing?status=published").text
    assert row.code not in other.get("/publishing?status=frozen").text
    for name in ("then-and-now", "records?verdict=unknown", "bundle.zip"):
        assert auditor.get(f"{place}/{name}").status_code == 200
        assert client_for(person("applicant")).get(f"{place}/{name}").status_code == 403
    assert "No unit differs" in mine.get(f"{place}/then-and-now").text
    again = mine.post("/publishing/propose/commercialization", data=asked).location
    work()
    session.commit()
    assert "answers the same question" in other.get(again).text
    assert other.post(f"{again}/publish").status_code == 422
    assert other.post(f"{again}/discard", data={"reason": ""}).status_code == 422
    assert other.post(f"{again}/discard", data={"reason": "not needed"}).status_code == 303
    assert other.post(f"{again}/discard", data={"reason": "not needed"}).status_code == 409
    assert other.post(f"{again}/freeze").status_code == 409


def test_the_recused_read_the_figure_but_not_its_records(
    officers: Any, client_for: Any, client: Any, monkeypatch: Any
) -> None:
    """Who is kept out of one application sees the number, not the list, the bundle or the comparison."""
    town()
    row = published(E1, *officers)
    session.commit()
    hidden = session.query(portfolio.Project.id).limit(1).scalar()
    browser = client_for(officers[1])
    place = f"/publishing/figures/{row.id}"
    assert browser.get(f"{place}/records").status_code == 200
    from app.projects import queries as projects
    from app.projects.models import Project

    monkeypatch.setattr(projects, "not_recused", lambda actor: Project.id != hidden)
    assert browser.get(place).status_code == 200 and "not shown to you" in browser.get(place).text
    for name in ("records", "then-and-now", "bundle.zip"):
        assert browser.get(f"{place}/{name}").status_code == 404
    assert client.get(f"/figures/{row.code}").status_code == 200
    assert queries.get_for(officers[1], row.id).status is SnapshotStatus.published


def test_before_publication_the_recused_see_no_answer_that_is_theirs(
    officers: Any, client_for: Any, monkeypatch: Any
) -> None:
    """CON-14: no figure, list, preview or file that counts what is undecided or is theirs alone, and no say in letting it
    out; a figure that is fit for everybody and mostly about others they may read and decide on."""
    from app.projects import queries as projects
    from app.projects.models import Project

    town()
    row = frozen(E1, officers[0])
    report = verbs.order_report(
        Bilingual("R", "報"), ReportQuestion(None, 2003, 2005, *[date(2006, 3, 31)] * 3), officers[0]
    )
    monkeypatch.setattr(pdf, "printed", lambda *_: b"%PDF-")
    work()
    session.refresh(report)
    session.commit()
    every = list(session.scalars(select(Project.id)))
    aside: set[int] = set()
    monkeypatch.setattr(projects, "not_recused", lambda actor: Project.id.not_in(aside))
    browser, place, other = client_for(officers[1]), f"/publishing/figures/{row.id}", f"/publishing/reports/{report.id}"
    files = (f"{other}/preview", f"{other}/pdf_en", f"{other}/tables", f"{other}/workbook")

    def sees() -> tuple[bool, bool, bool, list[int]]:
        page = browser.get(place).text
        listed = "4 / 12" in browser.get("/publishing").text
        return "4 of 12" in page, "Publish</button>" in page, listed, [browser.get(file).status_code for file in files]

    assert sees() == (True, True, True, [200, 200, 200, 200])
    aside |= {every[0]}  # one of many, adopted long ago, in a figure that everybody may know
    assert sees() == (True, True, False, [200, 200, 200, 404])
    aside |= set(every[:-2])  # hardly anybody else is counted
    assert sees() == (False, False, False, [404, 404, 404, 404])
    assert "You stand aside" in browser.get(place).text and "33.3%" not in browser.get(place).text
    assert browser.post(f"{place}/publish").status_code == browser.post(f"{other}/publish").status_code == 403
    aside.clear()
    assert browser.post(f"{place}/publish").status_code == 303
    aside |= set(every)
    assert sees()[0] is True and browser.get(f"{place}/records").status_code == 404  # public anyway


def test_what_is_undecided_hides_a_figure_from_who_stands_aside(officers: Any, monkeypatch: Any) -> None:
    from app.projects import queries as projects
    from app.projects.models import Project
    from app.publishing.queries import aside

    town()
    row = frozen(E1, officers[0])
    one = session.scalars(select(Project.id)).first()
    monkeypatch.setattr(projects, "not_recused", lambda actor: Project.id != one)
    assert not queries.withheld_from(officers[1], row)
    monkeypatch.setattr(aside, "released", lambda: Project.id != one)
    assert queries.withheld_from(officers[1], row)
    with pytest.raises(Forbidden):
        verbs.publish(row, officers[1])


def test_a_fault_is_shown_with_a_way_on(officers: Any, client_for: Any) -> None:
    row = frozen(E1, officers[0])
    session.commit()
    browser = client_for(officers[0])
    page = browser.get(f"/publishing/figures/{row.id}").text
    assert "No record fits the question" in page and "Freeze again" in page
    town()
    assert browser.post(f"/publishing/figures/{row.id}/freeze").status_code == 303
    work()
    session.commit()
    assert "4 of 12" in browser.get(f"/publishing/figures/{row.id}").text
    assert verbs.verify(row).changes == []


def test_odd_addresses_are_not_there(officers: Any, client_for: Any, client: Any) -> None:
    for odd in ("%00", "a" * 300, "F2026-0001%00", "F2026-%EF%BC%91%EF%BC%91%EF%BC%91%EF%BC%91", "-1", "9" * 20):
        for address in (f"/figures/{odd}", f"/figures/{odd}/record.json", f"/publications/{odd}/datasets"):
            assert client.get(address).status_code == 404, address
    browser = client_for(officers[0])
    for odd in ("0", "2147483647", "99999999999"):
        for address in (
            f"/publishing/figures/{odd}",
            f"/publishing/reports/{odd}",
            f"/publishing/figures/{odd}/records",
        ):
            assert browser.get(address).status_code == 404, address
    assert browser.get("/publishing?status=odd").status_code == 404
    assert browser.get("/publishing?status=draft&after=x&before=%00").status_code == 200
    odd = {"replaces": "x" * 20, "reason_ja": "\x00"}
    assert browser.post("/publishing/propose/participation", data=odd).status_code == 422
