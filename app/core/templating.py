"""What every template may use: formats, the language switch, who may open what."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask_babel import get_translations
from flask_login import current_user

from app.core import i18n
from app.core.access import can_open
from app.core.clock import now, today
from app.core.fiscal import fiscal_year


def _here(arguments: dict[str, Any]) -> str:
    """This page with these query arguments. They never reach ``url_for``, for which some names mean more."""
    path = url_for(request.endpoint or "pages.home", **(request.view_args or {}))
    return f"{path}?{urlencode(arguments, doseq=True)}" if arguments else path


def language_link(code: str) -> str:
    """This page in the other language."""
    if request.endpoint is None or request.method not in ("GET", "HEAD"):
        return url_for("pages.home", lang=code)
    return _here({**request.args.to_dict(flat=False), "lang": [code]})


def same_page(**changes: Any) -> str:
    """This page with some query arguments changed (None removes one)."""
    arguments = {**request.args.to_dict(flat=False), **changes}
    arguments.pop("lang", None)
    return _here({key: value for key, value in arguments.items() if value not in (None, "", [])})


def _context() -> dict[str, Any]:
    return {"locale": i18n.locale(), "actor": current_user}


_catalogues: dict[str, Any] = {}


def _catalogue() -> Any:
    """The reader's catalogue, looked up once a language; flask-babel would look it up anew for each text of a page."""
    code = i18n.locale()
    if code not in _catalogues:
        _catalogues[code] = get_translations()
    return _catalogues[code]


def _gettext(text: str) -> str:
    return str(_catalogue().ugettext(text))


def _ngettext(one: str, many: str, n: int) -> str:
    return str(_catalogue().ungettext(one, many, n))


def install(app: Flask) -> None:
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.context_processor(_context)
    # Globals, not context: macros that a template imports see them too.
    app.jinja_env.globals.update(
        can_open=can_open, language_link=language_link, same_page=same_page, now=now, today=today
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=i18n.show_date,
        instant=i18n.show_instant,
        moment=i18n.show_moment,
        left=i18n.show_left,
        yen=i18n.show_yen,
        fiscal_year=i18n.show_fiscal_year,
        fy=fiscal_year,
        percent=show_percent,
        signed=show_signed,
        number=show_number,
    )


def show_signed(value: float, digits: int = 1) -> str:
    """A difference with its sign; what rounds to nothing has none (never -0.0)."""
    return f"{round(value, digits) + 0.0:+.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"


def show_percent(value: float | None, digits: int = 1) -> str:
    """A share for people; an absent one is a dash, never 0 %, and what rounds to nothing has no sign."""
    return "–" if value is None else f"{round(value * 100, digits) + 0.0:.{digits}f}%"


def show_number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"
