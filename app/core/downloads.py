"""Handing out stored files: as attachments, never run or shown inside our pages' origin."""

from urllib.parse import quote

from flask import Response, current_app, render_template

from app.core import storage

SANDBOX = "default-src 'none'; sandbox"


def send(row: storage.StoredFile) -> Response:
    """The file as a download; when it is lost or altered a page says so (and the log), instead of an error."""
    try:
        data = storage.open_file(row)
    except (FileNotFoundError, ValueError):
        current_app.logger.error("stored file %s is lost or altered", row.id)
        page = render_template("shared/errors/file_lost.html", name=row.name)
        return Response(page, 410, mimetype="text/html")
    response = Response(data, mimetype=row.media_type)
    plain = row.name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "") or "file"
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row.name)}"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
