"""Forms of the office: propose a figure, order a report or datasets, give a reason."""

from datetime import date
from typing import Any

from wtforms import ValidationError

from app.analytics.definitions import Question
from app.analytics.forms import CommercializationForm, ParticipationForm
from app.calls.choices import Programme
from app.core.forms import BaseForm, ChoiceField, DayField, LongTextField, Required, TextField, WholeNumberField
from app.core.i18n import Bilingual, _, _l
from app.publishing.operations import Proposal, latest_known
from app.publishing.queries import ReportQuestion


class ProposalForm(BaseForm):
    """What goes beside the question itself."""

    remark_ja = LongTextField(_l("Remark in Japanese (public)"), limit=2000)
    remark_en = LongTextField(_l("Remark in English (public)"), limit=2000)
    replaces = TextField(
        _l("Replaces the published figure"), limit=20,
        description=_l("Its number, such as F2026-0003. It stays readable and is marked as superseded."),
    )  # fmt: skip
    reason_ja = LongTextField(_l("Why it is replaced, in Japanese (public)"), limit=2000)
    reason_en = LongTextField(_l("Why it is replaced, in English (public)"), limit=2000)

    def proposal(self, question: Question) -> Proposal:
        data: dict[str, Any] = {name: value or "" for name, value in self.data.items()}
        return Proposal(
            question, Bilingual(data["remark_en"], data["remark_ja"]), data["replaces"],
            Bilingual(data["reason_en"], data["reason_ja"]),
        )  # fmt: skip


def question_form(kind: str, asked: Any, lists: Any) -> ParticipationForm | CommercializationForm:
    return ParticipationForm(asked, lists) if kind == "participation" else CommercializationForm(asked)


class ReasonForm(BaseForm):
    reason = LongTextField(_l("Reason"), [Required()], limit=2000)


class ReleaseForm(BaseForm):
    """Publishing a report or datasets, perhaps in place of older ones."""

    replaces = TextField(
        _l("Replaces"), limit=20, description=_l("The number of a published one, if it takes its place.")
    )
    reason_ja = LongTextField(_l("Why it is replaced, in Japanese (public)"), limit=2000)
    reason_en = LongTextField(_l("Why it is replaced, in English (public)"), limit=2000)


class ReportForm(BaseForm):
    """What a programme report covers: all that was completed or adopted until the end of one fiscal year."""

    title_ja = TextField(_l("Title in Japanese"), [Required()], limit=120)
    title_en = TextField(_l("Title in English"), [Required()], limit=120)
    programme = ChoiceField(_l("Programme"), [Required()], choices=[])
    cluster = ChoiceField(_l("Cluster"), choices=[], description=_l("With a cluster the report adds its own figures."))
    first = WholeNumberField(_l("From fiscal year"), [Required()], low=1950, high=2100)
    last = WholeNumberField(_l("To fiscal year"), [Required()], low=1950, high=2100)
    as_of = DayField(_l("As of"), [Required()])
    reference_day = DayField(_l("Membership is judged on"), [Required()])

    def __init__(self, formdata: Any = None, clusters: Any = (), **data: Any) -> None:
        super().__init__(formdata, data=data)
        self.programme.offer([*((p.value, p.label) for p in Programme), ("all", _("All programmes"))])
        self.cluster.offer([("", _("None")), *clusters])

    def question(self) -> ReportQuestion:
        asked: dict[str, Any] = self.data
        programme = None if asked["programme"] == "all" else Programme(asked["programme"])
        return ReportQuestion(
            programme, asked["first"], asked["last"], asked["as_of"], latest_known(), asked["reference_day"],
            asked["cluster"],
        )  # fmt: skip

    def validate_last(self, field: Any) -> None:
        if field.data is not None and self.first.data is not None and field.data < self.first.data:
            raise ValidationError(_("The last year must not lie before the first."))

    def validate_as_of(self, field: Any) -> None:
        if isinstance(field.data, date) and field.data.year < 1990:
            raise ValidationError(_("Choose a day after 1990."))


class DatasetsForm(BaseForm):
    """The public datasets of one day."""

    title_ja = TextField(_l("Title in Japanese"), [Required()], limit=120)
    title_en = TextField(_l("Title in English"), [Required()], limit=120)
    as_of = DayField(_l("As of"), [Required()])
    min_evidence = ChoiceField(_l("Evidence at least"), [Required()], choices=[])
    licence_ja = LongTextField(_l("Terms of use in Japanese"), [Required()], limit=4000)
    licence_en = LongTextField(_l("Terms of use in English"), [Required()], limit=4000)
    update_ja = LongTextField(
        _l("How often it is updated, in Japanese"), [Required()], limit=1000,
        description=_l("When the next edition comes, and that older editions stay readable."),
    )  # fmt: skip
    update_en = LongTextField(_l("How often it is updated, in English"), [Required()], limit=1000)

    def __init__(self, formdata: Any = None, levels: Any = (), **data: Any) -> None:
        super().__init__(formdata, data=data, prefix="data-")  # it stands beside the report's form
        self.min_evidence.offer(levels)
