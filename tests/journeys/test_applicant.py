"""An applicant and a partner write a proposal together, and the applicant hands it in."""

import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.core.clock import today
from app.core.fiscal import add_years, fiscal_year, fiscal_year_end
from tests.journeys.answering import answer
from tests.journeys.conftest import House, Person
from tests.journeys.steps import attach_required


@pytest.fixture(scope="module")
def start() -> date:
    return date(fiscal_year(today()) + 1, 4, 1)


def _key(house: House, organisation: str) -> str:
    return str(house.row("SELECT id FROM organisation WHERE org_key = ?", organisation)[0])


def _open_call(house: House) -> int:
    (call,) = house.row(
        "SELECT id FROM call WHERE programme = 'new_collaboration' AND status = 'published' ORDER BY closes_at DESC"
    )
    return int(call)


def _basics(person: Person, address: str, start: date) -> None:
    person.press(f"a[href='{address}/basics']")
    person.fill(
        title_ja="遠隔保全サービス", title_en="Remote maintenance", starts_on=start.isoformat(),
        abstract="中小工場の機械を遠隔で見守り、故障の前に部品を届けるサービスを事業化する。",
        ends_on=(add_years(start, 3) - timedelta(days=1)).isoformat(), field="robots", novelty_text="国内初のサービス",
        combination_text="機械加工と電子計測の組合せ", has_written_rules="yes",
    )  # fmt: skip
    person.page.locator("#novelty input").first.check()


def _share(person: Person, start: date, percent: str) -> None:
    person.fill(resources="技術者2名と試験装置", contribution_pct=percent, contact_name="担当者")
    person.fill(**{f"b_{start.year}_LAB": "3,000,000", f"b_{start.year + 1}_EQ": "2,000,000"})
    person.press("form:has(#resources) button")


def _confirm(person: Person, name: str) -> None:
    person.fill(agree="yes", name=name)
    person.press("form[action$='/confirm'] button")


def _wait(check: Callable[[], Any], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.5)


def test_a_consortium_writes_and_hands_in_a_proposal(house: House, visit: Callable[..., Person], start: date) -> None:
    applicant = visit("applicant")
    applicant.press("nav a[href='/calls']")
    call = _open_call(house)
    applicant.press(f"main a[href='/calls/{call}']")
    applicant.press(f"a[href='/calls/{call}/start']")
    applicant.fill(organisation_id=_key(house, "live-gear"))
    applicant.press("main form button")
    address = re.sub(r"https?://[^/]+", "", applicant.page.url)
    assert re.fullmatch(r"/applications/\d+", address)

    # what cannot be read is named at its field, and what was typed stays
    _basics(applicant, address, start)
    applicant.fill(starts_on="2027-02-30")
    applicant.press("main form button", status=422)
    assert applicant.page.locator("#starts_on").get_attribute("aria-invalid") == "true"
    assert applicant.page.locator("#starts_on").input_value() == "2027-02-30"
    assert applicant.page.locator("#title_en").input_value() == "Remote maintenance"
    assert applicant.page.locator("#starts_on-error").is_visible()
    applicant.fill(starts_on=start.isoformat())
    applicant.press("main form button")

    _two_windows(applicant, visit("applicant"), address)

    # the partner comes from the register and is asked by mail
    applicant.press(f"a[href='{address}/members']")
    applicant.fill(q="Synthetic Sensor" if house.lang == "en" else "合成センサ")
    applicant.press("form.filters button")
    applicant.fill(**{f"o-{_key(house, 'live-sensor')}": "yes"}, role="cooperator")
    applicant.press("form:has(#organisation_id) button")
    applicant.press(".card-list li:nth-child(2) a[href*='/members/']")
    applicant.fill(email="partner@demo.example", locale=house.lang)
    applicant.press("form[action$='/invite'] button")
    link = house.letter_to("partner@demo.example", r"http\S+(/invitations/\S+)")

    partner = house.person()
    partner.go(link[1])
    partner.press("main a.btn[href*='/sign-in']")
    partner.fill(email="partner@demo.example", password="renkei-demo-2026")
    partner.press("main form button")
    assert "/invitations/" in partner.page.url
    partner.press("main form button")
    partner.press("a[href*='/members/']") if "/members/" not in partner.page.url else None
    partner.fill(**{f"b_{start.year}_LAB": "1e400"})
    partner.press("form:has(#resources) button", status=422)
    cell = partner.page.locator(f"#b_{start.year}_LAB")
    assert cell.input_value() == "1e400" and cell.get_attribute("aria-invalid") == "true"
    _share(partner, start, "40")
    _confirm(partner, "合成 連携男")
    partner.go(f"{address}/members", status=403)  # the lead's page

    applicant.go(address)
    applicant.press("a[href*='/members/']")
    _share(applicant, start, "60")
    _confirm(applicant, "合成 申請子")

    applicant.go(f"{address}/milestones")
    applicant.fill(
        m0_goal="稼働率", m0_target_value="95", m0_unit="%", m0_due_on=fiscal_year_end(start.year).isoformat()
    )
    applicant.press("main form button")

    answer(applicant, address, "new_collaboration")
    applicant.go(f"{address}/plan")
    applicant.fill(
        product="遠隔保全サービス", market="中小工場、年間10億円", who_sells="コア企業",
        first_sale_on=add_years(start, 3).isoformat(), investment_yen="30,000,000",
        **{f"sales_{n}": f"{n}0,000,000" for n in range(1, 6)}, **{f"profit_{n}": f"{n},000,000" for n in range(1, 6)},
    )  # fmt: skip
    applicant.fill(profit_5="30,000,000")
    applicant.press("main form button")
    assert applicant.page.locator("form[action$='/submit'] button").count() == 0
    assert applicant.page.locator(".rule-bad").count() == 1  # only the documents are missing

    attach_required(applicant, address)
    applicant.go(address)
    assert applicant.page.locator(".rule-bad").count() == 0

    receipt = _hand_in(applicant, address)
    assert house.letter_to("partner@demo.example", re.escape(receipt))
    partner.go(f"{address}/receipt")
    assert receipt in partner.text()


