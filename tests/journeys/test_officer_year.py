"""The years after a decision, as an officer lives them: from the contract to sales that are disputed, shown and counted.

What one person does once is done in a browser. What is repeated, or what needs a year to have passed, is done by the
house's verbs beside it; the project was decided some years ago, so that its follow-up is due by now.
"""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.accounts.models import User
from app.agreements import operations as agreements
from app.agreements import queries as agreement_queries
from app.agreements.models import Award, Contract
from app.cli.demo import agreeing
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import fiscal_year, fiscal_year_end, fiscal_year_start
from app.core.outbox import OutboxItem, OutboxStatus
from app.milestones import operations as milestones
from app.milestones import queries as milestone_queries
from app.milestones.choices import Achievement
from app.money import operations as money
from app.outcomes import operations as outcomes
from app.outcomes import queries as outcome_queries
from app.outcomes.choices import Answer
from app.projects.models import Project
from tests.factories import chain, proposals
from tests.factories import money as costs
from tests.factories.files import pdf
from tests.journeys.conftest import House, Person, copy_of
from tests.journeys.steps import beside, poll

TITLE = "Project of the officer’s year"
#: The first of two fiscal years of work; the three yearly reports after them are open by now.
YEAR = fiscal_year(today()) - 4
BEGIN, MIDDLE, END = fiscal_year_start(YEAR), fiscal_year_end(YEAR), fiscal_year_end(YEAR + 1)
ADVANCE = 1_000_000


def _who(name: str) -> User:
    return session.query(User).filter_by(email=f"{name}@demo.example").one()


def _project() -> Project:
    return session.query(Project).filter_by(title_en=TITLE).one()


def _award() -> Award:
    return chain.award_of(_project())


def _contract() -> Contract:
    contract = agreement_queries.current_contract(_award())
    assert contract is not None
    return contract


