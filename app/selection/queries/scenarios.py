"""What a choice under a budget is made from, and the choices that were kept."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import defer

from app.applications.choices import ApplicationStatus
from app.applications.models import Application, BudgetLine, ConsortiumMember
from app.applications.queries import visible_to
from app.calls.models import Call, Frame
from app.calls.queries import MAX_ID
from app.clusters.choices import FIELDS
from app.clusters.models import Membership
from app.core.db import session
from app.core.fiscal import jst
from app.core.i18n import Bilingual
from app.organisations.choices import BUREAUS, PREFECTURES
from app.organisations.models import Organisation
from app.selection.choices import Dimension
from app.selection.definitions.choosing import Candidate, Tag
from app.selection.models import CalibratedScore, Scenario
from app.selection.queries.ranking import measured
from app.selection.queries.scores import fingerprint

SME_TYPES = ("company_sme", "company_small")


def candidates(call: Call, calibration_id: int | None, least: float = 0.0) -> list[Candidate]:
    """Proposals under review with their adjusted scores (the raw mean where nothing was calibrated), money and tags.

    Merit is the score less ``least``; proposals below it are left out, and those without any review too.
    """
    money: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    smes: dict[int, int] = defaultdict(int)
    lines = session.execute(
        select(
            ConsortiumMember.application_id, BudgetLine.fiscal_year, Organisation.org_type,
            func.sum(BudgetLine.amount_yen),
        )
        .join(BudgetLine, BudgetLine.member_id == ConsortiumMember.id)
        .join(Application, Application.id == ConsortiumMember.application_id)
        .join(Organisation, Organisation.id == ConsortiumMember.organisation_id)
        .where(Application.call_id == call.id, Application.status == ApplicationStatus.under_review)
        .group_by(ConsortiumMember.application_id, BudgetLine.fiscal_year, Organisation.org_type)
    )  # fmt: skip
    for application_id, year, org_type, yen in lines:
        money[application_id][year] += int(yen)
        smes[application_id] += int(yen) if org_type in SME_TYPES else 0
    clustered = _clustered(call)
    found = []
    for row in session.execute(_scored(call, calibration_id)):
        by_year = dict(sorted(money[row.id].items()))
        total = sum(by_year.values())
        score = row.adjusted / 100
        if not total or score < least:
            continue
        tags: dict[Tag, float] = {(Dimension.frame, row.code): 1.0, (Dimension.field, row.field): 1.0}
        prefecture = PREFECTURES.get(row.prefecture or "")
        if prefecture:
            tags[Dimension.region, prefecture.extra["bureau"]] = 1.0
        if smes[row.id]:
            tags[Dimension.sme, "yes"] = smes[row.id] / total
        if row.id in clustered:
            tags[Dimension.cluster, "yes"] = 1.0
        found.append(Candidate(row.id, score - least, by_year, tags))
    return found


def _scored(call: Call, calibration_id: int | None) -> Any:
    columns = (Application.id, Application.field, Frame.code, Organisation.prefecture)
    under = (Application.call_id == call.id, Application.status == ApplicationStatus.under_review)
    if calibration_id is not None:
        return (
            select(*columns, CalibratedScore.adjusted)
            .join(Frame, Frame.id == Application.frame_id)
            .join(Organisation, Organisation.id == Application.lead_organisation_id)
            .join(CalibratedScore, CalibratedScore.application_id == Application.id)
            .where(*under, CalibratedScore.calibration_id == calibration_id)
            .order_by(Application.number)
        )
    m = measured(call.id)
    return (
        select(*columns, (m.c.total // m.c.n).label("adjusted"))
        .join(Frame, Frame.id == Application.frame_id)
        .join(Organisation, Organisation.id == Application.lead_organisation_id)
        .join(m, m.c.application_id == Application.id)
        .where(*under, m.c.n > 0)
        .order_by(Application.number)
    )


def _clustered(call: Call) -> set[int]:
    """Applications with a member that belongs to a cluster on the closing day."""
    day = jst(call.closes_at).date()
    return set(
        session.scalars(
            select(ConsortiumMember.application_id)
            .join(Application, Application.id == ConsortiumMember.application_id)
            .join(Membership, Membership.organisation_id == ConsortiumMember.organisation_id)
            .where(
                Application.call_id == call.id,
                Membership.valid_from <= day,
                or_(Membership.valid_to.is_(None), Membership.valid_to > day),
            )
            .distinct()
        )
    )


def scenario_digest(call_id: int, calibration_id: int | None, found: Sequence[Candidate]) -> str:
    """The fingerprint of everything a scenario was computed from."""
    data = [
        fingerprint(call_id),
        calibration_id,
        [
            [c.id, round(c.merit, 4), sorted(c.by_year.items()), sorted((*k, v) for k, v in c.tags.items())]
            for c in found
        ],
    ]
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()


def scenario(scenario_id: int, *, lock: bool = False) -> Scenario | None:
    if scenario_id > MAX_ID:
        return None
    query = select(Scenario).where(Scenario.id == scenario_id)
    return session.scalar(query.with_for_update() if lock else query)


def scenarios(call_id: int, only: Iterable[int] | None = None) -> Sequence[Scenario]:
    """The kept scenarios of a call, newest first; at most a hundred."""
    query = select(Scenario).where(Scenario.call_id == call_id).order_by(Scenario.id.desc()).limit(100)
    if only is not None:
        query = query.where(Scenario.id.in_(list(only)))
    else:
        query = query.options(defer(Scenario.parameters))
    return session.scalars(query).all()


def names_of(actor: Any, call_id: int) -> dict[int, Any]:
    """(number, title, asked yen) of the visible applications of a call, by key."""
    rows = session.execute(
        visible_to(actor)
        .with_only_columns(
            Application.id, Application.number, Application.title_en, Application.title_ja, Application.total_yen
        )
        .where(Application.call_id == call_id)
    )
    return {row.id: row for row in rows}


def tag_choices(call: Call) -> list[tuple[str, Bilingual]]:
    """What a floor or a cap can be set on in this call: (dimension:code, words)."""

    def both(dimension: Dimension, name: Any) -> Bilingual:
        label = dimension.label
        return Bilingual(f"{label.en}: {name.en}", f"{label.ja}: {name.ja}")

    found = [(f"region:{code}", both(Dimension.region, entry.name)) for code, entry in BUREAUS.items()]
    frames = session.scalars(select(Frame).where(Frame.call_id == call.id, Frame.code != "").order_by(Frame.code))
    found += [(f"frame:{frame.code}", both(Dimension.frame, frame.name)) for frame in frames]
    fields = session.scalars(
        select(Application.field).where(Application.call_id == call.id, Application.field != "").distinct()
    ).all()
    found += [(f"field:{code}", both(Dimension.field, _field_name(code))) for code in sorted(fields)]
    found += [("sme:yes", Dimension.sme.label), ("cluster:yes", Dimension.cluster.label)]
    return found


def _field_name(code: str) -> Bilingual:
    entry = FIELDS.get(code)
    return entry.name if entry else Bilingual(code, code)


def years(call_id: int) -> list[int]:
    """The fiscal years for which the proposals of a call ask money."""
    return list(
        session.scalars(
            select(BudgetLine.fiscal_year)
            .join(ConsortiumMember, ConsortiumMember.id == BudgetLine.member_id)
            .join(Application, Application.id == ConsortiumMember.application_id)
            .where(Application.call_id == call_id, Application.status == ApplicationStatus.under_review)
            .distinct()
            .order_by(BudgetLine.fiscal_year)
        )
    )
