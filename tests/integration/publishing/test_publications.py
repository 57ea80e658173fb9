"""Reports and datasets: made step by step by the worker, in both languages, published by a second officer."""

import io
import json
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest

from app.core import outbox, pdf, storage
from app.core.db import session
from app.core.errors import Refused
from app.core.i18n import Bilingual
from app.core.numbering import touch
from app.publishing import operations as verbs
from app.publishing.choices import PublicationStatus
from app.publishing.definitions.recompute import altered
from app.publishing.models import Publication
from tests.factories import portfolio
from tests.factories.people import organisation, person
from tests.factories.publishing import E1, frozen, pr, published, town, work

ASKED = {
    "title_ja": "平成17年度 事業報告", "title_en": "Programme report FY2005", "programme": "consortium_rd", "cluster": "",
    "first": 2003, "last": 2005, "as_of": "2006-03-31", "reference_day": "2005-12-31",
}  # fmt: skip
DATA = {
    "data-title_ja": "公開データ", "data-title_en": "Public data", "data-as_of": "2006-03-31", "data-min_evidence": "1",
    "data-licence_ja": "出典を明記してください。", "data-licence_en": "Name the source.",
    "data-update_ja": "毎年4月", "data-update_en": "Every April.",
}  # fmt: skip


@pytest.fixture
def officers(app: Any) -> tuple[Any, Any]:
    return person("officer"), person("officer")


@pytest.fixture
def unprinted(monkeypatch: Any) -> list[str]:
    """What would be printed, as HTML: printing itself takes seconds and is proved once below."""
    from flask import render_template

    from app.core.i18n import in_locale

    seen: list[str] = []

    def printed(template: str, locale: str, context: dict[str, Any]) -> bytes:
        with in_locale(locale):
            seen.append(render_template(f"pdf/{template}.html", fonts=[], locale=locale, **context))
        return b"%PDF-"

    monkeypatch.setattr(pdf, "printed", printed)
    return seen


