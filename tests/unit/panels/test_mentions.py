"""An @ calls exactly the people whose name stands behind it."""

import pytest

from app.panels.definitions.discussion import aliases, letter
from app.panels.definitions.mentions import mentioned

HANDLES = {
    1: ["Reviewer A", "審査員A"], 2: ["Reviewer AB", "審査員AB"], 3: ["山田 太郎"], 4: ["山田 太郎"], 5: ["office", "事務局"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what does @Reviewer A think?", [1]),
        ("@reviewer　a: and ＠審査員Ａ、もう一度", [1]),
        ("@ReviewerAB alone", [2]),
        ("@Reviewer AC is nobody", []),
        ("@山田太郎さん", [3, 4]),
        ("@office then @Reviewer AB then @office", [5, 2]),
        ("write to someone@office.example", []),
        ("Reviewer A without the sign", []),
        ("@", []),
        ("", []),
    ],
)
def test_names_behind_an_at(text: str, expected: list[int]) -> None:
    assert mentioned(text, HANDLES) == expected


def test_a_handle_is_no_pattern() -> None:
    assert mentioned("@A.*", {1: ["B"], 2: ["A.*"], 3: ["A"]}) == [2]


def test_aliases_are_stable_when_somebody_joins() -> None:
    before, after = aliases([7, 3], [9]), aliases([7, 3, 5], [9, 11, 3])
    assert {key: after[key] for key in before} == before
    assert [after[key].en for key in (7, 3, 5, 9, 11)] == [
        "Reviewer A", "Reviewer B", "Reviewer C", "Panel member 1", "Panel member 2",
    ]  # fmt: skip
    assert [letter(n) for n in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]
