"""Waves, their questions, and whom they ask."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.clusters.models import Cluster, Membership
from app.clusters.policy import scopes
from app.clusters.queries.registers import valid_on
from app.core.clock import today
from app.core.db import session
from app.core.tables import Page, keyset
from app.organisations.choices import COMPANY_TYPES
from app.organisations.models import Affiliation, Organisation
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project
from app.surveys.choices import Basis, ResponseStatus, WaveKind, WaveStatus
from app.surveys.models import Asked, Invitation, Item, Response, Wave, WaveCluster

LARGEST_KEY = 2**31
_STARTED = (WaveStatus.open, WaveStatus.closed)


def acts_now(on: date) -> ColumnElement[bool]:
    """An affiliation that holds on a day."""
    return and_(Affiliation.valid_from <= on, or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > on))


def own_organisations(actor: Any) -> Select[Any]:
    """The organisations for which this person acts today."""
    return select(Affiliation.organisation_id).where(Affiliation.user_id == actor.actor_id, acts_now(today()))


def visible_to(actor: Any) -> Select[Any]:
    """Waves that this reader may know of: the office all; managers those of their clusters; firms those that ask them."""
    query = select(Wave)
    managed = scopes(actor)
    if managed is None:
        return query
    mine: list[ColumnElement[bool]] = []
    if managed:
        mine.append(
            exists()
            .where(WaveCluster.wave_id == Wave.id, WaveCluster.cluster_id == Cluster.id)
            .where(Cluster.cluster_code.in_(sorted(managed)))
        )
    if actor.has_role("applicant"):
        asked = exists().where(Asked.wave_id == Wave.id, Asked.organisation_id.in_(own_organisations(actor)))
        mine.append(and_(Wave.status.in_(_STARTED), asked))
    return query.where(or_(*mine)) if mine else query.where(Wave.id < 0)


def get_for(actor: Any, wave_id: int, lock: bool = False) -> Wave | None:
    if not 0 < wave_id < LARGEST_KEY:
        return None
    query = visible_to(actor).where(Wave.id == wave_id)
    return session.scalar(query.with_for_update(of=Wave) if lock else query)


def listed(actor: Any, after: str | None, before: str | None) -> Page[Any]:
    return keyset(visible_to(actor), [Wave.id], after, before)


@dataclass(frozen=True)
class Counts:
    """How many organisations a wave asks, how many of them were reached, and how many answered."""

    asked: int = 0
    invited: int = 0
    sent: int = 0
    saved: int = 0

    @property
    def rate(self) -> float | None:
        return self.sent / self.invited if self.invited else None


def _counted() -> tuple[Any, ...]:
    def number(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    sent = Response.status == ResponseStatus.sent
    reached = or_(Asked.invited_at.is_not(None), sent)
    return func.count(Asked.id), number(reached), number(sent), number(Response.status == ResponseStatus.draft)


def counts(wave_ids: Iterable[int]) -> dict[int, Counts]:
    """By wave, in one statement. Who answers without having had a letter (signed in) counts as reached."""
    rows = session.execute(
        select(Asked.wave_id, *_counted())
        .outerjoin(Response, Response.asked_id == Asked.id)
        .where(Asked.wave_id.in_(list(wave_ids)))
        .group_by(Asked.wave_id)
    )
    return {wave_id: Counts(*(int(n) for n in numbers)) for wave_id, *numbers in rows}


def counts_by(wave: Wave, column: Any) -> dict[Any, Counts]:
    """By cluster or size, as they were when the organisations were drawn."""
    rows = session.execute(
        select(column, *_counted())
        .select_from(Asked)
        .outerjoin(Response, Response.asked_id == Asked.id)
        .where(Asked.wave_id == wave.id)
        .group_by(column)
    )
    return {key: Counts(*(int(n) for n in numbers)) for key, *numbers in rows}


def items(wave: Wave) -> Sequence[Item]:
    return session.scalars(select(Item).where(Item.wave_id == wave.id).order_by(Item.position, Item.id)).all()


def item(wave: Wave, item_id: int) -> Item | None:
    return next((one for one in items(wave) if one.id == item_id), None)


def clusters_for(actor: Any) -> Sequence[Cluster]:
    """Clusters whose members this actor may ask."""
    query = select(Cluster).order_by(Cluster.phase, Cluster.cluster_code)
    managed = scopes(actor)
    if managed is not None:
        query = query.where(Cluster.cluster_code.in_(sorted(managed)))
    return session.scalars(query).all()


def clusters_by_id(ids: Iterable[int]) -> Sequence[Cluster]:
    return session.scalars(select(Cluster).where(Cluster.id.in_(list(ids))).order_by(Cluster.cluster_code)).all()


# --- whom a wave asks ------------------------------------------------------------------------------------------------


def drawn(wave: Wave) -> list[tuple[int, str, int | None]]:
    """(organisation, kind of company, cluster) of every company that the wave asks, each once. In several of its
    clusters on the day: the first by code."""
    on = valid_on(wave.as_of)
    of_cluster = (
        select(Membership.organisation_id, Cluster.id)
        .join(Cluster, Cluster.id == Membership.cluster_id)
        .where(on)
        .order_by(Cluster.cluster_code.desc())
    )
    companies = select(Organisation.id, Organisation.org_type).where(
        Organisation.org_type.in_(COMPANY_TYPES),
        Organisation.merged_into_id.is_(None),
        or_(Organisation.closed_on.is_(None), Organisation.closed_on > wave.as_of),
    )
    if wave.basis is Basis.clusters:
        of_cluster = of_cluster.where(Cluster.id.in_([one.id for one in wave.clusters]))
        companies = companies.where(
            Organisation.id.in_(of_cluster.with_only_columns(Membership.organisation_id).order_by(None))
        )
    else:
        companies = companies.where(Organisation.id.in_(_in_projects(wave)))
    first = {organisation: cluster for organisation, cluster in session.execute(of_cluster)}  # the last one set stays
    rows = session.execute(companies.order_by(Organisation.id))
    return [(organisation, kind, first.get(organisation)) for organisation, kind in rows]


def _in_projects(wave: Wave) -> Select[Any]:
    """Participants, on the day, of the programme's projects that were adopted by then and not withdrawn."""
    return (
        select(Participant.organisation_id)
        .join(Project, Project.id == Participant.project_id)
        .where(
            Project.programme == wave.programme,
            Project.adopted_on <= wave.as_of,
            Project.status != ProjectStatus.withdrawn,
            or_(Participant.valid_from.is_(None), Participant.valid_from <= wave.as_of),
            or_(Participant.valid_to.is_(None), Participant.valid_to > wave.as_of),
        )
    )


