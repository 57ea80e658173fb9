"""Keeping a view, and taking a file out."""

from wtforms import BooleanField

from app.core.forms import BaseForm, ChoiceField, Required, TextField, VersionField
from app.core.i18n import _l
from app.portfolio.choices import FileKind


class ViewForm(BaseForm):
    name = TextField(_l("Name of the view"), [Required()], limit=100)
    shared = BooleanField(_l("Share it with the office"))
    version = VersionField()


class VersionForm(BaseForm):
    version = VersionField()


class ExportForm(BaseForm):
    kind = ChoiceField(_l("Kind of file"), [Required()], choices=[(kind.value, kind.label) for kind in FileKind])
    reason = TextField(_l("What the file is needed for"), limit=1000)
