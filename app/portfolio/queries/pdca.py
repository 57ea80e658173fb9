"""The PDCA board: targets with their pace on a day, their recorded values, and the actions of a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.choices import Role
from app.accounts.models import User
from app.accounts.queries import with_role
from app.analytics import queries as analytics
from app.clusters.models import Cluster
from app.clusters.models import Target as ClusterTarget
from app.clusters.queries import figures
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import fiscal_year, fiscal_year_end, fiscal_year_start
from app.portfolio.choices import Actual
from app.portfolio.definitions.pace import Progress, Reading, expected, question_of
from app.portfolio.models import PdcaAction, PdcaTarget, PdcaValue


def target_of(target_id: int, *, lock: bool = False) -> PdcaTarget | None:
    query = select(PdcaTarget).where(PdcaTarget.id == target_id).options(joinedload(PdcaTarget.cluster))
    return session.scalar(query.with_for_update(of=PdcaTarget) if lock else query)


def values_of(target: PdcaTarget, actor: Any) -> Sequence[PdcaValue]:
    """Every recorded value, the latest day first; of one day the latest record first. None of a measured target that
    counts a project from which the actor stands aside: kept answers of many days differ by single projects."""
    if stands_aside(target, today(), actor):
        return ()
    return session.scalars(
        select(PdcaValue)
        .where(PdcaValue.target_id == target.id)
        .options(joinedload(PdcaValue.recorded_by))
        .order_by(PdcaValue.observed_on.desc(), PdcaValue.id.desc())
    ).all()


def measured(target: PdcaTarget, day: date, actor: Any) -> Reading | None:
    """Analytics' answer as per cent, on a day; None for typed records, where nobody is counted, and where the actor
    stands aside from a project that is counted and the gate for outside readers has no answer (CON-14)."""
    question = question_of(target, day)
    if question is None:
        return None
    rate = analytics.shown(question).rate if stands_aside(target, day, actor) else analytics.measure(question)
    if rate is None or rate.rate is None:
        return None
    return Reading(
        round(rate.rate * 100, 2), day, str(rate.definition.label), rate.numerator, rate.denominator, rate.unknown
    )


def stands_aside(target: PdcaTarget, day: date, actor: Any) -> bool:
    """Is the target's actual value counted over a project from which the actor stands aside?"""
    question = question_of(target, day)
    return question is not None and analytics.stands_aside(actor, question)


def _typed(targets: Sequence[PdcaTarget], day: date) -> dict[int, Reading]:
    """The latest typed value of each target up to a day."""
    place = func.row_number().over(
        partition_by=PdcaValue.target_id, order_by=(PdcaValue.observed_on.desc(), PdcaValue.id.desc())
    )
    newest = (
        select(PdcaValue.id, place.label("place"))
        .where(PdcaValue.target_id.in_([t.id for t in targets]), PdcaValue.observed_on <= day)
        .subquery("newest")
    )
    rows = session.scalars(select(PdcaValue).join(newest, newest.c.id == PdcaValue.id).where(newest.c.place == 1))
    return {row.target_id: Reading(row.value, row.observed_on, row.source) for row in rows}


def progress(targets: Sequence[PdcaTarget], day: date, actor: Any) -> list[Progress]:
    """Each target with its pace on a day: measured ones are asked of analytics, typed ones read from the records."""
    typed = _typed([t for t in targets if t.actual is Actual.typed], day) if targets else {}
    found = []
    for target in targets:
        reading = typed.get(target.id) if target.actual is Actual.typed else measured(target, day, actor)
        aside = reading is None and stands_aside(target, day, actor)
        found.append(Progress(target, day, expected(target, day), reading, aside))
    return found


