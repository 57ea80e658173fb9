"""Who may open which endpoint: declared on every view, proved when the application starts.

An endpoint without a declaration keeps the application from starting (default deny). Whether a person may
see one particular record is the business of that feature's queries, which answer 404 for both
"not there" and "not yours".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """A rule for an endpoint: ``allows(actor)`` is asked before the view runs."""

    name: str
    allows: Callable[[Any], bool]
    anonymous: bool = False


anyone = Access("anyone", lambda actor: True, anonymous=True)
signed_in = Access("signed in", lambda actor: actor.is_authenticated)


def role(*names: str) -> Access:
    """People who hold at least one of these roles."""
    return Access(" or ".join(names), lambda actor: actor.is_authenticated and actor.has_role(*names))


def access(rule: Access) -> Callable[[View], View]:
    """Declare who may open this view; goes below the route decorator."""

    def mark(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> Access | None:
    view = app.view_functions.get(endpoint)
    return getattr(view, "access", None)


def can_open(endpoint: str) -> bool:
    """May the present reader open this endpoint? Menus and links ask this, so they show what is allowed."""
    from flask import current_app

    rule = rule_of(current_app, endpoint)
    return rule is not None and rule.allows(current_user)


def prove_every_endpoint_is_declared(app: Flask) -> None:
    """Raise RuntimeError naming every endpoint that declares no access rule."""
    for endpoint in ("static", "bootstrap.static"):
        if endpoint in app.view_functions and not hasattr(app.view_functions[endpoint], "access"):
            inner = app.view_functions[endpoint]

            def public(*args: Any, _inner: Any = inner, **kwargs: Any) -> Any:
                return _inner(*args, **kwargs)

            app.view_functions[endpoint] = access(anyone)(public)
    bare = [rule.endpoint for rule in app.url_map.iter_rules() if rule_of(app, rule.endpoint) is None]
    if bare:
        raise RuntimeError("no access rule declared for: " + ", ".join(sorted(set(bare))))
