"""Starting, handing in, taking back, screening, verifying, filtering."""

from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from app.applications.choices import ApplicationStatus
from app.calls.forms import InstantField
from app.core.forms import (
    BaseForm,
    ChoiceField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    select_choices,
)
from app.core.i18n import _l

MIN_PREFIX = 8  # characters of a hash that somebody must know to check a receipt


class StartForm(BaseForm):
    organisation_id = ChoiceField(_l("Organisation for which you apply"), [Required()], choices=[], coerce=str)


class SubmitForm(BaseForm):
    idempotency_key = HiddenField()
    version = VersionField()


class WithdrawForm(BaseForm):
    version = VersionField()
    reason = TextField(_l("Reason (kept on record)"), limit=1000)


class ScreenForm(BaseForm):
    version = VersionField()
    finding = RadioField(
        _l("Finding"),
        [Required()],
        choices=select_choices([("eligible", _l("Eligible: pass on to review")), ("not_eligible", _l("Not eligible"))]),
    )
    explanation = LongTextField(_l("Reasons"))


class SendBackForm(BaseForm):
    """What the office asks to be corrected, until when."""

    version = VersionField()
    parts = SelectMultipleField(_l("Sections to be corrected"), option_widget=CheckboxInput(), choices=[])
    due_at = InstantField(_l("To be handed in again before (JST)"), [Required()])
    why = LongTextField(_l("What has to be corrected (the applicants receive it)"), [Required()])


class VerifyForm(BaseForm):
    prefix = TextField(_l("Beginning of the SHA-256 value (at least 8 characters)"), [Required()], limit=64)


class FilterForm(BaseForm):
    """What the officer's list is narrowed to; anything unreadable counts as not given."""

    call = ChoiceField(_l("Call"), coerce=str)
    status = ChoiceField(
        _l("State"),
        choices=[("", _l("all")), *((s.value, s.label) for s in ApplicationStatus if s is not ApplicationStatus.draft)],
    )
    frame = ChoiceField(
        _l("Frame"),
        choices=[
            ("", _l("all")),
            ("general", _l("General")),
            ("sme", _l("SME")),
            ("energy_saving", _l("Energy-saving")),
        ],
    )
    q = TextField(_l("Number or title"), limit=100)
