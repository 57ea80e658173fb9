"""Whoever applies is blotted out however they are written, and what only resembles a name stays."""

import pytest

from app.reviews.definitions.redaction import BLOT, Known, redactor

KNOWN = Known(
    organisations=frozenset(
        {
            "株式会社髙橋精機", "Takahashi Seiki Co., Ltd.", "国立大学法人北陸大学", "Hokuriku University",
            "ミナミ", "Advanced Institute of Metal Science", "A & B Foundry K.K.",
        }
    ),
    people=frozenset({"渡邊 一郎", "林 花子", "オオノ ケンジ", "Taro Yamada"}),
    numbers=frozenset({"4000012090001"}),
    emails=frozenset({"ohno.kenji@mail.takahashi-seiki.co.jp", "info@gmail.com"}),
    words=frozenset({"きらめき銅"}),
)  # fmt: skip


@pytest.mark.parametrize(
    "mark",
    [
        "株式会社髙橋精機", "㈱高橋精機", "高橋精機", "髙 橋 精 機", "高\u200b橋精機", "高橋\n精機",
        "Takahashi Seiki", "TAKAHASHI-SEIKI", "Ｔａｋａｈａｓｈｉ　Ｓｅｉｋｉ", "Takahashi  Seiki Co., Ltd.",
        "北陸大学", "北陸大", "北大", "Hokuriku University", "ミナミ", "ﾐﾅﾐ", "みなみ",
        "AIMS", "A&B Foundry", "A and B Foundry",
        "渡邊一郎", "渡辺 一郎", "渡邉", "林氏", "林花子", "林教授",
        "オオノ", "おおの", "Ohno", "Ōno", "OONO KENJI", "Kenji Ono", "Yamada", "YAMADA Taro", "Taro Yamada",
        "4000012090001", "4-0000-1209-0001", "T4000012090001", "４００００１２０９０００１",
        "takahashi-seiki.co.jp", "mail.takahashi-seiki.co.jp", "anybody@elsewhere.example", "https://takahashi.example/x",
        "076-123-4567", "きらめき銅", "キラメキ銅",
    ],
)  # fmt: skip
@pytest.mark.parametrize(("before", "after"), [("共同で", "が開発した。"), ("(", ")"), ("With ", " we build it.")])
def test_every_spelling_is_blotted_out(mark: str, before: str, after: str) -> None:
    found = redactor(KNOWN)(before + mark + after)
    assert BLOT in found and mark not in found, found
    assert found.startswith(before.rstrip()) and found.endswith(after.lstrip()[-4:])
    assert redactor(KNOWN)(found) == found


@pytest.mark.parametrize(
    "text",
    [
        "森林の間伐材を使う。", "南の地域で高い橋を架ける。", "Seiki is a machine; a minamist is nothing.",
        "It aims at metal science.", "ミナミノシマの実験", "数値は 40000120900012 である。", "関東大会",
        "we owe the onomatopoeia to nobody", "",
    ],
)  # fmt: skip
def test_what_only_resembles_a_name_stays(text: str) -> None:
    assert redactor(KNOWN)(text) == text


def test_the_text_around_stays_whole() -> None:
    text = "当社(㈱高橋精機)は、北陸大学の渡邊教授と、銅を磨く。"
    assert redactor(KNOWN)(text) == f"当社(㈱{BLOT})は、{BLOT}の{BLOT}教授と、銅を磨く。"
