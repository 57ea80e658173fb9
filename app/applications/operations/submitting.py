"""Handing in and taking back."""

import logging
import re
from datetime import datetime
from typing import Any

from app.applications import policy, queries
from app.applications.choices import CorrectionOutcome
from app.applications.models import Application, Submission
from app.applications.operations import freezing
from app.applications.operations.corrections import lapse
from app.applications.operations.gates import check_open, lead_name, recount, refuse
from app.applications.operations.letters import tell
from app.applications.workflow import MACHINE
from app.core import audit, numbering, pdf
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.fiscal import jst
from app.core.i18n import Bilingual

log = logging.getLogger(__name__)
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


def submit(
    application: Application, idempotency_key: str, *, actor: Any, arrived: datetime, version: int | None = None
) -> Submission:
    """Hand the proposal in: check, freeze, hash, number, tell. The row must have been loaded with its lock.

    The same key again answers the same submission. ``version`` is what the person was looking at; a proposal changed
    since is refused with who changed it. Raises Refused with every rule that does not hold or after the deadline,
    OutOfOrder when it has been handed in already.
    """
    if not _KEY.fullmatch(idempotency_key):
        raise refuse("key", "The form is damaged. Load the page again.", "ページを再読み込みしてください。")
    earlier = queries.submission_by_key(idempotency_key)
    if earlier is not None:
        if earlier.application_id != application.id or not policy.may_sign(actor, application):
            raise Forbidden("submit")
        return earlier
    if not policy.may_sign(actor, application):
        raise Forbidden("submit")
    check_open(application, arrived, handing_in=True)
    if version is not None and version != application.version:
        raise _changed(application, version, actor)
    return hand_in(application, idempotency_key, actor=actor, by=actor, arrived=arrived)


def _changed(application: Application, version: int, actor: Any) -> Refused:
    names = sorted({name for name in queries.parts.authors_since(application.id, version, actor.id) if name})
    who = ", ".join(names) or "–"
    return Refused(
        [
            Reason(
                "changed-meanwhile",
                Bilingual(
                    f"The proposal was changed while you looked at it ({who}). Read it again below, then hand in.",
                    f"確認中に内容が変更されました({who})。下の内容を再度確認してから提出してください。",
                ),
            )
        ]
    )


def hand_in(
    application: Application,
    idempotency_key: str,
    *,
    actor: Any,
    by: Any,
    arrived: datetime,
    by_insurance: bool = False,
) -> Submission:
    """Freeze and number what is there. ``actor`` acts (the system for an insurance), ``by`` is the person behind it."""
    recount(application)
    MACHINE.check(application, "submit", actor)
    receipt = f"R-{jst(arrived).year}-{numbering.next_number(f'receipt:{jst(arrived).year}'):06d}"
    frozen = freezing.freeze(application, arrived, receipt)
    application.submitted_at = arrived
    MACHINE.apply(
        application, "submit", actor, on_behalf_of=lead_name(application),
        data={"receipt_number": receipt, "sha256": frozen.sha256, "in_grace": frozen.content["deadline"]["in_grace"],
              "by_insurance": by_insurance},
    )  # fmt: skip
    submission = Submission(
        application_id=application.id,
        number=queries.submissions_count(application.id) + 1,
        receipt_number=receipt,
        idempotency_key=idempotency_key,
        snapshot=frozen.text,
        sha256=frozen.sha256,
        arrived_at=arrived,
        submitted_by_id=by.id,
        by_insurance=by_insurance,
    )
    session.add(submission)
    session.flush()
    freezing.seal(submission, frozen)
    freezing.keep_forecasts(application, submission)
    _close_correction(application)
    _order_dossiers(application, submission, frozen, by, arrived)
    tell(
        application, "receipt", f"receipt:{submission.id}", path="/receipt", receipt_number=receipt, arrived_at=arrived,
        sha256=frozen.sha256, version_number=submission.number, by_insurance=by_insurance,
    )  # fmt: skip
    return submission


def _close_correction(application: Application) -> None:
    correction = queries.open_correction(application.id)
    if correction is not None:
        correction.closed_at, correction.outcome = now(), CorrectionOutcome.handed_in


