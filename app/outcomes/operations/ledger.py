"""Adding to the ledger. Nothing is ever edited: what turns out otherwise is a new row, and the old one stays."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.core import audit, numbering
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.outcomes import policy, queries
from app.outcomes.choices import Answer, Detail, ProductKind, RecordKind
from app.outcomes.definitions import DETAILS, FIELDS, NEEDED, WHOLE, Share, overfull
from app.outcomes.models import (
    Attribution,
    Claim,
    Observation,
    OutcomeRecord,
    Product,
    ProductVersion,
    SalesYear,
)
from app.outcomes.operations.letters import refuse
from app.projects.models import Project
from app.projects.operations import changed


@dataclass(frozen=True)
class ProductData:
    """What is known of a product."""

    name_ja: str
    name_en: str
    kind: ProductKind
    organisation_id: int | None
    first_sale_on: date | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True)
class SalesData:
    """One fiscal year of one product, in whole yen: actual amounts, no programme money (OUT-7)."""

    fiscal_year: int
    sales_yen: int
    cost_yen: int | None = None
    export_yen: int | None = None


@dataclass(frozen=True)
class RecordData:
    """Another outcome; which of the fields a kind has stands in definitions.FIELDS."""

    kind: RecordKind
    title: str
    event_on: date
    organisation_id: int | None = None
    detail: Detail | None = None
    number: str = ""
    registered_on: date | None = None
    owners: str = ""
    licensed: bool | None = None
    amount_yen: int | None = None
    count: int | None = None


def entry_of(actor: Any, event_on: date, source: str, level: int, claim: Claim | None = None) -> dict[str, Any]:
    """What every row says of itself."""
    verified = actor.actor_id if level >= 2 or claim is not None else None
    by = claim.follow_up.submitted_by_id if claim is not None else actor.actor_id
    return {
        "event_on": event_on, "recorded_on": today(), "source": source, "evidence_level": level,
        "recorded_by_id": by, "verified_by_id": verified, "claim_id": claim.id if claim is not None else None,
    }  # fmt: skip


def _office(actor: Any, product: Product) -> None:
    if not actor.has_role("officer") or queries.product_for(actor, product.id) is None:
        raise Forbidden("the ledger of products")


def _touched(product: Product) -> None:
    changed(sorted({share.project_id for share in queries.shares_of([product.id]).get(product.id, [])}))


# --- products --------------------------------------------------------------------------------------------------------


def new_product(project: Project, data: ProductData, entry: dict[str, Any]) -> Product:
    """Begin a product: its first version, and the whole of it for the project, from the project's start on."""
    key = f"PR-{numbering.next_number('product'):06d}"
    while queries.product_key_taken(key):  # an imported file may have brought it
        key = f"PR-{numbering.next_number('product'):06d}"
    product = Product(product_key=key)
    session.add(product)
    session.flush()
    session.add(ProductVersion(product_id=product.id, number=1, **vars(data), **entry))
    begun = {**entry, "event_on": project.started_on or project.adopted_on}
    session.add(Attribution(product_id=product.id, project_id=project.id, number=1, share=WHOLE, **begun))
    session.flush()
    return product


def revise_product(product: Product, data: ProductData, source: str, level: int, seen: int, actor: Any) -> None:
    """A new version of what is known of a product; raises Stale when ``seen`` is no longer the latest."""
    _office(actor, product)
    queries.locked_product(product.id)
    number = queries.next_number(ProductVersion, product.id)
    if number != seen + 1:
        raise Stale({}, {})
    if not (data.name_ja or data.name_en):
        raise refuse("name-missing", "Give it a name.", "名称を記入してください。", "name_ja")
    if data.first_sale_on and data.withdrawn_on and data.withdrawn_on < data.first_sale_on:
        raise refuse(
            "withdrawn-early", "It cannot be withdrawn before its first sale.", "販売終了日が最初の販売日より前です。",
            "withdrawn_on",
        )  # fmt: skip
    add_version(product.id, number, data, entry_of(actor, today(), source, level))
    _touched(product)


