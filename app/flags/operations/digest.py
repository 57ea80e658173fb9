"""The weekly letter to officers: what waits, what is new."""

from datetime import timedelta

from app.accounts import queries as accounts
from app.accounts.choices import Role
from app.core import mail
from app.core.clock import now, today
from app.flags import queries
from app.flags.definitions import RULES

#: Monday, as date.weekday() counts.
DAY = 0


def send_digest() -> None:
    """Clockwork, each night: on Mondays one letter per officer, of what this officer may know of; none when nothing
    waits. The letter names rules and numbers only."""
    on = today()
    if on.weekday() != DAY:
        return
    for officer in accounts.with_role(Role.officer):
        waiting = {code: n for code, n in queries.counts(officer).items() if code in RULES and RULES[code].attention}
        if not waiting:
            continue
        new = queries.counts(officer, since=now() - timedelta(days=7))
        lines = [
            {"title": RULES[code].title, "waiting": n, "new": new.get(code, 0)} for code, n in sorted(waiting.items())
        ]
        mail.queue(
            "flags/digest", officer.email, officer.locale, f"flag-digest:{officer.id}:{on}", name=officer.name, lines=lines,
            total=sum(waiting.values()),
        )  # fmt: skip
