"""Content of questionnaires: read with paths, checked for meaning, assessed with answers, compared in words."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.i18n import Bilingual, in_locale
from app.questionnaires.choices import QuestionType
from app.questionnaires.definitions import (
    FORMAT,
    Content,
    Question,
    Section,
    as_json,
    assess,
    carried,
    content_hash,
    differences,
    faults,
    read,
    shown,
    value,
)
from app.questionnaires.operations import template

B = Bilingual("x", "x")


def content(*questions: dict[str, Any], **section: Any) -> Content:
    rows = [{"label": {"en": q["key"], "ja": q["key"]}, **q} for q in questions]
    data = {"format": "renkei-questionnaire/1",
            "sections": [{"key": "one", "title": {"en": "One", "ja": "一"}, **section, "questions": rows}]}  # fmt: skip
    found, wrong = read(data)
    assert not wrong, [f"{w.path}: {w.message.en}" for w in wrong]
    assert as_json(found) == as_json(read(as_json(found))[0])
    return found


def wrong_of(found: Content) -> list[str]:
    return [f"{fault.path}: {fault.message.en}" for fault in faults(found)]


@pytest.mark.parametrize("programme", ["consortium_rd", "new_collaboration"])
def test_the_programmes_forms_are_sound_and_bilingual(programme: str) -> None:
    form = template(programme)
    assert faults(form) == []
    for question in form.questions():
        for text in (question.label, question.help, question.text):
            assert bool(text.en) is bool(text.ja), question.key
    keys = {q.key for q in form.questions()}
    assert {"goal", "no_double_funding", "antisocial_forces", "ip_ownership", "indicators"} <= keys
    # CON-4, 4.3, GEN-7, NC-7: these are first-class data and never asked again
    assert not keys & {"members", "budget", "milestones", "sales_plan"}


def test_above_half_outsourced_a_reason_is_asked_for() -> None:
    """CON-16."""
    form = template("consortium_rd")
    for pct, asked in (("50", False), ("50.1", True)):
        found = assess(form, {}, {"outsourcing_pct": Decimal(pct)})
        assert ("outsourcing_reason" in found.keys) is asked


def test_research_on_the_seed_itself_is_no_main_part() -> None:
    """CON-3."""
    found = assess(template("consortium_rd"), {"main_part": "seed"})
    assert any("CON-3" in one.message.en for one in found.open if one.question.key == "main_part")


def test_sources_must_cover_the_funds_needed() -> None:
    """NC-12, NC-13 annex 3."""
    form = template("new_collaboration")
    answers = {"uses": [{"use": "a", "amount": 300}], "sources": [{"source": "b", "amount": 200}]}
    open_keys = [one.question.key for one in assess(form, answers).open]
    assert "gap" in open_keys
    answers["sources"].append({"source": "c", "amount": 100})
    assert "gap" not in [one.question.key for one in assess(form, answers).open]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], ""),
        ({"format": "other"}, "format"),
        ({"sections": 3}, "sections"),
        ({"sections": [{"key": "A b"}]}, "sections[0].key"),
        ({"sections": [{"key": "facts"}]}, "sections[0].key"),
        ({"sections": [{"key": "a", "title": {"en": "x"}}]}, "sections[0].title.ja"),
        ({"sections": [{"questions": [{"key": "q", "type": "poem"}]}]}, "sections[0].questions[0].type"),
        ({"sections": [{"questions": [{"type": "yen", "settings": {"decimals": 2}}]}]},
         "sections[0].questions[0].settings.decimals"),
        ({"sections": [{"questions": [{"type": "number", "settings": {"minimum": "NaN"}}]}]},
         "sections[0].questions[0].settings.minimum"),
        ({"sections": [{"questions": [{"type": "short_text", "required": "yes"}]}]}, "sections[0].questions[0].required"),
    ],
)  # fmt: skip
def test_a_file_s_faults_have_paths(data: Any, path: str) -> None:
    assert path in [fault.path for fault in read(data)[1]]


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(
                st.sampled_from(["format", "sections", "questions", "key", "title", "label", "type", "settings", "checks",
                                 "options", "columns", "en", "ja", "was", "show_when"]),
                inner, max_size=6,
            ),
        ),
        max_leaves=30,
    )
)  # fmt: skip
def test_no_data_crash_the_reader(data: Any) -> None:
    found, wrong = read(data)
    if not wrong:
        json.dumps(as_json(found))
    faults(found)
    assess(found, {"a": 1})


def test_keys_and_takeovers_are_one_of_a_kind() -> None:
    q = Question("a", QuestionType.yes_no, B)
    twice = Content((Section("one", B, questions=(q, q)),))
    assert "stands 2 times" in wrong_of(twice)[0]
    both = content({"key": "a", "type": "yes_no"}, {"key": "b", "type": "yes_no", "was": "a"})
    assert "takes over" in wrong_of(both)[0]


def test_a_section_may_not_depend_on_its_own_questions() -> None:
    assert "a → a" in wrong_of(content({"key": "a", "type": "yes_no"}, show_when="a"))[0]


def test_calculated_values_may_build_on_each_other_in_any_order() -> None:
    form = content(
        {"key": "last", "type": "calculated", "settings": {"expression": "middle * 2"}},
        {"key": "middle", "type": "calculated", "settings": {"expression": "n + 1"}},
        {"key": "n", "type": "number"},
    )
    assert wrong_of(form) == []
    assert assess(form, {"n": "2"}).values["last"] == Decimal(6)


def test_what_is_hidden_is_neither_asked_nor_known() -> None:
    form = content(
        {"key": "has", "type": "yes_no", "required": True},
        {"key": "n", "type": "number", "required": True, "show_when": "has"},
        {"key": "twice", "type": "calculated", "settings": {"expression": "n * 2"}},
    )
    assert [one.rule_id for one in assess(form, {}).open] == ["Q-has"]
    shut = assess(form, {"has": False, "n": "5"})
    assert shut.open == [] and shut.values["twice"] is None and "n" not in shut.keys
    assert [one.rule_id for one in assess(form, {"has": True}).open] == ["Q-n"]
    assert assess(form, {"has": True, "n": "5"}).values["twice"] == Decimal(10)


def test_limits_are_said_with_figures_and_by_what_would_satisfy() -> None:
    form = content(
        {"key": "t", "type": "long_text", "settings": {"min_characters": 3, "max_characters": 5}},
        {"key": "n", "type": "number", "settings": {"decimals": 1, "minimum": "1", "maximum": "2"}},
        {"key": "s", "type": "statement", "required": True, "settings": {"text": {"en": "t", "ja": "t"}}},
        {"key": "rows", "type": "table", "settings": {"columns": [
            {"key": "y", "label": {"en": "Y", "ja": "Y"}, "type": "yen", "total": True}], "min_rows": 2, "max_rows": 3}},
    )  # fmt: skip
    said = [
        one.message.en for one in assess(form, {"t": "あ\nいうえお", "n": "2.55", "s": False, "rows": [{"y": 1}]}).open
    ]
    assert said == [
        "“t” has 6 characters; at most 5 fit.",
        "“n” lies outside 1 to 2.",
        "“n” takes at most 1 decimal(s).",
        "“s” needs your agreement.",
        "“rows” needs at least 2 row(s).",
    ]
    assert assess(form, {"t": "abc", "n": "1.5", "s": True, "rows": [{"y": 1}, {"y": 2}]}).open == []


def test_warnings_do_not_weigh_like_errors() -> None:
    check = {"expression": "n > 1", "message": {"en": "small", "ja": "小"}, "severity": "warning"}
    form = content({"key": "n", "type": "number", "checks": [check]})
    assert [one.severity.value for one in assess(form, {"n": "1"}).open] == ["warning"]
    assert assess(form, {}).open == []


def _question(kind: str, **settings: Any) -> Question:
    return next(content({"key": "q", "type": kind, "settings": settings}).questions())


OPTIONS = [{"code": "a", "label": {"en": "A", "ja": "あ"}}, {"code": "b", "label": {"en": "B", "ja": "い"}}]


@pytest.mark.parametrize(
    ("old", "new", "stored", "kept"),
    [
        ("short_text", _question("long_text"), "x", "x"),
        ("yen", _question("number"), 5, "5"),
        ("number", _question("yen"), "5.0", 5),
        ("number", _question("yen"), "5.5", None),
        ("number", _question("yen"), "-5", None),
        ("single_choice", _question("multiple_choice", options=OPTIONS), "a", ["a"]),
        ("single_choice", _question("single_choice", options=OPTIONS), "gone", None),
        ("long_text", _question("number"), "12", None),
        ("table", _question("short_text"), [{"x": "y"}], None),
    ],
)
def test_answers_carry_over_where_they_fit(old: str, new: Question, stored: Any, kept: Any) -> None:
    assert carried(new, old, stored) == kept


def test_answers_in_words() -> None:
    money = [{"key": "y", "label": {"en": "Y", "ja": "円"}, "type": "yen", "total": True}]
    table = shown(_question("table", columns=money), [{"y": 1000}, {"y": 2000}])
    assert table.en == "1. Y: ¥1,000\n2. Y: ¥2,000\nTotal, Y: ¥3,000" and table.ja.endswith("合計 円: 3,000円")
    assert shown(_question("multiple_choice", options=OPTIONS), ["b", "a"]).ja == "あ、い"
    assert shown(_question("number", unit={"en": "mW", "ja": "mW"}, decimals=2), "0.50").en == "0.5 mW"
    with in_locale("en"):
        assert str(shown(_question("yes_no"), None)) == "–"


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(list(QuestionType)),
    st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
                 lambda i: st.one_of(st.lists(i, max_size=3), st.dictionaries(st.text(max_size=3), i, max_size=3))),
)  # fmt: skip
def test_no_stored_value_crashes_a_reading(kind: QuestionType, stored: Any) -> None:
    question = Question("q", kind, B, expression="1")
    value(question, stored)
    shown(question, stored)


def test_differences_are_told_in_words() -> None:
    old = content({"key": "a", "type": "short_text"}, {"key": "b", "type": "number"}, {"key": "c", "type": "yen"})
    new = content(
        {"key": "a", "type": "long_text", "required": True},
        {"key": "bb", "type": "number", "was": "b"},
        {"key": "d", "type": "yes_no"},
    )
    said = [change.en for change in differences(old, new)]
    assert "Question removed: c (answers stay stored, unseen)" in said
    assert "New question: d (optional)" in said
    assert "bb: takes over the answers of “b”" in said
    assert "a: type Short text → Long text; answers carry over" in said and "a: now required" in said
    assert differences(old, old) == []
    turned = replace(old, sections=(replace(old.sections[0], questions=old.sections[0].questions[::-1]),))
    assert [change.en for change in differences(old, turned)] == ["Only the order changed."]


def test_the_hash_depends_on_the_content_alone() -> None:
    one = template("consortium_rd")
    stored = json.loads(json.dumps(as_json(one), sort_keys=True))
    assert content_hash(read(stored)[0]) == content_hash(one)
    assert content_hash(Content(one.sections[1:])) != content_hash(one)


def test_a_long_chain_of_references_is_refused_before_it_can_break_a_page() -> None:
    def chain(n: int) -> Content:
        first = Question("q0", QuestionType.number, Bilingual("a", "a"))
        rest = [
            Question(f"q{i}", QuestionType.calculated, Bilingual("a", "a"), expression=f"q{i - 1} + 1")
            for i in range(1, n)
        ]
        return Content((Section("s", Bilingual("s", "s"), questions=tuple([first, *rest][::-1])),))

    assert faults(chain(25)) == []
    assert assess(chain(25), {"q0": "1"}).values["q24"] == Decimal(25)
    (fault,) = faults(chain(26))
    assert "25 steps" in fault.message.en


def test_a_limit_beyond_every_number_is_a_fault_not_an_error() -> None:
    question = {
        "key": "q", "type": "number", "label": {"en": "a", "ja": "a"}, "settings": {"minimum": "1e9999999"},
    }  # fmt: skip
    section = {"key": "s", "title": {"en": "s", "ja": "s"}, "questions": [question]}
    _content, wrong = read({"format": FORMAT, "sections": [section]})
    assert [fault.path for fault in wrong] == ["sections[0].questions[0].settings.minimum"]
