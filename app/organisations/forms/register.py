"""Forms of organisations."""

from typing import Any

from wtforms import ValidationError

from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    YenField,
    choices_of,
)
from app.core.i18n import _, _l
from app.organisations.choices import ORG_TYPES, PREFECTURES, ClusterMatch
from app.organisations.exchange import is_corporate_number

FIELDS = (
    "name_ja",
    "name_en",
    "corporate_number",
    "org_type",
    "prefecture",
    "jsic",
    "jsic_revision",
    "capital_yen",
    "employees",
    "established_on",
    "closed_on",
    "cluster_match",
)


class OrganisationForm(BaseForm):
    name_ja = TextField(_l("Name in Japanese"))
    name_en = TextField(_l("Name in English"))
    corporate_number = TextField(_l("Corporate number"), limit=20)
    org_type = ChoiceField(_l("Kind of organisation"), [Required()], choices=[])
    prefecture = ChoiceField(_l("Prefecture"), choices=[])
    jsic = TextField(_l("Industry (JSIC code)"), limit=5)
    jsic_revision = TextField(_l("Revision of the industry code"), limit=10)
    capital_yen = YenField(_l("Capital (yen)"))
    employees = WholeNumberField(_l("Regular employees"), high=100_000_000)
    established_on = DayField(_l("Established on"))
    closed_on = DayField(_l("Closed on"))
    cluster_match = ChoiceField(_l("Looked up in the cluster registers?"), [Required()], choices=[])
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.org_type.choices = choices_of(ORG_TYPES.values(), _("Choose"))
        self.prefecture.choices = choices_of(PREFECTURES.values(), _("Unknown"))
        self.cluster_match.choices = choices_of(ClusterMatch)
        if not self.cluster_match.data:
            self.cluster_match.data = ClusterMatch.unmatched.value

    def validate_corporate_number(self, field: Any) -> None:
        field.data = (field.data or "").replace("-", "").replace(" ", "") or None
        if field.data and not is_corporate_number(field.data):
            raise ValidationError(_("This is not a corporate number: 13 digits, the first of which checks the others."))

    def validate_name_ja(self, field: Any) -> None:
        if not field.data and not self.name_en.data:
            raise ValidationError(_("Give a name in one language at least."))

    def validate_jsic(self, field: Any) -> None:
        if field.data and not (
            field.data.isascii() and field.data.isalnum() and field.data.isupper() | field.data.isdigit()
        ):
            raise ValidationError(_("Write a letter or 2 to 4 digits, such as F or 2661."))

    def validate_closed_on(self, field: Any) -> None:
        if field.data and self.established_on.data and field.data < self.established_on.data:
            raise ValidationError(_("This day must not lie before the day of establishment."))

    def values(self) -> dict[str, Any]:
        """What was entered, by column."""
        found = {name: self[name].data for name in FIELDS}
        for name in ("name_ja", "name_en"):
            found[name] = found[name] or ""
        for name in ("jsic", "jsic_revision", "corporate_number"):
            found[name] = found[name] or None
        return found

    def typed(self) -> dict[str, str]:
        """What was entered, for people: by label."""
        return {
            str(self[name].label.text): self[name]._value()
            if hasattr(self[name], "_value")
            else str(self[name].data or "")
            for name in FIELDS
        }
