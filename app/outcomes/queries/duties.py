"""Duties to report, who fulfils them, and what waits for whom."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true, tuple_, union_all
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.applications.choices import MemberRole, Right
from app.applications.models import ConsortiumMember, MemberPerson
from app.calls.choices import Programme
from app.core.clock import today
from app.core.db import session
from app.core.storage import StoredFile
from app.core.tables import Page, keyset
from app.organisations.choices import COMPANY_TYPES
from app.organisations.models import Affiliation, Organisation, Succession
from app.outcomes.choices import ClaimStatus, FollowUpStatus
from app.outcomes.definitions import LEADS, Terms
from app.outcomes.models import Claim, EvidenceRequest, FollowUp, FollowUpTerms, ReportInvitation
from app.projects.models import Participant, ParticipantPerson, Project
from app.projects.queries import acting_for, not_recused

AWAITED = (FollowUpStatus.due, FollowUpStatus.returned)


def heirs_of() -> Select[Any]:
    """(organisation, who stepped into its place) over any number of successions and merges that hold today."""
    steps = union_all(
        select(Succession.predecessor_id.label("old"), Succession.successor_id.label("new")).where(
            Succession.effective_on <= today()
        ),
        select(Organisation.id, Organisation.merged_into_id).where(Organisation.merged_into_id.is_not(None)),
    ).subquery()
    further = steps.alias("further")
    chain = select(steps.c.old, steps.c.new).cte("heir", recursive=True)
    chain = chain.union(select(chain.c.old, further.c.new).join(further, further.c.old == chain.c.new))
    return select(chain.c.old, chain.c.new)


def by_membership(user_id: Any, rights: Sequence[Right], owing: Any = FollowUp.organisation_id) -> ColumnElement[bool]:
    """The person acts, with one of these rights, for the organisation that owes the report, in that consortium."""
    acting = acting_for(user_id, rights).subquery()
    return tuple_(Project.application_id, owing).in_(select(acting.c.application_id, acting.c.organisation_id))


def _joined_later(owing: Any) -> ColumnElement[bool]:
    """The organisation took the duty over or joined later, and nobody was given rights for it, neither in the consortium
    nor on the project: only then its own people act."""
    member = exists(
        select(ConsortiumMember.id).where(
            ConsortiumMember.application_id == Project.application_id, ConsortiumMember.organisation_id == owing
        )
    ).correlate_except(ConsortiumMember)
    named = exists(
        select(ParticipantPerson.id).where(
            ParticipantPerson.project_id == Project.id, ParticipantPerson.organisation_id == owing
        )
    ).correlate_except(ParticipantPerson)
    return and_(Project.application_id.is_not(None), ~member, ~named)


def by_succession(user_id: Any, owing: Any = FollowUp.organisation_id) -> ColumnElement[bool]:
    """The person acts now for an organisation that stepped into the place of the one that owes the report, or to which
    the duty was handed over."""
    heirs = heirs_of().subquery()
    mine = select(Affiliation.organisation_id).where(Affiliation.user_id == user_id, acting_now())
    return or_(owing.in_(select(heirs.c.old).where(heirs.c.new.in_(mine))), and_(owing.in_(mine), _joined_later(owing)))


def family_before(organisation_id: int | None) -> set[int]:
    """An organisation and all into whose place it stepped: what they reported is its history."""
    heirs = heirs_of().subquery()
    found = session.scalars(select(heirs.c.old).where(heirs.c.new == organisation_id)) if organisation_id else ()
    return {*found, *([organisation_id] if organisation_id else [])}


def heirs_today(organisation_id: int | None) -> Sequence[Organisation]:
    """Who stands in an organisation's place today; nobody when it goes on itself."""
    if organisation_id is None:
        return []
    heirs = heirs_of().subquery()
    further = select(heirs.c.old)
    query = select(Organisation).join(heirs, heirs.c.new == Organisation.id).where(heirs.c.old == organisation_id)
    return session.scalars(query.where(Organisation.id.not_in(further)).order_by(Organisation.id)).unique().all()


