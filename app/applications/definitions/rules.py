"""The rules of both programmes as one list, and asking them."""

from collections.abc import Callable, Iterable
from typing import Any

from app.applications.definitions.completeness import (
    check_abstract,
    check_budget,
    check_budget_years,
    check_confirmed,
    check_dates,
    check_documents,
    check_milestone_dates,
    check_milestones,
    check_people,
    check_plan,
    check_sme_size,
    check_title,
)
from app.applications.definitions.consortium_rd import (
    check_adm,
    con_2,
    con_4,
    con_5,
    con_6,
    con_7,
    con_8,
    con_9,
    con_15,
    con_16,
    mon_1,
)
from app.applications.definitions.facts import Facts, Finding, FrameFacts, MemberFacts, Result, Rule, Severity
from app.applications.definitions.new_collaboration import (
    nc_2,
    nc_3,
    nc_3_count,
    nc_4,
    nc_5,
    nc_6,
    nc_7,
    nc_8,
    nc_9,
    nc_12,
)
from app.calls.choices import Programme
from app.core.i18n import Bilingual

A, B = (Programme.consortium_rd,), (Programme.new_collaboration,)
BOTH = A + B
WARNING = Severity.warning


def _rule(id: str, programmes: tuple[Programme, ...], where: str, source: str, check: Callable[[Facts], Result],
          en: str, ja: str, **more: Any) -> Rule:  # fmt: skip
    return Rule(id, programmes, Bilingual(en, ja), source, where, check, **more)


