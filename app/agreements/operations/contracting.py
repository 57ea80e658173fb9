"""Contracts and grant decisions: terms offered as a document, confirmed by both sides, changed only by new terms."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import User
from app.agreements import policy, queries
from app.agreements.choices import AwardStatus as S
from app.agreements.choices import ContractStatus
from app.agreements.definitions import AGREED, GENERAL, TERMS
from app.agreements.definitions.waiting import AHEAD
from app.agreements.models import WHOLE_RATE, Award, Contract, ContractTerms
from app.agreements.operations.gates import lead_people, needed, officer, refuse, seen, signatories, tell
from app.agreements.operations.printing import order
from app.agreements.workflow import CONTRACT, costs_agreed, machine_of, may_follow, set_up
from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual
from app.core.money import MAX_YEN
from app.organisations.choices import BUREAUS
from app.projects import operations as project_operations
from app.projects import queries as projects
from app.projects.choices import Regime

#: First terms are offered here; changed ones as long as the contract is in force.
OFFERING = (S.cost_assessment, S.grant_applied, S.settled)
#: A commission's next contract is prepared here, while the year at work is not settled; it is confirmed after that.
PREPARING = AHEAD
CHANGING = (*AGREED, S.running, S.suspended)
MINISTRY = Bilingual("Ministry of Economy, Trade and Industry", "経済産業省")


@dataclass(frozen=True)
class Terms:
    """What is offered. ``rate`` in hundredths of a percent (a commission pays 10000); ``reason`` for changed terms."""

    starts_on: date
    ends_on: date
    amount_yen: int
    rate: int = WHOLE_RATE
    conditions: str = ""
    reason: str = ""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def may_offer(award: Award) -> bool:
    """First terms are offered before any contract; a commission's next contract once the first one is at work."""
    if award.status in (S.cost_assessment, S.grant_applied):
        return True
    return award.regime is Regime.commission and award.status in (S.settled, *PREPARING)


def offer(award: Award, terms: Terms, version: int, actor: Any) -> ContractTerms:
    """Offer the contract of a fiscal year (CON-17) or the grant decision, as a document that both sides confirm.

    Offering again before both have confirmed replaces what was offered; the old version is kept. Refused while the
    checklist or the assessed budget is open (CON-10), without a favourable interim evaluation for a following year,
    beyond the assessed amount, and for a commission that leaves its fiscal year. The next year's contract may be prepared
    while the year at work is not settled (it begins on 1 April); both sides confirm it after that (domain.md 12).
    """
    if not policy.is_officer(actor, award):
        raise Forbidden("offer")
    seen(award, version)
    if not may_offer(award):
        raise OutOfOrder(award, "offer", award.status)
    first = award.status in (S.cost_assessment, S.grant_applied)
    reasons = [*set_up(award), *costs_agreed(award)] if first else may_follow(award)
    if reasons:
        raise Refused(reasons)
    contract, year = queries.offered_contract(award), fiscal_year(terms.starts_on)
    _fits(award, contract, terms)
    if contract is None:
        if any(c.fiscal_year == year for c in award.contracts):
            raise refuse(
                "year-taken", "This fiscal year has its contract already.", "当該年度の契約は既にあります。", "starts_on"
            )  # fmt: skip
        contract = Contract(
            award_id=award.id, fiscal_year=year, number=_number(award, year), amount_yen=terms.amount_yen,
            rate=terms.rate, starts_on=terms.starts_on, ends_on=terms.ends_on,
        )  # fmt: skip
        award.contracts.append(contract)
    else:
        contract.fiscal_year, contract.number, contract.change_owed = year, _number(award, year), ""
        _take_over(contract, terms)
    session.flush()
    audit.record(contract, "terms offered", actor, to_status=contract.status.value)
    return _new_terms(contract, terms, actor)


