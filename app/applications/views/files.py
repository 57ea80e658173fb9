"""Documents of a draft, and downloads."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, policy, queries
from app.applications.choices import ApplicationStatus
from app.applications.views import bp
from app.applications.views.pages import applicant, load, load_draft, readers, section
from app.core import downloads
from app.core.access import access
from app.core.clock import now
from app.core.errors import Reason, Refused
from app.core.http import arrived_at, keep_although_refused, let_go, looks_first
from app.core.i18n import _, show_instant
from app.core.partial import PIECE_BYTES
from app.core.storage import EXTENSIONS, MAX_FILE_BYTES


def attachments_page(application: Any, reasons: Any = ()) -> str:
    """The documents with what is attached, the reader's own unfinished uploads, and who attached what."""
    current = {a.document_id: a for a in queries.current_attachments(application)}
    return section(
        application, "attachments", None, reasons,
        current=current,
        senders=queries.uploads.attached_by(current.values()),
        unfinished=queries.uploads.unfinished(current_user, application.id, now()),
        writable=policy.may_write(current_user, application) and queries.sent_back_too(application, "attachments"),
        piece=PIECE_BYTES, largest=MAX_FILE_BYTES, endings=",".join(EXTENSIONS.values()),
    )  # fmt: skip


def replaced_words(present: Any) -> str:
    """What happened to a document meanwhile, for the person whose file has to wait."""
    if present is None:
        return _("The file that you saw here has been removed meanwhile. Look, then decide.")
    name = queries.uploads.attached_by([present]).get(present.id) or _("somebody")
    return _(
        "%(name)s attached “%(file)s” here meanwhile (%(when)s). Nothing was replaced: look, then decide.",
        name=name, file=present.file.name, when=show_instant(present.file.created_at, seconds=True),
    )  # fmt: skip


def replaces() -> int | None:
    """The attachment that the sender saw at this document; None for none."""
    given = request.form.get("replaces", type=int)
    return given if given is not None and given > 0 else None


def _back(application_id: int, document_id: int | None = None) -> ResponseReturnValue:
    anchor = f"d-{document_id}" if document_id else None
    return redirect(url_for("applications.attachments", application_id=application_id, _anchor=anchor), 303)


@bp.get("/applications/<int:application_id>/documents")
@access(applicant)
def attachments(application_id: int) -> str:
    return attachments_page(load_draft(application_id))


@bp.post("/applications/<int:application_id>/documents/<int:document_id>")
@access(applicant)
@looks_first
def attach(application_id: int, document_id: int) -> ResponseReturnValue:
    application, file = load_draft(application_id, whole=False), request.files.get("file")
    if file is None or not file.filename:
        return attachments_page(
            load_draft(application_id), [Reason("file", _("Choose a file first."), f"file-{document_id}")]
        ), 422
    try:
        operations.check_attachable(application, document_id, actor=current_user, arrived=arrived_at())
        let_go()  # from here on the file is examined and written, which holds no lock
        received = operations.receive(file.stream, file.filename)
        application = load_draft(application_id, lock=True, whole=False)
        operations.attach_received(
            application, document_id, received, replaces=replaces(), actor=current_user, arrived=arrived_at()
        )
    except Refused as refusal:
        return attachments_page(load_draft(application_id), _at(refusal.reasons, document_id)), 422
    except operations.ReplacedMeanwhile as meanwhile:
        words = replaced_words(meanwhile.present)
        operations.set_aside(application, document_id, received, actor=current_user, arrived=arrived_at())
        keep_although_refused()
        return attachments_page(load_draft(application_id), [Reason("replaced", words, f"d-{document_id}")]), 409
    flash(_("“%(name)s” is attached.", name=received.name))
    return _back(application_id, document_id)


def _at(reasons: Any, document_id: int) -> list[Reason]:
    """The same reasons, leading to the control of this document."""
    return [Reason(r.code, r.message, f"file-{document_id}" if r.where == "file" else r.where) for r in reasons]


@bp.post("/applications/<int:application_id>/files/<int:attachment_id>/remove")
@access(applicant)
def detach(application_id: int, attachment_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    row = queries.uploads.attachment_any(application.id, attachment_id) or abort(404)
    try:
        operations.detach(application, row, actor=current_user, arrived=arrived_at())
    except Refused as refusal:
        return attachments_page(application, refusal.reasons), 422
    except operations.ReplacedMeanwhile as meanwhile:
        reason = Reason("replaced", replaced_words(meanwhile.present), f"d-{row.document_id}")
        return attachments_page(application, [reason]), 409
    return _back(application_id, row.document_id)


def _readable(application_id: int, attachment_id: int) -> Any:
    """A file that this reader may have. While the consortium corrects, the office has what was handed in, no more."""
    application = load(application_id)
    if application.status == ApplicationStatus.correcting and queries.standing(current_user, application).agency:
        return queries.uploads.handed_in(application.id, attachment_id) or abort(404)
    return queries.attachment(application.id, attachment_id) or abort(404)


@bp.get("/applications/<int:application_id>/files/<int:attachment_id>")
@access(readers)
def download(application_id: int, attachment_id: int) -> ResponseReturnValue:
    return downloads.send(_readable(application_id, attachment_id).file)


@bp.get("/applications/<int:application_id>/files/<int:attachment_id>/preview")
@access(readers)
def preview(application_id: int, attachment_id: int) -> ResponseReturnValue:
    return downloads.preview(_readable(application_id, attachment_id).file)
