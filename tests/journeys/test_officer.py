"""From the last screening of a closed call to a rate that has grown by one project."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.models import User
from app.agreements import operations as agreements
from app.agreements import queries
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.projects.models import Project
from tests.journeys import agreeing
from tests.journeys.conftest import House, Person, copy_of
from tests.journeys.steps import beside
from tests.support.server import flask


@pytest.fixture(scope="module")
def house(lang: str, demo_house: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """This story decides a call that others still review, so it has a copy of its own."""
    with copy_of(demo_house, tmp_path_factory.mktemp(f"office-{lang}") / "instance", lang, browser) as found:
        yield found


def test_decisions_become_a_project_and_a_rate(house: House, visit: Callable[..., Person]) -> None:
    officer, second, applicant = visit("officer"), visit("officer2"), visit("applicant")
    (call,) = house.row(
        "SELECT a.call_id FROM application a JOIN call c ON c.id = a.call_id"
        " WHERE a.status = 'submitted' AND c.programme = 'consortium_rd' ORDER BY c.closes_at"
    )
    waiting = house.row("SELECT id FROM application WHERE call_id = ? AND status = 'submitted'", call)[0]
    decided = house.row(
        "SELECT d.application_id FROM decision d JOIN application a ON a.id = d.application_id"
        " WHERE a.call_id = ? AND d.status = 'confirmed'",
        call,
    )[0]
    _screen(officer, call, waiting)
    _ask(officer, waiting)
    officer.go(f"/officer/applications/{decided}/reviews")
    assert _person(officer, "reviewer3") not in _offered(officer)  # tied to a member of this one
    _decide(officer, second, call)

    applicant.go(f"/applications/{decided}")
    before = applicant.text(".state")
    assert applicant.page.locator("a[href$='/letter']").count() == 0
    applicant.go(f"/applications/{decided}/letter", status=404)
    _release(officer, call)
    applicant.go(f"/applications/{decided}")
    assert applicant.text(".state") != before
    _letter(house, applicant, decided)

    project = house.row("SELECT id FROM project WHERE application_id = ?", decided)[0]
    _carry_out(officer, applicant, project)


def _screen(officer: Person, call: int, waiting: int) -> None:
    officer.press("nav a[href='/officer/applications']")
    officer.fill(call=str(call), status="submitted")
    officer.press("form.filters button")
    officer.press(f"main a[href='/applications/{waiting}']")
    officer.press(f"a[href='/officer/applications/{waiting}/screening']")
    officer.page.locator("input[name=finding][value=eligible]").check()
    officer.press("form[action$='/screening'] button")


def _ask(officer: Person, waiting: int) -> None:
    """Ask two reviewers."""
    officer.go(f"/officer/applications/{waiting}/reviews")
    offered = _offered(officer)
    for name in ("reviewer", "reviewer2"):
        assert _person(officer, name) in offered
        officer.fill(reviewer_id=_person(officer, name), due_on=(today() + timedelta(days=7)).isoformat())
        officer.press("form:has(#reviewer_id) button")
    assert officer.house.letter_to("reviewer2@demo.example", r"/reviews/\d+")


def _person(officer: Person, name: str) -> str:
    return str(officer.house.row("SELECT id FROM user WHERE email = ?", f"{name}@demo.example")[0])


def _offered(officer: Person) -> list[str]:
    found: list[str] = officer.page.locator("#reviewer_id option").evaluate_all("all => all.map(o => o.value)")
    return found


def _decide(officer: Person, second: Person, call: int) -> None:
    """One officer proposes, only the other one can confirm."""
    officer.press("nav a[href='/officer/decisions']")
    officer.press(f"main a[href='/officer/calls/{call}/ranking']")
    assert officer.page.locator("form[action$='/release']").count() == 0
    links = officer.page.locator("a[href$='/decision']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert len(links) == 4
    for link in links:
        officer.go(link)
        if officer.page.locator("form:has(#outcome)").count() and not officer.page.locator("dl.facts").count():
            officer.fill(outcome="rejected", reason="評価結果による")
            officer.press("form:has(#outcome) button")
        assert officer.page.locator("form[action$='/confirm']").count() == 0
        second.go(link)
        if second.page.locator("form[action$='/confirm']").count():
            second.press("form[action$='/confirm'] button")


def _release(officer: Person, call: int) -> None:
    officer.go(f"/officer/calls/{call}/ranking")
    officer.fill(sure="yes")
    officer.press("form[action$='/release'] button")


def _letter(house: House, applicant: Person, decided: int) -> None:
    assert house.letter_to("applicant@demo.example", rf"/applications/{decided}\b")
    applicant.go(f"/applications/{decided}")
    applicant.page.wait_for_timeout(500)
    assert applicant.page.locator(f"a[href='/applications/{decided}/letter']").count() == 1
    for _attempt in range(60):
        answer = applicant.page.request.get(f"/applications/{decided}/letter")
        if answer.body().startswith(b"%PDF"):
            return
        applicant.page.wait_for_timeout(500)
    raise AssertionError("the letter was not made")


def _carry_out(officer: Person, applicant: Person, project: int) -> None:
    officer.press("nav a[href='/projects']")
    agreeing.contract(officer, applicant, project, today(), fiscal_year_end(fiscal_year(today())))
    officer.go(f"/projects/{project}")
    officer.press(f"a[href='/projects/{project}/start']")
    end = fiscal_year_end(fiscal_year(today()) + 1)
    officer.fill(started_on=today().isoformat(), end_on=end.isoformat())
    officer.press("main form button")

    applicant.press("nav a[href='/my-projects']")
    applicant.press(f"main a[href='/projects/{project}']")
    applicant.press("main a[href^='/reports/']")
    report = re.sub(r"https?://[^/]+", "", applicant.page.url)
    applicant.fill(work_done="試作と評価を実施した。")
    applicant.press("button[name=submit]", status=422)  # the amount is missing
    assert applicant.page.locator("#work_done").input_value() == "試作と評価を実施した。"
    applicant.fill(spend_yen="1,234,567")
    for achievement in applicant.page.locator("select[id^=achievement-]").all():
        achievement.select_option("achieved")
    applicant.press("button[name=submit]")
    _settle(officer.house, project)
    officer.go(f"/projects/{project}/agreement")
    officer.press(f"main a[href='/projects/{project}/agreement/complete']")
    officer.fill(on=today().isoformat())
    officer.press("main form button", status=422)  # the report waits for its acceptance
    officer.go(report)
    officer.press("form[action$='/accept'] button")
    officer.go(f"/projects/{project}/agreement/complete")
    officer.fill(on=today().isoformat())
    officer.press("main form button")
    officer.go(f"/projects/{project}")
    officer.press(
        f"main p a[href='/projects/{project}/outcomes']"
    )  # nothing is due yet: the years stand with the outcomes
    assert officer.page.locator("a[href^='/follow-ups/']").count() > 0


def _settle(house: House, project: int) -> None:
    """The year of the contract is reported, inspected, fixed and settled; the budget's next year is not used."""
    with beside(house.server.folder):
        found = session.get_one(Project, project)
        award = queries.of_project(project)
        officer = session.scalars(select(User).where(User.email == "officer@demo.example")).one()
        assert award is not None and found.status.value == "running"
        contract = award.contracts[-1]
        agreements.receive_report(award, today(), officer, "紙で受領")
        agreements.inspect(award, today(), "証拠書類を確認した。", officer)
        agreements.fix_amount(contract, 0, today(), officer)
        agreements.settle(contract, officer)
        session.flush()


