"""Steps of both sides from a decision to the signed contract."""

from datetime import date

from tests.factories.files import pdf
from tests.journeys.conftest import Person


def contract(officer: Person, lead: Person, project: int, starts_on: date, ends_on: date) -> None:
    """The costs are assessed, the checklist is done, and both sides confirm the contract."""
    here = f"/projects/{project}/agreement"
    officer.go(here)
    officer.press("form[action$='/agreement/assess'] button")
    for person in (officer, lead):
        _checklist(person, here)
    officer.go(f"{here}/costs")
    officer.press("button[name=send]")
    lead.go(f"{here}/costs")
    lead.fill(name="署名 する人")
    lead.press("form[action$='/costs/agree'] button")
    officer.go(f"{here}/contracts/new")
    officer.fill(starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat(), amount_yen="1,000,000")
    officer.press("form[action$='/contracts/new'] button")
    terms = officer.page.url.split("/contracts/")[1]
    for person in (officer, lead):
        person.go(f"{here}/contracts/{terms}")
        person.fill(name="確認 する人", read="yes")
        person.press("form[action$='/confirm'] button")
    lead.go(here)
    assert lead.page.locator(".award-steps > .now").count() == 1


def _checklist(person: Person, here: str) -> None:
    """Tick every point of one's own side, with the file that belongs to it."""
    person.go(f"{here}/checklist")
    for action in [form.get_attribute("action") for form in person.page.locator("main form[enctype]").all()]:
        form = person.page.locator(f"form[action='{action}']")
        if form.locator("input[type=file]").count():
            paper = {"name": "資料.pdf", "mimeType": "application/pdf", "buffer": pdf()}
            form.locator("input[type=file]").set_input_files(paper)
        form.locator("input[name$='-done']").check()
        person.press(f"form[action='{action}'] button")
