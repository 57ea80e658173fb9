"""Forms of network activities and of incubation."""

import re
from typing import Any

from wtforms import SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.clusters.choices import ActivityKind, AttendeeRole, ResultKind, TrainingProgramme
from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    YenField,
    choices_of,
)
from app.core.i18n import _, _l
from app.organisations.choices import PREFECTURES


class ActivityForm(BaseForm):
    kind = ChoiceField(_l("Kind"), [Required()])
    title_ja = TextField(_l("Title in Japanese"))
    title_en = TextField(_l("Title in English"))
    clusters = SelectMultipleField(_l("Clusters that hold it"), widget=ListWidget(), option_widget=CheckboxInput())
    held_on = DayField(_l("Held on"), [Required()])
    ended_on = DayField(_l("Last day, when it takes several"))
    place = TextField(_l("Where it is held"))
    country = TextField(_l("Country (two letters)"), [Required()], limit=2)
    partners = TextField(_l("Partners"), limit=400)
    head_count = WholeNumberField(_l("Persons who came, as reported"), high=1_000_000)
    block = TextField(_l("Block, for a financial support conference"), limit=60)
    programme = ChoiceField(_l("Programme, for a training"))
    outcomes = LongTextField(_l("Outcomes"))
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.offer(choices_of(ActivityKind, _("Choose")))
        self.programme.offer(choices_of(TrainingProgramme, _("None")))
        self.clusters.choices = []

    def validate_country(self, field: Any) -> None:
        field.data = (field.data or "").upper()
        if not re.fullmatch("[A-Z]{2}", field.data):
            raise ValidationError(_("Write two letters, such as JP or IT."))

    def values(self) -> dict[str, Any]:
        texts = ("title_ja", "title_en", "place", "partners", "block", "outcomes")
        return {
            "kind": ActivityKind(str(self.kind.data)),
            "programme": TrainingProgramme(str(self.programme.data)) if self.programme.data else None,
            "country": self.country.data,
            **{name: self[name].data or "" for name in texts},
            **{name: self[name].data for name in ("held_on", "ended_on", "head_count")},
        }


class AttendanceForm(BaseForm):
    organisation = TextField(_l("Organisation: key, corporate number, or its name as given"), [Required()])
    role = ChoiceField(_l("Role"), [Required()])
    persons = WholeNumberField(_l("Persons"), [Required()], low=1, high=100_000)
    person_name = TextField(_l("Person’s name, if it matters (never public)"), limit=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.offer(choices_of(AttendeeRole))


class ResultForm(BaseForm):
    result_kind = ChoiceField(_l("What came of it"), [Required()])
    firm = TextField(_l("Organisation: its key or its corporate number"), [Required()], limit=60)
    partner = TextField(_l("With whom: key or corporate number"), limit=60)
    agreed_on = DayField(_l("Agreed on"), [Required()])
    amount_yen = YenField(_l("Amount (yen)"))
    note = TextField(_l("Note"), limit=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result_kind.offer(choices_of(ResultKind, _("Choose")))


class FacilityForm(BaseForm):
    name_ja = TextField(_l("Name in Japanese"))
    name_en = TextField(_l("Name in English"))
    cluster = ChoiceField(_l("Cluster"))
    operator = TextField(_l("Operator: its key or its corporate number"), limit=60)
    prefecture = ChoiceField(_l("Prefecture"))
    opened_on = DayField(_l("Opened on"), [Required()])
    closed_on = DayField(_l("Closed on"))
    tenants = WholeNumberField(_l("Tenants"), high=100_000)
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prefecture.offer(choices_of(PREFECTURES.values(), _("Unknown")))
        self.cluster.offer([("", _("None"))])

    def values(self) -> dict[str, Any]:
        return {
            **{name: self[name].data or "" for name in ("name_ja", "name_en", "operator")},
            **{name: self[name].data for name in ("prefecture", "opened_on", "closed_on", "tenants")},
        }


class ManagerForm(BaseForm):
    person_name = TextField(_l("Name"), [Required()])
    qualified_on = DayField(_l("Qualified on"), [Required()])
    programme = ChoiceField(_l("Programme"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme.offer(choices_of(TrainingProgramme, _("Unknown")))