def change_terms(contract: Contract, terms: Terms, version: int, actor: Any) -> ContractTerms:
    """Offer changed terms of a contract in force, with their reason; the old ones hold until both sides confirm."""
    award = contract.award
    if not policy.is_officer(actor, award):
        raise Forbidden("change terms")
    seen(contract, version)
    if contract.status is not ContractStatus.in_force or award.status not in CHANGING:
        raise OutOfOrder(contract, "change terms", contract.status)
    needed(terms.reason)
    _fits(award, contract, terms)
    reasons = [reason for check in TERMS for reason in check(contract, terms.amount_yen)]
    if reasons:
        raise Refused(reasons)
    audit.record(contract, "changed terms offered", actor, reason=terms.reason)
    return _new_terms(contract, terms, actor)


def _number(award: Award, year: int) -> str:
    """The number on paper: one per fiscal year of a commission, one for the whole grant."""
    return f"{award.project.project_key}-{year if award.regime is Regime.commission else 'G'}"


def _take_over(contract: Contract, terms: Terms | ContractTerms) -> None:
    contract.amount_yen, contract.rate = terms.amount_yen, terms.rate
    contract.starts_on, contract.ends_on = terms.starts_on, terms.ends_on


def _fits(award: Award, own: Contract | None, terms: Terms) -> None:
    """The period, the rate and the amount of offered terms."""
    if terms.ends_on < terms.starts_on:
        raise refuse("period", "The end lies before the start.", "終了日が開始日より前です。", "ends_on")
    commission = award.regime is Regime.commission
    if commission and terms.ends_on > fiscal_year_end(fiscal_year(terms.starts_on)):
        raise refuse(
            "fiscal-year",
            "A commission contract ends on 31 March at the latest; the next year has its own.",
            "委託契約は単年度です。終了日は3月31日以前としてください(翌年度は別契約)。",
            "ends_on",
        )
    if not 1 <= terms.rate <= WHOLE_RATE or (commission and terms.rate != WHOLE_RATE):
        raise refuse(
            "rate",
            "A commission pays 100 %; a subsidy more than 0 and at most 100 %.",
            "委託は100%、補助は0%を超え100%以下としてください。",
            "rate",
        )
    others = sum(c.amount_yen for c in award.contracts if c is not own and c.status is not ContractStatus.cancelled)
    lines = queries.lines_of(award)
    agreed = sum(line.assessed_yen for line in lines) if lines else award.project.amount_yen or 0
    if not 0 < terms.amount_yen <= min(agreed - others, MAX_YEN):
        raise refuse(
            "amount",
            f"The amount lies between 1 yen and the {max(agreed - others, 0):,} yen of the agreed budget that are free.",
            f"金額は1円以上、合意済み予算の残額{max(agreed - others, 0):,}円以下としてください。",
            "amount_yen",
        )


