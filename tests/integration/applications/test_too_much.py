"""Too much, too large, too odd: refused in words, and nothing is stored. F73, F74, F76, F77, F82 of the cases."""

import io
import re
from typing import Any

import openpyxl
import pytest

from app.core.db import session
from tests.factories import proposals
from tests.factories.people import organisation
from tests.support import dump

NO_AMOUNT = (
    "-1", "1e400", "1e999999", "NaN", "Infinity", "9" * 5000, str(2**63), "1_000", "٣٤٥", "0.5", "10 00 x", "0x10", "−5",
    "¥", "1,000,00", "=1+1",
)  # fmt: skip
NO_DAY = (
    "2026-02-30",
    "令和0年1月1日",
    "2026-13-01",
    "yesterday",
    "1" * 500,
)


def _save(browser: Any, application: Any, part: str, name: str, value: str) -> Any:
    return browser.post(
        f"/applications/{application.id}/parts/{part}/field",
        data={"field": name, "value": value, "version": application.version},
    )


def test_odd_values_of_single_fields_are_said_at_the_field(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, member = client_for(proposals.lead_of(application)), application.members[1]
    session.commit()
    before = dump.digests()
    for part, name, values in (
        (f"share-{member.id}", "b_2027_LAB", NO_AMOUNT),
        ("plan", "investment_yen", NO_AMOUNT),
        ("plan", "sales_7", NO_AMOUNT),
        ("basics", "starts_on", NO_DAY),
        ("plan", "first_sale_on", NO_DAY),
        ("basics", "title_en", ("x" * 5000,)),
        ("basics", "abstract", ("語" * 100_000,)),
        ("basics", "frame_id", ("999999", "x", "-1", str(2**63))),
    ):
        for value in values:
            answer = _save(browser, application, part, name, value)
            assert answer.status_code == 422 and answer.json["message"], (part, name, value[:40])
    assert dump.digests() == before


@pytest.mark.parametrize(
    "number",
    ["123456789012", "12345678901234", "1234567890123", "9876543210123x", "１２３４５６７８９０１２", "٠١٢٣٤٥٦٧٨٩٠١٢"],
)
def test_a_wrong_corporate_number_is_no_new_member(app: Any, client_for: Any, number: str) -> None:
    application = proposals.draft()
    browser = client_for(proposals.lead_of(application))
    session.commit()
    before = dump.digests()
    data = {"version": application.version, "name_ja": "新会社", "name_en": "New", "corporate_number": number,
            "org_type": "company_sme", "prefecture": "13", "role": "implementer"}  # fmt: skip
    answer = browser.post(f"/applications/{application.id}/members/new", data=data)
    assert answer.status_code == 422
    assert dump.digests() == before


def test_too_large_requests_are_413_in_words(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    root = f"/applications/{application.id}"
    session.commit()
    before = dump.digests()
    many = "".join(f'--x\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\nx\r\n' for n in range(6000)) + "--x--"
    for path, data in (
        ("/basics", {"abstract": "x" * 10_000_000}),
        ("/parts/basics/field", {"field": "abstract", "value": "x" * 10_000_000}),
        ("/messages", {"text": "x" * 10_000_000}),
    ):
        answer = browser.post(root + path, data=data)
        assert answer.status_code == 413 and "too much at once" in answer.text, path
    address = f"{root}/documents/{application.call.documents[0].id}"
    answer = browser.post(address, data=many.encode(), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert dump.digests() == before


def test_ten_thousand_rows_are_no_budget(app: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted before a reader makes cells of them: the refusal costs no more than unpacking the file."""
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    sheet = browser.get(f"/applications/{application.id}/budget.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(sheet.data))
    page = book.active
    model = [page["A2"].value.split()[0], "", page["C2"].value, "", 1]
    for _ in range(10_000):
        page.append(model)
    out = io.BytesIO()
    book.save(out)
    session.commit()
    before = dump.digests()
    out.seek(0)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *args, **options: pytest.fail("the file was read"))
    answer = browser.post(f"/applications/{application.id}/budget.xlsx", data={"sheet": (out, "budget.xlsx")})
    assert answer.status_code == 422 and "2,000 rows" in answer.text
    assert dump.digests() == before


@pytest.mark.parametrize("name", ['=HYPERLINK("//evil")', "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_names_are_no_formulas_in_the_sheet(app: Any, client_for: Any, name: str) -> None:
    application = proposals.complete_draft()
    application.members[1].organisation = organisation("company_sme", name_en=name, name_ja=name)
    session.commit()
    browser = client_for(proposals.lead_of(application))
    sheet = browser.get(f"/applications/{application.id}/budget.xlsx")
    for row in openpyxl.load_workbook(io.BytesIO(sheet.data)).active.iter_rows():
        formulas = [cell.value for cell in row if cell.data_type == "f"]
        assert all(re.fullmatch(r"=SUM\([A-Z]+\d+:[A-Z]+\d+\)", formula) for formula in formulas)  # our own totals


@pytest.mark.parametrize("formula", ["=1000000*2", "=SUM(E2:E9)", '=WEBSERVICE("http://evil.example/")'])
def test_a_formula_in_a_sent_sheet_is_no_amount(app: Any, client_for: Any, formula: str) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/applications/{application.id}/budget.xlsx").data))
    book.active.cell(2, 5).value = formula
    out = io.BytesIO()
    book.save(out)
    session.commit()
    before = dump.digests()
    out.seek(0)
    answer = browser.post(f"/applications/{application.id}/budget.xlsx", data={"sheet": (out, "budget.xlsx")})
    assert answer.status_code == 422 and "E2" in answer.text
    assert dump.digests() == before
