"""Types of questions, kinds of values, and how grave a check is."""

from enum import StrEnum

from app.core.i18n import Bilingual


class QuestionType(StrEnum):
    """What a question asks for, and so how its answer is typed, stored and shown."""

    short_text = "short_text"
    long_text = "long_text"
    number = "number"
    yen = "yen"
    date = "date"
    yes_no = "yes_no"
    single_choice = "single_choice"
    multiple_choice = "multiple_choice"
    organisation = "organisation"
    table = "table"
    file = "file"
    statement = "statement"
    calculated = "calculated"

    @property
    def label(self) -> Bilingual:
        return _TYPE_LABELS[self.value]


_TYPE_LABELS = {
    "short_text": Bilingual("Short text", "短文"),
    "long_text": Bilingual("Long text", "長文"),
    "number": Bilingual("Number with a unit", "数値(単位付き)"),
    "yen": Bilingual("Amount in yen", "金額(円)"),
    "date": Bilingual("Date", "日付"),
    "yes_no": Bilingual("Yes or no", "はい・いいえ"),
    "single_choice": Bilingual("One of several choices", "単一選択"),
    "multiple_choice": Bilingual("Several choices", "複数選択"),
    "organisation": Bilingual("Organisation of the register", "登録機関"),
    "table": Bilingual("Table with rows and totals", "表(行の追加・合計)"),
    "file": Bilingual("File to attach", "添付ファイル"),
    "statement": Bilingual("Statement to agree to", "同意事項"),
    "calculated": Bilingual("Calculated, never typed", "自動計算"),
}


class ColumnType(StrEnum):
    """What a column of a table holds."""

    text = "text"
    number = "number"
    yen = "yen"
    date = "date"

    @property
    def label(self) -> Bilingual:
        return {
            "text": Bilingual("Text", "文字"),
            "number": Bilingual("Number", "数値"),
            "yen": Bilingual("Yen", "円"),
            "date": Bilingual("Date", "日付"),
        }[self.value]


class Severity(StrEnum):
    """An error keeps a proposal from being handed in; a warning is only shown."""

    error = "error"
    warning = "warning"

    @property
    def label(self) -> Bilingual:
        return {
            "error": Bilingual("must be mended before handing in", "提出前に修正が必要"),
            "warning": Bilingual("a hint only", "注意表示のみ"),
        }[self.value]


class Kind(StrEnum):
    """What an expression's value is."""

    number = "number"
    text = "text"
    yes_no = "yes_no"
    date = "date"
    codes = "codes"
    table = "table"
    column = "column"

    @property
    def label(self) -> Bilingual:
        return {
            "number": Bilingual("a number", "数値"),
            "text": Bilingual("a text", "文字"),
            "yes_no": Bilingual("yes or no", "はい・いいえ"),
            "date": Bilingual("a date", "日付"),
            "codes": Bilingual("several choices", "複数選択"),
            "table": Bilingual("a table", "表"),
            "column": Bilingual("a column of a table", "表の列"),
        }[self.value]
