"""Saved views, files, and the record of files."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core import tabular, taken
from app.core.access import access
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual, _
from app.portfolio import exports, operations, policy, queries
from app.portfolio.choices import FileKind, Kept
from app.portfolio.forms.kept import ExportForm, VersionForm, ViewForm
from app.portfolio.views import bp
from app.portfolio.views.reading import HOMES, REGISTRIES, Question, address, officer, read, staff

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(page: str) -> Question:
    """The question of a form that only our pages send: sound, or not there."""
    question = read(Kept(page))
    if question.faults:
        abort(404)
    return question


@bp.get("/portfolio/views")
@access(staff)
def views() -> str:
    rows = [(view, address(HOMES[view.page], _pairs(view))) for view in queries.views_of(current_user)]
    return render_template(
        "portfolio/views.html", rows=rows, form=ViewForm(), may_change=policy.may_change_view,
        may_delete=policy.may_delete_view, **REGISTRIES,
    )  # fmt: skip


def _pairs(view: Any) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in view.pairs] + [("view", str(view.id))]


@bp.post("/portfolio/<any(explorer, pivot, map):page>/views")
@access(officer)
def keep(page: str) -> ResponseReturnValue:
    question, form = _asked(page), ViewForm(request.form)
    if not form.validate():
        raise Refused([Reason("view-name", Bilingual("Give the view a name.", "名前を入力してください。"))])
    operations.keep_view(form.name.data, form.shared.data, question.page, question.pairs, current_user)
    flash(_("The view is kept."))
    return redirect(url_for("portfolio.views"), 303)


def _loaded(view_id: int) -> Any:
    return queries.view_of(current_user, view_id, lock=True) or abort(404)


@bp.post("/portfolio/<any(explorer, pivot, map):page>/views/<int:view_id>")
@access(officer)
def keep_over(page: str, view_id: int) -> ResponseReturnValue:
    view, question, form = _loaded(view_id), _asked(page), VersionForm(request.form)
    operations.change_view(
        view, form.version.data or 0, current_user, url_for("portfolio.views"), asked=(question.page, question.pairs)
    )
    flash(_("The view is changed."))
    return redirect(url_for("portfolio.views"), 303)


@bp.post("/portfolio/views/<int:view_id>")
@access(officer)
def change_view(view_id: int) -> ResponseReturnValue:
    view, form = _loaded(view_id), ViewForm(request.form)
    if not form.validate():
        raise Refused([Reason("view-name", Bilingual("Give the view a name.", "名前を入力してください。"))])
    own = view.owner_id == current_user.actor_id
    operations.change_view(
        view, form.version.data or 0, current_user, url_for("portfolio.views"), name=form.name.data,
        shared=form.shared.data if own else None,
    )  # fmt: skip
    flash(_("The view is changed."))
    return redirect(url_for("portfolio.views"), 303)


@bp.post("/portfolio/views/<int:view_id>/delete")
@access(officer)
def delete_view(view_id: int) -> ResponseReturnValue:
    view, form = _loaded(view_id), VersionForm(request.form)
    operations.delete_view(view, form.version.data or 0, current_user, url_for("portfolio.views"))
    flash(_("The view is gone."))
    return redirect(url_for("portfolio.views"), 303)


# --- files -----------------------------------------------------------------------------------------------------------


def _table(question: Question) -> list[Any]:
    """The rows of a cross table or of a map, with their heading."""
    if question.page is Kept.pivot:
        return exports.crossed(queries.cross(current_user, question.selection, question.crossing))
    return exports.mapped(*queries.tiles(current_user, question.selection, question.place))


@bp.post("/portfolio/<any(explorer, pivot, map):page>/export")
@access(staff)
def export(page: str) -> ResponseReturnValue:
    """A file of exactly what the page shows. The record of it is committed before the first row leaves (B31)."""
    question, form = _asked(page), ExportForm(request.form)
    if not form.validate():
        raise Refused([Reason("export", message) for _id, _label, message in form.reasons()])
    kind, reason, selection, layout = (
        FileKind(form.kind.data),
        form.reason.data or "",
        question.selection,
        question.layout,
    )
    ids = queries.every_id(current_user, selection, layout) if question.page is Kept.explorer else None
    table = _table(question) if ids is None else []
    count = len(table) - 1 if ids is None else len(ids)
    operations.note_export(question.page, kind, question.pairs, question.sentence, count, reason, current_user)
    taken.rows(count)
    rows: Any = table
    if kind is FileKind.xlsx:
        if ids is not None:
            exports.refuse_long(count)
            rows = exports.listed(ids, selection, layout)
        facts = exports.facts_sheet(question.sentence, selection, current_user.name, count, reason)
        return _file(exports.workbook("portfolio", rows, facts), XLSX, page, kind)
    if ids is not None:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        rows = exports.streamed(app, ids, selection, layout)
    return _file(tabular.portions(rows), "text/csv", page, kind)


def _file(data: Any, mimetype: str, page: str, kind: FileKind) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="portfolio-{page}.{kind.value}"'}
    return Response(data, mimetype=mimetype, headers=headers)


@bp.get("/portfolio/exports")
@access(staff)
def exported() -> str:
    page = queries.exports_page(request.args.get("after"), request.args.get("before"))
    return render_template(
        "portfolio/exports.html", page=page, limit=operations.REASON_ABOVE, tells=queries.kept.tells_of(current_user),
        **REGISTRIES,
    )  # fmt: skip
