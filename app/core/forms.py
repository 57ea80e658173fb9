"""Form fields that know this country's dates, yen and numbers, and say at the field what is wrong."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from wtforms import Field, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.utils import unset_value
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from app.core import fiscal, money
from app.core.i18n import Bilingual, _, _l


class BaseForm(Form):
    """A form without its own CSRF field: the token is checked for every unsafe request (core.http)."""

    class Meta:
        def get_translations(self, form: Form) -> Any:
            from flask_babel import get_translations

            return get_translations()

    def reasons(self) -> list[tuple[str, str, str]]:
        """(field name, its label, message) of everything that is wrong, in the form's order."""
        found: list[tuple[str, str, str]] = []
        for field in self:
            found += [(field.id, str(field.label.text), str(error)) for error in _flat(field.errors)]
        found += [("", "", str(error)) for error in self.form_errors]
        return found

    def refuse(self, name: str, message: Any) -> None:
        """Add an error to one field after validation (a refusal that came from below)."""
        field = self[name]
        field.errors = [*field.errors, message]


def _flat(errors: Any) -> list[Any]:
    if isinstance(errors, dict):
        return [e for value in errors.values() for e in _flat(value)]
    if isinstance(errors, (list, tuple)):
        return [e for value in errors for e in _flat(value)]
    return [errors]


class Required:
    """The field must be filled in; says so in words."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is None or (isinstance(field.data, (str, list)) and not field.data):
            if not field.errors:
                raise StopValidation(_("Fill in this field."))
            raise StopValidation()


def clean_text(value: str, *, multiline: bool = False) -> str:
    """Trim, and refuse what no text should hold. Raises ValueError with the reason in words."""
    if any(0xD800 <= ord(c) <= 0xDFFF for c in value) or "\x00" in value:
        raise ValueError(_("The text holds a character that cannot be stored. Remove it."))
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    allowed = "\n\t" if multiline else "\t"
    if any(unicodedata.category(c) == "Cc" and c not in allowed for c in value):
        raise ValueError(_("The text holds a control character. Remove it."))
    return value.strip()


class TextField(StringField):
    """One line of text of at most ``limit`` characters."""

    data: Any
    render_kw: Any

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), limit: int = 200, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.limit = limit
        self.render_kw = {**(self.render_kw or {}), "maxlength": limit}

    multiline = False

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = valuelist[0]
        self.data = clean_text(valuelist[0], multiline=self.multiline)
        if len(self.data) > self.limit:
            raise ValueError(
                _("The text has %(count)d characters; at most %(limit)d fit.", count=len(self.data), limit=self.limit)
            )


class LongTextField(TextField, TextAreaField):
    """Several lines of text."""

    multiline = True

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), limit: int = 4000, **kwargs: Any) -> None:
        super().__init__(label, validators, limit=limit, **kwargs)
        self.render_kw.pop("maxlength", None)


class _Typed(Field):
    """A text input whose typed text is kept and shown again when it cannot be read."""

    data: Any

    widget = TextInput()
    message: Any = ""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.show(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        self.data = None
        try:
            clean_text(valuelist[0])
            self.data = self.read(valuelist[0])
        except ValueError:
            raise ValueError(str(self.message)) from None


class DayField(_Typed):
    """A day: 2026-04-01, 2026/4/1 or 令和8年4月1日."""

    message = _l("This is not a date. Write it as 2026-04-01 or 令和8年4月1日.")

    def read(self, text: str) -> Any:
        return fiscal.parse_day(text)

    def show(self, value: Any) -> str:
        return value.isoformat()


class YenField(_Typed):
    """Whole yen, from 0 to 1,000,000,000,000."""

    message = _l("Write a whole number of yen from 0 to 1,000,000,000,000, such as 1,500,000.")

    def read(self, text: str) -> int:
        return money.parse_yen(text)

    def show(self, value: int) -> str:
        return f"{value:,}"


class WholeNumberField(_Typed):
    """A whole number between ``low`` and ``high``."""

    def __init__(
        self, label: Any = None, validators: Sequence[Any] = (), low: int = 0, high: int = 10**9, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.low, self.high = low, high

    @property
    def message(self) -> str:  # type: ignore[override]
        return _("Write a whole number from %(low)s to %(high)s.", low=f"{self.low:,}", high=f"{self.high:,}")

    def read(self, text: str) -> int:
        number = money.parse_yen(text)
        if not self.low <= number <= self.high:
            raise ValueError("out of range")
        return number


def select_choices(pairs: Any) -> list[SelectChoice]:
    """(code, label) pairs as WTForms wants them; ready-made choices pass through."""
    return [
        pair if isinstance(pair, SelectChoice) else SelectChoice(value=str(pair[0]), label=pair[1]) for pair in pairs
    ]


class ChoiceField(SelectField):
    """One of some codes; ``choices`` are (code, label) pairs and the first may be ("", prompt)."""

    data: Any

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), choices: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, choices=select_choices(choices), **kwargs)

    def offer(self, pairs: Any) -> None:
        """Set the choices of this one form."""
        self.choices = select_choices(pairs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data == "":
            self.data = None

    def pre_validate(self, form: Any) -> None:
        if self.data is None:
            return
        if not any(str(choice.value) == str(self.data) for choice in self.iter_choices()):
            raise StopValidation(_("Choose one of the values offered."))


class VersionField(IntegerField):
    """The version that the person was looking at (optimistic lock). A form sent without one matches no version."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        if formdata is not None and not self.raw_data:
            self.data = 0
        if self.data is not None and not 0 <= self.data < 2**31:
            self.data = 0  # no version ever: databases would call it an error


def choices_of(codes: Any, prompt: Any = None) -> list[tuple[str, Any]]:
    """(value, label) pairs of a code list or a labelled StrEnum, with an empty prompt first if wanted."""
    pairs = [(code.value, code.label) if hasattr(code, "value") else (code.code, code.name) for code in codes]
    return [("", prompt), *pairs] if prompt is not None else pairs


def say(en: str, ja: str) -> Bilingual:
    return Bilingual(en, ja)
