"""The life of a milestone report."""

from collections.abc import Iterable
from typing import Any

from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.milestones import policy, queries
from app.milestones.choices import ReportStatus as S


def says_what_was_done(report: Any) -> Iterable[Reason]:
    if not report.work_done:
        yield Reason("work-missing", Bilingual("Describe the work done.", "実施内容を記入してください。"), "work_done")
    if report.spend_yen is None:
        yield Reason("spend-missing", Bilingual("Give the amount spent.", "支出額を記入してください。"), "spend_yen")


def judges_every_milestone(report: Any) -> Iterable[Reason]:
    judged = {result.milestone_id for result in report.results if result.achievement is not None}
    for milestone in queries.milestones_of(report.project_id):
        if milestone.due_on <= report.period_to and milestone.id not in judged:
            yield Reason(
                "result-missing",
                Bilingual(
                    f"Milestone {milestone.position} was due in this period: say how far it was achieved.",
                    f"マイルストーン{milestone.position}は本期間内が期限です。達成状況を記入してください。",
                ),
                f"achievement-{milestone.id}",
            )


MACHINE = Machine(
    "milestone_report",
    S,
    S.due,
    (
        Transition(
            "submit",
            sources(S.due, S.returned),
            S.submitted,
            policy.may_report,
            (says_what_was_done, judges_every_milestone),
            label=Bilingual("Submit the report", "報告書を提出する"),
        ),
        Transition(
            "accept", sources(S.submitted), S.accepted, policy.is_officer, label=Bilingual("Accept", "受理する")
        ),
        Transition(
            "return", sources(S.submitted), S.returned, policy.is_officer, label=Bilingual("Return", "差し戻す")
        ),
    ),
)
MACHINES = (MACHINE,)
