"""Checks of the New Collaboration programme (NC-…)."""

from datetime import date, timedelta

from app.applications.definitions.facts import Facts, PlanFacts, Result, in_yen, judged
from app.core.fiscal import add_years


def nc_2(facts: Facts) -> Result:
    cores = [m for m in facts.members if m.role == "core_company"]
    smes = [m for m in facts.organisations if m.is_sme]
    core_is_sme = len(cores) == 1 and cores[0].is_sme
    needed = facts.frame.min_companies
    return judged(
        core_is_sme and len(smes) >= needed,
        f"{len(cores)} core company ({'an SME' if core_is_sme else 'must be exactly one, and an SME'}); {len(smes)} SMEs"
        f" in all, at least {needed} needed.",
        f"コア企業 {len(cores)} 社({'中小企業' if core_is_sme else '中小企業1社であること'})、"
        f"中小企業 計 {len(smes)} 社({needed}社以上必要)。",
    )


def nc_3(facts: Facts) -> Result:
    limit = facts.parameter("sme_contribution_pct", 50)
    given = [m for m in facts.members if m.contribution_pct is not None]
    if not given:
        return judged(False, "No contribution is entered.", "貢献割合が未入力です。")
    whole = sum(m.contribution_pct or 0 for m in given)
    smes = sum(m.contribution_pct or 0 for m in given if m.is_sme)
    return judged(
        len(given) == len(facts.members) and whole == 100 and smes > limit,
        f"SMEs contribute {smes}% (more than {limit}% needed); all members together {whole}% (100% needed);"
        f" entered by {len(given)} of {len(facts.members)}.",
        f"中小企業の貢献割合 {smes}%({limit}%超が必要)、全体 {whole}%(100%必要)、"
        f"入力済み {len(given)}/{len(facts.members)}。",
    )


def nc_3_count(facts: Facts) -> Result:
    members = facts.organisations
    smes = [m for m in members if m.is_sme]
    return judged(
        2 * len(smes) >= len(members),
        f"{len(smes)} of {len(members)} members are SMEs; normally at least half.",
        f"参加者 {len(members)} 中、中小企業 {len(smes)}(通常は半数以上)。",
    )


def nc_4(facts: Facts) -> Result:
    companies = facts.companies
    codes = [m.jsic for m in companies if m.jsic]
    missing = len(companies) - len(codes)
    doubles = sorted({code for code in codes if codes.count(code) > 1})
    reason = bool(facts.combination_text.strip())
    said = ", ".join(doubles) or "–"
    return judged(
        missing == 0 and len(companies) >= 2 and (not doubles or reason),
        f"{len(set(codes))} different 4-digit JSIC classes among {len(companies)} companies; {missing} missing; shared:"
        f" {said}. Where a class is shared, the text on how the members' fields differ is needed.",
        f"企業 {len(companies)} 社の産業細分類(4桁)は {len(set(codes))} 種、未入力 {missing}、重複 {said}。"
        "重複する場合は分野の相違と組合せの説明が必要です。",
    )


def nc_5(facts: Facts) -> Result:
    return judged(
        facts.has_written_rules,
        "The body has written rules on roles and responsibilities." if facts.has_written_rules
        else "State that the body has written rules on roles and responsibilities.",
        "役割と責任を定めた規約があります。" if facts.has_written_rules else "役割と責任を定めた規約が必要です。",
    )  # fmt: skip


def nc_6(facts: Facts) -> Result:
    n, text = len(facts.novelty), bool(facts.novelty_text.strip())
    return judged(
        n >= 1 and text,
        f"{n} kind(s) of new business activity chosen (at least 1); what is new is"
        f" {'described' if text else 'not described'}.",
        f"新たな事業活動の類型 {n} 件(1件以上)、新規性の説明 {'あり' if text else 'なし'}。",
    )


def nc_7(facts: Facts) -> Result:
    plan = facts.plan or PlanFacts()
    years = {no: sales for no, sales, _profit in plan.years}
    given = [no for no in range(1, 6) if no in years]
    return judged(
        len(given) == 5 and sum(years.values()) > 0 and bool(plan.market.strip()) and bool(plan.who_sells.strip()),
        f"Sales are planned for {len(given)} of 5 years, {in_yen(sum(years.values()))} yen in all; market"
        f" {'described' if plan.market.strip() else 'missing'}, seller {'named' if plan.who_sells.strip() else 'missing'}.",
        f"売上計画 {len(given)}/5年、合計 {in_yen(sum(years.values()))}円、市場の説明"
        f"{'あり' if plan.market.strip() else 'なし'}、販売主体{'あり' if plan.who_sells.strip() else 'なし'}。",
    )


def nc_8(facts: Facts) -> Result:
    limit = facts.parameter("payback_years", 10)
    plan = facts.plan
    if plan is None or plan.investment_yen is None or not plan.years:
        return judged(
            False, "Enter the investment and the profit of each year.", "投資額と各年の利益を入力してください。"
        )
    profit = sum(p for no, _sales, p in plan.years if no <= limit)
    balance = profit - plan.investment_yen
    return judged(
        balance >= 0,
        f"Profit of the years up to {limit}: {in_yen(profit)} yen less the investment of {in_yen(plan.investment_yen)} ="
        f" {in_yen(balance)} yen; it must not be below 0.",
        f"{limit}年目までの利益 {in_yen(profit)}円-投資額 {in_yen(plan.investment_yen)}円={in_yen(balance)}円(0円以上が必要)。",
    )


def nc_9(facts: Facts) -> Result:
    low, high = facts.parameter("min_plan_years", 3), facts.parameter("max_plan_years", 5)
    if facts.starts_on is None or facts.ends_on is None or not 1900 < facts.starts_on.year < 2900:
        return judged(False, "Enter the dates of the plan.", "計画期間を入力してください。")
    after = facts.ends_on + timedelta(days=1) if facts.ends_on < date.max else facts.ends_on
    return judged(
        add_years(facts.starts_on, low) <= after <= add_years(facts.starts_on, high),
        f"The plan runs from {facts.starts_on} to {facts.ends_on}; it must last {low} to {high} years.",
        f"計画期間 {facts.starts_on}~{facts.ends_on}({low}年以上{high}年以内)。",
    )


def nc_12(facts: Facts) -> Result:
    silent = [m for m in facts.members if not m.resources.strip()]
    return judged(
        bool(facts.members) and not silent,
        f"{len(facts.members) - len(silent)} of {len(facts.members)} members say what they bring.",
        f"{len(facts.members)} 参加者中 {len(facts.members) - len(silent)} が経営資源・役割を記載。",
    )
