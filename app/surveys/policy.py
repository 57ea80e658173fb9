"""Who composes and runs a wave, who answers for a firm, who reads what."""

from dataclasses import dataclass
from typing import Any

from app.analytics.policy import sees_records
from app.clusters.policy import scopes
from app.surveys import queries
from app.surveys.choices import Basis, WaveStatus

__all__ = ["LinkHolder", "is_office", "may_answer", "may_compose", "may_read_results", "may_run", "sees_records"]


@dataclass(frozen=True)
class LinkHolder:
    """Whoever opens a personal link: no account, one organisation's answers in one wave, and nothing else."""

    asked_id: int
    email: str

    actor_id = None

    def has_role(self, *roles: str) -> bool:
        return False


def is_office(actor: Any, subject: Any = None) -> bool:
    return bool(actor.has_role("officer"))


def may_compose(actor: Any) -> bool:
    return bool(actor.has_role("officer") or (actor.has_role("cluster_manager") and scopes(actor)))


def may_run(actor: Any, wave: Any) -> bool:
    """Officers every wave; a manager those that ask members of own clusters only."""
    if actor.has_role("officer"):
        return True
    if not actor.has_role("cluster_manager") or wave.basis is not Basis.clusters or not wave.clusters:
        return False
    managed = frozenset(row.scope for row in actor.role_rows if row.role == "cluster_manager" and row.scope)
    return all(cluster.cluster_code in managed for cluster in wave.clusters)


def may_move(actor: Any, wave: Any) -> bool:
    """Who runs it, and the clock."""
    return bool(actor.has_role("system")) or may_run(actor, wave)


def may_answer(actor: Any, response: Any) -> bool:
    """The firm's own people, and whoever holds a link to this one answer."""
    if isinstance(actor, LinkHolder):
        return actor.asked_id == response.asked_id
    return bool(actor.has_role("applicant")) and queries.waves.is_own(actor, response.asked.organisation_id)


def may_read_results(actor: Any, wave: Any) -> bool:
    """The office while answers come in; everybody else who may know of the wave once it is closed, because the
    difference of two days would tell one firm's answer."""
    return sees_records(actor) or wave.status is WaveStatus.closed
