"""Forms of flags."""

from app.core.forms import BaseForm, ChoiceField, DayField, TextField, VersionField
from app.core.i18n import _l
from app.flags.choices import FlagStatus


class HandleForm(BaseForm):
    version = VersionField()
    note = TextField(_l("Reason"), limit=1000)
    until = DayField(_l("Snooze until"))


class FlagFilter(BaseForm):
    rule = ChoiceField(_l("Rule"))
    status = ChoiceField(_l("State"), choices=[("", _l("Living")), *((s.value, s.label) for s in FlagStatus)])
