"""The pages of money as their readers see them: from the first line to the settled year, each partner apart."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from app.accounts.models import User
from app.agreements import operations as agreements
from app.core.clock import today
from app.core.db import session
from app.money import operations, queries
from app.money.choices import PaymentStatus, ProfitStatus
from app.money.models import Asset, Expense, Payment, ProfitReturn, Transfer
from tests.factories import money, proposals
from tests.factories.people import person

PDF = "application/pdf"


def line(**values: Any) -> dict[str, Any]:
    day = today() - timedelta(days=30)
    return {
        "version": 0, "voucher": "V-1", "cost_item": "EQ", "paid_on": day.isoformat(), "payee": "Maker of benches",
        "quantity": "1", "gross_yen": "1,100,000", "net_yen": "1,000,000", **values,
    }  # fmt: skip


def test_a_year_from_the_first_line_to_the_settlement(app: Any, client_for: Any) -> None:
    contract = money.contract()
    project = contract.award.project
    root, under = f"/projects/{project.id}/money", f"/projects/{project.id}/money/{contract.id}"
    people = money.people(project)
    own, other = money.organisations(project)
    officers = [person("officer"), person("officer")]
    lead, partner, office, second, auditor = (client_for(one) for one in (*people, *officers, person("auditor")))
    # the lead enters a line, finds its fault at the field, attaches documents
    wrong = lead.post(f"{under}/costs/{own}/new", data=line(net_yen="2,000,000"))
    assert wrong.status_code == 422 and "at most the amount paid" in wrong.text
    assert lead.post(f"{under}/costs/{own}/new", data=line()).status_code == 303
    row = session.query(Expense).one()
    address = f"{root}/costs/{row.id}"
    file = {"file": (BytesIO(proposals.pdf_bytes("quote")), "quote.pdf")}
    assert lead.post(f"{address}/evidence/quote", data=file, content_type="multipart/form-data").status_code == 303
    for step in ("order", "delivery", "acceptance", "invoice", "transfer"):
        assert lead.post(f"{address}/evidence/{step}", data={"reason": "on paper"}).status_code == 303
    assert lead.post(f"{address}/evidence/invoice", data={"reason": ""}).status_code == 422
    assert lead.get(f"{address}/evidence/quote").mimetype == PDF
    assert partner.get(address).status_code == 404 and partner.get(f"{address}/evidence/quote").status_code == 404
    assert "V-1" not in partner.get(f"{under}/costs").text and "V-1" in lead.get(f"{under}/costs").text
    assert partner.get(f"{under}/costs/{own}.xlsx").status_code == 404
    assert partner.post(f"{under}/costs/{own}/new", data=line(voucher="X")).status_code == 404
    # the partner sends a workbook: looks first, then stores
    book = lambda: {"file": (BytesIO(partner.get(f"{under}/costs/{other}.xlsx").data), "costs.xlsx")}  # noqa: E731
    assert partner.post(f"{under}/costs/{other}/file", data=book()).status_code == 422, "an empty template"
    money.expense(contract, people[1], other)
    session.commit()
    seen = partner.post(f"{under}/costs/{other}/file", data=book())
    assert seen.status_code == 200 and "1 as stored" in seen.text
    # transfers, forecast
    move = {"organisation_id": own, "from_item": "EQ", "to_item": "LAB", "amount_yen": "1", "reason": "prices"}
    assert lead.post(f"{under}/transfers", data=move).status_code == 303
    beyond = lead.post(f"{under}/transfers", data=move | {"amount_yen": "1,800,000"})
    assert beyond.status_code == 422 and "change request is needed" in beyond.text
    assert session.query(Transfer).count() == 1
    assert lead.post(f"{under}/forecast/{own}", data={"f_EQ": "1,500,000"}).status_code == 303
    # an advance, by two officers
    ask = {"amount_yen": "900,000", "purpose": "wages", "bank": "Bank A", "holder": "Lead", "number": "1234567"}
    assert lead.post(f"{under}/payments/new", data=ask).status_code == 303
    assert partner.post(f"{under}/payments/new", data=ask).status_code == 404
    paid = session.query(Payment).one()
    step = f"{root}/payments/{paid.id}"
    version = lambda: {"version": session.get_one(Payment, paid.id, populate_existing=True).version}  # noqa: E731
    assert office.post(f"{step}/check", data=version()).status_code == 422, "no consent yet"
    consent = {"consent_ref": "1", "consent_on": today().isoformat()}
    assert office.post(f"{step}/consent", data=version() | consent).status_code == 303
    assert office.post(f"{step}/check", data=version()).status_code == 303
    assert office.post(f"{step}/approve", data=version()).status_code == 422
    assert "Another officer approves it" in office.get(step).text
    assert lead.post(f"{step}/approve", data=version()).status_code == 403
    assert second.post(f"{step}/approve", data=version()).status_code == 303
    assert "Bank A" in lead.get(step).text and "1234567" not in lead.get(step).text
    assert office.post(f"{step}/pay", data=version() | {"paid_on": today().isoformat()}).status_code == 303
    assert partner.get(step).status_code == 404
    # the inspection, line by line; another officer fixes
    judge = {"version": row.version, "verdict": "reduced", "accepted_yen": "700,000", "reason": "one part is private"}
    session.refresh(row)
    assert office.post(f"{address}/verdict", data=judge | {"version": 99}).status_code == 409
    assert office.post(f"{address}/verdict", data=judge | {"version": row.version}).status_code == 303
    assert office.post(f"{under}/inspection/accept").status_code == 303
    record = {"kind": "on_site", "held_on": today().isoformat(), "findings": "In order.", "organisation_id": own}
    assert office.post(f"{under}/inspection", data=record).status_code == 303
    agreements.receive_report(contract.award, today(), officers[0], "on paper")
    agreements.inspect(contract.award, today(), "seen", officers[0])
    session.commit()
    fix = {"on": today().isoformat(), "expected_yen": "800,000"}
    assert office.post(f"{under}/fixing", data=fix).status_code == 422, "gave every verdict alone"
    assert second.post(f"{under}/fixing", data=fix | {"expected_yen": "800,001"}).status_code == 422
    assert second.post(f"{under}/fixing", data=fix).status_code == 303
    assert "claimed back" in second.get(f"{under}/fixing").text, "900,000 were paid, 800,000 are fixed"
    assert (
        lead.get(f"{under}/notice-ja.pdf").status_code == 202
        and partner.get(f"{under}/notice-en.pdf").status_code == 404
    )
    claim = session.query(Payment).order_by(Payment.id.desc()).first()
    assert claim is not None and (claim.amount_yen, claim.status) == (100_000, PaymentStatus.requested)
    assert "¥100,000" in second.get("/money/waiting").text
    # every page in both languages, for everybody who may open it
    for browser in (lead, partner, office, auditor):
        for path in (root, f"{under}/costs", f"{under}/transfers", f"{root}/assets"):
            for language in ("en", "ja"):
                assert browser.get(f"{path}?lang={language}").status_code == 200
    for path in (
        f"{under}/inspection",
        f"{under}/fixing",
        f"{under}/payments/new",
        "/money/waiting",
        f"{address}/verdict",
    ):
        assert office.get(path).status_code == 200 and lead.get(path).status_code in (200, 403, 404)
        assert auditor.get(path).status_code in (200, 403)
    assert office.post(f"{address}/reopen", data={"version": row.version}).status_code == 409, "the amount is fixed"
    assert "Test bench" not in partner.get(root).text


def test_assets_and_profit_on_their_pages(app: Any, client_for: Any) -> None:
    contract = money.contract("new_collaboration", amount=500_000, rate=6_667)
    project, award = contract.award.project, contract.award
    root = f"/projects/{project.id}/money"
    people, own = money.people(project), money.organisations(project)[0]
    officer = person("officer")
    lead, partner, office = client_for(people[0]), client_for(people[1]), client_for(officer)
    row = money.expense(contract, people[0], own, cost_item="EQ", gross_yen=750_000, net_yen=750_000)
    money.accepted(contract, row)
    money.inspected(contract)
    operations.fix(contract, today(), 500_000, officer)
    session.commit()
    assert "V-" in lead.get(f"{root}/assets").text
    made = {"expense_id": row.id, "name": "Bench", "label": "A-1", "place": "Room 2", "useful_life_years": "5",
            "acquired_on": today().isoformat()}  # fmt: skip
    assert partner.post(f"{root}/assets", data=made).status_code == 422, "not among the lines offered"
    assert lead.post(f"{root}/assets", data=made | {"useful_life_years": "0"}).status_code == 422
    assert lead.post(f"{root}/assets", data=made).status_code == 303
    asset = session.query(Asset).one()
    page = f"{root}/assets/{asset.id}"
    version = lambda: {"version": session.get_one(Asset, asset.id, populate_existing=True).version}  # noqa: E731
    wish = {"kind": "transfer", "price_yen": "100,000", "counterparty": "B", "reason": "not used"}
    assert partner.get(page).status_code == 404
    for event, browser in (("approve", office), ("refuse", office), ("dispose", lead)):
        early = browser.post(f"{page}/{event}", data=version() | {"condition": "x", "on": today().isoformat()})
        assert early.status_code == 409, "nobody asked for a disposal yet"
    assert lead.post(f"{page}/disposal", data=version() | wish).status_code == 303
    assert lead.post(f"{page}/approve", data=version()).status_code == 403
    assert office.post(f"{page}/refuse", data=version()).status_code == 422
    assert office.post(f"{page}/approve", data=version() | {"condition": "at this price"}).status_code == 303
    assert lead.post(f"{page}/dispose", data=version() | {"on": today().isoformat()}).status_code == 303
    sighting = {"found": "disposed", "seen_on": today().isoformat(), "note": "sold"}
    assert office.post(f"{page}/sighting", data=sighting).status_code == 303
    assert "Transfer" in lead.get(page).text
    figures = {"fiscal_year": str(today().year), "revenue_yen": "790,000", "cost_yen": "400,000",
               "exclusion_yen": "300,000", "basis": "closing"}  # fmt: skip
    assert lead.post(f"{root}/profit", data=figures).status_code == 403
    assert partner.get(f"{root}/profit").status_code == 404
    assert office.post(f"{root}/profit", data=figures | {"basis": ""}).status_code == 422
    assert office.post(f"{root}/profit", data=figures).status_code == 303
    profit = session.query(ProfitReturn).one()
    shown = lead.get(f"{root}/profit").text
    assert "¥60,000" in shown and "¥90,000" in shown and "¥390,000" in shown
    one = f"{root}/profit/{profit.id}"
    state = lambda: {"version": session.get_one(ProfitReturn, profit.id, populate_existing=True).version}  # noqa: E731
    assert office.post(f"{one}/confirm", data=state()).status_code == 403
    assert lead.post(f"{one}/confirm", data=state()).status_code == 303
    assert office.post(f"{one}/waive", data=state()).status_code == 422
    assert office.post(f"{one}/demand", data=state()).status_code == 303
    session.refresh(profit)
    assert profit.status is ProfitStatus.payable and "¥60,000" in office.get("/money/waiting?kind=profit_return").text
    assert "ja" in lead.get(f"{root}/profit?lang=ja").text
    assert award.regime.value == "subsidy"


def test_the_page_asks_the_same_number_of_questions_for_few_and_many_lines(
    app: Any, client_for: Any, count_queries: Any
) -> None:
    contract = money.contract()
    people, (own, other) = money.people(contract.award.project), money.organisations(contract.award.project)
    lead = client_for(people[0])
    officer = client_for(person("officer"))
    root, under = (
        f"/projects/{contract.award.project_id}/money",
        f"/projects/{contract.award.project_id}/money/{contract.id}",
    )

    def asked() -> list[int]:
        found = []
        for browser, path in ((lead, root), (lead, f"{under}/costs"), (officer, f"{under}/inspection")):
            session.expunge_all()
            with count_queries() as seen:
                assert browser.get(path).status_code == 200
            found.append(len(seen))
        return found

    money.expense(contract, people[0], own)
    session.commit()
    key, person_ids = contract.id, [one.id for one in people]
    few = asked()
    contract, people = queries.locked_contract(key), [session.get_one(User, one) for one in person_ids]
    for _n in range(3):
        money.expense(contract, people[0], own)
        money.expense(contract, people[1], other, cost_item="ADM")
    session.commit()
    assert asked() == few and max(few) <= 30


def test_an_imported_project_has_no_money_and_says_so(app: Any, client_for: Any) -> None:
    from tests.factories import chain

    project = chain.adopted_project()
    session.commit()
    assert "no contract or grant decision" in client_for(person("officer")).get(f"/projects/{project.id}/money").text
