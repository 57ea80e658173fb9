"""Look-ups of milestones and deliverables, and of the people who own them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.applications.choices import MemberRole, Right
from app.applications.models import Application, ConsortiumMember, MemberPerson, PlannedMilestone
from app.core.db import session
from app.core.once import once
from app.milestones.choices import MilestoneStatus
from app.milestones.models import Milestone, MilestoneChange, MilestoneFile
from app.organisations.models import Organisation
from app.projects.models import Participant, Project
from app.projects.queries import newcomers, not_recused, visible_to

PENDING = (MilestoneStatus.open, MilestoneStatus.returned)
LEADS = (MemberRole.managing_organisation, MemberRole.core_company)


def milestones_of(project_id: int) -> Sequence[Milestone]:
    return session.scalars(
        select(Milestone)
        .where(Milestone.project_id == project_id)
        .options(joinedload(Milestone.organisation), joinedload(Milestone.project))
        .order_by(Milestone.position)
    ).all()


def milestone_for(actor: Any, milestone_id: int, *, lock: bool = False) -> Milestone | None:
    """A milestone of a project that the actor may see, with its evidence."""
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    query = (
        select(Milestone)
        .where(Milestone.id == milestone_id, Milestone.project_id.in_(select(visible.c.id)))
        .options(
            joinedload(Milestone.project), joinedload(Milestone.organisation),
            selectinload(Milestone.files).joinedload(MilestoneFile.file),
        )
    )  # fmt: skip
    return session.scalar(query.with_for_update(of=Milestone) if lock else query)


def changes_of(milestone_ids: Collection[int]) -> Sequence[MilestoneChange]:
    """Every changed field, newest first, with who did it."""
    return session.scalars(
        select(MilestoneChange)
        .where(MilestoneChange.milestone_id.in_(milestone_ids))
        .options(joinedload(MilestoneChange.by))
        .order_by(MilestoneChange.id.desc())
        .limit(500)
    ).all()


def milestone_file_of(milestone: Milestone, file_id: int) -> MilestoneFile | None:
    return next((row for row in milestone.files if row.id == file_id), None)


def planned_of(application_id: int) -> Sequence[PlannedMilestone]:
    """The milestones as the proposal planned them."""
    return session.scalars(
        select(PlannedMilestone)
        .where(PlannedMilestone.application_id == application_id)
        .order_by(PlannedMilestone.position)
    ).all()


def next_position(project_id: int) -> int:
    return (session.scalar(select(func.max(Milestone.position)).where(Milestone.project_id == project_id)) or 0) + 1


def organisations_of(project_id: int, on: date | None = None) -> Sequence[Organisation]:
    """The organisations that take part in a project (on a day: those whose time is not over)."""
    query = (
        select(Organisation)
        .join(Participant, Participant.organisation_id == Organisation.id)
        .where(Participant.project_id == project_id)
        .order_by(Organisation.id)
        .distinct()
    )
    if on is not None:
        query = query.where(or_(Participant.valid_to.is_(None), Participant.valid_to >= on))
    return session.scalars(query).all()


def rights_in(application_id: int | None) -> Mapping[int, Mapping[int, Right]]:
    """Who acts for which member of a consortium, with which right: {organisation: {person: right}}."""
    if application_id is None:
        return {}

    def look() -> dict[int, dict[int, Right]]:
        found: dict[int, dict[int, Right]] = defaultdict(dict)
        for organisation_id, user_id, right in session.execute(
            select(ConsortiumMember.organisation_id, MemberPerson.user_id, MemberPerson.right)
            .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
            .where(ConsortiumMember.application_id == application_id, MemberPerson.ended_at.is_(None))
            .order_by(MemberPerson.id)
        ):
            before = found[organisation_id].get(user_id)
            if before is None or RANKS[right] > RANKS[before]:  # somebody may act in two roles
                found[organisation_id][user_id] = right
        for _application_id, user, organisation_id, right in newcomers([application_id]):
            found[organisation_id].setdefault(user.id, right)
        return found

    return once(("milestones.rights", application_id), look)


RANKS = {Right.read: 0, Right.write: 1, Right.sign: 2}


def writers_of(application_id: int | None, organisation_id: int | None) -> set[int]:
    """The people who may write for one member."""
    if organisation_id is None:
        return set()
    people = rights_in(application_id).get(organisation_id, {})
    return {user_id for user_id, right in people.items() if right != Right.read}


def own_organisations(actor: Any, application_id: int | None) -> set[int]:
    """The members for which somebody acts here, with whatever right."""
    return {org for org, people in rights_in(application_id).items() if actor.actor_id in people}


def people_of_projects(application_ids: Collection[int]) -> dict[int, list[tuple[User, int, Right, bool]]]:
    """Everybody who acts for a member now: by application (person, organisation, right, of the lead?)."""
    found: dict[int, list[tuple[User, int, Right, bool]]] = defaultdict(list)
    rows = session.execute(
        select(
            ConsortiumMember.application_id, User, ConsortiumMember.organisation_id, MemberPerson.right,
            ConsortiumMember.role, Application.lead_organisation_id,
        )
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .join(User, User.id == MemberPerson.user_id)
        .join(Application, Application.id == ConsortiumMember.application_id)
        .where(ConsortiumMember.application_id.in_(application_ids), MemberPerson.ended_at.is_(None), User.active)
        .order_by(User.id)
    )  # fmt: skip
    for application_id, user, organisation_id, right, role, lead_id in rows:
        found[application_id].append((user, organisation_id, right, organisation_id == lead_id and role in LEADS))
    for application_id, user, organisation_id, right in newcomers(application_ids):
        found[application_id].append((user, organisation_id, right, False))
    return found


def pending(until: date) -> Sequence[Milestone]:
    """Milestones of running projects that are agreed until a day and of which nobody said that they are reached."""
    return session.scalars(
        select(Milestone)
        .join(Project, Project.id == Milestone.project_id)
        .where(Milestone.status.in_(PENDING), Milestone.due_on <= until, Project.status == "running")
        .options(joinedload(Milestone.project))
        .order_by(Milestone.due_on, Milestone.id)
    ).all()


def pending_for(actor: Any, until: date, project_id: int | None = None) -> Sequence[Milestone]:
    """The same for one person: of the projects (or of the one given) that this person may see now."""
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    return session.scalars(
        select(Milestone)
        .join(Project, Project.id == Milestone.project_id)
        .where(
            Milestone.status.in_(PENDING), Milestone.due_on <= until, Project.status == "running",
            Milestone.project_id.in_(select(visible.c.id)),
            true() if project_id is None else Milestone.project_id == project_id,
        )
        .options(joinedload(Milestone.project))
        .order_by(Milestone.due_on, Milestone.id)
        .limit(300)
    ).all()  # fmt: skip


def owned_by(actor: Any, application_ids: Collection[int]) -> dict[int, tuple[set[int], bool, set[int]]]:
    """By application: the members for which this person writes, whether for the lead, and the members that have
    somebody who writes."""
    found: dict[int, tuple[set[int], bool, set[int]]] = {}
    for application_id, people in people_of_projects(application_ids).items():
        mine = {org for user, org, right, _lead in people if user.id == actor.actor_id and right != Right.read}
        leads = any(lead for user, _org, _right, lead in people if user.id == actor.actor_id)
        found[application_id] = (mine, leads, {org for _user, org, right, _lead in people if right != Right.read})
    return found


def to_judge_rows(actor: Any) -> Sequence[Milestone]:
    """Milestones that were reported as reached and wait for an officer, of projects that this one may know of."""
    return session.scalars(
        select(Milestone)
        .join(Project, Project.id == Milestone.project_id)
        .where(Milestone.status == MilestoneStatus.reported, not_recused(actor))
        .options(joinedload(Milestone.project))
        .order_by(Milestone.due_on, Milestone.id)
        .limit(50)
    ).all()
