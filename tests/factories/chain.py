"""Applications further along: assigned, reviewed, decided, running, completed."""

from datetime import date, timedelta
from typing import Any

from app.accounts.choices import Role
from app.accounts.models import User
from app.agreements import operations as agreements
from app.agreements import queries as agreement_queries
from app.agreements.choices import AwardStatus, ContractStatus, Side
from app.agreements.models import Award, ContractTerms
from app.agreements.workflow import CONTRACT, machine_of
from app.applications.models import Application
from app.calls.models import Call
from app.core import storage
from app.core.audit import SYSTEM
from app.core.clock import now, today
from app.core.db import session
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.milestones import operations as milestones
from app.outcomes import queries as outcome_queries
from app.outcomes.choices import DevState, ReasonCode
from app.outcomes.models import FollowUp
from app.outcomes.operations import FollowUpData
from app.projects import operations as projects
from app.projects import queries as project_queries
from app.projects.choices import Regime
from app.projects.models import Project
from app.reviewers import operations as reviewers
from app.reviewers.choices import ReviewerKind
from app.reviews import operations as reviews
from app.reviews.choices import Outcome
from app.reviews.models import ReviewAssignment
from tests.factories import proposals
from tests.factories.people import organisation, person


def reviewer(**values: Any) -> User:
    """A reviewer of whom everything is known: profile, employer, and no ties declared for this year."""
    return known(person(Role.reviewer, of=organisation("private_university"), **values))


def known(user: User, **profile: Any) -> User:
    """Give somebody a profile and a declaration of no ties, so that nothing of them is unknown."""
    data = reviewers.ProfileData(**{"kind": ReviewerKind.academic, **profile})
    reviewers.save_profile(user, data, 0, user)
    reviewers.declare_year(user, no_ties=True)
    return user


def assigned(application: Application, who: User | None = None, officer: User | None = None) -> ReviewAssignment:
    return reviews.assign(application, who or reviewer(), today() + timedelta(days=14), officer or person(Role.officer))


def reviewed(application: Application, score: int = 4, who: User | None = None) -> ReviewAssignment:
    assignment = assigned(application, who)
    actor = session.get_one(User, assignment.reviewer_id)
    reviews.answer(assignment, "accept", actor)
    scores: dict[int, int | None] = {criterion.id: score for criterion in application.call.criteria}
    reviews.save(assignment, scores, "for the panel", "for the applicant", 0, actor)
    reviews.submit(assignment, actor)
    return assignment


def decided(application: Application, outcome: Outcome = Outcome.adopted, amount: int | None = None) -> Any:
    proposer, confirmer = person(Role.officer), person(Role.officer)
    amount = application.total_yen if amount is None else amount
    decision = reviews.propose(application, outcome, amount, "a condition", "a reason", 0, proposer)
    reviews.confirm(decision, decision.version, confirmer)
    return decision


def released(call: Call) -> None:
    """Close the call and release its results."""
    if call.closes_at > now():
        proposals.close_call(call)
    projects.release_results(call, person(Role.officer))


def adopted_project(programme: str = "consortium_rd", amount: int | None = None) -> Project:
    application = proposals.under_review(proposals.open_call(programme))
    decided(application, amount=amount)
    released(application.call)
    project = project_queries.by_application(application.id)
    assert project is not None
    return project


def award_of(project: Project) -> Award:
    award = agreement_queries.of_project(project.id)
    assert award is not None
    return award


def assessed(project: Project, officer: User | None = None) -> Award:
    """The award with its checklist done and its assessed budget confirmed by the consortium."""
    award, office, signer = award_of(project), officer or person(Role.officer), lead(project)
    if award.regime is Regime.commission:
        agreements.assess(award, office)
    else:
        agreements.apply(award, signer)
    paper = storage.keep(b"%PDF-1.7", name="paper.pdf", media_type=storage.PDF, created_by_id=None)
    for item in agreement_queries.checklist_of(award):
        agreements.tick(item, True, "", item.version, office if item.side is Side.office else signer, file=paper)
    agreements.send_assessment(award, award.version, office)
    agreements.agree(award, "A. Signer", award.version, signer)
    return award


