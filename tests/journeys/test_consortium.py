"""Four partners write at once, everybody confirms, and the lead hands in, corrects and mends what was sent back."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from app.core.clock import JST, now
from tests.journeys.answering import answer
from tests.journeys.conftest import House, Person, copy_of
from tests.journeys.steps import (
    attach_required,
    close_in,
    confirm,
    end_sign_in,
    hand_in,
    poll,
    press_hand_in,
    saved,
    sign_in_again,
    write,
)

PASTE = """(cell, text) => {
  const carried = new DataTransfer();
  carried.setData("text/plain", text);
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
}"""
MERGED = {"en": "both changes now stand in it", "ja": "両方の変更"}
LAST_SECONDS = 12  # a busy machine needs some of them for the one press
SHARE = {"resources": "技術者2名と試験装置", "contribution_pct": "25", "contact_name": "担当者"}


@dataclass
class Consortium:
    """The draft and its four members at their browsers."""

    house: House
    draft: int
    call: int
    members: dict[str, int]
    lead: Person
    professor: Person
    partner: Person
    engineer: Person

    @property
    def address(self) -> str:
        return f"/applications/{self.draft}"

    def stored(self, member: str, column: str) -> object:
        return self.house.row(f"SELECT {column} FROM consortium_member WHERE id = ?", self.members[member])[0]

    def share(self, member: str) -> str:
        return f"{self.address}/members/{self.members[member]}"

    def cell(self, member: str, year: int, code: str) -> str:
        return f"#c-{self.members[member]}-{year}-{code}"


@pytest.fixture
def house(lang: str, demo_house: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The story moves a call's closing time, so it has a copy of its own."""
    with copy_of(demo_house, tmp_path_factory.mktemp(f"consortium-{lang}") / "instance", lang, browser) as found:
        yield found


@pytest.fixture
def consortium(house: House) -> Consortium:
    """The demonstration's draft of four members; each keeps its costs to itself and has a person who can sign in."""
    draft, call = house.row(
        "SELECT a.id, a.call_id FROM application a JOIN call c ON c.id = a.call_id"
        " WHERE a.status = 'draft' AND c.programme = 'consortium_rd'"
    )
    (applicant, password) = house.row("SELECT id, password_hash FROM user WHERE email = 'applicant@demo.example'")
    for name in ("university", "soft"):
        write(
            house, "UPDATE user SET email = ?, password_hash = ?, is_demo = 1 WHERE email = ?",
            f"{name}@demo.example", password, f"{name}@member.example",
        )  # fmt: skip
    members = {
        key: house.row(
            "SELECT m.id FROM consortium_member m JOIN organisation o ON o.id = m.organisation_id"
            " WHERE m.application_id = ? AND o.org_key = ?", draft, f"live-{key}",
        )[0]
        for key in ("foundation", "university", "sensor", "gear")
    }  # fmt: skip
    write(
        house, "UPDATE member_person SET user_id = (SELECT id FROM user WHERE email = 'soft@demo.example')"
        " WHERE member_id = ? AND user_id = ?", members["gear"], applicant,
    )  # fmt: skip
    write(
        house, "UPDATE consortium_member SET lead_fills = 0 WHERE application_id = ? AND id <> ?",
        draft, members["foundation"],
    )  # fmt: skip
    people = [house.person(name) for name in ("applicant", "university", "partner", "soft")]
    return Consortium(house, draft, call, members, *people)


def test_four_partners_write_and_hand_in_together(consortium: Consortium) -> None:
    _two_in_one_section(consortium)
    _one_loses_the_network(consortium)
    _one_is_signed_out(consortium)
    _the_budget(consortium)
    _a_sheet_out_and_in(consortium)
    _the_lead_completes(consortium)
    _everybody_confirms(consortium)
    first = _the_last_seconds(consortium)
    _correct(consortium, first)
    _sent_back(consortium)
    _one_leaves(consortium)


def _two_in_one_section(c: Consortium) -> None:
    """The professor lets the lead into the university's share; both write there at once, and both texts stand."""
    lead, professor = c.lead, c.professor
    lead.go(c.share("university"))
    assert lead.page.locator("#resources").count() == 0  # totals only
    professor.go(c.share("university"))
    professor.press("form[action$='/costs'] button")
    professor.page.locator("#resources").fill("Two researchers. A thin film bench. A clean room.")
    saved(professor)
    lead.go(c.share("university"))
    expect(lead.page.locator("[data-presence]")).to_be_visible()
    lead.page.locator("#resources").fill("Two researchers. A thin film bench. A clean room of class 100.")
    saved(lead)
    professor.page.locator("#resources").fill("Three researchers. A thin film bench. A clean room.")
    saved(professor)
    both = "Three researchers. A thin film bench. A clean room of class 100."
    expect(professor.page.locator("#resources")).to_have_value(both)
    expect(professor.page.locator("#resources-live")).to_contain_text(MERGED[c.house.lang])
    professor.look()
    assert c.stored("university", "resources") == both
    professor.fill(contribution_pct="25", contact_name="教授", holds_seed="yes")
    saved(professor)


