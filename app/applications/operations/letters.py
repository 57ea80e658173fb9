"""Letters to the people of a consortium: one a person and occasion."""

from collections.abc import Sequence
from typing import Any

from app.accounts.models import User
from app.applications import queries
from app.applications.models import Application
from app.core import mail


def tell(
    application: Application, template: str, occasion: str, *, to: Sequence[User] | None = None, path: str = "",
    **context: Any,
) -> None:  # fmt: skip
    """Queue a letter to everybody who works on the application now (or to those named), in the running transaction.

    ``occasion`` names what is told (``receipt:17``): the same occasion told again reaches nobody twice. ``path`` is
    the page that the letter leads to, below the application's own.
    """
    people = queries.people_of(application.id) if to is None else to
    mail.queue_all(
        f"applications/{template}",
        [(person.email, person.locale, f"{occasion}:{person.id}", person.name) for person in people],
        number=application.number,
        title=application.title,
        path=f"/applications/{application.id}{path}",
        **context,
    )
