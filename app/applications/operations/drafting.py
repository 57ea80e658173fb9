"""Starting a draft and writing its sections."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.applications import queries
from app.applications.choices import MemberRole
from app.applications.models import (
    Application,
    CommercializationPlan,
    ConsortiumMember,
    MemberPerson,
    PlannedMilestone,
    SalesForecast,
)
from app.applications.operations.changes import noted, record_sitting
from app.applications.operations.gates import editable, in_time, lead_name, refuse
from app.applications.queries import parts as texts
from app.calls.choices import Programme
from app.calls.definitions import PREFIXES
from app.calls.models import Call
from app.core import audit, numbering
from app.core.db import session
from app.core.errors import Forbidden
from app.organisations.models import Organisation

MAX_MILESTONES = 30
LEAD_ROLES = {
    Programme.consortium_rd: MemberRole.managing_organisation,
    Programme.new_collaboration: MemberRole.core_company,
}


@dataclass(frozen=True)
class Basics:
    """The basics; None for the programme's own texts means: not asked, keep what is stored."""

    frame_id: int
    title_en: str
    title_ja: str
    abstract: str
    field: str
    starts_on: date | None
    ends_on: date | None
    seed_technology: str | None = None
    novelty: tuple[str, ...] | None = None
    novelty_text: str | None = None
    combination_text: str | None = None
    has_written_rules: bool | None = None


@dataclass(frozen=True)
class Milestone:
    goal: str
    target_value: str
    unit: str
    due_on: date | None
    organisation_id: int | None


@dataclass(frozen=True)
class Plan:
    product: str
    market: str
    who_sells: str
    first_sale_on: date | None
    investment_yen: int | None
    years: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)  # year no. -> (sales, profit)
    new_jobs: int | None = None
    patents: int | None = None
    trl_start: int | None = None
    trl_target: int | None = None


def start(call: Call, organisation_id: int, *, actor: Any, arrived: datetime) -> Application:
    """A new draft; the creator acts for the lead. Raises Refused outside the window or for a foreign organisation."""
    if not actor.has_role("applicant"):
        raise Forbidden("start")
    in_time(call, arrived)
    if organisation_id not in {o.id for o in queries.organisations_of(actor)}:
        raise refuse(
            "organisation",
            "You do not act for this organisation today. Ask the programme office to register your affiliation.",
            "この機関の所属として登録されていません。事務局にお問い合わせください。",
            "organisation_id",
        )
    series = f"{PREFIXES[call.programme]}{call.fiscal_year}-{call.round}"
    application = Application(
        number=f"{series}-{numbering.next_number(f'application:{series}'):04d}",
        call_id=call.id,
        frame_id=call.frames[0].id,
        lead_organisation_id=organisation_id,
        created_by_id=actor.id,
    )
    application.call, application.frame = call, call.frames[0]
    organisation = queries.organisation(organisation_id)
    assert organisation is not None
    application.lead_organisation = organisation
    member = ConsortiumMember(
        organisation_id=organisation_id,
        organisation=organisation,
        role=LEAD_ROLES[call.programme],
        jsic=jsic_of(organisation),
        contact_name=actor.name,
    )
    application.members.append(member)
    session.add(application)
    session.flush()
    session.add(MemberPerson(member_id=member.id, user_id=actor.id))
    session.flush()
    audit.record(application, "created", actor, to_status=application.status.value, on_behalf_of=lead_name(application))
    return application


def jsic_of(organisation: Organisation) -> str | None:
    code = organisation.jsic or ""
    return code if re.fullmatch(r"[0-9]{4}", code, re.ASCII) else None


def save_basics(application: Application, values: Basics, version: int, *, actor: Any, arrived: datetime) -> None:
    editable(application, actor, version, arrived, "edit", "basics")
    if values.frame_id not in {frame.id for frame in application.call.frames}:
        raise refuse("frame", "Choose a frame of this call.", "この公募の枠を選んでください。", "frame_id")
    with noted(application, "basics", lambda: texts.basics_texts(application), actor):
        _write_basics(application, values)
    session.refresh(application, ["frame"])
    record_sitting(application, "basics saved", actor, on_behalf_of=lead_name(application))


def _write_basics(application: Application, values: Basics) -> None:
    for name in ("frame_id", "title_en", "title_ja", "abstract", "field", "starts_on", "ends_on"):
        setattr(application, name, getattr(values, name))
    for name in ("seed_technology", "novelty_text", "combination_text", "has_written_rules"):
        if getattr(values, name) is not None:
            setattr(application, name, getattr(values, name))
    if values.novelty is not None:
        application.novelty = ";".join(values.novelty)


def save_milestones(
    application: Application, rows: Sequence[Milestone] | Mapping[int, Milestone], version: int, *,
    actor: Any, arrived: datetime,
) -> None:  # fmt: skip
    """Write the milestones by position (1, 2, …). A position that is not given is emptied; the others keep theirs."""
    editable(application, actor, version, arrived, "edit", "milestones")
    wanted = dict(rows) if isinstance(rows, Mapping) else dict(enumerate(rows, 1))
    allowed = {m.organisation_id for m in application.members}
    if any(row.organisation_id is not None and row.organisation_id not in allowed for row in wanted.values()):
        raise refuse("organisation", "Choose an organisation of the consortium.", "参加機関から選んでください。")
    with noted(application, "milestones", lambda: texts.milestones_texts(application), actor):
        stored = {row.position: row for row in application.milestones}
        for position, row in stored.items():
            if position not in wanted:
                application.milestones.remove(row)
        for position, values in sorted(wanted.items()):
            row = stored.get(position) or PlannedMilestone(position=position)
            for name, value in values.__dict__.items():
                setattr(row, name, value)
            if position not in stored:
                application.milestones.append(row)
        session.flush()
    record_sitting(application, "milestones saved", actor, data={"milestones": len(wanted)})


def save_plan(application: Application, values: Plan, version: int, *, actor: Any, arrived: datetime) -> None:
    editable(application, actor, version, arrived, "edit", "plan")
    with noted(application, "plan", lambda: texts.plan_texts(application), actor):
        plan = application.plan
        if plan is None:
            plan = application.plan = CommercializationPlan()
        for name in texts.PLAN:
            setattr(plan, name, getattr(values, name))
        stored = {year.year_no: year for year in plan.years}
        for no, year in stored.items():
            if no not in values.years:
                plan.years.remove(year)
        for no, (sales, profit) in sorted(values.years.items()):
            year = stored.get(no) or SalesForecast(year_no=no)
            year.sales_yen, year.profit_yen = sales, profit
            if no not in stored:
                plan.years.append(year)
        session.flush()
    record_sitting(application, "commercialization plan saved", actor)
