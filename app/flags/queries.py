"""Look-ups of flags, and the facts that the rules look at."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from app.applications import definitions as rules
from app.applications.models import Application
from app.clusters.models import Membership
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import add_years
from app.core.tables import Page, keyset
from app.flags.choices import FlagStatus
from app.flags.definitions import Facts, Firm, Other, Owed, Seen
from app.flags.models import Flag
from app.milestones import queries as milestones
from app.milestones.models import MilestoneReport
from app.organisations.choices import COMPANY_TYPES, ClusterMatch
from app.organisations.models import Organisation
from app.outcomes.models import FollowUp, Observation
from app.outcomes.queries import AWAITED
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project
from app.projects.queries import not_recused, visible_to


def of_project(project_id: int) -> Sequence[Flag]:
    return session.scalars(
        select(Flag).where(Flag.project_id == project_id, Flag.cleared_at.is_(None)).order_by(Flag.rule, Flag.id)
    ).all()


def get_for(actor: Any, flag_id: int, *, lock: bool = False) -> Flag | None:
    """A flag on a project that this officer or auditor may know of."""
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    query = (
        select(Flag)
        .where(Flag.id == flag_id, Flag.project_id.in_(select(visible.c.id)))
        .options(joinedload(Flag.project))
    )
    return session.scalar(query.with_for_update(of=Flag) if lock else query)


def page(
    actor: Any, rule: str | None, status: str | None, rules_shown: Sequence[str], after: Any, before: Any
) -> Page[Any]:
    """One page of living flags, newest first; ``rules_shown`` limits it when no rule is chosen."""
    query = select(Flag, Project).join(Project, Project.id == Flag.project_id).where(not_recused(actor))
    query = query.where(Flag.rule == rule) if rule else query.where(Flag.rule.in_(rules_shown))
    query = query.where(Flag.status == status) if status else query.where(Flag.cleared_at.is_(None))
    return keyset(query, [0 - Flag.id], after, before)  # keysets ascend, so the newest comes first


def counts(actor: Any) -> dict[str, int]:
    """Living flags that nobody has dealt with yet, by rule, of projects that this reader may know of."""
    rows = session.execute(
        select(Flag.rule, func.count())
        .join(Project, Project.id == Flag.project_id)
        .where(Flag.status.in_((FlagStatus.open, FlagStatus.acknowledged)), not_recused(actor))
        .group_by(Flag.rule)
    ).all()
    return {rule: n for rule, n in rows}


def living(project_ids: Sequence[int] | None = None) -> Sequence[Flag]:
    query = select(Flag).where(Flag.cleared_at.is_(None))
    if project_ids is not None:
        query = query.where(Flag.project_id.in_(project_ids))
    return session.scalars(query).all()


def snoozed_until(on: date) -> Sequence[Flag]:
    return session.scalars(select(Flag).where(Flag.status == FlagStatus.snoozed, Flag.snoozed_until <= on)).all()


def facts(project_ids: Sequence[int] | None = None) -> dict[int, Facts]:
    """The facts of these projects (all but withdrawn ones when None), by project, in a fixed number of queries."""
    on = today()

    def of(query: Any, column: Any) -> Any:
        return query.where(column.in_(project_ids)) if project_ids is not None else query

    kept = (
        select(Project)
        .where(Project.status != ProjectStatus.withdrawn)
        .options(joinedload(Project.application).joinedload(Application.frame))
    )
    projects = session.scalars(of(kept, Project.id)).all()
    seen: dict[int, list[Seen]] = defaultdict(list)
    for project_id, observed_on, stage, dev_state in session.execute(
        of(
            select(Observation.project_id, Observation.observed_on, Observation.stage, Observation.dev_state).order_by(
                Observation.project_id, Observation.observed_on, Observation.recorded_on, Observation.id
            ),
            Observation.project_id,
        )
    ):
        rows_of = seen[project_id]
        if rows_of and rows_of[-1].observed_on == observed_on:
            rows_of.pop()  # a later recording of the same day corrects the earlier one
        rows_of.append(Seen(observed_on, stage, dev_state.value))
    participants = session.execute(
        of(
            select(Participant.project_id, Participant.role, Participant.valid_from, Participant.valid_to, Organisation)
            .join(Organisation, Organisation.id == Participant.organisation_id)
            .order_by(Participant.project_id, Organisation.org_key),
            Participant.project_id,
        )
    ).all()
    companies = {row[4].id for row in participants if row[4].org_type in COMPANY_TYPES}
    spans: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    query = select(Membership.organisation_id, Membership.valid_from, Membership.valid_to)
    if project_ids is not None:
        query = query.where(Membership.organisation_id.in_(companies))
    for organisation_id, first, last in session.execute(query):
        spans[organisation_id].append((first, last))
    owed = _owed(project_ids)
    others = _others(project_ids)
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in participants:
        rows[row[0]].append(row)
    return {
        project.id: Facts(
            project.project_key,
            str(project.title_ja or project.title_en),
            project.adopted_on,
            *_period(project),
            tuple(seen[project.id]),
            _firms(project, rows[project.id], spans, on),
            tuple(owed[project.id]),
            tuple(others[project.id]),
            _failed_rules(project, rows[project.id], on),
        )
        for project in projects
    }


def _period(project: Project) -> tuple[date, date]:
    """From when to when a project runs; one whose end nobody has recorded is taken to run for two years."""
    start = project.started_on or project.adopted_on
    return start, project.completed_on or project.planned_end_on or add_years(start, 2)


def _firms(project: Project, rows: list[Any], spans: Any, on: date) -> tuple[Firm, ...]:
    firms: dict[int, Firm] = {}
    for _project_id, role, first, last, organisation in rows:
        valid = (first is None or first <= project.adopted_on) and (last is None or last > project.adopted_on)
        if organisation.org_type not in COMPANY_TYPES or not valid:
            continue
        periods = spans[organisation.id]
        firm = Firm(
            organisation.id,
            organisation.name_ja or organisation.name_en,
            role.value,
            organisation.cluster_match is ClusterMatch.matched or bool(periods),
            any(a <= project.adopted_on and (z is None or project.adopted_on < z) for a, z in periods),
            any(a <= on for a, _z in periods),
        )
        if organisation.id not in firms or role.value in ("core_company", "lead_company"):
            firms[organisation.id] = firm
    return tuple(firms.values())


def _owed(project_ids: Sequence[int] | None) -> dict[int, list[Owed]]:
    found: dict[int, list[Owed]] = defaultdict(list)
    for model, kind, states in (
        (MilestoneReport, "milestone_report", milestones.AWAITED),
        (FollowUp, "follow_up", AWAITED),
    ):
        query = select(model.project_id, model.id, model.due_on).where(model.status.in_(states))
        if project_ids is not None:
            query = query.where(model.project_id.in_(project_ids))
        for project_id, identity, due_on in session.execute(query):
            found[project_id].append(Owed(kind, identity, due_on))
    return found


def _others(project_ids: Sequence[int] | None) -> dict[int, list[Other]]:
    """Other awards that share an organisation and whose title begins alike enough to be worth comparing."""
    mine, theirs, other = aliased(Participant), aliased(Participant), aliased(Project)
    query = (
        select(mine.project_id, other, Organisation.name_ja)
        .join(theirs, (theirs.organisation_id == mine.organisation_id) & (theirs.project_id != mine.project_id))
        .join(other, other.id == theirs.project_id)
        .join(Organisation, Organisation.id == mine.organisation_id)
        .where(other.status != ProjectStatus.withdrawn, Organisation.org_type.in_(COMPANY_TYPES))
    )
    if project_ids is not None:
        query = query.where(mine.project_id.in_(project_ids))
    found: dict[int, list[Other]] = defaultdict(list)
    done: set[tuple[int, int]] = set()
    for project_id, project, name in session.execute(query):
        if (project_id, project.id) in done:
            continue
        done.add((project_id, project.id))
        title = project.title_ja or project.title_en
        found[project_id].append(Other(project.project_key, title, name, *_period(project)))
    return found


def _failed_rules(project: Project, rows: list[Any], on: date) -> tuple[tuple[str, str], ...]:
    """Consortium rules (CON-4 to CON-7, NC-2 to NC-5) on today's participants, for projects adopted here.

    Imported projects are left out: their files do not say all that the rules need.
    """
    if project.application is None or project.status not in (ProjectStatus.adopted, ProjectStatus.running):
        return ()
    members = [
        rules.MemberFacts(org_type=organisation.org_type, role=role.value, key=organisation.id, jsic=organisation.jsic)
        for _id, role, first, last, organisation in rows
        if (first is None or first <= on) and (last is None or last > on)
    ]
    frame = project.application.frame  # what this call asks of it; officers may have changed the usual numbers
    findings = rules.consortium_findings(
        project.programme, members, min_companies=frame.min_companies, sme_rule=frame.sme_rule
    )
    return tuple((f.rule.id, f.detail.ja) for f in findings if f.blocks)
