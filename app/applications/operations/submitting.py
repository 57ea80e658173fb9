"""Handing in and taking back."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from app.applications import policy, queries
from app.applications.choices import MemberRole
from app.applications.models import (
    Application,
    Submission,
)
from app.applications.operations.gates import in_time, lead_name, recount, refuse, still_draft
from app.applications.workflow import MACHINE
from app.calls import policy as calls
from app.calls.choices import COST_ITEMS
from app.core import mail, numbering, pdf
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.core.fiscal import jst
from app.core.i18n import in_locale, show_instant

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


def snapshot(application: Application, arrived: datetime, receipt_number: str) -> dict[str, Any]:
    """The whole proposal as plain data; its canonical text is what is hashed and kept."""
    call, frame, plan = application.call, application.frame, application.plan
    iso = queries.as_iso
    return {
        "schema": "renkei.submission.1",
        "receipt_number": receipt_number,
        "arrived_at": iso(arrived.astimezone(UTC)),
        "application": {
            "number": application.number,
            "title_en": application.title_en,
            "title_ja": application.title_ja,
            "abstract": application.abstract,
            "field": application.field,
            "starts_on": iso(application.starts_on),
            "ends_on": iso(application.ends_on),
            "seed_technology": application.seed_technology,
            "novelty": [code for code in application.novelty.split(";") if code],
            "novelty_text": application.novelty_text,
            "combination_text": application.combination_text,
            "has_written_rules": application.has_written_rules,
            "total_yen": application.total_yen,
        },
        "call": {
            "programme": call.programme.value,
            "fiscal_year": call.fiscal_year,
            "round": call.round,
            "title_en": call.title_en,
            "title_ja": call.title_ja,
            "opens_at": iso(call.opens_at),
            "closes_at": iso(call.closes_at),
            "parameters": call.parameters,
        },
        "deadline": _deadline(application, arrived),
        "frame": {
            "code": frame.code,
            "name_en": frame.name_en,
            "name_ja": frame.name_ja,
            "ceiling_year1_yen": frame.ceiling_year1_yen,
            "ceiling_year2_yen": frame.ceiling_year2_yen,
        },
        "members": [
            {
                **queries.share(m),
                "org_key": m.organisation.org_key,
                "corporate_number": m.organisation.corporate_number,
                "name_en": m.organisation.name_en,
                "name_ja": m.organisation.name_ja,
                "org_type": m.organisation.org_type,
                "confirmed_at": iso(m.confirmed_at),
                "confirmed_name": m.confirmed_name,
                "confirmed_digest": m.confirmed_digest,
            }
            for m in application.members
        ],
        "milestones": [
            {
                "position": m.position,
                "goal": m.goal,
                "target_value": m.target_value,
                "unit": m.unit,
                "due_on": iso(m.due_on),
                "organisation_id": m.organisation_id,
            }
            for m in application.milestones
        ],
        "plan": None
        if plan is None
        else {
            "product": plan.product,
            "market": plan.market,
            "who_sells": plan.who_sells,
            "first_sale_on": iso(plan.first_sale_on),
            "investment_yen": plan.investment_yen,
            "years": [[y.year_no, y.sales_yen, y.profit_yen] for y in plan.years],
        },
        "attachments": [
            {"document": a.document.code, "name": a.file.name, "size": a.file.size, "sha256": a.file.sha256}
            for a in queries.current_attachments(application)
        ],
        "rules": [finding.as_json() for finding in queries.findings(application)],
    }


def _deadline(application: Application, arrived: datetime) -> dict[str, Any]:
    """By which time this was judged: the official one, the one that held for this application, and whether in grace."""
    limit = policy.deadline(application)
    return {
        "official": queries.as_iso(limit.official),
        "closes_at": queries.as_iso(limit.closes_at),
        "in_grace": calls.in_grace(arrived, limit, application.created_at),
    }


def _words(application: Application, arrived: datetime, locale: str) -> dict[str, Any]:
    """What the snapshot's codes are called in the language of the dossier."""
    with in_locale(locale):
        return {
            "roles": {role.value: str(role.label) for role in MemberRole},
            "cost_items": {code: str(item.name) for code, item in COST_ITEMS.items()},
            "documents": {document.code: str(document.name) for document in application.call.documents},
            "received": show_instant(arrived, seconds=True),
        }


def submit(application: Application, idempotency_key: str, *, actor: Any, arrived: datetime) -> Submission:
    """Hand the proposal in: check, freeze, hash, number, tell. The row must have been loaded with its lock.

    The same key again answers the same submission. Raises Refused with every rule that does not hold or after the
    deadline, OutOfOrder when it has been handed in already.
    """
    if not _KEY.fullmatch(idempotency_key):
        raise refuse("key", "The form is damaged. Load the page again.", "ページを再読み込みしてください。")
    earlier = queries.submission_by_key(idempotency_key)
    if earlier is not None:
        if earlier.application_id != application.id or not policy.may_sign(actor, application):
            raise Forbidden("submit")
        return earlier
    still_draft(application, "submit")
    if not policy.may_sign(actor, application):
        raise Forbidden("submit")
    in_time(application, arrived, handing_in=True)
    recount(application)
    MACHINE.check(application, "submit", actor)
    receipt = f"R-{jst(arrived).year}-{numbering.next_number(f'receipt:{jst(arrived).year}'):06d}"
    content = snapshot(application, arrived, receipt)
    frozen = queries.canonical(content)
    digest = hashlib.sha256(frozen.encode()).hexdigest()
    application.submitted_at = arrived
    MACHINE.apply(
        application, "submit", actor, on_behalf_of=lead_name(application), data={"receipt_number": receipt, "sha256": digest, "in_grace": content["deadline"]["in_grace"]},
    )  # fmt: skip
    submission = Submission(
        application_id=application.id,
        number=1,
        receipt_number=receipt,
        idempotency_key=idempotency_key,
        snapshot=frozen,
        sha256=digest,
        arrived_at=arrived,
        submitted_by_id=actor.id,
    )
    session.add(submission)
    session.flush()
    submission.document = pdf.order(
        "applications/dossier",
        actor.locale,
        {"snapshot": content, "sha256": digest, "words": _words(application, arrived, actor.locale)},
        name=f"{application.number}.pdf",
        dedupe_key=f"submission:{submission.id}",
        owner_id=actor.id,
    )
    session.flush()
    for person in queries.people_of(application.id):
        mail.queue(
            "applications/receipt",
            person.email,
            person.locale,
            f"receipt:{submission.id}:{person.id}",
            name=person.name,
            number=application.number,
            title=application.title,
            receipt_number=receipt,
            arrived_at=arrived,
            sha256=digest,
            path=f"/applications/{application.id}/receipt",
        )
    return submission


def withdraw(application: Application, reason: str, version: int, *, actor: Any) -> None:
    """Take the proposal back, before or after handing it in, until it has been screened."""
    MACHINE.check(application, "withdraw", actor)
    if version != application.version:
        raise Stale({}, {})
    MACHINE.apply(application, "withdraw", actor, reason=reason or None, on_behalf_of=lead_name(application))
