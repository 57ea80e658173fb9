"""Reviewers and what they told of themselves; the pool; what was judged and read."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.applications import queries as applications
from app.applications.models import Application
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import fiscal_year
from app.core.search import contains
from app.core.tables import Page, keyset
from app.organisations.models import Affiliation, Organisation
from app.reviewers.choices import ReviewerKind
from app.reviewers.models import (
    AccessRecord,
    ConflictJudgement,
    DeclaredInterest,
    Employment,
    InterestDeclaration,
    PossibleConflict,
    ReviewerField,
    ReviewerProfile,
)

MAX_ID = 2**31 - 1
OFFICE = (Role.officer, Role.auditor)
#: How many reviews people have open: floors above add their own source (people, but of which applications -> person:
#: number).
LOADS: list[Callable[[Sequence[int], Collection[int]], dict[int, int]]] = []


@dataclass(frozen=True)
class Filters:
    """What the pool is narrowed to; ``declared`` is yes or no, for the present fiscal year."""

    text: str = ""
    kind: str = ""
    field: str = ""
    declared: str = ""


def _reviewers() -> Any:
    return User.active & exists().where(UserRole.user_id == User.id, UserRole.role == Role.reviewer)


def is_reviewer(user_id: int) -> bool:
    return person(user_id) is not None


def person(user_id: int) -> User | None:
    """An active reviewer."""
    if not 0 < user_id <= MAX_ID:
        return None
    return session.scalar(select(User).where(User.id == user_id, _reviewers()))


def bound_person(user_id: int) -> User | None:
    """Somebody active who may stand in a conflict: a reviewer, an officer, an auditor."""
    if not 0 < user_id <= MAX_ID:
        return None
    roles = exists().where(UserRole.user_id == User.id, UserRole.role.in_((Role.reviewer, *OFFICE)))
    return session.scalar(select(User).where(User.id == user_id, User.active, roles))


def office() -> dict[int, User]:
    """The active officers and auditors, by name."""
    roles = exists().where(UserRole.user_id == User.id, UserRole.role.in_(OFFICE))
    return {
        user.id: user for user in session.scalars(select(User).where(User.active, roles).order_by(User.name, User.id))
    }


def reviewer_ids() -> Sequence[int]:
    return session.scalars(select(User.id).where(_reviewers()).order_by(User.id)).all()


def reviewers_by_id() -> dict[int, User]:
    """All active reviewers, by name."""
    return {user.id: user for user in session.scalars(select(User).where(_reviewers()).order_by(User.name, User.id))}


def pool_page(filters: Filters, after: str | None, before: str | None) -> Page[Any]:
    """The pool, by name: (user id, name, e-mail, kind, employer's name, declared for this year)."""
    year = fiscal_year(today())
    declared = exists().where(InterestDeclaration.user_id == User.id, InterestDeclaration.fiscal_year == year)
    query: Any = (
        select(
            User.id.label("user_id"), User.email, ReviewerProfile.kind, ReviewerProfile.load_limit,
            ReviewerProfile.id.label("profile_id"), declared.label("declared"),
        )
        .outerjoin(ReviewerProfile, ReviewerProfile.user_id == User.id)
        .where(_reviewers())
    )  # fmt: skip
    if filters.text:
        columns = (
            User.name,
            User.email,
            ReviewerProfile.name_kana,
            ReviewerProfile.name_roman,
            ReviewerProfile.keywords,
        )
        query = query.where(or_(*(contains(column, filters.text) for column in columns)))
    if filters.kind:
        known = filters.kind in set(ReviewerKind)
        query = query.where(
            ReviewerProfile.kind == ReviewerKind(filters.kind) if known else ReviewerProfile.id.is_(None)
        )
    if filters.field:
        at_home = exists().where(ReviewerField.profile_id == ReviewerProfile.id, ReviewerField.code == filters.field)
        query = query.where(at_home)
    if filters.declared in ("yes", "no"):
        query = query.where(declared if filters.declared == "yes" else ~declared)
    return keyset(query, [User.name, User.id], after, before)


def fields_of(profile_ids: Iterable[int]) -> dict[int, list[str]]:
    """profile -> codes of its fields."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(ReviewerField.profile_id, ReviewerField.code)
        .where(ReviewerField.profile_id.in_(list(profile_ids)))
        .order_by(ReviewerField.profile_id, ReviewerField.code)
    )
    for profile_id, code in rows:
        found.setdefault(profile_id, []).append(code)
    return found


def loads(user_ids: Sequence[int], without: Collection[int] = ()) -> dict[int, int]:
    """How many reviews each of these people has open; but of some applications for a reader who may not know of them,
    who would find out who reviews those."""
    found = dict.fromkeys(user_ids, 0)
    for source in LOADS:
        for user_id, n in source(user_ids, without).items():
            found[user_id] = found.get(user_id, 0) + n
    return found


def profile_of(user_id: int) -> ReviewerProfile | None:
    return session.scalar(
        select(ReviewerProfile).where(ReviewerProfile.user_id == user_id).options(selectinload(ReviewerProfile.fields))
    )


def profiles(user_ids: Sequence[int] | None = None) -> dict[int, ReviewerProfile]:
    """person -> profile with fields; of all reviewers if none are given."""
    query = select(ReviewerProfile).options(selectinload(ReviewerProfile.fields))
    if user_ids is not None:
        query = query.where(ReviewerProfile.user_id.in_(list(user_ids)))
    return {row.user_id: row for row in session.scalars(query.order_by(ReviewerProfile.user_id))}


def employments_of(user_id: int) -> list[Any]:
    """A person's employers as told here and as the accounts have them, the present ones first."""
    told = session.scalars(
        select(Employment)
        .where(Employment.user_id == user_id)
        .options(joinedload(Employment.organisation))
        .order_by(Employment.ends_on.is_not(None), Employment.ends_on.desc(), Employment.id)
    )
    return list(told)


def affiliations_of(user_id: int) -> Sequence[Affiliation]:
    return session.scalars(
        select(Affiliation)
        .where(Affiliation.user_id == user_id)
        .options(joinedload(Affiliation.organisation))
        .order_by(Affiliation.valid_from, Affiliation.id)
    ).all()


def employer(user_id: int, employment_id: int) -> Employment | None:
    if employment_id > MAX_ID:
        return None
    return session.scalar(select(Employment).where(Employment.id == employment_id, Employment.user_id == user_id))


def interests_of(user_id: int, year: int | None = None) -> Sequence[DeclaredInterest]:
    """The ties that a person declared for a fiscal year (the present one) and did not take back."""
    wanted = fiscal_year(today()) if year is None else year
    return session.scalars(
        select(DeclaredInterest)
        .where(
            DeclaredInterest.user_id == user_id,
            DeclaredInterest.fiscal_year == wanted,
            DeclaredInterest.withdrawn_at.is_(None),
        )
        .options(joinedload(DeclaredInterest.organisation))
        .order_by(DeclaredInterest.id)
    ).all()


def interest(user_id: int, interest_id: int) -> DeclaredInterest | None:
    """One of a person's own ties that was not taken back."""
    if interest_id > MAX_ID:
        return None
    return session.scalar(
        select(DeclaredInterest).where(
            DeclaredInterest.id == interest_id,
            DeclaredInterest.user_id == user_id,
            DeclaredInterest.withdrawn_at.is_(None),
        )
    )


def declaration_of(user_id: int, year: int) -> InterestDeclaration | None:
    return session.scalar(
        select(InterestDeclaration).where(
            InterestDeclaration.user_id == user_id, InterestDeclaration.fiscal_year == year
        )
    )


def last_declaration(user_id: int, before: int) -> InterestDeclaration | None:
    """The last statement that a person made for a year before this one."""
    return session.scalar(
        select(InterestDeclaration)
        .where(InterestDeclaration.user_id == user_id, InterestDeclaration.fiscal_year < before)
        .order_by(InterestDeclaration.fiscal_year.desc())
        .limit(1)
    )


def need_declaration(year: int) -> Sequence[User]:
    """Active reviewers who have not declared their ties for a fiscal year."""
    declared = exists().where(InterestDeclaration.user_id == User.id, InterestDeclaration.fiscal_year == year)
    return session.scalars(select(User).where(_reviewers(), ~declared).order_by(User.id)).all()


def find_organisation(text: str) -> Organisation | None:
    """The organisation with exactly this corporate number or name; None when none or several have it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    number = plain.replace("-", "")
    found = session.scalars(
        select(Organisation)
        .where(
            or_(Organisation.corporate_number == number, Organisation.name_ja == plain, Organisation.name_en == plain)
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def judgement_history(application_id: int, user_id: int) -> Sequence[ConflictJudgement]:
    """Everything that was judged of a pair, the newest first."""
    return session.scalars(
        select(ConflictJudgement)
        .where(ConflictJudgement.application_id == application_id, ConflictJudgement.user_id == user_id)
        .options(joinedload(ConflictJudgement.by))
        .order_by(ConflictJudgement.id.desc())
    ).all()


def judgements_of(user_id: int, without: Iterable[int] = ()) -> Sequence[ConflictJudgement]:
    """What was judged of one person, the newest first, but of some applications."""
    return session.scalars(
        select(ConflictJudgement)
        .where(ConflictJudgement.user_id == user_id, ConflictJudgement.application_id.not_in(list(without)))
        .options(joinedload(ConflictJudgement.by), joinedload(ConflictJudgement.application))
        .order_by(ConflictJudgement.id.desc())
        .limit(200)
    ).all()


def readings_of(user_id: int, without: Iterable[int] = ()) -> Sequence[AccessRecord]:
    """What one person has read, the newest first, but of some applications."""
    return session.scalars(
        select(AccessRecord)
        .where(AccessRecord.user_id == user_id, AccessRecord.application_id.not_in(list(without)))
        .options(joinedload(AccessRecord.application))
        .order_by(AccessRecord.id.desc())
        .limit(200)
    ).all()


def readings_of_pair(application_id: int, user_id: int) -> Sequence[AccessRecord]:
    """What one person has read of one application."""
    return session.scalars(
        select(AccessRecord)
        .where(AccessRecord.application_id == application_id, AccessRecord.user_id == user_id)
        .order_by(AccessRecord.id)
    ).all()


def reading(application_id: int, user_id: int, what: str) -> AccessRecord | None:
    return session.scalar(
        select(AccessRecord).where(
            and_(
                AccessRecord.application_id == application_id,
                AccessRecord.user_id == user_id,
                AccessRecord.what == what,
            )
        )
    )


def possible_conflict(application_id: int, user_id: int) -> PossibleConflict | None:
    return session.scalar(
        select(PossibleConflict).where(
            PossibleConflict.application_id == application_id, PossibleConflict.user_id == user_id
        )
    )


def possible_conflicts(among: Iterable[tuple[int, int]]) -> list[PossibleConflict]:
    """What waits for a judgement among these (application, person) pairs."""
    pairs = set(among)
    if not pairs:
        return []
    rows = session.scalars(
        select(PossibleConflict).where(PossibleConflict.user_id.in_({user_id for _application, user_id in pairs}))
    )
    return [row for row in rows if (row.application_id, row.user_id) in pairs]


def _to_judge(actor: Any) -> Any:
    """Possible conflicts that this officer may judge: not of an own pair, nor of an application that is closed to them."""
    return (PossibleConflict.user_id != actor.id) & applications.not_kept_out(actor, PossibleConflict.application_id)


def to_judge(actor: Any, after: str | None, before: str | None) -> Page[Any]:
    """What waits for a judgement, the oldest first."""
    query: Any = (
        select(
            PossibleConflict.application_id, PossibleConflict.user_id, PossibleConflict.found_at, Application.number,
            Application.title_en, Application.title_ja, User.name,
        )
        .join(Application, Application.id == PossibleConflict.application_id)
        .join(User, User.id == PossibleConflict.user_id)
        .where(_to_judge(actor))
    )  # fmt: skip
    return keyset(query, [PossibleConflict.id], after, before)


def to_judge_count(actor: Any) -> int:
    return session.scalar(select(func.count()).select_from(PossibleConflict).where(_to_judge(actor))) or 0
