"""Past rounds for tests: adopted proposals with reviews, forecasts, plans and what came of them, written in bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from sqlalchemy import select

from app.accounts.models import User
from app.applications.choices import ApplicationStatus, Measure, MemberRole
from app.applications.models import Application, ConsortiumMember, FrozenForecast, Submission
from app.calls.models import Call
from app.core.clock import now, today
from app.core.db import session
from app.core.exchange import bulk_insert
from app.outcomes.choices import DevState, FollowUpStatus
from app.outcomes.models import FollowUp, Observation
from app.projects.models import Project
from app.reviews.choices import AssignmentStatus
from app.reviews.models import Review, ReviewAssignment, ReviewForecast, Score
from tests.factories import chain, people, portfolio, proposals

_number = count(1)


@dataclass(frozen=True)
class Past:
    """One adopted proposal: scores by criterion code for each reviewer alike, forecasts in percent, the plan, and years
    after completion in which it was heard of, with the stage (and yen sold) then."""

    scores: Mapping[str, int] = field(default_factory=dict)
    forecasts: Sequence[int] = ()
    planned_sale: date | None = None
    planned_yen: Mapping[int, int] = field(default_factory=dict)
    heard: Mapping[int, int] = field(default_factory=dict)
    sold_yen: Mapping[int, int] = field(default_factory=dict)
    completed_on: date | None = date(2015, 3, 31)
    weighted: int | None = 300
    assignment: AssignmentStatus = AssignmentStatus.submitted


def a_call(fiscal_year: int = 2013) -> Call:
    call = proposals.open_call(fiscal_year=fiscal_year)
    proposals.close_call(call)
    return call


def reviewers(n: int) -> list[User]:
    return [chain.reviewer() for _ in range(n)]


def tell(call: Call, panel: Sequence[User], past: Past) -> tuple[Application, Project]:
    """Write one past proposal of a call, reviewed by as many of the panel as there are forecasts (at least one)."""
    n, officer = next(_number), panel[0]
    number = f"H-{n:05d}"
    row = {
        "number": number, "call_id": call.id, "frame_id": call.frames[0].id, "is_synthetic": True,
        "lead_organisation_id": people.organisation().id, "status": ApplicationStatus.adopted, "submitted_at": now(),
        "created_at": now(), "created_by_id": officer.id, "title_en": f"Past proposal {n}", "title_ja": f"過去の提案{n}",
        "abstract": "", "field": "", "seed_technology": "", "novelty": "", "novelty_text": "", "combination_text": "",
        "has_written_rules": False, "total_yen": 0,
    }  # fmt: skip
    bulk_insert(Application.__table__, [row])  # type: ignore[arg-type]
    application = session.scalars(select(Application).where(Application.number == number)).one()
    lead = application.lead_organisation_id
    session.add(ConsortiumMember(application_id=application.id, organisation_id=lead, role=MemberRole.lead_company))
    project = portfolio.project(
        project_key=f"HP-{n:05d}", application_id=application.id, completed_on=past.completed_on,
        status="completed" if past.completed_on else "running", adopted_on=date(call.fiscal_year, 8, 1),
        started_on=date(call.fiscal_year, 10, 1),
    )  # fmt: skip
    for place in range(max(1, len(past.forecasts))):
        _review(call, application, panel[place], past, past.forecasts[place] if past.forecasts else None)
    _plan(application, officer, past)
    _heard(project, past)
    session.flush()
    return application, project


def _review(call: Call, application: Application, who: User, past: Past, forecast: int | None) -> None:
    values = {"application_id": application.id, "reviewer_id": who.id, "due_on": today(), "reason": ""}
    bulk_insert(
        ReviewAssignment.__table__,  # type: ignore[arg-type]
        [{**values, "status": past.assignment, "assigned_at": now()}],
    )
    assignment = session.scalars(
        select(ReviewAssignment).filter_by(application_id=application.id, reviewer_id=who.id)
    ).one()
    review = Review(assignment_id=assignment.id, submitted_at=now(), weighted_score=past.weighted)
    session.add(review)
    session.flush()
    by_code = {criterion.code: criterion.id for criterion in call.criteria}
    session.add_all(Score(review_id=review.id, criterion_id=by_code[c], score=s) for c, s in past.scores.items())
    if forecast is not None:
        session.add(ReviewForecast(review_id=review.id, number=1, probability_pct=forecast))


def _plan(application: Application, who: User, past: Past) -> None:
    if past.planned_sale is None and not past.planned_yen:
        return
    submission = Submission(
        application_id=application.id, number=1, receipt_number=f"R-{application.number}", snapshot="{}",
        idempotency_key=application.number, sha256="0" * 64, arrived_at=now(), submitted_by_id=who.id,
    )  # fmt: skip
    session.add(submission)
    session.flush()
    forecast(submission, past.planned_sale, past.planned_yen)


def forecast(submission: Submission, day: date | None, yen: Mapping[int, int]) -> None:
    key = submission.id
    if day:
        session.add(FrozenForecast(submission_id=key, measure=Measure.first_sale, year_no=0, value=None, day=day))
    session.add_all(
        FrozenForecast(submission_id=key, measure=Measure.sales, year_no=year, value=value, day=None)
        for year, value in yen.items()
    )
    session.flush()


def _lead_of(project: Project) -> int | None:
    return session.scalar(select(Application.lead_organisation_id).where(Application.id == project.application_id))


def _heard(project: Project, past: Past) -> None:
    """A verified report on each year heard of: year 1 is the fiscal year after that of completion."""
    if past.completed_on is None:
        return
    for year, stage in past.heard.items():
        fiscal = past.completed_on.year - 1 + year
        day = date(fiscal + 1, 4, 1) - timedelta(days=1)
        report = {
            "project_id": project.id, "organisation_id": _lead_of(project), "number": year + 1, "fiscal_year": fiscal, "opens_on": day, "due_on": day,
            "status": FollowUpStatus.verified, "observed_on": day, "product": "", "evidence": "", "remarks": "",
            "first_sale_on": date(fiscal, 10, 1) if stage >= 3 else None, "sales_yen": past.sold_yen.get(year),
        }  # fmt: skip
        bulk_insert(FollowUp.__table__, [report])  # type: ignore[arg-type]
        follow_up = session.scalars(select(FollowUp).filter_by(project_id=project.id, number=year + 1)).one()
        session.add(
            Observation(
                project_id=project.id, observed_on=day, recorded_on=day, stage=stage, evidence_level=2,
                dev_state=DevState.launched if stage >= 3 else DevState.development, follow_up_id=follow_up.id,
            )
        )  # fmt: skip
