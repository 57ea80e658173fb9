"""Forms of a cluster's manager."""

from typing import Any

from wtforms import FileField, ValidationError

from app.core.forms import BaseForm, DayField, Required, TextField, VersionField
from app.core.i18n import _, _l


class MemberForm(BaseForm):
    organisation = TextField(_l("Organisation: its key or its corporate number"), [Required()], limit=60)
    valid_from = DayField(_l("Member from"), [Required()])
    evidence = TextField(_l("Evidence"), limit=400)


class EndForm(BaseForm):
    valid_to = DayField(_l("No longer a member from"), [Required()])
    reason = TextField(_l("Reason and evidence"), [Required()], limit=200)
    version = VersionField()


class FileForm(BaseForm):
    file = FileField(_l("CSV file"))

    def validate_file(self, field: Any) -> None:
        if not getattr(field.data, "filename", None):
            raise ValidationError(_("Choose a file."))
