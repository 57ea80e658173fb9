"""Documents of a draft, and downloads."""

from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, queries
from app.applications.views import bp
from app.applications.views.pages import applicant, load, load_draft, readers, section
from app.core import downloads
from app.core.access import access
from app.core.errors import Refused
from app.core.http import arrived_at
from app.core.i18n import _


def attachments_page(application: Any, reasons: Any = ()) -> str:
    current = {a.document_id: a for a in queries.current_attachments(application)}
    return section(application, "attachments", None, reasons, current=current)


@bp.get("/applications/<int:application_id>/documents")
@access(applicant)
def attachments(application_id: int) -> str:
    return attachments_page(load_draft(application_id))


@bp.post("/applications/<int:application_id>/documents/<int:document_id>")
@access(applicant)
def attach(application_id: int, document_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    file = request.files.get("file")
    if file is None or not file.filename:
        return attachments_page(application, [_("Choose a PDF file first.")]), 422
    try:
        operations.attach(
            application, document_id, file.stream, file.filename, actor=current_user, arrived=arrived_at()
        )  # fmt: skip
    except Refused as refusal:
        return attachments_page(application, refusal.reasons), 422
    return redirect(url_for("applications.attachments", application_id=application.id), 303)


@bp.post("/applications/<int:application_id>/files/<int:attachment_id>/remove")
@access(applicant)
def detach(application_id: int, attachment_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    row = queries.attachment(application.id, attachment_id) or abort(404)
    try:
        operations.detach(application, row, actor=current_user, arrived=arrived_at())
    except Refused as refusal:
        return attachments_page(application, refusal.reasons), 422
    return redirect(url_for("applications.attachments", application_id=application.id), 303)


@bp.get("/applications/<int:application_id>/files/<int:attachment_id>")
@access(readers)
def download(application_id: int, attachment_id: int) -> ResponseReturnValue:
    application = load(application_id)
    row = queries.attachment(application.id, attachment_id) or abort(404)
    return downloads.send(row.file)
