"""The help: both languages say the same, every link leads somewhere, and examples and figures are those of the code."""

import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.accounts.choices import Role
from app.agreements.definitions import CHECKLISTS
from app.analytics.definitions import DEFINITIONS
from app.applications import operations as applications
from app.assigning.choices import Level
from app.assigning.queries.invitations import ANSWER_DAYS
from app.changes.definitions import KINDS
from app.clusters.choices import ActivityKind, BusinessType, FigureKind
from app.core.contents import MAX_FILE_BYTES
from app.core.i18n import show_yen
from app.flags.choices import FlagStatus
from app.flags.definitions import RULES
from app.learning.choices import Against, State
from app.learning.definitions import correlation
from app.milestones.choices import ReportKind
from app.milestones.definitions.monitoring import AXES as MONITORED
from app.money.choices import DisposalKind, Verdict
from app.money.definitions.profit import ProfitSum
from app.organisations.choices import SuccessionKind
from app.outcomes.choices import Answer, EvidenceLevel, Stage
from app.outcomes.choices import Level as Reached
from app.pages.help import TOPICS
from app.panels.choices import Audience, Recommendation
from app.panels.definitions.discussion import MENDED_WITHIN
from app.panels.operations import answering, planning
from app.portfolio.choices import Actual, Standing
from app.publishing.choices import SnapshotStatus
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
    call = re.compile(r"help_(?:link|about)\('([a-z]+)', '([a-z0-9-]+)'")
    ways = {found.groups() for path in TEMPLATES.rglob("*.html") for found in call.finditer(path.read_text())}
    assert len(ways) >= 60
    for code, anchor in ways:
        assert anchor in Page(_read(browser, code, "en")).ids, f"{code}#{anchor}"


@pytest.mark.parametrize(
    ("role", "shelves"),
    [
        (None, {"applicants", "figures"}),
        (Role.applicant, {"applicants", "figures"}),
        (Role.admin, {"applicants", "figures"}),
        (Role.cluster_manager, {"applicants", "figures"}),
        (Role.reviewer, {"applicants", "reviewers", "figures"}),
        (Role.officer, {"applicants", "reviewers", "office", "figures"}),
        (Role.auditor, {"applicants", "reviewers", "office", "figures"}),
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


def test_worked_examples_are_those_of_the_code_and_of_the_rules(app: Any, client: Any, client_for: Any) -> None:
    """MON-9 as domain.md works it out; CON-15, MON-3, MON-8, CR-4 and CR-12 with sums that a reader can check by hand."""
    money, rates = unescape(_read(client, "money", "en")), unescape(_read(client, "rates", "en"))
    profit = ProfitSum(500_000, 750_000, 790_000, 400_000, 300_000)
    assert profit.payable == 60_000 and f"<strong>{show_yen(60_000)}</strong>" in money
    assert f"up to {show_yen(1_800_000)} may move" in money  # 20 % of 6 and 3 million; the protected item is not in it
    assert f"fixed at {show_yen(6_000_000)}" in money and f"= {show_yen(6_534_000)};" in money
    assert f"cost {show_yen(109_500)}" in money  # 10.95 % of a million over 365 days
    assert "20% + 70% × 3 ÷ 6 = 55.0%" in rates  # after the year in which one of eight was stopped
    assert "for 56 of 70 against 48 of 80 it is 20.0%, from 5.2% to 33.4%" in rates
    assert "300 of 1,130 are 26.5%" in rates


def test_every_definition_rule_and_kind_stands_in_the_help_as_it_holds(app: Any, client: Any, client_for: Any) -> None:
    """The texts are the definitions' own, so that no second wording can drift away from what is counted."""
    office = client_for(person(Role.officer))
    for language in ("en", "ja"):
        rates = unescape(_read(client, "rates", language))
        for definition in DEFINITIONS.values():
            for words in (definition.label, definition.text, definition.source, definition.caveat):
                assert getattr(words, language) in rates, definition.id
        flags = unescape(_read(office, "flags", language))
        for code, rule in RULES.items():
            assert code in flags and getattr(rule.title, language) in flags
            assert getattr(rule.explanation, language) in flags
        changes = unescape(_read(client, "changes", language))
        assert all(getattr(kind.explanation, language) in changes for kind in KINDS.values())
        agreement = unescape(_read(client, "agreement", language))
        points = [point for checklist in CHECKLISTS.values() for point in checklist]
        assert all(getattr(point.title, language) in agreement for point in points)
        monitoring = unescape(_read(office, "monitoring", language))
        assert all(getattr(words, language) in monitoring for axis in MONITORED for words in axis.anchors)


def test_every_word_of_choice_stands_in_both_languages(app: Any, client_for: Any) -> None:
    """Kinds of ties, strengths, wishes, circles, phases: a choice that is added to the code has to be explained."""
    browser = client_for(person(Role.officer))
    told = {
        "ties": [*InterestKind, *Strength],
        "reviewing": [*Level, *PhaseKind, Audience.reviewers, Audience.panel, *Confidence],
        "round": [*Recommendation, *Dimension, *Measure],
        "learning": [*Against, *State],
        "reports": [*ReportKind],
        "yearly": [*Stage, *EvidenceLevel, Answer.unchanged, Answer.changed, Answer.stopped],
        "outcomes": [*Reached, *EvidenceLevel],
        "flags": [*FlagStatus],
        "publishing": [*SnapshotStatus],
        "portfolio": [*Standing, *Actual],
        "clusters": [*BusinessType, *ActivityKind, *FigureKind],
        "register": [*SuccessionKind],
        "inspection": [*Verdict],
        "money": [*DisposalKind],
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
