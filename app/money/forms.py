"""Forms of money: what is typed, read into what the verbs take."""

from typing import Any

from wtforms import BooleanField

from app.calls.choices import COST_ITEMS
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
)
from app.core.i18n import _l
from app.money.choices import DisposalKind, InspectionKind, PaymentKind, PaymentStatus, Sighting, Verdict
from app.money.exchange import minutes_of
from app.money.operations import (
    Account,
    AssetData,
    DisposalData,
    ExpenseData,
    ProfitData,
    TransferData,
)

ITEMS = [(code, item.name) for code, item in COST_ITEMS.items()]


class HoursField(_Typed):
    """Hours as 7.5 or 7:30; whole minutes in between."""

    message = _l("Write hours such as 7.5 or 7:30.")

    def read(self, text: str) -> int:
        return minutes_of(text)

    def show(self, value: int) -> str:
        return f"{value // 60}:{value % 60:02d}"


class VersionForm(BaseForm):
    version = VersionField()


class ReasonForm(VersionForm):
    reason = LongTextField(_l("Reason"), [Required()], limit=1000)


class ExpenseForm(VersionForm):
    voucher = TextField(_l("Voucher number"), [Required()], limit=40, description=_l("Its number in your ledger; unique within your organisation."))  # fmt: skip
    cost_item = ChoiceField(_l("Cost item"), [Required()], choices=ITEMS)
    paid_on = DayField(_l("Paid on"), [Required()])
    payee = TextField(_l("Paid to"), [Required()])
    description = TextField(_l("What for"), limit=400)
    quantity = WholeNumberField(_l("Quantity"), low=1, high=100_000)
    gross_yen = YenField(_l("Amount with tax (yen)"))
    net_yen = YenField(_l("Amount without tax (yen)"))
    eligible_yen = YenField(_l("Claimed as eligible (yen)"), description=_l("Left empty: the amount without tax."))
    hours = HoursField(_l("Hours (labour)"), description=_l("For labour and assistants: hours and hourly rate; the amounts follow."))  # fmt: skip
    rate_yen = YenField(_l("Hourly rate (yen, labour)"))

    def data_of(self) -> ExpenseData:
        return ExpenseData(
            self.voucher.data or "", self.cost_item.data or "", self.paid_on.data, self.payee.data or "",
            self.description.data or "", self.quantity.data or 1, self.gross_yen.data, self.net_yen.data,
            self.eligible_yen.data, self.hours.data, self.rate_yen.data,
        )  # fmt: skip


def expense_form(formdata: Any = None, row: Any = None) -> ExpenseForm:
    if row is None:
        return ExpenseForm(formdata, data={"quantity": 1, "version": 0})
    names = ("version", "voucher", "cost_item", "paid_on", "payee", "description", "quantity")
    data = {name: getattr(row, name) for name in names} | {"hours": row.minutes, "rate_yen": row.rate_yen}
    if row.minutes is None:
        data |= {"gross_yen": row.gross_yen, "net_yen": row.net_yen}
    return ExpenseForm(formdata, data=data | {"eligible_yen": row.eligible_yen})


class ExpenseFilter(BaseForm):
    organisation = ChoiceField(_l("Organisation"), validate_choice=False)
    item = ChoiceField(_l("Cost item"), choices=[("", _l("All")), *ITEMS])
    open = ChoiceField(_l("Verdict"), choices=[("", _l("All")), ("1", _l("Without a verdict"))])


class ForecastForm(BaseForm):
    """One field per cost item; made by ``forecast_form``."""


def forecast_form(items: list[str], formdata: Any = None, data: dict[str, int | None] | None = None) -> Any:
    fields = {f"f_{item}": YenField(COST_ITEMS[item].name if item in COST_ITEMS else item) for item in items}
    made = type("FilledForecastForm", (ForecastForm,), fields)
    return made(formdata, data={f"f_{item}": yen for item, yen in (data or {}).items()})


class JudgeForm(VersionForm):
    verdict = ChoiceField(_l("Verdict"), [Required()], choices=choices_of(Verdict))
    accepted_yen = YenField(_l("Accepted (yen)"), description=_l("Only where the line is accepted in part."))
    reason = LongTextField(_l("Reason"), limit=1000, description=_l("Needed unless the line is accepted with all documents."))  # fmt: skip


class InspectionForm(BaseForm):
    kind = ChoiceField(_l("Kind"), [Required()], choices=choices_of(InspectionKind))
    organisation_id = ChoiceField(_l("Organisation"), validate_choice=False)
    held_on = DayField(_l("Held on"), [Required()])
    place = TextField(_l("Where it is held"))
    findings = LongTextField(_l("Findings"), [Required()])


