"""The office's side of the yearly reports: how many came, which did not, writing to many, the rules of a programme."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.calls.choices import Programme
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.organisations.choices import BUREAUS
from app.outcomes import operations, queries
from app.outcomes.definitions import phase, response_tables
from app.outcomes.forms import ChaseForm, ReportsFilter, TermsForm
from app.outcomes.views import bp

officer, staff = role("officer"), role("officer", "auditor")


@bp.get("/officer/follow-ups/response")
@access(staff)
def response() -> str:
    return render_template(
        "outcomes/response.html", tables=response_tables(queries.response(current_user, today())), bureaus=BUREAUS,
        on=today(),
    )  # fmt: skip


def _filters(state: str = "") -> tuple[ReportsFilter, dict[str, str]]:
    """What is asked for; ``state`` where the reader has said nothing of it."""
    asked = request.args.copy()
    asked.setdefault("state", state)
    form = ReportsFilter(asked)
    return form, {f.name: f.data for f in form if f.data} if form.validate() else {}


@bp.get("/officer/follow-ups")
@access(staff)
def reports() -> str:
    form, filters = _filters("unfinished")
    page = queries.report_list(current_user, filters, request.args.get("after"), request.args.get("before"))
    on = today()
    return render_template(
        "outcomes/reports.html", form=form, filters=filters, page=page, phases={r[0].id: phase(r[0], on) for r in page.rows},
        chases=queries.chases(),
    )  # fmt: skip


def _chase_page(form: Any, filters: dict[str, str], reasons: Any = ()) -> str:
    found = operations.plan(current_user, filters)
    letter = operations.chase_letter(*found.letters[0], form.note.data or "") if found.letters else ""
    return render_template(
        "outcomes/chase.html", form=form, filters=filters, reasons=reasons, found=found, letter=letter,
        on=today(),
    )  # fmt: skip


@bp.get("/officer/follow-ups/chase")
@access(officer)
def chase() -> str:
    _form, filters = _filters()
    return _chase_page(ChaseForm(data={"key": secrets.token_urlsafe(24)}), filters)


@bp.post("/officer/follow-ups/chase", endpoint="send_chase")
@access(officer)
def send_chase() -> Answer:
    _form, filters = _filters()
    form: Any = ChaseForm(request.form)
    if not form.validate() or not form.key.data:
        return _chase_page(form, filters), 422
    try:
        n = operations.chase(current_user, filters, form.note.data or "", form.key.data[:64])
    except Refused as refusal:
        return _chase_page(form, filters, refusal.reasons), 422
    flash(_("Letters on their way: %(n)d.", n=n))
    arguments: dict[str, Any] = dict(filters)
    return redirect(url_for("outcomes.reports", **arguments), 303)


@bp.get("/officer/follow-ups/terms")
@access(staff)
def terms() -> str:
    return _terms_page()


def _terms_page(wrong: Any = None) -> str:
    forms = []
    for programme in Programme:
        now = queries.terms_of(programme)
        data = {"programme": programme.value, "covers_completion_year": now.covers_completion_year,
                "due_after_days": now.due_after_days}  # fmt: skip
        if wrong is not None and wrong.programme.data == programme.value:
            forms.append((programme, wrong))
        else:
            forms.append((programme, TermsForm(prefix=f"{programme.value}-", data=data)))
    return render_template("outcomes/terms.html", forms=forms, wrong=wrong)


@bp.post("/officer/follow-ups/terms/<any(consortium_rd,new_collaboration):programme>")
@access(officer)
def set_terms(programme: str) -> Answer:
    form: Any = TermsForm(request.form, prefix=f"{programme}-", data={"programme": programme})
    form.programme.data = programme
    if not form.validate():
        return _terms_page(form), 422
    changed, rules = form.as_data()
    operations.set_terms(changed, rules, current_user)
    flash(_("Saved. It holds for projects completed from now on."))
    return redirect(url_for("outcomes.terms"), 303)
