"""Disputes, who may know of them, and what the ledger's rows count as because of them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.applications.choices import Right
from app.applications.models import ConsortiumMember, MemberPerson
from app.core.db import session
from app.core.storage import StoredFile
from app.core.tables import Page, keyset
from app.organisations.models import Affiliation
from app.outcomes.choices import DisputeStatus
from app.outcomes.definitions import Source, SourceKind
from app.outcomes.models import (
    Claim,
    Dispute,
    DisputeNote,
    EvidenceMark,
    Observation,
    Product,
    ProductVersion,
    SalesYear,
)
from app.outcomes.queries.duties import acting_now, by_membership, by_succession, heirs_of
from app.projects import queries as projects
from app.projects.models import Project
from app.projects.queries import not_recused, visible_to

UNDECIDED = (DisputeStatus.open, DisputeStatus.answered)


# --- what a row counts as --------------------------------------------------------------------------------------------


def _last_marks(column: Any, known: date | None) -> Any:
    place = func.row_number().over(
        partition_by=column, order_by=(EvidenceMark.recorded_on.desc(), EvidenceMark.id.desc())
    )
    query = select(column.label("row_id"), EvidenceMark.level, place.label("place")).where(column.is_not(None))
    if known is not None:
        query = query.where(EvidenceMark.recorded_on <= known)
    return query.subquery()


def fallen(least: int, known: date | None = None, column: Any = EvidenceMark.observation_id) -> Select[Any]:
    """The rows of the ledger that count, as known on a day, as shown below a level of evidence because of a dispute."""
    marks = _last_marks(column, known)
    return select(marks.c.row_id).where(marks.c.place == 1, marks.c.level < least)


def standing(known: date | None = None, column: Any = EvidenceMark.observation_id) -> Select[Any]:
    """(row_id, level) of every disputed row of the ledger: what it counts as, as known on a day."""
    marks = _last_marks(column, known)
    return select(marks.c.row_id, marks.c.level).where(marks.c.place == 1)


def counts(least: int = 0, known: date | None = None, of: Any = Observation) -> ColumnElement[bool]:
    """An observation counts at a level of evidence: it was recorded with it, and no dispute took it away."""
    return and_(of.evidence_level >= least, of.id.not_in(fallen(least, known)))


def marks_of(observation_ids: Iterable[int], known: date | None = None) -> dict[int, int]:
    """What disputed observations count as, as known on a day; those without a mark count as they were recorded."""
    marks = _last_marks(EvidenceMark.observation_id, known)
    query = select(marks.c.row_id, marks.c.level).where(marks.c.place == 1, marks.c.row_id.in_(list(observation_ids)))
    return {key: level for key, level in session.execute(query)}


def sales_marks_of(product_ids: Iterable[int], known: date | None = None) -> dict[int, int]:
    """The same of the sales of products."""
    marks = standing(known, EvidenceMark.sales_year_id).subquery()
    mine = select(SalesYear.id).where(SalesYear.product_id.in_(list(product_ids)))
    query = select(marks.c.row_id, marks.c.level).where(marks.c.row_id.in_(mine))
    return {key: level for key, level in session.execute(query)}


# --- disputes --------------------------------------------------------------------------------------------------------


def _visible(actor: Any) -> ColumnElement[bool]:
    """The office but for who is recused; whoever acts for the organisation that is asked; and whoever opened it."""
    allowed: list[ColumnElement[bool]] = []
    if actor.has_role("officer", "auditor"):
        allowed.append(not_recused(actor))
    if actor.has_role("applicant"):
        allowed += [_mine(actor, tuple(Right)), Dispute.opened_by_id == actor.actor_id]
    return or_(*allowed) if allowed else false()


def _mine(actor: Any, rights: Sequence[Right]) -> ColumnElement[bool]:
    key, of = actor.actor_id, Dispute.organisation_id
    return or_(by_membership(key, rights, of), by_succession(key, of))


def _disputes() -> Select[Any]:
    return (
        select(Dispute)
        .join(Observation, Observation.id == Dispute.observation_id)
        .join(Project, Project.id == Observation.project_id)
    )


def _whole() -> tuple[Any, ...]:
    return (
        joinedload(Dispute.observation).joinedload(Observation.project),
        joinedload(Dispute.observation).joinedload(Observation.follow_up),
        joinedload(Dispute.organisation),
        joinedload(Dispute.opened_by),
        joinedload(Dispute.decided_by),
        joinedload(Dispute.correction),
        selectinload(Dispute.notes).joinedload(DisputeNote.by),
        selectinload(Dispute.notes).joinedload(DisputeNote.file),
    )


def dispute_for(actor: Any, dispute_id: int, *, lock: bool = False) -> Dispute | None:
    """A dispute with all that was said, or None when the actor may not know of it."""
    query = _disputes().where(Dispute.id == dispute_id, _visible(actor)).options(*_whole())
    return session.scalar(query.with_for_update(of=Dispute) if lock else query)


def dispute_file_for(actor: Any, note_id: int) -> StoredFile | None:
    note = session.get(DisputeNote, note_id, options=[joinedload(DisputeNote.file)])
    return note.file if note is not None and dispute_for(actor, note.dispute_id) is not None else None


def answers_dispute(actor: Any, dispute: Dispute) -> bool:
    """May this person, now, answer for the organisation that is asked?"""
    query = _disputes().with_only_columns(Dispute.id)
    return session.scalar(query.where(Dispute.id == dispute.id, _mine(actor, (Right.write, Right.sign)))) is not None


def disputes_of(project_id: int, known: date | None = None) -> list[Dispute]:
    """The disputes of a project's observations that were opened by a day, in that order."""
    query = _disputes().where(Project.id == project_id).options(joinedload(Dispute.observation))
    if known is not None:
        query = query.where(Dispute.opened_on <= known)
    return list(session.scalars(query.order_by(Dispute.id)))


