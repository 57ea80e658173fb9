"""Forms of milestones, of monitoring and of calendars."""

from typing import Any

from app.core.forms import (
    BaseForm,
    ChoiceField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    choices_of,
)
from app.core.i18n import _l
from app.milestones.choices import MilestoneKind
from app.milestones.definitions.monitoring import AXES, HIGHEST, LOWEST
from app.milestones.forms.days import NearDayField
from app.milestones.operations import PlanData, RowData, ScoreData


class RowForm(BaseForm):
    """What the owner says of its milestone."""

    version = VersionField()
    forecast_on = NearDayField(_l("Expected on (forecast)"))
    reason = TextField(_l("Why the forecast changes"), limit=1000)
    progress_pct = WholeNumberField(_l("Progress in percent"), high=100)
    actual_on = NearDayField(_l("Reached on"))
    value_reached = TextField(_l("Value reached"), limit=40)
    note = LongTextField(_l("Note"), limit=1000)

    def typed(self) -> RowData:
        return RowData(
            self.forecast_on.data, self.actual_on.data, self.progress_pct.data, self.value_reached.data or "",
            self.note.data or "", self.reason.data or "",
        )  # fmt: skip


class RowJudgeForm(BaseForm):
    version = VersionField()
    remarks = LongTextField(_l("Remarks"), description=_l("Needed for everything but accepting."))


class PlanForm(BaseForm):
    """What is agreed; after the start an officer changes it, with a reason."""

    version = VersionField()
    kind = ChoiceField(_l("Kind"), [Required()], choices=choices_of(MilestoneKind))
    goal = TextField(_l("Goal"), [Required()], limit=400)
    organisation_id = ChoiceField(_l("Owner"))
    target_value = TextField(_l("Target value"), limit=40)
    unit = TextField(_l("Unit"), limit=40)
    begins_on = NearDayField(_l("Work begins on"))
    due_on = NearDayField(_l("Agreed day"), [Required()])
    reason = LongTextField(_l("Reason"), [Required()], limit=1000)

    def offer(self, organisations: Any) -> "PlanForm":
        self.organisation_id.offer([("", _l("The lead")), *((str(one.id), one.name) for one in organisations)])
        return self

    def typed(self) -> PlanData:
        owner = self.organisation_id.data
        return PlanData(
            MilestoneKind(self.kind.data), self.goal.data, int(owner) if owner else None, self.target_value.data or "",
            self.unit.data or "", self.begins_on.data, self.due_on.data,
        )  # fmt: skip


class ScoreForm(BaseForm):
    """An officer's scores of one period."""

    version = VersionField()
    period_to = NearDayField(_l("Period until"), [Required()])
    for_office = LongTextField(_l("Comment to the office"), description=_l("Never shown to the consortium."))
    for_consortium = LongTextField(
        _l("Comment to the consortium"), description=_l("Shown together with the scores once you release them.")
    )

    def typed(self) -> ScoreData:
        scores = {axis.key: int(self[axis.key].data) for axis in AXES}
        return ScoreData(
            period_to=self.period_to.data, for_office=self.for_office.data or "",
            for_consortium=self.for_consortium.data or "", **scores,
        )  # fmt: skip


for _axis in AXES:
    _choices = [(str(n), f"{n}") for n in range(HIGHEST, LOWEST - 1, -1)]
    setattr(ScoreForm, _axis.key, ChoiceField(_axis.title, [Required()], choices=[("", _l("Choose")), *_choices]))
