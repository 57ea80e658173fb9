"""Forms of projects."""

from app.applications.choices import Right
from app.calls.choices import Programme
from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    YenField,
    choices_of,
)
from app.core.i18n import _l
from app.organisations.choices import BUREAUS
from app.projects.choices import ProjectStatus


class FilterForm(BaseForm):
    programme = ChoiceField(_l("Programme"), choices=[("", _l("All")), *((p.value, p.short) for p in Programme)])
    status = ChoiceField(_l("State"), choices=[("", _l("All")), *((s.value, s.label) for s in ProjectStatus)])
    region = ChoiceField(_l("Region"), choices=[("", _l("All")), *((c.code, c.name) for c in BUREAUS.values())])
    text = TextField(_l("Number or title"), limit=100)


class PromoteForm(BaseForm):
    version = VersionField()
    amount_yen = YenField(_l("Amount (yen)"), [Required()])
    reason = LongTextField(_l("Reason"), [Required()], description=_l("For the record; not sent to the applicant."))


class EndForm(BaseForm):
    on = DayField(_l("On"), [Required()])
    reason = TextField(_l("Reason"), [Required()], limit=1000)


class PersonForm(BaseForm):
    """Naming somebody of an organisation that joined later."""

    organisation_id = ChoiceField(_l("Organisation"), [Required()], validate_choice=False)
    email = TextField(_l("Mail address"), [Required()], limit=254)
    right = ChoiceField(_l("Right"), [Required()], choices=choices_of(Right))
