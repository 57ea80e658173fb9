"""Verbs of flags: raise and clear, handle, set the rules, tell the officers."""

from app.flags.operations.digest import send_digest
from app.flags.operations.handling import handle, set_rule
from app.flags.operations.raising import refresh, refresh_portfolio, wake

__all__ = ["handle", "refresh", "refresh_portfolio", "send_digest", "set_rule", "wake"]
