"""Look-ups of projects; ``visible_to`` is the root of all that a page shows."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, exists, false, or_, select, union, union_all
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.applications import queries as applications
from app.applications.choices import MemberRole, Right
from app.applications.models import Application, BudgetLine, ConsortiumMember, MemberPerson
from app.calls.models import Call
from app.core.clock import today
from app.core.db import session
from app.core.search import contains
from app.core.tables import Page, keyset
from app.organisations.models import Affiliation, Organisation
from app.projects.choices import ProjectStatus
from app.projects.models import AgreedBudgetLine, Participant, ParticipantPerson, Project
from app.reviews.choices import CorrectionKind, CorrectionStatus, Outcome
from app.reviews.models import Decision, DecisionCorrection
from app.reviews.queries import released_amounts


def visible_to(actor: Any) -> Select[Any]:
    """Officers and auditors see every project but those made of applications from which they are recused; applicants
    those whose application they work on, and those that their organisation joined later."""
    allowed: list[ColumnElement[bool]] = []
    if actor.has_role("officer", "auditor"):
        allowed.append(not_recused(actor))
    if actor.has_role("applicant"):
        mine = (
            select(ConsortiumMember.application_id)
            .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
            .where(MemberPerson.user_id == actor.actor_id, MemberPerson.ended_at.is_(None))
        )
        allowed.append(Project.application_id.in_(mine))
        allowed.append(Project.id.in_(_joined_later(actor)))
    return select(Project).where(or_(*allowed) if allowed else false())


def _present(day: date) -> ColumnElement[bool]:
    """Organisations that joined a project after its award and take part on a day."""
    return and_(
        Project.application_id.is_not(None), Participant.valid_from <= day,
        or_(Participant.valid_to.is_(None), Participant.valid_to > day),
    )  # fmt: skip


def _named() -> ColumnElement[bool]:
    """People were named for the organisation of a participation."""
    return exists().where(
        ParticipantPerson.project_id == Participant.project_id,
        ParticipantPerson.organisation_id == Participant.organisation_id,
    )


def _joined_later(actor: Any) -> Select[int]:
    """Projects that an organisation this person acts for joined after the award: who was named for it; while nobody was
    named, whoever acts for the organisation."""
    day = today()
    named = (
        select(ParticipantPerson.project_id)
        .join(
            Participant,
            and_(
                Participant.project_id == ParticipantPerson.project_id,
                Participant.organisation_id == ParticipantPerson.organisation_id,
            ),
        )
        .join(Project, Project.id == Participant.project_id)
        .where(ParticipantPerson.user_id == actor.actor_id, ParticipantPerson.ended_at.is_(None), _present(day))
    )
    unnamed = (
        select(Participant.project_id)
        .join(Affiliation, Affiliation.organisation_id == Participant.organisation_id)
        .join(Project, Project.id == Participant.project_id)
        .where(
            Affiliation.user_id == actor.actor_id, Affiliation.valid_from <= day,
            or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > day), _present(day), ~_named(),
        )
    )  # fmt: skip
    return union(named, unnamed)  # type: ignore[return-value]


def newcomers(application_ids: Collection[int]) -> list[tuple[int, User, int, Right]]:
    """(application, person, organisation, right) of organisations that joined after the award. Who was named has the
    right that was given; while nobody was named, the people who act for the organisation read."""
    day = today()
    named = session.execute(
        select(Project.application_id, User, ParticipantPerson.organisation_id, ParticipantPerson.right)
        .join(Project, Project.id == ParticipantPerson.project_id)
        .join(
            Participant,
            and_(
                Participant.project_id == ParticipantPerson.project_id,
                Participant.organisation_id == ParticipantPerson.organisation_id,
            ),
        )
        .join(User, User.id == ParticipantPerson.user_id)
        .where(
            Project.application_id.in_(application_ids),
            User.active,
            ParticipantPerson.ended_at.is_(None),
            _present(day),
        )
        .order_by(User.id)
        .distinct()
    ).all()
    unnamed = session.execute(
        select(Project.application_id, User, Participant.organisation_id)
        .join(Participant, Participant.project_id == Project.id)
        .join(Affiliation, Affiliation.organisation_id == Participant.organisation_id)
        .join(User, User.id == Affiliation.user_id)
        .where(
            Project.application_id.in_(application_ids), User.active, Affiliation.valid_from <= day,
            or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > day), _present(day), ~_named(),
            ~exists().where(
                ConsortiumMember.application_id == Project.application_id,
                ConsortiumMember.organisation_id == Participant.organisation_id,
            ),
        )
        .order_by(User.id)
        .distinct()
    ).all()  # fmt: skip
    return [(row[0] or 0, row[1], row[2], row[3]) for row in named] + [
        (row[0] or 0, row[1], row[2], Right.read) for row in unnamed
    ]


def acting_for(user_id: Any, rights: Sequence[Right] = tuple(Right)) -> Any:
    """(application, organisation, right) for which a person acts with one of these rights: by the proposal, or named
    later for an organisation that takes part now."""
    members = (
        select(ConsortiumMember.application_id, ConsortiumMember.organisation_id, MemberPerson.right)
        .join(MemberPerson, ConsortiumMember.id == MemberPerson.member_id)
        .where(MemberPerson.user_id == user_id, MemberPerson.ended_at.is_(None), MemberPerson.right.in_(rights))
    )
    later = (
        select(Project.application_id, ParticipantPerson.organisation_id, ParticipantPerson.right)
        .join(Project, Project.id == ParticipantPerson.project_id)
        .join(
            Participant,
            and_(
                Participant.project_id == ParticipantPerson.project_id,
                Participant.organisation_id == ParticipantPerson.organisation_id,
            ),
        )
        .where(
            ParticipantPerson.user_id == user_id, ParticipantPerson.ended_at.is_(None),
            ParticipantPerson.right.in_(rights), _present(today()),
        )
    )  # fmt: skip
    return union_all(members, later)


def people_later(project_id: int) -> Sequence[ParticipantPerson]:
    """Who was named for organisations that joined later and still acts."""
    return session.scalars(
        select(ParticipantPerson)
        .where(ParticipantPerson.project_id == project_id, ParticipantPerson.ended_at.is_(None))
        .options(joinedload(ParticipantPerson.user))
        .order_by(ParticipantPerson.id)
    ).all()


def person_later(project_id: int, organisation_id: int, user_id: int) -> ParticipantPerson | None:
    return session.scalar(
        select(ParticipantPerson).where(
            ParticipantPerson.project_id == project_id, ParticipantPerson.organisation_id == organisation_id,
            ParticipantPerson.user_id == user_id,
        )
    )  # fmt: skip


def joined_organisations(project: Project) -> Sequence[Organisation]:
    """Organisations that joined after the award, take part now, and have nobody by the proposal."""
    return session.scalars(
        select(Organisation)
        .join(Participant, Participant.organisation_id == Organisation.id)
        .join(Project, Project.id == Participant.project_id)
        .where(
            Participant.project_id == project.id, _present(today()),
            ~exists().where(
                ConsortiumMember.application_id == Project.application_id,
                ConsortiumMember.organisation_id == Participant.organisation_id,
            ),
        )
        .order_by(Organisation.id)
        .distinct()
    ).all()  # fmt: skip


def acts_by_affiliation(user_id: int, organisation_id: int) -> bool:
    """Does somebody act for an organisation today?"""
    day = today()
    return session.scalar(
        select(Affiliation.id).where(
            Affiliation.user_id == user_id, Affiliation.organisation_id == organisation_id, Affiliation.valid_from <= day,
            or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > day),
        ).limit(1)
    ) is not None  # fmt: skip


def still_acts(row: ParticipantPerson) -> bool:
    """A named person with an account who is still one of the organisation's people."""
    return row.user.active and acts_by_affiliation(row.user_id, row.organisation_id)


