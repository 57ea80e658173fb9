"""Forms of names that came in, of merges, and of organisations over time."""

from typing import Any

from wtforms import ValidationError

from app.core.forms import BaseForm, ChoiceField, DayField, Required, TextField, VersionField, choices_of
from app.core.i18n import _, _l
from app.organisations.choices import ORG_TYPES, PREFECTURES, Decision, SuccessionKind


class NameForm(BaseForm):
    """A name typed by hand."""

    name = TextField(_l("Name as it came in"), [Required()])
    corporate_number = TextField(_l("Corporate number, if known"), limit=30)
    prefecture = ChoiceField(_l("Prefecture"))
    note = TextField(_l("Where it comes from"), limit=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prefecture.offer(choices_of(PREFECTURES.values(), _("Unknown")))


class DecideForm(BaseForm):
    """Which organisation a name means: a suggestion (its id), another one, a new one, or none."""

    answer = ChoiceField(_l("Which organisation is it?"), [Required()])
    organisation = TextField(_l("Another organisation: its key or corporate number"), limit=60)
    name_ja = TextField(_l("Name in Japanese"))
    name_en = TextField(_l("Name in English"))
    org_type = ChoiceField(_l("Kind"))
    why = TextField(_l("Why"), limit=400)
    version = VersionField()

    def __init__(self, *args: Any, suggested: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(one.value, one.label) for one in (Decision.another, Decision.new, Decision.none)]
        self.answer.offer([*((str(match.organisation_id), row.name) for match, row in suggested), *others])
        self.org_type.offer(choices_of(ORG_TYPES.values(), _("Choose")))

    def validate_name_ja(self, field: Any) -> None:
        if self.answer.data == Decision.new.value and not field.data and not self.name_en.data:
            raise ValidationError(_("Give a name in one language at least."))

    def validate_org_type(self, field: Any) -> None:
        if self.answer.data == Decision.new.value and not field.data:
            raise ValidationError(_("Choose the kind of the new organisation."))

    def decision(self) -> Decision:
        typed = str(self.answer.data)
        return Decision(typed) if typed in (Decision.another, Decision.new, Decision.none) else Decision.same


class WhyForm(BaseForm):
    reason = TextField(_l("Reason"), [Required()], limit=400)
    version = VersionField()


class OtherForm(BaseForm):
    """The other entry of a merge."""

    organisation = TextField(_l("The other entry: its key or corporate number"), [Required()], limit=60)
    reason = TextField(_l("Why the two are one organisation"), limit=400)


class RenameForm(BaseForm):
    name_ja = TextField(_l("New name in Japanese"))
    name_en = TextField(_l("New name in English"))
    on = DayField(_l("From"), [Required()])
    evidence = TextField(_l("Evidence"), limit=400)
    version = VersionField()


class AliasForm(BaseForm):
    alias_ja = TextField(_l("Further name in Japanese"))
    alias_en = TextField(_l("Further name in English"))
    source = TextField(_l("Source"), limit=400)


class SuccessionForm(BaseForm):
    successor = TextField(_l("Successor: its key or corporate number"), [Required()], limit=60)
    succession_kind = ChoiceField(_l("How"), [Required()])
    effective_on = DayField(_l("From"), [Required()])
    proof = TextField(_l("Evidence"), limit=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.succession_kind.offer(choices_of(SuccessionKind, _("Choose")))
