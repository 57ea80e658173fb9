"""Forms of reports, findings, the ledger, chasing and entrusting."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from app.applications.forms import AddressField, SignedYenField
from app.calls.choices import Programme
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
)
from app.core.i18n import _, _l
from app.organisations.choices import BUREAUS
from app.outcomes.choices import (
    Answer,
    DevState,
    EvidenceLevel,
    Grade,
    Need,
    ProductKind,
    ReasonCode,
    RecordKind,
    Stage,
)
from app.outcomes.definitions import DETAILS, FIELDS, Terms
from app.outcomes.operations import (
    ITEMS,
    Correction,
    FollowUpData,
    KnownAnswer,
    ProductData,
    RecordData,
    SalesData,
    YearData,
)

STATES = [("", ""), *((s.value, s.label) for s in DevState)]
STAGES = [("", ""), *((str(s.value), s.label) for s in Stage)]
REASONS = [("", ""), *((r.value, r.label) for r in ReasonCode)]
LEVELS = [("", ""), *((str(e.value), e.label) for e in EvidenceLevel)]
KINDS = [(k.value, k.label) for k in ProductKind]


class FollowUpForm(BaseForm):
    """The report's own part, and what is said of something new or of the project as a whole."""

    version = VersionField()
    observed_on = DayField(_l("As of"), description=_l("The day for which all this holds, usually 31 March."))
    dev_state = ChoiceField(_l("State of development"), choices=STATES)
    stage = ChoiceField(_l("Commercialization stage"), choices=STAGES)
    reason_code = ChoiceField(_l("If not commercialized: why"), choices=REASONS)
    product = TextField(_l("Product or service"), limit=60)
    kind = ChoiceField(_l("Kind"), choices=KINDS, default=ProductKind.product.value)
    first_sale_on = DayField(_l("Day of the first sale"))
    sales_yen = YenField(_l("Sales of the fiscal year (yen)"))
    cost_yen = YenField(_l("Cost of these sales (yen), if known"))
    export_yen = YenField(_l("Of the sales: exports (yen), if known"))
    jobs = WholeNumberField(_l("Jobs created or kept by it"), high=100_000)
    evidence = LongTextField(
        _l("What shows it"), description=_l("Catalogue, invoice, contract, patent number and so on.")
    )
    statement = BooleanField(_l("What this report says is right on the day of sending it."))


class KnownForm(BaseForm):
    """One product known from before: how it stands, and only what is needed then."""

    answer = ChoiceField(
        _l("Since the last report"),
        choices=[(a.value, a.label) for a in (Answer.unchanged, Answer.changed, Answer.stopped)],
    )
    sales_yen = YenField(_l("Sales of the fiscal year (yen)"))
    dev_state = ChoiceField(_l("State of development"), choices=STATES)
    stage = ChoiceField(_l("Commercialization stage"), choices=STAGES)
    first_sale_on = DayField(_l("Day of the first sale"))
    reason_code = ChoiceField(_l("If not commercialized or stopped: why"), choices=REASONS)
    cost_yen = YenField(_l("Cost of these sales (yen), if known"))
    export_yen = YenField(_l("Of the sales: exports (yen), if known"))

    def as_answer(self, product_id: int) -> KnownAnswer:
        return KnownAnswer(
            product_id, Answer(self.answer.data) if self.answer.data else None, **_status(self),
            sales_yen=self.sales_yen.data, cost_yen=self.cost_yen.data, export_yen=self.export_yen.data,
        )  # fmt: skip


def _status(form: Any) -> dict[str, Any]:
    return {
        "dev_state": DevState(form.dev_state.data) if form.dev_state.data else None,
        "stage": int(form.stage.data) if form.stage.data else None,
        "reason_code": ReasonCode(form.reason_code.data) if form.reason_code.data else None,
        "first_sale_on": form.first_sale_on.data,
    }


def plain(data: Any) -> dict[str, Any]:
    """What a part of a report says, as form fields want it."""
    values = {name: getattr(data, name, None) for name in ("sales_yen", "first_sale_on", "cost_yen", "export_yen")}
    for name in ("dev_state", "reason_code", "answer", "kind"):
        value = getattr(data, name, None)
        values[name] = value.value if value is not None else None
    values["stage"] = str(data.stage) if data.stage is not None else None
    return values


