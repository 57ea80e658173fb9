"""The yearly report: last year's answers, and what changed since."""

import json
from dataclasses import replace
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.exceptions import abort

from app.calls.choices import Programme
from app.core import downloads, storage
from app.core.access import access, role
from app.core.clock import now, today
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.fiscal import fiscal_year_end
from app.core.i18n import _, show_clock
from app.outcomes import operations, policy, queries
from app.outcomes.choices import EvidenceLevel, Need, Stage
from app.outcomes.definitions import phase
from app.outcomes.forms import AnswerForm, ClaimForm, GiveForm, ReportForms, VerifyForm, default_day
from app.outcomes.views import bp
from app.outcomes.workflow import CLAIM, FOLLOW_UP
from app.projects import queries as projects

people, applicant = role("applicant", "officer", "auditor"), role("applicant")


@bp.get("/follow-ups/<int:follow_up_id>")
@access(people)
def follow_up(follow_up_id: int) -> str:
    return report_page(queries.get_for(current_user, follow_up_id) or abort(404))


def _draft(found: Any, known: Any) -> Any:
    """What the draft says; a page opened for the first time begins with what was said last year."""
    data = operations.stored(found)
    if data.observed_on is None:
        day = default_day(fiscal_year_end(found.fiscal_year), found.project.completed_on, today())
        data = replace(data, observed_on=day)
    if known or found.claims:
        return data
    before = queries.newest(found)
    if before is None:
        return data
    last = operations.stored(before)
    return replace(data, dev_state=last.dev_state, stage=last.stage, reason_code=last.reason_code,
                   product=last.product, first_sale_on=last.first_sale_on)  # fmt: skip


def report_page(found: Any, forms: Any = None, reasons: Any = (), **given: Any) -> str:
    """A report's page; ``given`` stands in for the forms of the office and of the people."""
    events, on = FOLLOW_UP.available(found, current_user), today()
    writes = found.status in queries.AWAITED and policy.may_report(current_user, found)
    known = queries.known_products(found, on) if writes else []
    last = queries.last_seen(found.project_id, known, found.fiscal_year)
    of_plan = found.project.programme is Programme.new_collaboration
    if forms is None and writes:
        forms = ReportForms(
            [v.product_id for v in known], _draft(found, known), found.version, last=last, of_plan=of_plan
        )
    may_give = found.status in queries.AWAITED and policy.may_give(current_user, found)
    context = {
        "verify": VerifyForm(), "claim_form": ClaimForm(), "answer": AnswerForm(), "give": GiveForm(), "wrong_claim": None,
        **given,
    }  # fmt: skip
    return render_template(
        "outcomes/follow_up.html", follow_up=found, project=found.project, forms=forms, reasons=reasons, events=events,
        known=known, last=last, heirs=queries.heirs_today(found.organisation_id), year=queries.year_status_of(found.id), needs=Need, items=operations.ITEMS, of_plan=of_plan,
        planned=queries.planned_sales(found.project, found.fiscal_year) if of_plan else None, phase=phase(found, on),
        writes=writes, is_open=operations.is_open(found), readable=policy.may_read(current_user, found), stages=Stage,
        levels=EvidenceLevel, claim_events={c.id: CLAIM.available(c, current_user) for c in found.claims},
        invitations=queries.invitations_of(found.id) if may_give else [], may_give=may_give,
        sees_project=projects.get_for(current_user, found.project_id) is not None, **context,
    )  # fmt: skip


def _page_version(forms: ReportForms) -> int:
    """The version that the page stands at: that with which it was loaded, or that of the last field it saved itself
    (``seen`` of static/draft.js; a field is never saved over somebody else's save)."""
    try:
        seen = json.loads(request.form.get("seen", "") or "{}")
    except ValueError:
        seen = {}
    saved = seen.values() if isinstance(seen, dict) else ()
    return max([forms.head.version.data or 0, *(value for value in saved if isinstance(value, int))])