def disputes_of_product(product_key: str, known: date | None = None) -> list[Dispute]:
    """The disputes of what was observed of a product, opened by a day."""
    query = _disputes().where(Observation.product_key == product_key).options(joinedload(Dispute.observation))
    if known is not None:
        query = query.where(Dispute.opened_on <= known)
    return list(session.scalars(query.order_by(Dispute.id)))


def disputes_known_to(actor: Any, dispute_ids: Iterable[int]) -> set[int]:
    """Those of these disputes that this person may open."""
    query = _disputes().with_only_columns(Dispute.id).where(Dispute.id.in_(set(dispute_ids)), _visible(actor))
    return set(session.scalars(query))


def dispute_list(actor: Any, undecided: bool, after: str | None, before: str | None) -> Page[Any]:
    """One page of the disputes that wait for somebody, or of those that were decided; the oldest first."""
    query = (
        _disputes()
        .where(not_recused(actor))
        .options(joinedload(Dispute.observation).joinedload(Observation.project), joinedload(Dispute.organisation))
    )
    states = Dispute.status.in_(UNDECIDED)
    return keyset(query.where(states if undecided else ~states), [Dispute.id], after, before)


def undecided_of(observation_id: int) -> Dispute | None:
    query = select(Dispute).where(Dispute.observation_id == observation_id, Dispute.status.in_(UNDECIDED))
    return session.scalar(query)


def awaited_disputes(actor: Any) -> Sequence[Dispute]:
    """Disputes that this person can answer now."""
    query = _disputes().where(Dispute.status == DisputeStatus.open, _mine(actor, (Right.write, Right.sign)))
    return session.scalars(query.options(*_whole()[:1]).order_by(Dispute.due_on, Dispute.id)).all()


def unanswered(until: date) -> Sequence[Dispute]:
    """Disputes that wait for an answer that falls due until a day."""
    query = _disputes().where(Dispute.status == DisputeStatus.open, Dispute.due_on <= until)
    return session.scalars(query.options(*_whole()).order_by(Dispute.id)).all()