def acting_now() -> ColumnElement[bool]:
    return and_(Affiliation.valid_from <= today(), or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > today()))


def _by_invitation(user_id: Any) -> ColumnElement[bool]:
    """The report was given into this person's hands, and is not yet verified."""
    given = select(ReportInvitation.follow_up_id).where(
        ReportInvitation.accepted_by_id == user_id, ReportInvitation.withdrawn_at.is_(None)
    )
    return and_(FollowUp.status != FollowUpStatus.verified, FollowUp.id.in_(given))


def _mine(actor: Any, rights: Sequence[Right] = tuple(Right), *, given: bool = True) -> ColumnElement[bool]:
    key = actor.actor_id
    own = or_(by_membership(key, rights), by_succession(key))
    return or_(own, _by_invitation(key)) if given else own


def _visible(actor: Any) -> ColumnElement[bool]:
    """The office sees all but what it is recused from; people see what they may have to write, never a partner's."""
    allowed: list[ColumnElement[bool]] = []
    if actor.has_role("officer", "auditor"):
        allowed.append(not_recused(actor))
    if actor.has_role("applicant"):
        allowed.append(_mine(actor))
    return or_(*allowed) if allowed else false()


def _reports() -> Select[Any]:
    return select(FollowUp).join(Project, Project.id == FollowUp.project_id)


_WHOLE = (
    joinedload(FollowUp.project),
    joinedload(FollowUp.organisation),
    joinedload(FollowUp.file),
    selectinload(FollowUp.claims).selectinload(Claim.requests).joinedload(EvidenceRequest.file),
    selectinload(FollowUp.claims).joinedload(Claim.product),
)


def get_for(actor: Any, follow_up_id: int, *, lock: bool = False) -> FollowUp | None:
    """A report with its claims, or None when the actor may not know of it."""
    query = _reports().where(FollowUp.id == follow_up_id, _visible(actor)).options(*_WHOLE)
    return session.scalar(query.with_for_update(of=FollowUp) if lock else query)


def reports_known_to(actor: Any, follow_up_ids: Iterable[int]) -> set[int]:
    """Those of these reports that the actor may open."""
    wanted = select(FollowUp.id).join(Project, Project.id == FollowUp.project_id)
    return set(session.scalars(wanted.where(FollowUp.id.in_(set(follow_up_ids)), _visible(actor))))


def reports_of_claims(claim_ids: Iterable[int]) -> dict[int, int]:
    """The report of each claim."""
    rows = session.execute(select(Claim.id, Claim.follow_up_id).where(Claim.id.in_(set(claim_ids))))
    return {claim: report for claim, report in rows}


def claim_for(actor: Any, claim_id: int, *, lock: bool = False) -> Claim | None:
    """A claim of a report that the actor may know of; with ``lock`` its report is held."""
    report_id = session.scalar(select(Claim.follow_up_id).where(Claim.id == claim_id))
    report = get_for(actor, report_id, lock=lock) if report_id is not None else None
    return next((claim for claim in report.claims if claim.id == claim_id), None) if report else None


def file_for(actor: Any, request_id: int) -> tuple[FollowUp, StoredFile] | None:
    """The file with which somebody answered a request for evidence."""
    row = session.get(EvidenceRequest, request_id, options=[joinedload(EvidenceRequest.claim)])
    report = get_for(actor, row.claim.follow_up_id) if row is not None and row.file_id is not None else None
    return (report, row.file) if report is not None and row is not None and row.file is not None else None


def acts_for(actor: Any, follow_up: FollowUp, rights: Sequence[Right], *, given: bool = True) -> bool:
    """May this person, now, do for the organisation what these rights allow? Asked live at every step. With ``given``
    those count too into whose hands this one report was given."""
    query = select(true()).select_from(FollowUp).join(Project, Project.id == FollowUp.project_id)
    return bool(session.scalar(query.where(FollowUp.id == follow_up.id, _mine(actor, rights, given=given))))


