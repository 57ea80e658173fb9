"""Forms of follow-ups."""

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
from app.core.i18n import _l
from app.outcomes.choices import DevState, EvidenceLevel, ReasonCode, Stage
from app.outcomes.operations import FollowUpData


class FollowUpForm(BaseForm):
    version = VersionField()
    observed_on = DayField(_l("As of"), description=_l("The day for which all this holds, usually 31 March."))
    dev_state = ChoiceField(_l("State of development"), choices=[("", ""), *((s.value, s.label) for s in DevState)])
    stage = ChoiceField(_l("Commercialization stage"), choices=[("", ""), *((str(s.value), s.label) for s in Stage)])
    reason_code = ChoiceField(
        _l("If not commercialized: why"), choices=[("", ""), *((r.value, r.label) for r in ReasonCode)]
    )
    product = TextField(_l("Product or service"), limit=60)
    first_sale_on = DayField(_l("Day of the first sale"))
    sales_yen = YenField(_l("Sales of the fiscal year (yen)"))
    jobs = WholeNumberField(_l("Jobs created or kept by it"), high=100_000)
    evidence = LongTextField(
        _l("What shows it"), description=_l("Catalogue, invoice, contract, patent number and so on.")
    )

    def as_data(self) -> FollowUpData:
        return FollowUpData(
            self.observed_on.data,
            DevState(self.dev_state.data) if self.dev_state.data else None,
            int(self.stage.data) if self.stage.data else None,
            ReasonCode(self.reason_code.data) if self.reason_code.data else None,
            self.product.data or "",
            self.first_sale_on.data,
            self.sales_yen.data,
            self.jobs.data,
            self.evidence.data or "",
        )


class VerifyForm(BaseForm):
    version = VersionField()
    evidence_level = ChoiceField(
        _l("Evidence level"), [Required()], choices=[("", ""), *((str(e.value), e.label) for e in EvidenceLevel)]
    )
    remarks = LongTextField(_l("Remarks"), description=_l("Needed when you return the report."))