def to_invite(wave: Wave, limit: int) -> list[tuple[Asked, User]]:
    """Organisations that had no letter yet, each with the person who acts for it longest (then the first on record)."""
    person = (
        select(
            Affiliation.organisation_id.label("organisation"),
            User.id.label("person"),
            func.row_number()
            .over(partition_by=Affiliation.organisation_id, order_by=(Affiliation.valid_from, Affiliation.id))
            .label("place"),
        )
        .join(User, User.id == Affiliation.user_id)
        .where(acts_now(today()), User.active)
        .where(exists().where(UserRole.user_id == User.id, UserRole.role == Role.applicant))
        .subquery()
    )
    rows = session.execute(
        select(Asked, User)
        .join(person, and_(person.c.organisation == Asked.organisation_id, person.c.place == 1))
        .join(User, User.id == person.c.person)
        .where(Asked.wave_id == wave.id, Asked.invited_at.is_(None))
        .options(joinedload(Asked.organisation))
        .order_by(Asked.id)
        .limit(limit)
    )
    return [(asked, user) for asked, user in rows]


def asked_rows(wave: Wave) -> Sequence[Asked]:
    """Everybody whom a wave asks."""
    return session.scalars(select(Asked).where(Asked.wave_id == wave.id)).all()


def asked_list(wave: Wave, state: str, after: str | None, before: str | None) -> Page[Any]:
    """Organisations that a wave asks: all, those that nobody was written to, those that were not answered, or that
    were."""
    query = select(Asked).options(joinedload(Asked.organisation), joinedload(Asked.cluster), joinedload(Asked.response))
    query = query.outerjoin(Response, Response.asked_id == Asked.id).where(Asked.wave_id == wave.id)
    silent = or_(Response.id.is_(None), Response.status == ResponseStatus.draft)
    conditions = {
        "unreached": and_(Asked.invited_at.is_(None), silent),
        "waiting": and_(Asked.invited_at.is_not(None), silent),
        "sent": Response.status == ResponseStatus.sent,
        "withdrawn": Response.status == ResponseStatus.withdrawn,
    }
    if state in conditions:
        query = query.where(conditions[state])
    return keyset(query, [Asked.id], after, before)


def asked_of(wave: Wave, asked_id: int, lock: bool = False) -> Asked | None:
    """One organisation that this wave asks."""
    if not 0 < asked_id < LARGEST_KEY:
        return None
    query = select(Asked).where(Asked.id == asked_id, Asked.wave_id == wave.id)
    return session.scalar(query.with_for_update(of=Asked) if lock else query)


def own_asked(actor: Any, asked_id: int, lock: bool = False) -> Asked | None:
    """One's own organisation in a wave that has opened."""
    if not actor.has_role("applicant") or not 0 < asked_id < LARGEST_KEY:
        return None
    query = (
        select(Asked)
        .join(Wave, Wave.id == Asked.wave_id)
        .where(Asked.id == asked_id, Wave.status.in_(_STARTED))
        .where(Asked.organisation_id.in_(own_organisations(actor)))
    )
    return session.scalar(query.with_for_update(of=Asked) if lock else query)