def own_organisations(actor: Any, project: Project) -> set[int]:
    """The organisations of a project for which this person acts."""
    return set(
        session.scalars(
            select(ConsortiumMember.organisation_id)
            .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
            .where(
                ConsortiumMember.application_id == project.application_id,
                MemberPerson.user_id == actor.actor_id,
                MemberPerson.ended_at.is_(None),
            )
        )
    )


def of_project(project_id: int) -> Sequence[FollowUp]:
    """All reports of a project: by number, the lead's before the others'."""
    return session.scalars(
        select(FollowUp)
        .where(FollowUp.project_id == project_id)
        .options(joinedload(FollowUp.organisation))
        .order_by(FollowUp.number, FollowUp.id)
    ).all()


def newest(follow_up: FollowUp) -> FollowUp | None:
    """The same organisation's report before this one that was sent, or that of one into whose place it stepped."""
    own = case((FollowUp.organisation_id == follow_up.organisation_id, 0), else_=1)
    return session.scalar(
        select(FollowUp)
        .where(
            FollowUp.project_id == follow_up.project_id,
            FollowUp.organisation_id.in_(family_before(follow_up.organisation_id)),
            FollowUp.number < follow_up.number,
            FollowUp.status.in_((FollowUpStatus.submitted, FollowUpStatus.verified)),
        )
        .options(selectinload(FollowUp.claims))
        .order_by(own, FollowUp.number.desc())
        .limit(1)
    )


def owing_organisations(project: Project, on: date) -> list[tuple[int, MemberRole]]:
    """Who owes reports for a project completed on a day: the lead, then every company (MON-10), each once."""
    rows = session.scalars(
        select(Participant)
        .where(
            Participant.project_id == project.id,
            or_(Participant.valid_from.is_(None), Participant.valid_from <= on),
            or_(Participant.valid_to.is_(None), Participant.valid_to > on),
        )
        .options(joinedload(Participant.organisation))
        .order_by(Participant.id)
    ).all()
    lead = project.application.lead_organisation_id if project.application is not None else None

    def rank(row: Participant) -> tuple[bool, int]:
        return row.organisation_id != lead, LEADS.index(row.role.value) if row.role.value in LEADS else len(LEADS)

    found: dict[int, MemberRole] = {}
    for row in sorted(rows, key=rank):
        owes = row.organisation_id == lead or row.role is MemberRole.managing_organisation
        if owes or row.organisation.org_type in COMPANY_TYPES:
            found.setdefault(row.organisation_id, row.role)
    return list(found.items())


def terms_row(programme: Programme) -> FollowUpTerms | None:
    return session.scalar(select(FollowUpTerms).where(FollowUpTerms.programme == programme))


def terms_of(programme: Programme) -> Terms:
    """MON-10 as it holds for a programme."""
    row = terms_row(programme)
    return Terms(row.covers_completion_year, row.due_after_days) if row else Terms()


def awaited(until: date) -> Sequence[FollowUp]:
    """Reports still to be sent that fall due until a day."""
    return session.scalars(
        select(FollowUp)
        .where(FollowUp.status.in_(AWAITED), FollowUp.due_on <= until)
        .options(joinedload(FollowUp.project), joinedload(FollowUp.organisation))
        .order_by(FollowUp.due_on, FollowUp.id)
    ).all()


