"""The log of a draft's changes, field by field: written around every save, whichever way it came."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.applications.models import Application, DraftChange
from app.applications.operations.freezing import keep_ready
from app.applications.operations.gates import touch
from app.applications.queries.parts import changed_texts
from app.core import audit
from app.core.clock import now
from app.core.db import session

ONE_SITTING = timedelta(minutes=15)


@contextmanager
def noted(application: Application, part: str, texts: Callable[[], dict[str, str]], actor: Any) -> Iterator[None]:
    """Log which fields of a part the enclosed save changed, and bump the application's version.

    ``texts`` reads the part's present texts; it is called before and after.
    """
    before = texts()
    yield
    touch(application)
    for field, old, new in changed_texts(before, texts()):
        session.add(
            DraftChange(
                application_id=application.id, part=part, field=field, version=application.version, before=old,
                after=new, user_id=actor.actor_id,
            )
        )  # fmt: skip
    session.flush()
    keep_ready(application)


def record_sitting(application: Application, name: str, actor: Any, **more: Any) -> None:
    """Record a save in the history once a sitting: autosave writes every second, the log of changes has the detail."""
    recent = session.scalar(
        select(audit.Event.id)
        .where(
            audit.Event.subject_type == Application.__tablename__,
            audit.Event.subject_id == application.id,
            audit.Event.name == name,
            audit.Event.actor_id == actor.actor_id,
            audit.Event.at > now() - ONE_SITTING,
        )
        .limit(1)
    )
    if recent is None:
        audit.record(application, name, actor, **more)
