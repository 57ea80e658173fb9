"""The lives of a milestone, of a report and of a wish for a later due date."""

from collections.abc import Iterable
from typing import Any

from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.milestones import policy, queries
from app.milestones.choices import ExtensionStatus, MilestoneStatus, ReportKind
from app.milestones.choices import ReportStatus as S
from app.milestones.definitions.sections import SPENT, WISHED_END, WORK, part_key, sections_of, wished_end


def says_what_was_done(report: Any) -> Iterable[Reason]:
    for section in sections_of(report.kind):
        if section.key == WORK and not report.work_done:
            yield Reason(
                "work-missing", Bilingual("Describe the work done.", "実施内容を記入してください。"), "work_done"
            )
        elif section.key == SPENT and report.spend_yen is None:
            yield Reason(
                "spend-missing", Bilingual("Give the amount spent.", "支出額を記入してください。"), "spend_yen"
            )
        elif section.required and section.key not in (WORK, SPENT) and not report.texts.get(section.key):
            yield Reason(
                "section-missing",
                Bilingual(f"Fill in: {section.title.en}", f"「{section.title.ja}」を記入してください。"),
                f"text-{section.key}",
            )


def wishes_for_a_day(report: Any) -> Iterable[Reason]:
    """An incident's report that wishes for a new end names a day."""
    try:
        wished_end(report)
    except ValueError:
        words = Bilingual("Write the wished end as 2027-09-30.", "希望する終了日は2027-09-30の形式で記入してください。")
        yield Reason("wished-end", words, f"text-{WISHED_END}")


def judges_every_milestone(report: Any) -> Iterable[Reason]:
    if report.kind is ReportKind.incident:
        return
    judged = {result.milestone_id for result in report.results if result.achievement is not None}
    for milestone in queries.milestones_of(report.project_id):
        if milestone.status == MilestoneStatus.dropped:
            continue
        if milestone.due_on <= report.period_to and milestone.id not in judged:
            yield Reason(
                "result-missing",
                Bilingual(
                    f"Milestone {milestone.position} was due in this period: say how far it was achieved.",
                    f"マイルストーン{milestone.position}は本期間内が期限です。達成状況を記入してください。",
                ),
                f"achievement-{milestone.id}",
            )


def partners_stand_by_their_parts(report: Any) -> Iterable[Reason]:
    """What a partner began it has to confirm; a part that nobody began is handed in as missing, and shown so."""
    for part in report.parts:
        if part.confirmed_at is None:
            en, ja = part.organisation.name_en or part.organisation.name_ja, part.organisation.name_ja
            yield Reason(
                "part-unconfirmed",
                Bilingual(f"{en} has not confirmed its part yet.", f"{ja}の分担部分が未確認です。"),
                part_key(part.organisation_id),
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
            policy.may_submit,
            (says_what_was_done, wishes_for_a_day, judges_every_milestone, partners_stand_by_their_parts),
            label=Bilingual("Submit the report", "報告書を提出する"),
        ),
        Transition(
            "accept", sources(S.submitted), S.accepted, policy.is_officer, label=Bilingual("Accept", "受理する")
        ),
        Transition(
            "return", sources(S.submitted), S.returned, policy.is_officer, label=Bilingual("Return", "差し戻す")
        ),
        # the performance report that the award sends back from its inspection
        Transition(
            "reopen", sources(S.accepted), S.returned, policy.is_officer, label=Bilingual("Open again", "再開する")
        ),
    ),
)


def says_when(milestone: Any) -> Iterable[Reason]:
    if milestone.actual_on is None:
        yield Reason(
            "actual-missing", Bilingual("Say on which day it was reached.", "達成日を記入してください。"), "actual_on"
        )
    if milestone.target_value and not milestone.value_reached:
        yield Reason(
            "value-missing", Bilingual("Give the value reached.", "達成値を記入してください。"), "value_reached"
        )


M = MilestoneStatus
ROW_MACHINE = Machine(
    "milestone",
    M,
    M.open,
    (
        Transition(
            "report",
            sources(M.open, M.returned),
            M.reported,
            policy.may_update,
            (says_when,),
            label=Bilingual("Report as reached", "達成を報告する"),
        ),
        Transition("accept", sources(M.reported), M.accepted, policy.is_officer, label=Bilingual("Accept", "受理する")),
        Transition(
            "return", sources(M.reported), M.returned, policy.is_officer, label=Bilingual("Send back", "差し戻す")
        ),
        Transition(
            "fail",
            sources(M.open, M.reported, M.returned),
            M.not_achieved,
            policy.is_officer,
            label=Bilingual("Record as not achieved", "未達成とする"),
        ),
        Transition(
            "drop",
            sources(M.open, M.returned),
            M.dropped,
            policy.is_officer,
            label=Bilingual("No longer required", "取り下げる"),
        ),
        Transition(
            "reopen",
            sources(M.accepted, M.not_achieved),
            M.returned,
            policy.is_officer,
            label=Bilingual("Open again", "再開する"),
        ),
    ),
)
E = ExtensionStatus
EXTENSION_MACHINE = Machine(
    "report_extension",
    E,
    E.asked,
    (
        Transition("grant", sources(E.asked), E.granted, policy.may_decide, label=Bilingual("Grant", "承認する")),
        Transition("refuse", sources(E.asked), E.refused, policy.may_decide, label=Bilingual("Refuse", "承認しない")),
    ),
)
MACHINES = (MACHINE, ROW_MACHINE, EXTENSION_MACHINE)
