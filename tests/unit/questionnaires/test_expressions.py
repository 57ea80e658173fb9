"""The language of conditions, calculations and checks: exact, forgiving of what is unknown, and never dangerous."""

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.questionnaires.choices import Kind
from app.questionnaires.definitions.counting import count_characters
from app.questionnaires.definitions.evaluation import evaluate, holds
from app.questionnaires.definitions.expressions import FUNCTIONS, Unreadable, parse
from app.questionnaires.definitions.kinds import Symbol, cycle, kind_of, problems

SYMBOLS = {
    "a": Symbol(Kind.number),
    "b": Symbol(Kind.number),
    "s": Symbol(Kind.text),
    "f": Symbol(Kind.yes_no),
    "d": Symbol(Kind.date),
    "e": Symbol(Kind.date),
    "c": Symbol(Kind.text, codes=frozenset({"x", "y"})),
    "m": Symbol(Kind.codes, codes=frozenset({"x", "y"})),
    "t": Symbol(Kind.table, {"n": Kind.number, "w": Kind.text}),
}
VALUES: dict[str, Any] = {
    "a": Decimal("0.1"), "b": Decimal("0.2"), "s": "がん", "f": True, "d": date(2026, 4, 1), "e": date(2027, 3, 31),
    "c": "x", "m": ["x"], "t": [{"n": Decimal(3), "w": "u"}, {"n": None, "w": "v"}, {"n": Decimal(4), "w": None}],
}  # fmt: skip
FACTS = {"total_yen": Decimal(100), "members": Decimal(4), "frame": "sme"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b == 0.3", True),  # exact: no binary fractions
        ("-a * 10", Decimal("-1.0")),
        ("7 / 2", Decimal("3.5")),
        ("round_down(7 / 2)", Decimal(3)),
        ("1 / 0", None),
        ("1 < 2 < 3", True),
        ('c == "x" and "x" in m', True),
        ('c in ("y", "z")', False),
        ('"y" not in m', True),
        ("sum(t.n)", Decimal(7)),
        ("count(t)", Decimal(3)),
        ("min(t.n)", Decimal(3)),
        ("max(a, b, 1)", Decimal(1)),
        ("if(f, 1, 2)", Decimal(1)),
        ('if(c == "if(", 1, 2)', Decimal(2)),
        ("years_between(d, e)", Decimal(0)),
        ('years_between(d, date("2029-04-01"))', Decimal(3)),
        ("answered(s) and not answered(zz)", True),
        ("length(s)", Decimal(2)),
        ('facts.frame == "sme" and facts.members >= 2', True),
        ("f == yes", True),
        ("not f", False),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert evaluate(text, VALUES, FACTS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a > 1", None),
        ("a + 1", None),
        ("not f", None),
        ("f or yes", True),  # one yes decides
        ("f and no", False),  # one no decides
        ("f and yes", None),
        ("sum(t.n)", None),
        ("count(t)", Decimal(0)),
        ("answered(a)", False),
        ("facts.total_yen > 1", None),
    ],
)
def test_what_is_not_answered_is_unknown_and_stays_so(text: str, value: Any) -> None:
    assert evaluate(text, {}, {}) == value
    assert holds(text, {}, {}) is (value is True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nobody > 1", "“nobody”"),
        ("t.nothing == 1", "no column “nothing”"),
        ("facts.secret > 1", "no fact “secret”"),
        ("a > s", "not compared"),
        ("s > 'x'", "== or !="),
        ('c == "z"', "no choice “z”"),
        ('"z" in m', "no choice “z”"),
        ("sum(t.w)", "no numbers"),
        ("a and f", "yes or no"),
        ("a.n", "no table"),
        ("if(f, 1, s)", "a number"),
        ('date("2026-02-30")', "no date"),
        ("sum(a)", "table.column"),
        ("(1, 2)", "after “in”"),
    ],
)
def test_what_cannot_mean_anything_is_refused_when_it_is_written(text: str, says: str) -> None:
    found = problems(text, SYMBOLS)
    assert found and says in found[0].en, found


