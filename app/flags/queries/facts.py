"""The facts that the rules look at, gathered for many projects in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from app.agreements.models import Award
from app.applications import definitions as rules
from app.applications.models import Application, CommercializationPlan, SalesForecast
from app.clusters.models import Membership
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import add_years, fiscal_year
from app.flags.definitions import (
    Disputed,
    Facts,
    Firm,
    Lost,
    Other,
    Outgrown,
    Owed,
    PlanYear,
    Return,
    Seen,
    Shared,
    Told,
)
from app.milestones import queries as milestones
from app.milestones.models import MilestoneReport
from app.money import queries as money
from app.money.choices import ProfitStatus
from app.money.models import ProfitReturn
from app.organisations import queries as organisations
from app.organisations.choices import COMPANY_TYPES, ClusterMatch
from app.organisations.definitions import Size
from app.organisations.models import Organisation, OrgProfileYear
from app.outcomes import queries as outcomes
from app.outcomes.choices import DisputeStatus, Grade
from app.outcomes.definitions import WHOLE
from app.outcomes.models import Attribution, Dispute, FollowUp, Observation, Product
from app.outcomes.queries import AWAITED
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project


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
            select(Observation.project_id, Observation.observed_on, Observation.stage, Observation.dev_state)
            .order_by(Observation.project_id, Observation.observed_on, Observation.recorded_on, Observation.id)
            .where(outcomes.counts()),
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
    owed, others = _owed(project_ids), _others(project_ids)
    lost, returns, shared = _lost(project_ids), _returns(project_ids), _shared(project_ids)
    plans, grown = _plans(project_ids), _outgrown(project_ids)
    disputed, told = _disputed(project_ids), _told(project_ids)
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
            project.programme.value,
            tuple(lost[project.id]),
            tuple(returns[project.id]),
            tuple(shared[project.id]),
            tuple(plans[project.id]),
            tuple(grown[project.id]),
            tuple(disputed[project.id]),
            tuple(told[project.id]),
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
        if model is MilestoneReport:  # nobody asked for what a partner tells of its own accord
            query = query.where(MilestoneReport.organisation_id.is_(None))
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


def _lost(project_ids: Sequence[int] | None) -> dict[int, list[Lost]]:
    found: dict[int, list[Lost]] = defaultdict(list)
    for asset in money.unapproved_disposals(project_ids):
        seen = asset.last_seen.value if asset.last_seen else ""
        found[asset.project_id].append(Lost(asset.label, asset.name, seen, asset.restricted_until))
    return found


def _returns(project_ids: Sequence[int] | None) -> dict[int, list[Return]]:
    """MON-9: amounts above zero that are neither paid nor waived."""
    unpaid = (ProfitStatus.computed, ProfitStatus.confirmed, ProfitStatus.payable)
    query = (
        select(Award.project_id, ProfitReturn.fiscal_year, ProfitReturn.amount_yen, ProfitReturn.status)
        .join(Award, Award.id == ProfitReturn.award_id)
        .where(ProfitReturn.status.in_(unpaid), ProfitReturn.amount_yen > 0)
        .order_by(ProfitReturn.fiscal_year)
    )
    if project_ids is not None:
        query = query.where(Award.project_id.in_(project_ids))
    found: dict[int, list[Return]] = defaultdict(list)
    for project_id, year, yen, status in session.execute(query):
        found[project_id].append(Return(year, yen, status.value))
    return found


def _shared(project_ids: Sequence[int] | None) -> dict[int, list[Shared]]:
    """OUT-7: the shares that hold today of every product of these projects (the verbs refuse more than 100 %, but what
    came in from elsewhere may say so)."""
    place = func.row_number().over(
        partition_by=(Attribution.product_id, Attribution.project_id),
        order_by=(Attribution.recorded_on.desc(), Attribution.number.desc()),
    )
    latest = (
        select(Attribution.product_id, Attribution.project_id, Attribution.share, place.label("place"))
        .where(Attribution.event_on <= today())
        .subquery()
    )
    sums = (
        select(latest.c.product_id, func.sum(latest.c.share).label("share"))
        .where(latest.c.place == 1)
        .group_by(latest.c.product_id)
        .having(func.sum(latest.c.share) > WHOLE)
        .subquery()
    )
    query = (
        select(latest.c.project_id, Product.product_key, sums.c.share)
        .join(sums, sums.c.product_id == latest.c.product_id)
        .join(Product, Product.id == latest.c.product_id)
        .where(latest.c.place == 1, latest.c.share > 0)
        .order_by(latest.c.project_id, Product.product_key)
    )
    if project_ids is not None:
        query = query.where(latest.c.project_id.in_(project_ids))
    found: dict[int, list[Shared]] = defaultdict(list)
    for project_id, key, share in session.execute(query):
        found[project_id].append(Shared(key, int(share)))
    return found


def _plans(project_ids: Sequence[int] | None) -> dict[int, list[PlanYear]]:
    """What the proposal planned for the years after completion that are over, beside what is on record."""
    query = (
        select(Project.id, Project.completed_on, SalesForecast.year_no, SalesForecast.sales_yen)
        .join(CommercializationPlan, CommercializationPlan.application_id == Project.application_id)
        .join(SalesForecast, SalesForecast.plan_id == CommercializationPlan.id)
        .where(Project.status == ProjectStatus.completed, SalesForecast.sales_yen > 0)
        .order_by(Project.id, SalesForecast.year_no)
    )
    if project_ids is not None:
        query = query.where(Project.id.in_(project_ids))
    rows = session.execute(query).all()
    if not rows:
        return defaultdict(list)
    sold = {
        (project, year): yen
        for project, year, yen, *_rest in session.execute(
            outcomes.sales_years(projects=select(Project.id).where(Project.id.in_({row[0] for row in rows})))
        )
    }
    now = fiscal_year(today())
    found: dict[int, list[PlanYear]] = defaultdict(list)
    for project_id, completed_on, year_no, planned in rows:
        assert completed_on is not None and planned is not None  # the conditions above
        year = fiscal_year(completed_on) + year_no
        if year < now:
            found[project_id].append(PlanYear(year, planned, sold.get((project_id, year))))
    return found


def _outgrown(project_ids: Sequence[int] | None) -> dict[int, list[Outgrown]]:
    """domain.md 11.4: firms of running projects that were SMEs in the year of adoption and are none in a later one."""
    running = (ProjectStatus.adopted, ProjectStatus.running)
    query = (
        select(Project.id, Project.adopted_on, Organisation, OrgProfileYear)
        .join(Participant, Participant.project_id == Project.id)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .join(OrgProfileYear, OrgProfileYear.organisation_id == Organisation.id)
        .where(Project.status.in_(running), Organisation.org_type.in_(COMPANY_TYPES), Participant.valid_to.is_(None))
        .order_by(Project.id, Organisation.id, OrgProfileYear.fiscal_year.desc())
    )
    if project_ids is not None:
        query = query.where(Project.id.in_(project_ids))
    firms: dict[tuple[int, int], tuple[Any, date, list[Any]]] = {}
    for project_id, adopted_on, organisation, profile in session.execute(query):
        firms.setdefault((project_id, organisation.id), (organisation, adopted_on, []))[2].append(profile)
    found: dict[int, list[Outgrown]] = defaultdict(list)
    for (project_id, _key), (organisation, adopted_on, profiles) in firms.items():
        adopted = fiscal_year(adopted_on)
        later = profiles[0]  # the newest year first
        if profiles[-1].fiscal_year > adopted or later.fiscal_year <= adopted:
            continue  # nothing is known of one of the two times
        if not organisations.size_on(organisation, adopted_on, profiles).is_sme:
            continue
        judged = organisations.size_on(organisation, today(), profiles)
        if judged.size in (Size.large, Size.deemed_large):
            name = organisation.name_ja or organisation.name_en
            found[project_id].append(Outgrown(name, later.fiscal_year, judged.size.value))
    return found


def _disputed(project_ids: Sequence[int] | None) -> dict[int, list[Disputed]]:
    query = (
        select(
            Observation.project_id, Dispute.id, Observation.observed_on, Observation.stage, Dispute.opened_on,
            Dispute.status, Dispute.due_on,
        )
        .join(Observation, Observation.id == Dispute.observation_id)
        .where(Dispute.status.in_(outcomes.UNDECIDED))
        .order_by(Dispute.id)
    )  # fmt: skip
    if project_ids is not None:
        query = query.where(Observation.project_id.in_(project_ids))
    found: dict[int, list[Disputed]] = defaultdict(list)
    for project_id, identity, observed_on, stage, opened_on, status, due_on in session.execute(query):
        waits = due_on if status is DisputeStatus.open else None
        found[project_id].append(Disputed(identity, observed_on, stage, opened_on, waits))
    return found


def _told(project_ids: Sequence[int] | None) -> dict[int, list[Told]]:
    """Of each organisation the last year that was told, beside the one before (MON-10, MON-13)."""
    rows = outcomes.years_sent(project_ids)
    names: dict[int, str] = {}
    wanted = {row[1] for row in rows}
    if wanted:
        query = select(Organisation.id, Organisation.name_ja, Organisation.name_en).where(Organisation.id.in_(wanted))
        names = {key: ja or en for key, ja, en in session.execute(query)}
    last: dict[tuple[int, int], tuple[int, Told]] = {}
    for project_id, organisation_id, year, status in rows:
        before = last.get((project_id, organisation_id))
        earlier = before[1].value_added_yen if before is not None and before[0] == year - 1 else None
        grades = [grade for item in status.items for grade in item.quarters if grade is not None]
        behind = sum(1 for grade in grades if grade in (Grade.c, Grade.d))
        told = Told(names.get(organisation_id, ""), year, status.value_added_yen, earlier, len(grades), behind)
        last[project_id, organisation_id] = (year, told)
    found: dict[int, list[Told]] = defaultdict(list)
    for (project_id, _organisation), (_year, told) in last.items():
        found[project_id].append(told)
    return found
