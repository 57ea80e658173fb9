"""Who sees which application: the root of every look-up."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.applications.choices import ApplicationStatus, MemberRole, Right
from app.applications.models import (
    Application,
    Attachment,
    CommercializationPlan,
    ConsortiumMember,
    MemberPerson,
)
from app.calls.models import Call
from app.core.clock import today
from app.core.db import session
from app.core.once import once
from app.organisations.models import Affiliation, Organisation
from app.questionnaires.models import Questionnaire

#: Everything of an application that pages, rules and snapshots read, in a constant number of statements.
FULL = (
    joinedload(Application.call).selectinload(Call.documents),
    joinedload(Application.call).joinedload(Call.questionnaire).selectinload(Questionnaire.versions),
    selectinload(Application.answers),
    joinedload(Application.frame),
    selectinload(Application.extensions),
    joinedload(Application.lead_organisation),
    selectinload(Application.members).joinedload(ConsortiumMember.organisation),
    selectinload(Application.members).selectinload(ConsortiumMember.budget_lines),
    selectinload(Application.members).selectinload(ConsortiumMember.named_people),
    selectinload(Application.members).selectinload(ConsortiumMember.subcontractors),
    selectinload(Application.milestones),
    joinedload(Application.plan).selectinload(CommercializationPlan.years),
    selectinload(Application.attachments).joinedload(Attachment.document),
    selectinload(Application.attachments).joinedload(Attachment.file),
)
AGENCY = ("officer", "auditor")
LEADING = (MemberRole.managing_organisation, MemberRole.core_company)  # CON-8, NC-2: their organisation is the lead
MAX_ID = 2**31 - 1  # no key lies above; the database would call a larger number an error
#: Floors above tell by a person's key from which applications that person is recused as officer or auditor.
KEPT_OUT: list[Callable[[int], frozenset[int]]] = []
#: And from which because that person reviews them: for so long the other rights rest.
RESTING: list[Callable[[int], frozenset[int]]] = []


@dataclass(frozen=True)
class Standing:
    """What an actor is to one application: for which members they act and with which right, and whether the agency."""

    member_ids: frozenset[int] = frozenset()
    lead: bool = False
    agency: bool = False
    writes: frozenset[int] = frozenset()  # members for which the actor may write
    signs: frozenset[int] = frozenset()  # members for which the actor may confirm
    lead_writes: bool = False
    lead_signs: bool = False

    def sees_budget_of(self, member: Any) -> bool:
        """Cost detail: the member's own people, the agency, and the lead where the member lets it; others see totals."""
        return self.agency or member.id in self.member_ids or (self.lead and member.lead_fills)


def ids_of(actor: Any) -> Select[Any]:
    return (
        select(ConsortiumMember.application_id)
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .where(MemberPerson.user_id == actor.id, MemberPerson.ended_at.is_(None))
    )


def handed_in() -> ColumnElement[bool]:
    """Applications that have been handed in: drafts, and drafts that were withdrawn, stay private."""
    return or_(
        Application.submitted_at.is_not(None),
        Application.status.not_in((ApplicationStatus.draft, ApplicationStatus.withdrawn)),
    )


def kept_out(actor: Any) -> frozenset[int]:
    """The applications from which an officer or auditor is recused: for them these do not exist, not even in totals
    (reliability B23). Nobody else is ever recused here. What such a person reviews counts among them (``resting``)."""
    key = getattr(actor, "actor_id", None)
    if key is None or not actor.has_role(*AGENCY):
        return frozenset()
    tied = once(("kept out", key), lambda: frozenset[int]().union(*(tell(key) for tell in KEPT_OUT)))
    return tied | resting(actor)


def resting(actor: Any) -> frozenset[int]:
    """The applications that an officer or auditor has been asked to review or reviews: whatever the office knows of them
    would tell of colleagues' reviews, so that only a reviewer's rights are left (CON-14, reliability B24)."""
    key = getattr(actor, "actor_id", None)
    if key is None or not (actor.has_role(*AGENCY) and actor.has_role("reviewer")):
        return frozenset()
    return once(("resting", key), lambda: frozenset[int]().union(*(tell(key) for tell in RESTING)))


