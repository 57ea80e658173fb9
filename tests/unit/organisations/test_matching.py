"""Names against the register: number first, then what speaks for whom."""

from typing import Any

import pytest

from app.organisations.definitions.matching import BY_NUMBER, Entry, Incoming, Register, Why

REGISTER = Register(
    [
        Entry(1, ("髙橋精密工業株式会社", "Takahashi Precision Industries Co., Ltd."), "4000012090001", "13"),
        Entry(2, ("タカハシセイミツ", ""), None, "14"),
        Entry(3, ("国立大学法人東京工業大学", "Tokyo Institute of Technology"), None, "13"),
        Entry(4, ("新星電子株式会社", "Shinsei Electronics"), "7100005012040", "20", ("明星電機株式会社",)),
        Entry(5, ("株式会社山田製作所1号", ""), None, None),
    ]
)


def first(name: str, number: str | None = None, prefecture: str | None = None) -> Any:
    found = REGISTER.candidates(Incoming(name, number, prefecture))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("name", "id_", "why"),
    [
        ("高橋精密工業(株)", 1, Why.name),
        ("㈱髙橋精密工業", 1, Why.name),
        ("TAKAHASHI PRECISION INDUSTRIES K.K.", 1, Why.name),
        ("ﾀｶﾊｼ ｾｲﾐﾂ", 2, Why.name),
        ("Takahashi Seimitsu", 2, Why.sound),
        ("東京工業大学", 3, Why.name),
        ("東京工業大学大学院理工学研究科", 3, Why.part),
        ("高橋精蜜工業", 1, Why.letters),
        ("明星電機", 4, Why.name),
    ],
)
def test_the_likeliest_and_why(name: str, id_: int, why: Why) -> None:
    match = first(name)
    assert match is not None and match.organisation_id == id_ and match.why[0] is why


def test_a_number_comes_before_every_name() -> None:
    match = first("高橋精密工業", "7100005012040", "13")
    assert (match.organisation_id, match.score, match.why) == (4, BY_NUMBER, (Why.number,))
    others = REGISTER.candidates(Incoming("高橋精密工業", "7100005012040", "13"))
    assert others[1].organisation_id == 1  # the name still shows, so that a mistyped number is noticed


def test_only_a_number_reaches_a_hundred() -> None:
    assert first("髙橋精密工業株式会社", None, "13").score == BY_NUMBER - 2


def test_the_prefecture_tips_the_scale() -> None:
    here, there = first("高橋精密工業", None, "13"), first("高橋精密工業", None, "01")
    assert here.score > there.score and Why.same_place in here.why and Why.other_place in there.why


def test_a_former_name_says_so() -> None:
    assert Why.former in first("明星電機").why and Why.former not in first("新星電子").why


@pytest.mark.parametrize("name", ["", "株", "まったく別の会社名である", "!!!"])
def test_nothing_resembles(name: str) -> None:
    assert first(name) is None


def test_what_a_decision_keeps_of_a_suggestion() -> None:
    assert first("明星電機").data() == {"score": 94, "organisation": 4, "why": ["name", "former"]}
