"""An officer composes a questionnaire without code, opens a call with it, and publishes a second version of it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.core.clock import JST, now, today
from app.core.fiscal import fiscal_year
from app.questionnaires.choices import QuestionType
from tests.journeys.conftest import House, Person, copy_of
from tests.journeys.steps import saved

#: (type, key, English, Japanese, what else the form of that type is given)
QUESTIONS: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("short_text", "nickname", "Short name of the service", "サービスの略称",
     {"required": "yes", "max_characters": "20"}),
    ("long_text", "customers", "Who the customers are", "想定顧客",
     {"help_en": "Name three of them.", "help_ja": "3社挙げてください。", "max_characters": "200"}),
    ("number", "hours", "Hours saved per machine", "機械1台当たりの削減時間",
     {"unit_en": "hours", "unit_ja": "時間", "decimals": "1", "minimum": "0"}),
    ("yen", "price", "Price per month", "月額料金", {"minimum": "1000"}),
    ("date", "trial_on", "First day of the trial", "試行開始日", {}),
    ("yes_no", "exports", "Is it sold abroad?", "海外で販売しますか。", {"required": "yes"}),
    ("single_choice", "reach", "Where it is offered", "提供地域",
     {"options_0_code": "region", "options_0_label_en": "One region", "options_0_label_ja": "1地域",
      "options_1_code": "japan", "options_1_label_en": "All of Japan", "options_1_label_ja": "全国"}),
    ("multiple_choice", "routes", "Ways of selling", "販売経路",
     {"options_0_code": "direct", "options_0_label_en": "Directly", "options_0_label_ja": "直販",
      "options_1_code": "dealer", "options_1_label_en": "Through dealers", "options_1_label_ja": "代理店"}),
    ("organisation", "tester", "Who tests it", "試行協力機関", {}),
    ("table", "visits", "Visits planned", "訪問計画",
     {"columns_0_key": "place", "columns_0_label_en": "Place", "columns_0_label_ja": "訪問先",
      "columns_1_key": "cost", "columns_1_type": "yen", "columns_1_label_en": "Cost", "columns_1_label_ja": "費用",
      "columns_1_total": "yes", "max_rows": "5"}),
    ("calculated", "yearly", "Price per year", "年額料金",
     {"expression": "price * 12", "unit_en": "yen", "unit_ja": "円"}),
    ("file", "leaflet", "Leaflet, if there is one", "パンフレット(任意)", {}),
    ("statement", "fair", "Fair terms", "取引条件",
     {"required": "yes", "text_en": "We publish our terms.", "text_ja": "取引条件を公表します。"}),
)  # fmt: skip


@pytest.fixture
def house(lang: str, demo_house: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One more open call would be in the way of other stories."""
    with copy_of(demo_house, tmp_path_factory.mktemp(f"questions-{lang}") / "instance", lang, browser) as found:
        yield found


def test_a_questionnaire_is_composed_published_and_changed(house: House, visit: Callable[..., Person]) -> None:
    officer = visit("officer")
    call = _new_call(officer)
    questions = _compose(officer)
    _condition_and_check(officer)
    _try_out(officer, questions)
    officer.go(call)
    officer.press("form[action$='/publish'] button")
    applicant = visit("applicant")
    draft = _answer(applicant, call)
    _second_version(officer, questions)
    _what_is_new(applicant, draft)


def _moment(days: int) -> str:
    return (now() + timedelta(days=days)).astimezone(JST).strftime("%Y-%m-%d %H:%M:%S")


