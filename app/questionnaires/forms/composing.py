"""Forms with which officers compose sections and questions, both languages side by side."""

import re
from typing import Any

from wtforms import BooleanField, FileField, ValidationError

from app.core.forms import BaseForm, ChoiceField, LongTextField, Required, TextField, VersionField, choices_of
from app.core.i18n import _, _l
from app.questionnaires.choices import ColumnType, QuestionType, Severity
from app.questionnaires.definitions import SETTINGS, Question, Section, question_as_json

SPARE = 3
_ROW = re.compile(r"(options|columns|checks)_([0-9]{1,2})_")
_INDEX = re.compile(r"(options|columns|checks)\[([0-9]+)\]")


class SectionForm(BaseForm):
    version = VersionField()
    key = TextField(_l("Key"), [Required()], limit=40)
    title_en = TextField(_l("Title in English"), [Required()])
    title_ja = TextField(_l("Title in Japanese"), [Required()])
    help_en = LongTextField(_l("Help in English"), limit=2000)
    help_ja = LongTextField(_l("Help in Japanese"), limit=2000)
    show_when = TextField(_l("Show when"), limit=500)


def section_form(section: Section | None, version: int, formdata: Any = None) -> SectionForm:
    data: dict[str, Any] = {"version": version}
    if section is not None:
        data |= {"key": section.key, "show_when": section.show_when, "title_en": section.title.en,
                 "title_ja": section.title.ja, "help_en": section.help.en, "help_ja": section.help.ja}  # fmt: skip
    return SectionForm(formdata, data=data)


def _pair(form: Any, name: str) -> dict[str, str]:
    return {"en": form[f"{name}_en"].data or "", "ja": form[f"{name}_ja"].data or ""}


def section_data(form: Any) -> dict[str, Any]:
    """What the form holds, as a file would write it."""
    data: dict[str, Any] = {
        "key": form.key.data or "",
        "title": _pair(form, "title"),
        "show_when": form.show_when.data or "",
    }
    if any(_pair(form, "help").values()):
        data["help"] = _pair(form, "help")
    return data


class _QuestionForm(BaseForm):
    version = VersionField()
    key = TextField(_l("Key"), [Required()], limit=40)
    label_en = TextField(_l("Question in English"), [Required()], limit=300)
    label_ja = TextField(_l("Question in Japanese"), [Required()], limit=300)
    help_en = LongTextField(_l("Help in English"), limit=2000)
    help_ja = LongTextField(_l("Help in Japanese"), limit=2000)
    show_when = TextField(_l("Show when"), limit=500)
    was = TextField(_l("Key in an earlier version whose answers it takes over"), limit=40)


def _settings_fields(kind: QuestionType) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "unit_en": TextField(_("Unit in English"), limit=40),
        "unit_ja": TextField(_("Unit in Japanese"), limit=40),
        "decimals": TextField(_("Decimals (0 to 6)"), limit=1),
        "minimum": TextField(_("At least"), limit=20),
        "maximum": TextField(_("At most"), limit=20),
        "earliest": TextField(_("Earliest day (2026-04-01)"), limit=10),
        "latest": TextField(_("Latest day (2026-04-01)"), limit=10),
        "min_characters": TextField(_("Characters, at least"), limit=5),
        "max_characters": TextField(_("Characters, at most"), limit=5),
        "max_choices": TextField(_("Choices, at most"), limit=2),
        "min_rows": TextField(_("Rows, at least"), limit=2),
        "max_rows": TextField(_("Rows, at most"), limit=2),
        "text_en": LongTextField(_("Text of the statement in English"), [Required()]),
        "text_ja": LongTextField(_("Text of the statement in Japanese"), [Required()]),
        "expression": TextField(_("Expression"), [Required()], limit=500),
    }
    wanted = SETTINGS[kind]
    return {name: field for name, field in fields.items() if name in wanted or name[:-3] in wanted}


def _row_fields(kind: str, n: int) -> dict[str, Any]:
    p, no = f"{kind}_{n}", n + 1
    if kind == "options":
        return {
            f"{p}_code": TextField(_("Choice %(n)d: code", n=no), limit=40),
            f"{p}_label_en": TextField(_("Choice %(n)d in English", n=no)),
            f"{p}_label_ja": TextField(_("Choice %(n)d in Japanese", n=no)),
        }
    if kind == "columns":
        return {
            f"{p}_key": TextField(_("Column %(n)d: key", n=no), limit=40),
            f"{p}_label_en": TextField(_("Column %(n)d in English", n=no)),
            f"{p}_label_ja": TextField(_("Column %(n)d in Japanese", n=no)),
            f"{p}_type": ChoiceField(_("Column %(n)d: what it holds", n=no), choices=choices_of(ColumnType)),
            f"{p}_total": BooleanField(_("Column %(n)d: show the total", n=no)),
        }
    return {
        f"{p}_expression": TextField(_("Check %(n)d: what must hold", n=no), limit=500),
        f"{p}_message_en": TextField(_("Check %(n)d: message in English", n=no), limit=500),
        f"{p}_message_ja": TextField(_("Check %(n)d: message in Japanese", n=no), limit=500),
        f"{p}_severity": ChoiceField(_("Check %(n)d: how grave", n=no), choices=choices_of(Severity)),
    }


