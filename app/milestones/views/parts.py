"""A partner's own part of a report."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.calls.choices import COST_ITEMS
from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.milestones import operations, policy, queries
from app.milestones.forms import ConfirmForm, part_data, part_form
from app.milestones.views import bp
from app.milestones.views.reports import people

FIELDS = ("work", "deviations", "staff_hours", "assets", "ip", "meetings", "next_period", "costs_note", "version")


def _load(report_id: int, organisation_id: int, *, lock: bool = False) -> tuple[Any, Any]:
    """The report and the partner; 404 for an organisation that takes no part, and for the office while it is written."""
    report = queries.get_for(current_user, report_id, lock=lock) or abort(404)
    partners = {one.id: one for one in queries.organisations_of(report.project_id)}
    partner = partners.get(organisation_id) or abort(404)
    if not policy.may_read(current_user, report):
        abort(404)
    return report, partner


def _form(found: Any, formdata: Any = None) -> Any:
    data = {name: getattr(found, name) for name in FIELDS} if found else {"version": 0}
    data |= {f"cost-{key}": yen for key, yen in (found.costs if found else {}).items()}
    return part_form(COST_ITEMS, formdata, **data)


def _may_see(report: Any, partner: Any, found: Any) -> bool:
    """What is neither confirmed nor handed in is for those who write it, and for the lead that compiles."""
    own = partner.id in queries.own_organisations(current_user, report.project.application_id)
    open_ = found.confirmed_at is None and report.status in queries.AWAITED
    return not open_ or own or policy.may_report(current_user, report)


def _page(report: Any, partner: Any, form: Any = None, confirm: Any = None, reasons: Any = ()) -> str:
    found = queries.part_of(report, partner.id)
    if found is not None and not _may_see(report, partner, found):
        found = None
    key = f"part-{partner.id}"
    return render_template(
        "milestones/part.html", report=report, partner=partner, part=found, project=report.project,
        form=form or _form(found), confirm=confirm or ConfirmForm(), reasons=reasons, cost_items=COST_ITEMS,
        writing=policy.may_write_part(current_user, report, partner.id)
        and report.status in queries.AWAITED and not operations.locked(report, key),
        signing=policy.may_confirm_part(current_user, report, partner.id), remark=report.sent_back.get(key),
        costs=policy.may_know_costs(current_user, report, partner.id),
        rows=[m for m in queries.milestones_of(report.project_id) if m.organisation_id == partner.id],
    )  # fmt: skip


@bp.get("/reports/<int:report_id>/parts/<int:organisation_id>")
@access(people)
def part(report_id: int, organisation_id: int) -> str:
    return _page(*_load(report_id, organisation_id))


@bp.post("/reports/<int:report_id>/parts/<int:organisation_id>")
@access(role("applicant"))
def save_part(report_id: int, organisation_id: int) -> Answer | tuple[str, int]:
    report, partner = _load(report_id, organisation_id, lock=True)
    form = _form(queries.part_of(report, organisation_id), request.form)
    if not form.validate():
        return _page(report, partner, form), 422
    try:
        data = part_data(form, COST_ITEMS)
        operations.save_part(report, organisation_id, data, form.version.data or 0, current_user)
    except Refused as refusal:
        return _page(report, partner, form, reasons=refusal.reasons), 422
    flash(_("Saved. Confirm your part when it is complete."))
    return redirect(url_for("milestones.part", report_id=report_id, organisation_id=organisation_id), 303)


@bp.post("/reports/<int:report_id>/parts/<int:organisation_id>/confirm")
@access(role("applicant"))
def confirm_part(report_id: int, organisation_id: int) -> Answer | tuple[str, int]:
    report, partner = _load(report_id, organisation_id, lock=True)
    form = ConfirmForm(request.form)
    if form.validate():
        try:
            operations.confirm_part(report, organisation_id, form.name.data, form.version.data or 0, current_user)
        except Refused as refusal:
            form.refuse("name", refusal.reasons[0].message)
    if form.errors:
        return _page(report, partner, confirm=form), 422
    flash(_("Your part is confirmed."))
    return redirect(url_for("milestones.part", report_id=report_id, organisation_id=organisation_id), 303)
