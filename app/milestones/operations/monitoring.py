"""An officer's judgement of a project's course."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.milestones import queries
from app.milestones.models import MonitoringScore
from app.milestones.operations.life import refuse
from app.projects import policy as projects
from app.projects.models import Project


@dataclass(frozen=True)
class ScoreData:
    """Scores from 1 to 4 (definitions.monitoring) and the words for either side."""

    period_to: date
    schedule: int
    technical: int
    cost: int
    consortium: int
    for_office: str
    for_consortium: str


def save_score(project: Project, data: ScoreData, version: int, actor: Any) -> MonitoringScore:
    """Write down, or correct, the scores of one period; what was released already stays as it is."""
    if not projects.is_officer(actor, project):
        raise Forbidden("score")
    found = queries.scores_of(project.id, released_only=False)
    row = next((one for one in found if one.period_to == data.period_to), None)
    if row is not None and row.released_at is not None:
        raise refuse(
            "released", "These scores were released to the consortium and no longer change.",
            "この評点は参加機関に開示済みのため変更できません。", "period_to",
        )  # fmt: skip
    if (row.version if row else 0) != version:
        raise Stale({}, {})
    if row is None:
        row = MonitoringScore(project_id=project.id)
        session.add(row)
    for name, value in asdict(data).items():
        setattr(row, name, value)
    row.scored_by_id, row.scored_at = actor.actor_id, now()
    session.flush()
    audit.record(row, "scored", actor, data={**asdict(data), "period_to": data.period_to.isoformat()})
    return row


def release_score(project: Project, row: MonitoringScore, actor: Any, version: int) -> None:
    """Let the consortium see the scores and the words meant for it."""
    if not projects.is_officer(actor, project):
        raise Forbidden("release")
    if row.version != version:
        raise Stale({}, {})
    if row.released_at is None:
        row.released_at = now()
        session.flush()
        audit.record(row, "released", actor)
