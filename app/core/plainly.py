"""What goes wrong with a command is said in one line, never as a traceback."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import click
from sqlalchemy.exc import DBAPIError

from app.core.db import session


def fail(message: str) -> NoReturn:
    click.echo(f"Error: {message}", err=True)
    sys.exit(1)


def plainly(command: Callable[..., None]) -> Callable[..., None]:
    """A database that is away, or that nobody has made yet, is named with its cure."""

    @wraps(command)
    def told(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except DBAPIError as error:
            session.rollback()
            cause = str(error.orig).strip().partition("\n")[0]
            fail(
                f"the database cannot be read ({cause}); "
                "check DATABASE_URL, and make or migrate it with “flask --app wsgi db upgrade”"
            )

    return told
