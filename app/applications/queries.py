"""Every look-up of applications. ``visible_to`` is the root: what an actor may not see does not exist."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, false, func, literal, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.accounts.models import User
from app.applications.choices import ApplicationStatus, MemberRole
from app.applications.definitions import (
    DocumentFacts,
    Facts,
    Finding,
    FrameFacts,
    MemberFacts,
    PlanFacts,
    evaluate,
    plan_years,
)
from app.applications.models import (
    Application,
    Attachment,
    CommercializationPlan,
    ConsortiumMember,
    MemberInvitation,
    MemberPerson,
    Screening,
    Submission,
)
from app.calls.choices import COST_ITEMS
from app.calls.models import Call, Frame, RequiredDocument
from app.core.audit import Event
from app.core.clock import today
from app.core.db import session
from app.core.i18n import Bilingual
from app.core.pdf import Document
from app.core.search import contains
from app.core.tables import Page, keyset
from app.organisations.models import Affiliation, Organisation

#: Everything of an application that pages, rules and snapshots read, in a constant number of statements.
FULL = (
    joinedload(Application.call).selectinload(Call.documents),
    joinedload(Application.frame),
    joinedload(Application.lead_organisation),
    selectinload(Application.members).joinedload(ConsortiumMember.organisation),
    selectinload(Application.members).selectinload(ConsortiumMember.budget_lines),
    selectinload(Application.milestones),
    joinedload(Application.plan).selectinload(CommercializationPlan.years),
    selectinload(Application.attachments).joinedload(Attachment.document),
    selectinload(Application.attachments).joinedload(Attachment.file),
)
AGENCY = ("officer", "auditor")
MAX_ID = 2**31 - 1  # no key lies above; the database would call a larger number an error


# --- who sees what --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """What an actor is to one application: for which members they act, whether for the lead, whether the agency."""

    member_ids: frozenset[int] = frozenset()
    lead: bool = False
    agency: bool = False

    def sees_budget_of(self, member: Any) -> bool:
        return self.agency or self.lead or member.id in self.member_ids


def _mine(actor: Any) -> Select[Any]:
    return (
        select(ConsortiumMember.application_id)
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .where(MemberPerson.user_id == actor.id, MemberPerson.ended_at.is_(None))
    )


def _with_the_agency() -> ColumnElement[bool]:
    """Applications that have been handed in: drafts, and drafts that were withdrawn, stay private."""
    return or_(
        Application.submitted_at.is_not(None),
        Application.status.not_in((ApplicationStatus.draft, ApplicationStatus.withdrawn)),
    )


def visible_to(actor: Any) -> Select[Any]:
    """Applicants see those they work on; officers and auditors everything that was handed in; others nothing."""
    allowed: list[ColumnElement[bool]] = []
    if actor.is_authenticated and actor.has_role("applicant"):
        allowed.append(Application.id.in_(_mine(actor)))
    if actor.is_authenticated and actor.has_role(*AGENCY):
        allowed.append(_with_the_agency())
    return select(Application).where(or_(*allowed) if allowed else false())


def get_for(actor: Any, application_id: int, lock: bool = False) -> Application | None:
    """The application with all its parts, or None when it is not there for this actor."""
    if application_id > MAX_ID:
        return None
    query = visible_to(actor).where(Application.id == application_id)
    if lock:
        locked = query.with_for_update(of=Application).execution_options(populate_existing=True)
        if session.scalar(locked) is None:
            return None
    return session.scalar(query.options(*FULL).execution_options(populate_existing=True))


def standing(actor: Any, application: Application) -> Standing:
    """What the actor is to this application."""
    if not getattr(actor, "is_authenticated", False):
        return Standing()
    member_ids, lead = set(), False
    if actor.has_role("applicant"):
        rows = session.execute(
            select(ConsortiumMember.id, ConsortiumMember.organisation_id, ConsortiumMember.role)
            .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
            .where(
                ConsortiumMember.application_id == application.id,
                MemberPerson.user_id == actor.id,
                MemberPerson.ended_at.is_(None),
            )
        )
        for member_id, organisation_id, role in rows:
            member_ids.add(member_id)
            lead = lead or (
                organisation_id == application.lead_organisation_id
                and role in (MemberRole.managing_organisation, MemberRole.core_company)
            )
    return Standing(frozenset(member_ids), lead, bool(actor.has_role(*AGENCY)))


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


# --- facts and digests ----------------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """One text for one content: sorted keys, no spaces, UTF-8 characters as they are."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def share(member: ConsortiumMember) -> dict[str, Any]:
    """A member's share as plain data: what its confirmation covers."""
    return {
        "organisation_id": member.organisation_id,
        "role": member.role.value,
        "holds_seed": member.holds_seed,
        "resources": member.resources,
        "contribution_pct": member.contribution_pct,
        "jsic": member.jsic,
        "contact_name": member.contact_name,
        "budget": sorted([line.fiscal_year, line.cost_item, line.amount_yen] for line in member.budget_lines),
    }


