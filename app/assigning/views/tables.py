"""A plan as a table: taken out, checked, taken in."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.assigning import exchange, operations, queries
from app.assigning.forms import TableForm
from app.assigning.views import bp
from app.assigning.views.plans import load, officer, staff
from app.core.access import access
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual, _


@bp.get("/officer/assignment-plans/<int:plan_id>/table")
@access(staff)
def plan_table(plan_id: int) -> ResponseReturnValue:
    row, call = load(plan_id)
    return _page(row, call)


def _page(row: Any, call: Any, found: Any = None, content: str = "", reasons: Any = ()) -> ResponseReturnValue:
    page = render_template(
        "assigning/table.html", row=row, call=call, found=found, form=TableForm(data={"content": content}),
        reasons=reasons, columns=exchange.COLUMNS,
    )  # fmt: skip
    return page, 422 if reasons else 200


@bp.post("/officer/assignment-plans/<int:plan_id>/table/export")
@access(officer)
def export_table(plan_id: int) -> Response:
    """A file leaves the house, so it is on the record: hence no GET."""
    row, _call = load(plan_id)
    pairs = queries.pairs(row.id)
    operations.record_export(row, len(pairs), current_user)
    headers = {"Content-Disposition": f'attachment; filename="assignment-plan-{plan_id}.csv"'}
    data = exchange.write(pairs, queries.kinds_of({pair.reviewer_id for pair in pairs}))
    return Response(data, mimetype="text/csv", headers=headers)


@bp.post("/officer/assignment-plans/<int:plan_id>/table")
@access(officer)
def check_table(plan_id: int) -> ResponseReturnValue:
    """What a file would change. Nothing is written."""
    row, call = load(plan_id)
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refused([Reason("file", Bilingual("Choose a file first.", "ファイルを選択してください。"), "file")])
        rows = exchange.read(file.stream.read(exchange.MOST_BYTES + 1))
        found = operations.compare(row, rows, current_user)
    except Refused as refusal:
        return _page(row, call, reasons=refusal.reasons)
    return _page(row, call, found, exchange.carried(rows), found.wrong)


@bp.post("/officer/assignment-plans/<int:plan_id>/table/confirm")
@access(officer)
def take_table(plan_id: int) -> ResponseReturnValue:
    row, call = load(plan_id, lock=True)
    form = TableForm(request.form)
    if not form.validate():
        return _page(
            row, call, reasons=[Reason("content", Bilingual("The table cannot be read.", "表を読み取れません。"))]
        )
    try:
        found = operations.take_table(row, exchange.brought(form.content.data or ""), current_user)
    except Refused as refusal:
        return _page(row, call, reasons=refusal.reasons)
    flash(_("%(new)d pairs are added, %(gone)d taken off.", new=len(found.new), gone=len(found.gone)))
    return redirect(url_for("assigning.plan", plan_id=plan_id), 303)
