"""Files of an application: attach, replace, remove, and files that arrive piece by piece."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from app.applications import queries
from app.applications.models import Application, Attachment, Upload
from app.applications.operations.freezing import changed
from app.applications.operations.gates import editable, refuse
from app.applications.queries import uploads
from app.calls.models import RequiredDocument
from app.core import audit, mail, partial, storage
from app.core.clock import now
from app.core.db import session
from app.core.errors import NotFound, Stale
from app.core.storage import MAX_FILE_BYTES, Received, StoredFile

#: An upload that began in time may end this much after the closing [own]: 20 MB need 27 minutes at 100 kbit/s. It is
#: judged by the first byte of its first request, as everything else is, and may not be kept open for ever.
LATE_FINISH = timedelta(minutes=30)
LIFE = timedelta(days=1)  # of an upload that does not get any further
MAX_OPEN = 10  # unfinished uploads of one person to one application; the oldest makes room for the next
ANYTHING = -1  # for programs: replace whatever is attached


class ReplacedMeanwhile(Stale):
    """Somebody attached, replaced or removed this document after the sender had looked. ``present`` is there now."""

    def __init__(self, present: Attachment | None) -> None:
        super().__init__({}, {})
        self.present = present


@dataclass(frozen=True)
class Chosen:
    """What a browser says of the file that a person chose; ``modified`` in milliseconds, 0 where it does not say."""

    name: str
    size: int
    modified: int = 0


def receive(stream: IO[bytes], name: str) -> Received:
    """Examine and write a file without the database; see core.storage. Raises Refused."""
    return storage.receive(stream, name)


def attach(
    application: Application, document_id: int, data: IO[bytes], name: str, *, actor: Any, arrived: datetime
) -> Attachment:
    """Examine a file and attach it at once, whatever is attached: for programs, which hold no lock that matters."""
    editable(application, actor, None, arrived, "attach", "attachments")
    received = receive(data, name)
    return attach_received(application, document_id, received, replaces=ANYTHING, actor=actor, arrived=arrived)


def attach_received(
    application: Application,
    document_id: int,
    received: Received,
    *,
    replaces: int | None,
    actor: Any,
    arrived: datetime,
) -> Attachment:
    """Attach an examined file to a required document; an earlier one is replaced and stays on record (NC-13).

    ``replaces`` is the attachment that the sender saw (None: none). Raises ReplacedMeanwhile when another one is there
    now, Refused after the closing, NotFound for a document that the call does not ask for.
    """
    document = _checked(application, document_id, replaces, actor, arrived)
    return _put(application, document, storage.accept(received, created_by_id=actor.id), actor)


def check_attachable(application: Application, document_id: int, *, actor: Any, arrived: datetime) -> None:
    """Raises what attaching would raise, before a file is looked at."""
    editable(application, actor, None, arrived, "attach", "attachments")
    _document(application, document_id)


def _checked(
    application: Application, document_id: int, replaces: int | None, actor: Any, arrived: datetime
) -> RequiredDocument:
    editable(application, actor, None, arrived, "attach", "attachments")
    document = _document(application, document_id)
    present = _present(application, document_id)
    if replaces != ANYTHING and replaces != (present.id if present else None):
        raise ReplacedMeanwhile(present)
    return document


def _document(application: Application, document_id: int) -> RequiredDocument:
    document = next((d for d in application.call.documents if d.id == document_id), None)
    if document is None:
        raise NotFound("document")
    return document


def _present(application: Application, document_id: int) -> Attachment | None:
    return next((a for a in queries.current_attachments(application) if a.document_id == document_id), None)


def _put(application: Application, document: RequiredDocument, file: StoredFile, actor: Any) -> Attachment:
    present = _present(application, document.id)
    if present is not None:
        present.replaced_at = now()
    session.flush()  # out first: one current file each
    row = Attachment(application_id=application.id, document_id=document.id, document=document, file=file)
    application.attachments.append(row)
    changed(application)
    audit.record(application, "document attached", actor, data={"document": document.code, "sha256": file.sha256})
    return row


def detach(application: Application, attachment: Attachment, *, actor: Any, arrived: datetime) -> None:
    """Take a file out. Raises ReplacedMeanwhile when another one has taken its place, NotFound when it is out already."""
    editable(application, actor, None, arrived, "detach", "attachments")
    if attachment.replaced_at is not None:
        present = _present(application, attachment.document_id)
        raise ReplacedMeanwhile(present) if present else NotFound("attachment")
    attachment.replaced_at = now()
    changed(application)
    audit.record(application, "document removed", actor, data={"document": attachment.document.code})


# --- piece by piece -------------------------------------------------------------------------------------------------


def begin_upload(
    application: Application, document_id: int, chosen: Chosen, replaces: int | None, *, actor: Any, arrived: datetime
) -> Upload:
    """Begin sending a file, or go on with one: the same person, document, name, size and time of change.

    Raises Refused for an empty or too large file and after the closing, ReplacedMeanwhile as ``attach_received`` does.
    """
    _checked(application, document_id, replaces, actor, arrived)
    if chosen.size <= 0:
        raise refuse("file-empty", "The file is empty.", "ファイルが空です。", "file")
    if chosen.size > MAX_FILE_BYTES:
        raise refuse("file-size", "The file is larger than 20 MB.", "ファイルが20MBを超えています。", "file")
    name = storage.display_name(chosen.name)
    unfinished = list(uploads.unfinished(actor, application.id, arrived))
    for one in unfinished:
        known = (one.document_id, one.name, one.size, one.modified)
        if known == (document_id, name, chosen.size, chosen.modified) and one.file_id is None:
            one.replaces_id, one.received = replaces, min(one.received, partial.length(one.key))
            return one
    for one in unfinished[: max(0, len(unfinished) - MAX_OPEN + 1)]:
        drop_upload(one)
    row = Upload(
        key=partial.new_key(), application_id=application.id, document_id=document_id, user_id=actor.id, name=name,
        size=chosen.size, modified=chosen.modified, replaces_id=replaces, began_at=arrived, expires_at=arrived + LIFE,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def piece_arrived(upload: Upload, seen: int, received: int, arrived: datetime) -> None:
    """A piece lies in the part file, which now holds ``received`` bytes that count; ``seen`` is what counted before.

    Raises Stale when another request was faster.
    """
    if upload.received != seen or upload.finished_at is not None or upload.file_id is not None:
        raise Stale({}, {})
    upload.received = received
    upload.expires_at = max(upload.expires_at, arrived + LIFE)
    session.flush()


def judged_at(upload: Upload, arrived: datetime) -> datetime:
    """The instant by which a finished upload is judged: its beginning, but no more than LATE_FINISH ago."""
    return max(upload.began_at, arrived - LATE_FINISH)


def finish_upload(
    application: Application, upload: Upload, received: Received, *, actor: Any, arrived: datetime
) -> Attachment:
    """All pieces are here and examined: attach the file. Raises as ``attach_received`` does."""
    return _finish(
        application,
        upload,
        upload.replaces_id,
        lambda: storage.accept(received, created_by_id=actor.id),
        actor,
        arrived,
    )


def attach_set_aside(
    application: Application, upload: Upload, replaces: int | None, *, actor: Any, arrived: datetime
) -> Attachment:
    """Attach all the same a file that had to wait because of another one. Raises as ``attach_received`` does."""
    file = upload.file
    if file is None or upload.finished_at is not None:
        raise NotFound("upload")
    return _finish(application, upload, replaces, lambda: file, actor, arrived)


def _finish(
    application: Application, upload: Upload, replaces: int | None, file: Callable[[], StoredFile], actor: Any,
    arrived: datetime,
) -> Attachment:  # fmt: skip
    document = _checked(application, upload.document_id, replaces, actor, judged_at(upload, arrived))
    row = _put(application, document, file(), actor)
    upload.file, upload.received, upload.finished_at = row.file, upload.size, now()
    session.flush()
    return row


def set_aside(
    application: Application, document_id: int, received: Received, *, actor: Any, arrived: datetime,
    upload: Upload | None = None,
) -> Upload:  # fmt: skip
    """Keep an examined file that must not replace another one unseen, until its sender decides (at most a day)."""
    if upload is None:
        upload = Upload(
            key=partial.new_key(), application_id=application.id, document_id=_document(application, document_id).id,
            user_id=actor.id, name=received.name, size=received.size, modified=0, began_at=arrived,
            expires_at=arrived + LIFE,
        )  # fmt: skip
        session.add(upload)
    upload.file = storage.accept(received, created_by_id=actor.id)
    upload.received = upload.size
    session.flush()
    return upload


def drop_upload(upload: Upload) -> None:
    """Give an upload up; what had arrived of it goes. A file that was set aside stays in the store."""
    partial.discard(upload.key)
    session.delete(upload)
    session.flush()


def sweep_uploads() -> int:
    """Once a night: uploads that did not get any further, and part files that belong to none. Answers how many."""
    rows = uploads.expired(now())
    for row in rows:
        drop_upload(row)
    left = partial.abandoned(2 * LIFE.total_seconds())
    for key in set(left) - uploads.keys_known(left):
        partial.discard(key)
    return len(rows)


# --- virus scan -----------------------------------------------------------------------------------------------------


def virus_found(file: StoredFile) -> None:
    """The scanner found a virus in an attached file: it is on record and the lead's people are told by mail (GEN-10)."""
    for attachment in uploads.holding(file.id):
        application = uploads.application_of(attachment)
        document = attachment.document
        audit.record(
            application, "virus found in a document", audit.SYSTEM,
            data={"document": document.code, "sha256": file.sha256, "signature": file.signature},
        )  # fmt: skip
        for person in queries.people_of(application.id, lead_only=True):
            mail.queue(
                "applications/virus", person.email, person.locale, f"virus:{attachment.id}:{person.id}",
                name=person.name, number=application.number, document=document.name, file=file.name,
                signature=file.signature or "–", path=f"/applications/{application.id}/documents",
            )  # fmt: skip