def share_digest(member: ConsortiumMember) -> str:
    return hashlib.sha256(canonical(share(member)).encode()).hexdigest()


def is_confirmed(member: ConsortiumMember) -> bool:
    """Confirmed, and unchanged since."""
    return member.confirmed_at is not None and member.confirmed_digest == share_digest(member)


def current_attachments(application: Application) -> list[Attachment]:
    return [a for a in application.attachments if a.replaced_at is None]


def facts(application: Application) -> Facts:
    """The frozen facts that the rules are asked on."""
    attached = {a.document_id for a in current_attachments(application)}
    frame, plan = application.frame, application.plan
    return Facts(
        programme=application.call.programme,
        members=tuple(
            MemberFacts(
                org_type=m.organisation.org_type,
                role=m.role.value,
                key=m.organisation_id,
                name=Bilingual(
                    m.organisation.name_en or m.organisation.name_ja, m.organisation.name_ja or m.organisation.name_en
                ),
                jsic=m.jsic,
                contribution_pct=m.contribution_pct,
                holds_seed=m.holds_seed,
                resources=m.resources,
                confirmed=is_confirmed(m),
                capital_yen=m.organisation.capital_yen,
                employees=m.organisation.employees,
                industry=m.organisation.jsic,
                budget=tuple((line.fiscal_year, line.cost_item, line.amount_yen) for line in m.budget_lines),
            )
            for m in application.members
        ),
        frame=frame_facts(frame),
        parameters=application.call.parameters,
        lead_key=application.lead_organisation_id,
        title_en=application.title_en,
        title_ja=application.title_ja,
        abstract=application.abstract,
        seed_technology=application.seed_technology,
        starts_on=application.starts_on,
        ends_on=application.ends_on,
        novelty=tuple(code for code in application.novelty.split(";") if code),
        novelty_text=application.novelty_text,
        combination_text=application.combination_text,
        has_written_rules=application.has_written_rules,
        milestones=tuple((m.due_on, m.target_value) for m in application.milestones),
        plan=None
        if plan is None
        else PlanFacts(
            plan.product,
            plan.market,
            plan.who_sells,
            plan.first_sale_on,
            plan.investment_yen,
            tuple((year.year_no, year.sales_yen, year.profit_yen) for year in plan.years),
        ),
        documents=tuple(
            DocumentFacts(d.code, d.name, d.mandatory, d.id in attached) for d in application.call.documents
        ),
    )


def frame_facts(frame: Frame) -> FrameFacts:
    return FrameFacts(
        frame.code,
        frame.ceiling_year1_yen,
        frame.ceiling_year2_yen,
        frame.max_years,
        frame.min_companies,
        frame.sme_rule,
    )


def findings(application: Application) -> list[Finding]:
    return evaluate(facts(application))


# --- one application, complete --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MemberView:
    """A member with the sums of its budget; ``cells`` maps (fiscal year, cost item) to yen."""

    member: ConsortiumMember
    cells: dict[tuple[int, str], int]
    total: int
    confirmed: bool

    @property
    def id(self) -> int:
        return self.member.id

    def year(self, fiscal_year: int) -> int:
        return sum(yen for (year, _item), yen in self.cells.items() if year == fiscal_year)

    def item(self, code: str) -> int:
        return sum(yen for (_year, item), yen in self.cells.items() if item == code)


