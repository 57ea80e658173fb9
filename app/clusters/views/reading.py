"""What several pages read from an address, and how a refusal comes back into a form."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from flask_login import current_user

from app.core.clock import today
from app.core.errors import Refused
from app.core.fiscal import parse_day

E = TypeVar("E", bound=StrEnum)


def day_asked(name: str = "on", last: date | None = None) -> tuple[date, str]:
    """The day asked for (without one today, or the last day of what has ended), and what was typed when it is none."""
    typed = request.args.get(name, "").strip()
    try:
        return (parse_day(typed), "") if typed else (last or today(), "")
    except ValueError:
        return today(), typed


def last_day(clusters: Iterable[Any]) -> date | None:
    """The last day on which one of the clusters was alive; None while one is, or where there is none."""
    ends = [cluster.valid_to for cluster in clusters]
    if not ends or any(end is None or end > today() for end in ends):
        return None
    last: date = max(ends) - timedelta(days=1)
    return last


def day_or_none(name: str) -> date | None:
    try:
        return parse_day(request.args.get(name, ""))
    except ValueError:
        return None


def code_asked(kind: type[E], name: str) -> E | None:
    """A code of a list, or None where the address holds none or another."""
    typed = request.args.get(name, "")
    return next((one for one in kind if one.value == typed), None)


def text_asked(name: str) -> str:
    typed = request.args.get(name, "")
    return typed[:60] if typed.isprintable() else ""


def refuse(form: Any, refusal: Refused, otherwise: str) -> None:
    """Put each reason at its field, or at ``otherwise``."""
    for reason in refusal.reasons:
        form.refuse(reason.where if reason.where in form else otherwise, str(reason))


def is_staff() -> bool:
    """May this reader see names of members and attendees of every cluster?"""
    return bool(current_user.is_authenticated and current_user.has_role("officer", "auditor", "admin"))
