"""A member's share: filling it in and confirming it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.applications import policy, queries
from app.applications.models import (
    Application,
    BudgetLine,
    ConsortiumMember,
    ShareConfirmation,
)
from app.applications.operations.changes import noted, record_sitting
from app.applications.operations.freezing import changed
from app.applications.operations.gates import check_open, recount, refuse, still_draft
from app.applications.operations.joining import joined
from app.applications.operations.named import Person, Subcontract, write_named
from app.applications.queries import parts as texts
from app.calls.choices import COST_ITEMS
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Stale


@dataclass(frozen=True)
class Share:
    """A member's share; ``budget`` holds only the cells with an amount, ``people`` and ``subcontractors`` only the rows
    in which anything stands, by position. None for these two means: not asked, keep what is stored."""

    resources: str
    contribution_pct: int | None
    jsic: str | None
    holds_seed: bool
    contact_name: str
    budget: dict[tuple[int, str], int] = field(default_factory=dict)
    people: Mapping[int, Person] | None = None
    subcontractors: Mapping[int, Subcontract] | None = None


def save_share(
    application: Application, member: ConsortiumMember, values: Share, version: int, *, actor: Any, arrived: datetime
) -> None:
    """Change a member's share: its own people or the lead's. A confirmation of another content lapses."""
    still_draft(application, "edit share")
    if not policy.may_edit_share(actor, application, member):
        raise Forbidden("edit share")
    check_open(application, arrived, f"share-{member.id}")
    if version != member.version:
        raise Stale({}, {})
    if any(item not in COST_ITEMS for _year, item in values.budget):
        raise refuse("cost-item", "Unknown cost item.", "費目が不明です。")
    with noted(application, f"share-{member.id}", lambda: texts.share_texts(member), actor):
        _write_share(member, values)
        drop_confirmation_if_changed(application, member, actor)
        recount(application)
    record_sitting(application, "share saved", actor, data={"organisation": member.organisation_id})
    joined(application.id)


def _write_share(member: ConsortiumMember, values: Share) -> None:
    for name in texts.SHARE:
        setattr(member, name, getattr(values, name))
    stored = {(line.fiscal_year, line.cost_item): line for line in member.budget_lines}
    for key, line in stored.items():
        if not values.budget.get(key):
            member.budget_lines.remove(line)
    for key, amount in values.budget.items():
        if not amount:
            continue
        if key in stored:
            stored[key].amount_yen = amount
        else:
            member.budget_lines.append(BudgetLine(fiscal_year=key[0], cost_item=key[1], amount_yen=amount))
    if values.people is not None and values.subcontractors is not None:
        write_named(member, values.people, values.subcontractors)
    flag_modified(member, "resources")
    session.flush()


def drop_confirmation_if_changed(application: Application, member: ConsortiumMember, actor: Any) -> None:
    if member.confirmed_at is None or member.confirmed_digest == queries.share_digest(member):
        return
    row = queries.confirmation_in_force(member.id)
    if row is not None:
        row.lapsed_at = now()
    member.confirmed_at = member.confirmed_by_id = member.confirmed_digest = None
    member.confirmed_name = ""
    audit.record(application, "confirmation lapsed", actor, data={"organisation": member.organisation_id})


def confirm_share(
    application: Application, member: ConsortiumMember, name: str, version: int, *, actor: Any, arrived: datetime
) -> None:
    """One of the member's people stands for exactly this share, by name."""
    still_draft(application, "confirm share")
    if not policy.may_confirm_share(actor, application, member):
        raise Forbidden("confirm share")
    check_open(application, arrived, f"share-{member.id}")
    if version != member.version:
        raise Stale({}, {})
    member.confirmed_at, member.confirmed_by_id, member.confirmed_name = now(), actor.id, name
    content = queries.canonical(queries.share(member))
    member.confirmed_digest = queries.share_digest(member)
    earlier = queries.confirmation_in_force(member.id)
    if earlier is not None:
        earlier.lapsed_at = now()  # confirmed anew: the latest signature stands
    session.add(
        ShareConfirmation(
            application_id=application.id, member_id=member.id, user_id=actor.id, name=name, at=member.confirmed_at,
            content=content, sha256=member.confirmed_digest,
        )
    )  # fmt: skip
    changed(application)
    audit.record(
        application,
        "share confirmed",
        actor,
        on_behalf_of=member.organisation.name_ja or member.organisation.name_en,
        data={"organisation": member.organisation_id, "sha256": member.confirmed_digest},
    )


def open_costs(application: Application, member: ConsortiumMember, to_lead: bool, *, actor: Any) -> None:
    """The member's own people decide whether the lead sees and fills in their costs; otherwise it sees totals."""
    if member.id not in queries.standing(actor, application).signs:
        raise Forbidden("open costs")
    if member.lead_fills != to_lead:
        member.lead_fills = to_lead
        session.flush()
        event = "costs opened to the lead" if to_lead else "costs closed to the lead"
        audit.record(application, event, actor, data={"organisation": member.organisation_id})