def test_a_verified_report_raises_the_rate_by_one(house: House, visit: Callable[..., Person]) -> None:
    officer, applicant = visit("officer"), visit("applicant")
    project, key, completed = house.row(
        "SELECT id, project_key, completed_on FROM project WHERE status = 'completed' AND application_id IS NOT NULL"
        " AND programme = 'consortium_rd' AND project_key NOT LIKE 'SR-%'"  # the past rounds' projects are followed up already
        " ORDER BY completed_on"
    )
    year = int(completed[:4]) - (completed[5:] < "04-01")
    before = _counted(house, year)
    follow_up = house.row("SELECT id FROM follow_up WHERE project_id = ? AND number = 2 ORDER BY id", project)[0]

    applicant.press("nav a[href='/my-projects']")
    applicant.press(f"main a[href='/projects/{project}']")
    applicant.press(f"main a[href='/follow-ups/{follow_up}']")
    part = str(applicant.page.locator("input[name$='-answer']").first.get_attribute("name")).removesuffix("answer")
    applicant.fill(**{f"{part}answer-1": "changed"})  # only now the page asks what changed
    applicant.fill(**{f"{part}dev_state": "launched", f"{part}stage": "5", f"{part}sales_yen": "a lot"})
    applicant.fill(observed_on=fiscal_year_end(year + 1).isoformat(), statement="yes")
    applicant.press("button[name=submit]", status=422)
    assert applicant.page.locator(f"#{part}sales_yen").input_value() == "a lot"
    applicant.fill(**{f"{part}sales_yen": "12,000,000"})
    applicant.press("button[name=submit]")
    assert _counted(house, year) == before  # not before an officer has verified it

    officer.go(f"/follow-ups/{follow_up}")
    officer.fill(evidence_level="2")
    officer.press("form[action$='/verify'] button")
    after = _counted(house, year)
    assert after["numerator"] == before["numerator"] + 1 and after["denominator"] == before["denominator"]

    officer.go(f"/rates/commercialization?level=E4&programme=consortium_rd&first={year}&last={year}&as_of={today()}")
    assert officer.text("p.lead strong").startswith(f"{after['numerator']:,} ")
    officer.press("main th a[href*='yes']")
    assert key in officer.text("main table")


def _counted(house: House, year: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        flask(
            house.server.folder, "rates", "commercialization", "--level", "E4", "--programme", "consortium_rd",
            "--fy", f"{year}..{year}", "--as-of", today().isoformat(), "--format", "json",
        ).stdout
    )  # fmt: skip
    return found
