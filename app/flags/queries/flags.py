"""Look-ups of flags, of how the rules are set, and of how often each was right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.core.db import session
from app.core.tables import Page, keyset
from app.flags.choices import FlagStatus
from app.flags.definitions import RULES, Settings
from app.flags.models import Flag, FlagSetting
from app.projects.models import Project
from app.projects.queries import not_recused

#: Nobody has dealt with these yet.
WAITING = (FlagStatus.open, FlagStatus.acknowledged)


def _may_know(actor: Any) -> ColumnElement[bool]:
    """Flags on programmes and firms are for the whole office; those on a project not for who is recused from it."""
    return or_(Flag.project_id.is_(None), and_(Flag.project_id == Project.id, not_recused(actor)))


def of_project(project_id: int) -> Sequence[Flag]:
    return session.scalars(
        select(Flag).where(Flag.project_id == project_id, Flag.cleared_at.is_(None)).order_by(Flag.rule, Flag.id)
    ).all()


def get_for(actor: Any, flag_id: int, *, lock: bool = False) -> Flag | None:
    """A flag that this officer or auditor may know of."""
    query = (
        select(Flag)
        .outerjoin(Project, Project.id == Flag.project_id)
        .where(Flag.id == flag_id, _may_know(actor))
        .options(joinedload(Flag.project), joinedload(Flag.organisation), joinedload(Flag.owner))
    )
    return session.scalar(query.with_for_update(of=Flag) if lock else query)


@dataclass(frozen=True)
class Filters:
    """What a list of flags shows; ``rules`` limits it where no rule is chosen."""

    rules: Sequence[str]
    rule: str | None = None
    status: str | None = None
    programme: str | None = None
    mine: bool = False


def page(actor: Any, filters: Filters, after: Any, before: Any) -> Page[Any]:
    """One page of living flags, newest first, each with its project (or None)."""
    query = (
        select(Flag, Project)
        .outerjoin(Project, Project.id == Flag.project_id)
        .where(_may_know(actor))
        .options(joinedload(Flag.organisation), joinedload(Flag.owner))
    )
    query = query.where(Flag.rule == filters.rule) if filters.rule else query.where(Flag.rule.in_(filters.rules))
    query = query.where(Flag.status == filters.status) if filters.status else query.where(Flag.cleared_at.is_(None))
    if filters.programme:
        query = query.where(Project.programme == filters.programme)
    if filters.mine:
        query = query.where(Flag.owner_id == actor.actor_id)
    return keyset(query, [0 - Flag.id], after, before)  # keysets ascend, so the newest comes first


def counts(actor: Any, since: Any = None) -> dict[str, int]:
    """Living flags that nobody has dealt with yet, by rule, of what this reader may know of."""
    query = (
        select(Flag.rule, func.count())
        .outerjoin(Project, Project.id == Flag.project_id)
        .where(Flag.status.in_(WAITING), _may_know(actor))
        .group_by(Flag.rule)
    )
    if since is not None:
        query = query.where(Flag.raised_at >= since)
    return {rule: n for rule, n in session.execute(query).all()}


def judgements(actor: Any) -> dict[str, dict[str, int]]:
    """How often each rule was found right or wrong on resolving, of what this reader may know of."""
    rows = session.execute(
        select(Flag.rule, Flag.judged, func.count())
        .outerjoin(Project, Project.id == Flag.project_id)
        .where(Flag.judged.is_not(None), _may_know(actor))
        .group_by(Flag.rule, Flag.judged)
    ).all()
    found: dict[str, dict[str, int]] = {}
    for rule, judged, n in rows:
        assert judged is not None  # the condition above
        found.setdefault(rule, {"right": 0, "wrong": 0})[judged.value] = n
    return found


def living(project_ids: Sequence[int] | None = None) -> Sequence[Flag]:
    """Living flags on projects: on these, or on all."""
    query = select(Flag).where(Flag.cleared_at.is_(None), Flag.project_id.is_not(None))
    if project_ids is not None:
        query = query.where(Flag.project_id.in_(project_ids))
    return session.scalars(query).all()


def living_elsewhere() -> Sequence[Flag]:
    """Living flags on programmes, cohorts and firms."""
    return session.scalars(select(Flag).where(Flag.cleared_at.is_(None), Flag.project_id.is_(None))).all()


def snoozed_until(on: date) -> Sequence[Flag]:
    return session.scalars(select(Flag).where(Flag.status == FlagStatus.snoozed, Flag.snoozed_until <= on)).all()


def settings_rows() -> dict[tuple[str, str], FlagSetting]:
    rows = session.scalars(select(FlagSetting).options(joinedload(FlagSetting.changed_by)))
    return {(row.rule, row.programme): row for row in rows}


def setting(rule: str, programme: str, *, lock: bool = False) -> FlagSetting | None:
    query = select(FlagSetting).where(FlagSetting.rule == rule, FlagSetting.programme == programme)
    return session.scalar(query.with_for_update() if lock else query)


def settings(programmes: Sequence[str]) -> dict[str, Settings]:
    """Per programme the rules that are switched on, with their values: its own setting, else that for all, else the
    rule's default."""
    rows = settings_rows()
    found: dict[str, dict[str, dict[str, int]]] = {}
    for programme in programmes:
        found[programme] = {}
        for rule in RULES.values():
            row = rows.get((rule.code, programme)) or rows.get((rule.code, ""))
            if row is None or row.enabled:
                found[programme][rule.code] = {**rule.defaults, **(row.given if row else {})}
    return dict(found)
