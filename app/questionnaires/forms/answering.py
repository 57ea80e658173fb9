"""The fields of a section as applicants fill it in. Wrong kinds of values are said at the field; what is missing or
too long is stored all the same and said by the rules, so that nothing typed is ever lost."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import BooleanField, Field, Form, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget, RadioInput

from app.core.forms import ChoiceField, DayField, LongTextField, TextField, YenField, _Typed, select_choices
from app.core.i18n import _, _l
from app.questionnaires.choices import ColumnType, QuestionType
from app.questionnaires.definitions import Column, Question
from app.questionnaires.definitions.values import is_empty

T = QuestionType
SPARE_ROWS = 2
#: (typed text) → (stored answer or None, candidates)
Find = Callable[[str], tuple[dict[str, Any] | None, list[str]]]
_NUMBER = re.compile(r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,16})(\.[0-9]{1,6})?", re.ASCII)


class Wanted:
    """Marks a field as required without refusing an empty one: a draft may be incomplete."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        return None


class NumberField(_Typed):
    """A number with decimals, kept as an exact decimal text."""

    message = _l("Write a number, such as 12 or 0.5 or -3.")

    def read(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("△", "-")
        if len(plain) > 40 or not _NUMBER.fullmatch(plain):
            raise ValueError("not a number")
        try:
            return format(Decimal(plain.replace(",", "")), "f")
        except InvalidOperation:
            raise ValueError("not a number") from None


class RadioField(ChoiceField):
    """One of a few choices as radio buttons; none is fine."""

    widget = ListWidget(prefix_label=False)
    option_widget = RadioInput()


class OrganisationField(TextField):
    """An organisation of the register by number or name; ``answer`` is what is stored."""

    find: Find | None = None
    known: dict[str, Any] | None = None  # what is stored: its name means the same organisation for ever
    answer: dict[str, Any] | None = None
    errors: Any

    def post_validate(self, form: Form, validation_stopped: bool) -> None:
        self.answer = None
        if self.known and self.data == self.known.get("name"):
            self.answer = self.known
        if not self.data or self.answer or self.errors or self.find is None:
            return
        self.answer, candidates = self.find(self.data)
        if self.answer is None:
            self.errors = [*self.errors, self._advice(candidates)]

    @staticmethod
    def _advice(candidates: list[str]) -> str:
        if candidates:
            return _("Several organisations fit; write the number of the right one: %(names)s",
                     names=", ".join(candidates))  # fmt: skip
        return _("The register holds no such organisation. Write its corporate number or its full name.")


def posted_rows(key: str, names: Iterable[str]) -> int:
    """How many rows of a table a browser sent."""
    found = re.compile(rf"q_{re.escape(key)}__([0-9]{{1,2}})__")
    return max((int(match[1]) + 1 for name in names if (match := found.match(name))), default=0)


def answer_fields(
    questions: Iterable[Question], answers: Mapping[str, Any], find: Find, posted: Iterable[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of these questions, named ``q_<key>`` (tables ``q_<key>__<row>__<column>``), and what fills them."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    posted = list(posted)
    for question in questions:
        if not question.is_typed:
            continue
        stored, name = answers.get(question.key), f"q_{question.key}"
        if question.type is T.table:
            _table(question, stored, posted_rows(question.key, posted), fields, data)
            continue
        fields[name] = _field(question, find, stored)
        data[name] = _filled(question, stored)
    return fields, data


def _field(question: Question, find: Find, stored: Any) -> Any:
    marks = [Wanted()] if question.required else []
    help_text = question.help
    common = {"description": help_text if help_text.en else ""}
    t = question.type
    if t is T.short_text:
        return TextField(question.label, marks, limit=2_000, render_kw=_count(question), **common)
    if t is T.long_text:
        return LongTextField(question.label, marks, limit=80_000, render_kw=_count(question), **common)
    if t is T.number:
        return NumberField(question.label, marks, render_kw={"inputmode": "decimal"}, **common)
    if t is T.yen:
        return YenField(question.label, marks, render_kw={"inputmode": "numeric"}, **common)
    if t is T.date:
        return DayField(question.label, marks, **common)
    if t is T.organisation:
        bound = type(
            "BoundOrganisationField",
            (OrganisationField,),
            {"find": staticmethod(find), "known": stored if isinstance(stored, dict) else None},
        )
        return bound(question.label, marks, **common)
    if t is T.statement:
        return BooleanField(_("We agree"), description="")
    if t is T.multiple_choice:
        return SelectMultipleField(
            question.label, marks, option_widget=CheckboxInput(), validate_choice=True,
            choices=select_choices([(option.code, option.label) for option in question.options]), **common,
        )  # fmt: skip
    pairs: list[tuple[str, Any]] = [(option.code, option.label) for option in question.options]
    if t is T.yes_no:
        pairs = [("yes", _("Yes")), ("no", _("No"))]
    if len(pairs) > 7:
        return ChoiceField(question.label, marks, choices=[("", _("Choose")), *pairs], **common)
    return RadioField(question.label, marks, choices=[*pairs, ("", _("not answered"))], **common)


def _count(question: Question) -> dict[str, Any]:
    return {"data-limit": str(question.limit)}


def _filled(question: Question, stored: Any) -> Any:
    t = question.type
    if is_empty(stored):
        return [] if t is T.multiple_choice else None
    if t is T.yes_no:
        return "yes" if stored is True else "no"
    if t is T.date:
        return _day(stored)
    if t is T.organisation:
        return stored.get("name") if isinstance(stored, dict) else None
    if t is T.statement:
        return stored is True
    return stored


def _day(stored: Any) -> date | None:
    try:
        return date.fromisoformat(stored)
    except (TypeError, ValueError):
        return None


def _table(question: Question, stored: Any, posted: int, fields: dict[str, Any], data: dict[str, Any]) -> None:
    rows = stored if isinstance(stored, list) else []
    count = max(posted, min(max(len(rows) + SPARE_ROWS, question.min_rows), max(question.max_rows, len(rows))))
    for n in range(min(count, 60)):
        for column in question.columns:
            name = f"q_{question.key}__{n}__{column.key}"
            fields[name] = _cell(question, n + 1, column)
            cell = rows[n].get(column.key) if n < len(rows) and isinstance(rows[n], dict) else None
            data[name] = _day(cell) if column.type is ColumnType.date else cell


def _cell(question: Question, n: int, column: Column) -> Any:
    label = _("%(question)s, row %(n)d: %(column)s", question=question.label, n=n, column=column.label)
    if column.type is ColumnType.number:
        return NumberField(label)
    if column.type is ColumnType.yen:
        return YenField(label)
    return DayField(label) if column.type is ColumnType.date else TextField(label, limit=1_000)


def answers_of(form: Any, questions: Iterable[Question]) -> dict[str, Any]:
    """The stored answers that a valid form holds, by question key; None for an empty one.

    A row that was emptied stays in its place, so that the rows below it keep theirs while somebody else types there.
    """
    found: dict[str, Any] = {}
    for question in questions:
        if not question.is_typed:
            continue
        if question.type is T.table:
            found[question.key] = _rows_of(form, question)
            continue
        field = form[f"q_{question.key}"]
        found[question.key] = _stored(question, field)
    return found


def _stored(question: Question, field: Any) -> Any:
    t = question.type
    if t is T.yes_no:
        return {"yes": True, "no": False}.get(field.data)
    if t is T.statement:
        return True if field.data else None
    if t is T.organisation:
        return field.answer
    if t is T.date:
        return field.data.isoformat() if field.data else None
    return None if is_empty(field.data) else field.data


def _rows_of(form: Any, question: Question) -> list[dict[str, Any]] | None:
    rows = []
    for n in range(60):
        if f"q_{question.key}__{n}__{question.columns[0].key}" not in form:
            break
        row = {c.key: _plain(form[f"q_{question.key}__{n}__{c.key}"].data) for c in question.columns}
        rows.append({key: value for key, value in row.items() if not is_empty(value)})
    while rows and not rows[-1]:
        rows.pop()
    return rows or None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
