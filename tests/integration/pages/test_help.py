"""The help: both languages say the same, every link leads somewhere, and examples and figures are those of the code."""

import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.accounts.choices import Role
from app.applications import operations as applications
from app.assigning.choices import Level
from app.assigning.queries.invitations import ANSWER_DAYS
from app.core.contents import MAX_FILE_BYTES
from app.learning.choices import Against, State
from app.learning.definitions import correlation
from app.pages.help import TOPICS
from app.panels.choices import Audience, Recommendation
from app.panels.definitions.discussion import MENDED_WITHIN
from app.panels.operations import answering, planning
from app.questionnaires.choices import Kind
from app.questionnaires.definitions import FACTS, FUNCTIONS, symbols
from app.questionnaires.definitions.kinds import problems
from app.questionnaires.operations import template
from app.reviewers.choices import InterestKind, Strength
from app.reviewers.definitions import CONFLICT_YEARS
from app.reviews.choices import Confidence, PhaseKind
from app.reviews.definitions import RIGHTS, usual
from app.selection.choices import Dimension, Measure
from app.selection.definitions import calibration
from tests.factories.people import person

TEMPLATES = Path(__file__).parents[3] / "app" / "templates"
CODES = [topic.code for topic in TOPICS]
SHELF = {topic.code: topic.shelf for topic in TOPICS}