def add_version(product_id: int, number: int, data: ProductData, entry: dict[str, Any]) -> None:
    session.add(ProductVersion(product_id=product_id, number=number, **vars(data), **entry))
    session.flush()


def attribute(product: Product, shares: dict[int, int], valid_from: date, source: str, level: int, actor: Any) -> None:
    """Say which share each of these projects has of a product from a day on (hundredths of a percent; 0 ends it).

    The product is held meanwhile, so that two officers at once never share out more than the whole; raises Refused
    when on any day, past or to come, more than 100 % would be shared out (OUT-7).
    """
    _office(actor, product)
    queries.locked_product(product.id)
    if any(not 0 <= share <= WHOLE for share in shares.values()):
        raise refuse("share-bad", "A share lies between 0 and 100 %.", "割合は0~100%です。", "share")
    rows = queries.shares_of([product.id]).get(product.id, [])
    number = queries.next_number(Attribution, product.id)
    new = [
        Share(project_id, share, valid_from, today(), number + place)
        for place, (project_id, share) in enumerate(shares.items())
    ]
    if over := overfull([*rows, *new]):
        on, total = over
        raise refuse(
            "over-whole",
            f"On {on} {total / 100:.2f} % would be shared out; together it can be 100 % at most (OUT-7).",
            f"{on}時点の合計が{total / 100:.2f}%になります。合計は100%以内でなければなりません(OUT-7)。",
            "share",
        )
    entry = entry_of(actor, valid_from, source, level)
    for row in new:
        session.add(
            Attribution(product_id=product.id, project_id=row.project_id, number=row.number, share=row.share, **entry)
        )
    session.flush()
    audit.record(product, "shares recorded", actor, reason=source)
    _touched(product)


def record_sales(product: Product, data: SalesData, source: str, level: int, actor: Any) -> None:
    """Record, or correct, what a product sold in a fiscal year that has begun."""
    _office(actor, product)
    queries.locked_product(product.id)
    check_sales(data)
    add_sales(product.id, data, entry_of(actor, fiscal_year_end(data.fiscal_year), source, level))
    _touched(product)


def check_sales(data: SalesData) -> None:
    if data.fiscal_year > fiscal_year(today()):
        raise refuse(
            "not-actual", "Only actual amounts are recorded, no plans.", "実績額のみ記録できます(計画値は不可)。",
            "fiscal_year",
        )  # fmt: skip
    if data.export_yen is not None and data.export_yen > data.sales_yen:
        raise refuse(
            "export-more", "Exports are a part of the sales: they cannot be more.",
            "輸出額は売上額の内数です。売上額を超えることはできません。", "export_yen",
        )  # fmt: skip


def add_sales(product_id: int, data: SalesData, entry: dict[str, Any]) -> None:
    number = queries.next_number(SalesYear, product_id)
    session.add(SalesYear(product_id=product_id, number=number, **vars(data), **entry))
    session.flush()


# --- what a verified claim becomes -----------------------------------------------------------------------------------


def book_claim(claim: Claim, source: str, actor: Any) -> Observation:
    """The rows of the ledger that come of a claim just verified: product, what is known of it, sales, observation."""
    report, level = claim.follow_up, claim.evidence_level
    assert report.observed_on is not None and claim.dev_state is not None and claim.stage is not None
    assert level is not None
    entry = entry_of(actor, report.observed_on, source, level, claim)
    if claim.product_id is None and claim.name:
        claim.product_id = queries.product_by_name(report.project_id, report.organisation_id, claim.name)
        if claim.product_id is None:
            data = ProductData(claim.name, "", claim.kind, report.organisation_id, claim.first_sale_on)
            claim.product_id = new_product(report.project, data, entry).id
    key = ""
    if claim.product_id is not None:
        product = queries.locked_product(claim.product_id)
        key = product.product_key
        _note_change(claim, entry)
        if claim.sales_yen is not None:
            data_ = SalesData(report.fiscal_year, claim.sales_yen, claim.cost_yen, claim.export_yen)
            add_sales(product.id, data_, {**entry, "event_on": fiscal_year_end(report.fiscal_year)})
    observation = Observation(
        project_id=report.project_id, observed_on=report.observed_on, recorded_on=today(), dev_state=claim.dev_state,
        stage=claim.stage, evidence_level=level, product_key=key, source=source, follow_up_id=report.id,
    )  # fmt: skip
    session.add(observation)
    session.flush()
    return observation