def worked_together() -> Select[int, int, str]:
    """(person, organisation, project) of everybody who worked on a project that runs, or ran of late, and of every
    organisation that took part in it: where conflicts of interest are looked for (CON-14). ``horizon`` is a bound day."""
    horizon = bindparam("horizon", type_=Date())
    return (
        select(MemberPerson.user_id, Participant.organisation_id, Project.project_key)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .join(Project, Project.application_id == ConsortiumMember.application_id)
        .join(Participant, Participant.project_id == Project.id)
        .where(
            or_(Project.completed_on.is_(None), Project.completed_on >= horizon),
            or_(Participant.valid_to.is_(None), Participant.valid_to >= horizon),
        )
    )


def not_recused(actor: Any) -> ColumnElement[bool]:
    """The condition for the agency's look-ups that do not start from ``visible_to``."""
    return applications.not_kept_out(actor, Project.application_id)


def get_for(actor: Any, project_id: int, *, lock: bool = False) -> Project | None:
    """A project with its participants, or None when the actor may not know of it."""
    query = (
        visible_to(actor)
        .where(Project.id == project_id)
        .options(
            selectinload(Project.participants).joinedload(Participant.organisation), joinedload(Project.application)
        )
    )
    return session.scalar(query.with_for_update(of=Project) if lock else query)


def mine(actor: Any) -> Sequence[Project]:
    return session.scalars(visible_to(actor).order_by(Project.adopted_on.desc(), Project.project_key)).all()


def page(actor: Any, filters: dict[str, str], after: str | None, before: str | None) -> Page[Any]:
    """One page of projects by key; filters: programme, status, region, text (key or title)."""
    query = visible_to(actor)
    for name in ("programme", "status", "region"):
        if filters.get(name):
            query = query.where(getattr(Project, name) == filters[name])
    if text := filters.get("text"):
        query = query.where(
            or_(contains(Project.project_key, text), contains(Project.title_ja, text), contains(Project.title_en, text))
        )
    return keyset(query, [Project.project_key], after, before)


