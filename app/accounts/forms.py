"""Forms of accounts."""

from wtforms import BooleanField, PasswordField, SelectMultipleField
from wtforms.validators import Email, EqualTo, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.choices import Role
from app.core.forms import BaseForm, ChoiceField, Required, TextField, VersionField, select_choices
from app.core.i18n import _l


class SignInForm(BaseForm):
    email = TextField(
        _l("E-mail address"), [Required()], limit=254, render_kw={"type": "email", "autocomplete": "username"}
    )
    password = PasswordField(
        _l("Password"), [Required(), Length(max=200)], render_kw={"autocomplete": "current-password"}
    )


class ForgotForm(BaseForm):
    email = TextField(_l("E-mail address"), [Required(), Email()], limit=254, render_kw={"type": "email"})


class PasswordForm(BaseForm):
    password = PasswordField(
        _l("New password"), [Required(), Length(max=200)], description=_l("At least 12 characters."),
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip
    again = PasswordField(
        _l("The same again"), [Required(), EqualTo("password", _l("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class RolesField(SelectMultipleField):
    """Any number of roles, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RightsForm(BaseForm):
    version = VersionField()
    roles = RolesField(_l("Roles"), choices=select_choices((role.value, role.label) for role in Role))
    scope = TextField(_l("Code of the cluster (for a cluster manager)"), limit=60)
    active = BooleanField(_l("The account may sign in"))

    def rights(self) -> list[tuple[Role, str]]:
        chosen = [Role(value) for value in self.roles.data or []]
        return [(role, self.scope.data or "" if role is Role.cluster_manager else "") for role in chosen]


class PersonForm(BaseForm):
    email = TextField(_l("E-mail address"), [Required(), Email()], limit=254, render_kw={"type": "email"})
    name = TextField(_l("Name"), [Required()])
    role = ChoiceField(_l("Role"), [Required()], choices=[("", ""), *((role.value, role.label) for role in Role)])
    scope = TextField(_l("Code of the cluster (for a cluster manager)"), limit=60)
    organisation = TextField(_l("Acts for (key or corporate number of the organisation)"), limit=60)
    locale = ChoiceField(_l("Language of letters"), [Required()], choices=[("ja", "日本語"), ("en", "English")])