def _new_terms(contract: Contract, terms: Terms, actor: Any) -> ContractTerms:
    before = queries.latest_terms(contract, lock=True)
    number = before.number + 1 if before else 1
    content = _content(contract, terms, number)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    row = ContractTerms(
        contract_id=contract.id, number=number, amount_yen=terms.amount_yen, rate=terms.rate,
        starts_on=terms.starts_on, ends_on=terms.ends_on, conditions=terms.conditions, reason=terms.reason,
        text=text, sha256=digest(text), offered_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.document = order(contract, row, actor)
    session.flush()
    if contract.status is ContractStatus.offered and contract.award.status in PREPARING:
        tell(
            contract.award, signatories(contract.award), f"prepared:{row.id}",
            Bilingual("The next year’s contract is prepared", "次年度の契約書案が作成されました"),
            Bilingual(f"Please read document {contract.number}. It can be confirmed once the present year is settled.",
                      f"文書番号{contract.number}をご確認ください。当年度の精算後に双方が確認します。"),
        )  # fmt: skip
    else:
        ask_to_confirm(row)
    return row


def ask_to_confirm(row: ContractTerms) -> None:
    """Tell those who sign for the consortium that these terms wait for them."""
    contract = row.contract
    tell(
        contract.award, signatories(contract.award), f"offered:{row.id}",
        Bilingual("Please read and confirm: contract or grant decision", "契約書・交付決定の内容をご確認ください"),
        Bilingual(f"Document {contract.number}, version {row.number}, waits for the confirmation of both sides.",
                  f"文書番号{contract.number}(第{row.number}版)が双方の確認待ちです。"),
    )  # fmt: skip


def _content(contract: Contract, terms: Terms, number: int) -> dict[str, Any]:
    """The text of the agreement as plain data; what is printed is exactly this."""
    award, project = contract.award, contract.award.project
    application = project.application
    assert application is not None
    bureau = BUREAUS[project.region].name if project.region in BUREAUS else MINISTRY
    lead = application.lead_organisation.name
    year = fiscal_year(terms.starts_on)
    lines = queries.lines_of(award)
    of_year = [x for x in lines if award.regime is Regime.subsidy or x.fiscal_year == year]
    return {
        "number": contract.number, "terms": number, "regime": award.regime.value, "fiscal_year": year,
        "project": project.project_key, "title": _both(project.title), "office": _both(bureau), "recipient": _both(lead),
        "amount_yen": terms.amount_yen, "rate": terms.rate, "starts_on": terms.starts_on.isoformat(),
        "ends_on": terms.ends_on.isoformat(), "conditions": terms.conditions, "reason": terms.reason,
        "synthetic": project.is_synthetic, "general": [_both(words) for words in GENERAL[award.regime]],
        "budget": [
            {"organisation": _both(x.organisation.name), "fiscal_year": x.fiscal_year, "item": x.cost_item, "yen": x.assessed_yen}
            for x in of_year or lines
        ],
    }  # fmt: skip


def _both(text: Any) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}


def confirm(terms: ContractTerms, name: str, version: int, sha256: str, actor: Any) -> None:
    """One side confirms exactly the text that was read: an officer, or a person who may sign for the consortium's lead.

    Two different people confirm. With the second confirmation the contract holds, or the changed terms replace the old
    ones. Raises Stale when these are no longer the latest terms or somebody confirmed meanwhile.
    """
    contract, award = terms.contract, terms.contract.award
    office = policy.is_officer(actor, award)
    if not office and not policy.may_sign(actor, award):
        raise Forbidden("confirm")
    latest = queries.latest_terms(contract, lock=True)
    if latest is None or latest.id != terms.id or latest.version != version or sha256 != digest(terms.text):
        raise Stale({}, {})
    if contract.status not in (ContractStatus.offered, ContractStatus.in_force) or terms.confirmed:
        raise OutOfOrder(contract, "confirm", contract.status)
    if (terms.officer_at if office else terms.recipient_at) is not None:
        raise refuse("confirmed", "Your side has confirmed already.", "貴側の確認は既に完了しています。")
    if actor.actor_id in (terms.officer_id, terms.recipient_id):
        raise refuse("same-person", "Two different people confirm.", "双方は別の者が確認してください。")
    if contract.status is ContractStatus.offered and award.status in PREPARING:
        raise refuse(
            "settle-first",
            "This contract is prepared. Both sides confirm it once the year before is settled.",
            "次年度契約の準備段階です。前年度の精算後に双方が確認します。",
        )
    renewed = award.agreed_at and terms.offered_at < award.agreed_at
    if contract.status is ContractStatus.offered and (renewed or contract.change_owed):
        raise refuse(
            "budget-changed",
            "The budget changed after these terms were offered. They have to be offered anew.",
            "この条件の提示後に予算が変更されています。改めて提示が必要です。",
        )
    needed(name, "name")
    if office:
        terms.officer_id, terms.officer_name, terms.officer_at = actor.actor_id, name.strip(), now()
    else:
        terms.recipient_id, terms.recipient_name, terms.recipient_at = actor.actor_id, name.strip(), now()
    session.flush()
    side = None if office else projects.lead_name(award.project)
    audit.record(contract, "terms confirmed", actor, on_behalf_of=side, data={"terms": terms.number, "sha256": sha256})
    if terms.confirmed:
        _conclude(contract, terms, actor)


