"""Verbs of outcomes: complete a project, follow it up, verify."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from app.applications import queries as applications
from app.core import mail, numbering
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual
from app.core.storage import StoredFile
from app.milestones import operations as milestones
from app.outcomes import policy, queries
from app.outcomes.choices import DevState, FollowUpStatus, ReasonCode
from app.outcomes.models import FollowUp, Observation
from app.outcomes.workflow import FOLLOW_UP
from app.projects import queries as projects
from app.projects.models import Project
from app.projects.operations import changed

#: MON-10 [own]: the report on a fiscal year is due this many days after its end.
DUE_AFTER_DAYS = 90


@dataclass(frozen=True)
class FollowUpData:
    """One yearly report. Money is the fiscal year's sales in yen; days are days in Japan."""

    observed_on: date | None
    dev_state: DevState | None
    stage: int | None
    reason_code: ReasonCode | None
    product: str
    first_sale_on: date | None
    sales_yen: int | None
    jobs: int | None
    evidence: str


def complete(project: Project, completed_on: date, actor: Any) -> None:
    """Complete a project and schedule its yearly follow-ups (MON-10); number 1 covers the fiscal year of completion."""
    milestones.complete(project, completed_on, actor)
    first = fiscal_year(completed_on)
    for number in range(1, project.followup_years + 1):
        year = first + number - 1
        end = fiscal_year_end(year)
        session.add(
            FollowUp(
                project_id=project.id, number=number, fiscal_year=year,
                opens_on=max(end + timedelta(days=1), completed_on), due_on=end + timedelta(days=DUE_AFTER_DAYS),
            )
        )  # fmt: skip
    session.flush()
    changed([project.id])


def save(follow_up: FollowUp, data: FollowUpData, version: int, actor: Any) -> None:
    """Save a draft; raises Stale when somebody saved meanwhile, OutOfOrder when it is already sent."""
    if not policy.may_report(actor, follow_up):
        raise Forbidden("save")
    if follow_up.status not in queries.AWAITED:
        FOLLOW_UP.check(follow_up, "submit", actor)
    if follow_up.opens_on > today():
        raise Refused(
            [
                Reason(
                    "not-open",
                    Bilingual(
                        f"This report opens on {follow_up.opens_on}.",
                        f"この報告は{follow_up.opens_on}から提出できます。",
                    ),
                )
            ]
        )
    if follow_up.version != version:
        raise Stale(_words(asdict(data)), _words({name: getattr(follow_up, name) for name in asdict(data)}))
    for name, value in asdict(data).items():
        setattr(follow_up, name, value)
    session.flush()


def _words(values: dict[str, Any]) -> dict[Any, Any]:
    labels = {
        "observed_on": Bilingual("As of", "時点"),
        "dev_state": Bilingual("State of development", "開発の状態"),
        "stage": Bilingual("Stage", "事業化段階"),
        "reason_code": Bilingual("Reason", "理由"),
        "product": Bilingual("Product or service", "製品・サービス"),
        "first_sale_on": Bilingual("First sale", "最初の販売日"),
        "sales_yen": Bilingual("Sales (yen)", "売上額(円)"),
        "jobs": Bilingual("Jobs", "雇用者数"),
        "evidence": Bilingual("Evidence", "根拠"),
    }
    return {
        str(labels[name]): getattr(value, "label", value) if value is not None else "" for name, value in values.items()
    }


def attach(follow_up: FollowUp, file: StoredFile, actor: Any) -> None:
    if not policy.may_report(actor, follow_up):
        raise Forbidden("attach")
    if follow_up.status not in queries.AWAITED:
        FOLLOW_UP.check(follow_up, "submit", actor)
    follow_up.file_id = file.id
    session.flush()


def submit(follow_up: FollowUp, actor: Any) -> None:
    FOLLOW_UP.apply(follow_up, "submit", actor, on_behalf_of=projects.lead_name(follow_up.project))
    follow_up.submitted_at, follow_up.submitted_by_id = now(), actor.actor_id
    session.flush()


def _same(follow_up: FollowUp, event: str, version: int | None, actor: Any) -> None:
    """Raises Stale when the report was returned and sent again while the officer was reading."""
    FOLLOW_UP.check(follow_up, event, actor)
    if version is not None and version != follow_up.version:
        raise Stale({}, {})


def verify(
    follow_up: FollowUp, evidence_level: int, remarks: str, actor: Any, version: int | None = None
) -> Observation:
    """Verify a submitted report at an evidence level (OUT-15): it becomes a dated observation that rates count."""
    _same(follow_up, "verify", version, actor)
    FOLLOW_UP.apply(follow_up, "verify", actor, data={"evidence_level": evidence_level})
    follow_up.evidence_level, follow_up.remarks = evidence_level, remarks
    follow_up.verified_at, follow_up.verified_by_id = now(), actor.actor_id
    assert follow_up.observed_on is not None and follow_up.dev_state is not None and follow_up.stage is not None
    observation = Observation(
        project_id=follow_up.project_id,
        observed_on=follow_up.observed_on,
        recorded_on=today(),
        dev_state=follow_up.dev_state,
        stage=follow_up.stage,
        evidence_level=evidence_level,
        product_key=follow_up.product[:60],
        source=f"follow-up {follow_up.number}, FY{follow_up.fiscal_year}",
        follow_up_id=follow_up.id,
    )
    session.add(observation)
    session.flush()
    numbering.touch()
    changed([follow_up.project_id])
    _tell(follow_up, "outcomes/judged", f"follow-up-judged:{follow_up.id}:{follow_up.version}")
    return observation


def send_back(follow_up: FollowUp, remarks: str, actor: Any, version: int | None = None) -> None:
    """Return a report for correction, with remarks."""
    if not remarks:
        raise Refused(
            [
                Reason(
                    "remarks-missing",
                    Bilingual("Say what has to be corrected.", "修正すべき点を記入してください。"),
                    "remarks",
                )
            ]
        )
    _same(follow_up, "return", version, actor)
    FOLLOW_UP.apply(follow_up, "return", actor, reason=remarks)
    follow_up.remarks = remarks
    session.flush()
    _tell(follow_up, "outcomes/judged", f"follow-up-judged:{follow_up.id}:{follow_up.version}")


def _tell(follow_up: FollowUp, template: str, key: str, **context: Any) -> None:
    if follow_up.project.application_id is None:
        return
    for person in applications.people_of(follow_up.project.application_id):
        mail.queue(
            template, person.email, person.locale, f"{key}:{person.id}", name=person.name,
            project=follow_up.project.project_key, year=follow_up.fiscal_year, due_on=follow_up.due_on,
            verdict=follow_up.status.label, remarks=follow_up.remarks, follow_up_id=follow_up.id, **context,
        )  # fmt: skip


def remind() -> None:
    """Clockwork: follow-ups are announced when they open, a week before they are due, and weekly when overdue."""
    on = today()
    for follow_up in queries.awaited(on + timedelta(days=DUE_AFTER_DAYS)):
        if follow_up.opens_on > on:
            continue
        left = (follow_up.due_on - on).days
        occasion = f"overdue-{-left // 7}" if left < 0 else "week" if left <= 7 else "open"
        _tell(follow_up, "outcomes/reminder", f"follow-up-reminder:{follow_up.id}:{occasion}", left=left)


def is_open(follow_up: FollowUp) -> bool:
    return follow_up.opens_on <= today() and follow_up.status in (FollowUpStatus.due, FollowUpStatus.returned)
