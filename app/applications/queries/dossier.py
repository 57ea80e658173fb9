"""One application, complete, for pages that only show it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from app.applications.choices import MemberRole
from app.applications.definitions import (
    Facts,
    plan_years,
)
from app.applications.models import (
    Application,
    Attachment,
    ConsortiumMember,
)
from app.applications.queries import answers
from app.applications.queries.facts import current_attachments, facts, is_confirmed
from app.applications.queries.visibility import FULL, MAX_ID
from app.calls.choices import COST_ITEMS
from app.calls.models import Call, Frame, RequiredDocument
from app.core.db import session
from app.questionnaires.definitions import Assessment


@dataclass(frozen=True)
class MemberView:
    """A member with the sums of its budget; ``cells`` maps (fiscal year, cost item) to yen."""

    member: ConsortiumMember
    cells: dict[tuple[int, str], int]
    total: int
    confirmed: bool

    @property
    def id(self) -> int:
        return self.member.id

    def year(self, fiscal_year: int) -> int:
        return sum(yen for (year, _item), yen in self.cells.items() if year == fiscal_year)

    def item(self, code: str) -> int:
        return sum(yen for (_year, item), yen in self.cells.items() if item == code)


@dataclass(frozen=True)
class Dossier:
    """An application fully loaded, for pages that only show it. ``standing`` decides whose budgets are shown."""

    application: Application
    call: Call
    frame: Frame
    members: list[MemberView]
    years: list[int]
    total: int
    attachments: dict[int, Attachment]  # by required document
    documents: list[RequiredDocument]
    cost_items: list[Any]
    roles: dict[int, list[MemberRole]]
    questions: Assessment | None = None

    def year(self, fiscal_year: int) -> int:
        return sum(view.year(fiscal_year) for view in self.members)

    def cell(self, fiscal_year: int, code: str) -> int:
        return sum(view.cells.get((fiscal_year, code), 0) for view in self.members)


#: An application with all its parts; built once. Parameter: ``key``.
_WHOLE = (
    select(Application)
    .where(Application.id == bindparam("key"))
    .options(*FULL)
    .execution_options(populate_existing=True)
)


def dossier(application: Application | int) -> Dossier:
    """Everything a reader needs, in a constant number of statements. The caller has already asked who may read."""
    key = application if isinstance(application, int) else application.id
    row = session.scalar(_WHOLE, {"key": key})
    if row is None:
        raise LookupError(f"no application {key}")
    return dossier_of(row)


def dossier_of(application: Application) -> Dossier:
    """The dossier of an application whose parts are loaded already (``get_for`` does that)."""
    views = []
    for member in application.members:
        cells = {(line.fiscal_year, line.cost_item): line.amount_yen for line in member.budget_lines}
        views.append(MemberView(member, cells, sum(cells.values()), is_confirmed(member)))
    budgeted = {year for view in views for (year, _item) in view.cells}
    roles: dict[int, list[MemberRole]] = {}
    for member in application.members:
        roles.setdefault(member.organisation_id, []).append(member.role)
    return Dossier(
        application,
        application.call,
        application.frame,
        views,
        sorted(budgeted | set(years_of(application))),
        sum(view.total for view in views),
        {a.document_id: a for a in current_attachments(application)},
        list(application.call.documents),
        list(COST_ITEMS.values()),
        roles,
        answers.of(application, facts(application)),
    )


def years_of(application: Application) -> list[int]:
    """The fiscal years that the budget grid offers."""
    period = Facts(application.call.programme, starts_on=application.starts_on, ends_on=application.ends_on)
    return plan_years(period)[:6]


def attachment(application_id: int, attachment_id: int) -> Attachment | None:
    """A current file of an application; who may read the application may read its files."""
    if attachment_id > MAX_ID:
        return None
    return session.scalar(
        select(Attachment)
        .where(
            Attachment.id == attachment_id,
            Attachment.application_id == application_id,
            Attachment.replaced_at.is_(None),
        )
        .options(joinedload(Attachment.file), joinedload(Attachment.document))
    )


def member_of(application: Application, member_id: int) -> ConsortiumMember | None:
    return next((m for m in application.members if m.id == member_id), None)
