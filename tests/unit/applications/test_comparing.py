"""Two versions word by word: exact where it is cheap, said as a whole where it would take minutes."""

import time

import pytest

from app.applications.queries.versions import word_diff


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("", "new"),
        ("old", ""),
        ("a plan", "a better plan"),
        ("計画を立てる", "計画を見直す"),
        ("same", "same"),
    ],
)
def test_the_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after


def test_no_text_takes_long_to_compare() -> None:
    """Few words repeated without end, in another order, took minutes."""
    before, after = "あい" * 1495, "いあう" * 996
    started = time.process_time()
    pieces = word_diff("初め" + before, "初め" + after)
    assert time.process_time() - started < 1
    assert [p.kind for p in pieces] == ["same", "gone", "new"]
    assert pieces[0].text == "初め" and pieces[2].text == after