def of_organisation(actor: Any, organisation_id: int) -> Sequence[Any]:
    """An organisation's participations with their projects, of those that this reader may know of, newest first."""
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    return session.execute(
        select(Participant, Project)
        .join(Project, Project.id == Participant.project_id)
        .where(Participant.organisation_id == organisation_id, Project.id.in_(select(visible.c.id)))
        .order_by(Project.adopted_on.desc(), Project.project_key, Participant.id)
        .limit(200)
    ).all()


def taken_part_in(organisation_ids: Collection[int]) -> list[int]:
    """The keys of all projects in which any of these organisations takes or took part."""
    query = select(Participant.project_id).where(Participant.organisation_id.in_(organisation_ids)).distinct()
    return sorted(session.scalars(query))


def by_application(application_id: int) -> Project | None:
    return session.scalar(select(Project).where(Project.application_id == application_id))


def lead_person_ids(project: Project) -> set[int]:
    """People who act for the lead organisation of the project's application."""
    return set(
        session.scalars(
            select(MemberPerson.user_id)
            .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
            .join(Application, Application.id == ConsortiumMember.application_id)
            .where(
                Application.id == project.application_id,
                ConsortiumMember.organisation_id == Application.lead_organisation_id,
                ConsortiumMember.role.in_((MemberRole.managing_organisation, MemberRole.core_company)),
                MemberPerson.ended_at.is_(None),
            )
        )
    )


def budget_of(project_id: int) -> Sequence[AgreedBudgetLine]:
    return session.scalars(
        select(AgreedBudgetLine)
        .where(AgreedBudgetLine.project_id == project_id)
        .options(joinedload(AgreedBudgetLine.organisation))
        .order_by(AgreedBudgetLine.organisation_id, AgreedBudgetLine.fiscal_year, AgreedBudgetLine.cost_item)
    ).all()


def lead_name(project: Project) -> str | None:
    """The organisation on whose behalf the recipient's people report, as the record of events names it."""
    return session.scalar(
        select(Organisation.name_ja)
        .join(Application, Application.lead_organisation_id == Organisation.id)
        .where(Application.id == project.application_id)
    )


def proposed_budget(application_id: int) -> Sequence[tuple[int, int, str, int]]:
    """The proposal's lines as (organisation id, fiscal year, cost item, yen)."""
    rows = session.execute(
        select(ConsortiumMember.organisation_id, BudgetLine.fiscal_year, BudgetLine.cost_item, BudgetLine.amount_yen)
        .join(BudgetLine, BudgetLine.member_id == ConsortiumMember.id)
        .where(ConsortiumMember.application_id == application_id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def locked_call(call_id: int) -> Call:
    """A call, held until the transaction ends."""
    return session.scalars(
        select(Call).where(Call.id == call_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def promotions_waiting(call_id: int) -> frozenset[int]:
    """Decisions of a call whose move up from the reserve waits for a second officer."""
    return frozenset(
        session.scalars(
            select(DecisionCorrection.decision_id)
            .join(Decision, Decision.id == DecisionCorrection.decision_id)
            .join(Application, Application.id == Decision.application_id)
            .where(
                Application.call_id == call_id,
                DecisionCorrection.kind == CorrectionKind.promotion,
                DecisionCorrection.status == CorrectionStatus.proposed,
            )
        )
    )


def room(call: Call) -> int:
    """Yen that are free for the reserve: the call's budget less what living adoptions take.

    Without a budget, what withdrawals and corrections have set free less what was given to reserves since.
    """
    withdrawn = set(
        session.scalars(
            select(Project.application_id)
            .join(Application, Application.id == Project.application_id)
            .where(Application.call_id == call.id, Project.status == ProjectStatus.withdrawn)
        )
    )
    amounts = released_amounts(call.id)
    if call.budget_yen is not None:
        return max(0, call.budget_yen - sum(yen for key, yen in amounts.items() if key not in withdrawn))
    free = sum(yen for key, yen in amounts.items() if key in withdrawn)
    for before, after in session.execute(
        select(DecisionCorrection.before, DecisionCorrection.after)
        .join(Decision, Decision.id == DecisionCorrection.decision_id)
        .join(Application, Application.id == Decision.application_id)
        .where(Application.call_id == call.id, DecisionCorrection.status == CorrectionStatus.confirmed)
    ):
        gave, gives = (w["amount_yen"] if w["outcome"] == Outcome.adopted else 0 for w in (before, after))
        free += gave - gives
    return max(0, free)


def withdrawn_of(actor: Any, call_id: int) -> Sequence[Project]:
    """Adopted projects of a call that withdrew, as far as the actor may see them."""
    return session.scalars(
        visible_to(actor)
        .join(Application, Application.id == Project.application_id)
        .where(Application.call_id == call_id, Project.status == ProjectStatus.withdrawn)
        .order_by(Project.project_key)
    ).all()
