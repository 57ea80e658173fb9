"""Look-ups: what shares an organisation or a person with a proposal, and what was found so far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.applications import queries as applications
from app.applications.choices import ApplicationStatus
from app.applications.models import Application, ConsortiumMember, Correction, MemberPerson, Submission
from app.core.db import session
from app.core.search import contains
from app.core.tables import Page, keyset
from app.doubles.choices import OtherKind, Verdict
from app.doubles.definitions import Description, plain_name
from app.doubles.models import DoublesCheck, FundingAward, Likeness
from app.organisations.models import Organisation
from app.projects.models import Participant, Project

MAX_ID = 2**31 - 1
#: Whose proposals are compared: handed in and neither taken back nor found ineligible.
COMPARED = (ApplicationStatus.submitted, ApplicationStatus.under_review)
OTHERS = (*COMPARED, ApplicationStatus.adopted, ApplicationStatus.reserve)


@dataclass(frozen=True)
class Candidate:
    """Something else that shares an organisation or a person with the proposal."""

    kind: OtherKind
    id: int
    number: str
    title_en: str
    title_ja: str
    description: Description


def unchecked(limit: int = 20) -> Sequence[tuple[int, int]]:
    """(application, latest submission) of proposals that have not been compared since they were handed in."""
    latest = (
        select(Submission.application_id, func.max(Submission.id).label("submission_id"))
        .group_by(Submission.application_id)
        .subquery()
    )
    rows = session.execute(
        select(Application.id, latest.c.submission_id)
        .join(latest, latest.c.application_id == Application.id)
        .outerjoin(DoublesCheck, DoublesCheck.application_id == Application.id)
        .where(
            Application.status.in_(COMPARED),
            or_(DoublesCheck.id.is_(None), DoublesCheck.submission_id < latest.c.submission_id),
        )
        .order_by(Application.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def check_of(application_id: int) -> DoublesCheck | None:
    return session.scalar(select(DoublesCheck).where(DoublesCheck.application_id == application_id))


def _organisations(ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """application -> keys of its organisations (the corporate number, else the register's own key)."""
    found: dict[int, set[str]] = {key: set() for key in ids}
    rows = session.execute(
        select(ConsortiumMember.application_id, Organisation.corporate_number, Organisation.org_key)
        .join(Organisation, Organisation.id == ConsortiumMember.organisation_id)
        .where(ConsortiumMember.application_id.in_(found))
    )
    for application_id, number, key in rows:
        found[application_id].add(number or key)
    return {key: frozenset(value) for key, value in found.items()}


def _people(ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """application -> plain names of the people who act for its members, and of the contacts named there."""
    found: dict[int, set[str]] = {key: set() for key in ids}
    rows = session.execute(
        select(ConsortiumMember.application_id, User.name, ConsortiumMember.contact_name)
        .outerjoin(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .outerjoin(User, User.id == MemberPerson.user_id)
        .where(ConsortiumMember.application_id.in_(found))
    )
    for application_id, name, contact in rows:
        found[application_id] |= {plain_name(one) for one in (name, contact) if one and len(plain_name(one)) > 1}
    return {key: frozenset(value) for key, value in found.items()}


def description(application: Application) -> Description:
    """What a proposal is compared by."""
    return Description(
        (application.title_en, application.title_ja),
        application.abstract,
        _organisations([application.id])[application.id],
        _people([application.id])[application.id],
    )


def applications_like(application: Application) -> list[Candidate]:
    """Other proposals with a common organisation or person."""
    own, other = aliased(ConsortiumMember), aliased(ConsortiumMember)
    by_organisation = select(other.application_id).join(
        own, and_(own.organisation_id == other.organisation_id, own.application_id == application.id)
    )
    mine, theirs = aliased(MemberPerson), aliased(MemberPerson)
    by_person = (
        select(other.application_id)
        .join(theirs, theirs.member_id == other.id)
        .join(mine, mine.user_id == theirs.user_id)
        .join(own, and_(own.id == mine.member_id, own.application_id == application.id))
    )
    rows = session.scalars(
        select(Application)
        .where(
            Application.id != application.id,
            Application.status.in_(OTHERS),
            or_(Application.id.in_(by_organisation), Application.id.in_(by_person)),
        )
        .order_by(Application.id.desc())
        .limit(500)
    ).all()
    organisations, people = _organisations([row.id for row in rows]), _people([row.id for row in rows])
    return [
        Candidate(
            OtherKind.application, row.id, row.number, row.title_en, row.title_ja,
            Description((row.title_en, row.title_ja), row.abstract, organisations[row.id], people[row.id]),
        )
        for row in rows
    ]  # fmt: skip


def projects_like(application: Application) -> list[Candidate]:
    """Projects with a common organisation; those made from the proposals above are told by their project."""
    own = select(ConsortiumMember.organisation_id).where(ConsortiumMember.application_id == application.id)
    keys = session.scalars(
        select(Participant.project_id).where(Participant.organisation_id.in_(own)).distinct().limit(1000)
    ).all()
    if not keys:
        return []
    organisations: dict[int, set[str]] = {key: set() for key in keys}
    for project_id, number, key in session.execute(
        select(Participant.project_id, Organisation.corporate_number, Organisation.org_key)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .where(Participant.project_id.in_(keys))
    ):
        organisations[project_id].add(number or key)
    rows = session.execute(
        select(Project.id, Project.project_key, Project.title_en, Project.title_ja, Application.abstract)
        .outerjoin(Application, Application.id == Project.application_id)
        .where(Project.id.in_(keys), or_(Project.application_id.is_(None), Project.application_id != application.id))
        .order_by(Project.id)
    )
    return [
        Candidate(
            OtherKind.project, row[0], row[1], row[2], row[3],
            Description((row[2], row[3]), row[4] or "", frozenset(organisations[row[0]]), frozenset()),
        )
        for row in rows
    ]  # fmt: skip


def awards_like(wanted: Description) -> list[Candidate]:
    """Awards of other funders that name one of the organisations or people."""
    keys = [
        *(
            FundingAward.corporate_numbers.contains(key, autoescape=True)
            for key in wanted.organisations
            if key.isdigit()
        )
    ]
    keys += [FundingAward.people_key.contains(name, autoescape=True) for name in wanted.people]
    if not keys:
        return []
    rows = session.scalars(select(FundingAward).where(or_(*keys)).order_by(FundingAward.id).limit(500)).all()
    return [
        Candidate(
            OtherKind.award, row.id, f"{row.funder} {row.award_no}"[:100], row.title_en, row.title_ja,
            Description(
                (row.title_en, row.title_ja), row.abstract,
                frozenset(filter(None, row.corporate_numbers.split(";"))),
                frozenset(filter(None, row.people_key.split(";"))),
            ),
        )
        for row in rows
    ]  # fmt: skip


def found_for(application_id: int) -> dict[tuple[OtherKind, int], Likeness]:
    rows = session.scalars(select(Likeness).where(Likeness.application_id == application_id)).all()
    return {(row.other_kind, row.other_id): row for row in rows}


def _known_to(actor: Any) -> Any:
    """Neither the proposal nor what it resembles may be one from which the reader is recused."""
    ids = applications.kept_out(actor)
    if not ids:
        return true()
    projects = select(Project.id).where(Project.application_id.in_(ids))
    return and_(
        Likeness.application_id.not_in(ids),
        ~and_(Likeness.other_kind == OtherKind.application, Likeness.other_id.in_(ids)),
        ~and_(Likeness.other_kind == OtherKind.project, Likeness.other_id.in_(projects)),
    )


def of_application(actor: Any, application_id: int) -> Sequence[Likeness]:
    """What was found for one proposal: what is open first, the most alike first."""
    return session.scalars(
        select(Likeness)
        .where(Likeness.application_id == application_id, _known_to(actor))
        .order_by(Likeness.verdict != Verdict.open, Likeness.title_score.desc(), Likeness.id)
    ).all()


def one(actor: Any, application_id: int, likeness_id: int, lock: bool = False) -> Likeness | None:
    if likeness_id > MAX_ID:
        return None
    query = select(Likeness).where(
        Likeness.id == likeness_id, Likeness.application_id == application_id, _known_to(actor)
    )
    return session.scalar(query.with_for_update() if lock else query)


def names(keys: Iterable[str]) -> dict[str, Any]:
    """Organisation key (corporate number or the register's) -> its name."""
    wanted = list(keys)
    rows = session.scalars(
        select(Organisation).where(or_(Organisation.corporate_number.in_(wanted), Organisation.org_key.in_(wanted)))
    )
    return {row.corporate_number if row.corporate_number in wanted else row.org_key: row.name for row in rows}


def open_page(actor: Any, after: str | None, before: str | None) -> Page[Any]:
    """Everything that nobody has looked at yet."""
    query: Any = (
        select(
            Likeness.id,
            Likeness.application_id,
            Likeness.other_kind,
            Likeness.other_number,
            Likeness.title_score,
            Likeness.text_score,
            Application.number,
            applications.as_sealed("title_en").label("title_en"),
            applications.as_sealed("title_ja").label("title_ja"),
        )
        .join(Application, Application.id == Likeness.application_id)
        .outerjoin(Correction, applications.UNDER_CORRECTION)
        .where(Likeness.verdict == Verdict.open, _known_to(actor))
    )
    return keyset(query, [Likeness.id], after, before)


def open_count(actor: Any) -> int:
    query = select(func.count()).select_from(Likeness).where(Likeness.verdict == Verdict.open, _known_to(actor))
    return session.scalar(query) or 0


def awards_page(text: str, after: str | None, before: str | None) -> Page[Any]:
    """The uploaded awards."""
    query: Any = select(FundingAward)
    if text:
        columns = (FundingAward.funder, FundingAward.award_no, FundingAward.title_ja, FundingAward.title_en)
        query = query.where(or_(*(contains(column, text) for column in columns)))
    return keyset(query, [FundingAward.id], after, before)