def row_kinds(kind: QuestionType) -> list[str]:
    """Which lists of rows the form of a type has."""
    return [name for name in ("options", "columns") if name in SETTINGS[kind]] + ["checks"]


def question_form(kind: QuestionType, question: Question | None, version: int, formdata: Any = None) -> Any:
    """The form of one question with the settings of its type and some spare rows for choices, columns and checks."""
    row = question_as_json(question) if question is not None else {}
    settings = row.get("settings", {})
    lists = {
        "options": settings.get("options", []),
        "columns": settings.get("columns", []),
        "checks": row.get("checks", []),
    }
    fields = _settings_fields(kind)
    data: dict[str, Any] = {"version": version, **_flat(row), **_flat(settings)}
    if kind is not QuestionType.calculated:
        fields["required"] = BooleanField(_("An answer is required"))
        data["required"] = row.get("required", False)
    counts = {}
    for name in row_kinds(kind):
        sent = [int(m[2]) + 1 for key in formdata or () if (m := _ROW.match(key)) and m[1] == name]
        counts[name] = min(60, max([len(lists[name]) + SPARE, *sent]))
        for n in range(counts[name]):
            fields |= _row_fields(name, n)
            if n < len(lists[name]):
                data |= {f"{name}_{n}_{key}": value for key, value in _flat(lists[name][n]).items()}
    form = type("TheQuestionForm", (_QuestionForm,), {**fields, "counts": counts, "kind": kind})(formdata, data=data)
    return form


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and set(value) == {"en", "ja"}:
            found |= {f"{name}_en": value["en"], f"{name}_ja": value["ja"]}
        elif not isinstance(value, (dict, list)):
            found[name] = value if isinstance(value, bool) else str(value)
    return found


def question_data(form: Any) -> dict[str, Any]:
    """What the form holds, as a file would write it. Rows without any text are left out."""
    data: dict[str, Any] = {
        "key": form.key.data or "", "type": form.kind.value, "label": _pair(form, "label"),
        "required": bool(form.required.data) if "required" in form else False,
        "show_when": form.show_when.data or "", "was": form.was.data or "",
    }  # fmt: skip
    if any(_pair(form, "help").values()):
        data["help"] = _pair(form, "help")
    settings: dict[str, Any] = {}
    for name in SETTINGS[form.kind]:
        if name in ("options", "columns"):
            settings[name] = [_row(form, name, n) for n in _filled(form, name)]
        elif name in ("unit", "text"):
            if any(_pair(form, name).values()):
                settings[name] = _pair(form, name)
        elif form[name].data:
            settings[name] = _number(name, form[name].data)
    data["settings"] = settings
    data["checks"] = [_row(form, "checks", n) for n in _filled(form, "checks")]
    return data


def _number(name: str, text: str) -> Any:
    if name in ("minimum", "maximum", "earliest", "latest", "expression"):
        return text.replace(",", "") if name in ("minimum", "maximum") else text
    return int(text) if text.isascii() and text.isdigit() else text  # the reader says what is wrong with it


def _filled(form: Any, name: str) -> list[int]:
    texts = {"options": ("code", "label_en", "label_ja"), "columns": ("key", "label_en", "label_ja"),
             "checks": ("expression", "message_en", "message_ja")}[name]  # fmt: skip
    return [n for n in range(form.counts[name]) if any(form[f"{name}_{n}_{part}"].data for part in texts)]


def _row(form: Any, name: str, n: int) -> dict[str, Any]:
    p = f"{name}_{n}"
    if name == "checks":
        return {"expression": form[f"{p}_expression"].data or "", "message": _pair(form, f"{p}_message"),
                "severity": form[f"{p}_severity"].data or "error"}  # fmt: skip
    row: dict[str, Any] = {"label": _pair(form, f"{p}_label")}
    if name == "options":
        return {"code": form[f"{p}_code"].data or "", **row}
    row |= {"key": form[f"{p}_key"].data or "", "type": form[f"{p}_type"].data or "text"}
    return {**row, "total": True} if form[f"{p}_total"].data else row


def question_field(form: Any, path: str | None) -> str:
    """The field that a fault's path means (``settings.options[1].label.ja`` → ``options_4_label_ja``), else the key."""
    if not path:
        return "key"
    plain = path.removeprefix("settings.")

    def index(found: "re.Match[str]") -> str:
        filled, n = _filled(form, found[1]), int(found[2])
        return f"{found[1]}_{filled[n] if n < len(filled) else n}"

    name = _INDEX.sub(index, plain).replace(".", "_") if hasattr(form, "counts") else plain.replace(".", "_")
    for candidate in (name, f"{name}_en", f"{name}_0_code", f"{name}_0_key"):
        if candidate in form:
            return candidate
    return "key"


class FileForm(BaseForm):
    version = VersionField()
    file = FileField(_l("Questionnaire file (JSON)"))

    def validate_file(self, field: Any) -> None:
        if not getattr(field.data, "filename", None):
            raise ValidationError(_("Choose a file."))


class CopyForm(BaseForm):
    version = VersionField()
    source = ChoiceField(_l("Copy the questions of"), [Required()], choices=[])