def _note_change(claim: Claim, entry: dict[str, Any]) -> None:
    """A first sale that was not known, or an end: a new version of the product."""
    assert claim.product_id is not None
    present = queries.versions_of([claim.product_id])[claim.product_id]
    data = ProductData(present.name_ja, present.name_en, present.kind, present.organisation_id,
                       present.first_sale_on or claim.first_sale_on, present.withdrawn_on)  # fmt: skip
    if claim.answer is Answer.stopped:
        data = replace(data, withdrawn_on=data.withdrawn_on or entry["event_on"])
    elif claim.answer is Answer.changed and present.withdrawn_on is not None:
        data = replace(data, withdrawn_on=None)  # it is back
    if (data.first_sale_on, data.withdrawn_on) != (present.first_sale_on, present.withdrawn_on):
        add_version(claim.product_id, present.number + 1, data, entry)


# --- other outcomes --------------------------------------------------------------------------------------------------


def record(
    project: Project, data: RecordData, source: str, level: int, actor: Any, supersedes: OutcomeRecord | None = None
) -> OutcomeRecord:
    """Add another outcome, or a row that corrects one. People of the project declare (level 0, or 1 with a document
    named); officers record what they checked."""
    _may_record(project, level, actor)
    if supersedes is not None and not policy.may_correct(actor, project, supersedes):
        raise Forbidden("correct")
    _check_record(data)
    kept = {name: getattr(data, name) for name in FIELDS[data.kind]}
    return _add_record(project, data, kept, entry_of(actor, data.event_on, source, level), actor, supersedes)


def _may_record(project: Project, level: int, actor: Any) -> None:
    if not policy.may_record(actor, project) or (level >= 2 and not actor.has_role("officer")):
        raise Forbidden("record")


def _add_record(
    project: Project, data: RecordData, kept: dict[str, Any], entry: dict[str, Any], actor: Any,
    supersedes: OutcomeRecord | None, void: bool = False,
) -> OutcomeRecord:  # fmt: skip
    if supersedes is not None and (supersedes.project_id != project.id or supersedes.kind is not data.kind):
        raise Forbidden("supersede")
    texts = {"number": "", "owners": ""}
    row = OutcomeRecord(
        project_id=project.id, organisation_id=data.organisation_id, kind=data.kind, title=data.title, void=void,
        supersedes_id=supersedes.id if supersedes else None, **{**texts, **kept}, **entry,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(project, "outcome taken back" if void else "outcome recorded", actor, data={"record": row.id})
    changed([project.id])
    return row


def take_back(row: OutcomeRecord, reason: str, actor: Any) -> None:
    """A row that says that an earlier one was wrong; both stay on record."""
    if not reason:
        raise refuse("reason-missing", "Say why it is taken back.", "取り消す理由を記入してください。", "reason")
    project = row.project
    if not policy.may_correct(actor, project, row):
        raise Forbidden("take back")
    data = RecordData(row.kind, row.title, row.event_on, row.organisation_id)
    kept = {name: getattr(row, name) for name in FIELDS[row.kind]}
    _add_record(project, data, kept, entry_of(actor, row.event_on, reason, row.evidence_level), actor, row, void=True)


def _check_record(data: RecordData) -> None:
    if data.event_on > today():
        raise refuse("not-actual", "That day lies in the future.", "未来の日付です。", "event_on")
    for name in NEEDED.get(data.kind, ()):
        if getattr(data, name) is None:
            raise refuse(f"{name}-missing", "Fill in this field.", "この項目を記入してください。", name)
    if data.detail is not None and data.detail not in DETAILS.get(data.kind, ()):
        raise refuse("detail-bad", "This does not go with the kind.", "種別と合いません。", "detail")
    if data.registered_on and data.registered_on < data.event_on:
        raise refuse(
            "registered-early", "Registered before it was applied for.", "登録日が出願日より前です。", "registered_on"
        )