def people_for(follow_up_ids: Iterable[int]) -> dict[int, list[User]]:
    """Whom each report can be asked of now: who writes or signs for the organisation, its successor's people, and
    those into whose hands it was given. Four statements for each 500 reports."""
    wanted = list(follow_up_ids)
    found: dict[int, dict[int, User]] = {key: {} for key in wanted}
    writers = (
        select(FollowUp.id, User)
        .join(Project, Project.id == FollowUp.project_id)
        .join(
            ConsortiumMember,
            and_(
                ConsortiumMember.application_id == Project.application_id,
                ConsortiumMember.organisation_id == FollowUp.organisation_id,
            ),
        )
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .join(User, User.id == MemberPerson.user_id)
        .where(MemberPerson.ended_at.is_(None), MemberPerson.right != Right.read, User.active)
    )
    given = (
        select(FollowUp.id, User)
        .join(ReportInvitation, ReportInvitation.follow_up_id == FollowUp.id)
        .join(User, User.id == ReportInvitation.accepted_by_id)
        .where(ReportInvitation.withdrawn_at.is_(None), User.active)
    )
    heirs = heirs_of().subquery()
    succeeding = (
        select(FollowUp.id, User)
        .join(heirs, heirs.c.old == FollowUp.organisation_id)
        .join(Affiliation, Affiliation.organisation_id == heirs.c.new)
        .join(User, User.id == Affiliation.user_id)
        .where(acting_now(), User.active)
    )
    taken = (
        select(FollowUp.id, User)
        .join(Project, Project.id == FollowUp.project_id)
        .join(Affiliation, Affiliation.organisation_id == FollowUp.organisation_id)
        .join(User, User.id == Affiliation.user_id)
        .where(acting_now(), User.active, _joined_later(FollowUp.organisation_id))
    )
    for query in (writers, given, succeeding, taken):
        for start in range(0, len(wanted), 500):
            part = query.where(FollowUp.id.in_(wanted[start : start + 500])).order_by(User.id)
            for key, user in session.execute(part):
                found[key][user.id] = user
    return {key: list(users.values()) for key, users in found.items()}


def awaited_from(actor: Any, on: date) -> Sequence[FollowUp]:
    """Reports that this person can send now."""
    return session.scalars(
        _reports()
        .where(
            FollowUp.status.in_(AWAITED), FollowUp.opens_on <= on, _mine(actor, (Right.write, Right.sign)),
        )
        .options(joinedload(FollowUp.project), joinedload(FollowUp.organisation))
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(50)
    ).all()  # fmt: skip


def to_verify(actor: Any) -> Sequence[FollowUp]:
    """Reports that wait for an officer, sent anew or with new evidence, of projects that this one may know of."""
    again = exists(
        select(Claim.id).where(Claim.follow_up_id == FollowUp.id, Claim.status == ClaimStatus.reported)
    ).correlate(FollowUp)
    return session.scalars(
        _reports()
        .where(
            or_(FollowUp.status == FollowUpStatus.submitted, and_(FollowUp.status == FollowUpStatus.verified, again)),
            not_recused(actor),
        )
        .options(joinedload(FollowUp.project), joinedload(FollowUp.organisation))
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(50)
    ).all()


def claims_page(actor: Any, status: ClaimStatus, after: str | None, before: str | None) -> Page[Any]:
    """One page of the claims in a state, the oldest first, of projects that the officer may know of."""
    report = joinedload(Claim.follow_up)
    query = (
        select(Claim)
        .join(FollowUp, FollowUp.id == Claim.follow_up_id)
        .join(Project, Project.id == FollowUp.project_id)
        .where(Claim.status == status, not_recused(actor))
        .options(report.joinedload(FollowUp.project), report.joinedload(FollowUp.organisation))
    )
    return keyset(query, [Claim.id], after, before)


# --- invitations ------------------------------------------------------------------------------------------------------


def invitation_by_token(token: str, *, lock: bool = False) -> ReportInvitation | None:
    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    query = select(ReportInvitation).where(ReportInvitation.token_hash == digest)
    if lock:
        return session.scalar(query.with_for_update().execution_options(populate_existing=True))
    whole = joinedload(ReportInvitation.follow_up)
    return session.scalar(query.options(whole.joinedload(FollowUp.project), whole.joinedload(FollowUp.organisation)))


def invitations_of(follow_up_id: int) -> Sequence[ReportInvitation]:
    """Invitations of a report that were not withdrawn."""
    return session.scalars(
        select(ReportInvitation)
        .where(ReportInvitation.follow_up_id == follow_up_id, ReportInvitation.withdrawn_at.is_(None))
        .options(joinedload(ReportInvitation.accepted_by))
        .order_by(ReportInvitation.id)
    ).all()


def invitations_since(email: str, since: datetime) -> int:
    """How many such letters an address was sent since an instant, for all reports."""
    query = select(func.count(ReportInvitation.id))
    return session.scalar(query.where(ReportInvitation.email == email, ReportInvitation.created_at >= since)) or 0
