"""The past rounds of the demonstration: consistent, on the record, outside the years of the published figures."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import func, select, text

from app.accounts.choices import Role
from app.applications.models import Application, FrozenForecast
from app.cli.demo import rounds
from app.core.audit import Event
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import fiscal_year
from app.core.outbox import OutboxItem
from app.learning import queries
from app.learning.choices import State
from app.learning.definitions import figures
from app.learning.definitions.questions import Question
from app.outcomes.models import FollowUp, Observation
from app.projects.models import Project
from app.reviews.choices import Outcome
from app.reviews.definitions import weighted_score
from app.reviews.models import Decision, Review, ReviewAssignment
from app.selection.models import Calibration
from app.selection.operations import make_calibration
from tests.factories.people import organisation, person


def load() -> Any:
    """A few organisations such as the portfolio's, and the rounds of one officer."""
    for key in ("S-C00100", "S-C00200", "S-C00350", "S-C00400", "S-C00500"):
        organisation(org_key=key)
    organisation("national_university", org_key="S-U001")
    organisation("foundation_association", org_key="S-M001")
    officer = person(Role.officer)
    rounds.load(officer, person(Role.officer))
    return officer


def test_the_rounds_hang_together_and_every_state_is_on_the_record(app: Any) -> None:
    load()
    count = len(rounds.YEARS_AGO)
    outcomes = Counter(session.scalars(select(Decision.outcome)))
    assert outcomes == {
        Outcome.adopted: count * rounds.ADOPTED, Outcome.reserve: count * rounds.RESERVE,
        Outcome.rejected: count * (rounds.PROPOSALS - rounds.ADOPTED - rounds.RESERVE),
    }  # fmt: skip
    for model in (Application, ReviewAssignment, Decision, Project, FollowUp):
        states: dict[int, str] = {row[0]: row[1].value for row in session.execute(select(model.id, model.status))}
        query = select(Event.subject_id, Event.to_status).where(Event.subject_type == model.__tablename__)
        assert {row[0]: row[1] for row in session.execute(query)} == states
    for review in session.scalars(select(Review).limit(30)):
        weights = {score.criterion_id: score.criterion.weight for score in review.scores}
        given = {score.criterion_id: score.score for score in review.scores}
        assert review.weighted_score == weighted_score(given, weights)
    severities = session.execute(
        select(func.avg(Review.weighted_score))
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .group_by(ReviewAssignment.reviewer_id)
    ).all()
    assert len(severities) == len(rounds.SEVERITY) and max(severities)[0] - min(severities)[0] > 70
    assert session.scalar(select(func.count()).select_from(FrozenForecast)) == count * rounds.PROPOSALS * 6


def test_nothing_lies_in_the_years_of_the_published_figures_or_in_the_future(app: Any) -> None:
    load()
    first = date(2006, 4, 1)
    assert session.scalar(select(func.min(Project.adopted_on))) > first  # type: ignore[operator]
    assert first < session.scalar(select(func.min(Observation.observed_on))) <= today()  # type: ignore[operator]
    assert session.scalar(select(func.max(Observation.observed_on))) <= today()  # type: ignore[operator]
    assert all(session.scalars(select(Project.is_synthetic))) and all(session.scalars(select(Application.is_synthetic)))


def test_there_is_something_to_learn_once_the_worker_has_calibrated(app: Any) -> None:
    """What was planted is found: the market's merit has a say in later sales, and severity hides some of it."""
    officer = load()
    items = list(session.scalars(select(OutboxItem).where(OutboxItem.kind == "calibration")))
    for item in items:
        make_calibration(item)
    session.execute(text("ANALYZE"))  # all of it lies in one transaction, of which the planner knows nothing by itself
    assert all(row.summary["thin"] is None for row in session.scalars(select(Calibration)))
    year = fiscal_year(today())
    asked = Question(None, year - 15, year, today())
    cases = queries.cases(officer, asked)
    counted = figures.counts(cases, "criteria", asked)
    assert counted[State.yes] + counted[State.no] >= 40
    assert counted[State.young] and counted[State.unknown] and counted[State.unfinished] == len(rounds.YEARS_AGO)
    lines = {line.key: line.correlation for line in figures.criteria(cases, queries.criterion_names(asked), asked)}
    assert lines["market"].rho is not None and lines["market"].rho.clear and lines["market"].rho.value > 0.3
    assert lines["adjusted"].rho is not None and not figures.forecasts(cases, asked).thin
    assert figures.first_sales(cases, asked).enough and figures.sales_lines(cases, asked)[-1].enough
