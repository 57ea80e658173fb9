"""The pages: who may open them, what is hidden stays uncountable, files are what is seen, and each leaves a record."""

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from app.applications import queries as applications
from app.core.audit import Event
from app.core.db import session
from app.portfolio import operations, queries
from app.portfolio.choices import Place
from app.portfolio.definitions.asked import Crossing, Layout, Selection
from app.portfolio.models import PortfolioExport, SavedView
from tests.factories import people, portfolio, proposals

LIST, PIVOT, MAP = "/portfolio", "/portfolio/pivot", "/portfolio/map"
PAGES = (LIST, PIVOT, MAP, "/portfolio/explorer/question", "/portfolio/views", "/portfolio/exports")


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, text_of(answer)
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.fixture
def few(app: Flask) -> list[Any]:
    firm = people.organisation(prefecture="13", name_ja="株式会社連携", name_en="Renkei Ltd")
    found = [
        portfolio.project(firm, project_key="V-1", title_ja="燃料電池", amount_yen=1_000_000, region="kanto"),
        portfolio.project(firm, project_key="V-2", title_en="=1+1", amount_yen=None, region=None, completed_on=None),
        portfolio.project(project_key="V-3", amount_yen=3, region="kinki", adopted_on=date(2004, 7, 1)),
    ]
    portfolio.observation(found[0], date(2005, 6, 1), "launched", 4)
    session.commit()
    return found


def test_only_the_office_and_the_auditors_read_the_portfolio(app: Flask, client_for: Any, few: list[Any]) -> None:
    for role, status in (("officer", 200), ("auditor", 200), ("applicant", 403), ("reviewer", 403), ("admin", 403)):
        browser = client_for(people.person(role))
        for page in PAGES:
            assert browser.get(page).status_code == status, (role, page)
    auditor = client_for(people.person("auditor"))
    assert auditor.post("/portfolio/explorer/views", data={"name": "x"}).status_code == 403
    assert "Save this view" not in text_of(auditor.get(LIST))


def test_the_list_says_what_it_shows_and_every_piece_can_be_taken_out(
    app: Flask, client_for: Any, few: list[Any]
) -> None:
    browser = client_for(people.person("officer"))
    page = text_of(browser.get(LIST, query_string={"region": "kanto", "text": "電池", "adopted_from": "2003"}))
    assert "V-1" in page and "V-3" not in page and "¥1,000,000" in page
    assert "Fiscal year of adoption: FY2003 or later" in page and "Kanto Bureau" in page
    assert 'href="/portfolio?text=%E9%9B%BB%E6%B1%A0&amp;region=kanto"' in page  # without the years
    everything = text_of(browser.get(LIST, query_string={"columns": "title,reached,stage,cluster", "level": "E3"}))
    assert "E3 – Continuous sales" in everything and "4 – continuous sales, no profit" in everything
    for address in (LIST, PIVOT, MAP):
        wrong = browser.get(address, query_string={"status": "nonsense", "adopted_from": "x"})
        assert wrong.status_code == 422 and "V-1" not in text_of(wrong)


def test_a_cell_opens_onto_its_records_and_its_share_names_both_numbers(
    app: Flask, client_for: Any, few: list[Any]
) -> None:
    browser = client_for(people.person("officer"))
    page = text_of(browser.get(PIVOT, query_string={"rows": "region", "across": "completed", "share": "whole"}))
    assert "33.3% of 3" in page and "not completed" in page and "not known" in page
    assert "/portfolio?region=none&amp;completed=none" in page
    found = text_of(browser.get("/portfolio?region=none&completed=none"))
    assert "V-2" in found and "V-1" not in found
    sums = rows_of(
        browser.post("/portfolio/pivot/export?rows=region&across=&measure=yen", data={"kind": "csv", "reason": ""})
    )
    assert sums[-1] == ["Total", "1000003"] and ["not known", "0"] in sums


