"""Who may do what with a call, and the one rule that says whether it is open."""

from datetime import datetime
from typing import Any

from app.calls.choices import CallStatus, Phase


def phase(call: Any, instant: datetime) -> Phase:
    """Where the call's window stands at an instant: open from ``opens_at`` up to, not including, ``closes_at``."""
    if instant < call.opens_at:
        return Phase.forthcoming
    return Phase.open if instant < call.closes_at else Phase.closed


def accepts(call: Any, instant: datetime) -> bool:
    """Does the call take applications (and changes of drafts) that arrive at this instant?"""
    return call.status == CallStatus.published and phase(call, instant) is Phase.open


def may_see(actor: Any, call: Any) -> bool:
    return call.status != CallStatus.draft or actor.has_role("officer")


def may_edit(actor: Any, call: Any) -> bool:
    return call.status == CallStatus.draft and actor.has_role("officer")


def is_officer(actor: Any, call: Any = None) -> bool:
    return bool(actor.has_role("officer"))


def is_officer_or_system(actor: Any, call: Any = None) -> bool:
    return bool(actor.has_role("officer", "system"))
