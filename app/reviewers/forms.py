"""Forms in which reviewers tell of themselves."""

from app.core.forms import BaseForm, ChoiceField, Required, TextField
from app.core.i18n import Bilingual, _l

INTEREST_KINDS = (
    ("employment", Bilingual("Employment or office", "雇用・役職")),
    ("joint_research", Bilingual("Joint research or co-application", "共同研究・共同申請")),
    ("capital", Bilingual("Capital or officers", "資本・役員関係")),
    ("family", Bilingual("Family", "親族関係")),
    ("other", Bilingual("Other", "その他")),
)


class InterestForm(BaseForm):
    organisation = TextField(
        _l("Corporate number or exact name of the organisation"), [Required()], description=_l("As in the register.")
    )
    kind = ChoiceField(_l("Kind of tie"), [Required()], choices=[("", ""), *INTEREST_KINDS])
    note = TextField(_l("Note"), limit=400)
