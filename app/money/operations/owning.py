"""Restricted assets: registered from what was bought, disposed of with approval, released by date (MON-7)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.core import audit
from app.core.audit import SYSTEM
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden
from app.core.i18n import Bilingual
from app.money import policy, queries
from app.money.choices import DisposalKind, Owner, PaymentKind, Sighting
from app.money.definitions import property as rules
from app.money.models import Asset, AssetSighting, DisposalRequest, Expense
from app.money.operations import paying
from app.money.operations.gates import lead_people, needed, not_in_future, refuse, seen, tell
from app.money.workflow import ASSET
from app.projects import operations as projects
from app.projects.choices import Regime

EQUIPMENT = "EQ"


@dataclass(frozen=True)
class AssetData:
    name: str
    label: str
    place: str
    acquired_on: date
    useful_life_years: int


@dataclass(frozen=True)
class DisposalData:
    kind: DisposalKind
    price_yen: int | None
    counterparty: str
    reason: str


def restricted_from(project_id: int) -> int:
    """Yen per unit without tax from which the project's things are restricted."""
    return int(queries.parameters_of(project_id).get("restricted_from_yen", rules.RESTRICTED_FROM))


def register(expense: Expense, data: AssetData, actor: Any) -> Asset:
    """Enter one unit of a line of machinery and equipment into the register, by its keeper or an officer."""
    award = expense.contract.award
    project = award.project
    mine = policy.acts_for(actor, project, expense.organisation_id)
    if not mine and not (actor.has_role("officer") and policy.is_officer(actor, expense.contract)):
        raise Forbidden("register")
    limit, price = restricted_from(project.id), expense.net_yen // expense.quantity
    if expense.cost_item != EQUIPMENT or not rules.is_restricted_price(price, limit):
        raise refuse(
            "not-restricted",
            f"MON-7: only machinery and equipment of {limit:,} yen or more per unit, without tax.",
            f"MON-7:単価{limit:,}円以上(税抜)の機械装置等のみが対象です。",
        )
    there = queries.assets_of(project.id)
    if sum(one.expense_id == expense.id for one in there) >= expense.quantity:
        raise refuse(
            "all-registered", "All units of this line are registered.", "この経費の取得財産はすべて登録済みです。"
        )
    if any(one.label == data.label for one in there):
        raise refuse("label", "This label number exists already.", "管理番号が重複しています。", "label")
    if not 1 <= data.useful_life_years <= rules.LONGEST_LIFE:
        raise refuse(
            "life", "The useful life is 1 to 60 years.", "耐用年数は1~60年としてください。", "useful_life_years"
        )
    not_in_future(data.acquired_on, "acquired_on")
    row = Asset(
        project_id=project.id, expense_id=expense.id, organisation_id=expense.organisation_id, name=needed(data.name, "name"),
        label=needed(data.label, "label"), place=needed(data.place, "place"), unit_price_yen=price,
        acquired_on=data.acquired_on, useful_life_years=data.useful_life_years,
        owner=Owner.state if award.regime is Regime.commission else Owner.recipient,
        restricted_until=rules.restricted_until(data.acquired_on, data.useful_life_years),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "registered", actor, to_status=row.status.value, data={"label": row.label, "price": price})
    return row


def request_disposal(asset: Asset, data: DisposalData, version: int, actor: Any) -> DisposalRequest:
    """The keeper asks to dispose of an asset before its restriction ends."""
    seen(asset, version)
    ASSET.apply(asset, "request_disposal", actor, reason=needed(data.reason), data={"kind": data.kind.value})
    row = DisposalRequest(
        asset_id=asset.id, kind=data.kind, price_yen=data.price_yen, counterparty=data.counterparty,
        reason=data.reason.strip(), requested_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def take_back_disposal(asset: Asset, version: int, actor: Any) -> None:
    seen(asset, version)
    ASSET.apply(asset, "take_back", actor)


def decide_disposal(
    asset: Asset, approve: bool, condition: str, repay_yen: int | None, version: int, actor: Any
) -> None:  # fmt: skip
    """Approve (with a condition, perhaps of repayment, which becomes a claim) or refuse with a reason."""
    seen(asset, version)
    ASSET.check(asset, "approve" if approve else "refuse", actor)
    request = queries.disposals_of(asset.id)[0]
    if not approve:
        needed(condition, "condition")
    ASSET.apply(asset, "approve" if approve else "refuse", actor, reason=condition.strip() or None)
    request.approved, request.condition, request.repay_yen = approve, condition.strip(), repay_yen if approve else None
    request.decided_by_id, request.decided_at = actor.actor_id, now()
    session.flush()
    if approve and repay_yen:
        words = f"MON-7 {asset.label} {asset.name}"
        paying.claim(
            asset.expense.contract, PaymentKind.repayment, repay_yen, words, today() + timedelta(days=20), actor
        )  # fmt: skip
    verdict = Bilingual("approved", "承認") if approve else Bilingual("not approved", "不承認")
    tell(
        asset.project, lead_people(asset.project), f"disposal:{request.id}",
        Bilingual(f"Disposal of {asset.label}: {verdict.en}", f"財産{asset.label}の処分:{verdict.ja}"),
        Bilingual(f"{asset.name}. {condition}", f"{asset.name} {condition}"),
    )  # fmt: skip
    projects.changed([asset.project_id])


def dispose(asset: Asset, on: date, version: int, actor: Any) -> None:
    """What was approved has been done."""
    seen(asset, version)
    ASSET.check(asset, "dispose", actor)
    request = queries.disposals_of(asset.id)[0]
    not_in_future(on)
    ASSET.apply(asset, "dispose", actor, data={"on": on.isoformat()})
    request.done_on = on
    session.flush()
    projects.changed([asset.project_id])


def sight(asset: Asset, found: Sighting, seen_on: date, note: str, actor: Any) -> AssetSighting:
    """What an inspection found; missing or disposed of without approval becomes a fact for the flags."""
    if not policy.officer_of_asset(actor, asset):
        raise Forbidden("sight")
    not_in_future(seen_on, "seen_on")
    if found is not Sighting.present:
        needed(note, "note")
    row = AssetSighting(asset_id=asset.id, seen_on=seen_on, found=found, note=note.strip(), by_id=actor.actor_id)
    session.add(row)
    asset.last_seen = found
    session.flush()
    audit.record(asset, "inspected", actor, reason=note.strip() or None, data={"found": found.value})
    projects.changed([asset.project_id])
    return row


def release_expired() -> int:
    """Every night: release what is no longer restricted; answers how many."""
    rows = queries.expired(today())
    for asset in rows:
        ASSET.apply(asset, "release", SYSTEM)
    return len(rows)