@dataclass(frozen=True)
class Dossier:
    """An application fully loaded, for pages that only show it. ``standing`` decides whose budgets are shown."""

    application: Application
    call: Call
    frame: Frame
    members: list[MemberView]
    years: list[int]
    total: int
    attachments: dict[int, Attachment]  # by required document
    documents: list[RequiredDocument]
    cost_items: list[Any]
    roles: dict[int, list[MemberRole]]

    def year(self, fiscal_year: int) -> int:
        return sum(view.year(fiscal_year) for view in self.members)

    def cell(self, fiscal_year: int, code: str) -> int:
        return sum(view.cells.get((fiscal_year, code), 0) for view in self.members)


#: An application with all its parts; built once. Parameter: ``key``.
_WHOLE = (
    select(Application)
    .where(Application.id == bindparam("key"))
    .options(*FULL)
    .execution_options(populate_existing=True)
)


def dossier(application: Application | int) -> Dossier:
    """Everything a reader needs, in a constant number of statements. The caller has already asked who may read."""
    key = application if isinstance(application, int) else application.id
    row = session.scalar(_WHOLE, {"key": key})
    if row is None:
        raise LookupError(f"no application {key}")
    return dossier_of(row)


def dossier_of(application: Application) -> Dossier:
    """The dossier of an application whose parts are loaded already (``get_for`` does that)."""
    views = []
    for member in application.members:
        cells = {(line.fiscal_year, line.cost_item): line.amount_yen for line in member.budget_lines}
        views.append(MemberView(member, cells, sum(cells.values()), is_confirmed(member)))
    budgeted = {year for view in views for (year, _item) in view.cells}
    roles: dict[int, list[MemberRole]] = {}
    for member in application.members:
        roles.setdefault(member.organisation_id, []).append(member.role)
    return Dossier(
        application,
        application.call,
        application.frame,
        views,
        sorted(budgeted | set(years_of(application))),
        sum(view.total for view in views),
        {a.document_id: a for a in current_attachments(application)},
        list(application.call.documents),
        list(COST_ITEMS.values()),
        roles,
    )


def years_of(application: Application) -> list[int]:
    """The fiscal years that the budget grid offers."""
    period = Facts(application.call.programme, starts_on=application.starts_on, ends_on=application.ends_on)
    return plan_years(period)[:6]


def member_organisations(application_id: int) -> Sequence[Organisation]:
    """The organisations of a consortium, each once."""
    return session.scalars(
        select(Organisation)
        .where(
            Organisation.id.in_(
                select(ConsortiumMember.organisation_id).where(ConsortiumMember.application_id == application_id)
            )
        )
        .order_by(Organisation.name_ja, Organisation.id)
    ).all()