@dataclass(frozen=True)
class Board:
    """One fiscal year: targets with their pace on ``day``, clusters' targets with theirs, actions by what they serve."""

    year: int
    day: date
    targets: list[Progress]
    cluster_targets: list[Any]
    actions: dict[tuple[str, int], list[PdcaAction]]

    def of(self, target: Any) -> list[PdcaAction]:
        kind = "cluster" if isinstance(target, ClusterTarget) else "own"
        return self.actions.get((kind, target.id), [])

    @property
    def shown_cluster_targets(self) -> list[Any]:
        """Clusters' targets that are behind, or for which something is being done."""
        return [(row, pace) for row, pace in self.cluster_targets if pace.behind or self.of(row)]


def day_of(year: int) -> date:
    """The day on which a fiscal year is judged: today while it runs, its last day afterwards, its first before."""
    return max(fiscal_year_start(year), min(today(), fiscal_year_end(year)))


def board(year: int, actor: Any) -> Board:
    """Every target whose period touches a fiscal year or for which something is done in it."""
    day = day_of(year)
    actions: dict[tuple[str, int], list[PdcaAction]] = {}
    for action in actions_in(PdcaAction.fiscal_year == year):
        key = ("own", action.target_id) if action.target_id else ("cluster", action.cluster_target_id)
        actions.setdefault(key, []).append(action)  # type: ignore[arg-type]
    touches = and_(PdcaTarget.starts_on <= fiscal_year_end(year), PdcaTarget.ends_on >= fiscal_year_start(year))
    rows = session.scalars(
        select(PdcaTarget)
        .where(or_(touches, PdcaTarget.id.in_([key for kind, key in actions if kind == "own"])))
        .options(joinedload(PdcaTarget.cluster))
        .order_by(PdcaTarget.ends_on, PdcaTarget.indicator, PdcaTarget.id)
    ).all()
    every = figures.targets(every=True)
    held = {row.id for row in figures.in_force(every, day)} | {key for kind, key in actions if kind == "cluster"}
    return Board(
        year, day, progress(rows, day, actor), figures.paces([row for row in every if row.id in held], day), actions
    )


def actions_in(*conditions: Any) -> Sequence[PdcaAction]:
    return session.scalars(
        select(PdcaAction)
        .where(*conditions)
        .options(
            joinedload(PdcaAction.owner),
            joinedload(PdcaAction.target),
            joinedload(PdcaAction.cluster_target).joinedload(ClusterTarget.cluster),
        )
        .order_by(PdcaAction.fiscal_year.desc(), PdcaAction.due_on, PdcaAction.id)
    ).all()


def actions_of(target: PdcaTarget) -> Sequence[PdcaAction]:
    return actions_in(PdcaAction.target_id == target.id)


def action_of(action_id: int, *, lock: bool = False) -> PdcaAction | None:
    query = select(PdcaAction).where(PdcaAction.id == action_id).options(joinedload(PdcaAction.owner))
    return session.scalar(query.with_for_update(of=PdcaAction) if lock else query)


def subject(kind: str, key: int, actor: Any) -> tuple[Any, float | None, date] | None:
    """A target of this board or a cluster's, with its gap today: what an action is planned for."""
    day = today()
    if kind == "own":
        row = target_of(key)
        return (row, progress([row], day, actor)[0].gap, day) if row else None
    aim = figures.target(key)
    if aim is None:
        return None
    found = figures.paces([aim], day)
    return aim, (found[0][1].gap if found else None), day


def officers() -> Sequence[User]:
    return with_role(Role.officer)


def clusters() -> Sequence[Cluster]:
    return session.scalars(select(Cluster).order_by(Cluster.phase.desc(), Cluster.cluster_code)).all()


def years() -> tuple[int, int] | None:
    """The fiscal years that any target or action touches; None where there is nothing yet."""
    first, last = session.execute(select(func.min(PdcaTarget.starts_on), func.max(PdcaTarget.ends_on))).one()
    low, high = session.execute(select(func.min(PdcaAction.fiscal_year), func.max(PdcaAction.fiscal_year))).one()
    found = [year for year in (low, high) if year is not None]
    found += [fiscal_year(day) for day in (first, last) if day is not None]
    return (min(found), max(found)) if found else None