def test_a_report_from_order_to_public(officers: Any, client_for: Any, client: Any, unprinted: list[str]) -> None:
    town(yes=6, no=6, silent=6)
    figure = published(E1, *officers)
    evil = organisation(org_key="=1+1", cluster_match="matched")
    late = portfolio.project(evil, completed_on=date(2005, 9, 30), project_key="=cmd|' /C calc'!A0")
    portfolio.observation(late, date(2005, 12, 1), "research", 0)
    home = portfolio.cluster("tama", name_en="TAMA", name_ja="タマ")
    portfolio.membership(evil, home)
    touch()
    session.commit()
    mine, other = client_for(officers[0]), client_for(officers[1])
    assert mine.post("/publishing/reports", data={**ASKED, "last": 1999}).status_code == 422
    assert mine.post("/publishing/reports", data={**ASKED, "first": 1950}).status_code == 422
    assert mine.post("/publishing/reports", data={**ASKED, "as_of": "2999-03-31"}).status_code == 422
    place = mine.post("/publishing/reports", data={**ASKED, "cluster": "tama"}).location
    page = mine.get(place).text
    assert "Ordered" in page and "Step 0 of 4" in page and 'http-equiv="refresh"' in page
    work()
    session.commit()
    page = mine.get(place).text
    assert "Ready" in page and "http-equiv" not in page and "Another officer" in page and figure.code in page
    preview, preview_ja = mine.get(f"{place}/preview?lang=en").text, mine.get(f"{place}/preview?lang=ja").text
    ja, en = unprinted
    for text, preview_text, words in (
        (
            en,
            preview,
            ("Contents", "Definitions", "Practical application", "contradictions", "Unknown records", "TAMA"),
        ),
        (ja, preview_ja, ("参加", "実用化", "定義", "タマ", "平成15年度(2003)")),
    ):
        for word in words:
            assert word in text and word in preview_text, word
        assert figure.code in text and figure.data_sha256 in text and "<svg" in text
        assert 'href="#definitions"' in text and 'id="definitions"' in text and 'id="contradictions"' in text
    row = session.query(Publication).one()
    assert [f.role.value for f in row.files] == ["pdf_ja", "pdf_en", "workbook", "tables"]
    book = openpyxl.load_workbook(io.BytesIO(storage.open_file(row.files[2].file)))
    assert (
        book.sheetnames[:3] == ["definitions 定義", "parameters 条件", "figures 数値一覧"] and "E4" in book.sheetnames
    )
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert not any(cell.data_type == "f" for cell in cells)
    texts = {str(cell.value) for cell in cells}
    assert "'=cmd|' /C calc'!A0" in texts and "=cmd|' /C calc'!A0" not in texts
    labels = {line[0].value: line[1].value for line in book["E1"].iter_rows() if line[0].value}
    assert labels["figure 数値番号"] == figure.code and labels["numerator"] == figure.numerator
    tables = openpyxl.load_workbook(io.BytesIO(storage.open_file(row.files[3].file)))
    assert tables.sheetnames == book.sheetnames
    shown = {
        str(cell.value) for sheet in tables for line in sheet.iter_rows() for cell in line if cell.value is not None
    }
    assert not any(key in text for text in shown for key in ("calc", "=1+1")) and "withheld 非表示" in shown
    assert "For the office" in str(book["parameters 条件"]["A1"].value)
    assert mine.post(f"{place}/publish").status_code == 403
    for part in ("pdf_ja", "pdf_en"):
        assert client.get(f"/publications/{row.code}/{part}").status_code == 404
    assert other.post(f"{place}/publish", data={"replaces": "R1999-0001"}).status_code == 422
    assert other.post(f"{place}/publish").status_code == 303
    assert client.get(f"/publications/{row.code}/pdf_ja").status_code == 200
    assert client.get(f"/publications/{row.code}/datasets").status_code == 404
    assert client.get(f"/publications/{row.code}/workbook").status_code == 404
    assert client.get(f"/publications/{row.code}/tables").status_code == 200
    assert "Programme report FY2005" in client.get("/figures").text
    again = mine.post("/publishing/reports", data=ASKED).location
    work()
    session.commit()
    why = {"replaces": row.code, "reason_en": "A row was wrong.", "reason_ja": "誤りの訂正。"}
    assert other.post(f"{again}/publish", data={**why, "reason_ja": ""}).status_code == 422
    assert other.post(f"{again}/publish", data=why).status_code == 303
    session.refresh(row)
    assert row.status is PublicationStatus.superseded and "Superseded" in client.get("/figures").text


def test_small_cells_do_not_reach_a_report(officers: Any, unprinted: list[str]) -> None:
    """CR-14: two projects in practical application are not shown, nor in any year or group; the workbook has them."""
    town(yes=2, no=9, silent=0)
    row = verbs.order_report(Bilingual("R", "報"), _question(), officers[0])
    work()
    session.refresh(row)
    assert row.status is PublicationStatus.ready, row.error
    figure = next(f for f in row.content["figures"] if f["id"] == "E1")
    assert not figure["safe"] and figure["years"] == [] and figure["answer"]["numerator"] == 2
    assert "2 / 11" not in unprinted[1] and "(18.2%)" not in unprinted[1] and "Withheld" in unprinted[1]
    assert row.content["groups"]["E1"]["difference"] is None and row.content["withheld"] > 0
    public = openpyxl.load_workbook(io.BytesIO(storage.open_file(row.files[3].file)))
    assert [cell.value for cell in public["E1"]["A"]][-1] == "withheld 非表示"