@bp.post("/follow-ups/<int:follow_up_id>")
@access(applicant)
def save(follow_up_id: int) -> Answer:
    found = queries.get_for(current_user, follow_up_id, lock=True) or abort(404)
    sending = "submit" in request.form
    known = queries.known_products(found, today())
    of_plan = found.project.programme is Programme.new_collaboration
    forms = ReportForms(
        [v.product_id for v in known], operations.stored(found), found.version, request.form, of_plan=of_plan
    )
    forms.head.version.data = _page_version(forms)  # a page that is shown again stands where its own saves had led it
    if not forms.validate(sending=sending):
        return report_page(found, forms), 422
    try:
        operations.save(found, forms.as_data(), forms.head.version.data, current_user)
        if upload := request.files.get("file"):
            kept = storage.keep_pdf(upload.stream, name=upload.filename or "", created_by_id=current_user.id)
            operations.attach(found, kept, current_user)
        if sending:
            operations.submit(found, current_user)
    except Refused as refusal:
        return report_page(found, forms, refusal.reasons), 422
    flash(_("The report is submitted.") if sending else _("Draft saved."))
    return redirect(url_for("outcomes.follow_up", follow_up_id=follow_up_id), 303)


def _no(message: Any, kind: str = "refused") -> Answer:
    return jsonify({"kind": kind, "message": str(message)}), 422


@bp.post("/follow-ups/<int:follow_up_id>/field")
@access(applicant)
def save_field(follow_up_id: int) -> Answer:
    """Save one field while somebody writes: form data ``field``, ``value`` and ``version`` (static/draft.js).

    200 ``{"version", "value", "merged", "by", "saved_at"}``; 422 ``{"kind": "wrong" | "refused", "message"}``, also when
    somebody else saved since that version. Nothing is stored unless the answer is 200."""
    found = queries.get_for(current_user, follow_up_id, lock=True) or abort(404)
    name, version = request.form.get("field", ""), request.form.get("version", type=int) or 0
    known = queries.known_products(found, today())
    of_plan = found.project.programme is Programme.new_collaboration
    forms = ReportForms([v.product_id for v in known], _draft(found, known), found.version, of_plan=of_plan)
    if name != "statement":  # said on sending only
        field = forms.put(name, request.form.getlist("value"))
        if field is None:
            return _no(_("There is no such field in this part any more. Load the page again."), "wrong")
        if field.errors:
            return _no(field.errors[0], "wrong")
        try:
            operations.save(found, forms.as_data(), version, current_user, live=True)
        except Refused as refusal:
            return _no(" ".join(str(reason) for reason in refusal.reasons))
        except (OutOfOrder, Forbidden):
            return _no(_("This part can no longer be changed. What you typed stays in this browser."))
        except Stale:
            return _no(
                _(
                    "Somebody else saved this report meanwhile. What you typed stays in this browser: load the page again."
                )
            )
    return jsonify({"version": found.version, "value": "", "merged": False, "by": None, "saved_at": show_clock(now())})


@bp.get("/follow-ups/<int:follow_up_id>/file")
@access(people)
def file(follow_up_id: int) -> Response:
    found = queries.get_for(current_user, follow_up_id) or abort(404)
    return downloads.send((policy.may_read(current_user, found) and found.file) or abort(404))


@bp.get("/claims/files/<int:request_id>")
@access(people)
def evidence_file(request_id: int) -> Response:
    _report, kept = queries.file_for(current_user, request_id) or abort(404)
    return downloads.send(kept)


@bp.post("/claims/<int:claim_id>/answer")
@access(applicant)
def answer(claim_id: int) -> Answer:
    claim = queries.claim_for(current_user, claim_id, lock=True) or abort(404)
    form: Any = AnswerForm(request.form)
    if not form.validate():
        return report_page(claim.follow_up, answer=form, wrong_claim=claim.id), 422
    try:
        upload, kept = request.files.get("file"), None
        if upload:
            kept = storage.keep_pdf(upload.stream, name=upload.filename or "", created_by_id=current_user.id)
        operations.answer(claim, form.answer.data or "", kept, current_user)
    except Refused as refusal:
        return report_page(claim.follow_up, None, refusal.reasons, answer=form, wrong_claim=claim.id), 422
    flash(_("Sent. The programme office looks at it next."))
    return redirect(url_for("outcomes.follow_up", follow_up_id=claim.follow_up_id), 303)
