"""Checks of the consortium R&D programme (CON-…)."""

from app.applications.definitions.facts import NATIONAL_UNIVERSITIES, Facts, Result, absent, in_yen, judged, plan_years
from app.organisations.choices import RESEARCH_TYPES


def con_4(facts: Facts) -> Result:
    count = {
        role: len([m for m in facts.members if m.role == role])
        for role in ("managing_organisation", "project_leader", "sub_leader", "implementer")
    }
    seeds = [m.holds_seed for m in facts.members]
    seed_known = any(value is not None for value in seeds)
    single = all(count[role] == 1 for role in ("managing_organisation", "project_leader", "sub_leader"))
    holds = single and count["implementer"] >= 1 and (any(seeds) or not seed_known)
    seed_en = f"{sum(bool(s) for s in seeds)} seed holder(s)" if seed_known else "seed holder not recorded"
    seed_ja = f"シーズ保有者 {sum(bool(s) for s in seeds)}" if seed_known else "シーズ保有者は記録なし"
    return judged(
        holds,
        f"{count['managing_organisation']} managing organisation, {count['project_leader']} project leader,"
        f" {count['sub_leader']} sub-leader (one each needed), {count['implementer']} implementer(s), {seed_en}"
        " (at least one needed).",
        f"管理法人 {count['managing_organisation']}、総括研究代表者 {count['project_leader']}、"
        f"副総括研究代表者 {count['sub_leader']}(各1必要)、研究実施者 {count['implementer']}、{seed_ja}(1以上必要)。",
    )


def con_5(facts: Facts) -> Result:
    n, needed = len(facts.companies), facts.frame.min_companies
    return judged(
        n >= needed,
        f"Private companies: {n}; at least {needed} needed.",
        f"民間企業 {n} 社(必要数 {needed} 社以上)。",
    )


def con_6(facts: Facts) -> Result:
    n = len([m for m in facts.organisations if m.org_type in RESEARCH_TYPES])
    return judged(
        n >= 1,
        f"Research institutions: {n}; at least 1 needed (company laboratories do not count).",
        f"研究機関 {n} 機関(1以上必要。企業の研究所は含まない)。",
    )


def con_7(facts: Facts) -> Result:
    if not facts.frame.sme_rule:
        return absent("Only in the SME frame.", "中小企業枠のみ対象です。")
    companies = facts.companies
    smes = [m for m in companies if m.is_sme]
    by_count = bool(companies) and 3 * len(smes) >= 2 * len(companies)
    excluded = sum(
        yen
        for m in facts.members
        if m.role == "managing_organisation" or m.org_type in NATIONAL_UNIVERSITIES
        for _fy, item, yen in m.budget
        if item == "EQ"
    )
    base = facts.total - excluded
    by_sme = sum(
        yen
        for m in facts.members
        if m.is_sme
        for _fy, item, yen in m.budget
        if not (m.role == "managing_organisation" and item == "EQ")
    )
    by_cost = base > 0 and 3 * by_sme >= 2 * base
    return judged(
        by_count or by_cost,
        f"{len(smes)} of {len(companies)} companies are SMEs, or SMEs carry {in_yen(by_sme)} of"
        f" {in_yen(base)} yen (equipment of the managing organisation and national universities left out);"
        " one of the two must reach 2/3.",
        f"企業 {len(companies)} 社中、中小企業 {len(smes)} 社。又は中小企業の経費 {in_yen(by_sme)} 円/"
        f"{in_yen(base)} 円(管理法人・国立大学の機械装置費を除く)。いずれかが2/3以上であること。",
    )


def con_8(facts: Facts) -> Result:
    managing = [m for m in facts.members if m.role == "managing_organisation"]
    if facts.lead_key is None:
        return absent("The filing organisation is not known here.", "申請者はここでは不明です。")
    return judged(
        any(m.key == facts.lead_key for m in managing),
        "The organisation that files must be the managing organisation.",
        "提案者は管理法人でなければなりません。",
    )