def _new_call(officer: Person) -> str:
    """From the template, with titles and dates of its own."""
    officer.press("nav a[href='/calls']")
    officer.press("a[href='/calls/new']")
    officer.fill(
        programme="new_collaboration",
        fiscal_year=str(fiscal_year(today())),
        opens_at=_moment(-1),
        closes_at=_moment(20),
    )
    officer.press("main form button")
    officer.fill(
        title_en="Remote services", title_ja="遠隔サービス公募", questions_until=_moment(10), decision_at=_moment(60),
        closes_at=_moment(30),
    )  # fmt: skip
    officer.press("form[action$='/edit'] button")
    assert {"en": "Remote services", "ja": "遠隔サービス公募"}[officer.house.lang] == officer.text("h1")
    return re.sub(r"https?://[^/]+", "", officer.page.url)


def _compose(officer: Person) -> str:
    """The template's questions go, a section with one question of every type comes."""
    officer.press("a[href$='/questionnaire']")
    officer.press("main a[href^='/questionnaires/']")
    questions = re.sub(r"https?://[^/]+|#.*", "", officer.page.url)
    while officer.page.locator("section.panel[id^='s-']").count():
        officer.press("section.panel[id^='s-']:last-of-type > .actions button[value=delete]")
    officer.press("a[href$='/sections/new']")
    officer.fill(key="offer", title_en="The service offered", title_ja="提供するサービス")
    officer.press("main form[method=post] button")
    assert {kind for kind, *_rest in QUESTIONS} == set(QuestionType)
    for kind, key, en, ja, more in QUESTIONS:
        officer.fill(**{"type-offer": kind})
        officer.press("#s-offer form.filters button")
        officer.fill(key=key, label_en=en, label_ja=ja, **more)
        officer.press("main form[method=post]:has(#key) button")
    assert officer.page.locator("#s-offer > ol > li").count() == len(QUESTIONS)
    return questions


def _condition_and_check(officer: Person) -> None:
    """A question for those who sell abroad, and two dates' worth of arithmetic that must hold."""
    officer.fill(**{"type-offer": "short_text"})
    officer.press("#s-offer form.filters button")
    officer.fill(
        key="countries", label_en="Which countries", label_ja="対象国", show_when="exportz",
        checks_0_expression='countries != "–"', checks_0_message_en="Name them.", checks_0_message_ja="国名を記入。",
    )  # fmt: skip
    officer.press("main form[method=post]:has(#key) button", status=422)  # no such question: said at its field
    assert officer.page.locator("#show_when").get_attribute("aria-invalid") == "true"
    officer.fill(show_when="exports")
    officer.press("main form[method=post]:has(#key) button")
    officer.press("#q-price a")
    officer.fill(
        checks_0_expression="price <= 50000", checks_0_severity="error",
        checks_0_message_en="More than 50,000 yen a month is not a small service.",
        checks_0_message_ja="月額5万円を超えるものは対象外です。",
    )  # fmt: skip
    officer.press("main form[method=post]:has(#key) button")


def _try_out(officer: Person, questions: str) -> None:
    """What applicants will see, in both languages, with condition, check and calculation at work."""
    officer.press(f"a[href='{questions}/preview']")
    assert officer.page.locator("#q_countries").count() == 0
    officer.page.locator("[name=q_exports][value=yes]").check()
    officer.fill(q_price="60000")
    officer.press("form[action*='/preview'] button.btn-primary")
    assert officer.page.locator("#q_countries").count() == 1
    assert "720,000" in officer.text("#q_yearly")
    assert officer.page.locator("a[href='#q_price']").count() == 1
    mine = officer.house.lang
    other = {"en": "ja", "ja": "en"}[mine]
    with officer.page.expect_navigation():
        officer.page.locator(f"button[lang={other}]").click()
    assert {"en": "Price per year", "ja": "年額料金"}[other] in officer.text()
    assert officer.page.locator("#q_price").input_value().replace(",", "") == "60000"
    officer.press(f"button[lang={mine}]")
    assert {"en": "Price per year", "ja": "年額料金"}[mine] in officer.text()