GRADES = [("", "–"), *((g.value, g.label) for g in Grade)]


class ValueAddedForm(BaseForm):
    """MON-10, both programmes: the organisation's value added of the year, from its accounts."""

    operating_profit_yen = SignedYenField(
        _l("Operating profit of the fiscal year (yen)"), description=_l("A loss with a minus sign.")
    )
    personnel_cost_yen = YenField(_l("Personnel cost (yen)"))
    depreciation_yen = YenField(_l("Depreciation (yen)"))

    def said(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("operating_profit_yen", "personnel_cost_yen", "depreciation_yen")}


class PlanStatusForm(BaseForm):
    """MON-13, new collaboration: how the plan stands. Lines for its items are added by ``plan_status_form``."""

    sales_words = LongTextField(_l("If sales differ from the plan: why"))
    negotiating = WholeNumberField(_l("Orders in negotiation"), high=100_000)
    negotiating_yen = YenField(_l("Their amount (yen)"))
    funding_yen = YenField(_l("Funding obtained in the year (yen)"))
    funding = LongTextField(_l("From whom, and of what kind"))
    members_changed = ChoiceField(
        _l("Have the members changed?"), choices=[("", ""), ("no", _l("no")), ("yes", _l("yes"))]
    )
    members = LongTextField(_l("Who joined or left, and when"))
    needs_words = LongTextField(_l("What the regional council could do"))

    def said(self) -> dict[str, Any]:
        f: Any = self
        plain_ones = ("negotiating", "negotiating_yen", "funding_yen")
        items = []
        for n in range(1, ITEMS + 1):
            grades = tuple(Grade(g) if (g := f[f"item_{n}_q{q}"].data) else None for q in range(1, 5))
            items.append((f[f"item_{n}"].data or "", grades))
        while items and items[-1] == ("", (None,) * 4):
            items.pop()
        return {
            **{name: f[name].data for name in plain_ones},
            **{name: f[name].data or "" for name in ("sales_words", "funding", "members", "needs_words")},
            "members_changed": {"yes": True, "no": False}.get(f.members_changed.data or ""),
            "needs": tuple(need for need in Need if f[f"need_{need.value}"].data),
            "items": tuple(items),
        }


