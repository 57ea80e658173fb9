"""A submission opened again: by its lead before closing, by the office section by section afterwards."""

from datetime import datetime
from typing import Any

from app.applications import policy, queries
from app.applications.choices import ApplicationStatus, CorrectionOutcome
from app.applications.models import Application, Correction
from app.applications.operations import freezing
from app.applications.operations.gates import in_time, lead_name, refuse
from app.applications.operations.letters import tell
from app.applications.workflow import MACHINE
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, NotFound, Stale


def correct(application: Application, version: int, *, actor: Any, arrived: datetime) -> Correction:
    """Before closing: open the submission for a new version. The present one counts until the new one is handed in."""
    MACHINE.check(application, "correct", actor)
    in_time(application, arrived)
    if version != application.version:
        raise Stale({}, {})
    correction = _open(application, actor)
    MACHINE.apply(application, "correct", actor, on_behalf_of=lead_name(application))
    return correction


def send_back(
    application: Application, parts: list[str], reason: str, due_at: datetime, version: int, *, actor: Any
) -> Correction:
    """The office asks for a correction of the named parts (one at least) until ``due_at``, with a reason."""
    MACHINE.check(application, "send_back", actor)
    if version != application.version:
        raise Stale({}, {})
    if not reason:
        raise refuse("reason", "Write what has to be corrected; the applicants receive it.", "訂正を求める内容を記入してください(申請者に通知)。", "why")  # fmt: skip
    if due_at <= now():
        raise refuse("due", "The date lies in the past.", "期限が過去の日時です。", "due_at")
    known = queries.part_keys(application)
    if not parts or any(part not in known for part in parts):
        raise refuse("parts", "Choose at least one section of this proposal.", "訂正を求める項目を1つ以上選んでください。", "parts")  # fmt: skip
    correction = _open(application, actor)
    correction.sent_back, correction.parts, correction.reason, correction.due_at = True, sorted(parts), reason, due_at
    MACHINE.apply(application, "send_back", actor, reason=reason, data={"parts": sorted(parts)})
    tell(application, "sent_back", f"sent-back:{correction.id}", reason=reason, due_at=due_at)
    return correction


def _open(application: Application, actor: Any) -> Correction:
    base = queries.submission_of(application.id)
    if base is None:
        raise NotFound("submission")
    if base.snapshot.find(freezing.SCHEMA) < 0:
        raise refuse("old", "This submission is of an older kind that cannot be opened again.", "この提出は旧形式のため訂正できません。")  # fmt: skip
    correction = Correction(
        application_id=application.id,
        base_id=base.id,
        opened_by_id=actor.id,
        parts=[],
        sealed_title_en=application.title_en,  # nobody has written since it was handed in
        sealed_title_ja=application.title_ja,
        sealed_total_yen=application.total_yen,
        sealed_frame_id=application.frame_id,
        sealed_lead_id=application.lead_organisation_id,
    )
    session.add(correction)
    session.flush()
    return correction


def give_up(application: Application, *, actor: Any) -> None:
    """Stop correcting: the earlier version is put back and counts as if nothing had happened."""
    correction = queries.open_correction(application.id)
    if correction is None:
        raise NotFound("correction")
    if not policy.may_sign(actor, application):
        raise Forbidden("give up")
    _end(application, correction, CorrectionOutcome.cancelled, actor)


def lapse(application: Application, instant: datetime) -> bool:
    """Put the earlier version back when the time for a correction has run out. True when it did."""
    correction = queries.open_correction(application.id)
    if correction is None or application.status != ApplicationStatus.correcting:
        return False
    due = correction.due_at if correction.sent_back else policy.deadline(application).grace_until
    if due is None or instant < due:
        return False
    _end(application, correction, CorrectionOutcome.lapsed, audit.SYSTEM)
    tell(
        application, "correction_lapsed", f"correction-lapsed:{correction.id}",
        receipt_number=correction.base.receipt_number,
    )  # fmt: skip
    return True


def _end(application: Application, correction: Correction, outcome: CorrectionOutcome, actor: Any) -> None:
    freezing.put_back(application, freezing.copy_of(correction.base))
    correction.closed_at, correction.outcome = now(), outcome
    application.submitted_at = correction.base.arrived_at
    MACHINE.apply(application, "resume", actor, reason=str(outcome.label.en))
