"""What the verbs of agreements share: refusals in words, the version that was looked at, letters to people."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.accounts.models import User
from app.agreements import queries
from app.agreements.models import Award
from app.applications import queries as applications
from app.core import mail
from app.core.db import session
from app.core.errors import Reason, Refused, Stale
from app.core.i18n import Bilingual


def refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def needed(text: str, where: str = "reason") -> str:
    """A text that must not be empty."""
    if not text.strip():
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", where)
    return text.strip()


def seen(row: Any, version: int) -> None:
    """Raises Stale when the thing is no longer what the person was looking at."""
    if row.version != version:
        raise Stale({}, {})


def not_before(on: date, earliest: date | None, where: str = "on") -> None:
    if earliest is not None and on < earliest:
        raise refuse(
            "too-early", f"The day lies before {earliest}.", f"日付が{earliest}より前です。", where
        )  # fmt: skip


def lead_people(award: Award) -> list[User]:
    """The people of the managing organisation or core company."""
    if award.project.application_id is None:
        return []
    return list(applications.people_of(award.project.application_id, lead_only=True))


def everybody(award: Award) -> list[User]:
    if award.project.application_id is None:
        return []
    return list(applications.people_of(award.project.application_id))


def signatories(award: Award) -> list[User]:
    return list(queries.signatories(award.project))


def officer(award: Award, *ids: int | None) -> list[User]:
    """Those of the office who had this in hand, unless they have been recused since."""
    people = [session.get_one(User, key) for key in dict.fromkeys(ids) if key is not None]
    return applications.free_of_ties([p for p in people if p.active], award.project.application_id or 0)


def tell(award: Award, people: Iterable[User], occasion: str, headline: Bilingual, what: Bilingual) -> None:
    """One letter per person and occasion about the agreement page of a project."""
    for person in people:
        mail.queue(
            "agreements/notice", person.email, person.locale, f"award:{award.id}:{occasion}:{person.id}",
            name=person.name, project=award.project.project_key, project_id=award.project_id, headline=headline, what=what,
        )  # fmt: skip
