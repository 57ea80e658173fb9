"""A person answers the call's questionnaire in the browser, section by section."""

from app.cli.demo.answers import example_answers
from app.questionnaires.definitions import texts
from app.questionnaires.operations import template
from tests.journeys.conftest import Person


def answer(person: Person, address: str, programme: str) -> None:
    """Answers that leave nothing open, typed into every section of the application at ``address``."""
    content = template(programme)
    given = example_answers(content)
    for section in content.sections:
        person.go(f"{address}/answers/{section.key}")
        for question in section.questions:
            for name, text in texts(question, given.get(question.key)).items():
                _put(person, name, text)
        person.press("form:has(input[name='version']) button")


def _put(person: Person, name: str, text: str) -> None:
    controls = person.page.locator(f"[name='{name}']")
    kind = controls.first.get_attribute("type")
    if kind == "radio" or (kind == "checkbox" and controls.count() > 1):
        for value in text.split(";"):
            person.page.locator(f"[name='{name}'][value='{value}']").check()
    elif kind == "checkbox":
        controls.first.check()
    elif controls.first.evaluate("e => e.tagName") == "SELECT":
        controls.first.select_option(text)
    else:
        controls.first.fill(text)