def people_of(project: Project, organisation_id: int | None) -> list[User]:
    """Who writes or signs for an organisation of a project now, or for whoever stepped into its place."""
    heirs = heirs_of().subquery()
    writers = (
        select(MemberPerson.user_id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(
            ConsortiumMember.application_id == project.application_id,
            ConsortiumMember.organisation_id == organisation_id,
            MemberPerson.ended_at.is_(None),
            MemberPerson.right != Right.read,
        )
    )
    succeeding = (
        select(Affiliation.user_id)
        .join(heirs, heirs.c.new == Affiliation.organisation_id)
        .where(heirs.c.old == organisation_id, acting_now())
    )
    member = select(ConsortiumMember.id).where(
        ConsortiumMember.application_id == project.application_id, ConsortiumMember.organisation_id == organisation_id
    )
    named = [one for one in projects.people_later(project.id) if one.organisation_id == organisation_id]
    taken = select(Affiliation.user_id).where(Affiliation.organisation_id == organisation_id, acting_now())
    acting = or_(User.id.in_(writers), User.id.in_(succeeding))
    if named:
        acting = or_(acting, User.id.in_([one.user_id for one in named if one.right is not Right.read]))
    elif project.application_id is not None and session.scalar(member.limit(1)) is None:
        # the duty was handed to it: nobody has rights for it in the consortium
        acting = or_(acting, User.id.in_(taken))
    query = select(User).where(acting, User.active).order_by(User.id)
    return list(session.scalars(query)) if organisation_id is not None else []


# --- what is disputed ------------------------------------------------------------------------------------------------


def observation_for(actor: Any, observation_id: int, *, lock: bool = False) -> Observation | None:
    """An observation of a project that the actor may know of; with ``lock`` its project is held, so that two disputes
    of one observation are opened one after the other."""
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    row = session.scalar(
        select(Observation)
        .where(Observation.id == observation_id, Observation.project_id.in_(select(visible.c.id)))
        .options(joinedload(Observation.project), joinedload(Observation.follow_up))
    )
    if row is not None and lock:
        session.scalar(select(Project.id).where(Project.id == row.project_id).with_for_update())
    return row


def claim_of(observation: Observation) -> Claim | None:
    """The answer of a yearly report that an observation came of."""
    if observation.follow_up_id is None:
        return None
    query = select(Claim).outerjoin(Product, Product.id == Claim.product_id)
    same = Product.product_key == observation.product_key if observation.product_key else Claim.product_id.is_(None)
    return session.scalar(query.where(Claim.follow_up_id == observation.follow_up_id, same).order_by(Claim.id).limit(1))


def product_of(observation: Observation) -> Product | None:
    return session.scalar(select(Product).where(Product.product_key == observation.product_key))


def sales_with(observation: Observation) -> Sequence[SalesYear]:
    """The rows of sales that came with an observation: those of its claim, or, of a correction, those that the same
    decision wrote."""
    decided = session.scalar(select(Dispute.id).where(Dispute.correction_id == observation.id))
    if decided is not None:
        product = product_of(observation)
        if product is None:
            return ()
        written = Source(SourceKind.dispute, decided).written
        query = select(SalesYear).where(SalesYear.product_id == product.id, SalesYear.source == written)
    else:
        claim = claim_of(observation)
        if claim is None:
            return ()
        query = select(SalesYear).where(SalesYear.claim_id == claim.id)
    return session.scalars(query.order_by(SalesYear.id)).all()


def owner_of(observation: Observation) -> int | None:
    """The organisation whose word it is: the report's, the product's, else the lead's."""
    if observation.follow_up is not None and observation.follow_up.organisation_id is not None:
        return observation.follow_up.organisation_id
    query = (
        select(ProductVersion.organisation_id)
        .join(Product, Product.id == ProductVersion.product_id)
        .where(Product.product_key == observation.product_key, ProductVersion.organisation_id.is_not(None))
        .order_by(ProductVersion.number.desc())
        .limit(1)
    )
    if observation.product_key and (found := session.scalar(query)) is not None:
        return found
    application = observation.project.application
    return application.lead_organisation_id if application is not None else None
