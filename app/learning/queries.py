"""The cases behind the figures: adopted projects of rounds held here, with scores, forecasts, plans and results.

Whoever is recused from an application has it in no figure and no list, and sees no adjusted score of its round: that
is computed from all proposals together. The number of statements does not depend on the number of cases.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from app.applications.choices import Measure
from app.applications.models import Application, FrozenForecast, Submission
from app.applications.queries import kept_out, visible_to
from app.calls.models import Call, Criterion
from app.core import tables
from app.core.db import session
from app.core.i18n import Bilingual
from app.learning.choices import State
from app.learning.definitions.figures import Case
from app.learning.definitions.forecasts import Forecast
from app.learning.definitions.questions import FORECAST_YEARS, SALES_YEARS, Question
from app.learning.definitions.results import Plan, Seen, judge, lag, sales
from app.outcomes.choices import FollowUpStatus
from app.outcomes.models import FollowUp, Observation
from app.outcomes.queries import counts
from app.projects.choices import ProjectStatus
from app.projects.models import Project
from app.reviews.choices import AssignmentStatus
from app.reviews.models import Review, ReviewAssignment, ReviewForecast, Score
from app.selection.models import CalibratedScore, Calibration


def _rounds(question: Question, query: Any) -> Any:
    """Only the rounds that are asked for; the query holds Application and Call."""
    query = query.where(Call.fiscal_year.between(question.first_year, question.last_year))
    return query.where(Call.programme == question.programme) if question.programme else query


def _projects(actor: Any, question: Question, *columns: Any) -> Select[Any]:
    """Adopted projects of those rounds that this reader may know of; withdrawn ones are no cases."""
    visible = visible_to(actor).with_only_columns(Application.id)
    query = (
        select(*columns)
        .select_from(Project)
        .join(Application, Application.id == Project.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(
            Application.id.in_(visible),
            Project.status != ProjectStatus.withdrawn,
            Project.adopted_on <= question.as_of,
        )
    )
    found: Select[Any] = _rounds(question, query)
    return found


def _counted(*columns: Any) -> Select[Any]:
    """Submitted reviews with a score: an assignment that ended in a conflict is none of them (CON-14)."""
    return (
        select(*columns)
        .select_from(Review)
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .where(ReviewAssignment.status == AssignmentStatus.submitted, Review.weighted_score.is_not(None))
    )


def reviewed(actor: Any, question: Question) -> int:
    """How many proposals of those rounds were scored at all, adopted or not."""
    visible = visible_to(actor).with_only_columns(Application.id)
    query = (
        _counted(func.count(ReviewAssignment.application_id.distinct()))
        .join(Application, Application.id == ReviewAssignment.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(Application.id.in_(visible))
    )
    return session.scalar(_rounds(question, query)) or 0


def criterion_names(question: Question) -> dict[str, Bilingual]:
    """The criteria of those rounds by code, as the latest round calls them, in its order."""
    rows = session.execute(
        _rounds(
            question,
            select(Criterion.code, Criterion.name_en, Criterion.name_ja)
            .join(Call, Call.id == Criterion.call_id)
            .join(Application, Application.call_id == Call.id)
            .join(Project, Project.application_id == Application.id)
            .group_by(Criterion.id, Call.fiscal_year, Call.round)
            .order_by(Call.fiscal_year.desc(), Call.round.desc(), Criterion.position),
        )
    )
    found: dict[str, Bilingual] = {}
    for code, en, ja in rows:
        found.setdefault(code, Bilingual(en, ja))
    return found


def _scores(ids: Select[Any]) -> dict[int, dict[str, float]]:
    """The mean of each criterion by application, in points, over the reviews that scored it."""
    found: dict[int, dict[str, float]] = defaultdict(dict)
    rows = session.execute(
        _counted(ReviewAssignment.application_id, Criterion.code, func.sum(Score.score), func.count())
        .join(Score, Score.review_id == Review.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(ReviewAssignment.application_id.in_(ids))
        .group_by(ReviewAssignment.application_id, Criterion.code)
    )
    for application, code, total, n in rows:
        found[application][code] = int(total) / n
    return found


def _raw(ids: Select[Any]) -> dict[int, float]:
    """The mean weighted score by application, in points."""
    rows = session.execute(
        _counted(ReviewAssignment.application_id, func.sum(Review.weighted_score), func.count())
        .where(ReviewAssignment.application_id.in_(ids))
        .group_by(ReviewAssignment.application_id)
    )
    return {application: int(total) / n / 100 for application, total, n in rows}


def _adjusted(actor: Any, ids: Select[Any]) -> dict[int, float]:
    """The adjusted score of each round's latest calibration, in points; of no round from which something is kept."""
    latest = select(func.max(Calibration.id)).where(Calibration.made_at.is_not(None)).group_by(Calibration.call_id)
    query = (
        select(CalibratedScore.application_id, CalibratedScore.adjusted)
        .join(Calibration, Calibration.id == CalibratedScore.calibration_id)
        .where(Calibration.id.in_(latest), CalibratedScore.application_id.in_(ids))
    )
    kept = kept_out(actor)
    if kept:
        query = query.where(Calibration.call_id.not_in(select(Application.call_id).where(Application.id.in_(kept))))
    return {application: adjusted / 100 for application, adjusted in session.execute(query)}


