"""Profiles and employers."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.accounts.models import User
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.organisations.models import Organisation
from app.reviewers import queries
from app.reviewers.choices import ReviewerKind
from app.reviewers.models import Employment, ReviewerField, ReviewerProfile
from app.reviewers.operations.gates import refuse, self_or_officer, ties_changed


@dataclass(frozen=True)
class ProfileData:
    """A profile as it was entered; ``load_limit`` is the number of reviews in one call, none for no limit."""

    kind: ReviewerKind
    languages: tuple[str, ...] = ("ja",)
    fields: tuple[str, ...] = ()
    keywords: str = ""
    orcid: str = ""
    erad_number: str = ""
    load_limit: int | None = None
    name_kana: str = ""
    name_roman: str = ""
    other_names: str = ""


@dataclass(frozen=True)
class EmployerData:
    """An employer: of the register, or by name with or without its corporate number."""

    organisation: Organisation | None
    name: str = ""
    corporate_number: str | None = None
    position: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


def save_profile(user: User, data: ProfileData, version: int, actor: Any) -> ReviewerProfile:
    """Write a reviewer's profile, by the person or by an officer. Raises Stale when it was changed meanwhile."""
    self_or_officer(user.id, actor, "save profile")
    row = queries.profile_of(user.id)
    if (row.version if row else 0) != version:
        raise Stale({}, {})
    if row is None:
        row = ReviewerProfile(user_id=user.id, kind=data.kind)
        session.add(row)
    values = asdict(data)
    fields, languages = values.pop("fields"), values.pop("languages")
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name, value in values.items():
        setattr(row, name, value)
    row.languages, row.updated_at = ";".join(languages), now()
    kept = {field.code: field for field in row.fields}
    row.fields = [kept.get(code) or ReviewerField(code=code) for code in dict.fromkeys(fields)]
    session.flush()
    audit.record(row, "profile saved", actor, data={"changed": changed})
    ties_changed(user.id)
    return row


def add_employer(user: User, data: EmployerData, actor: Any) -> Employment:
    """A present or former employer. Raises Refused when nothing is named or the days are the wrong way round."""
    self_or_officer(user.id, actor, "add employer")
    if data.organisation is None and not data.name:
        raise refuse("nothing-named", "Name the organisation.", "機関名を記入してください。", "organisation")
    if data.starts_on and data.ends_on and data.ends_on < data.starts_on:
        raise refuse("days", "The end lies before the beginning.", "終了日が開始日より前です。", "ends_on")
    row = Employment(
        user_id=user.id, organisation_id=data.organisation.id if data.organisation else None,
        organisation_name="" if data.organisation else data.name,
        corporate_number=None if data.organisation else data.corporate_number, position=data.position,
        starts_on=data.starts_on, ends_on=data.ends_on,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "employer added", actor)
    ties_changed(user.id)
    return row


def end_employer(row: Employment, ends_on: date, actor: Any) -> None:
    """The employment ended (or ends) on a day; the tie goes on counting for some years (CON-14)."""
    self_or_officer(row.user_id, actor, "end employer")
    if row.starts_on and ends_on < row.starts_on:
        raise refuse("days", "The end lies before the beginning.", "終了日が開始日より前です。", "ends_on")
    row.ends_on = ends_on
    session.flush()
    audit.record(row, "employer ended", actor, data={"ends_on": ends_on.isoformat()})
    ties_changed(row.user_id)


def remove_employer(row: Employment, actor: Any, reason: str) -> None:
    """Take out an employer that was entered in error: an officer's act with its reason, never one's own."""
    if not actor.has_role("officer") or actor.actor_id == row.user_id:
        raise Forbidden("remove employer")
    if not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    user_id = row.user_id
    audit.record(row, "employer removed", actor, reason=reason)
    session.delete(row)
    session.flush()
    ties_changed(user_id)