def test_the_map_has_every_prefecture_and_says_the_same_in_its_table(
    app: Flask, client_for: Any, few: list[Any]
) -> None:
    browser = client_for(people.person("officer"))
    page = text_of(browser.get(MAP, query_string={"shade": "rate", "as_of": "2006-03-31"}))
    assert page.count('class="tile tile-') >= 47 and 'aria-label="Tokyo: 1/1"' in page
    assert '/portfolio?seat=13&amp;as_of=2006-03-31"' in page
    bureau = text_of(browser.get(MAP, query_string={"place": "bureau", "shade": "yen"}))
    assert "/portfolio?region=kanto" in bureau and "/portfolio?region=none" in bureau


def test_a_file_is_what_is_seen_and_leaves_a_record(app: Flask, client_for: Any, few: list[Any]) -> None:
    officer = people.person("officer", name="Officer Suzuki")
    browser = client_for(officer)
    address = "/portfolio/explorer/export?columns=title,amount,completed_on,lead&sort=-amount"
    seen = rows_of(browser.post(address, data={"kind": "csv"}))
    assert seen[0] == ["Number", "Title", "Amount", "Completed", "Leading organisation"]
    assert [row[0] for row in seen[1:]] == ["V-1", "V-3", "V-2"]
    assert seen[3][1:4] == ["'=1+1", "", ""] and seen[1][4] == "Renkei Ltd"
    answer = browser.post(address + "&text=V-1", data={"kind": "xlsx", "reason": "for the yearly report"})
    book = openpyxl.load_workbook(io.BytesIO(answer.get_data()))
    sheet, about = book.worksheets
    assert [cell.value for cell in sheet[2]][:3] == ["V-1", "Test project", 1_000_000] or sheet["C2"].value == 1_000_000
    assert sheet.max_row == 2 and sheet["D2"].value.date() == date(2005, 3, 31)
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    assert told["Rows"] == "1" or told["Rows"] == 1
    assert told["Taken by"] == "Officer Suzuki" and "V-1" in told["Asked"] and told["Reason"] == "for the yearly report"
    records = session.scalars(select(PortfolioExport).order_by(PortfolioExport.id)).all()
    assert [(r.row_count, r.file_kind.value, r.user_id) for r in records] == [(3, "csv", officer.id), (1, "xlsx", officer.id)]  # fmt: skip
    assert session.scalars(select(Event.name).where(Event.subject_type == "portfolio_export")).all() == ["exported"] * 2
    shown = text_of(client_for(people.person("auditor")).get("/portfolio/exports"))
    assert "Officer Suzuki" in shown and "for the yearly report" in shown