def test_what_a_report_told_is_held_against_what_comes_after(officers: Any, unprinted: list[str]) -> None:
    """CR-14: two reports and a figure, made of records that differ by one project; each would tell it by subtraction."""
    firms = town(yes=6, no=8, silent=0)
    first, second = (verbs.order_report(Bilingual("R", "報"), _question(), officers[0]) for _ in range(2))
    work()
    verbs.release(first, "", Bilingual("", ""), officers[1])
    verbs.release(second, "", Bilingual("", ""), officers[1])  # the same numbers again tell nothing new
    late = (
        session.query(portfolio.Project).filter(portfolio.Project.participants.any(organisation_id=firms[-1].id)).one()
    )
    portfolio.observation(late, date(2006, 3, 1), "launched", 3)
    touch()
    with pytest.raises(Refused, match="differencing") as refusal:
        verbs.publish(frozen(E1, officers[0]), officers[1])
    assert first.code in str(refusal.value.reasons[0])
    third = verbs.order_report(Bilingual("R", "報"), _question(), officers[0])
    work()
    session.refresh(third)
    assert not next(f for f in third.content["figures"] if f["id"] == "E1")["safe"]
    assert next(f for f in first.content["figures"] if f["id"] == "E1")["safe"]
    verbs.release(third, "", Bilingual("", ""), officers[1])


def _question() -> Any:
    from app.calls.choices import Programme
    from app.publishing.queries import ReportQuestion

    return ReportQuestion(
        Programme.consortium_rd, 2003, 2005, date(2006, 3, 31), verbs.latest_known(), date(2005, 12, 31)
    )


def test_a_failure_is_shown_and_tried_again(officers: Any, client_for: Any, monkeypatch: Any) -> None:
    town()
    session.commit()
    browser = client_for(officers[0])

    def broken(*_: Any) -> bytes:
        raise ValueError("no ink")

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "printed", broken)
        place = browser.post("/publishing/reports", data=ASKED).location
        work()
        session.commit()
    page = browser.get(place).text
    assert "Failed" in page and "no ink" in page
    monkeypatch.setattr(pdf, "printed", lambda *_: b"%PDF-")
    assert browser.post(f"{place}/retry").status_code == 303
    work()
    session.commit()
    assert "Ready" in browser.get(place).text
    assert browser.post(f"{place}/retry").status_code == 409
    assert browser.post(f"{place}/discard", data={"reason": "a trial"}).status_code == 303
    assert "Discarded" in browser.get(place).text


def test_a_worker_that_was_killed_begins_anew(officers: Any, monkeypatch: Any) -> None:
    town()
    monkeypatch.setattr(pdf, "printed", lambda *_: b"%PDF-")
    row = verbs.order_report(Bilingual("R", "報"), _question(), officers[0])
    from app.core.audit import SYSTEM
    from app.publishing.workflow import PUBLICATION

    PUBLICATION.apply(row, "begin", SYSTEM)
    row.step = 2
    session.commit()
    work()
    session.refresh(row)
    assert (row.status, row.step, len(row.files)) == (PublicationStatus.ready, 4, 4)


def test_a_report_is_really_printed(officers: Any, backend: str, monkeypatch: Any) -> None:
    """Once, in one language: fonts and charts are inside, and nothing was fetched from elsewhere."""
    if backend != "sqlite":
        pytest.skip("printing knows no database")
    town()
    real = pdf.printed
    monkeypatch.setattr(pdf, "printed", lambda t, lang, c: real(t, lang, c) if lang == "ja" else b"%PDF-")
    row = verbs.order_report(Bilingual("Report", "報告"), _question(), officers[0])
    work()
    session.refresh(row)
    assert row.status is PublicationStatus.ready, row.error
    data = storage.open_file(row.files[0].file)
    assert data.startswith(b"%PDF-") and len(data) > 20_000


