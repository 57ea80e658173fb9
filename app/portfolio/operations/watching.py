"""Somebody takes much out of the house: administrators are told, once for each person and day (B31)."""

from app.accounts.choices import Role
from app.accounts.queries import with_role
from app.core import mail, taken
from app.core.clock import today
from app.portfolio.queries import taken as queries


def watch(row: taken.FileTaken) -> bool:
    """Listens to every file. Answers whether this one carried its taker over a limit of the day."""
    found = queries.of_today(row.user_id)
    if not found:
        return False
    _id, name, rows, files = found[0]
    limits = taken.limits
    over = rows > limits.rows_a_day or files > limits.files_a_day
    was_over = rows - (row.row_count or 0) > limits.rows_a_day or files - 1 > limits.files_a_day
    if not over or was_over:
        return False
    day = today()
    mail.queue_all(
        "portfolio/taken",
        [(one.email, one.locale, f"taken:{row.user_id}:{day}:{one.id}", one.name) for one in with_role(Role.admin)],
        who=name, person_id=row.user_id, rows=int(rows), files=files, day=day,
    )  # fmt: skip
    return True