def _conclude(contract: Contract, terms: ContractTerms, actor: Any) -> None:
    award = contract.award
    first = contract.status is ContractStatus.offered
    data = {"terms": terms.number, "sha256": terms.sha256, "amount_yen": terms.amount_yen}
    if first:
        contract.signed_on = today()
        CONTRACT.apply(contract, "sign", actor, data=data)
        following = "next_contract" if award.status is S.settled else "contract"
        event = following if award.regime is Regime.commission else "grant"
        machine_of(award).apply(award, event, actor, data={"contract": contract.number})
    else:
        reasons = [reason for check in TERMS for reason in check(contract, terms.amount_yen)]
        if reasons:
            raise Refused(reasons)
        CONTRACT.apply(contract, "amend", actor, data=data)
        _take_over(contract, terms)
        if terms.number > (contract.change_owed_after or 0):  # terms from before the change do not settle it
            contract.change_owed, contract.change_owed_after = "", None
    session.flush()
    terms.signed_document = order(contract, terms, actor, signed=True)
    session.flush()
    project_operations.changed([award.project_id])
    people: dict[int, User] = {p.id: p for p in [*lead_people(award), *officer(award, terms.offered_by_id)]}
    tell(
        award, people.values(), f"concluded:{terms.id}",
        Bilingual("Confirmed by both sides", "双方の確認が完了しました"),
        Bilingual(f"Document {contract.number}, version {terms.number}, is in force.",
                  f"文書番号{contract.number}(第{terms.number}版)が有効となりました。"),
    )  # fmt: skip


def owe_terms(award: Award, ends_on: date | None, by_year: Mapping[int, int], basis: str, actor: Any) -> None:
    """An approved change altered period, amount or members: offer changed terms of the contract in force at once.

    ``ends_on`` is the new end of the project where it changed, ``by_year`` by how many yen each fiscal year's budget
    changed, ``basis`` how people know the change. Until both sides confirm terms offered since, ``change_owed`` says that
    they differ; a contract that is only prepared has to be offered anew. Where the new terms cannot be offered as they
    are (more is paid already, say), an officer writes them.
    """
    for contract in award.contracts:
        if contract.carried_over:
            continue
        if contract.status is ContractStatus.offered:
            contract.change_owed = basis
        elif contract.status is ContractStatus.in_force and award.status in CHANGING:
            latest = queries.latest_terms(contract, lock=True)
            contract.change_owed, contract.change_owed_after = basis, latest.number if latest is not None else 0
            session.flush()
            try:
                change_terms(contract, changed(contract, ends_on, by_year, basis), contract.version, actor)
            except Refused as refusal:
                audit.record(contract, "changed terms not offered", actor, reason=str(refusal.reasons[0].message))
    session.flush()


def changed(contract: Contract, ends_on: date | None, by_year: Mapping[int, int], basis: str) -> Terms:
    """The terms of a contract as an approved change would have them."""
    commission = contract.award.regime is Regime.commission
    years = {line.fiscal_year for line in queries.lines_of(contract.award)}
    own = commission and contract.fiscal_year in years  # else all lines count, as in the text of the contract
    more = by_year.get(contract.fiscal_year, 0) if own else sum(by_year.values())
    end = contract.ends_on
    if ends_on is not None and ends_on >= contract.starts_on:
        end = min(ends_on, fiscal_year_end(contract.fiscal_year)) if commission else ends_on
    latest = queries.latest_terms(contract)
    yen, conditions = max(contract.amount_yen + more, 0), latest.conditions if latest else ""
    return Terms(contract.starts_on, end, yen, contract.rate, conditions, basis)