class Page(HTMLParser):
    """Headings with their levels and ids, all ids, and where the links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.add(str(found["id"]))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((tag, found.get("id") or ""))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))


def _read(browser: Any, code: str, language: str) -> str:
    answer = browser.get(f"/help/{code}?lang={language}")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_each_topic_has_a_text_in_both_languages_and_no_text_lacks_its_topic() -> None:
    for language in ("en", "ja"):
        assert sorted(path.stem for path in (TEMPLATES / "help" / language).glob("*.html")) == sorted(CODES)


def test_both_languages_have_the_same_headings_in_the_same_order(app: Any, client_for: Any) -> None:
    browser = client_for(person(Role.officer))
    for code in CODES:
        english, japanese = Page(_read(browser, code, "en")), Page(_read(browser, code, "ja"))
        assert english.headings == japanese.headings and len(english.headings) > 4
        assert english.headings[0][0] == "h1"
        levels = [int(tag[1]) for tag, _key in english.headings]
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
        assert all(key for tag, key in english.headings if tag != "h1"), code


def test_every_link_and_anchor_of_the_help_leads_somewhere(app: Any, client_for: Any) -> None:
    browser = client_for(person(Role.officer))
    pages = {(code, lang): Page(_read(browser, code, lang)) for code in CODES for lang in ("en", "ja")}
    for (code, lang), page in pages.items():
        contents = {link[1:] for link in page.links if link.startswith("#")} - {"main"}
        assert contents == {key for tag, key in page.headings if tag == "h2"}, code
        for link in page.links:
            path, _hash, anchor = link.partition("#")
            if path.startswith("/help/"):
                target = pages[path.removeprefix("/help/").partition("?")[0], lang]
                assert not anchor or anchor in target.ids, f"{lang}/{code}: {link}"
            elif anchor:
                assert anchor in page.ids, f"{lang}/{code}: {link}"


def test_every_way_from_another_page_into_the_help_meets_its_section(app: Any, client_for: Any) -> None:
    browser = client_for(person(Role.officer))
    call = re.compile(r"help_link\('([a-z]+)', '([a-z-]+)'")
    ways = {found.groups() for path in TEMPLATES.rglob("*.html") for found in call.finditer(path.read_text())}
    assert len(ways) >= 8
    for code, anchor in ways:
        assert anchor in Page(_read(browser, code, "en")).ids, f"{code}#{anchor}"


@pytest.mark.parametrize(
    ("role", "shelves"),
    [
        (None, {"applicants"}),
        (Role.applicant, {"applicants"}),
        (Role.admin, {"applicants"}),
        (Role.cluster_manager, {"applicants"}),
        (Role.reviewer, {"applicants", "reviewers"}),
        (Role.officer, {"applicants", "reviewers", "office"}),
        (Role.auditor, {"applicants", "reviewers", "office"}),
    ],
)
def test_topics_are_there_for_those_for_whom_they_are_and_for_nobody_else(
    app: Any, client: Any, client_for: Any, role: Role | None, shelves: set[str]
) -> None:
    browser = client_for(person(role)) if role else client
    listed = {link for link in Page(browser.get("/help").get_data(as_text=True)).links if link.startswith("/help/")}
    expected = [code for code in CODES if SHELF[code] in shelves]
    assert {"reviewing", "round"} & set(expected) == {
        code for code, shelf in (("reviewing", "reviewers"), ("round", "office")) if shelf in shelves
    }
    assert listed == {f"/help/{code}" for code in expected}
    for code in CODES:
        assert browser.get(f"/help/{code}").status_code == (200 if code in expected else 404)
    assert browser.get("/help/no-such-topic").status_code == 404


def test_what_a_reader_may_open_leads_nowhere_that_is_closed(app: Any, client: Any, client_for: Any) -> None:
    for browser in (client, client_for(person(Role.reviewer))):
        for code in CODES:
            if browser.get(f"/help/{code}").status_code == 200:
                for link in Page(_read(browser, code, "ja")).links:
                    if link.startswith("/help/"):
                        assert browser.get(link).status_code == 200, f"{code}: {link}"


def test_the_reference_names_every_function_and_every_fact(app: Any, client_for: Any) -> None:
    browser = client_for(person(Role.officer))
    for language in ("en", "ja"):
        html = _read(browser, "questionnaire", language)
        for name in FUNCTIONS:
            assert f"<code>{name.rstrip('_')}(" in html
        for name, (_kind, meaning) in FACTS.items():
            assert f"facts.{name}</code>" in html and getattr(meaning, language) in unescape(html)


def test_every_worked_example_can_be_written_into_its_programme_s_questionnaire(app: Any, client_for: Any) -> None:
    html = _read(client_for(person(Role.officer)), "questionnaire", "en")
    examples = re.findall(r'data-programme="(\w+)" data-gives="(\w+)">(.*?)</code>', html)
    assert {programme for programme, _gives, _text in examples} == {"consortium_rd", "new_collaboration"}
    for programme, gives, text in examples:
        known = symbols(template(programme))
        assert not problems(unescape(text), known, Kind.number if gives == "calc" else Kind.yes_no), text


def test_the_figures_are_those_that_hold(app: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    documents, together = _read(client, "documents", "en"), _read(client, "together", "en")
    assert f"up to {MAX_FILE_BYTES // 1_000_000} MB each" in documents
    assert f"{applications.LATE_FINISH.seconds // 60} minutes" in documents
    assert f"for {applications.INVITATION_LIFE.days} days" in together
    assert f"at most {applications.LETTERS_PER_DAY} such letters" in together


def test_the_figures_of_reviewing_are_those_that_hold(app: Any, client_for: Any) -> None:
    browser = client_for(person(Role.officer))
    read = {code: unescape(_read(browser, code, "en")) for code in ("reviewing", "ties", "round", "learning")}
    assert f"Ties of the last {CONFLICT_YEARS} years count" in read["ties"]
    assert f"change it for {int(MENDED_WITHIN.total_seconds()) // 60} minutes" in read["reviewing"]
    assert f"is {ANSWER_DAYS} days after the request" in read["reviewing"]
    assert f"up to {answering.LIMIT:,} characters each" in unescape(_read(browser, "after", "en"))
    assert f"fewer than {calibration.FEWEST_REVIEWS} reviews" in read["round"]
    assert f"at most {planning.MOST}), {planning.MINUTES} minutes each" in read["round"]
    assert f"drawn anew {correlation.DRAWS:,} times" in read["learning"]
    assert f"fewer than {correlation.FEWEST} projects" in read["learning"]


def test_every_word_of_choice_stands_in_both_languages(app: Any, client_for: Any) -> None:
    """Kinds of ties, strengths, wishes, circles, phases: a choice that is added to the code has to be explained."""
    browser = client_for(person(Role.officer))
    told = {
        "ties": [*InterestKind, *Strength],
        "reviewing": [*Level, *PhaseKind, Audience.reviewers, Audience.panel, *Confidence],
        "round": [*Recommendation, *Dimension, *Measure],
        "learning": [*Against, *State],
    }
    for language in ("en", "ja"):
        for code, choices in told.items():
            html = unescape(_read(browser, code, language))
            assert all(getattr(choice.label, language) in html for choice in choices), f"{language}/{code}"


def test_the_usual_phases_are_explained_as_they_are_set(app: Any, client_for: Any) -> None:
    html = unescape(_read(client_for(person(Role.reviewer)), "reviewing", "en"))
    for kind in PhaseKind:
        phase = usual(kind)
        told = re.search(rf"<dt>{phase.name.en}</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
        assert told is not None
        for name, words in RIGHTS.items():
            assert (words.en.partition(" (")[0] in told[1]) == (getattr(phase, name) and phase.sees_proposal), (
                f"{kind}: {name}"
            )
