"""Writing to many at once: the preview says exactly whom and what, and each gets one letter a day at most."""

from dataclasses import dataclass
from typing import Any

from app.accounts.models import User
from app.core import mail
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden
from app.outcomes import queries
from app.outcomes.models import Chase, ChaseLetter, FollowUp
from app.outcomes.operations.letters import refuse
from app.outcomes.queries.chasing import MOST


@dataclass(frozen=True)
class Round:
    """Whom an occasion reaches: letters to write, people who had theirs today already, reports that nobody writes."""

    letters: list[tuple[User, list[FollowUp]]]
    had_theirs: list[User]
    nobody: list[FollowUp]
    too_many: bool


def occasion_of(person: User) -> str:
    """One letter a person and day, however many officers press the button."""
    return f"follow-up-chase:{today()}:{person.id}"


def plan(actor: Any, filters: dict[str, str]) -> Round:
    """What sending would do now."""
    letters, nobody = queries.letters_to_write(actor, filters)
    had = queries.chased_today([occasion_of(person) for person, _ in letters])
    reports = {row.id for _person, rows in letters for row in rows} | {row.id for row in nobody}
    return Round(
        [(person, rows) for person, rows in letters if occasion_of(person) not in had],
        [person for person, _rows in letters if occasion_of(person) in had],
        nobody,
        len(reports) > MOST,
    )


def chase(actor: Any, filters: dict[str, str], note: str, key: str) -> int:
    """Write to everybody whom these filters reach; answers how many letters were queued.

    ``key`` names the occasion: the same form sent twice writes once. Raises Refused when it would reach too many.
    """
    if not actor.has_role("officer"):
        raise Forbidden("chase")
    if queries.chase_by_key(key) is not None:
        return 0
    found = plan(actor, filters)
    if found.too_many:
        raise refuse(
            "too-many", f"These are more than {MOST} reports. Choose fewer, by year or bureau.",
            f"対象の報告が{MOST}件を超えています。年度や局で絞り込んでください。",
        )  # fmt: skip
    row = Chase(key=key, made_by_id=actor.actor_id, filters=filters, note=note, letters=len(found.letters))
    session.add(row)
    session.flush()
    for person, reports in found.letters:
        mail.queue("outcomes/chase", person.email, person.locale, occasion_of(person), **_said(person, reports, note))
        session.add_all(ChaseLetter(chase_id=row.id, user_id=person.id, follow_up_id=r.id) for r in reports)
    session.flush()
    return len(found.letters)


def _said(person: User, reports: list[FollowUp], note: str) -> dict[str, Any]:
    lines = [
        (r.project.project_key, r.organisation.name if r.organisation else "", r.fiscal_year, r.due_on, r.id)
        for r in reports
    ]
    return {"name": person.name, "lines": lines, "note": note, "on": today()}


def chase_letter(person: User, reports: list[FollowUp], note: str) -> str:
    """The letter as this person would get it, in their language."""
    return mail.preview("outcomes/chase", person.locale, **_said(person, reports, note))
