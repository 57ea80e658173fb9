"""The budget of a consortium on one page: a grid for each member one may write, totals of the others, the limits."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import budget_sheet, operations, parts, policy, queries
from app.applications.views import bp
from app.applications.views.pages import accepts_now, applicant, load
from app.applications.views.sections import mark_conflicts, save_part
from app.calls.choices import COST_ITEMS
from app.core.access import access
from app.core.clock import now
from app.core.errors import OutOfOrder, Refused
from app.core.http import arrived_at
from app.core.i18n import _

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _load(application_id: int, lock: bool = False) -> Any:
    application = load(application_id, lock)
    if not policy.is_open(application):
        raise OutOfOrder(application, "edit", application.status)
    return application


@queries.remembered()
def _page(application: Any, forms: dict[int, Any] | None = None, reasons: Any = ()) -> str:
    grids = {}
    for member in application.members:
        part = parts.part_of(application, f"share-{member.id}", current_user)
        if part is not None:
            grids[member.id] = (part, (forms or {}).get(member.id) or part.form(None))
    return render_template(
        "applications/budget.html",
        application=application,
        dossier=queries.dossier_of(application),
        standing=queries.standing(current_user, application),
        grids=grids,
        years=queries.years_of(application),
        cost_items=COST_ITEMS,
        findings=[f for f in queries.findings(application) if f.rule.where == "share"],
        accepts=accepts_now(application, now()),
        limit=policy.deadline(application),
        reasons=reasons,
    )


@bp.get("/applications/<int:application_id>/budget")
@access(applicant)
def budget(application_id: int) -> str:
    return _page(_load(application_id))


def _is_cell(name: str) -> bool:
    return name.startswith("b_")


@bp.post("/applications/<int:application_id>/budget/<int:member_id>", endpoint="save_budget")
@access(applicant)
def save_budget(application_id: int, member_id: int) -> ResponseReturnValue:
    """The cells of one member; everything else of its share stays as stored."""
    application = _load(application_id, lock=True)
    part = parts.part_of(application, f"share-{member_id}", current_user) or abort(404)
    return save_part(
        application,
        part,
        lambda form, reasons: _page(application, {member_id: form}, reasons),
        url_for("applications.budget", application_id=application.id, _anchor=f"member-{member_id}"),
        _is_cell,
    )


@bp.get("/applications/<int:application_id>/budget.xlsx", endpoint="budget_file")
@access(applicant)
def budget_file(application_id: int) -> Response:
    """The cells that one may see, as a workbook that can be filled in and sent back."""
    application = load(application_id)
    standing, dossier = queries.standing(current_user, application), queries.dossier_of(application)
    shown = [view for view in dossier.members if standing.sees_budget_of(view.member)]
    response = Response(budget_sheet.write(shown, dossier.years, application.version), mimetype=TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{application.number}-budget.xlsx"'
    return response


@bp.post("/applications/<int:application_id>/budget.xlsx", endpoint="read_budget_file")
@access(applicant)
def read_budget_file(application_id: int) -> ResponseReturnValue:
    """A filled-in workbook, merged cell by cell with what others saved since it was made; all of it or nothing."""
    application = _load(application_id, lock=True)
    file = request.files.get("sheet")
    try:
        if file is None or not file.filename:
            raise Refused(
                [operations.reason("sheet", "Choose the filled-in sheet first.", "記入済みの経費表を選んでください。")]
            )
        version, cells = budget_sheet.read(file.stream)
        contested = _store(application, version, cells)
    except Refused as refusal:
        return _page(application, reasons=refusal.reasons), 422
    if contested:
        return _page(application, contested, [_("Somebody else changed some of these cells meanwhile: see both values below.")]), 409  # fmt: skip
    flash(_("The sheet is stored."))
    return redirect(url_for("applications.budget", application_id=application.id), 303)


def _store(application: Any, version: int, cells: dict[int, dict[str, str]]) -> dict[int, Any]:
    """Save the sheet's cells member by member; the forms of those in conflict. Raises Refused for foreign members."""
    contested = {}
    start = application.version
    for member_id, texts in cells.items():
        part = parts.part_of(application, f"share-{member_id}", current_user)
        if part is None or not part.writable:
            raise Refused([operations.reason("sheet-member", f"You may not write the costs of member {member_id}.", f"参加機関 {member_id} の経費は入力できません。")])  # fmt: skip
        blank = part.form(None)
        known = [name for name in texts if name in blank]
        outside = [name for name, text in texts.items() if text and name not in blank]
        if outside:
            raise Refused([operations.reason("sheet-year", f"Fiscal years outside the period: {', '.join(outside)}.", f"期間外の年度があります: {', '.join(outside)}。")])  # fmt: skip
        form = part.form(blank.formdata({**part.stored(), **{name: texts[name] for name in known}}, start))
        form.validate()
        saved = parts.save(
            application, part, form, version if 0 < version <= start else 0, {}, actor=current_user,
            arrived=arrived_at(), only=known,
        )  # fmt: skip
        if saved.conflicts:
            contested[member_id] = mark_conflicts(saved)
    return contested
