"""The years after the award in the demonstration: costs, payments, changes, sales, returns, and the office's plans.

All of it is synthetic and says so. Everything is done through the ordinary verbs by the people who would do it; days
follow from the day on which the demonstration is loaded, and never lie in the future.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.agreements import operations as agreements
from app.agreements import queries as agreement_queries
from app.agreements.models import Award, Contract
from app.analytics.definitions import Participation, parse_reference
from app.calls.choices import Programme
from app.changes import operations as changes
from app.changes.choices import ChangeKind
from app.clusters.choices import ActivityKind, AttendeeRole, BusinessType, FigureKind, Indicator
from app.clusters.models import Cluster
from app.clusters.operations import activities, businesses, targets
from app.core import outbox, storage
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import add_years, fiscal_year, fiscal_year_end, fiscal_year_start
from app.core.i18n import Bilingual
from app.core.storage import StoredFile
from app.milestones import operations as milestones
from app.milestones import queries as milestone_queries
from app.money import operations as money
from app.money.choices import EvidenceStep, InspectionKind, Sighting
from app.money.definitions.chain import steps_of
from app.money.models import Expense
from app.organisations.models import Organisation
from app.outcomes import operations as outcomes
from app.outcomes import queries as outcome_queries
from app.outcomes.choices import Answer, DevState, ReasonCode
from app.outcomes.models import FollowUp
from app.portfolio import operations as portfolio
from app.portfolio.choices import Kept
from app.projects.models import Project
from app.publishing import operations as publishing
from app.publishing.models import Snapshot

ACCOUNT = money.Account("架空銀行 本店(合成)", "合成 申請子", "普通 0001234")
PARTNERS_WORK = milestones.PartData(
    "摩耗センサの試作2号機を製作し、耐久試験を開始した(合成)。", "なし", 640, {"MAT": 400_000}, "", "なし",
    "特許出願準備中(合成)", "推進会議2回(合成)", "耐久試験の継続と量産設計(合成)",
)  # fmt: skip
CALLED = "遠隔保全サービス「みまもり工場」(合成)"


@dataclass(frozen=True)
class People:
    """Who acts: two officers, a person of the leading organisation, a person of a partner."""

    officer: User
    second: User
    lead: User
    partner: User


def _contract(award: Award) -> Contract:
    contract = agreement_queries.current_contract(award)
    assert contract is not None
    return contract


def _paper(paper: bytes, owner: User) -> StoredFile:
    return storage.keep(paper, name="証拠書類(合成).pdf", media_type=storage.PDF, created_by_id=owner.id)


def _spend(
    contract: Contract, organisation: Organisation, lines: Sequence[tuple[str, int, date, str]], file: StoredFile | None,
    who: User,
) -> list[Expense]:  # fmt: skip
    """Lines of cost (item, yen without tax, day, what for); without a file a reason stands for each document."""
    rows = []
    for number, (item, yen, day, what) in enumerate(lines, 1):
        data = money.ExpenseData(
            f"{organisation.org_key.removeprefix('live-')}-{number:03d}", item, day, "架空商会(合成)", f"{what}(合成)", 1,
            yen + yen // 10, yen,
        )  # fmt: skip
        row = money.save_expense(contract, organisation.id, data, who)
        for step in steps_of(item):
            if file is not None:
                money.attach(row, step, file, who)
            elif step is not EvidenceStep.acceptance:
                money.without_document(row, step, "少額のため省略(合成)", who)
        rows.append(row)
    return rows


# --- a project at work -----------------------------------------------------------------------------------------------


def at_work(award: Award, organisations: Sequence[Organisation], paper: bytes, people: People) -> None:
    """Costs with evidence, a payment that waits for the second officer, forecasts, a partner's part, a wish to change.

    ``organisations`` are the leading one and the partner.
    """
    project, contract = award.project, _contract(award)
    lead, partner = organisations
    last = min(today(), contract.ends_on)
    days = [max(contract.starts_on, last - timedelta(days=n)) for n in (70, 45, 20)]
    file = _paper(paper, people.lead)
    _spend(
        contract,
        lead,
        [("MAT", 310_000, days[0], "試作材料"), ("MAT", 145_000, days[1], "治具材料")],
        file,
        people.lead,
    )
    _spend(contract, partner, [("MAT", 268_000, days[1], "センサ素子"), ("MAT", 92_000, days[2], "配線材料")], None, people.partner)  # fmt: skip
    asked = money.advance(contract, 1_500_000, "材料の一括購入のため(合成)", ACCOUNT, people.lead)
    money.record_consent(asked, "財計第100号(合成)", days[2], asked.version, people.officer)
    money.check_or_approve(asked, "check", asked.version, people.officer)
    _progress(project, file, people)
    _part(project, partner, people.partner)
    _wish(project, people.lead)


def _progress(project: Project, file: StoredFile, people: People) -> None:
    """The first milestone is reached and accepted, the last one will be three weeks late."""
    first, *_rest, last = milestone_queries.milestones_of(project.id)
    assert project.started_on is not None
    reached = max(project.started_on, min(today(), first.due_on - timedelta(days=12)))
    done = milestones.RowData(reached, reached, 100, "93", "試作品で確認した(合成)。", "")
    milestones.update_row(first, done, first.version, people.lead)
    milestones.attach_evidence(first, file, people.lead)
    milestones.report_row(first, people.lead)
    milestones.judge_row(first, "accept", "", first.version, people.officer)
    late = milestones.RowData(last.due_on, None, 40, "", "", "")
    milestones.update_row(last, late, last.version, people.lead)
    late = milestones.RowData(
        last.due_on + timedelta(days=21), None, 55, "", "試験機の納入待ち(合成)", "試験機の納入遅れ(合成)"
    )
    milestones.update_row(last, late, last.version, people.lead)


def _part(project: Project, partner: Organisation, who: User) -> None:
    """A partner has written its part of the next report; the whole is for the lead to write."""
    waiting = [row for row in milestone_queries.reports_of(project.id) if row.status in milestone_queries.AWAITED]
    if waiting:
        part = milestones.save_part(waiting[0], partner.id, PARTNERS_WORK, 0, who)
        milestones.confirm_part(waiting[0], partner.id, who.name, part.version, who)


def _wish(project: Project, lead: User) -> None:
    """The last milestone is to be reached later: this waits for an officer's approval."""
    last = milestone_queries.milestones_of(project.id)[-1]
    request = changes.open_request(project, lead)
    words = changes.Words("試験機の納入が遅れたため(合成)。", "目標値は変わらない(合成)。", "影響なし(合成)。", today())
    changes.save_words(request, words, request.version, lead)
    typed = {"milestone": str(last.id), "due_on": last.due_on + timedelta(days=30)}
    changes.add_item(request, ChangeKind.goal, typed, request.version, lead)
    changes.hand_in(request, request.version, lead)


