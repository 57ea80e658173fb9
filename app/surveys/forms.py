"""Forms of surveys: a wave, a question of our own, the firm's answer, and what an index is asked for."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.applications.forms import AddressField
from app.calls.choices import Programme
from app.core import money
from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    choices_of,
)
from app.core.i18n import _, _l
from app.core.money import MAX_YEN
from app.surveys.choices import EFFECT_ITEMS, GROUPS, Basis, ItemKind, Measure, WaveKind
from app.surveys.definitions.effects import options_of
from app.surveys.operations.answering import AnswerData
from app.surveys.operations.composing import ItemData, WaveData

_MINUS = "-−‐△▲"


class SignedField(WholeNumberField):
    """A whole number that may be a loss: -1,500 or △1,500."""

    def read(self, text: str) -> int:
        plain = unicodedata.normalize("NFKC", text).strip()
        sign = -1 if plain[:1] and plain[0] in _MINUS else 1
        number = sign * money.parse_yen(plain.lstrip(_MINUS) if sign < 0 else text)
        if not self.low <= number <= self.high:
            raise ValueError("out of range")
        return number

    def show(self, value: int) -> str:
        return f"{value:,}"


class WaveForm(BaseForm):
    kind = ChoiceField(_l("What is asked for"), [Required()])
    title_en = TextField(_l("Title in English"), [Required()])
    title_ja = TextField(_l("Title in Japanese"), [Required()])
    basis = ChoiceField(_l("Who is asked"), [Required()])
    clusters = SelectMultipleField(
        _l("Clusters whose members are asked"), widget=ListWidget(), option_widget=CheckboxInput(), coerce=int
    )
    programme = ChoiceField(_l("Programme whose participants are asked"))
    as_of = DayField(_l("Members or participants as of"), [Required()])
    opens_on = DayField(_l("First day for answers"), [Required()])
    closes_on = DayField(_l("Last day for answers"), [Required()])
    standard = SelectMultipleField(
        _l("Questions of the effect survey"), widget=ListWidget(), option_widget=CheckboxInput()
    )
    answered = ChoiceField(_l("How these questions are answered"))
    first_year = WholeNumberField(_l("First fiscal year asked for"), low=1950, high=2100)
    last_year = WholeNumberField(_l("Last fiscal year asked for"), low=1950, high=2100)
    version = VersionField()

    def __init__(self, *args: Any, clusters: Sequence[Any] = (), officer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.offer(choices_of(WaveKind))
        self.basis.offer(choices_of(Basis if officer else [Basis.clusters]))
        self.clusters.choices = [(one.id, str(one.name)) for one in clusters]
        self.programme.offer(choices_of(Programme, _("None")))
        self.standard.choices = [(code, str(one.name)) for code, one in EFFECT_ITEMS.items()]
        self.answered.offer(choices_of([ItemKind.yes_no, ItemKind.scale]))

    def data_of(self) -> WaveData:
        return WaveData(
            kind=WaveKind(str(self.kind.data)),
            title_en=self.title_en.data,
            title_ja=self.title_ja.data,
            basis=Basis(str(self.basis.data)),
            programme=Programme(str(self.programme.data)) if self.programme.data else None,
            cluster_ids=tuple(self.clusters.data or ()),
            standard=tuple(self.standard.data or ()),
            answered=ItemKind(str(self.answered.data or ItemKind.yes_no.value)),
            **{name: self[name].data for name in ("as_of", "opens_on", "closes_on", "first_year", "last_year")},
        )


class ItemForm(BaseForm):
    group = ChoiceField(_l("Group"), [Required()])
    text_en = TextField(_l("Question in English"), [Required()], limit=400)
    text_ja = TextField(_l("Question in Japanese"), [Required()], limit=400)
    kind = ChoiceField(_l("How it is answered"), [Required()])
    options = LongTextField(_l("Options of its own"), limit=3000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group.offer(choices_of(GROUPS.values()))
        self.kind.offer(choices_of(ItemKind))

    def data_of(self) -> ItemData:
        return ItemData(
            str(self.group.data), ItemKind(str(self.kind.data)), self.text_en.data, self.text_ja.data,
            tuple(_option(number, line) for number, line in enumerate(_lines(self.options.data or ""), 1)),
        )  # fmt: skip


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _option(number: int, line: str) -> dict[str, Any]:
    """``English | 日本語 *``: one language stands for both, the star marks what counts as affirmative."""
    affirmative = line.endswith("*")
    en, _bar, ja = line.rstrip("* ").partition("|")
    en, ja = en.strip(), ja.strip()
    return {"code": f"o{number}", "en": en or ja, "ja": ja or en, "affirmative": affirmative}


class AddressForm(BaseForm):
    email = AddressField(_l("E-mail address"), [Required()])
    locale = ChoiceField(_l("Language of the letter"), choices=[("ja", "日本語"), ("en", "English")], default="ja")


class SureForm(BaseForm):
    sure = BooleanField(_l("Yes, delete these answers; they cannot be given again."))

    def validate_sure(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Say that you are sure."))


class EffectForm(BaseForm):
    """A firm's answers to an effect survey; the questions are added to it as fields."""

    version = VersionField()
    remark = LongTextField(_l("Anything else you want to say (read by the office only)"), limit=2000)
    items: Sequence[Any] = ()

    def answer(self) -> AnswerData:
        said = {str(item.id): self[f"q{item.id}"].data for item in self.items}
        return AnswerData(items={key: code for key, code in said.items() if code}, remark=self.remark.data or "")