def test_public_datasets(officers: Any, client_for: Any, client: Any) -> None:
    firms = town(yes=6, no=6, silent=6)
    figure = published(pr("PR-1"), *officers)
    hidden = portfolio.project(firms[0], status="withdrawn", project_key="WITHDRAWN-1")
    portfolio.observation(hidden, date(2006, 3, 1), "launched", 5)
    firms[1].org_type, firms[1].name_ja = "sole_proprietor", "山田太郎"
    evil = portfolio.project(firms[0], project_key="EVIL-1", title_ja="=HYPERLINK(1)", amount_yen=5)
    portfolio.observation(evil, date(2006, 3, 1), "launched", 5, evidence_level=0)
    session.commit()
    mine, other = client_for(officers[0]), client_for(officers[1])
    assert mine.post("/publishing/datasets", data={**DATA, "data-licence_ja": ""}).status_code == 422
    assert mine.post("/publishing/datasets", data={**DATA, "data-as_of": "2999-01-01"}).status_code == 422
    place = mine.post("/publishing/datasets", data=DATA).location
    work()
    session.commit()
    assert "Ready" in mine.get(place).text and mine.get(f"{place}/preview").status_code == 404
    row = session.query(Publication).one()
    assert client.get(f"/publications/{row.code}/datasets").status_code == 404
    assert other.post(f"{place}/publish").status_code == 303
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/publications/{row.code}/datasets").data))
    files = {name: archive.read(name) for name in archive.namelist()}
    assert not altered(files)
    table = {name: data.decode("utf-8-sig").splitlines() for name, data in files.items() if name.endswith(".csv")}
    assert len(table["awards.csv"]) == 1 + 18 + 1 and "WITHDRAWN-1" not in files["awards.csv"].decode()
    assert "'=HYPERLINK(1)" in files["awards.csv"].decode()
    assert sum("launched" in line for line in table["outcomes.csv"]) == 6  # self-declared ones stay out
    assert not any(line.startswith("EVIL-1") for line in table["outcomes.csv"] + table["first_reached.csv"])
    assert any(line.startswith(f"{figure.code},published,PR-1,1,project") for line in table["metrics.csv"])
    assert "Name the source." in files["LICENCE.txt"].decode() and "出典を明記" in files["LICENCE.txt"].decode()
    read = {name: json.loads(data) for name, data in files.items() if name.endswith(".json")}
    assert len(read["awards.json"]) == 20 - 1 and read["dataset.json"]["update"]["en"] == "Every April."
    assert {t["name"]: t["rows"] for t in read["dataset.json"]["tables"]}["awards"] == 19
    giving = {grant["id"]: grant for grant in read["360giving.json"]["grants"]}["renkei-EVIL-1"]
    assert (giving["amountAwarded"], giving["currency"]) == (5, "JPY") and len(giving["recipientOrganization"]) == 1
    award = next(i for i in read["commongrants.json"]["items"] if i["customFields"]["awardNo"]["value"] == "EVIL-1")
    assert award["funding"]["awardedAmount"] == {"amount": "5", "currency": "JPY"}
    assert read["commongrants.json"]["paginationInfo"]["totalItems"] == 19
    assert not any("山田太郎".encode() in data for data in files.values())  # a sole proprietor's name is a person's
    page = client.get("/figures/data?lang=en").text
    assert "Every April." in page and "cluster_membership_counts" in page and "first_reached" in page
    assert "毎年4月" in client.get("/figures/data?lang=ja").text
    for name, lines in table.items():
        listed = [line.split(",")[1] for line in table["dictionary.csv"][1:] if line.startswith(f"{name},")]
        assert lines[0].split(",") == listed, name


def test_who_may_do_what(officers: Any, client_for: Any, client: Any) -> None:
    auditor = client_for(person("auditor"))
    assert auditor.get("/publishing/reports").status_code == 200
    assert auditor.post("/publishing/reports", data=ASKED).status_code == 403
    for roles in ("applicant", "reviewer", "admin", "cluster_manager"):
        assert client_for(person(roles)).get("/publishing/reports").status_code == 403
    assert client.get("/publishing/reports").status_code == 302
    assert client_for(officers[0]).get("/publishing/reports/1").status_code == 404
    assert not outbox.due()
