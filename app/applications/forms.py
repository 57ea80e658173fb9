"""Forms of applications: every section of a draft, the consortium, invitations, screening."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from stdnum.jp import cn
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectMultipleField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput

from app.applications.choices import ApplicationStatus, MemberRole, NoveltyKind
from app.applications.definitions import is_number
from app.applications.operations import MAX_MILESTONES, Basics, Milestone, NewOrganisation, Plan, Share
from app.calls.choices import COST_ITEMS, Programme
from app.clusters.choices import FIELDS
from app.core import money
from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    YenField,
    _Typed,
    choices_of,
    select_choices,
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
SPARE_ROWS = 3
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_JSIC = re.compile(r"[0-9]{4}", re.ASCII)


# --- fields ---------------------------------------------------------------------------------------------------------


class SignedYenField(_Typed):
    """Whole yen that may be negative: -1,500,000 or △1,500,000."""

    message = _l("Write a whole number of yen, such as 1,500,000 or -1,500,000.")

    def read(self, text: str) -> int:
        plain = unicodedata.normalize("NFKC", text).strip()
        negative = plain[:1] in ("-", "−", "△", "▲")
        amount = money.parse_yen(plain[1:] if negative else plain)
        return -amount if negative else amount

    def show(self, value: int) -> str:
        return f"{value:,}"


class CorporateNumberField(_Typed):
    """Thirteen digits whose first checks the others; full width, spaces, hyphens and a leading T are read."""

    message = _l(
        "This is not a corporate number: 13 digits, of which the first checks the others. Compare it once more."
    )

    def read(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).strip().removeprefix("T").replace("-", "").replace(" ", "")
        if not re.fullmatch(r"[0-9]{13}", plain, re.ASCII) or not cn.is_valid(plain):
            raise ValueError("not a corporate number")
        return plain


class JsicField(_Typed):
    """A four-digit class of the industrial classification."""

    message = _l("Write the four digits of the industrial class (JSIC), such as 2711.")

    def read(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).strip()
        if not _JSIC.fullmatch(plain):
            raise ValueError("not a class")
        return plain


class AddressField(_Typed):
    """An address of mail, kept in lower case."""

    message = _l("This is not an e-mail address. Write it as name@example.jp.")

    def read(self, text: str) -> str:
        plain = text.strip().lower()
        if len(plain) > 254 or not _ADDRESS.fullmatch(plain):
            raise ValueError("not an address")
        return plain


class TargetField(_Typed):
    """A plain decimal number, kept as text so that it stays exact."""

    message = _l("Write a number, such as 0.5 or 1200.")

    def read(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).strip()
        if not is_number(plain):
            raise ValueError("not a number")
        return format(Decimal(plain.replace(",", "")), "f")


def _shown(form: BaseForm) -> dict[Any, str]:
    """Label and text of every field, for the page that compares two versions."""
    found: dict[Any, str] = {}
    for field in form:
        if field.name == "version":
            continue
        if isinstance(field, BooleanField):
            found[field.label.text] = "✓" if field.data else "–"
        elif isinstance(field, (ChoiceField, RadioField, SelectMultipleField)):
            chosen = field.data if isinstance(field.data, list) else [field.data]
            named = {str(choice.value): str(choice.label) for choice in field.iter_choices()}
            found[field.label.text] = ", ".join(named.get(str(c), str(c)) for c in chosen if c not in (None, ""))
        else:
            text = field._value() if hasattr(field, "_value") else field.data
            found[field.label.text] = str(text or "")
    return found


class SectionForm(BaseForm):
    """A section of a draft: knows the version that the person was looking at."""

    version = VersionField()

    def shown(self) -> dict[Any, str]:
        return _shown(self)


# --- basics ---------------------------------------------------------------------------------------------------------


class BasicsForm(SectionForm):
    frame_id = ChoiceField(_l("Frame"), [Required()], coerce=str)
    title_ja = TextField(_l("Title in Japanese"))
    title_en = TextField(_l("Title in English"))
    abstract = LongTextField(_l("Abstract"))
    field = ChoiceField(_l("Field"))
    starts_on = DayField(_l("Starts on"))
    ends_on = DayField(_l("Ends on"))
    seed_technology = LongTextField(_l("Seed technology: what it is, whose it is, what is already proven"))
    novelty = SelectMultipleField(
        _l("What is new"), option_widget=CheckboxInput(), choices=select_choices(choices_of(NoveltyKind))
    )
    novelty_text = LongTextField(_l("Why it is new, compared with what exists"))
    combination_text = LongTextField(_l("How the members' fields differ and how they combine"))
    has_written_rules = BooleanField(_l("The body has written rules on roles and responsibilities"))

    def values(self) -> Basics:
        def text(name: str) -> str:
            return (self[name].data or "") if name in self else ""

        return Basics(
            frame_id=int(str(self.frame_id.data)),
            title_en=text("title_en"),
            title_ja=text("title_ja"),
            abstract=text("abstract"),
            field=text("field"),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            seed_technology=text("seed_technology"),
            novelty=tuple(self.novelty.data or ()) if "novelty" in self else (),
            novelty_text=text("novelty_text"),
            combination_text=text("combination_text"),
            has_written_rules=bool(self.has_written_rules.data) if "has_written_rules" in self else False,
        )


def basics_form(application: Any, formdata: Any = None) -> BasicsForm:
    data = {
        name: getattr(application, name)
        for name in ("version", "frame_id", "title_en", "title_ja", "abstract", "field", "starts_on", "ends_on",
                     "seed_technology", "novelty_text", "combination_text", "has_written_rules")
    }  # fmt: skip
    data["novelty"] = [code for code in application.novelty.split(";") if code]
    form = BasicsForm(formdata, data=data)
    form.frame_id.offer([(str(f.id), f.name) for f in application.call.frames])
    form.field.offer(choices_of(FIELDS.values(), _("Choose")))
    if application.call.programme == Programme.consortium_rd:
        del form.novelty, form.novelty_text, form.combination_text, form.has_written_rules
    else:
        del form.seed_technology
    return form


# --- milestones and plan --------------------------------------------------------------------------------------------


class MilestonesForm(SectionForm):
    def rows(self) -> list[Milestone]:
        """The filled-in rows; raises nothing, validation has been asked before."""
        found = []
        for n in range(self.count):
            if self[f"m{n}_goal"].data:
                org = self[f"m{n}_organisation_id"].data
                found.append(
                    Milestone(
                        self[f"m{n}_goal"].data,
                        self[f"m{n}_target_value"].data,
                        self[f"m{n}_unit"].data or "",
                        self[f"m{n}_due_on"].data,
                        int(org) if org else None,
                    )
                )
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        for n in range(self.count):
            parts = {name: self[f"m{n}_{name}"] for name in ("goal", "target_value", "due_on")}
            if any(field.data or field.errors for field in parts.values()) or self[f"m{n}_unit"].data:
                for field in parts.values():
                    if not field.data and not field.errors:
                        field.errors = [_("Fill in this field, or empty the whole row.")]
                        good = False
        return good

    count = 0


def milestones_form(application: Any, formdata: Any = None) -> MilestonesForm:
    stored = list(application.milestones)
    count = min(MAX_MILESTONES, len(stored) + SPARE_ROWS)
    fields: dict[str, Any] = {"count": count}
    data: dict[str, Any] = {"version": application.version}
    seen: dict[int, Any] = {m.organisation_id: m.organisation.name for m in application.members}
    organisations = [("", _("the whole consortium")), *((str(key), name) for key, name in seen.items())]
    for n in range(count):
        p, no = f"m{n}", n + 1
        fields[f"{p}_goal"] = TextField(_("Milestone %(n)d: goal", n=no), limit=400)
        fields[f"{p}_target_value"] = TargetField(_("Milestone %(n)d: target value", n=no))
        fields[f"{p}_unit"] = TextField(_("Milestone %(n)d: unit", n=no), limit=40)
        fields[f"{p}_due_on"] = DayField(_("Milestone %(n)d: due on", n=no))
        fields[f"{p}_organisation_id"] = ChoiceField(_("Milestone %(n)d: responsible", n=no), choices=organisations)
        if n < len(stored):
            for name in ("goal", "target_value", "unit", "due_on"):
                data[f"{p}_{name}"] = getattr(stored[n], name)
            data[f"{p}_organisation_id"] = str(stored[n].organisation_id or "")
    return type("TheMilestonesForm", (MilestonesForm,), fields)(formdata, data=data)  # type: ignore[no-any-return]


class PlanForm(SectionForm):
    product = LongTextField(_l("Product or service"), limit=4000)
    market = LongTextField(_l("Market: who needs it, how large, on what evidence"))
    who_sells = LongTextField(_l("Who makes it and who sells it"))
    first_sale_on = DayField(_l("First sale on"))
    investment_yen = YenField(_l("Investment until the first sale (yen)"))

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        for no in range(1, 11):
            sales, profit = self[f"sales_{no}"], self[f"profit_{no}"]
            if sales.data is None and profit.data is not None and not sales.errors:
                sales.errors = [_("Enter the sales of this year too, 0 if there are none.")]
                good = False
        return good

    def values(self) -> Plan:
        return Plan(
            self.product.data or "",
            self.market.data or "",
            self.who_sells.data or "",
            self.first_sale_on.data,
            self.investment_yen.data,
            {
                no: (self[f"sales_{no}"].data, self[f"profit_{no}"].data or 0)
                for no in range(1, 11)
                if self[f"sales_{no}"].data is not None
            },
        )


def plan_form(application: Any, formdata: Any = None) -> PlanForm:
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"version": application.version}
    plan = application.plan
    if plan is not None:
        for name in ("product", "market", "who_sells", "first_sale_on", "investment_yen"):
            data[name] = getattr(plan, name)
        for year in plan.years:
            data[f"sales_{year.year_no}"], data[f"profit_{year.year_no}"] = year.sales_yen, year.profit_yen
    for no in range(1, 11):
        fields[f"sales_{no}"] = YenField(_("Year %(n)d after completion: sales (yen)", n=no))
        fields[f"profit_{no}"] = SignedYenField(_("Year %(n)d after completion: profit (yen)", n=no))
    return type("ThePlanForm", (PlanForm,), fields)(formdata, data=data)  # type: ignore[no-any-return]


# --- a member's share -----------------------------------------------------------------------------------------------


class ShareForm(SectionForm):
    resources = LongTextField(_l("What the organisation brings and does"))
    contribution_pct = WholeNumberField(_l("Contribution to the whole (%)"), low=0, high=100)
    jsic = JsicField(_l("Industrial class (JSIC, four digits)"))
    holds_seed = BooleanField(_l("Holds the seed technology or knowledge"))
    contact_name = TextField(_l("Contact person"))
    years: tuple[int, ...] = ()

    def values(self) -> Share:
        return Share(
            self.resources.data or "",
            self.contribution_pct.data,
            self.jsic.data,
            bool(self.holds_seed.data),
            self.contact_name.data or "",
            {
                (year, code): self[f"b_{year}_{code}"].data
                for year in self.years
                for code in COST_ITEMS
                if self[f"b_{year}_{code}"].data
            },
        )


def share_form(member: Any, years: list[int], formdata: Any = None) -> ShareForm:
    """The share of one member with a budget cell for each fiscal year and cost item."""
    stored = {(line.fiscal_year, line.cost_item): line.amount_yen for line in member.budget_lines}
    every = tuple(sorted(set(years) | {year for year, _item in stored}))
    fields: dict[str, Any] = {"years": every}
    data = {
        name: getattr(member, name)
        for name in ("version", "resources", "contribution_pct", "jsic", "holds_seed", "contact_name")
    }
    for year in every:
        for code, item in COST_ITEMS.items():
            fields[f"b_{year}_{code}"] = YenField(f"FY{year} {item.name}")
            data[f"b_{year}_{code}"] = stored.get((year, code))
    return type("TheShareForm", (ShareForm,), fields)(formdata, data=data)  # type: ignore[no-any-return]


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


# --- the consortium -------------------------------------------------------------------------------------------------


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


class PersonForm(BaseForm):
    """One person of a member, chosen by a button."""

    user_id = WholeNumberField(_l("Person"), [Required()], low=1, high=2**31 - 1)


class InviteForm(BaseForm):
    email = AddressField(_l("E-mail address"), [Required()])
    locale = ChoiceField(_l("Language of the letter"), choices=[("ja", "日本語"), ("en", "English")], default="ja")


class JoinForm(BaseForm):
    """An account for the invited address, made while accepting."""

    name = TextField(_l("Your name"), [Required()])
    password = PasswordField(
        _l("Choose a password (12 characters or more)"),
        [Required(), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )


class StartForm(BaseForm):
    organisation_id = ChoiceField(_l("Organisation for which you apply"), [Required()], choices=[], coerce=str)


# --- submission and screening ---------------------------------------------------------------------------------------


class SubmitForm(BaseForm):
    idempotency_key = HiddenField()


class WithdrawForm(BaseForm):
    version = VersionField()
    reason = TextField(_l("Reason (kept on record)"), limit=1000)


class ScreenForm(BaseForm):
    version = VersionField()
    finding = RadioField(
        _l("Finding"),
        [Required()],
        choices=select_choices([("eligible", _l("Eligible: pass on to review")), ("not_eligible", _l("Not eligible"))]),
    )
    explanation = LongTextField(_l("Reasons"))


class VerifyForm(BaseForm):
    prefix = TextField(_l("Beginning of the SHA-256 value (at least 8 characters)"), [Required()], limit=64)


class FilterForm(BaseForm):
    """What the officer's list is narrowed to; anything unreadable counts as not given."""

    call = ChoiceField(_l("Call"), coerce=str)
    status = ChoiceField(
        _l("State"),
        choices=[("", _l("all")), *((s.value, s.label) for s in ApplicationStatus if s is not ApplicationStatus.draft)],
    )
    frame = ChoiceField(
        _l("Frame"),
        choices=[
            ("", _l("all")),
            ("general", _l("General")),
            ("sme", _l("SME")),
            ("energy_saving", _l("Energy-saving")),
        ],
    )
    q = TextField(_l("Number or title"), limit=100)
