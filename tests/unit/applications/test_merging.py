"""Two people, one field: nobody's text disappears unseen."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.applications.merging import Conflict, as_text, join_texts, merge, merge_field

TEXTS = st.text(alphabet="ab 漢字。\n", max_size=30)


def test_whoever_did_not_touch_a_field_never_overwrites_it() -> None:
    assert merge_field("old", "old", "new", long=False) == "new"
    assert merge_field("old", "mine", "old", long=False) == "mine"
    assert merge_field("old", "same", "same", long=False) == "same"


def test_two_changes_of_a_short_field_are_a_conflict() -> None:
    assert merge_field("10", "20", "30", long=False) == Conflict("10", "20", "30")


def test_changes_in_different_places_of_a_long_text_stand_both() -> None:
    base = "First part.\nSecond part.\nThird part."
    mine = "First part, mine.\nSecond part.\nThird part."
    theirs = "First part.\nSecond part.\nThird part, theirs."
    assert merge_field(base, mine, theirs, long=True) == "First part, mine.\nSecond part.\nThird part, theirs."
    base, mine, theirs = "薄膜を用いる。量産する。", "新しい薄膜を用いる。量産する。", "薄膜を用いる。二年で量産する。"
    assert merge_field(base, mine, theirs, long=True) == "新しい薄膜を用いる。二年で量産する。"


def test_changes_of_the_same_place_are_a_conflict_with_both_texts() -> None:
    assert merge_field("a word", "a good word", "a bad word", long=True) == Conflict(
        "a word", "a good word", "a bad word"
    )


def test_without_an_ancestor_nothing_is_joined_and_nothing_overwritten() -> None:
    assert merge_field(None, "mine", "theirs", long=True) == Conflict(None, "mine", "theirs")
    assert merge_field(None, "same", "same", long=True) == "same"


def test_a_part_keeps_fields_that_were_not_sent() -> None:
    outcome = merge({"a": "1", "b": "1"}, {"a": "2"}, {"a": "1", "b": "3"})
    assert outcome.values == {"a": "2", "b": "3"} and not outcome.conflicts


def test_what_happened_to_which_field_is_told() -> None:
    outcome = merge(
        {"kept": "0", "joined": "one two", "fought": "x"},
        {"kept": "0", "joined": "ONE two", "fought": "y"},
        {"kept": "9", "joined": "one TWO", "fought": "z"},
        long={"joined"},
    )
    assert outcome.kept == {"kept"} and outcome.joined == {"joined"} and set(outcome.conflicts) == {"fought"}
    assert outcome.values == {"kept": "9", "joined": "ONE TWO", "fought": "y"}


def test_texts_of_values() -> None:
    assert [as_text(v) for v in (None, False, True, 0, -5, date(2027, 4, 1), ["b", "a"], "x")] == [
        "", "", "1", "0", "-5", "2027-04-01", "a;b", "x"
    ]  # fmt: skip


@given(base=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_a_merge_keeps_every_letter_that_one_side_added(base: str, mine: str, theirs: str) -> None:
    joined = join_texts(base, mine, theirs)
    if joined is None:
        return
    for letter in set(mine + theirs):
        if letter not in base:
            assert joined.count(letter) >= max(mine.count(letter), theirs.count(letter))
    assert join_texts(base, theirs, mine) == joined
    assert join_texts(base, base, theirs) == theirs and join_texts(base, mine, base) == mine


def test_very_long_texts_are_not_merged_but_shown() -> None:
    base = "a " * 8000
    assert join_texts(base, base + "x", "y" + base) is None