def plan_status_form(formdata: Any, year: YearData) -> Any:
    """The form with a box for each need and a line of four quarters for each item of the plan."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = vars(year) | {"members_changed": {True: "yes", False: "no"}.get(year.members_changed)}  # type: ignore[arg-type]
    for need in Need:
        fields[f"need_{need.value}"] = BooleanField(need.label)
        data[f"need_{need.value}"] = need in year.needs
    for n in range(1, ITEMS + 1):
        item, grades = year.items[n - 1] if n <= len(year.items) else ("", (None,) * 4)
        fields[f"item_{n}"] = TextField(_l("Item of the plan"), limit=200)
        data[f"item_{n}"] = item
        for q, grade in enumerate(grades, 1):
            fields[f"item_{n}_q{q}"] = ChoiceField(_l("Own grade"), choices=GRADES)
            data[f"item_{n}_q{q}"] = grade.value if grade else ""
    return type("PlanStatusFormWithItems", (PlanStatusForm,), fields)(formdata, data=data)


class ReportForms:
    """A report's page as one form: its own part and one part for each known product."""

    def __init__(
        self, products: Sequence[int], data: FollowUpData, version: int, formdata: Any = None,
        last: Mapping[int, Any] | None = None, *, of_plan: bool = False,
    ) -> None:  # fmt: skip
        rest = {name: getattr(data, name) for name in ("observed_on", "product", "jobs", "evidence")}
        self.head: Any = FollowUpForm(formdata, data={**plain(data), **rest, "version": version})
        year = data.year or YearData()
        self.added = ValueAddedForm(formdata, data=vars(year))
        self.plan: Any = plan_status_form(formdata, year) if of_plan else None  # asked of new collaboration only
        said = {answer.product_id: answer for answer in data.known}
        self.parts: dict[int, Any] = {}
        for key in products:
            told = plain(said[key]) if key in said and said[key].answer is not None else None
            seen = (last or {}).get(key, (None, None))[0]
            if told is None and seen is not None:  # who changes something begins with what was true last year
                told = {"dev_state": seen.dev_state.value, "stage": str(seen.stage)}
            self.parts[key] = KnownForm(formdata, prefix=f"p{key}-", data=told)

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self._all)

    @property
    def _all(self) -> list[Any]:
        return [*self.parts.values(), self.head, self.added, *([self.plan] if self.plan is not None else [])]

    def put(self, name: str, values: Sequence[str]) -> Any:
        """Write one field as a page sends it; answers the field, or None when the page has no such one."""
        for form in self._all:
            field = next((f for f in form if f.name == name), None)
            if field is not None and name not in ("version", "statement"):
                kept = list(values) or ([] if isinstance(field, BooleanField) else [""])
                field.process(MultiDict([(name, value) for value in kept]))
                field.validate(form)
                return field
        return None

    def validate(self, *, sending: bool) -> bool:
        good = [form.validate() for form in self._all]
        if sending and not self.head.statement.data:
            self.head.refuse("statement", _("Say that it is right: without that it cannot be sent."))
            return False
        return all(good)

    def reasons(self) -> list[tuple[str, str, str]]:
        return [reason for form in self._all for reason in form.reasons()]

    def as_data(self) -> FollowUpData:
        f = self.head
        return FollowUpData(
            observed_on=f.observed_on.data, product=f.product.data or "", sales_yen=f.sales_yen.data, jobs=f.jobs.data,
            evidence=f.evidence.data or "", kind=ProductKind(f.kind.data or "product"), cost_yen=f.cost_yen.data,
            export_yen=f.export_yen.data, **_status(f),
            known=tuple(part.as_answer(key) for key, part in self.parts.items()),
            year=YearData(**self.added.said(), **(self.plan.said() if self.plan is not None else {})),
        )  # fmt: skip


class VerifyForm(BaseForm):
    version = VersionField()
    evidence_level = ChoiceField(_l("Evidence level"), [Required()], choices=LEVELS)
    remarks = LongTextField(_l("Remarks"), description=_l("Needed when you return the report."))


class ClaimForm(BaseForm):
    """An officer's finding on one claim."""

    version = VersionField()
    evidence_level = ChoiceField(_l("Evidence level"), choices=LEVELS)
    remarks = LongTextField(_l("Question or reason"))


class DisputeForm(BaseForm):
    """Doubting what stands verified; people of the consortium need no question and no day."""

    reason = LongTextField(_l("What is doubted, and why"), [Required()])
    undisputed = ChoiceField(
        _l("What stays undisputed meanwhile"), [Required()],
        description=_l("Until it is decided, rates count it as shown at this level only."),
    )  # fmt: skip
    request = LongTextField(_l("Evidence asked for"))
    due_on = DayField(_l("Answer until"))

    def below(self, level: int) -> "DisputeForm":
        """Offer the levels below the one that counts now."""
        lower = [(str(e.value), e.label) for e in EvidenceLevel if e.value < level]
        self.undisputed.offer([*lower, ("-1", _l("Nothing: it counts nowhere meanwhile"))])
        return self

    def without_question(self) -> "DisputeForm":
        del self.request, self.due_on
        return self


class DisputeAnswerForm(BaseForm):
    words = LongTextField(_l("Your answer"))


class AskAgainForm(BaseForm):
    version = VersionField()
    words = LongTextField(_l("Evidence asked for"))
    due_on = DayField(_l("Answer until"))