def _order_dossiers(
    application: Application, submission: Submission, frozen: freezing.Frozen, by: Any, arrived: datetime
) -> None:
    """Two editions: with every member's cost detail for the office, with totals only for the consortium."""
    said = freezing.words(application, arrived, by.locale)
    budgets = {m.id: queries.share(m)["budget"] for m in application.members}
    for edition, shown in (("office", budgets), ("consortium", {})):
        document = pdf.order(
            "applications/dossier",
            by.locale,
            {
                "snapshot": frozen.content,
                "budgets": {str(key): cells for key, cells in shown.items()},
                "sha256": frozen.sha256,
                "words": said,
            },
            name=f"{application.number}-{submission.number}.pdf",
            dedupe_key=f"submission:{submission.id}:{edition}",
            owner_id=by.id,
        )
        if edition == "office":
            submission.document = document
        else:
            submission.shared_document = document
    session.flush()


def withdraw(application: Application, reason: str, version: int, *, actor: Any) -> None:
    """Take the proposal back, before or after handing it in, until it has been screened.

    The office goes on reading what was handed in: a correction that is under way is not handed in with it.
    """
    MACHINE.check(application, "withdraw", actor)
    if version != application.version:
        raise Stale({}, {})
    correction = queries.open_correction(application.id)
    if correction is not None:
        freezing.put_back(application, freezing.copy_of(correction.base))
        correction.closed_at, correction.outcome = now(), CorrectionOutcome.cancelled
    MACHINE.apply(application, "withdraw", actor, reason=reason or None, on_behalf_of=lead_name(application))


# --- deadline insurance ---------------------------------------------------------------------------------------------


def insure(application: Application, wanted: bool, *, actor: Any, arrived: datetime) -> None:
    """Opt in or out: at closing the last draft that satisfied every rule is handed in by itself."""
    if not policy.may_sign(actor, application):
        raise Forbidden("insure")
    check_open(application, arrived)
    if wanted == (application.insured_at is not None):
        return
    application.insured_at = now() if wanted else None
    application.insured_by_id = actor.id if wanted else None
    session.flush()
    name = "kept by deadline insurance" if wanted else "deadline insurance ended"
    audit.record(application, name, actor, on_behalf_of=lead_name(application))
    if wanted:
        freezing.keep_ready(application)


def hand_in_insured(application: Application, instant: datetime) -> Submission | None:
    """At closing: hand in what is there if it satisfies every rule, else the last state that did.

    The moment on the receipt is the last one before the closing time. None before closing, for a draft that is not
    insured, and where no complete state was ever kept (its people are told). Loaded with its lock.
    """
    limit, correction = policy.deadline(application), queries.open_correction(application.id)
    if application.insured_at is None or not policy.is_open(application) or instant < limit.closes_at:
        return None
    if correction is not None and correction.sent_back:
        return None
    person = _insured_for(application)
    if any(f.blocks for f in queries.findings(application)):
        copy = queries.ready_copy(application.id)
        if copy is not None:
            freezing.put_back(application, copy.content)
    if person is None or any(f.blocks for f in queries.findings(application)):
        _insurance_failed(application)
        return None
    moment = limit.closes_at - freezing.ONE_MICROSECOND
    # A colon stands in no key that a browser may send (_KEY): nobody can take this one first and block the insurance.
    key = f"insurance:{application.id:09d}:{queries.submissions_count(application.id):03d}"
    return hand_in(application, key, actor=audit.SYSTEM, by=person, arrived=moment, by_insurance=True)


def _insured_for(application: Application) -> Any:
    """Who stands behind an insurance: who took it, while they sign for the lead; else somebody who does."""
    person = queries.person(application.insured_by_id)
    if person is not None and person.active and policy.may_sign(person, application):
        return person
    return next((one for one in queries.people_of(application.id) if policy.may_sign(one, application)), None)


def _insurance_failed(application: Application) -> None:
    application.insured_at = None
    session.flush()
    audit.record(application, "deadline insurance ended", audit.SYSTEM, reason="no complete version")
    tell(application, "insurance_failed", f"insurance-failed:{application.id}")


def at_closing() -> None:
    """The clock's work: insured drafts are handed in, corrections out of time put back; each by itself.

    What one of them cannot do keeps none of the others from it; it is tried again at the next tick.
    """
    instant = now()
    for verb, keys in (
        (hand_in_insured, queries.insured_after_closing(instant)),
        (lapse, queries.corrections_to_end(instant)),
    ):
        for key in keys:
            try:
                with session.begin_nested():
                    application = queries.for_clockwork(key)
                    if application is not None:
                        verb(application, instant)
            except Exception:
                log.exception("at closing: application %s could not be dealt with", key)