@pytest.fixture(scope="module")
def prepared(demo_house: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration with one more project: adopted years ago, its checklist done and its budget agreed."""
    folder = tmp_path_factory.mktemp("year") / "instance"
    shutil.copytree(demo_house, folder)
    with beside(folder):
        call = proposals.open_call(fiscal_year=YEAR - 1)
        application = proposals.under_review(call, _who("applicant"))
        chain.decided(application)
        chain.released(call)
        project = session.query(Project).filter_by(application_id=application.id).one()
        project.title_en, project.title_ja, project.adopted_on = TITLE, "担当官の一年の課題", BEGIN - timedelta(days=60)
        chain.assessed(project, _who("officer"))
        _no_old_letters()
    return folder


def _no_old_letters() -> None:
    for item in session.query(OutboxItem).filter_by(status=OutboxStatus.waiting):
        item.status = OutboxStatus.done


@pytest.fixture(scope="module")
def house(lang: str, prepared: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with copy_of(prepared, tmp_path_factory.mktemp(f"year-{lang}") / "instance", lang, browser) as found:
        yield found


def test_a_project_from_its_contract_to_a_first_sale(house: House, visit: Callable[..., Person]) -> None:
    officer, second, lead = visit("officer"), visit("officer2"), visit("applicant")
    (project,) = house.row("SELECT id FROM project WHERE title_en = ?", TITLE)
    _conclude(officer, lead, project)
    _reports(officer, lead, project)
    _change(officer, lead, project)
    _advance(officer, second, lead, project)
    _evaluate(officer, lead, project)
    _second_year(house.server.folder)
    _complete(officer, project)
    _dispute(officer, lead, project)
    _unchanged(officer, lead, project)
    _third_year(house.server.folder)
    _flag(officer, project)


def _conclude(officer: Person, lead: Person, project: int) -> None:
    """The contract of the first fiscal year, confirmed by both sides; work begins on its first day."""
    here = f"/projects/{project}/agreement"
    officer.go(here)
    officer.press(f"a.btn[href='{here}/contracts/new']")
    officer.fill(starts_on=BEGIN.isoformat(), ends_on=END.isoformat(), amount_yen="20,000,000")
    officer.press("form[action$='/contracts/new'] button", status=422)  # a commission is contracted year by year
    officer.fill(ends_on=MIDDLE.isoformat())
    officer.press("form[action$='/contracts/new'] button")
    terms = officer.page.url
    for person in (officer, lead):
        person.go(terms)
        person.fill(name="確認 する人", read="yes")
        person.press("form[action$='/confirm'] button")
    officer.go(f"/projects/{project}")
    officer.press(f"a[href='/projects/{project}/start']")
    officer.fill(started_on=BEGIN.isoformat(), end_on=END.isoformat())
    officer.press("main form button")


def _reports(officer: Person, lead: Person, project: int) -> None:
    """Two reports of the first year: one section of the first comes back and is corrected, the second is accepted."""
    rows = officer.house.rows("SELECT id FROM milestone_report WHERE project_id = ? ORDER BY period_from", project)
    first, again = (f"/reports/{row[0]}" for row in rows[:2])
    lead.go(f"/projects/{project}")
    lead.press(f"main a[href='{first}']")
    _write(lead, "0.8", "試作品の組立が遅れている。")
    officer.go(first)
    officer.fill(**{"back-deviations": "yes", "remark-deviations": "対策を具体的に記入してください。"})
    officer.press("button[formaction$='/return']")
    lead.go(first)
    assert "対策を具体的に記入してください。" in lead.text()
    assert lead.page.locator("#work_done").count() == 0  # what was not sent back stays as it was handed in
    lead.fill(deviations="外注先を追加し、翌月に回復する。")
    lead.press("button[name=submit]")
    lead.go(again)
    _write(lead, "0.5", "なし")
    for report in (first, again):
        officer.go(report)
        officer.press("form[action$='/accept'] button")


def _write(lead: Person, value: str, deviations: str) -> None:
    lead.fill(work_done="試作と評価を実施した。", deviations=deviations, spend_yen="1,800,000")
    (box,) = lead.page.locator("input[id^=value-]").all()
    box.fill(value)
    lead.page.locator("select[id^=achievement-]").select_option("partly" if value == "0.8" else "achieved")
    lead.press("button[name=submit]")


def _change(officer: Person, lead: Person, project: int) -> None:
    """A later day for a milestone: its effects are looked at by both sides, then it is approved and holds."""
    milestone, due = officer.house.row("SELECT id, due_on FROM milestone WHERE project_id = ?", project)
    later = date.fromisoformat(due) + timedelta(days=45)
    lead.go(f"/projects/{project}/changes")
    lead.press("form[action$='/changes'] button")
    lead.press("a[href$='/add/goal']")
    lead.fill(milestone=str(milestone), due_on=later.isoformat())
    lead.press("form[action$='/add/goal'] button")
    lead.fill(reason="部材の納入が遅れるため", effective_on=(BEGIN + timedelta(days=200)).isoformat())
    lead.press("button[name=hand_in]")
    address = lead.page.url
    officer.go("/officer/changes")
    officer.press(f"main a[href='/changes/{address.rsplit('/', 1)[1].partition('#')[0]}']")
    assert officer.page.locator("#effects ~ .table-responsive tr").count() > 1
    assert officer.house.row("SELECT due_on FROM milestone WHERE id = ?", milestone) == (
        due,
    )  # looking changes nothing
    officer.fill(words="やむを得ないものと認める。")
    officer.press("button[formaction$='/approve']")
    assert officer.house.row("SELECT due_on FROM milestone WHERE id = ?", milestone) == (later.isoformat(),)


def _advance(officer: Person, second: Person, lead: Person, project: int) -> None:
    """MON-2: an advance is asked for, checked by one officer, approved by another and paid."""
    (contract,) = officer.house.row("SELECT c.id FROM contract c JOIN award a ON a.id = c.award_id WHERE a.project_id = ?", project)  # fmt: skip
    lead.go(f"/projects/{project}/money")
    lead.press(f"main a[href='/projects/{project}/money/{contract}/payments/new']")
    lead.fill(
        amount_yen=str(ADVANCE), purpose="装置の購入", bank="架空銀行本店", holder="合成 申請子", number="1234567"
    )
    lead.press("main form button.btn-primary")
    assert "1234567" not in lead.text()  # only its last digits are kept
    (payment,) = officer.house.row("SELECT id FROM payment WHERE contract_id = ?", contract)
    address = f"/projects/{project}/money/payments/{payment}"
    officer.go(address)
    officer.fill(consent_ref="財計第12号", consent_on=(BEGIN + timedelta(days=90)).isoformat())
    officer.press("form[action$='/consent'] button")
    officer.press("form[action$='/check'] button")
    assert officer.page.locator("form[action$='/approve']").count() == 0  # two people
    second.go(address)
    second.press("form[action$='/approve'] button")
    officer.go(address)
    officer.fill(paid_on=(BEGIN + timedelta(days=120)).isoformat())
    officer.press("form[action$='/pay'] button")
    assert officer.house.row("SELECT status FROM payment WHERE id = ?", payment) == ("paid",)


def _evaluate(officer: Person, lead: Person, project: int) -> None:
    """The interim evaluation says that the next year follows."""
    here = f"/projects/{project}/agreement"
    officer.go(here)
    officer.press(f"a[href='{here}/evaluations/new']")
    officer.fill(held_on=(MIDDLE - timedelta(days=40)).isoformat())
    officer.press("main form button")
    (row,) = officer.house.row("SELECT e.id FROM interim_evaluation e JOIN award a ON a.id = e.award_id WHERE a.project_id = ?", project)  # fmt: skip
    lead.go(f"{here}/evaluations/{row}")
    lead.fill(result_0="0.5 mW", trl="5", problems="量産時の歩留まり", plan_update="計画どおり")
    lead.press("form[action$='/fill'] button")
    officer.go(f"{here}/evaluations/{row}")
    officer.fill(technical="A", commercialization="B", policy="B", management="B", comment="順調である。")
    officer.press("form[action$='/review'] button")
    officer.fill(event="go_on")
    officer.press("form[action$='/decide'] button")


def _second_year(folder: Path) -> None:
    """The first year is inspected, fixed and settled; the next contract follows; its reports are accepted."""
    with beside(folder):
        officer, second, lead, award, contract = (
            _who("officer"),
            _who("officer2"),
            _who("applicant"),
            _award(),
            _contract(),
        )
        own = costs.organisations(award.project)[0]
        spent = {
            "cost_item": "EQ",
            "gross_yen": 1_980_000,
            "net_yen": 1_800_000,
            "paid_on": BEGIN + timedelta(days=130),
        }
        costs.expense(contract, lead, own, **spent)
        agreements.receive_report(award, MIDDLE + timedelta(days=8), officer, "紙で受領")
        money.accept_rest(contract, officer)
        agreements.inspect(award, MIDDLE + timedelta(days=20), "証拠書類を確認した。", officer)
        money.fix(contract, MIDDLE + timedelta(days=30), money.calculation(contract).fixed, second)
        rest = money.settlement(contract, costs.ACCOUNT, lead)
        assert rest.amount_yen == 1_800_000 - ADVANCE
        for event, who in (("check", officer), ("approve", second)):
            money.check_or_approve(rest, event, rest.version, who)
        money.pay(rest, MIDDLE + timedelta(days=50), rest.version, officer)
        agreements.settle(contract, officer)
        terms = agreements.Terms(MIDDLE + timedelta(days=1), END, 4_000_000, 10_000)
        offered = agreements.offer(award, terms, award.version, officer)
        for who in (officer, lead):
            agreements.confirm(offered, who.name, offered.version, offered.sha256, who)
        agreements.begin(award, officer)
        results = tuple(milestones.Result(m.id, Achievement.achieved, m.target_value, "") for m in
                        milestone_queries.milestones_of(award.project_id))  # fmt: skip
        for report in milestone_queries.reports_of(award.project_id):
            if report.status in milestone_queries.AWAITED:
                milestones.save(report, milestones.ReportData("評価した。", "", 0, results), report.version, lead)
                milestones.submit(report, lead)
                milestones.judge(report, "accept", "", officer)
        session.flush()
        _no_old_letters()


def _complete(officer: Person, project: int) -> None:
    """The project is completed; its last year is settled; the follow-up begins."""
    with beside(officer.house.server.folder):
        agreeing.close_year(_award(), END + timedelta(days=8), _who("officer"))
    here = f"/projects/{project}/agreement"
    officer.go(here)
    officer.press(f"main a[href='{here}/complete']")
    officer.fill(on=END.isoformat())
    officer.press("main form button")
    officer.go(here)
    officer.press(f"form[action='{here}/follow'] button")


def _report_of(house: House, project: int, number: int) -> str:
    """The leading organisation's yearly report."""
    (key,) = house.row(
        "SELECT f.id FROM follow_up f JOIN project p ON p.id = f.project_id JOIN application a ON a.id = p.application_id"
        " WHERE p.id = ? AND f.number = ? AND f.organisation_id = a.lead_organisation_id", project, number,
    )  # fmt: skip
    return f"/follow-ups/{key}"


def _dispute(officer: Person, lead: Person, project: int) -> None:
    """A first sale that nothing shows is not accepted; with the invoice it comes back and counts."""
    report = _report_of(officer.house, project, 1)
    lead.go(f"/projects/{project}")
    lead.press(f"main a[href='{report}']")
    lead.fill(
        dev_state="launched", stage="3", product="省電力センサ", first_sale_on=END.isoformat(), sales_yen="1,200,000",
        observed_on=END.isoformat(), statement="yes",
    )  # fmt: skip
    lead.press("button[name=submit]")
    (claim,) = officer.house.row("SELECT id FROM outcome_claim WHERE follow_up_id = ?", report.rsplit("/", 1)[1])
    officer.go("/officer/verification")
    officer.press(f"main a[href='{report}']")
    dispute = f"button[formaction='/claims/{claim}/dispute']"
    officer.page.locator(f"details:has({dispute}) > summary").click()
    officer.fill(**{f"remarks-{claim}": "販売の事実を示す書類がありません。"})
    officer.press(dispute)
    assert not _heard_of(officer.house, project)
    lead.go(report)
    assert "販売の事実を示す書類がありません。" in lead.text()
    lead.fill(**{f"answer-{claim}": "納品書と請求書を添付します。"})
    paper = {"name": "請求書.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    lead.page.locator(f"#file-{claim}").set_input_files(paper)
    lead.press(f"form[action='/claims/{claim}/answer'] button")
    officer.go(report)
    verify = f"button[formaction='/claims/{claim}/verify']"
    officer.page.locator(f"details:has({verify}) > summary").click()
    officer.fill(**{f"level-{claim}": "2", f"remarks-{claim}": "請求書で確認した。"})
    officer.press(verify)
    _verify(officer, report)
    assert _heard_of(officer.house, project) == [(3,)]


def _heard_of(house: House, project: int) -> list[tuple[int]]:
    """The stages that rates know of."""
    with beside(house.server.folder):
        return [(row.stage,) for row in outcome_queries.observations_of(project)]


def _verify(officer: Person, report: str) -> None:
    officer.fill(evidence_level="2")
    officer.press(f"form[action='{report}/verify'] button")


def _unchanged(officer: Person, lead: Person, project: int) -> None:
    """The second year in a minute: unchanged, with the year's sales."""
    report = _report_of(officer.house, project, 2)
    lead.go(report)
    answer = str(lead.page.locator("input[name$='-answer']").first.get_attribute("name"))
    lead.fill(**{f"{answer}-0": "yes", answer.replace("answer", "sales_yen"): "2,500,000", "statement": "yes"})
    lead.press("button[name=submit]")
    officer.go(report)
    _verify(officer, report)


def _third_year(folder: Path) -> None:
    with beside(folder):
        lead, project = _who("applicant"), _project()
        row = next(r for r in outcome_queries.of_project(project.id) if r.number == 3 and r.organisation_id == costs.organisations(project)[0])  # fmt: skip
        known = outcome_queries.known_products(row, today())
        said = tuple(outcomes.KnownAnswer(v.product_id, Answer.unchanged, sales_yen=2_600_000) for v in known)
        day = fiscal_year_end(row.fiscal_year)
        data = outcomes.FollowUpData(day, None, None, None, "", None, None, None, "", known=said)
        outcomes.save(row, data, row.version, lead)
        outcomes.submit(row, lead)
        outcomes.verify(row, 2, "", _who("officer"))


def _flag(officer: Person, project: int) -> None:
    """The sales fall short of the plan: an officer takes the flag in hand, asks, and says that it was right."""
    (flag,) = officer.house.row("SELECT id FROM flag WHERE project_id = ? AND rule = 'PLAN_VARIANCE' AND status = 'open' ORDER BY id", project)  # fmt: skip
    officer.go("/officer/flags?rule=PLAN_VARIANCE")
    officer.press(f"main a[href='/officer/flags/{flag}']")
    officer.fill(note="実施機関に照会する。")
    officer.press("button[formaction$='/acknowledge']")
    officer.fill(note="市場の立上りが遅れている旨を確認した。")
    officer.press("button[formaction$='/resolve']", status=422)  # whether the rule was right is part of the answer
    officer.fill(judged="right")
    officer.press("button[formaction$='/resolve']")
    assert officer.house.row("SELECT status, judged FROM flag WHERE id = ?", flag) == ("resolved", "right")


def test_the_annual_report_and_a_figure_that_anybody_can_count_again(
    house: House, visit: Callable[..., Person], tmp_path: Path
) -> None:
    officer, second, anybody = visit("officer"), visit("officer2"), visit()
    code = _figure(officer, second)
    _count_again(anybody, code, tmp_path)
    _annual_report(officer, second, anybody, code)


def _figure(officer: Person, second: Person) -> str:
    """One officer proposes, the worker freezes, the other one publishes."""
    officer.go("/publishing")
    officer.press("a[href='/publishing/propose/commercialization']")
    officer.fill(remark_ja="合成データによる値です。", remark_en="Counted from synthetic data.")
    officer.press("main form button.btn-primary")
    address = officer.page.url
    key = address.rsplit("/", 1)[1]
    poll(lambda: officer.house.row("SELECT status FROM metric_snapshot WHERE id = ?", key) == ("frozen",), 60)
    officer.go(address)
    assert officer.page.locator("form[action$='/publish']").count() == 0
    second.go(address)
    second.press("form[action$='/publish'] button")
    return str(officer.house.row("SELECT code FROM metric_snapshot WHERE id = ?", key)[0])


def _count_again(anybody: Person, code: str, folder: Path) -> None:
    """Without signing in: the figure, its bundle, and the same number from its script in a bare interpreter."""
    anybody.go("/figures")
    anybody.press(f"main a[href='/figures/{code}']")
    record = json.loads(anybody.download(f"/figures/{code}/record.json"))
    with zipfile.ZipFile(io.BytesIO(anybody.download(f"/figures/{code}/bundle.zip"))) as bundle:
        bundle.extractall(folder)
    (script,) = folder.rglob("recompute.py")
    found = subprocess.run(
        [sys.executable, "-I", "-S", str(script)], capture_output=True, text=True, timeout=60, cwd="/"
    )
    assert found.returncode == 0, found.stdout + found.stderr
    answer = record["answer"]
    assert answer["numerator"] > 0 and f"THE SAME: {answer['numerator']} of {answer['denominator']}" in found.stdout


def _annual_report(officer: Person, second: Person, anybody: Person, code: str) -> None:
    """The worker makes the report in both languages; it rests on the published figure and is let out by another one."""
    officer.go("/publishing/reports")
    officer.fill(title_ja="年次報告書", title_en="Annual report", programme="consortium_rd", first="1997", last="2005",
                 as_of="2006-03-31", reference_day="2005-12-31")  # fmt: skip
    officer.press("form[action$='/publishing/reports'] button")
    key = officer.page.url.rsplit("/", 1)[1]
    poll(lambda: officer.house.row("SELECT status FROM publication WHERE id = ?", key)[0] in ("ready", "failed"), 120)
    officer.go(f"/publishing/reports/{key}")
    assert code in officer.text() and officer.page.locator("form[action$='/publish']").count() == 0
    second.go(f"/publishing/reports/{key}/preview")
    second.go(f"/publishing/reports/{key}")
    second.press("form[action$='/publish'] button")
    (name,) = officer.house.row("SELECT code FROM publication WHERE id = ?", key)
    anybody.go("/figures")
    assert name in anybody.page.content()
    for part in ("pdf_ja", "pdf_en"):
        assert anybody.download(f"/publications/{name}/{part}").startswith(b"%PDF")
