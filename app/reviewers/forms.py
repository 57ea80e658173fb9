"""Forms in which reviewers tell of themselves."""

from app.core.forms import BaseForm, ChoiceField, Required, TextField, choices_of
from app.core.i18n import _l
from app.reviewers.choices import InterestKind


class InterestForm(BaseForm):
    organisation = TextField(
        _l("Corporate number or exact name of the organisation"), [Required()], description=_l("As in the register.")
    )
    kind = ChoiceField(_l("Kind of tie"), [Required()], choices=choices_of(InterestKind, ""))
    note = TextField(_l("Note"), limit=400)