def locked(asked_id: int) -> Asked:
    """The row of an organisation, locked, so that two people who answer at once come one after the other."""
    return session.scalars(
        select(Asked).where(Asked.id == asked_id).with_for_update(of=Asked).execution_options(populate_existing=True)
    ).one()


def own_in(actor: Any, wave: Wave) -> Sequence[Asked]:
    """One's own organisations in a wave."""
    query = select(Asked).options(joinedload(Asked.organisation), joinedload(Asked.response))
    query = query.where(Asked.wave_id == wave.id, Asked.organisation_id.in_(own_organisations(actor)))
    return session.scalars(query.order_by(Asked.id)).all()


def is_own(actor: Any, organisation_id: int) -> bool:
    mine = own_organisations(actor).where(Affiliation.organisation_id == organisation_id)
    return session.scalar(mine.limit(1)) is not None


def tasks_of(actor: Any) -> list[Asked]:
    """Waves that wait for an answer of one's own organisations."""
    query = (
        select(Asked)
        .join(Wave, Wave.id == Asked.wave_id)
        .outerjoin(Response, Response.asked_id == Asked.id)
        .where(Wave.status == WaveStatus.open, Wave.closes_on >= today())
        .where(Asked.organisation_id.in_(own_organisations(actor)))
        .where(or_(Response.id.is_(None), Response.status == ResponseStatus.draft))
        .options(joinedload(Asked.wave), joinedload(Asked.organisation))
        .order_by(Wave.closes_on, Asked.id)
    )
    return list(session.scalars(query))


# --- links -----------------------------------------------------------------------------------------------------------


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str, lock: bool = False) -> Invitation | None:
    query = select(Invitation).where(Invitation.token_hash == hashed(token))
    return session.scalar(query.with_for_update(of=Invitation) if lock else query)


def links_of(asked_id: int) -> Sequence[Invitation]:
    """Links that still work, in the order in which they were made."""
    query = select(Invitation).where(Invitation.asked_id == asked_id, Invitation.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Invitation.id)).all()


def letters_since(email: str, since: datetime) -> int:
    query = select(func.count()).select_from(Invitation)
    return session.scalar(query.where(Invitation.email == email, Invitation.made_at >= since)) or 0


def letters_of(asked_id: int, since: datetime) -> int:
    """How many links were sent for an organisation's answers."""
    query = select(func.count()).select_from(Invitation)
    return session.scalar(query.where(Invitation.asked_id == asked_id, Invitation.made_at >= since)) or 0


def to_remind(wave: Wave, before: datetime, limit: int) -> list[tuple[Asked, Invitation]]:
    """Organisations that were written to, have not answered, and had no letter since ``before``; with the newest link."""
    newest = (
        select(func.max(Invitation.id))
        .where(Invitation.asked_id == Asked.id, Invitation.withdrawn_at.is_(None))
        .correlate(Asked)
        .scalar_subquery()
    )
    query = (
        select(Asked, Invitation)
        .join(Invitation, Invitation.id == newest)
        .outerjoin(Response, Response.asked_id == Asked.id)
        .where(Asked.wave_id == wave.id, Asked.invited_at.is_not(None), Asked.invited_at < before)
        .where(or_(Asked.reminded_at.is_(None), Asked.reminded_at < before))
        .where(or_(Response.id.is_(None), Response.status == ResponseStatus.draft))
        .options(joinedload(Asked.organisation))
        .order_by(Asked.id)
        .limit(limit)
    )
    return [(asked, link) for asked, link in session.execute(query)]


def response_of(asked_id: int) -> Response | None:
    return session.scalar(select(Response).where(Response.asked_id == asked_id))


# --- the clock -------------------------------------------------------------------------------------------------------


def to_start(on: date) -> Sequence[Wave]:
    query = select(Wave).where(Wave.status == WaveStatus.scheduled, Wave.opens_on <= on)
    return session.scalars(query.order_by(Wave.id).with_for_update()).all()


def to_close(on: date) -> Sequence[Wave]:
    query = select(Wave).where(Wave.status == WaveStatus.open, Wave.closes_on < on)
    return session.scalars(query.order_by(Wave.id).with_for_update()).all()


def open_now() -> Sequence[Wave]:
    return session.scalars(select(Wave).where(Wave.status == WaveStatus.open).order_by(Wave.id)).all()


def sent_figures(wave: Wave) -> Sequence[Response]:
    """Sent answers of a wave of figures, with their organisations."""
    assert wave.kind is WaveKind.figures
    query = select(Response).join(Asked).where(Asked.wave_id == wave.id, Response.status == ResponseStatus.sent)
    return session.scalars(query.options(joinedload(Response.asked)).order_by(Response.id)).all()
