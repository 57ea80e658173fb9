"""The form of a message."""

from app.core.forms import BaseForm, LongTextField, Required
from app.core.i18n import _l


class MessageForm(BaseForm):
    text = LongTextField(
        _l("Message"), [Required()], limit=4000, description=_l("Plain text, at most 4,000 characters.")
    )
