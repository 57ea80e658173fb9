"""Verbs of a person's private calendar address."""

import secrets
from typing import Any

from app.core.clock import now
from app.core.db import session
from app.milestones import queries
from app.milestones.models import CalendarAddress


def give_address(actor: Any) -> str:
    """Make a new address; the one before stops working at once. Answers its secret, which is not kept."""
    token = secrets.token_urlsafe(32)
    row = queries.address_of(actor.actor_id)
    if row is None:
        row = CalendarAddress(user_id=actor.actor_id)
        session.add(row)
    row.token_hash, row.created_at = queries.digest(token), now()
    session.flush()
    return token


def take_address(actor: Any) -> None:
    """Revoke the address: whoever reads it from now on finds nothing."""
    if (row := queries.address_of(actor.actor_id)) is not None:
        session.delete(row)
        session.flush()
