"""What METI printed of the two monitoring surveys in 2006, as printed, and how far it can be read (domain.md 3.2, 3.3)."""

from dataclasses import dataclass

from app.core.i18n import Bilingual
from app.surveys.choices import EFFECT_ITEMS

#: Survey 1: 18 shares in descending order, without labels (S049), and the group that the gaps between them suggest.
EFFECTS: tuple[tuple[str, str], ...] = (
    *((value, "high") for value in ("69.0", "44.1", "42.1", "42.1", "41.1", "36.6", "35.1")),
    *((value, "middle") for value in ("27.4", "25.0", "23.2", "21.8")),
    ("19.2", "unclear"),
    *((value, "low") for value in ("14.1", "13.0", "12.3", "11.8", "11.0", "9.0")),
)


def range_of(judged: str) -> tuple[str, str] | None:
    """The greatest and the least of the printed values that a question of this judgement can have."""
    also = {"high": ("high",), "middle": ("middle", "unclear"), "low": ("unclear", "low")}
    groups = also.get(judged, ("middle", "unclear", "low"))
    values = [value for value, group in EFFECTS if group in groups]
    return (values[0], values[-1]) if values else None


def printed_for(standard: str) -> tuple[str, str] | None:
    """Between which printed values the value of one of the 18 questions lies; None for a question of our own."""
    return range_of(EFFECT_ITEMS[standard].extra["judged"]) if standard in EFFECT_ITEMS else None


@dataclass(frozen=True)
class Block:
    """One chart of Survey 2: its numbers in the order of print, and the reading that we infer (never stated)."""

    code: str
    measure: Bilingual
    printed: str
    years: tuple[int, ...]
    firms: tuple[str, ...]  # empty: the text does not fix which year has which
    benchmark: tuple[str, ...]
    note: Bilingual


_RANK = Bilingual(
    "Years inferred: one order of drawing explains both series of this chart.",
    "年の対応は推定です(両系列の印字順が同じ描画順で説明できるため)。",
)
BLOCKS = (
    Block(
        "a", Bilingual("net profit, other source", "当期利益(別の資料)"),
        "0.799 1.612 0.545 [1] 0.561 1.101 0.052", (2000, 2001, 2002, 2003),
        ("1", "0.545", "0.799", "1.612"), ("1", "0.052", "0.561", "1.101"), _RANK,
    ),
    Block(
        "b", Bilingual("net profit", "当期利益"),
        "1.568 0.913 1.318 0.479 [1.000] 1.128 0.324 0.772 0.442", (2000, 2001, 2002, 2003, 2004),
        ("1.000", "0.479", "0.913", "1.318", "1.568"), ("1.000", "0.324", "0.442", "0.772", "1.128"), _RANK,
    ),
    Block(
        "c", Bilingual("sales", "売上高"),
        "1.063 0.950 0.998 0.947 [1.000] 0.930 0.844 0.859 0.848", (2000, 2001, 2002, 2003, 2004),
        ("1.000", "0.947", "0.950", "0.998", "1.063"), ("1.000", "0.844", "0.848", "0.859", "0.930"), _RANK,
    ),
    Block(
        "d", Bilingual("employees", "従業員数"),
        "[1] 0.991 0.992 0.983 0.883 0.895 0.867", (2000, 2001, 2002, 2003), (), (),
        Bilingual(
            "Participants 0.983, 0.991, 0.992 and benchmark 0.867, 0.883, 0.895: which year has which, the text does not say.",
            "参加企業は0.983・0.991・0.992、比較対象は0.867・0.883・0.895。どの年の値かは示されていません。",
        ),
    ),
)  # fmt: skip

#: What must be said beside the printed series.
CAUTIONS = (
    Bilingual(
        "Which chart is which measure, and that the first series is the participants, is inferred from the order of the "
        "titles and the size of the swings.",
        "どの図がどの指標か、また先の系列が参加企業であることは、見出しの順と変動幅からの推定です。",
    ),
    Bilingual(
        "Only firms with data for all terms are in it: those that closed or stopped answering are not.",
        "全期間のデータがある企業だけが対象で、廃業・無回答の企業は含まれません。",
    ),
    Bilingual(
        "The base year 2000 lies before the programme began (April 2001).",
        "基準年の2000年は事業開始(2001年4月)より前です。",
    ),
    Bilingual(
        "The number of firms is not printed; one variant leaves the electrical industry out.",
        "企業数は示されていません。電気機械を除いた比較も別に示されています。",
    ),
)