def _two_windows(first: Person, second: Person, address: str) -> None:
    """Whoever saves second is shown both texts, and nothing is overwritten."""
    for person in (first, second):
        person.go(f"{address}/basics")
    first.fill(title_en="Remote maintenance A")
    first.press("main form button")
    second.fill(title_en="Remote maintenance B")
    second.press("main form button", status=409)
    assert "Remote maintenance A" in second.text(".field:has(#title_en) .conflict")
    assert second.page.locator("#title_en").input_value() == "Remote maintenance B"
    second.go(f"{address}/basics")
    assert second.page.locator("#title_en").input_value() == "Remote maintenance A"


def _hand_in(applicant: Person, address: str) -> str:
    """Press, press again from the page that stayed in memory: one receipt; the worker makes its PDF."""
    applicant.press(f"a[href='{address}/submit']")
    form = applicant.page.locator("form[action$='/submit']")
    again: dict[str, str | float | bool] = {
        name: form.locator(f"input[name={name}]").get_attribute("value") or ""
        for name in ("csrf_token", "idempotency_key")
    }
    applicant.press("form[action$='/submit'] button")
    assert applicant.page.url.endswith("/receipt")
    receipt = applicant.text("dl.facts strong")
    assert re.fullmatch(r"R-\d{4}-\d{6}", receipt)
    second = applicant.page.request.post(f"{address}/submit", form=again)
    assert second.ok and second.url.endswith("/receipt") and receipt in second.text()
    applicant.page.go_back()
    if applicant.page.locator("form[action$='/submit'] button").count():
        applicant.press("form[action$='/submit'] button")
    applicant.go(f"{address}/receipt")
    assert applicant.text("dl.facts strong") == receipt

    def made() -> bool:
        applicant.page.reload()
        return bool(applicant.page.locator("a[href$='/receipt.pdf']").count())

    _wait(made)
    applicant.look()
    assert applicant.download(f"{address}/receipt.pdf").startswith(b"%PDF")
    return receipt