def _one_loses_the_network(c: Consortium) -> None:
    engineer = c.engineer
    engineer.go(c.share("gear"))
    engineer.page.context.set_offline(True)
    engineer.fill(**SHARE)
    expect(engineer.page.locator("[data-save-state] a[download]")).to_be_visible(timeout=10_000)
    assert not c.stored("gear", "resources")
    engineer.page.context.set_offline(False)
    saved(engineer)
    assert c.stored("gear", "resources") == SHARE["resources"]
    assert c.stored("gear", "contribution_pct") == 25


def _one_is_signed_out(c: Consortium) -> None:
    partner = c.partner
    partner.go(c.share("sensor"))
    end_sign_in(partner)
    partner.fill(**SHARE)
    sign_in_again(partner, c.share("sensor"))
    expect(partner.page.locator("#resources")).to_have_value(SHARE["resources"])
    poll(lambda: c.stored("sensor", "contribution_pct") == 25 and c.stored("sensor", "resources"))
    partner.look()


def _paste(person: Person, cell: str, text: str) -> None:
    person.page.locator(cell).evaluate(PASTE, text)


def _the_budget(c: Consortium) -> None:
    """The partner pastes from a spreadsheet; the ceiling of the first year (CON-9) is passed, seen, and mended."""
    partner = c.partner
    partner.go(f"{c.address}/budget")
    assert partner.page.locator("[data-grid]").count() == 1  # nobody else's detail
    _paste(partner, c.cell("sensor", 2026, "EQ"), "120,000,000\t2,000,000\r\n5,000,000\t¥4,000,000\r\n")
    saved(partner)
    ceiling = partner.page.locator("#rules-here li", has_text="CON-9")
    expect(ceiling).to_have_class("rule-bad")
    expect(ceiling).to_contain_text("125,000,000")
    expect(partner.page.locator("[data-grid-total]")).to_contain_text("131,000,000")
    partner.look()
    cell = partner.page.locator(c.cell("sensor", 2026, "EQ"))
    cell.press("Control+a")
    cell.press_sequentially("12000000")
    cell.press("Tab")
    expect(ceiling).to_have_class("rule-ok")
    expect(partner.page.locator("[data-grid-total]")).to_contain_text("23,000,000")
    saved(partner)
    for person, member in ((c.professor, "university"), (c.engineer, "gear")):
        person.go(f"{c.address}/budget")
        _paste(person, c.cell(member, 2026, "LAB"), "3000000\t3000000\n")
        saved(person)


def _a_sheet_out_and_in(c: Consortium) -> None:
    """The lead takes its cells out, fills them in at home, and sends them back."""
    lead, mine = c.lead, c.members["foundation"]
    lead.go(f"{c.address}/budget")
    book = openpyxl.load_workbook(io.BytesIO(lead.download(f"{c.address}/budget.xlsx")))
    shown = {str(row[0].value).split()[0] for row in book["budget"].iter_rows(min_row=2)}
    assert shown == {str(mine), str(c.members["university"])}  # the university opened its detail; no other did
    for row in book["budget"].iter_rows(min_row=2):
        if str(row[0].value).startswith(f"{mine} ") and row[2].value in ("LAB", "TRV"):
            row[4].value, row[5].value = 2_500_000, 1_500_000
    out = io.BytesIO()
    book.save(out)
    sheet = {"name": "budget.xlsx", "mimeType": "application/octet-stream", "buffer": out.getvalue()}
    lead.page.locator("#sheet-file").set_input_files(sheet)
    lead.press("form:has(#sheet-file) button")
    assert lead.page.locator(c.cell("foundation", 2027, "TRV")).input_value().replace(",", "") == "1500000"
    lead.go(c.share("foundation"))
    lead.fill(**SHARE)
    saved(lead)


def _the_lead_completes(c: Consortium) -> None:
    lead = c.lead
    answer(lead, c.address, "consortium_rd")
    lead.go(f"{c.address}/milestones")
    lead.fill(m0_goal="試作品の効率", m0_target_value="92", m0_unit="%", m0_due_on="2027-03-31")
    lead.press("main form button")
    lead.go(f"{c.address}/plan")
    lead.fill(
        product="小型駆動モジュール", market="工作機械メーカー、年間30億円", who_sells="コア企業",
        first_sale_on="2029-03-31", investment_yen="30,000,000",
        **{f"sales_{n}": f"{n}0,000,000" for n in range(1, 6)}, **{f"profit_{n}": f"{n}0,000,000" for n in range(1, 6)},
    )  # fmt: skip
    lead.press("main form button")
    attach_required(lead, c.address)


