"""A proposal as frozen text, and a frozen text put back as the proposal."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert

from app.applications import policy, queries
from app.applications.choices import Measure, MemberRole, PersonRole
from app.applications.models import (
    Application,
    BudgetLine,
    CommercializationPlan,
    ConsortiumMember,
    DraftChange,
    FrozenForecast,
    PlannedMilestone,
    ReadyCopy,
    SalesForecast,
    SealedPart,
    Submission,
)
from app.applications.operations.gates import recount, touch
from app.applications.operations.kept_answers import put_back_answers
from app.applications.operations.named import put_back_named
from app.calls import policy as calls
from app.calls.choices import COST_ITEMS
from app.core.clock import now
from app.core.db import session
from app.core.i18n import in_locale, show_instant

SCHEMA = "renkei.submission.2"
SEALED = "renkei.share.1"
ONE_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Frozen:
    """The canonical text of a proposal and of each member's cost detail, with their digests."""

    content: dict[str, Any]
    text: str
    sealed: dict[int, str]  # member -> canonical text

    @property
    def sha256(self) -> str:
        return digest(self.text)


def digest(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(application: Application, arrived: datetime, receipt_number: str) -> Frozen:
    """The whole proposal as plain data. Cost detail is sealed: the main text names each part by its digest only."""
    sealed = {member.id: _seal(member, receipt_number) for member in application.members}
    content = _content(application, arrived, receipt_number, {key: digest(text) for key, text in sealed.items()})
    return Frozen(content, queries.canonical(content), sealed)


def _seal(member: ConsortiumMember, receipt_number: str) -> str:
    return queries.canonical(
        {
            "schema": SEALED,
            "receipt_number": receipt_number,
            "member_id": member.id,
            "organisation_id": member.organisation_id,
            "nonce": secrets.token_hex(16),  # the digest in the main text must not betray the amounts
            "confirmed_digest": member.confirmed_digest,
            "open_to_lead": member.lead_fills,
            "budget": queries.share(member)["budget"],
        }
    )


def _content(
    application: Application, arrived: datetime, receipt_number: str, digests: dict[int, str]
) -> dict[str, Any]:
    call, frame = application.call, application.frame
    iso = queries.as_iso
    return {
        "schema": SCHEMA,
        "receipt_number": receipt_number,
        "arrived_at": iso(arrived.astimezone(UTC)),
        "application": {
            "number": application.number,
            "title_en": application.title_en,
            "title_ja": application.title_ja,
            "abstract": application.abstract,
            "field": application.field,
            "starts_on": iso(application.starts_on),
            "ends_on": iso(application.ends_on),
            "seed_technology": application.seed_technology,
            "novelty": [code for code in application.novelty.split(";") if code],
            "novelty_text": application.novelty_text,
            "combination_text": application.combination_text,
            "has_written_rules": application.has_written_rules,
            "total_yen": application.total_yen,
            "lead_organisation_id": application.lead_organisation_id,
        },
        "call": {
            "programme": call.programme.value,
            "fiscal_year": call.fiscal_year,
            "round": call.round,
            "title_en": call.title_en,
            "title_ja": call.title_ja,
            "opens_at": iso(call.opens_at),
            "closes_at": iso(call.closes_at),
            "parameters": call.parameters,
        },
        "deadline": _deadline(application, arrived),
        "frame": {
            "code": frame.code,
            "name_en": frame.name_en,
            "name_ja": frame.name_ja,
            "ceiling_year1_yen": frame.ceiling_year1_yen,
            "ceiling_year2_yen": frame.ceiling_year2_yen,
        },
        "members": [_member(m, digests[m.id]) for m in application.members],
        "milestones": [
            {
                "position": m.position,
                "goal": m.goal,
                "target_value": m.target_value,
                "unit": m.unit,
                "due_on": iso(m.due_on),
                "organisation_id": m.organisation_id,
            }
            for m in application.milestones
        ],
        "plan": _plan(application.plan),
        "questionnaire": queries.answers.frozen(application, queries.facts(application)),
        "attachments": [
            {
                "document": a.document.code,
                "name": a.file.name,
                "size": a.file.size,
                "sha256": a.file.sha256,
                "attachment_id": a.id,
            }
            for a in queries.current_attachments(application)
        ],
        "rules": [finding.as_json() for finding in queries.findings(application)],
    }


def _member(member: ConsortiumMember, sealed: str) -> dict[str, Any]:
    share = queries.share(member)
    budget = share.pop("budget")
    return {
        **share,
        "member_id": member.id,
        "org_key": member.organisation.org_key,
        "corporate_number": member.organisation.corporate_number,
        "name_en": member.organisation.name_en,
        "name_ja": member.organisation.name_ja,
        "org_type": member.organisation.org_type,
        "confirmed_at": queries.as_iso(member.confirmed_at),
        "confirmed_name": member.confirmed_name,
        "total_yen": sum(yen for _year, _item, yen in budget),
        "sealed_sha256": sealed,
    }


def _plan(plan: CommercializationPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    return {
        "product": plan.product,
        "market": plan.market,
        "who_sells": plan.who_sells,
        "first_sale_on": queries.as_iso(plan.first_sale_on),
        "investment_yen": plan.investment_yen,
        "new_jobs": plan.new_jobs,
        "patents": plan.patents,
        "trl_start": plan.trl_start,
        "trl_target": plan.trl_target,
        "years": [[y.year_no, y.sales_yen, y.profit_yen] for y in plan.years],
    }


def _deadline(application: Application, arrived: datetime) -> dict[str, Any]:
    """By which time this was judged: the official one, the one that held for this application, and whether in grace."""
    limit = policy.deadline(application)
    return {
        "official": queries.as_iso(limit.official),
        "closes_at": queries.as_iso(limit.closes_at),
        "in_grace": calls.in_grace(arrived, limit, application.created_at),
    }


def words(application: Application, arrived: datetime, locale: str) -> dict[str, Any]:
    """What the snapshot's codes are called in the language of the dossier."""
    with in_locale(locale):
        return {
            "roles": {role.value: str(role.label) for role in MemberRole},
            "person_roles": {role.value: str(role.label) for role in PersonRole},
            "cost_items": {code: str(item.name) for code, item in COST_ITEMS.items()},
            "documents": {document.code: str(document.name) for document in application.call.documents},
            "received": show_instant(arrived, seconds=True),
        }


def keep_forecasts(application: Application, submission: Submission) -> None:
    """The forecasts of this submission as rows, to be scored against what comes of them."""
    plan = application.plan
    if plan is None:
        return
    rows: list[tuple[Measure, int, int | None, date | None]] = [(Measure.first_sale, 0, None, plan.first_sale_on)]
    for measure in (Measure.new_jobs, Measure.patents, Measure.trl_start, Measure.trl_target):
        rows.append((measure, 0, getattr(plan, measure.value), None))
    for year in plan.years:
        rows.append((Measure.sales, year.year_no, year.sales_yen, None))
        rows.append((Measure.profit, year.year_no, year.profit_yen, None))
    kept = [
        {"submission_id": submission.id, "measure": measure, "year_no": no, "value": value, "day": day}
        for measure, no, value, day in rows
        if value is not None or day is not None
    ]
    if kept:
        session.execute(insert(FrozenForecast), kept)  # one statement for all


def seal(submission: Submission, frozen: Frozen) -> None:
    session.execute(
        insert(SealedPart),
        [
            {"submission_id": submission.id, "member_id": key, "content": text, "sha256": digest(text)}
            for key, text in frozen.sealed.items()
        ],
    )


# --- putting back ---------------------------------------------------------------------------------------------------


def as_copy(frozen: Frozen) -> str:
    """Everything that ``put_back`` needs, as one text."""
    return queries.canonical({"main": frozen.text, "sealed": {str(key): text for key, text in frozen.sealed.items()}})


def keep_ready(application: Application) -> None:
    """Of an insured draft: keep this state if it satisfies every rule, as what would be handed in at closing."""
    if application.insured_at is None or any(f.blocks for f in queries.findings(application)):
        return
    copy = queries.ready_copy(application.id)
    if copy is None:
        copy = ReadyCopy(application_id=application.id)
        session.add(copy)
    copy.content, copy.taken_at = as_copy(freeze(application, now(), "")), now()
    session.flush()


def changed(application: Application) -> None:
    """After every change of a draft: bump its version, and keep it as insured if it is complete."""
    touch(application)
    keep_ready(application)


def copy_of(submission: Submission) -> str:
    return queries.canonical(
        {"main": submission.snapshot, "sealed": {str(part.member_id): part.content for part in submission.sealed}}
    )


def put_back(application: Application, copy: str) -> None:
    """Make the proposal again what the copy says: texts, members with shares and confirmations, plan, files.

    Members that came later go; people stay with the members that remain. The status is the caller's business.
    """
    whole = json.loads(copy)
    main, sealed = json.loads(whole["main"]), {int(k): json.loads(v) for k, v in whole["sealed"].items()}
    basics = main["application"]
    for name in ("title_en", "title_ja", "abstract", "field", "seed_technology", "novelty_text", "combination_text",
                 "has_written_rules", "lead_organisation_id"):  # fmt: skip
        setattr(application, name, basics[name])
    application.novelty = ";".join(basics["novelty"])
    application.starts_on, application.ends_on = _day(basics["starts_on"]), _day(basics["ends_on"])
    application.frame_id = next(f.id for f in application.call.frames if f.code == main["frame"]["code"])
    _put_back_members(application, main["members"], sealed)
    _put_back_milestones(application, main["milestones"])
    _put_back_plan(application, main["plan"])
    put_back_answers(application, main.get("questionnaire"))
    wanted = {row["attachment_id"] for row in main["attachments"]}
    for attachment in sorted(application.attachments, key=lambda a: a.id in wanted):  # out first: one current each
        attachment.replaced_at = None if attachment.id in wanted else (attachment.replaced_at or now())
        session.flush()
    recount(application)
    touch(application)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _put_back_members(application: Application, rows: list[dict[str, Any]], sealed: dict[int, dict[str, Any]]) -> None:
    wanted = {row["member_id"]: row for row in rows}
    for member in list(application.members):
        row = wanted.get(member.id)
        if row is None or row["organisation_id"] != member.organisation_id:  # SQLite gives a freed number again
            drop_member(application, member)
    session.flush()
    present = {member.id: member for member in application.members}
    for key, row in wanted.items():
        known = present.get(key)
        member = known or _taken_back(key, row["organisation_id"], sealed[key])
        if known is None:
            application.members.append(member)
        member.role = MemberRole(row["role"])
        for name in ("holds_seed", "resources", "contribution_pct", "jsic", "contact_name", "confirmed_name"):
            setattr(member, name, row[name])
        cells = {(year, item): yen for year, item, yen in sealed[key]["budget"]}
        stored = {(line.fiscal_year, line.cost_item): line for line in member.budget_lines}
        for cell, line in stored.items():
            if cell not in cells:
                member.budget_lines.remove(line)
        for cell, yen in cells.items():
            if cell in stored:
                stored[cell].amount_yen = yen
            else:
                member.budget_lines.append(BudgetLine(fiscal_year=cell[0], cost_item=cell[1], amount_yen=yen))
        put_back_named(member, row)
        confirmed = row["confirmed_at"] and sealed[key]["confirmed_digest"] == queries.share_digest(member)
        member.confirmed_at = datetime.fromisoformat(row["confirmed_at"]) if confirmed else None
        member.confirmed_digest = sealed[key]["confirmed_digest"] if confirmed else None
        _signed_again(application, member)
    session.flush()


def _signed_again(application: Application, member: ConsortiumMember) -> None:
    """The signature under this content stands again, with the person who gave it; a later one of other content lapses."""
    standing, then = queries.confirmation_in_force(member.id), None
    if member.confirmed_at is not None and member.confirmed_digest is not None:
        then = queries.confirmation_at(application.id, member.confirmed_digest, member.confirmed_at)
    if standing is not None and standing is not then:
        standing.lapsed_at = now()
    if then is not None:
        then.member_id, then.lapsed_at = member.id, None
    member.confirmed_by_id = then.user_id if then is not None else None


def _taken_back(key: int, organisation_id: int, sealed: dict[str, Any]) -> ConsortiumMember:
    """A member that was taken out since: its share is back under its number, its people have to be invited anew.

    Its costs are as open to the lead as they were: taking a member out and giving up opens nothing.
    """
    member = ConsortiumMember(
        organisation=queries.organisation(organisation_id), lead_fills=bool(sealed.get("open_to_lead"))
    )
    if session.get(ConsortiumMember, key) is None:
        member.id = key
    return member


def drop_member(application: Application, member: ConsortiumMember) -> None:
    """Take a member out with the log of its share: SQLite may give its number to the next member, who reads that log."""
    session.execute(
        delete(DraftChange).where(
            DraftChange.application_id == application.id, DraftChange.part == f"share-{member.id}"
        )
    )
    application.members.remove(member)


def _put_back_milestones(application: Application, rows: list[dict[str, Any]]) -> None:
    wanted = {row["position"]: row for row in rows}
    for milestone in list(application.milestones):
        if milestone.position not in wanted:
            application.milestones.remove(milestone)
    present = {milestone.position: milestone for milestone in application.milestones}
    for position, row in wanted.items():
        milestone = present.get(position) or PlannedMilestone(position=position)
        if position not in present:
            application.milestones.append(milestone)
        milestone.goal, milestone.target_value, milestone.unit = row["goal"], row["target_value"], row["unit"]
        milestone.due_on, milestone.organisation_id = _day(row["due_on"]), row["organisation_id"]
    session.flush()


def _put_back_plan(application: Application, row: dict[str, Any] | None) -> None:
    if row is None:
        application.plan = None
        session.flush()
        return
    plan = application.plan
    if plan is None:
        plan = application.plan = CommercializationPlan()
    for name in ("product", "market", "who_sells", "investment_yen", "new_jobs", "patents", "trl_start", "trl_target"):
        setattr(plan, name, row.get(name))
    plan.first_sale_on = _day(row["first_sale_on"])
    plan.years.clear()
    session.flush()
    plan.years.extend(
        SalesForecast(year_no=no, sales_yen=sales, profit_yen=profit) for no, sales, profit in row["years"]
    )
    session.flush()