class TransferForm(BaseForm):
    organisation_id = ChoiceField(_l("Organisation"), [Required()], validate_choice=False)
    from_item = ChoiceField(_l("From cost item"), [Required()], choices=ITEMS)
    to_item = ChoiceField(_l("To cost item"), [Required()], choices=ITEMS)
    amount_yen = YenField(_l("Amount (yen)"), [Required()])
    reason = LongTextField(_l("Reason"), [Required()], limit=1000)

    def data_of(self) -> TransferData:
        key = str(self.organisation_id.data or "")
        organisation = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
        return TransferData(
            organisation, self.from_item.data, self.to_item.data, self.amount_yen.data or 0, self.reason.data or ""
        )  # fmt: skip


class AccountForm(BaseForm):
    bank = TextField(_l("Bank and branch"), [Required()])
    holder = TextField(_l("Account holder"), [Required()])
    number = TextField(_l("Account number"), [Required()], limit=20, description=_l("Only the last four digits are kept here. Hand the whole number in by the office’s form."))  # fmt: skip

    def account(self) -> Account:
        return Account(self.bank.data or "", self.holder.data or "", self.number.data or "")


class AdvanceForm(AccountForm):
    amount_yen = YenField(_l("Amount (yen)"), [Required()])
    purpose = LongTextField(_l("What the advance is for"), [Required()], limit=1000)


class ClaimForm(BaseForm):
    amount_yen = YenField(_l("Amount (yen)"), [Required()])
    purpose = LongTextField(_l("Reason"), [Required()], limit=1000)
    due_on = DayField(_l("To be paid by"), [Required()])
    received_on = DayField(_l("The money had been received on"), description=_l("Only after a revocation: the additional charge runs from this day (MON-8)."))  # fmt: skip


class ConsentForm(VersionForm):
    consent_ref = TextField(_l("Number of the consent"), [Required()])
    consent_on = DayField(_l("Day of the consent"), [Required()])


class PaidForm(VersionForm):
    paid_on = DayField(_l("Day of the payment"), [Required()])


class FixForm(BaseForm):
    on = DayField(_l("Fixed on"), [Required()])
    expected_yen = YenField(_l("Amount (yen)"), [Required()])


class WaitingFilter(BaseForm):
    status = ChoiceField(
        _l("State"),
        choices=[("", _l("waiting for you")), ("open", _l("everything that is open")), *((s.value, s.label) for s in PaymentStatus)],
    )  # fmt: skip
    kind = ChoiceField(_l("Kind"), choices=[("", _l("All")), *((k.value, k.label) for k in PaymentKind)])


class AssetForm(BaseForm):
    expense_id = ChoiceField(_l("Line of cost"), [Required()], validate_choice=False)
    name = TextField(_l("Name and model"), [Required()])
    label = TextField(_l("Label number"), [Required()], limit=40)
    place = TextField(_l("Where it stands"), [Required()])
    acquired_on = DayField(_l("Acquired on"), [Required()])
    useful_life_years = WholeNumberField(_l("Useful life (years)"), [Required()], low=1, high=60, description=_l("By the depreciation ordinance; the restriction lasts as long."))  # fmt: skip

    def data_of(self) -> AssetData:
        return AssetData(
            self.name.data or "", self.label.data or "", self.place.data or "", self.acquired_on.data,
            self.useful_life_years.data,
        )  # fmt: skip


class DisposalForm(VersionForm):
    kind = ChoiceField(_l("Kind of disposal"), [Required()], choices=choices_of(DisposalKind))
    price_yen = YenField(_l("Price (yen)"))
    counterparty = TextField(_l("To whom"))
    reason = LongTextField(_l("Reason"), [Required()], limit=1000)

    def data_of(self) -> DisposalData:
        return DisposalData(
            DisposalKind(self.kind.data), self.price_yen.data, self.counterparty.data or "", self.reason.data or ""
        )  # fmt: skip


class DecisionForm(VersionForm):
    condition = LongTextField(_l("Condition, or the reason of a refusal"), limit=1000)
    repay_yen = YenField(_l("To be repaid as a condition (yen)"))


class DoneForm(VersionForm):
    on = DayField(_l("Day of the disposal"), [Required()])


class SightForm(BaseForm):
    found = ChoiceField(_l("What was seen on the spot"), [Required()], choices=choices_of(Sighting))
    seen_on = DayField(_l("Day of the inspection"), [Required()])
    note = LongTextField(_l("Note"), limit=1000)


class ProfitForm(BaseForm):
    fiscal_year = WholeNumberField(_l("Fiscal year"), [Required()], low=1990, high=2200)
    revenue_yen = YenField(_l("Revenue (yen)"), [Required()])
    cost_yen = YenField(_l("Cost of that revenue (yen)"), [Required()])
    exclusion_yen = YenField(_l("Excluded amount E (yen)"), [Required()])
    basis = LongTextField(_l("Where the figures come from"), [Required()], limit=1000)

    def data_of(self) -> ProfitData:
        return ProfitData(
            self.fiscal_year.data, self.revenue_yen.data, self.cost_yen.data, self.exclusion_yen.data, self.basis.data or ""
        )  # fmt: skip


class FileForm(BaseForm):
    confirmed = BooleanField()