# --- a project that is done ------------------------------------------------------------------------------------------


def completed(award: Award, organisation: Organisation, done: date, paper: bytes, people: People) -> None:
    """From the last report to sales over years: inspection, amount, payment, an asset, and a return of profit."""
    project, contract, officer = award.project, _contract(award), people.officer
    lines = [
        ("EQ", 1_900_000, add_years(contract.starts_on, 1), "遠隔監視試験装置"),
        ("MAT", 1_200_000, done - timedelta(days=200), "試作材料"),
    ]
    machine, _material = _spend(contract, organisation, lines, _paper(paper, people.lead), people.lead)
    agreements.receive_report(award, done + timedelta(days=8), officer, "紙で受領(合成)")
    money.accept_rest(contract, officer)
    findings = "証拠書類及び現物を確認し、適正と認めた(合成)。"
    inspected_on = done + timedelta(days=30)
    money.record_inspection(contract, InspectionKind.determination, inspected_on, "", findings, None, officer)
    fixed_on = done + timedelta(days=45)
    money.fix(contract, fixed_on, money.calculation(contract).fixed, people.second)
    _pay(contract, fixed_on + timedelta(days=30), people)
    agreements.settle(contract, officer)
    contract.settled_on = fixed_on + timedelta(days=35)
    agreements.complete(award, done, officer)
    held = money.AssetData("遠隔監視試験装置(合成)", "SYN-0001", "合成歯車製作所 第2工場(架空)", machine.paid_on, 8)
    asset = money.register(machine, held, people.lead)
    money.sight(asset, Sighting.present, fixed_on, "設置場所で現物を確認(合成)", officer)
    _sold(project, organisation, people)
    _return(award, people)


def _pay(contract: Contract, on: date, people: People) -> None:
    asked = money.settlement(contract, ACCOUNT, people.lead)
    money.check_or_approve(asked, "check", asked.version, people.officer)
    money.check_or_approve(asked, "approve", asked.version, people.second)
    money.pay(asked, on, asked.version, people.officer)


#: (state, stage, yen of the year): what the product came to, year by year.
COURSE = ((DevState.productization, 2, None), (DevState.launched, 3, 3_200_000), (DevState.launched, 4, 9_800_000))


def _sold(project: Project, organisation: Organisation, people: People) -> None:
    """Three verified reports of the leading organisation; the partner's first one waits for an officer."""
    rows = outcome_queries.of_project(project.id)
    for row, (state, stage, yen) in zip(
        [r for r in rows if r.organisation_id == organisation.id], COURSE, strict=False
    ):
        if outcomes.is_open(row):
            _report(row, state, stage, yen, people.lead)
            outcomes.verify(row, 2, "", people.officer)
    others = [row for row in rows if row.organisation_id != organisation.id and outcomes.is_open(row)]
    if others:
        day = fiscal_year_end(others[0].fiscal_year)
        data = outcomes.FollowUpData(
            day, DevState.development, 0, ReasonCode.still_developing, "", None, None, 1, "社内報告(合成)"
        )
        outcomes.save(others[0], data, others[0].version, people.partner)
        outcomes.submit(others[0], people.partner)