def _everybody_confirms(c: Consortium) -> None:
    lead = c.lead
    lead.go(f"{c.address}/submit")
    assert lead.page.locator("form[action$='/submit']").count() == 0  # GEN-4: nobody has confirmed yet
    for person, member, name in (
        (c.professor, "university", "合成 教授"), (c.partner, "sensor", "合成 連携男"),
        (c.engineer, "gear", "合成 技術"), (lead, "foundation", "合成 申請子"),
    ):  # fmt: skip
        confirm(person, c.address, c.members[member], name)
    lead.go(c.address)
    assert lead.page.locator(".rule-bad").count() == 0
    lead.press("form[action$='/insurance'] button")
    assert c.house.row("SELECT insured_at FROM application WHERE id = ?", c.draft)[0]


def _the_last_seconds(c: Consortium) -> str:
    """Handed in while the clock runs out, before the insurance would have done it."""
    lead = c.lead
    lead.go(f"{c.address}/submit")
    closing = close_in(c.house, c.call, LAST_SECONDS)
    receipt = press_hand_in(lead)
    assert re.fullmatch(r"R-\d{4}-\d{6}", receipt)
    arrived, insured = c.house.row("SELECT arrived_at, by_insurance FROM submission WHERE receipt_number = ?", receipt)
    left = closing - datetime.fromisoformat(f"{arrived}+00:00")
    assert timedelta(0) < left < timedelta(seconds=LAST_SECONDS) and not insured
    with zipfile.ZipFile(io.BytesIO(lead.download(f"{c.address}/receipt.zip"))) as archive:
        assert archive.testzip() is None
        manifest = next(name for name in archive.namelist() if "manifest" in name.lower())
        assert receipt in archive.read(manifest).decode()
    lead.press("main a[href^='/receipts/']")
    assert receipt in lead.text()
    return receipt


def _correct(c: Consortium, first: str) -> None:
    """The closing is put off by the office, so the lead may still correct; the first version is kept."""
    lead = c.lead
    close_in(c.house, c.call, 3600)
    lead.go(c.address)
    lead.press("form[action$='/correct'] button")
    lead.go(f"{c.address}/basics")
    lead.page.locator("#title_en").fill("Self-powered wear sensor, corrected")
    saved(lead)
    second = hand_in(lead, c.address)
    assert second != first and first in lead.text()
    lead.press("a[href$='/versions/1/2']")
    assert "corrected" in lead.text("ins")


def _sent_back(c: Consortium) -> None:
    """After the closing the office asks for one section; only that one opens, and the office sees what changed."""
    lead, officer = c.lead, c.house.person("officer")
    close_in(c.house, c.call, -1)
    officer.go(c.address)
    officer.press("a[href$='/send-back']")
    officer.page.locator("input[name=parts][value=plan]").check()
    due = (now() + timedelta(days=5)).astimezone(JST).strftime("%Y-%m-%d %H:%M:%S")
    officer.fill(why="市場規模の根拠を示してください。", due_at=due)
    officer.press("form:has(#why) button")

    lead.go(c.address)
    assert "市場規模の根拠" in lead.text("section[aria-labelledby=correction]")
    lead.go(f"{c.address}/basics")
    assert lead.page.locator("main form button").count() == 0
    lead.go(f"{c.address}/plan")
    lead.page.locator("#market").fill("工作機械メーカー、年間30億円(業界団体の統計による)")
    saved(lead)
    third = hand_in(lead, c.address)

    officer.go(f"{c.address}/receipt")
    assert third in officer.text()
    officer.press("a[href$='/versions/2/3']")
    assert officer.page.locator("main table").count() == 1  # nothing but the plan differs
    assert "業界団体の統計" in officer.text("ins")


def _one_leaves(c: Consortium) -> None:
    """The professor leaves: the application is gone from there, what was signed stays readable."""
    lead, professor = c.lead, c.professor
    lead.go(c.address)
    lead.press(f"form[action$='/members/{c.members['university']}/end-person'] button")
    professor.go(c.address, status=404)
    professor.go("/applications")
    professor.press("a[href^='/signed/']")
    assert "class 100" in professor.text() and "3,000,000" in professor.text()
    content = json.loads(lead.download(f"{c.address}/receipt.json"))
    assert content["members"]
