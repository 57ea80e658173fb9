"""Writing a past round of the demonstration: proposals, frozen plans, reviews, decisions, projects and reports, in bulk."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from sqlalchemy import select

from app.applications.choices import ApplicationStatus, Measure, MemberRole
from app.applications.models import (
    Application,
    CommercializationPlan,
    ConsortiumMember,
    FrozenForecast,
    SalesForecast,
    Submission,
)
from app.calls.models import Call
from app.core import audit
from app.core.clock import JST, today
from app.core.db import session
from app.core.exchange import bulk_insert, pairs
from app.core.fiscal import fiscal_year_end
from app.outcomes.choices import DevState, FollowUpStatus
from app.outcomes.models import FollowUp, Observation
from app.projects.choices import ProjectStatus, Regime
from app.projects.models import Participant, Project
from app.reviews.choices import AssignmentStatus, DecisionStatus, Outcome
from app.reviews.models import Decision, Review, ReviewAssignment, ReviewForecast, Score

FOLLOWED_YEARS = 6  # the fiscal year of completion and the five after it
SOURCE = "synthetic past round"


@dataclass
class Proposal:
    """One made-up proposal on its way through a round."""

    number: str
    merit: dict[str, float]
    theme: tuple[str, str, str]
    organisations: list[int]
    yen: int
    first_sale_on: date
    planned: dict[int, int]
    reviews: list[tuple[int, dict[int, int], int, int]] = field(default_factory=list)  # reviewer, scores, mean, percent
    outcome: Outcome = Outcome.rejected
    sold_in: int | None = None  # years after completion

    @property
    def mean(self) -> float:
        return sum(row[2] for row in self.reviews) / len(self.reviews)


def at_hour(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), JST)


def _insert(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    if found := list(rows):
        bulk_insert(model.__table__, found)


def _record(subject: str, states: Iterable[tuple[int, str]], at: datetime) -> None:
    """How all these came into their state, on the record."""
    _insert(
        audit.Event,
        (
            {"at": at, "subject_type": subject, "subject_id": id_, "name": "restored", "to_status": state, "reason": SOURCE}
            for id_, state in states
        ),
    )  # fmt: skip


def write(
    random: Random,
    call: Call,
    proposals: Sequence[Proposal],
    panel: Sequence[int],
    writer: int,
    officers: tuple[int, int],
) -> None:
    ids = _applications(call, proposals, writer)
    _plans(call, proposals, ids, writer)
    _reviews(call, proposals, ids, panel)
    _decisions(call, proposals, ids, officers)
    projects = _projects(random, call, [p for p in proposals if p.outcome is Outcome.adopted], ids)
    _follow(random, call, [p for p in proposals if p.number in projects], projects)


def _applications(call: Call, proposals: Sequence[Proposal], writer: int) -> dict[str, int]:
    sent = call.closes_at - timedelta(days=2)
    _insert(
        Application,
        (
            {
                "number": p.number, "call_id": call.id, "frame_id": call.frames[0].id, "is_synthetic": True,
                "lead_organisation_id": p.organisations[0], "title_en": f"Synthetic past proposal: {p.theme[1]}",
                "title_ja": f"合成(過去)提案 {p.theme[2]}の研究開発", "field": p.theme[0].split(";")[0],
                "abstract": f"{p.theme[2]}に関する合成(架空)の提案です。", "status": ApplicationStatus(p.outcome.value),
                "starts_on": date(call.fiscal_year, 10, 1), "ends_on": fiscal_year_end(call.fiscal_year + 1),
                "submitted_at": sent, "created_at": sent, "created_by_id": writer, "total_yen": p.yen,
            }
            for p in proposals
        ),
    )  # fmt: skip
    ids = pairs(select(Application.number, Application.id).where(Application.call_id == call.id))
    _record("application", ((ids[p.number], p.outcome.value) for p in proposals), call.closes_at)
    _insert(
        ConsortiumMember,
        (
            {"application_id": ids[p.number], "organisation_id": organisation, "role": role}
            for p in proposals
            for organisation, role in _roles(p)
        ),
    )
    return ids


def _roles(proposal: Proposal) -> list[tuple[int, MemberRole]]:
    first = (MemberRole.managing_organisation, MemberRole.project_leader, MemberRole.sub_leader)
    rest = [MemberRole.implementer] * (len(proposal.organisations) - len(first))
    return list(zip(proposal.organisations, (*first, *rest), strict=True))


def _plans(call: Call, proposals: Sequence[Proposal], ids: dict[str, int], writer: int) -> None:
    """What was planned, and the same frozen with the submission."""
    sent = call.closes_at - timedelta(days=2)
    product = "合成(架空)の製品"
    _insert(
        CommercializationPlan,
        (
            {"application_id": ids[p.number], "product": product, "market": "架空", "who_sells": "参加企業",
             "first_sale_on": p.first_sale_on}
            for p in proposals
        ),
    )  # fmt: skip
    _insert(Submission, (_submission(call, p, ids[p.number], sent, writer) for p in proposals))
    mine = list(ids.values())
    plans = pairs(
        select(CommercializationPlan.application_id, CommercializationPlan.id).where(
            CommercializationPlan.application_id.in_(mine)
        )
    )
    sent_ids = pairs(select(Submission.application_id, Submission.id).where(Submission.application_id.in_(mine)))
    forecast: list[dict[str, Any]] = []
    years: list[dict[str, Any]] = []
    for p in proposals:
        key = sent_ids[ids[p.number]]
        forecast.append(_frozen(key, Measure.first_sale, 0, None, p.first_sale_on))
        for year, yen in p.planned.items():
            forecast.append(_frozen(key, Measure.sales, year, yen, None))
            years.append({"plan_id": plans[ids[p.number]], "year_no": year, "sales_yen": yen, "profit_yen": None})
    _insert(SalesForecast, years)
    _insert(FrozenForecast, forecast)


def _frozen(submission: int, measure: Measure, year: int, value: int | None, day: date | None) -> dict[str, Any]:
    return {"submission_id": submission, "measure": measure, "year_no": year, "value": value, "day": day}


def _submission(call: Call, p: Proposal, application: int, sent: datetime, writer: int) -> dict[str, Any]:
    """A frozen text as short as can be: these were handed in elsewhere."""
    frame = call.frames[0]
    years = [[year, yen, None] for year, yen in p.planned.items()]
    text = json.dumps(
        {
            "schema": "synthetic past proposal", "receipt_number": f"R-{p.number}", "arrived_at": sent.isoformat(),
            "application": {"number": p.number, "title_en": f"Synthetic past proposal: {p.theme[1]}",
                            "title_ja": f"合成(過去)提案 {p.theme[2]}の研究開発", "total_yen": p.yen},
            "frame": {"code": frame.code, "name_en": frame.name_en, "name_ja": frame.name_ja},
            "members": [], "milestones": [], "attachments": [], "questionnaire": None, "rules": [],
            "plan": {"first_sale_on": p.first_sale_on.isoformat(), "years": years},
        },
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    return {
        "application_id": application, "number": 1, "receipt_number": f"R-{p.number}", "snapshot": text,
        "idempotency_key": f"past-{p.number}", "sha256": sha256(text.encode()).hexdigest(), "arrived_at": sent,
        "submitted_by_id": writer,
    }  # fmt: skip


def _reviews(call: Call, proposals: Sequence[Proposal], ids: dict[str, int], panel: Sequence[int]) -> None:
    asked = call.closes_at + timedelta(days=7)
    given = asked + timedelta(days=20)
    _insert(
        ReviewAssignment,
        (
            {"application_id": ids[p.number], "reviewer_id": panel[place], "due_on": given.date(), "assigned_at": asked,
             "status": AssignmentStatus.submitted}
            for p in proposals
            for place, _scores, _mean, _percent in p.reviews
        ),
    )  # fmt: skip
    mine = select(ReviewAssignment).where(ReviewAssignment.application_id.in_(list(ids.values()))).subquery()
    assignments = {
        (r[0], r[1]): r[2] for r in session.execute(select(mine.c.application_id, mine.c.reviewer_id, mine.c.id))
    }
    _record("review_assignment", ((key, AssignmentStatus.submitted.value) for key in assignments.values()), given)
    rows = [(assignments[ids[p.number], panel[place]], *rest) for p in proposals for place, *rest in p.reviews]
    _insert(
        Review,
        (
            {"assignment_id": key, "saved_at": given, "submitted_at": given, "weighted_score": mean, "confidence": 2,
             "forecast_pct": percent, "comment_to_panel": "(合成)", "comment_to_applicant": "(合成)"}
            for key, _scores, mean, percent in rows
        ),
    )  # fmt: skip
    reviews = pairs(select(Review.assignment_id, Review.id).join(mine, mine.c.id == Review.assignment_id))
    _insert(
        Score,
        (
            {"review_id": reviews[key], "criterion_id": criterion, "score": score}
            for key, scores, _mean, _percent in rows
            for criterion, score in scores.items()
        ),
    )
    _insert(
        ReviewForecast,
        (
            {"review_id": reviews[key], "number": 1, "probability_pct": percent, "confidence": 2, "frozen_at": given}
            for key, _scores, _mean, percent in rows
        ),
    )


def _decisions(call: Call, proposals: Sequence[Proposal], ids: dict[str, int], officers: tuple[int, int]) -> None:
    at = at_hour(date(call.fiscal_year, 7, 25), 10)
    reserve = {p.number: n for n, p in enumerate((p for p in proposals if p.outcome is Outcome.reserve), 1)}
    _insert(
        Decision,
        (
            {"application_id": ids[p.number], "outcome": p.outcome, "status": DecisionStatus.released,
             "amount_yen": p.yen if p.outcome is Outcome.adopted else 0, "reason": "評価結果による(合成)",
             "proposed_by_id": officers[0], "proposed_at": at, "confirmed_by_id": officers[1], "confirmed_at": at,
             "released_at": at, "reserve_position": reserve.get(p.number)}
            for p in proposals
        ),
    )  # fmt: skip
    keys = session.scalars(select(Decision.id).where(Decision.application_id.in_(list(ids.values()))))
    _record("decision", ((key, DecisionStatus.released.value) for key in keys), at)


def _projects(random: Random, call: Call, adopted: Sequence[Proposal], ids: dict[str, int]) -> dict[str, int]:
    """Of twenty one was stopped; the others were completed at the end of the second fiscal year."""
    rows: list[dict[str, Any]] = [
        {
            "project_key": f"SR-{p.number}", "programme": call.programme, "frame": call.frames[0].code,
            "title_en": f"Synthetic past project: {p.theme[1]}", "title_ja": f"合成(過去)課題 {p.theme[2]}の研究開発",
            "region": "kanto", "field": p.theme[0], "adopted_on": date(call.fiscal_year, 8, 1),
            "started_on": date(call.fiscal_year, 10, 1), "amount_yen": p.yen, "regime": Regime.commission,
            "completed_on": None if n == 0 else fiscal_year_end(call.fiscal_year + 1),
            "status": ProjectStatus.terminated if n == 0 else ProjectStatus.completed,
            "planned_end_on": fiscal_year_end(call.fiscal_year + 1), "application_id": ids[p.number],
            "followup_years": FOLLOWED_YEARS, "is_synthetic": True,
        }
        for n, p in enumerate(random.sample(list(adopted), len(adopted)))
    ]  # fmt: skip
    _insert(Project, rows)
    states = {row["project_key"]: row["status"].value for row in rows}
    by_key = pairs(select(Project.project_key, Project.id).where(Project.application_id.in_(list(ids.values()))))
    _record("project", ((by_key[key], states[key]) for key in by_key), call.closes_at)
    _insert(
        Participant,
        (
            {"project_id": by_key[f"SR-{p.number}"], "organisation_id": organisation, "role": role}
            for p in adopted
            for organisation, role in _roles(p)
        ),
    )
    stopped = rows[0]["project_key"]
    return {p.number: by_key[f"SR-{p.number}"] for p in adopted if f"SR-{p.number}" != stopped}


def _follow(random: Random, call: Call, proposals: Sequence[Proposal], projects: dict[str, int]) -> None:
    """A verified report a year; of some years nothing was heard. Who sells reaches about half of the plan."""
    done = call.fiscal_year + 1
    reports: list[dict[str, Any]] = []
    for p in proposals:
        scale, silent = random.lognormvariate(-0.9, 0.7), random.random() < 0.08
        for year in range(FOLLOWED_YEARS):
            end = fiscal_year_end(done + year)
            if end + timedelta(days=90) > today() or (silent and year > 1) or random.random() < 0.04:
                continue
            sells = p.sold_in is not None and year >= p.sold_in
            stage = min(5, 3 + (year - (p.sold_in or 0)) // 2) if sells else int(p.sold_in == year + 1)
            amount = round(p.planned.get(year, 0) * scale, -3) if sells else None
            seen = end + timedelta(days=random.randrange(1, 60))
            reports.append(
                {
                    "project_id": projects[p.number], "organisation_id": p.organisations[0],
                    "role": MemberRole.managing_organisation, "number": year + 1, "fiscal_year": done + year,
                    "opens_on": end + timedelta(days=1), "due_on": end + timedelta(days=90), "observed_on": seen,
                    "status": FollowUpStatus.verified, "stage": stage, "sales_yen": amount, "evidence_level": 2,
                    "dev_state": DevState.launched if sells else DevState.development,
                    "first_sale_on": date(done + (p.sold_in or 0), 10, 1) if sells else None, "verified_at": at_hour(seen, 12),
                }
            )  # fmt: skip
    _insert(FollowUp, reports)
    found = session.execute(
        select(FollowUp.id, FollowUp.project_id, FollowUp.number).where(
            FollowUp.project_id.in_(list(projects.values()))
        )
    )
    ids = {(project, number): id_ for id_, project, number in found}
    _record("follow_up", ((key, FollowUpStatus.verified.value) for key in ids.values()), call.closes_at)
    same = ("project_id", "observed_on", "dev_state", "stage", "evidence_level")
    _insert(
        Observation,
        (
            {**{name: row[name] for name in same}, "recorded_on": row["observed_on"], "source": SOURCE,
             "follow_up_id": ids[row["project_id"], row["number"]]}
            for row in reports
        ),
    )  # fmt: skip