def _report(row: FollowUp, state: DevState, stage: int, yen: int | None, who: User) -> None:
    day, known = fiscal_year_end(row.fiscal_year), outcome_queries.known_products(row, today())
    sold_on = fiscal_year_start(row.fiscal_year) + timedelta(days=160) if yen is not None else None
    if known:
        answers = (
            outcomes.KnownAnswer(
                known[0].product_id, Answer.changed, state, stage, None, sold_on, yen, yen and yen // 2
            ),
        )
        data = outcomes.FollowUpData(day, None, None, None, "", None, None, stage, "納品書の写し(合成)", known=answers)
    else:
        data = outcomes.FollowUpData(day, state, stage, None, CALLED, sold_on, yen, stage, "試作品の写真(合成)")
    outcomes.save(row, data, row.version, who)
    outcomes.submit(row, who)


def _return(award: Award, people: People) -> None:
    """MON-9: the sales of the last reported year bring profit; the recipient has confirmed the sum."""
    year = fiscal_year(today()) - 2
    data = money.ProfitData(year, 9_800_000, 4_900_000, 1_000_000, "事業化状況報告による(合成)")
    row = money.compute(award, data, people.officer)
    money.confirm(row, row.version, people.lead)


# --- clusters and the office -----------------------------------------------------------------------------------------

#: (organisation, Japanese, English, type, day): new businesses of a cluster project in its second phase.
BUSINESSES = (
    ("live-gear", "静音減速機シリーズ(合成)", "Quiet gear series (synthetic)", BusinessType.product_line, date(2008, 6, 2)),
    ("live-sensor", "摩耗センサ(合成)", "Wear sensor (synthetic)", BusinessType.product, date(2009, 2, 16)),
    ("live-soft", "工場診断サービス(合成)", "Factory check service (synthetic)", BusinessType.service, date(2009, 10, 1)),
)  # fmt: skip


def clusters(manager_of: str, officer: User) -> None:
    """A target with its pace line, new businesses, and activities with those who came."""
    cluster = session.scalars(select(Cluster).where(Cluster.cluster_code == manager_of)).first()
    if cluster is None:
        return
    begin, end = date(2006, 4, 1), date(2011, 4, 1)
    for indicator, value in ((Indicator.new_businesses, 8), (Indicator.activities, 5)):
        wanted = targets.TargetValues(indicator, FigureKind.target, value, None, begin, end, False, None, "合成目標")
        targets.save(cluster, None, wanted, None, officer)
    for key, ja, en, kind, day in BUSINESSES:
        found = businesses.BusinessValues(key, ja, en, kind, FigureKind.actual, day, "会社案内(合成)")
        businesses.save(cluster, None, found, None, officer)
    for ja, en, day, place in (
        ("新事業交流会(合成)", "New business forum (synthetic)", date(2009, 11, 12), "合成市産業会館(架空)"),
        ("展示商談会(合成)", "Trade fair (synthetic)", date(2010, 3, 18), "架空国際展示場"),
    ):
        held = activities.ActivityValues(
            ActivityKind.exchange_meeting, ja, en, day, None, place, "JP", "", "商談6件(合成)", 60, "", None
        )
        row = activities.save(None, [cluster], held, None, officer)
        row.is_synthetic = True
        for key in ("live-gear", "live-university"):
            activities.add_attendance(row, key, AttendeeRole.participant, 2, "", officer)


def office(officer: User) -> None:
    """A saved view of the portfolio and a numeric target with what is done about its gap."""
    pairs = [("programme", "consortium_rd"), ("status", "running")]
    portfolio.keep_view("実施中のコンソーシアム事業(合成)", True, Kept.explorer, pairs, officer)
    year = fiscal_year(today())
    data = portfolio.TargetData(
        "事業化状況報告の回収率(合成)", "%", 70.0, 95.0, fiscal_year_start(year - 1), fiscal_year_end(year + 1),
        "合成の運営目標", Programme.consortium_rd,
    )  # fmt: skip
    target = portfolio.set_target(data, officer)
    portfolio.record_value(target, fiscal_year_start(year), 78.0, "合成集計", officer)
    action = portfolio.ActionData("未提出機関への個別連絡(合成)", officer.id, fiscal_year_end(year))
    portfolio.plan_action("own", target.id, year, action, officer)


def propose(officer: User) -> Snapshot:
    """PR-1 as the slides count it, proposed as a figure to be published."""
    question = Participation(
        "PR-1", Programme.consortium_rd, "adopted", 1997, 2004, parse_reference("fixed:2005-12-31")
    )
    remark = Bilingual("Synthetic data of the demonstration", "デモ用の合成データによる値です。")
    return publishing.propose(publishing.Proposal(question, remark), officer)


def publish(row: Snapshot, second: User) -> None:
    """Freeze the proposed figure at once, as the worker would, and let it out. It commits: all else is loaded by then."""
    item = session.scalars(
        select(outbox.OutboxItem).where(outbox.OutboxItem.kind == publishing.KIND).order_by(outbox.OutboxItem.id.desc())
    ).first()
    assert item is not None
    publishing.freeze(item)
    item.status = outbox.OutboxStatus.done
    session.flush()
    session.refresh(row)
    publishing.publish(row, second)