def effect_form(items: Sequence[Any], stored: Any, formdata: Any = None) -> EffectForm:
    fields = {
        f"q{item.id}": ChoiceField(
            str(item.text), choices=[(o.code, o.label) for o in options_of(item.kind, item.options)]
        )
        for item in items
    }
    kind = type("EffectForm", (EffectForm,), fields)
    said = {f"q{key}": code for key, code in (stored.answers if stored else {}).items()}
    form: Any = kind(formdata, data={**said, **_head(stored)})
    form.items = items
    return form  # type: ignore[no-any-return]


class FiguresForm(BaseForm):
    """A firm's yearly figures; one field for each year and measure is added to it."""

    version = VersionField()
    jsic = TextField(_l("Main industry (JSIC code), if known"), limit=5)
    remark = LongTextField(_l("Anything else you want to say (read by the office only)"), limit=2000)
    years: Sequence[int] = ()

    def answer(self) -> AnswerData:
        found: dict[str, dict[str, int]] = {}
        for year in self.years:
            values = {m.value: self[f"{m.value}-{year}"].data for m in Measure}
            found[str(year)] = {name: value for name, value in values.items() if value is not None}
        return AnswerData(figures=found, jsic=self.jsic.data or None, remark=self.remark.data or "")

    def validate_jsic(self, field: Any) -> None:
        text = (field.data or "").upper()
        if text and not (text[:1].isalnum() and (text[1:] or "0").isdigit() and text.isascii()):
            raise ValidationError(_("Write a letter or 2 to 4 digits."))
        field.data = text


def figures_form(wave: Any, stored: Any, formdata: Any = None) -> FiguresForm:
    years = range(wave.first_year, wave.last_year + 1)
    fields = {}
    for year in years:
        for measure in Measure:
            high = 100_000_000 if measure is Measure.employees else MAX_YEN
            low = -MAX_YEN if measure.signed else 0
            fields[f"{measure.value}-{year}"] = SignedField(f"{measure.label} {year}", low=low, high=high)
    kind = type("FiguresForm", (FiguresForm,), fields)
    answers: Mapping[str, Any] = stored.answers if stored else {}
    said = {f"{name}-{year}": value for year, values in answers.items() for name, value in values.items()}
    form: Any = kind(formdata, data={**said, **_head(stored), "jsic": stored.jsic if stored else None})
    form.years = years
    return form  # type: ignore[no-any-return]


def _head(stored: Any) -> dict[str, Any]:
    return {"version": stored.version, "remark": stored.remark} if stored else {}


class IndexForm(BaseForm):
    """What an index is asked for."""

    cluster = ChoiceField(_l("Cluster"))
    measure = ChoiceField(_l("Figure"))
    on = DayField(_l("Members as of"))
    first = WholeNumberField(_l("First fiscal year"), low=1950, high=2100)
    last = WholeNumberField(_l("Last fiscal year"), low=1950, high=2100)
    base = WholeNumberField(_l("Base year"), low=1950, high=2100)
    source = ChoiceField(_l("Statistics of industries"))
    without = ChoiceField(_l("Leave out an industry"))

    def offer(
        self, clusters: Sequence[Any], sources: Sequence[str], industries: Sequence[str], everything: bool
    ) -> None:
        """Set what may be chosen; outside the office a cluster must be."""
        whole = [("", _("All clusters together"))] if everything else []
        self.cluster.offer([*whole, *((one.cluster_code, one.name) for one in clusters)])
        self.measure.offer(choices_of(Measure))
        self.source.offer([(one, one) for one in sources] or [("", _("None"))])
        self.without.offer([("", _("None")), *((one, one) for one in industries)])

    def validate_last(self, field: Any) -> None:
        if self.first.data is not None and field.data is not None and not 0 < field.data - self.first.data <= 20:
            raise ValidationError(_("The last year must lie 1 to 20 years after the first."))

    def validate_base(self, field: Any) -> None:
        first, last = self.first.data, self.last.data
        if None not in (first, last, field.data) and not first <= field.data <= last:
            raise ValidationError(_("The base year must be one of the years shown."))