@pytest.mark.parametrize(
    "text",
    ["a ** 2", "a // 2", "a % 2", "a = 1", "__import__('os')", "().__class__", "a.b.c", "[a]", "{a}", "lambda: 1", "a[0]",
     "f'{a}'", "a if f else b", "a is b", "print(a)", "sum(t.n, 1)", "sum(x=t.n)", "a\nb", "'\\x41' == s", "None", "...",
     "1e400", "9" * 30, "1j", "b'x'", "(" * 300, "not " * 200 + "f", "a+" * 120 + "a", "*a", "a := 1", "", " ",
     "await a", "-" * 400 + "1", "x" * 501, "\x00"],
)  # fmt: skip
def test_nothing_outside_the_language_is_read(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text)
    assert evaluate(text, VALUES, FACTS) is None


def test_circles_are_found_and_named() -> None:
    assert cycle({"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"a"})}) == ["a", "b", "c", "a"]
    assert cycle({"a": frozenset({"b", "c"}), "b": frozenset({"c"}), "c": frozenset()}) == []
    assert cycle({"a": frozenset({"a"})}) == ["a", "a"]
    chain = {f"k{i}": frozenset({f"k{i + 1}", f"k{i + 2}"}) for i in range(150)}
    started = time.process_time()
    assert cycle(chain) == [] and time.process_time() - started < 1


_leaf = st.sampled_from(
    [*SYMBOLS, "facts.members", "facts.frame", "t.n", "t.w", "1", "0", "0.5", '"x"', "yes", "nobody"]
)
_tree = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "==", "<", ">=", "in", "and", "or", "**"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        inner.map(lambda one: f"not {one}"),
        st.tuples(st.sampled_from([*FUNCTIONS, "eval"]), st.lists(inner, max_size=3)).map(
            lambda call: f"{call[0].rstrip('_')}({', '.join(call[1])})"
        ),
    ),
    max_leaves=40,
)
_value = st.one_of(
    st.none(), st.booleans(), st.text(max_size=20), st.dates(), st.decimals(allow_nan=True, allow_infinity=True),
    st.lists(st.one_of(st.text(max_size=3), st.dictionaries(st.sampled_from(["n", "w"]), st.decimals(), max_size=2)), max_size=4),
)  # fmt: skip


def test_a_column_of_what_is_no_table_is_empty() -> None:
    """A question may have been a list of choices when it was answered."""
    assert evaluate("sum(t.A)", {"t": ["x", {"A": Decimal(2)}]}, FACTS) == 2
    assert evaluate("t.A", {"t": "x"}, FACTS) is None


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=600), _tree), st.dictionaries(st.sampled_from([*SYMBOLS, "nobody"]), _value))
def test_no_input_crashes_the_language_or_keeps_it_busy(text: str, values: dict[str, Any]) -> None:
    started = time.process_time()
    problems(text, SYMBOLS)
    evaluate(text, values, FACTS)
    assert time.process_time() - started < 1


def _fits(kind: Kind, value: Any) -> bool:
    types = {Kind.number: Decimal, Kind.text: str, Kind.yes_no: bool, Kind.date: date}
    return value is None or kind not in types or isinstance(value, types[kind])


@settings(max_examples=300, deadline=None)
@given(_tree)
def test_a_value_is_of_the_kind_that_was_foretold(text: str) -> None:
    try:
        kind = kind_of(text, SYMBOLS)
    except Unreadable:
        return
    assert _fits(kind, evaluate(text, VALUES, FACTS)), (text, kind)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("abc", 3), ("か\u3099", 1), ("が", 1), ("a\r\nb", 3), ("a\n\nb", 4), ("👨‍👩‍👧", 1), ("👍🏽", 1), ("🇯🇵🇫🇷", 2),
     ("葛\U000e0100", 1), ("é", 1), ("e\u0301", 1), ("𠮷野家", 3)],
)  # fmt: skip
def test_characters_are_counted_as_readers_count(text: str, count: int) -> None:
    assert count_characters(text) == count
