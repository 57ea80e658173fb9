"""Codes of the money after the award, with their words."""

from enum import StrEnum

from app.core.i18n import Bilingual


class Verdict(StrEnum):
    """The determination inspection's answer to one line (MON-6)."""

    accepted = "accepted"
    reduced = "reduced"
    refused = "refused"

    @property
    def label(self) -> Bilingual:
        return {
            "accepted": Bilingual("Accepted", "認定"),
            "reduced": Bilingual("Accepted in part", "一部認定"),
            "refused": Bilingual("Not accepted", "不認定"),
        }[self.value]


class EvidenceStep(StrEnum):
    """One document of the chain that stands behind a line (MON-6)."""

    quote = "quote"
    order = "order"
    delivery = "delivery"
    acceptance = "acceptance"
    invoice = "invoice"
    timesheet = "timesheet"
    payslip = "payslip"
    transfer = "transfer"

    @property
    def label(self) -> Bilingual:
        return {
            "quote": Bilingual("Quotation", "見積書"),
            "order": Bilingual("Order or contract", "発注書・契約書"),
            "delivery": Bilingual("Delivery note", "納品書"),
            "acceptance": Bilingual("Acceptance", "検収書"),
            "invoice": Bilingual("Invoice", "請求書"),
            "timesheet": Bilingual("Time sheet", "作業日報"),
            "payslip": Bilingual("Payslip", "給与明細・単価計算書"),
            "transfer": Bilingual("Bank transfer", "振込記録"),
        }[self.value]


class TransferKind(StrEnum):
    """CON-15: freely within the limit, or after an approved change."""

    notice = "notice"
    approved = "approved"

    @property
    def label(self) -> Bilingual:
        return {
            "notice": Bilingual("Notice (within the free limit)", "届出(承認不要の範囲内)"),
            "approved": Bilingual("Approved change", "変更承認によるもの"),
        }[self.value]


class InspectionKind(StrEnum):
    determination = "determination"
    on_site = "on_site"
    assets = "assets"

    @property
    def label(self) -> Bilingual:
        return {
            "determination": Bilingual("Determination inspection", "確定検査"),
            "on_site": Bilingual("On-site inspection", "現地検査"),
            "assets": Bilingual("Inspection of property", "取得財産の実地確認"),
        }[self.value]


class PaymentKind(StrEnum):
    """MON-2, MON-8, MON-9: two kinds go out to the recipient, three come back."""

    advance = "advance"
    settlement = "settlement"
    repayment = "repayment"
    profit_return = "profit_return"
    additional_charge = "additional_charge"

    @property
    def label(self) -> Bilingual:
        return {
            "advance": Bilingual("Advance payment", "概算払"),
            "settlement": Bilingual("Settlement", "精算払"),
            "repayment": Bilingual("Repayment", "返還"),
            "profit_return": Bilingual("Return of profit", "収益納付"),
            "additional_charge": Bilingual("Additional charge", "加算金"),
        }[self.value]

    @property
    def goes_out(self) -> bool:
        return self in OUTGOING


OUTGOING = (PaymentKind.advance, PaymentKind.settlement)
INCOMING = (PaymentKind.repayment, PaymentKind.profit_return, PaymentKind.additional_charge)


class PaymentStatus(StrEnum):
    requested = "requested"
    checked = "checked"
    approved = "approved"
    paid = "paid"
    rejected = "rejected"

    @property
    def label(self) -> Bilingual:
        return {
            "requested": Bilingual("Requested", "請求済み"),
            "checked": Bilingual("Checked", "確認済み"),
            "approved": Bilingual("Approved", "決裁済み"),
            "paid": Bilingual("Paid", "支払・納付済み"),
            "rejected": Bilingual("Rejected", "却下"),
        }[self.value]


#: These count against the contract (MON-2).
COMMITTED = (PaymentStatus.approved, PaymentStatus.paid)


class AssetStatus(StrEnum):
    in_use = "in_use"
    disposal_requested = "disposal_requested"
    approved = "approved"
    disposed = "disposed"
    released = "released"

    @property
    def label(self) -> Bilingual:
        return {
            "in_use": Bilingual("In use", "使用中"),
            "disposal_requested": Bilingual("Disposal requested", "処分承認申請中"),
            "approved": Bilingual("Disposal approved", "処分承認済み"),
            "disposed": Bilingual("Disposed of", "処分済み"),
            "released": Bilingual("Restriction ended", "処分制限期間満了"),
        }[self.value]


class Owner(StrEnum):
    """CON-18: under a commission the state owns what was bought until it is transferred."""

    state = "state"
    recipient = "recipient"

    @property
    def label(self) -> Bilingual:
        return {"state": Bilingual("The state", "国"), "recipient": Bilingual("The recipient", "補助事業者")}[
            self.value
        ]


class DisposalKind(StrEnum):
    """The seven kinds of MON-7."""

    other_use = "other_use"
    transfer = "transfer"
    exchange = "exchange"
    lending = "lending"
    collateral = "collateral"
    demolition = "demolition"
    scrapping = "scrapping"

    @property
    def label(self) -> Bilingual:
        return {
            "other_use": Bilingual("Use for another purpose", "転用"),
            "transfer": Bilingual("Transfer", "譲渡"),
            "exchange": Bilingual("Exchange", "交換"),
            "lending": Bilingual("Lending", "貸付け"),
            "collateral": Bilingual("Collateral", "担保に供する処分"),
            "demolition": Bilingual("Demolition", "取壊し"),
            "scrapping": Bilingual("Scrapping", "廃棄"),
        }[self.value]


class Sighting(StrEnum):
    """What an inspection found of an asset."""

    present = "present"
    missing = "missing"
    disposed = "disposed"

    @property
    def label(self) -> Bilingual:
        return {
            "present": Bilingual("There, labelled", "現物・ラベルを確認"),
            "missing": Bilingual("Not found", "所在不明"),
            "disposed": Bilingual("Disposed of already", "処分されていた"),
        }[self.value]


class ProfitStatus(StrEnum):
    computed = "computed"
    confirmed = "confirmed"
    payable = "payable"
    paid = "paid"
    waived = "waived"
    zero = "zero"

    @property
    def label(self) -> Bilingual:
        return {
            "computed": Bilingual("Computed, to be confirmed by the recipient", "算定済み(事業者確認待ち)"),
            "confirmed": Bilingual("Confirmed by the recipient", "事業者確認済み"),
            "payable": Bilingual("Payable", "納付待ち"),
            "paid": Bilingual("Paid", "納付済み"),
            "waived": Bilingual("Waived", "免除"),
            "zero": Bilingual("Nothing to return", "納付なし"),
        }[self.value]
