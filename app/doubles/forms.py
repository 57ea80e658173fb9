"""Forms: a verdict, and a file of awards."""

from flask_wtf.file import FileField

from app.core.forms import BaseForm, ChoiceField, LongTextField, Required, VersionField, choices_of
from app.core.i18n import _l
from app.doubles.choices import Verdict


class VerdictForm(BaseForm):
    version = VersionField()
    verdict = ChoiceField(_l("Finding"), [Required()], choices=choices_of(Verdict))
    note = LongTextField(_l("Why"))


class AwardsForm(BaseForm):
    file = FileField(_l("File (CSV)"))