def test_a_large_file_needs_a_reason(
    app: Flask, client_for: Any, few: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """reliability B31."""
    monkeypatch.setattr(operations.kept, "REASON_ABOVE", 2)
    browser = client_for(people.person("auditor"))
    refused = browser.post("/portfolio/explorer/export", data={"kind": "csv"})
    assert refused.status_code == 422 and "Say what it is needed for" in text_of(refused)
    assert session.scalar(select(PortfolioExport)) is None
    assert len(rows_of(browser.post("/portfolio/explorer/export", data={"kind": "csv", "reason": "audit"}))) == 4
    assert browser.post("/portfolio/explorer/export", data={"kind": "exe"}).status_code == 422


def test_what_a_recused_officer_may_not_know_of_is_nowhere_listed_or_counted(app: Flask, client_for: Any) -> None:
    """reliability B23: list, cross table, map, file, saved view, and the record of others' files."""
    application = proposals.submitted()
    firm = application.members[0].organisation
    portfolio.project(firm, project_key="HIDDEN", application_id=application.id, region="okinawa", amount_yen=77)
    portfolio.project(people.organisation(), project_key="OPEN", region="kanto", amount_yen=5)
    free, recused = people.person("officer"), people.person("officer", of=firm)
    session.commit()
    assert application.id in applications.kept_out(recused)
    for actor, names in ((free, {"HIDDEN", "OPEN"}), (recused, {"OPEN"})):
        assert {line.key for line in queries.page(actor, Selection(), Layout(), None, None).rows} == names
        assert queries.totals(actor, Selection()).count == len(names)
        assert queries.cross(actor, Selection(), Crossing("region", None)).cell(None, None).count == len(names)
        assert sum(tile.all.count for tile in queries.tiles(actor, Selection(), Place.bureau)[1].values()) == len(names)
        assert len(queries.every_id(actor, Selection(), Layout())) == len(names)
    browser = client_for(free)
    browser.post("/portfolio/explorer/views?text=HIDDEN", data={"name": "One of ours", "shared": "y"})
    assert len(rows_of(browser.post("/portfolio/explorer/export?text=HIDDEN", data={"kind": "csv"}))) == 2
    browser = client_for(recused)
    view = session.scalars(select(SavedView)).one()
    assert "One of ours" in text_of(browser.get("/portfolio/views"))
    page = text_of(browser.get(f"/portfolio?text=HIDDEN&view={view.id}"))
    assert "No project meets all of this" in page
    for address in (LIST, PIVOT + "?rows=region", MAP + "?place=bureau"):
        page = text_of(browser.get(address))
        assert "region=okinawa" not in page and "¥77" not in page and "¥82" not in page
    assert len(rows_of(browser.post("/portfolio/explorer/export", data={"kind": "csv"}))) == 2
    record = text_of(browser.get("/portfolio/exports"))
    assert "HIDDEN" not in record and "not shown to those who are recused" in record


def test_a_saved_view_is_opened_shared_and_never_overwritten_unseen(
    app: Flask, client_for: Any, few: list[Any]
) -> None:
    mine, other = people.person("officer"), people.person("officer")
    first, second = client_for(mine), client_for(other)
    asked = "/portfolio/pivot/views?region=kanto&rows=region&across=status"
    assert first.post(asked, data={"name": "Kanto"}).status_code == 303
    again = first.post(asked, data={"name": "Kanto"})
    assert again.status_code == 422 and "of this name already" in text_of(again)
    view = session.scalars(select(SavedView)).one()
    number, version = view.id, view.version
    assert "Kanto" not in text_of(second.get("/portfolio/views"))
    assert second.post(f"/portfolio/views/{number}", data={"name": "x", "version": version}).status_code == 404
    first.post(f"/portfolio/views/{number}", data={"name": "Kanto", "shared": "y", "version": version})
    page = text_of(second.get("/portfolio/views"))
    assert (
        "/portfolio/pivot?region=kanto&amp;rows=region&amp;across=status" in page and "shared with the office" in page
    )
    assert "Save over “Kanto”" in text_of(second.get(f"/portfolio/pivot?region=kinki&view={number}"))
    over = f"/portfolio/pivot/views/{number}?region=kinki&rows=region&across=status"
    assert second.post(over, data={"version": version + 1}).status_code == 303
    late = first.post(f"/portfolio/views/{number}", data={"name": "Old", "shared": "y", "version": version + 1})
    assert late.status_code == 409 and "Old" in text_of(late)
    session.expire_all()
    view = session.scalars(select(SavedView)).one()
    assert view.name == "Kanto" and ["region", "kinki"] in view.pairs and view.shared
    assert second.post(f"/portfolio/views/{number}/delete", data={"version": view.version}).status_code == 403
    assert first.post(f"/portfolio/views/{number}/delete", data={"version": view.version}).status_code == 303
    assert session.scalar(select(SavedView)) is None


def test_a_list_costs_at_most_six_statements_whatever_the_rows(app: Flask, client_for: Any, count_queries: Any) -> None:
    browser = client_for(people.person("officer"))
    seen: dict[int, int] = {}
    for n in (1, 3):
        while len(queries.every_id(people.person("officer"), Selection(), Layout())) < n:
            portfolio.project(people.organisation())
        with count_queries() as statements:
            assert browser.get(LIST).status_code == 200
        seen[n] = len([s for s in statements if not s.startswith("BEGIN")])
    assert seen[1] == seen[3] and seen[3] <= 8, seen
