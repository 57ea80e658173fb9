"""Forms of accounts."""

from wtforms import PasswordField
from wtforms.validators import Length

from app.core.forms import BaseForm, Required, TextField
from app.core.i18n import _l


class SignInForm(BaseForm):
    email = TextField(
        _l("E-mail address"), [Required()], limit=254, render_kw={"type": "email", "autocomplete": "username"}
    )
    password = PasswordField(
        _l("Password"), [Required(), Length(max=200)], render_kw={"autocomplete": "current-password"}
    )