class DecideForm(BaseForm):
    """The second officer's decision; the fields below the reason only for a correction."""

    version = VersionField()
    decision = LongTextField(_l("Reason"))
    dev_state = ChoiceField(_l("State of development"), choices=STATES)
    stage = ChoiceField(_l("Commercialization stage"), choices=STAGES)
    evidence_level = ChoiceField(_l("Evidence level"), choices=LEVELS)
    sales_yen = YenField(_l("Sales of the fiscal year (yen)"))
    first_sale_on = DayField(_l("Day of the first sale"))

    def as_correction(self) -> Correction | None:
        """What was true instead; None, with words at the fields, when something is missing."""
        for name in ("dev_state", "stage", "evidence_level"):
            if not self[name].data:
                self.refuse(name, _("Fill in this field."))
        if self.errors:
            return None
        return Correction(
            DevState(self.dev_state.data), int(self.stage.data), int(self.evidence_level.data), self.sales_yen.data,
            self.first_sale_on.data,
        )  # fmt: skip


class AnswerForm(BaseForm):
    answer = LongTextField(_l("Your answer"))


class GiveForm(BaseForm):
    email = AddressField(_l("E-mail address"), [Required()])
    locale = ChoiceField(_l("Language of the letter"), choices=[("ja", "日本語"), ("en", "English")], default="ja")


class ReportsFilter(BaseForm):
    fiscal_year = TextField(_l("Fiscal year"), limit=4)
    programme = ChoiceField(_l("Programme"), choices=[("", _l("all")), *((p.value, p.short) for p in Programme)])
    bureau = ChoiceField(
        _l("Bureau"),
        choices=[("", _l("all")), *((b.code, b.name) for b in BUREAUS.values()), ("none", _l("without a bureau"))],
    )
    state = ChoiceField(
        _l("State"),
        choices=[
            ("", _l("all")), ("unfinished", _l("not finished")), ("opened", _l("owed so far")), ("responded", _l("answered")), ("missed", _l("overdue")),
            ("waiting", _l("open, not yet due")), ("to_verify", _l("waits for verification")), ("returned", _l("returned")),
        ],
    )  # fmt: skip


class ChaseForm(BaseForm):
    key = TextField(limit=64)  # written as a hidden field
    note = LongTextField(_l("Your own words, added to the letter"), limit=1000)


class TermsForm(BaseForm):
    programme = ChoiceField(_l("Programme"), [Required()], choices=[(p.value, p.short) for p in Programme])
    covers_completion_year = BooleanField(_l("The first report covers the fiscal year of completion"))
    due_after_days = WholeNumberField(_l("Due so many days after the fiscal year"), [Required()], low=1, high=366)

    def as_data(self) -> tuple[Programme, Terms]:
        return Programme(self.programme.data), Terms(self.covers_completion_year.data, self.due_after_days.data)


class KnownAtForm(BaseForm):
    known = DayField(_l("What was known on"), description=_l("Empty: all that is known today."))


class LedgerFilter(KnownAtForm):
    kind = ChoiceField(
        _l("Rows"),
        choices=[
            ("observations", _l("Observations")), ("products", _l("Products")), ("shares", _l("Shares")),
            ("sales", _l("Sales")), ("records", _l("Other outcomes")),
        ],
    )  # fmt: skip
    text = TextField(_l("Project or product key"))
    least = ChoiceField(_l("Evidence at least"), choices=[("", _l("any")), *LEVELS[1:]])


class EntryForm(BaseForm):
    """What every row of the ledger is asked for."""

    source = TextField(_l("Source"), [Required()], description=_l("Report, register, letter, accounts and so on."))
    evidence_level = ChoiceField(_l("Evidence level"), [Required()], choices=LEVELS)

    @property
    def level(self) -> int:
        return int(self.evidence_level.data)


