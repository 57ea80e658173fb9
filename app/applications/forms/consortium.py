"""Members, people and invitations."""

from typing import Any

from wtforms import BooleanField, PasswordField
from wtforms.validators import Length

from app.applications.choices import MemberRole, Right
from app.applications.forms.fields import AddressField, CorporateNumberField
from app.applications.operations import NewOrganisation
from app.calls.choices import Programme
from app.core.forms import (
    BaseForm,
    ChoiceField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    choices_of,
)
from app.core.i18n import _, _l
from app.organisations.choices import ORG_TYPES, PREFECTURES

ROLES = {
    Programme.consortium_rd: (
        MemberRole.managing_organisation, MemberRole.project_leader, MemberRole.sub_leader, MemberRole.implementer,
        MemberRole.cooperator, MemberRole.adviser,
    ),
    Programme.new_collaboration: (MemberRole.core_company, MemberRole.cooperator, MemberRole.adviser),
}  # fmt: skip


class ConfirmForm(BaseForm):
    version = VersionField()
    agree = BooleanField(_l("I have read this share and confirm it for my organisation"), [Required()])
    name = TextField(_l("Your name, typed"), [Required()])

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if not self.agree.data:
            self.agree.errors = [_("Tick the box to confirm.")]
            return False
        return good


class MemberForm(BaseForm):
    """Add an organisation that was found in the register."""

    version = VersionField()
    organisation_id = WholeNumberField(_l("Organisation"), [Required()], low=1, high=2**31 - 1)
    role = ChoiceField(_l("Role"), [Required()], choices=[])


class NewMemberForm(BaseForm):
    """Add an organisation that the register does not hold yet."""

    version = VersionField()
    name_ja = TextField(_l("Name in Japanese"), [Required()])
    name_en = TextField(_l("Name in English"))
    corporate_number = CorporateNumberField(_l("Corporate number (13 digits)"))
    org_type = ChoiceField(_l("Kind of organisation"), [Required()], choices=[])
    prefecture = ChoiceField(_l("Prefecture"), choices=[])
    role = ChoiceField(_l("Role"), [Required()], choices=[])

    def values(self) -> NewOrganisation:
        return NewOrganisation(
            self.name_ja.data, self.name_en.data or "", str(self.org_type.data), self.prefecture.data,
            self.corporate_number.data,
        )  # fmt: skip


def _roles(programme: Programme) -> list[tuple[str, Any]]:
    return [("", _("Choose")), *((role.value, role.label) for role in ROLES[programme])]


def member_form(application: Any, formdata: Any = None) -> MemberForm:
    form = MemberForm(formdata, data={"version": application.version})
    form.role.offer(_roles(application.call.programme))
    return form


def new_member_form(application: Any, formdata: Any = None) -> NewMemberForm:
    form = NewMemberForm(formdata, data={"version": application.version}, prefix="new_")
    form.role.offer(_roles(application.call.programme))
    form.org_type.offer(choices_of(ORG_TYPES.values(), _("Choose")))
    form.prefecture.offer(choices_of(PREFECTURES.values(), _("Not known")))
    return form


class VersionForm(BaseForm):
    version = VersionField()


class RoleForm(BaseForm):
    version = VersionField()
    role = ChoiceField(_l("Role"), [Required()], choices=[(role.value, role.label) for role in MemberRole])


class OfferForm(RoleForm):
    """The lead offered to a member; ``role`` is what the present lead becomes."""

    member_id = WholeNumberField(_l("Member"), [Required()], low=1, high=2**31 - 1)


class PersonForm(BaseForm):
    """One person of a member, chosen by a button."""

    user_id = WholeNumberField(_l("Person"), [Required()], low=1, high=2**31 - 1)


class RightForm(PersonForm):
    """What one person may do for a member."""

    right = ChoiceField(_l("Right"), [Required()], choices=[(right.value, right.label) for right in Right])


class InviteForm(BaseForm):
    email = AddressField(_l("E-mail address"), [Required()])
    right = ChoiceField(_l("Right"), choices=[(right.value, right.label) for right in Right], default=Right.sign.value)
    locale = ChoiceField(_l("Language of the letter"), choices=[("ja", "日本語"), ("en", "English")], default="ja")


class JoinForm(BaseForm):
    """An account for the invited address, made while accepting."""

    name = TextField(_l("Your name"), [Required()])
    password = PasswordField(
        _l("Choose a password (12 characters or more)"),
        [Required(), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )
