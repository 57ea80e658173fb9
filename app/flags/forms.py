"""Forms of flags and of the settings of rules."""

from typing import Any

from wtforms import BooleanField

from app.calls.choices import Programme
from app.core.forms import BaseForm, ChoiceField, DayField, TextField, VersionField, WholeNumberField
from app.core.i18n import _l
from app.flags.choices import FlagStatus, Judged
from app.flags.definitions import FlagRule


class HandleForm(BaseForm):
    version = VersionField()
    note = TextField(_l("Reason"), limit=1000)
    until = DayField(_l("Snooze until"))
    judged = ChoiceField(_l("When resolving: was it right?"), choices=[("", ""), *((j.value, j.label) for j in Judged)])


class FlagFilter(BaseForm):
    rule = ChoiceField(_l("Rule"))
    status = ChoiceField(_l("State"), choices=[("", _l("Living")), *((s.value, s.label) for s in FlagStatus)])
    programme = ChoiceField(_l("Programme"), choices=[("", _l("All")), *((p.value, p.short) for p in Programme)])
    owner = ChoiceField(_l("In hand of"), choices=[("", _l("Everybody")), ("me", _l("Me"))])


def setting_form(rule: FlagRule, formdata: Any = None, **data: Any) -> Any:
    """The form of one rule's parameters; fields are named ``p-<parameter>``."""
    fields: dict[str, Any] = {
        "version": VersionField(),
        "enabled": BooleanField(_l("The rule runs")),
        "reason": TextField(_l("Why it is set so"), limit=1000),
    }
    for one in rule.parameters:
        fields[f"p-{one.name}"] = WholeNumberField(one.label, low=one.low, high=one.high)
    return type("SettingForm", (BaseForm,), fields)(formdata, data=data)
