"""One request through the house: arrival, gate, one commit at the end, headers, and refusals in words."""

import errno
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.core import db as database
from app.core import i18n, once, taken
from app.core.access import rule_of
from app.core.converters import KeyConverter
from app.core.errors import Forbidden, NotFound, OutOfOrder, Refused, Stale
from app.core.i18n import LOCALES

#: The disk is full, over its quota, at a size limit, or mounted read-only: nothing is wrong with the request.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
SAFE = ("GET", "HEAD", "OPTIONS")
ARRIVAL = "renkei.first_byte_at"
PIECE_TYPE = "application/octet-stream"
csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def arrived_at() -> datetime:
    """The instant at which this request's first byte reached the server (UTC).

    The server's worker class stamps it (server/worker.py); under any other server it is the instant at which the
    application was called. Deadlines are judged by it and by nothing else.
    """
    stamp = request.environ.get(ARRIVAL)
    return datetime.fromtimestamp(stamp, UTC) if stamp is not None else g.arrived_at


def let_go() -> None:
    """End the transaction of this request so far, which only looked: what follows (examining a file, writing it to the
    disk) holds no lock of the database. Whatever was loaded has to be loaded again."""
    database.session.rollback()
    database.write_intent.set(request.method not in SAFE)


def looks_first(view: View) -> View:
    """Mark a view that only looks until it calls ``let_go``: until then it waits for no writer and delays none."""
    view.looks_first = True  # type: ignore[attr-defined]
    return view


def _may_write() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method not in SAFE and not getattr(view, "looks_first", False)


def keep_although_refused() -> None:
    """Commit although the answer is a refusal: what is written down is the refusal's own business (g.keep_failure)."""
    g.keep_failure = True


def after_reading(note: Callable[[], Any]) -> None:
    """Have something written down once this answer is made, such as that it was read: in a transaction of its own, so
    that a page which only looks waits for no writer. A failure is logged and takes nothing from the reader."""
    g.setdefault("notes", []).append(note)


def _write_notes() -> None:
    notes = g.pop("notes", ())
    if not notes:
        return
    token = database.write_intent.set(True)
    try:
        for note in notes:
            note()
        database.session.commit()
    except Exception:
        database.session.rollback()
        current_app.logger.exception("a reading was not written down")
    finally:
        database.write_intent.reset(token)


def choose_locale() -> str | None:
    from flask import has_request_context

    if not has_request_context():
        return "en"
    asked = request.args.get("lang")
    if asked in LOCALES:
        return asked
    return session.get("lang") or request.accept_languages.best_match(LOCALES) or "en"


def safe_next(target: str | None) -> str:
    """A local path to go to after signing in; anything else becomes the start page."""
    home = url_for("pages.home")
    if not target or not target.startswith("/") or any(ord(c) < 33 or c == "\\" for c in target):
        return home
    if target.startswith("//"):
        return home
    parts = urlsplit(target)
    return home if parts.scheme or parts.netloc else target


def _arrive() -> None:
    g.arrived_at = datetime.fromtimestamp(time.time(), UTC)
    once.begin()
    if request.args.get("lang") in LOCALES:
        session["lang"] = request.args["lang"]
    i18n.settle(choose_locale())
    if request.method not in SAFE:
        if request.mimetype != "multipart/form-data":
            request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]  # text, or one piece of a file
        # Read the whole body before the database transaction starts, so that a slow upload holds no lock.
        request.form  # noqa: B018 - parsing is the effect
        if request.mimetype == PIECE_TYPE:
            request.get_data()
    g.write_token = database.write_intent.set(_may_write())


def _gate() -> Any:
    if request.endpoint is None:
        return None  # the router's own 404 or 405
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        abort(404)
    if rule.allows(current_user):
        return None
    if not current_user.is_authenticated:
        wanted = request.full_path.rstrip("?") if request.method in SAFE else None
        return redirect(url_for("accounts.sign_in", next=wanted))
    abort(403)


