"""Handing out stored files: as attachments, never run or shown inside our pages' origin.

The one exception is the preview of a PDF that was found to be plain when it came. Every door goes through here, so a
file with a virus, or one that is still to be scanned, leaves through none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from flask import Response, abort, current_app, render_template

from app.core import storage, taken

SANDBOX = "default-src 'none'; sandbox"
#: The browser's own PDF viewer is a plug-in of the page it makes for the file; a sandbox would keep it from starting.
#: Nothing else may load, run or be sent, and no page may frame it.
VIEWER = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


def send(row: storage.StoredFile) -> Response:
    """The file as a download; a page says so when it may not be handed out, is lost or altered."""
    return _answer(row, "attachment", SANDBOX)


def preview(row: storage.StoredFile) -> Response:
    """A checked PDF, to be shown by the browser itself; 404 for every other kind."""
    if row.media_type != storage.PDF:
        abort(404)
    return _answer(row, "inline", VIEWER)


def send_as(row: storage.StoredFile, name: str, change: Callable[[bytes], bytes]) -> Response:
    """The file under another name and changed on its way, for readers who may not know what it is called or tells;
    the pages that say why it is not handed out use that name too."""
    return _answer(row, "attachment", SANDBOX, name, change)


@dataclass(frozen=True)
class _Named:
    """What the page about a held file may tell of it."""

    name: str
    scan_state: storage.ScanState
    infected: bool
    signature: str | None = None


def _answer(
    row: storage.StoredFile,
    disposition: str,
    policy: str,
    alias: str | None = None,
    change: Callable[[bytes], bytes] | None = None,
) -> Response:
    taken.stored()
    name = alias or row.name
    if not row.servable:
        shown = _Named(name, row.scan_state, row.infected) if alias else row
        page = render_template("shared/errors/file_held.html", file=shown)
        return Response(page, 409, mimetype="text/html")
    try:
        data = storage.open_file(row)
    except (FileNotFoundError, ValueError):
        current_app.logger.error("stored file %s is lost or altered", row.id)
        page = render_template("shared/errors/file_lost.html", name=name)
        return Response(page, 410, mimetype="text/html")
    response = Response(change(data) if change else data, mimetype=row.media_type)
    plain = name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "") or "file"
    response.headers["Content-Disposition"] = (
        f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = policy
    return response
