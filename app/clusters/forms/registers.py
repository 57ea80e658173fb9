"""Forms of the registers: areas, organisations that run a cluster, members known by name only."""

from typing import Any

from wtforms import ValidationError

from app.clusters.choices import BaseRole
from app.core.forms import BaseForm, ChoiceField, DayField, Required, TextField, VersionField, choices_of
from app.core.i18n import _, _l
from app.organisations.choices import PREFECTURES


class AreaForm(BaseForm):
    area_code = TextField(_l("Code"), [Required()], limit=60)
    name_ja = TextField(_l("Name in Japanese"))
    name_en = TextField(_l("Name in English"))
    places = TextField(_l("Municipalities"), limit=400)
    valid_from = DayField(_l("From"))
    valid_to = DayField(_l("Until before"))
    source = TextField(_l("Source"), limit=400)
    version = VersionField()

    def validate_area_code(self, field: Any) -> None:
        if field.data and not (field.data.isascii() and field.data.replace("-", "").replace("_", "").isalnum()):
            raise ValidationError(_("Write letters, digits and hyphens only."))

    def values(self) -> dict[str, Any]:
        texts = ("area_code", "name_ja", "name_en", "places", "source")
        return {
            **{name: self[name].data or "" for name in texts},
            **{name: self[name].data for name in ("valid_from", "valid_to")},
        }


class BaseOrganisationForm(BaseForm):
    organisation = TextField(_l("Organisation: its key or its corporate number"), [Required()], limit=60)
    role = ChoiceField(_l("Role"), [Required()])
    valid_from = DayField(_l("From"), [Required()])
    evidence = TextField(_l("Evidence"), limit=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.offer(choices_of(BaseRole, _("Choose")))


class EndBaseForm(BaseForm):
    valid_to = DayField(_l("No longer from"), [Required()])
    version = VersionField()


class ReportForm(BaseForm):
    name = TextField(_l("Name as it stands in your list"), [Required()])
    corporate_number = TextField(_l("Corporate number, if known"), limit=30)
    prefecture = ChoiceField(_l("Prefecture"))
    valid_from = DayField(_l("Member from"), [Required()])
    evidence = TextField(_l("Evidence"), limit=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prefecture.offer(choices_of(PREFECTURES.values(), _("Unknown")))
