"""Files that arrive piece by piece. Answers JSON; the page works without it as a plain form.

Every refusal is ``{"kind", "message"}``: 404 for an upload that is not the sender's own, 409 ``offset`` (go on from
there) or ``replaced`` (somebody attached another file meanwhile), 422 ``refused`` with the reason in words.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, queries
from app.applications.views import bp
from app.applications.views.files import attachments_page, replaced_words, replaces
from app.applications.views.pages import applicant, load, load_draft
from app.core import partial
from app.core.access import access
from app.core.clock import now
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused, Stale
from app.core.http import PIECE_TYPE, arrived_at, keep_although_refused, let_go, looks_first
from app.core.i18n import _


def _no(status: int, kind: str, message: Any, **more: Any) -> ResponseReturnValue:
    return jsonify({"kind": kind, "message": str(message), **more}), status


def in_json(view: Callable[..., Any]) -> Callable[..., Any]:
    """Say refusals in JSON."""

    @wraps(view)
    def say(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except Refused as refusal:
            return _no(422, "refused", " ".join(str(reason) for reason in refusal.reasons))
        except operations.ReplacedMeanwhile as meanwhile:
            present = meanwhile.present.id if meanwhile.present else None
            return _no(409, "replaced", replaced_words(meanwhile.present), present=present)
        except (OutOfOrder, Forbidden):
            return _no(422, "refused", _("The documents can no longer be changed."))

    return say


def _own(application_id: int, key: str, lock: bool = False) -> Any:
    """The sender's own upload, if it has not expired; anybody else's does not exist."""
    upload = queries.uploads.one(current_user, application_id, key, lock=lock) or abort(404)
    return upload if upload.expires_at > now() else abort(404)


def _state(upload: Any) -> Response:
    state = "done" if upload.finished_at else "set-aside" if upload.file_id else "open"
    offset = upload.size if state != "open" else min(upload.received, partial.length(upload.key))
    answer = jsonify(state=state, offset=offset, size=upload.size)
    answer.headers["Upload-Offset"], answer.headers["Upload-Length"] = str(offset), str(upload.size)
    return answer


@bp.post("/applications/<int:application_id>/documents/<int:document_id>/uploads")
@access(applicant)
@in_json
def begin_upload(application_id: int, document_id: int) -> ResponseReturnValue:
    """Begin, or go on with the same file: form data ``name``, ``size``, ``modified``, ``replaces``. 201 or 200."""
    application = load_draft(application_id, lock=True)
    chosen = operations.Chosen(
        request.form.get("name", ""),
        request.form.get("size", type=int) or 0,
        _milliseconds(request.form.get("modified")),
    )
    upload = operations.begin_upload(
        application, document_id, chosen, replaces(), actor=current_user, arrived=arrived_at()
    )
    address = url_for("applications.upload_piece", application_id=application.id, upload_key=upload.key)
    answer = jsonify(url=address, offset=upload.received, size=upload.size, piece=partial.PIECE_BYTES)
    answer.headers["Location"] = address
    return answer, 200 if upload.received else 201


def _milliseconds(text: str | None) -> int:
    whole = (text or "").split(".")[0]
    return int(whole) if whole.isascii() and whole.isdigit() and len(whole) <= 15 else 0


@bp.get("/applications/<int:application_id>/uploads/<string:upload_key>")
@access(applicant)
def upload_state(application_id: int, upload_key: str) -> Response:
    """Where an upload stands: ``{"state", "offset", "size"}`` and the header Upload-Offset (also for HEAD)."""
    return _state(_own(load(application_id).id, upload_key))


@bp.post("/applications/<int:application_id>/uploads/<string:upload_key>")
@access(applicant)
@looks_first
@in_json
def upload_piece(application_id: int, upload_key: str) -> ResponseReturnValue:
    """One piece as application/octet-stream, its place in the header Upload-Offset. The last one attaches the file."""
    upload = _own(load_draft(application_id).id, upload_key)  # who may not know of it learns nothing, not even a 415
    if request.mimetype != PIECE_TYPE:
        abort(415)
    data, offset = request.get_data(), request.headers.get("Upload-Offset", type=int)
    if upload.finished_at or upload.file_id:  # the answer to the last piece was lost on its way
        return _state(upload)
    there = min(upload.received, partial.length(upload.key))
    if offset is None or offset != there:
        return _no(409, "offset", _("Other pieces arrived meanwhile; going on from there."), offset=there)
    if not data or len(data) > 2 * partial.PIECE_BYTES or offset + len(data) > upload.size:
        return _no(422, "refused", _("This piece does not belong to the file that was begun."))
    name, size, seen = upload.name, upload.size, upload.received
    let_go()  # from here on the disk is written and the file examined, which holds no lock
    partial.write(upload_key, offset, data)
    if offset + len(data) < size:
        return _piece(application_id, upload_key, seen, offset + len(data))
    return _last_piece(application_id, upload_key, name, size)


def _piece(application_id: int, key: str, seen: int, received: int) -> ResponseReturnValue:
    upload = _own(application_id, key, lock=True)
    try:
        operations.piece_arrived(upload, seen, received, arrived_at())
    except Stale:
        return _no(409, "offset", _("Other pieces arrived meanwhile; going on from there."), offset=upload.received)
    return _state(upload)


def _last_piece(application_id: int, key: str, name: str, size: int) -> ResponseReturnValue:
    try:
        received = operations.receive(partial.read(key, size), name)
    except Refused:
        operations.drop_upload(_own(application_id, key, lock=True))
        keep_although_refused()
        raise
    application = load_draft(application_id, lock=True)
    upload = _own(application_id, key, lock=True)
    if upload.finished_at or upload.file_id:
        return _state(upload)
    try:
        operations.finish_upload(application, upload, received, actor=current_user, arrived=arrived_at())
    except operations.ReplacedMeanwhile:
        operations.set_aside(
            application, upload.document_id, received, actor=current_user, arrived=arrived_at(), upload=upload
        )
        keep_although_refused()
        raise
    partial.discard(key)
    return _state(upload)


@bp.post("/applications/<int:application_id>/uploads/<string:upload_key>/attach")
@access(applicant)
def attach_set_aside(application_id: int, upload_key: str) -> ResponseReturnValue:
    """Attach all the same a file that waited because somebody else had attached another one."""
    application = load_draft(application_id, lock=True)
    upload = _own(application.id, upload_key, lock=True)
    anchor = f"d-{upload.document_id}"
    try:
        operations.attach_set_aside(application, upload, replaces(), actor=current_user, arrived=arrived_at())
    except Refused as refusal:
        return attachments_page(application, refusal.reasons), 422
    except operations.ReplacedMeanwhile as meanwhile:
        return attachments_page(application, [Reason("replaced", replaced_words(meanwhile.present), anchor)]), 409
    partial.discard(upload_key)
    return redirect(url_for("applications.attachments", application_id=application_id, _anchor=anchor), 303)


@bp.post("/applications/<int:application_id>/uploads/<string:upload_key>/cancel")
@access(applicant)
def cancel_upload(application_id: int, upload_key: str) -> ResponseReturnValue:
    """Give up an upload of one's own, or a file that waits."""
    upload = _own(load_draft(application_id, lock=True).id, upload_key, lock=True)
    if upload.finished_at is None:
        operations.drop_upload(upload)
    anchor = f"d-{upload.document_id}"
    return redirect(url_for("applications.attachments", application_id=application_id, _anchor=anchor), 303)