def _answer(applicant: Person, call: str) -> str:
    """An applicant starts, sees the questions and answers some of them, saved by themselves."""
    applicant.go(call)
    applicant.press("a[href$='/questionnaire']")
    applicant.go(f"{call}/start")
    (key,) = applicant.house.row("SELECT id FROM organisation WHERE org_key = 'live-gear'")
    applicant.fill(organisation_id=str(key))
    applicant.press("main form button")
    draft = re.sub(r"https?://[^/]+", "", applicant.page.url)
    applicant.press(f"a[href='{draft}/answers/offer']")
    page = applicant.page
    for kind, name, *_rest in QUESTIONS:
        asked = page.locator(f"[data-question={name}]")
        assert asked.is_visible(), (kind, name)
    assert page.locator("[data-question=countries]").is_hidden()
    page.locator("[name=q_exports][value=yes]").check()
    expect(page.locator("[data-question=countries]")).to_be_visible()
    page.locator("[name=q_reach][value=region]").check()
    applicant.fill(q_nickname="まもる君", q_price="60,000", q_visits__0__place="長野", q_visits__0__cost="120,000")
    saved(applicant)
    expect(page.locator("#rules-here")).to_contain_text({"en": "50,000 yen", "ja": "月額5万円"}[applicant.house.lang])
    page.locator("#q_price").fill("30,000")
    expect(page.locator("#rules-here")).not_to_contain_text(
        {"en": "50,000 yen", "ja": "月額5万円"}[applicant.house.lang]
    )
    saved(applicant)
    applicant.press("form:has(#q_price) button")
    applicant.go(f"{draft}/answers/offer")
    assert "360,000" in applicant.text("#q_yearly") and "120,000" in applicant.text("#q_visits tfoot")
    return draft


def _second_version(officer: Person, questions: str) -> None:
    """One region is not enough any more, and one question is new."""
    officer.go(questions)
    officer.press("form[action$='/draft'] button")
    officer.press("#q-reach a")
    officer.fill(
        options_0_code="prefectures", options_0_label_en="Several prefectures", options_0_label_ja="複数県",
    )  # fmt: skip
    officer.press("main form[method=post]:has(#key) button")
    officer.fill(**{"type-offer": "yes_no"})
    officer.press("#s-offer form.filters button")
    officer.fill(key="insured", label_en="Is the service insured?", label_ja="保険に加入していますか。", required="yes")
    officer.press("main form[method=post]:has(#key) button")
    officer.press("a[href$='/publish']")
    officer.fill(notes="提供地域の選択肢を変更しました。")
    officer.press("form:has(#notes) button")
    officer.go(f"{questions}/versions?old=1&new=2")
    changes = officer.text("main h2 + ul")
    assert {"en": "Is the service insured?", "ja": "保険に加入していますか。"}[officer.house.lang] in changes
    assert {"en": "Where it is offered", "ja": "提供地域"}[officer.house.lang] in changes


def _what_is_new(applicant: Person, draft: str) -> None:
    """The draft's people get a letter, the section asks for a look, and the earlier answer stands beside its question."""
    assert applicant.house.letter_to("applicant@demo.example", "提供地域の選択肢を変更しました")
    applicant.go(draft)
    task = applicant.page.locator(f".task-list li:has(a[href='{draft}/answers/offer'])")
    assert task.locator(".state-bad").count() == 1
    applicant.press(f"a[href='{draft}/answers/offer']")
    page = applicant.page
    earlier = page.locator("[data-question=reach] .set-aside")
    assert {"en": "One region", "ja": "1地域"}[applicant.house.lang] in earlier.inner_text()
    assert page.locator("#q_nickname").input_value() == "まもる君"
    assert page.locator("#q_visits__0__place").input_value() == "長野"
    page.locator("[name=q_reach][value=prefectures]").check()
    page.locator("[name=q_insured][value=yes]").check()
    page.locator("[name=q_fair]").check()
    saved(applicant)
    applicant.press("form:has(#q_price) button")
    applicant.go(draft)
    assert task.locator(".state-bad").count() == 0
