"""Forms in which reviewers tell of themselves, and officers judge."""

import re
from typing import Any

from wtforms import HiddenField, SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput

from app.applications.forms.fields import CorporateNumberField
from app.clusters.choices import FIELDS
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
    select_choices,
)
from app.core.i18n import _, _l
from app.reviewers.choices import ConflictVerdict, InterestKind, Language, ReviewerKind
from app.reviewers.definitions import MAX_STRANGERS, Stranger
from app.reviewers.operations import ProfileData


class InterestForm(BaseForm):
    kind = ChoiceField(_l("Kind of tie"), [Required()], choices=choices_of(InterestKind, ""))
    organisation = TextField(
        _l("Corporate number or exact name of the organisation"), description=_l("As in the register.")
    )
    name = TextField(_l("Name of an organisation that the register does not hold"))
    corporate_number = CorporateNumberField(_l("Its corporate number, if you know it"))
    person_name = TextField(
        _l("Name of the person"), description=_l("For family, teachers, students and partners in research.")
    )
    note = TextField(_l("Note"), limit=400)


class ProfileForm(BaseForm):
    version = VersionField()
    kind = ChoiceField(_l("I work at"), [Required()], choices=choices_of(ReviewerKind, ""))
    name_kana = TextField(_l("Name in kana"), description=_l("Family name first, with a space: ヤマダ タロウ"))
    name_roman = TextField(_l("Name in Latin letters"), description=_l("For example Yamada Taro"))
    other_names = TextField(
        _l("Other names that you used or use"),
        description=_l("Separated by semicolons. Conflicts are looked for by them."),
    )
    languages = SelectMultipleField(
        _l("Languages in which you review"),
        option_widget=CheckboxInput(),
        choices=select_choices((code.value, code.label) for code in Language),
    )
    fields = SelectMultipleField(
        _l("Fields"),
        option_widget=CheckboxInput(),
        choices=select_choices((code.code, code.name) for code in FIELDS.values()),
    )
    keywords = LongTextField(_l("Keywords"), limit=1000, description=_l("Separated by commas."))
    orcid = TextField(_l("ORCID"), limit=40, description=_l("For example 0000-0002-1825-0097"))
    erad_number = TextField(_l("Researcher number of e-Rad"), limit=20, description=_l("Eight digits."))
    load_limit = WholeNumberField(_l("Most reviews in one call"), high=200, description=_l("Empty: no limit."))

    def validate_orcid(self, field: Any) -> None:
        """The form of the number; whether its check digit fits is only a warning (``remarks``)."""
        plain = (field.data or "").strip().removeprefix("https://orcid.org/").upper()
        if plain and not re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", plain, re.ASCII):
            raise ValidationError(_("Write the ORCID as four groups of four, such as 0000-0002-1825-0097."))
        field.data = plain

    def values(self) -> ProfileData:
        return ProfileData(
            kind=ReviewerKind(self.kind.data), languages=tuple(self.languages.data or ()),
            fields=tuple(self.fields.data or ()), keywords=self.keywords.data or "", orcid=self.orcid.data or "",
            erad_number=self.erad_number.data or "", load_limit=self.load_limit.data,
            name_kana=self.name_kana.data or "", name_roman=self.name_roman.data or "",
            other_names=self.other_names.data or "",
        )  # fmt: skip


class EmployerForm(BaseForm):
    organisation = TextField(
        _l("Corporate number or exact name of the organisation"), description=_l("As in the register.")
    )
    name = TextField(_l("Name of an organisation that the register does not hold"))
    corporate_number = CorporateNumberField(_l("Its corporate number, if you know it"))
    position = TextField(_l("Position"))
    starts_on = DayField(_l("From"))
    ends_on = DayField(_l("Until"), description=_l("Empty: still."))


class EndForm(BaseForm):
    ends_on = DayField(_l("Ended on"), [Required()])


class ReasonForm(BaseForm):
    reason = TextField(_l("Reason"), [Required()], limit=1000)


class JudgeForm(BaseForm):
    verdict = ChoiceField(_l("Judgement"), [Required()], choices=choices_of(ConflictVerdict, ""))
    reason = LongTextField(_l("Reason"), [Required()])
    seen = HiddenField()

    def keys(self) -> frozenset[str]:
        """The hits that the judge was shown."""
        return frozenset(filter(None, (self.seen.data or "")[:20_000].splitlines()))


class StrangersForm(BaseForm):
    """People who have no account yet, one a line."""

    people = LongTextField(
        _l("Candidates"),
        [Required()],
        limit=20_000,
        description=_l(
            "One a line: name; name in Latin letters or kana; employer; corporate number; e-mail. Only the name must be there."
        ),
    )

    def validate_people(self, field: Any) -> None:
        lines = [line for line in (field.data or "").split("\n") if line.strip()]
        if len(lines) > MAX_STRANGERS:
            raise ValidationError(_("At most %(n)d lines at a time.", n=MAX_STRANGERS))

    def strangers(self) -> list[Stranger]:
        found = []
        for line in (self.people.data or "").split("\n"):
            parts = [part.strip() for part in line.replace("；", ";").split(";")] + [""] * 5
            if parts[0]:
                found.append(Stranger(*parts[:5]))
        return found
