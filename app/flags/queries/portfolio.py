"""Facts beyond single projects: years of adoption, programmes some years after completion, firms over their projects."""

from datetime import date

from sqlalchemy import func, select

from app.analytics import queries as analytics
from app.analytics.definitions import Commercialization, Participation, Reference, ReferenceKind
from app.calls.choices import Programme
from app.core.db import session
from app.core.fiscal import fiscal_year, fiscal_year_end, fiscal_year_start
from app.flags.definitions import Cohort, Course, Record
from app.organisations.choices import COMPANY_TYPES
from app.organisations.models import Organisation
from app.outcomes import queries as outcomes
from app.outcomes.choices import Detail, RecordKind
from app.outcomes.models import OutcomeRecord
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project


def _span(programme: Programme) -> tuple[int, int] | None:
    """The fiscal years of a programme's adoptions."""
    first, last = session.execute(
        select(func.min(Project.adopted_on), func.max(Project.adopted_on)).where(Project.programme == programme)
    ).one()
    return (fiscal_year(first), fiscal_year(last)) if first else None


def cohorts(programme: Programme) -> list[Cohort]:
    """PR-1 of each year of adoption, judged on the day of adoption."""
    span = _span(programme)
    if span is None:
        return []
    asked = Participation("PR-1", programme, "adopted", *span, Reference(ReferenceKind.adoption))
    return [
        Cohort(programme.value, year, count.yes, count.unknown, count.total) for year, count in analytics.cohorts(asked)
    ]


def course(programme: Programme, level: int, years: int, on: date) -> Course | None:
    """The cumulative incidence ``years`` after completion, of all completed projects; None where nobody is that old."""
    span = _span(programme)
    if span is None:
        return None
    asked = Commercialization(f"E{level}", programme, span[0], fiscal_year(on), on)
    points = {point.t: point for point in analytics.curve(asked)}
    if years not in points:
        return None
    found = points[years]
    return Course(programme.value, f"E{level}", years, found.cif, found.at_risk, points[0].at_risk)


def firm_records(span: int, without: int, on: date) -> list[Record]:
    """OUT-10: each firm's completed projects of the last ``span`` fiscal years but the latest ``without``, the sales of
    those projects after attribution, and the patents (applied for or registered) that came of them."""
    last = fiscal_year(on) - 1 - without
    first = last - span + 1
    mine = (
        select(Participant.organisation_id, Project.id.label("project_id"))
        .join(Project, Project.id == Participant.project_id)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .where(
            Project.status == ProjectStatus.completed, Project.completed_on >= fiscal_year_start(first),
            Project.completed_on <= fiscal_year_end(last), Organisation.org_type.in_(COMPANY_TYPES),
        )
        .distinct()
        .subquery()
    )  # fmt: skip
    sold = outcomes.sales_years().subquery()
    by_project = (
        select(sold.c.project_id, func.sum(sold.c.sales_yen).label("yen")).group_by(sold.c.project_id).subquery()
    )
    corrected = select(OutcomeRecord.supersedes_id).where(OutcomeRecord.supersedes_id.is_not(None))
    rights = (
        select(OutcomeRecord.project_id, func.count().label("n"))
        .where(
            OutcomeRecord.kind == RecordKind.ip_right,
            OutcomeRecord.detail == Detail.patent,
            OutcomeRecord.void.is_(False),
            OutcomeRecord.id.not_in(corrected),
        )
        .group_by(OutcomeRecord.project_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Organisation.id, Organisation.name_ja, Organisation.name_en, func.count(),
            func.coalesce(func.sum(by_project.c.yen), 0), func.coalesce(func.sum(rights.c.n), 0),
        )
        .select_from(mine)
        .join(Organisation, Organisation.id == mine.c.organisation_id)
        .outerjoin(by_project, by_project.c.project_id == mine.c.project_id)
        .outerjoin(rights, rights.c.project_id == mine.c.project_id)
        .group_by(Organisation.id, Organisation.name_ja, Organisation.name_en)
        .order_by(Organisation.id)
    )  # fmt: skip
    return [Record(key, ja or en, n, int(yen), int(patents)) for key, ja, en, n, yen, patents in rows]