def con_9(facts: Facts) -> Result:
    frame, years = facts.frame, plan_years(facts)
    if frame.ceiling_year1_yen is None and frame.ceiling_year2_yen is None:
        return absent("This frame has no ceiling.", "上限額のない枠です。")
    if not years:
        return judged(False, "Enter the dates of the project first.", "先に研究開発期間を入力してください。")
    ceilings = [frame.ceiling_year1_yen, frame.ceiling_year2_yen]
    within = len(years) <= frame.max_years
    parts_en, parts_ja = [], []
    for position, fy in enumerate(years):
        ceiling = ceilings[min(position, 1)]
        amount = facts.year(fy)
        if ceiling is not None:
            within = within and amount <= ceiling
            parts_en.append(f"FY{fy}: {in_yen(amount)} of at most {in_yen(ceiling)} yen")
            parts_ja.append(f"{fy}年度: {in_yen(amount)}円(上限{in_yen(ceiling)}円)")
    return judged(
        within,
        "; ".join(parts_en) + f"; {len(years)} fiscal years of at most {frame.max_years}.",
        "、".join(parts_ja) + f"、{len(years)}か年度(上限{frame.max_years}か年度)。",
    )


def con_16(facts: Facts) -> Result:
    limit, total, outside = facts.parameter("outsourcing_reason_pct", 50), facts.total, facts.item("OUT", "SUB")
    if total == 0:
        return absent("There is no budget yet.", "経費が未入力です。")
    above = 100 * outside > limit * total
    share = f"{100 * outside / total:.1f}"
    reason = facts.attached("outsourcing_reason")
    return judged(
        not above or reason,
        f"Outsourcing and re-commission are {in_yen(outside)} of {in_yen(total)} yen = {share}%; above {limit}% a written"
        f" reason is needed ({'attached' if reason else 'not attached'}).",
        f"外注費と再委託費は {in_yen(outside)}/{in_yen(total)}円={share}%。{limit}%を超える場合は理由書が必要"
        f"({'添付あり' if reason else '添付なし'})。",
    )


def check_adm(facts: Facts) -> Result:
    limit, overhead = facts.parameter("admin_cost_pct", 10), facts.item("ADM")
    direct = facts.total - overhead
    if facts.total == 0:
        return absent("There is no budget yet.", "経費が未入力です。")
    return judged(
        100 * overhead <= limit * direct,
        f"General administration is {in_yen(overhead)} yen; at most {limit}% of the direct cost of {in_yen(direct)} ="
        f" {in_yen(direct * limit // 100)} yen.",
        f"一般管理費 {in_yen(overhead)}円。直接経費 {in_yen(direct)}円の{limit}%={in_yen(direct * limit // 100)}円以内。",
    )


def con_2(facts: Facts) -> Result:
    return judged(
        bool(facts.seed_technology.strip()),
        "The seed technology, whose it is and what is already proven must be described.",
        "シーズ技術の内容・保有者・実証済みの成果を記載してください。",
    )


def con_15(facts: Facts) -> Result:
    """How much may later move between items without approval; overhead and re-commission are protected."""
    limit = facts.parameter("free_transfer_pct", 20)
    base = facts.total - facts.item("ADM", "SUB")
    if facts.total == 0:
        return absent("There is no budget yet.", "経費が未入力です。")
    return judged(
        True,
        f"Items I to III (without overhead and re-commission) are {in_yen(base)} yen; {limit}% of it ="
        f" {in_yen(base * limit // 100)} yen may later move between items without approval.",
        f"I~III の合計(一般管理費・再委託費を除く){in_yen(base)}円の{limit}%={in_yen(base * limit // 100)}円までは承認なく流用可。",
    )


def mon_1(facts: Facts) -> Result:
    """What the state pays: a commission in full, a subsidy its share, rounded down to the yen."""
    if facts.total == 0:
        return absent("There is no budget yet.", "経費が未入力です。")
    over, under = facts.parameter("subsidy_numerator", 1), max(1, facts.parameter("subsidy_denominator", 1))
    asked = facts.total * over // under
    if over >= under:
        return judged(True, f"Commission: all of {in_yen(facts.total)} yen.", f"委託: {in_yen(facts.total)}円の全額。")
    return judged(
        True,
        f"Subsidy: {over}/{under} of {in_yen(facts.total)} yen = {in_yen(asked)} yen (rounded down); the members carry"
        f" {in_yen(facts.total - asked)} yen.",
        f"補助: {in_yen(facts.total)}円×{over}/{under}={in_yen(asked)}円(円未満切捨て)。自己負担 {in_yen(facts.total - asked)}円。",
    )