def people_of(application_id: int, *, lead_only: bool = False) -> Sequence[User]:
    """The people who work on an application now (all members', or the lead's alone)."""
    query = (
        select(User)
        .join(MemberPerson, MemberPerson.user_id == User.id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(ConsortiumMember.application_id == application_id, MemberPerson.ended_at.is_(None), User.active)
    )
    if lead_only:
        query = query.join(Application, Application.id == ConsortiumMember.application_id).where(
            ConsortiumMember.organisation_id == Application.lead_organisation_id
        )
    return session.scalars(query.order_by(User.id).distinct()).all()


def people_by_member(application_id: int) -> dict[int, list[str]]:
    """The names of the people who act for each member."""
    found: dict[int, list[str]] = {}
    for member_id, name in session.execute(
        select(MemberPerson.member_id, User.name)
        .join(User, User.id == MemberPerson.user_id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(ConsortiumMember.application_id == application_id, MemberPerson.ended_at.is_(None))
        .order_by(MemberPerson.id)
    ):
        found.setdefault(member_id, []).append(name)
    return found


def acting_by_member(application_id: int) -> dict[int, list[User]]:
    """The people who act for each member now."""
    found: dict[int, list[User]] = {}
    for member_id, user in session.execute(
        select(MemberPerson.member_id, User)
        .join(User, User.id == MemberPerson.user_id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(ConsortiumMember.application_id == application_id, MemberPerson.ended_at.is_(None))
        .options(lazyload(User.role_rows))  # names are shown, not rights
        .order_by(MemberPerson.id)
    ):
        found.setdefault(member_id, []).append(user)
    return found


def acting_for(member_id: int) -> Sequence[User]:
    """The people who act for one member now."""
    return session.scalars(
        select(User)
        .join(MemberPerson, MemberPerson.user_id == User.id)
        .where(MemberPerson.member_id == member_id, MemberPerson.ended_at.is_(None))
        .order_by(MemberPerson.id)
    ).all()


def names_for_history(application: Application, to_agency: bool) -> dict[int, str]:
    """Names that the history may show: the consortium's own people; officers by name only among themselves."""
    own = (
        select(User.id, User.name, literal("own"))
        .join(MemberPerson, MemberPerson.user_id == User.id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(ConsortiumMember.application_id == application.id)
    )
    names = {row[0]: row[1] for row in session.execute(own)}
    others = session.execute(
        select(User.id, User.name)
        .join(Event, Event.actor_id == User.id)
        .where(Event.subject_type == Application.__tablename__, Event.subject_id == application.id)
        .distinct()
    )
    office = Bilingual("programme office", "事業事務局")
    for user_id, name in others:
        if user_id not in names:
            names[user_id] = name if to_agency else str(office)
    return names


def attachment(application_id: int, attachment_id: int) -> Attachment | None:
    """A current file of an application; who may read the application may read its files."""
    if attachment_id > MAX_ID:
        return None
    return session.scalar(
        select(Attachment)
        .where(
            Attachment.id == attachment_id,
            Attachment.application_id == application_id,
            Attachment.replaced_at.is_(None),
        )
        .options(joinedload(Attachment.file), joinedload(Attachment.document))
    )


def member_of(application: Application, member_id: int) -> ConsortiumMember | None:
    return next((m for m in application.members if m.id == member_id), None)


# --- lists ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MyLine:
    """One of my applications: what is missing, and whether my organisation has confirmed its share."""

    application: Application
    missing: int
    unconfirmed: list[ConsortiumMember]
    lead: bool


def mine(actor: Any) -> list[MyLine]:
    """The applications that an applicant works on, newest first."""
    rows = session.scalars(
        select(Application).where(Application.id.in_(_mine(actor))).options(*FULL).order_by(Application.id.desc())
    ).all()
    acting = {
        row.member_id
        for row in session.execute(
            select(MemberPerson.member_id).where(MemberPerson.user_id == actor.id, MemberPerson.ended_at.is_(None))
        )
    }
    lines = []
    for row in rows:
        draft = row.status == ApplicationStatus.draft
        lines.append(
            MyLine(
                row,
                len([f for f in findings(row) if f.blocks]) if draft else 0,
                [m for m in row.members if m.id in acting and not is_confirmed(m)] if draft else [],
                any(m.id in acting and m.organisation_id == row.lead_organisation_id for m in row.members),
            )
        )
    return lines


@dataclass(frozen=True)
class Filters:
    """What the officer's list can be narrowed to."""

    call_id: int | None = None
    status: ApplicationStatus | None = None
    frame: str | None = None
    text: str = ""


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.call_id is not None:
        query = query.where(Application.call_id == filters.call_id)
    if filters.status is not None:
        query = query.where(Application.status == filters.status)
    if filters.frame is not None:
        query = query.where(Application.frame_id.in_(select(Frame.id).where(Frame.code == filters.frame)))
    if filters.text:
        columns = (Application.number, Application.title_ja, Application.title_en)
        query = query.where(or_(*(contains(column, filters.text) for column in columns)))
    return query


def _list_columns() -> Select[Any]:
    query: Any = (
        select(
            Application.id.label("id"),
            Application.title_en,
            Application.title_ja,
            Application.status,
            Application.total_yen,
            Application.submitted_at,
            Application.is_synthetic,
            Frame.name_en.label("frame_en"),
            Frame.name_ja.label("frame_ja"),
            Organisation.name_en.label("lead_en"),
            Organisation.name_ja.label("lead_ja"),
            Organisation.prefecture,
            Application.number.label("application_number"),
        )
        .join(Frame, Frame.id == Application.frame_id)
        .join(Organisation, Organisation.id == Application.lead_organisation_id)
        .where(_with_the_agency())
    )
    return query


def officer_page(filters: Filters, after: str | None = None, before: str | None = None) -> Page[Any]:
    """One page of everything that was handed in, by number."""
    return keyset(_filtered(_list_columns(), filters), [Application.number], after, before)


def officer_count(filters: Filters) -> int:
    """How many there are; without a text to look for, an index alone answers (ix_application_counted)."""
    query = select(func.count()).select_from(Application).where(_with_the_agency())
    return session.scalar(_filtered(query, filters)) or 0


def officer_export(filters: Filters) -> Any:
    """All rows of the list, fetched in portions."""
    query = _filtered(_list_columns(), filters).order_by(Application.number)
    return session.execute(query.execution_options(yield_per=500))


# --- submissions, invitations, screening ----------------------------------------------------------------------------


def submission_of(application_id: int) -> Submission | None:
    """The latest submission with its document."""
    return session.scalar(
        select(Submission)
        .where(Submission.application_id == application_id)
        .options(joinedload(Submission.document).joinedload(Document.file))
        .order_by(Submission.number.desc())
        .limit(1)
    )


def submission_by_key(key: str) -> Submission | None:
    return session.scalar(select(Submission).where(Submission.idempotency_key == key))


def submission_by_receipt(number: str) -> Submission | None:
    return session.scalar(select(Submission).where(Submission.receipt_number == number))


def invitation_by_token(token: str, lock: bool = False) -> MemberInvitation | None:
    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    query = select(MemberInvitation).where(MemberInvitation.token_hash == digest)
    if lock:
        query = query.with_for_update(of=MemberInvitation).execution_options(populate_existing=True)
    return session.scalar(
        query.options(
            joinedload(MemberInvitation.member).joinedload(ConsortiumMember.organisation),
            joinedload(MemberInvitation.member).joinedload(ConsortiumMember.application).joinedload(Application.call),
        )
        if not lock
        else query
    )


def open_invitations_to(member_id: int, user_id: int) -> Sequence[MemberInvitation]:
    """Invitations for this member on their way to a person's address."""
    return session.scalars(
        select(MemberInvitation)
        .join(User, User.email == MemberInvitation.email)
        .where(
            MemberInvitation.member_id == member_id,
            User.id == user_id,
            MemberInvitation.accepted_at.is_(None),
            MemberInvitation.withdrawn_at.is_(None),
        )
    ).all()


def invitations_of(application_id: int) -> Sequence[MemberInvitation]:
    """The invitations that still wait for an answer."""
    return session.scalars(
        select(MemberInvitation)
        .join(ConsortiumMember, ConsortiumMember.id == MemberInvitation.member_id)
        .where(
            ConsortiumMember.application_id == application_id,
            MemberInvitation.accepted_at.is_(None),
            MemberInvitation.withdrawn_at.is_(None),
        )
        .order_by(MemberInvitation.id)
    ).all()


def invitations_since(email: str, since: datetime) -> int:
    """How many invitations an address was sent since an instant, from all applications."""
    query = select(func.count(MemberInvitation.id))
    return session.scalar(query.where(MemberInvitation.email == email, MemberInvitation.created_at >= since)) or 0


def person_row(member_id: int, user_id: int) -> MemberPerson | None:
    if user_id > MAX_ID:
        return None
    return session.scalar(
        select(MemberPerson).where(MemberPerson.member_id == member_id, MemberPerson.user_id == user_id)
    )


def screening_of(application_id: int) -> Screening | None:
    return session.scalar(select(Screening).where(Screening.application_id == application_id))


def organisation_by_corporate_number(number: str) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.corporate_number == number))


def organisation(organisation_id: int) -> Organisation | None:
    return session.get(Organisation, organisation_id)


def search_organisations(text: str, limit: int = 20) -> Sequence[Organisation]:
    """Organisations of the register by a part of their name or by their corporate number."""
    if not text:
        return []
    return session.scalars(
        select(Organisation)
        .where(
            or_(
                contains(Organisation.name_ja, text),
                contains(Organisation.name_en, text),
                Organisation.corporate_number == text,
            ),
            Organisation.closed_on.is_(None),
        )
        .order_by(Organisation.name_ja, Organisation.id)
        .limit(limit)
    ).all()


def as_iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
