"""The budget grid: one page for all members, spreadsheet out and in, limits with their arithmetic."""

import io
from typing import Any

import openpyxl

from app.applications import operations, queries
from app.core.clock import now
from app.core.db import session
from tests.factories import proposals


def _cells(member: Any) -> dict[tuple[int, str], int]:
    return {(line.fiscal_year, line.cost_item): line.amount_yen for line in member.budget_lines}


def _send(browser: Any, application: Any, book: Any) -> Any:
    out = io.BytesIO()
    if isinstance(book, bytes):
        out.write(book)
    else:
        book.save(out)
    out.seek(0)
    return browser.post(f"/applications/{application.id}/budget.xlsx", data={"sheet": (out, "budget.xlsx")})


def _sheet(browser: Any, application: Any) -> Any:
    answer = browser.get(f"/applications/{application.id}/budget.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def _row(sheet: Any, member: Any, code: str) -> int:
    return next(
        row[0].row for row in sheet.iter_rows(min_row=2)
        if str(row[0].value).split()[0] == str(member.id) and row[2].value == code
    )  # fmt: skip


def test_the_sheet_goes_out_and_comes_back_the_same(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser = client_for(proposals.lead_of(application))
    before = [_cells(m) for m in application.members]
    assert _send(browser, application, _sheet(browser, application)).status_code == 303
    session.expire_all()
    assert [_cells(m) for m in application.members] == before
    assert all(queries.is_confirmed(m) for m in application.members)  # nothing changed, so nothing lapsed


def test_a_changed_sheet_is_stored_and_merged_with_what_others_saved(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, member, other = client_for(proposals.lead_of(application)), application.members[1], application.members[2]
    book = _sheet(browser, application)
    sheet = book.active
    sheet.cell(_row(sheet, member, "TRV"), 5).value = 250_000
    sheet.cell(_row(sheet, member, "EQ"), 5).value = "１,５００,０００円"
    sheet.cell(_row(sheet, member, "MAT"), 6).value = None
    operations.save_share(
        application, other, operations.Share("r", 25, None, False, "c", {(2027, "LAB"): 9_000_000}), other.version,
        actor=proposals.person_of(other), arrived=now(),
    )  # fmt: skip
    assert _send(browser, application, book).status_code == 303
    session.expire_all()
    assert _cells(member) == {(2027, "LAB"): 4_000_000, (2027, "EQ"): 1_500_000, (2027, "TRV"): 250_000}
    assert _cells(other) == {(2027, "LAB"): 9_000_000}  # the sheet held older cells and did not touch them
    assert application.total_yen == sum(yen for m in application.members for yen in _cells(m).values())


def test_one_cell_changed_by_two_is_refused_with_both_values_and_nothing_is_stored(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, member = client_for(proposals.lead_of(application)), application.members[1]
    book = _sheet(browser, application)
    sheet = book.active
    sheet.cell(_row(sheet, member, "LAB"), 5).value = 1_111_111
    sheet.cell(_row(sheet, application.members[2], "LAB"), 5).value = 3_333_333
    browser.post(
        f"/applications/{application.id}/parts/share-{member.id}/field",
        data={"field": "b_2027_LAB", "value": "2222222", "version": application.version},
    )
    answer = _send(browser, application, book)
    assert answer.status_code == 409 and "1111111" in answer.text and "2222222" in answer.text
    session.expire_all()
    assert _cells(member)[2027, "LAB"] == 2_222_222 and _cells(application.members[2])[2027, "LAB"] == 4_000_000


def test_a_sheet_that_cannot_be_read_names_its_cells(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, member = client_for(proposals.lead_of(application)), application.members[1]
    version = application.version
    book = _sheet(browser, application)
    sheet = book.active
    row = _row(sheet, member, "LAB")
    for bad in ("-1", "1.5", "NaN", "many", 1e30, "=1+1"):
        sheet.cell(row, 5).value = bad
        answer = _send(browser, application, book)
        assert answer.status_code in (303, 422), bad
        if bad != "=1+1":  # a formula without a stored value reads as empty
            assert answer.status_code == 422 and f"E{row}" in answer.text, bad
    for junk in (b"", b"PK\x03\x04 no zip", b"<html>", b"a,b\n1,2"):
        assert _send(browser, application, junk).status_code == 422
    assert browser.post(f"/applications/{application.id}/budget.xlsx").status_code == 422
    assert version <= application.version


def test_a_partner_sees_and_sends_its_own_cells_only(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    own, other = application.members[2], application.members[1]
    operations.save_share(
        application, other, operations.Share("r", 25, None, True, "c", {(2027, "RNT"): 7_654_321, (2027, "PRT"): 11}),
        other.version, actor=proposals.person_of(other), arrived=now(),
    )  # fmt: skip
    partner, lead = client_for(proposals.person_of(own)), client_for(proposals.lead_of(application))
    page = partner.get(f"/applications/{application.id}/budget?lang=en").text
    assert "7,654,321" not in page and "¥7,654,332" in page and f'id="member-{own.id}"' in page
    sheet = _sheet(partner, application).active
    assert {str(row[0].value).split()[0] for row in sheet.iter_rows(min_row=2)} == {str(own.id)}
    full = _sheet(lead, application)
    full.active.cell(_row(full.active, other, "EQ"), 5).value = 1
    session.expire_all()
    assert _send(partner, application, full).status_code == 422
    assert partner.post(f"/applications/{application.id}/budget/{other.id}", data={}).status_code == 404


def test_the_plain_save_button_of_the_grid_touches_cells_only(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, member = client_for(proposals.lead_of(application)), application.members[1]
    resources = member.resources
    data = {f"b_{year}_{item}": str(yen) for (year, item), yen in _cells(member).items()}
    answer = browser.post(
        f"/applications/{application.id}/budget/{member.id}",
        data={**data, "b_2027_TRV": "1,000", "version": application.version},
    )
    assert answer.status_code == 303
    session.expire_all()
    assert member.resources == resources and _cells(member)[2027, "TRV"] == 1_000


def test_limits_show_their_arithmetic(app: Any) -> None:
    """CON-15: 20% of items I to III; MON-1: commission in full, subsidy two thirds rounded down to the yen."""
    consortium = proposals.complete_draft()
    said = {f.rule.id: f.detail.en for f in queries.findings(consortium)}
    assert "28,000,000 yen; 20% of it = 5,600,000 yen" in said["CON-15"]
    assert said["MON-1"] == "Commission: all of 28,000,000 yen."
    collaboration = proposals.complete_draft(proposals.open_call("new_collaboration"))
    member = collaboration.members[0]
    operations.save_share(
        collaboration, member, operations.Share("r", 50, member.jsic, True, "c", {(2027, "LAB"): 1_000_001}),
        member.version, actor=proposals.lead_of(collaboration), arrived=now(),
    )  # fmt: skip
    said = {f.rule.id: f.detail.en for f in queries.findings(collaboration)}
    total = collaboration.total_yen
    assert total == 15_000_001
    assert f"2/3 of {total:,} yen = 10,000,000 yen (rounded down)" in said["MON-1"]