def not_kept_out(actor: Any, column: Any = Application.id) -> ColumnElement[bool]:
    """The condition for every look-up of the agency that does not start from ``visible_to``. ``column`` holds the
    application's key; rows without one (projects of earlier years) stay."""
    ids = kept_out(actor)
    return or_(column.is_(None), column.not_in(ids)) if ids else true()


def free_of_ties(people: Iterable[Any], application_id: int) -> list[Any]:
    """Those of the agency's people who may be told of an application."""
    return [person for person in people if application_id not in kept_out(person)]


def another_must_act(actor: Any, call_id: int) -> bool:
    """Does a call hold anything undecided from which this officer is recused? It does not tell what."""
    waiting = (ApplicationStatus.submitted, ApplicationStatus.correcting, ApplicationStatus.under_review)
    ids = kept_out(actor)
    if not ids:
        return False
    query = select(Application.id).where(
        Application.call_id == call_id, Application.status.in_(waiting), Application.id.in_(ids)
    )
    return session.scalar(query.limit(1)) is not None


def visible_to(actor: Any) -> Select[Any]:
    """Applicants see those they work on; officers and auditors everything that was handed in, except what they are
    recused from; others nothing."""
    allowed: list[ColumnElement[bool]] = []
    if actor.is_authenticated and actor.has_role("applicant"):
        allowed.append(Application.id.in_(ids_of(actor)))
    if actor.is_authenticated and actor.has_role(*AGENCY):
        allowed.append(and_(handed_in(), not_kept_out(actor)))
    return select(Application).where(or_(*allowed) if allowed else false())


def get_for(actor: Any, application_id: int, lock: bool = False, whole: bool = True) -> Application | None:
    """The application with all its parts, or None when it is not there for this actor.

    With ``whole`` false the few parts that are needed are read when they are: for what touches one of them only.
    """
    if application_id > MAX_ID:
        return None
    query = visible_to(actor).where(Application.id == application_id)
    if lock:
        locked = query.with_only_columns(Application.id).with_for_update(of=Application)
        if session.scalar(locked) is None:  # all of it is read below, after whoever held the lock
            return None
    parts = FULL if whole else (joinedload(Application.call),)
    return session.scalar(query.options(*parts).execution_options(populate_existing=True))


_remembered: ContextVar[dict[tuple[int, int], Standing] | None] = ContextVar("remembered_standings", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """While a page is made, which changes nothing, each standing is looked up once."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def standing(actor: Any, application: Application) -> Standing:
    """What the actor is to this application."""
    known = _remembered.get()
    if known is None or not getattr(actor, "is_authenticated", False) or actor.id is None:
        return _standing(actor, application)
    key = (actor.id, application.id)
    if key not in known:
        known[key] = _standing(actor, application)
    return known[key]


def _standing(actor: Any, application: Application) -> Standing:
    if not getattr(actor, "is_authenticated", False):
        return Standing()
    agency = bool(actor.has_role(*AGENCY)) and application.id not in kept_out(actor)
    if not actor.has_role("applicant"):
        return Standing(agency=agency)
    rights: dict[int, Right] = {}
    leads: set[int] = set()
    rows = session.execute(
        select(ConsortiumMember.id, ConsortiumMember.organisation_id, ConsortiumMember.role, MemberPerson.right)
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .where(
            ConsortiumMember.application_id == application.id,
            MemberPerson.user_id == actor.id,
            MemberPerson.ended_at.is_(None),
        )
    )
    for member_id, organisation_id, role, right in rows:
        rights[member_id] = right
        if organisation_id == application.lead_organisation_id and role in LEADING:
            leads.add(member_id)
    writes = frozenset(key for key, right in rights.items() if right in (Right.write, Right.sign))
    signs = frozenset(key for key, right in rights.items() if right is Right.sign)
    return Standing(frozenset(rights), bool(leads), agency, writes, signs, bool(leads & writes), bool(leads & signs))


def organisations_of(actor: Any) -> Sequence[Organisation]:
    """The organisations that a person acts for today."""
    day = today()
    return session.scalars(
        select(Organisation)
        .join(Affiliation, Affiliation.organisation_id == Organisation.id)
        .where(
            Affiliation.user_id == actor.id,
            Affiliation.valid_from <= day,
            or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > day),
        )
        .order_by(Organisation.name_ja, Organisation.id)
        .distinct()
    ).all()