def _forecasts(ids: Select[Any]) -> dict[int, list[tuple[int, float]]]:
    """(reviewer, probability) by application, as frozen when the review was last sent."""
    last = (
        select(ReviewForecast.review_id, func.max(ReviewForecast.number).label("number"))
        .group_by(ReviewForecast.review_id)
        .subquery("last")
    )
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    rows = session.execute(
        _counted(ReviewAssignment.application_id, ReviewAssignment.reviewer_id, ReviewForecast.probability_pct)
        .join(ReviewForecast, ReviewForecast.review_id == Review.id)
        .join(last, (last.c.review_id == ReviewForecast.review_id) & (last.c.number == ReviewForecast.number))
        .where(ReviewAssignment.application_id.in_(ids))
        .order_by(ReviewAssignment.id)
    )
    for application, reviewer, pct in rows:
        found[application].append((reviewer, pct / 100))
    return found


def _plans(ids: Select[Any]) -> dict[int, Plan]:
    """What the last version handed in forecast, by application."""
    last = (
        select(Submission.application_id, func.max(Submission.number).label("number"))
        .where(Submission.application_id.in_(ids))
        .group_by(Submission.application_id)
        .subquery("last")
    )
    rows = session.execute(
        select(
            Submission.application_id, FrozenForecast.measure, FrozenForecast.year_no, FrozenForecast.value,
            FrozenForecast.day,
        )
        .join(last, (last.c.application_id == Submission.application_id) & (last.c.number == Submission.number))
        .join(FrozenForecast, FrozenForecast.submission_id == Submission.id)
        .where(FrozenForecast.measure.in_([Measure.first_sale, Measure.sales]))
    )  # fmt: skip
    days: dict[int, Any] = {}
    amounts: dict[int, dict[int, int]] = defaultdict(dict)
    for application, measure, year, value, day in rows:
        if measure is Measure.first_sale:
            days[application] = day
        elif value is not None:
            amounts[application][year] = value
    return {key: Plan(days.get(key), amounts.get(key, {})) for key in {*days, *amounts}}


def _seen(projects: Select[Any], question: Question) -> dict[int, list[Seen]]:
    found: dict[int, list[Seen]] = defaultdict(list)
    rows = session.execute(
        select(
            Observation.project_id, Observation.observed_on, Observation.stage, Observation.dev_state,
            FollowUp.first_sale_on,
        )
        .outerjoin(FollowUp, FollowUp.id == Observation.follow_up_id)
        .where(Observation.project_id.in_(projects), Observation.observed_on <= question.as_of, counts())
        .order_by(Observation.observed_on, Observation.id)
    )  # fmt: skip
    for project, observed, stage, state, sold in rows:
        found[project].append(Seen(observed, stage, state.value, sold))
    return found


def _sold(projects: Select[Any], question: Question) -> dict[int, dict[int, int]]:
    """Sales by project and fiscal year from verified reports, all organisations' added up; one that tells of no sale
    counts as nothing sold."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = session.execute(
        select(FollowUp.project_id, FollowUp.fiscal_year, FollowUp.sales_yen, FollowUp.first_sale_on).where(
            FollowUp.project_id.in_(projects),
            FollowUp.status == FollowUpStatus.verified,
            FollowUp.observed_on <= question.as_of,
        )
    )
    for project, year, amount, sold in rows:
        if amount is not None or sold is None:
            found[project][year] = found[project].get(year, 0) + (amount or 0)
    return found


def cases(actor: Any, question: Question) -> list[Case]:
    """Every case that the reader may know of, in the order of the keys."""
    ids = _projects(actor, question, Application.id)
    projects = _projects(actor, question, Project.id)
    scores, raw, adjusted, given = _scores(ids), _raw(ids), _adjusted(actor, ids), _forecasts(ids)
    plans, seen, sold = _plans(ids), _seen(projects, question), _sold(projects, question)
    rows = session.execute(
        _projects(
            actor, question, Project.id, Project.project_key, Project.title_en, Project.title_ja, Project.status,
            Project.completed_on, Application.id, Call.fiscal_year,
        )
    )  # fmt: skip
    found = []
    for id_, key, en, ja, status, completed, application, year in rows:
        done = completed if status is ProjectStatus.completed else None
        heard, plan = seen.get(id_, []), plans.get(application)
        found.append(
            Case(
                id_, key, Bilingual(en or ja, ja or en), application, year, done,
                judge(question.level, question.years, done, heard, question.as_of),
                judge("E2", question.years, done, heard, question.as_of),
                judge("E2", FORECAST_YEARS, done, heard, question.as_of),
                scores.get(application, {}), raw.get(application), adjusted.get(application),
                tuple(Forecast(id_, reviewer, p) for reviewer, p in given.get(application, [])),
                plan, lag(plan, done, heard, question.as_of),
                sales(plan, done, sold.get(id_, {}), question.as_of, SALES_YEARS),
            )
        )  # fmt: skip
    return sorted(found, key=lambda case: case.key)


def page(
    found: Sequence[Case],
    kind: str,
    question: Question,
    states: Collection[State],
    after: str | None,
    before: str | None,
) -> tables.Page[Case]:
    """The cases under these headings, a page at a time by key: the very cases that the figures counted."""
    rows = [case for case in found if case.state_in(kind, question) in states]
    backwards = tables.decode(before, 1)
    forwards = None if backwards else tables.decode(after, 1)
    if backwards:
        upto = [case for case in rows if case.key < str(backwards[0])]
        shown, more_before, more_after = upto[-tables.PAGE_SIZE :], len(upto) > tables.PAGE_SIZE, True
    else:
        rest = [case for case in rows if forwards is None or case.key > str(forwards[0])]
        shown, more_before, more_after = rest[: tables.PAGE_SIZE], bool(forwards), len(rest) > tables.PAGE_SIZE
    return tables.Page(
        shown,
        tables.encode([shown[-1].key]) if shown and more_after else None,
        tables.encode([shown[0].key]) if shown and more_before else None,
    )
