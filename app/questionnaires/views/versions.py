"""Versions, their differences, files, copies."""

import json

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import CombinedMultiDict

from app.core.access import access
from app.core.errors import Reason, Refused
from app.core.i18n import _
from app.questionnaires import operations, queries
from app.questionnaires.definitions import as_json, differences
from app.questionnaires.forms import CopyForm, FileForm
from app.questionnaires.views import bp, load, load_draft, officer, readers

FILE_BYTES = 1_000_000


def _overview_of(questionnaire_id: int) -> ResponseReturnValue:
    return redirect(url_for("questionnaires.overview", questionnaire_id=questionnaire_id), 303)


@bp.get("/questionnaires/<int:questionnaire_id>/versions")
@access(readers)
def versions(questionnaire_id: int) -> str:
    """All versions; with ?old=1&new=2 what changed between two of them, in words."""
    questionnaire = load(questionnaire_id)
    rows = queries.versions(questionnaire)
    by_number = {row.number: row for row in rows}
    new = by_number.get(request.args.get("new", 0, type=int), rows[0])
    old = by_number.get(request.args.get("old", 0, type=int), by_number.get(new.number - 1))
    changes = differences(queries.content(old), queries.content(new)) if old and old is not new else None
    return render_template(
        "questionnaires/versions.html", questionnaire=questionnaire, versions=rows, old=old, new=new, changes=changes
    )


@bp.get("/questionnaires/<int:questionnaire_id>/versions/<int:number>.json")
@access(readers)
def export(questionnaire_id: int, number: int) -> Response:
    questionnaire = load(questionnaire_id)
    row = queries.version(questionnaire, number) or abort(404)
    text = json.dumps(as_json(queries.content(row)), ensure_ascii=False, indent=1) + "\n"
    name = f"questionnaire-{questionnaire.id}-v{number}.json"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(text, mimetype="application/json", headers=headers)


@bp.post("/questionnaires/<int:questionnaire_id>/draft", endpoint="start_version")
@access(officer)
def start_version(questionnaire_id: int) -> ResponseReturnValue:
    questionnaire = load(questionnaire_id)
    operations.start_version(questionnaire, actor=current_user)
    flash(_("A new version is open for changes. Applicants go on with the published one until you publish it."))
    return _overview_of(questionnaire.id)


@bp.post("/questionnaires/<int:questionnaire_id>/draft/discard", endpoint="discard_version")
@access(officer)
def discard_version(questionnaire_id: int) -> ResponseReturnValue:
    questionnaire, draft = load_draft(questionnaire_id, lock=True)
    operations.discard(questionnaire, draft, request.form.get("version", 0, type=int), actor=current_user)
    flash(_("The draft version is discarded."))
    return _overview_of(questionnaire.id)


@bp.get("/questionnaires/<int:questionnaire_id>/import")
@access(officer)
def upload(questionnaire_id: int) -> str:
    questionnaire, draft = load_draft(questionnaire_id)
    form = FileForm(data={"version": draft.version})
    return render_template("questionnaires/import.html", questionnaire=questionnaire, form=form, reasons=())


@bp.post("/questionnaires/<int:questionnaire_id>/import", endpoint="import_file")
@access(officer)
def import_file(questionnaire_id: int) -> ResponseReturnValue:
    questionnaire, draft = load_draft(questionnaire_id, lock=True)
    form, reasons = FileForm(CombinedMultiDict((request.files, request.form))), []
    if form.validate():
        with form.file.data.stream as stream:
            data = stream.read(FILE_BYTES + 1)
        try:
            text = data.decode("utf-8-sig") if len(data) <= FILE_BYTES else ""
            operations.import_file(questionnaire, draft, text, form.version.data or 0, actor=current_user)
            flash(_("The file's questions have replaced those of the draft."))
            return _overview_of(questionnaire.id)
        except UnicodeDecodeError:
            form.refuse("file", _("The file is not UTF-8 text."))
        except Refused as refusal:
            reasons = [_with_path(reason) for reason in refusal.reasons]
    return render_template("questionnaires/import.html", questionnaire=questionnaire, form=form, reasons=reasons), 422


def _with_path(reason: Reason) -> Reason:
    return Reason(reason.code, f"{reason.where}: {reason.message}" if reason.where else reason.message)


def _copy_form(questionnaire_id: int, formdata: object = None, version: int = 0) -> CopyForm:
    form = CopyForm(formdata, data={"version": version})
    others = [(str(row.id), row.title) for row in queries.listed() if row.id != questionnaire_id]
    form.source.offer([("", _("Choose")), *others])
    return form


@bp.get("/questionnaires/<int:questionnaire_id>/copy")
@access(officer)
def copy(questionnaire_id: int) -> str:
    questionnaire, draft = load_draft(questionnaire_id)
    form = _copy_form(questionnaire.id, version=draft.version)
    return render_template("questionnaires/copy.html", questionnaire=questionnaire, form=form, reasons=())


@bp.post("/questionnaires/<int:questionnaire_id>/copy", endpoint="copy_questions")
@access(officer)
def copy_questions(questionnaire_id: int) -> ResponseReturnValue:
    questionnaire, draft = load_draft(questionnaire_id, lock=True)
    form = _copy_form(questionnaire.id, request.form)
    if form.validate():
        other = queries.get(int(form.source.data)) or abort(404)
        operations.copy_from(questionnaire, draft, other, form.version.data or 0, actor=current_user)
        flash(_("The questions have been copied into the draft."))
        return _overview_of(questionnaire.id)
    return render_template("questionnaires/copy.html", questionnaire=questionnaire, form=form, reasons=()), 422