def _finish(response: Response) -> Response:
    # A failed sign-in is the one refusal that is written down (it slows guessing); everything else commits
    # only when it succeeded.
    if request.method in SAFE or (response.status_code >= 400 and not g.get("keep_failure")):
        database.session.rollback()
        if response.status_code < 400:
            _write_notes()
        return response
    try:
        database.session.commit()
    except (StaleDataError, IntegrityError):  # somebody was faster between our last look and the commit
        return _faster()
    except OperationalError:  # the disk is full, or the database went away
        return _later("the database did not commit")
    return response


def _notice_file(response: Response) -> Response:
    return taken.notice(response, after_reading, lambda reason: error_page(429, "refused", reasons=[reason]))


def _later(what: str) -> Response:
    """503 with words; for the log with what happened. Nothing was stored."""
    current_app.logger.exception(what)
    # The page must not ask the database who is reading it (Flask-Login keeps the person there).
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    response = error_page(503)
    response.headers["Retry-After"] = "5"
    return response


def _faster() -> Response:
    return error_page(409, "stale", mine={}, theirs={}, back=None)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint not in ("static", "bootstrap.static"):
        headers["Cache-Control"] = "no-store"
    return response


def _teardown(error: BaseException | None) -> None:
    token = g.pop("write_token", None)
    if token is not None:
        database.write_intent.set(False)
    database.end_turn()
    once.end()
    i18n.settle(None)


def error_page(status: int, template: str = "error", **context: Any) -> Response:
    database.session.rollback()
    return make_response(render_template(f"shared/errors/{template}.html", status=status, **context), status)


def refuse(app: Flask) -> None:
    """Register how each kind of refusal is answered."""

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> Response:
        return error_page(422, "refused", reasons=error.reasons)

    @app.errorhandler(OutOfOrder)
    def _out_of_order(error: OutOfOrder) -> Response:
        label = getattr(error.status, "label", error.status)
        return error_page(409, "out_of_order", present=label)

    @app.errorhandler(Stale)
    def _stale(error: Stale) -> Response:
        return error_page(409, "stale", mine=error.mine, theirs=error.theirs, back=error.back)

    @app.errorhandler(StaleDataError)
    def _stale_row(error: StaleDataError) -> Response:
        return _faster()

    @app.errorhandler(IntegrityError)
    def _taken(error: IntegrityError) -> Response:
        """Two people did the same at once: a unique index lets only the first one through."""
        app.logger.warning("a constraint refused the second of two: %s", error.orig)
        return _faster()

    @app.errorhandler(DataError)
    def _impossible(error: DataError) -> Response:
        """A value that no column holds came through an address; forms check theirs and say so at the field."""
        app.logger.warning("the database refused a value: %s", error.orig)
        return error_page(400)

    @app.errorhandler(Forbidden)
    def _forbidden(error: Forbidden) -> Response:
        return error_page(403)

    @app.errorhandler(NotFound)
    def _not_found(error: NotFound) -> Response:
        return error_page(404)

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> Response:
        return error_page(400, "csrf")

    @app.errorhandler(RequestEntityTooLarge)
    def _too_large(error: RequestEntityTooLarge) -> Response:
        return error_page(413, limit_mb=app.config["MAX_CONTENT_LENGTH"] // 1_000_000)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        response = error_page(error.code)
        if error.code == 405:
            response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or [])
        return response

    @app.errorhandler(OperationalError)
    def _database_away(error: OperationalError) -> Response:
        return _later("the database did not answer")

    @app.errorhandler(InternalError)
    def _read_only(error: InternalError) -> Response:
        """PostgreSQL calls a write to a read-only database an internal error (SQLSTATE 25006)."""
        if getattr(error.orig, "sqlstate", "") == "25006":
            return _later("the database is read-only")
        return _unexpected(error)

    @app.errorhandler(OSError)
    def _no_room(error: OSError) -> Response:
        return _later("a file could not be written") if error.errno in NO_ROOM else _unexpected(error)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        app.logger.exception("unexpected error")
        return error_page(500)


def install(app: Flask) -> None:
    app.url_map.converters["int"] = KeyConverter
    csrf.init_app(app)
    app.before_request_funcs.setdefault(None, []).insert(0, _arrive)
    app.before_request(_gate)
    app.after_request(_headers)
    app.after_request(_finish)  # runs before the headers
    app.after_request(_notice_file)  # registered last, so it runs first
    app.teardown_request(_teardown)
    refuse(app)
