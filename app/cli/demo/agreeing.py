"""Contracts and grant decisions of the demonstration, concluded through the ordinary verbs by both sides."""

from datetime import date, timedelta

from app.accounts.models import User
from app.agreements import operations as agreements
from app.agreements import queries
from app.agreements.choices import Grade, Side
from app.agreements.definitions import AXES
from app.agreements.models import Award, ContractTerms
from app.core import storage
from app.core.db import session
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.projects.choices import Regime
from app.projects.models import Project

#: Two thirds, in hundredths of a percent.
TWO_THIRDS = 6_667


def conclude(project: Project, begin: date, end: date, officer: User, lead: User, paper: bytes) -> Award:
    """Checklist, assessed costs and the first contract (grant decision), confirmed by both sides."""
    award = queries.of_project(project.id)
    assert award is not None
    if award.regime is Regime.commission:
        agreements.assess(award, officer)
        end = min(end, fiscal_year_end(fiscal_year(begin)))
    else:
        agreements.apply(award, lead)
    file = storage.keep(paper, name="資料(合成).pdf", media_type=storage.PDF, created_by_id=lead.id)
    for item in queries.checklist_of(award):
        agreements.tick(item, True, "", item.version, officer if item.side is Side.office else lead, file=file)
    agreements.send_assessment(award, award.version, officer)
    agreements.agree(award, lead.name, award.version, lead)
    _sign(award, _terms(award, begin, end), officer, lead)
    return award


def next_year(award: Award, officer: User, lead: User) -> None:
    """The year is reported, inspected and settled; the interim evaluation lets the next one follow, and it begins."""
    contract = queries.current_contract(award)
    assert contract is not None
    year = contract.fiscal_year
    row = agreements.schedule(award, year, date(year + 1, 2, 15), officer)
    agreements.fill(
        row, agreements.Sheet(["達成(合成)"] * len(row.targets), 5, "量産時の歩留まり(合成)", "計画どおり(合成)"),
        row.version, lead,
    )  # fmt: skip
    agreements.review(row, dict.fromkeys(AXES, Grade.b), "計画どおり進捗している(合成)。", row.version, officer)
    agreements.decide(row, agreements.Verdict("go_on"), row.version, officer)
    close_year(award, date(year + 1, 4, 8), officer)
    begin = date(year + 1, 4, 1)
    _sign(award, _terms(award, begin, fiscal_year_end(year + 1)), officer, lead)
    agreements.begin(award, officer)


def close_year(award: Award, reported_on: date, officer: User) -> None:
    """Performance report, inspection, amount and settlement of the present contract."""
    contract = queries.current_contract(award)
    assert contract is not None
    agreements.receive_report(award, reported_on, officer, "紙で受領(合成)")
    agreements.inspect(
        award, reported_on + timedelta(days=20), "証拠書類及び現物を確認し、適正と認めた(合成)。", officer
    )
    agreements.fix_amount(contract, contract.amount_yen, reported_on + timedelta(days=30), officer)
    agreements.settle(contract, officer)
    contract.settled_on = reported_on + timedelta(days=45)
    session.flush()


def _terms(award: Award, begin: date, end: date) -> agreements.Terms:
    lines = queries.lines_of(award)
    commission = award.regime is Regime.commission
    total = sum(line.assessed_yen for line in lines)
    yen = sum(line.assessed_yen for line in lines if line.fiscal_year == fiscal_year(begin)) if commission else total
    free = total - sum(contract.amount_yen for contract in award.contracts)
    return agreements.Terms(begin, end, min(yen or total // 2, free), 10_000 if commission else TWO_THIRDS)


def _sign(award: Award, terms: agreements.Terms, officer: User, lead: User) -> None:
    row: ContractTerms = agreements.offer(award, terms, award.version, officer)
    for who in (officer, lead):
        agreements.confirm(row, who.name, row.version, row.sha256, who)
    row.contract.signed_on = terms.starts_on
    session.flush()