def contracted(
    project: Project, starts_on: date | None = None, ends_on: date | None = None, amount_yen: int | None = None,
    officer: User | None = None, rate: int = 10_000,
) -> Award:  # fmt: skip
    """The award with a contract (or grant decision) that both sides confirmed; over one fiscal year in a commission."""
    award, office = assessed(project, officer), officer or person(Role.officer)
    begin = starts_on or today() - timedelta(days=200)
    end = ends_on or fiscal_year_end(fiscal_year(begin))
    terms = agreements.Terms(begin, end, amount_yen or project.amount_yen or 0, rate, "a condition")
    sign(agreements.offer(award, terms, award.version, office), office)
    return award


def sign(terms: ContractTerms, officer: User) -> None:
    """Both sides confirm what was offered."""
    for who in (officer, lead(terms.contract.award.project)):
        agreements.confirm(terms, who.name, terms.version, terms.sha256, who)


def running_project(programme: str = "consortium_rd", started_on: date | None = None, days: int = 100) -> Project:
    project = adopted_project(programme)
    begin = started_on or today() - timedelta(days=200)
    contracted(project, begin)
    milestones.start(project, begin, begin + timedelta(days=days), person(Role.officer))
    return project


def lead(project: Project) -> User:
    assert project.application is not None
    return proposals.lead_of(project.application)


def operations_people(project: Project) -> list[User]:
    """Everybody who is told about a project."""
    from app.applications import queries

    assert project.application_id is not None
    return list(queries.people_of(project.application_id))


def accept_all_reports(project: Project) -> None:
    from app.milestones import queries
    from app.milestones.choices import Achievement
    from app.milestones.operations import ReportData, Result

    officer = person(Role.officer)
    for report in queries.reports_of(project.id):
        results = tuple(
            Result(m.id, Achievement.achieved, m.target_value, "") for m in queries.milestones_of(project.id)
        )
        milestones.save(report, ReportData("done", "", 1_000, results), report.version, lead(project))
        milestones.submit(report, lead(project))
        milestones.judge(report, "accept", "", officer)


def completed_project(programme: str = "consortium_rd", ago: int = 400) -> Project:
    """A project completed ``ago`` days ago, so that its first follow-up is open."""
    project = running_project(programme, started_on=today() - timedelta(days=ago + 100), days=100)
    accept_all_reports(project)
    complete(project, today() - timedelta(days=ago))
    return project


def complete(project: Project, on: date) -> None:
    """The award is settled, and completed with the day on which the work ended."""
    award, officer = award_of(project), person(Role.officer)
    if award.status is AwardStatus.running:
        contract = award.contracts[-1]
        settled = AwardStatus.settled if award.regime is Regime.commission else AwardStatus.paid
        machine_of(award).restore(award, settled, SYSTEM, reason="test")
        CONTRACT.restore(contract, ContractStatus.settled, SYSTEM, reason="test")
    agreements.complete(award, on, officer)


def follow_up_of(project: Project, number: int = 1) -> FollowUp:
    return next(f for f in outcome_queries.of_project(project.id) if f.number == number)


def answers(project: Project, stage: int = 3, dev_state: DevState = DevState.launched, **values: Any) -> FollowUpData:
    assert project.completed_on is not None
    sold = (stage or 0) >= 3
    return FollowUpData(
        **{
            "observed_on": project.completed_on + timedelta(days=30),
            "dev_state": dev_state,
            "stage": stage,
            "reason_code": None if stage else ReasonCode.still_developing,
            "product": "gear" if sold else "",
            "first_sale_on": project.completed_on + timedelta(days=10) if sold else None,
            "sales_yen": 1_000_000 if sold else None,
            "jobs": 2,
            "evidence": "catalogue",
            **values,
        }
    )
