"""What a corrected decision means for projects, and the reserve list moving up.

The decision itself is changed by reviews.operations; here stands what may not be pulled from under a project, and how a
project comes to be when an adoption comes late.
"""

from typing import Any

from app.calls.models import Call
from app.core import audit, numbering
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.projects import queries
from app.projects.choices import ProjectStatus
from app.projects.models import Project
from app.projects.operations.awarding import award, share_out
from app.projects.operations.hearing import CORRECTED
from app.reviews import operations as reviews
from app.reviews import queries as review_queries
from app.reviews.choices import CorrectionKind, Outcome
from app.reviews.models import Decision, DecisionCorrection
from app.selection.policy import may_see_joint


def _refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def promote(decision: Decision, amount_yen: int, reason: str, version: int, actor: Any) -> DecisionCorrection:
    """Propose that the next of the reserve list is adopted; another officer confirms it.

    Refused while the results are unreleased, when another one stands before it, and beyond the money that is free.
    """
    if not actor.has_role("officer"):
        raise Forbidden("promote")
    call = _locked(decision)
    _free(call, actor)
    if decision.outcome is not Outcome.reserve:
        raise _refuse("not-reserve", "This proposal is not on the reserve list.", "補欠の提案ではありません。")
    waiting = queries.promotions_waiting(call.id)
    _in_turn(decision, call, passing=waiting)
    _within(call, amount_yen)
    return reviews.propose_correction(
        decision, Outcome.adopted, amount_yen, decision.conditions, decision.remarks, reason, version, actor,
        kind=CorrectionKind.promotion,
    )  # fmt: skip


def confirm_correction(row: DecisionCorrection, version: int, actor: Any) -> None:
    """The second officer confirms a correction or a promotion: decision, superseding letter, mails, project.

    Refused where a project made of the decision would lose its ground; the words say what to do first.
    """
    reviews.check_correction(row, version, actor)
    decision = row.decision
    call = _locked(decision)
    if row.kind is CorrectionKind.promotion:
        _free(call, actor)
        _in_turn(decision, call, passing=frozenset())
        _within(call, row.after["amount_yen"])
    project = queries.by_application(decision.application_id)
    was, becomes = decision.outcome, row.outcome
    _check_project(project, was, becomes, row)
    reviews.apply_correction(row, version, actor)
    if becomes is Outcome.adopted and project is None:
        award(decision, actor)
    elif becomes is Outcome.adopted and project is not None and project.amount_yen != decision.amount_yen:
        project.amount_yen = decision.amount_yen
        share_out(project, decision.application, decision.amount_yen)
        for listener in CORRECTED:
            listener(project, actor)
        audit.record(project, "amount corrected", actor, reason=row.reason, data={"amount_yen": decision.amount_yen})
    numbering.touch()


def _locked(decision: Decision) -> Call:
    """The call, held until the end: promotions of one call happen one after another."""
    return queries.locked_call(decision.application.call_id)


def _free(call: Call, actor: Any) -> None:
    """The order of the list and the money that is free tell of every proposal of the round."""
    if not may_see_joint(actor, call.id):
        raise _refuse(
            "recused",
            "You are recused from an application of this call; another officer has to do this.",
            "この公募には除斥の対象となる申請があるため、他の担当官が行う必要があります。",
        )


def _in_turn(decision: Decision, call: Call, passing: frozenset[int]) -> None:
    """Nobody on the reserve list is passed over (``passing`` are decisions whose promotion waits already)."""
    queue = [d.id for d in review_queries.reserve_list(call.id) if d.id not in passing]
    if queue and queue[0] != decision.id:
        raise _refuse(
            "not-next",
            "Another proposal stands before it on the reserve list. Move that one up first, or correct its decision.",
            "補欠順位が上位の提案があります。先にその提案を繰り上げるか、その決定を訂正してください。",
        )


def _within(call: Call, amount_yen: int) -> None:
    room = queries.room(call)
    if amount_yen > room:
        raise _refuse(
            "no-room",
            f"Only {room:,} yen are free: a place comes free when an adopted one withdraws.",
            f"利用可能な予算は{room:,}円です。採択者の辞退等により予算が空いた場合に繰り上げられます。",
            "amount_yen",
        )


def _check_project(project: Project | None, was: Outcome, becomes: Outcome, row: DecisionCorrection) -> None:
    if project is None:
        return
    key, gone = project.project_key, project.status in (ProjectStatus.withdrawn, ProjectStatus.terminated)
    if was is Outcome.adopted and becomes is not Outcome.adopted and not gone:
        raise _refuse(
            "project-lives",
            f"Project {key} was made of this decision. Record its withdrawal or termination first, then correct.",
            f"この決定に基づくプロジェクト{key}があります。先に辞退又は中止を記録してから訂正してください。",
        )
    if becomes is Outcome.adopted and gone:
        raise _refuse(
            "project-ended",
            f"Project {key} of this application was ended; it is not adopted a second time.",
            f"この申請のプロジェクト{key}は既に終了しているため、再度採択できません。",
        )
    if row.after["amount_yen"] != row.before["amount_yen"] and project.status is not ProjectStatus.adopted and not gone:
        raise _refuse(
            "project-runs",
            f"Project {key} has started: its amount changes by a change of its plan, not by a correction.",
            f"プロジェクト{key}は既に開始しています。金額は決定の訂正ではなく計画変更により変更してください。",
            "amount_yen",
        )