class RecordForm(EntryForm):
    """Another outcome. Fields that a kind does not have are left out (``for_kind``)."""

    title = TextField(_l("Title or name"), [Required()])
    event_on = DayField(_l("Day"), [Required()])
    detail = ChoiceField(_l("Kind"), choices=[("", "")])
    number = TextField(_l("Number"), limit=100, description=_l("Of the application or registration, DOI or the like."))
    registered_on = DayField(_l("Registered"))
    owners = TextField(_l("Owners"))
    licensed = ChoiceField(_l("Licensed or assigned"), choices=[("", ""), ("yes", _l("yes")), ("no", _l("no"))])
    amount_yen = YenField(
        _l("Amount (yen)"), description=_l("Only money that was really paid, and none of this programme's own.")
    )
    count = WholeNumberField(_l("Number of persons"), high=100_000)

    def for_kind(self, kind: RecordKind) -> "RecordForm":
        for name in {"detail", "number", "registered_on", "owners", "licensed", "amount_yen", "count"} - set(
            FIELDS[kind]
        ):
            delattr(self, name)
        if "detail" in FIELDS[kind]:
            self.detail.offer([("", ""), *((d.value, d.label) for d in DETAILS[kind])])
        return self

    def as_data(self, kind: RecordKind, organisation_id: int | None) -> RecordData:
        values: dict[str, Any] = {}
        for name in FIELDS[kind]:
            values[name] = self[name].data
        if "licensed" in values:
            values["licensed"] = {"yes": True, "no": False}.get(values["licensed"] or "")
        if values.get("detail"):
            values["detail"] = next(d for d in DETAILS[kind] if d.value == values["detail"])
        for name in ("number", "owners"):
            if name in values:
                values[name] = values[name] or ""
        return RecordData(kind, self.title.data, self.event_on.data, organisation_id, **values)


class TakeBackForm(BaseForm):
    reason = TextField(_l("Why it is taken back"), [Required()])


class ProductForm(EntryForm):
    seen = VersionField()
    name_ja = TextField(_l("Name (Japanese)"))
    name_en = TextField(_l("Name (English)"))
    kind = ChoiceField(_l("Kind"), [Required()], choices=KINDS)
    first_sale_on = DayField(_l("Day of the first sale"))
    withdrawn_on = DayField(_l("Withdrawn"))

    def as_data(self, organisation_id: int | None) -> ProductData:
        return ProductData(
            self.name_ja.data or "", self.name_en.data or "", ProductKind(self.kind.data), organisation_id,
            self.first_sale_on.data, self.withdrawn_on.data,
        )  # fmt: skip


class SalesForm(EntryForm):
    fiscal_year = WholeNumberField(_l("Fiscal year"), [Required()], low=1990, high=2100)
    sales_yen = YenField(_l("Sales (yen)"), [Required()])
    cost_yen = YenField(_l("Cost of these sales (yen), if known"))
    export_yen = YenField(_l("Of the sales: exports (yen), if known"))

    def as_data(self) -> SalesData:
        return SalesData(self.fiscal_year.data, self.sales_yen.data, self.cost_yen.data, self.export_yen.data)


class ShareForm(EntryForm):
    """The shares of up to three projects at once, so that a split never passes through a wrong sum."""

    valid_from = DayField(_l("From"), [Required()])
    project_1 = TextField(_l("Project"), [Required()], limit=60)
    share_1 = TextField(_l("Share in percent"), [Required()], limit=6)
    project_2 = TextField(_l("Second project"), limit=60)
    share_2 = TextField(_l("Its share in percent"), limit=6)
    project_3 = TextField(_l("Third project"), limit=60)
    share_3 = TextField(_l("Its share in percent"), limit=6)

    def pairs(self) -> list[tuple[str, str, int | None]]:
        """(field, project key, hundredths of a percent, or None when it cannot be read) of each line filled in."""
        found = []
        for place in ("1", "2", "3"):
            if key := self[f"project_{place}"].data:
                found.append((f"project_{place}", key, hundredths(self[f"share_{place}"].data or "")))
        return found


def hundredths(text: str) -> int | None:
    """12.5 → 1250; None when it is no percentage with at most two decimals."""
    whole, _point, part = unicodedata.normalize("NFKC", text).strip().removesuffix("%").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 3) or len(part) > 2:
        return None
    if part and not (part.isascii() and part.isdigit()):
        return None
    number = int(whole) * 100 + int(part.ljust(2, "0"))
    return number if number <= 10_000 else None


def default_day(fiscal_year_end: date, completed_on: date | None, on: date) -> date:
    """The day a report speaks of, unless the writer says otherwise: the year's last, once it has come."""
    day = min(fiscal_year_end, on)
    return max(day, completed_on) if completed_on is not None else day