RULES: tuple[Rule, ...] = (
    _rule("CON-4", A, "consortium", "CON-4 [JST-15]", con_4,
          "The consortium has one managing organisation, one project leader, one sub-leader, implementers and the"
          " holder of the seed technology",
          "管理法人・総括研究代表者・副総括研究代表者(各1)、研究実施者、シーズ保有者で構成される",
          of_members=True, self_check=True, field="add", gap=True),
    _rule("CON-5", A, "consortium", "CON-5 [JST-15]", con_5,
          "Enough private companies take part", "民間企業が必要数参加している", of_members=True, self_check=True, field="add", gap=True),
    _rule("CON-6", A, "consortium", "CON-6 [JST-15][DOYU]", con_6,
          "A research institution takes part", "研究機関が参加している", of_members=True, self_check=True, field="add", gap=True),
    _rule("CON-7", A, "consortium", "CON-7 [DOYU]", con_7,
          "SME frame: SMEs are two thirds of the companies or carry two thirds of the cost",
          "中小企業枠: 企業数又は経費の2/3以上を中小企業が占める", self_check=True),
    _rule("CON-8", A, "consortium", "CON-8 [METI-22]", con_8,
          "The managing organisation files the proposal", "管理法人が提案する"),
    _rule("CON-9", A, "share", "CON-9 [JST-15]", con_9,
          "The budget of each year stays within the frame's ceiling", "年度ごとの経費が枠の上限以内である", self_check=True, field="budget"),
    _rule("CON-16", A, "share", "CON-16 [METI-R3]", con_16,
          "Outsourcing and re-commission above the limit come with a reason", "外注・再委託が上限を超える場合は理由書がある", field="budget"),
    _rule("CON-15", A, "share", "CON-15 [NEDO-STD]", con_15,
          "What may move between items later without approval", "承認なく費目間で流用できる額", severity=Severity.note, field="budget"),
    _rule("MON-1", BOTH, "share", "MON-1, rate [own]", mon_1,
          "What the programme pays", "国の負担額", severity=Severity.note, field="budget"),
    _rule("ADM", BOTH, "share", "4.3 ADM [ITAKU], limit [own]", check_adm,
          "General administration stays within its limit", "一般管理費が上限以内である", field="budget"),
    _rule("CON-2", A, "basics", "CON-2, CON-3 [JST-15]", con_2,
          "The seed technology is described", "シーズ技術が説明されている", field="seed_technology", gap=True),
    _rule("NC-2", B, "consortium", "NC-2 [TKC][OITA]", nc_2,
          "One core company that is an SME, and enough SMEs in all", "コア企業は中小企業1社、中小企業が必要数参加",
          of_members=True, self_check=True, field="add", gap=True),
    _rule("NC-3", B, "share", "NC-3 [KAKURA]", nc_3,
          "The SMEs contribute more than half", "中小企業の貢献割合が半分を超える", self_check=True, field="contribution_pct"),
    _rule("NC-3-COUNT", B, "consortium", "NC-3 [NAVI]", nc_3_count,
          "At least half of the members are SMEs", "参加者の半数以上が中小企業である",
          severity=WARNING, of_members=True, self_check=True),
    _rule("NC-4", B, "share", "NC-4 [PAPERZZ][TKC]", nc_4,
          "The members come from different fields", "異なる分野の事業者で構成される", self_check=True, field="jsic"),
    _rule("NC-5", B, "basics", "NC-5 [PAPERZZ][JNET]", nc_5,
          "Written rules fix roles and responsibilities", "規約により役割と責任が定められている", self_check=True, field="has_written_rules", gap=True),
    _rule("NC-6", B, "basics", "NC-6 [JNET]", nc_6,
          "The business activity is new", "新たな事業活動である", self_check=True, field="novelty", gap=True),
    _rule("NC-7", B, "plan", "NC-7 [JNET][SOUMU]", nc_7,
          "There is a concrete sales plan for five years", "5年間の具体的な販売計画がある", self_check=True, field="sales_1", gap=True),
    _rule("NC-8", B, "plan", "NC-8 [PAPERZZ][KAKURA]", nc_8,
          "The investment is recovered within ten years", "投資が10年以内に回収される", self_check=True, field="investment_yen"),
    _rule("NC-9", B, "basics", "NC-9 [OITA][KAKURA]", nc_9,
          "The plan lasts three to five years", "計画期間が3~5年である", self_check=True, field="starts_on"),
    _rule("NC-12", B, "share", "NC-12 [SOUMU]", nc_12,
          "Every member says what it brings", "各参加者の経営資源が記載されている", field="resources", gap=True),
    _rule("SME", BOTH, "consortium", "11.4 [SME]", check_sme_size,
          "The members entered as SMEs are within the limits of the SME Basic Act",
          "中小企業として登録された参加者が中小企業基本法の範囲にある", severity=WARNING),
    _rule("GEN-1", BOTH, "basics", "completeness", check_title, "The proposal has a title", "課題名がある", field="title_ja", gap=True),
    _rule("GEN-2", BOTH, "basics", "completeness", check_abstract, "The proposal has an abstract", "概要がある", field="abstract", gap=True),
    _rule("GEN-3", BOTH, "basics", "completeness", check_dates,
          "The period is given and runs forward", "期間が正しく入力されている", field="starts_on", gap=True),
    _rule("GEN-4", BOTH, "share", "domain 12", check_confirmed,
          "Every member has confirmed its share", "全参加機関が分担内容を確認している", field="confirm", gap=True),
    _rule("GEN-5", BOTH, "share", "completeness", check_budget, "There is a budget", "経費が入力されている", field="budget", gap=True),
    _rule("GEN-6", BOTH, "share", "completeness", check_budget_years,
          "The budget lies within the period", "経費が期間内の年度にある", field="budget"),
    _rule("GEN-7", BOTH, "milestones", "4.2 (clear numeric goals)", check_milestones,
          "There are milestones with numeric targets", "数値目標のあるマイルストーンがある", field="m0_goal", gap=True),
    _rule("GEN-8", BOTH, "milestones", "completeness", check_milestone_dates,
          "The milestones lie within the period", "マイルストーンが期間内にある", field="m0_due_on"),
    _rule("GEN-9", BOTH, "plan", "4.2 (commercialization plan)", check_plan,
          "There is a commercialization plan", "事業化計画がある", field="product", gap=True),
    _rule("GEN-10", BOTH, "attachments", "call; NC-13", check_documents,
          "The required documents are attached", "必要書類が添付されている", gap=True),
    _rule("GEN-11", BOTH, "share", "CON-14 [own]", check_people,
          "The people and subcontractors are named in full", "関係者及び外注・再委託先が漏れなく記載されている",
          severity=WARNING, field="named"),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}


def rules_for(programme: Programme, *, self_check: bool = False, of_members: bool = False) -> list[Rule]:
    return [
        rule
        for rule in RULES
        if programme in rule.programmes and (rule.self_check or not self_check) and (rule.of_members or not of_members)
    ]


def evaluate(facts: Facts, rules: Iterable[Rule] | None = None) -> list[Finding]:
    """Every rule of the programme on these facts, in the rules' order."""
    findings = []
    for rule in rules_for(facts.programme) if rules is None else rules:
        result = rule.check(facts)
        findings.append(Finding(rule, result.state, result.detail))
    return findings


def consortium_findings(
    programme: Programme, members: Iterable[MemberFacts], *, min_companies: int = 2, sme_rule: bool = False
) -> list[Finding]:
    """The rules on the consortium alone: for a running project, whose budget and plan live elsewhere."""
    facts = Facts(programme, tuple(members), FrameFacts(min_companies=min_companies, sme_rule=sme_rule))
    return evaluate(facts, rules_for(programme, of_members=True))
