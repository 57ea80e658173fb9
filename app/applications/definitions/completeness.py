"""Checks of both programmes: sizes of firms, and whether anything is missing."""

from decimal import Decimal, InvalidOperation

from app.applications.definitions.facts import Facts, PlanFacts, Result, absent, in_yen, judged, plan_years
from app.core import erad
from app.organisations import definitions as sme


def check_sme_size(facts: Facts) -> Result:
    sized = [
        (
            m,
            sme.judge(
                sme.Facts(True, m.org_type == "sole_proprietor", m.jsic or m.industry, m.capital_yen, m.employees)
            ),
        )
        for m in facts.organisations
        if m.is_sme
    ]
    large = [(m, j) for m, j in sized if j.size in (sme.Size.large, sme.Size.deemed_large)]
    unknown = [m for m, j in sized if j.size is sme.Size.unknown]
    if not sized:
        return absent("No member is entered as an SME.", "中小企業の参加者がいません。")
    return judged(
        not large,
        f"Entered as SMEs: {len(sized)}; above the limits by capital and employees: {len(large)}; size not known:"
        f" {len(unknown)}." + "".join(f" {m.name.en}: {j.why.en}" for m, j in large),
        f"中小企業としての登録 {len(sized)}、資本金・従業員数が基準超 {len(large)}、規模不明 {len(unknown)}。"
        + "".join(f"{m.name.ja}: {j.why.ja}" for m, j in large),
    )


def check_title(facts: Facts) -> Result:
    return judged(bool(facts.title_en or facts.title_ja), "A title in English or Japanese.", "課題名(日本語又は英語)。")


def check_abstract(facts: Facts) -> Result:
    n = len(facts.abstract.strip())
    return judged(n >= 20, f"The abstract has {n} characters; at least 20.", f"概要 {n} 文字(20文字以上)。")


def check_dates(facts: Facts) -> Result:
    start, end = facts.starts_on, facts.ends_on
    return judged(
        start is not None and end is not None and start < end,
        f"From {start or '–'} to {end or '–'}; both are needed and the end lies after the start.",
        f"開始 {start or '–'}、終了 {end or '–'}(両方必要。終了は開始より後)。",
    )


def check_confirmed(facts: Facts) -> Result:
    n = len([m for m in facts.members if m.confirmed])
    waiting = [m for m in facts.members if not m.confirmed]
    return judged(
        bool(facts.members) and n == len(facts.members),
        f"{n} of {len(facts.members)} shares are confirmed."
        + (" Waiting for: " + ", ".join(m.name.en for m in waiting) + "." if waiting else ""),
        f"分担内容の確認 {n}/{len(facts.members)}。"
        + ("未確認: " + "、".join(m.name.ja for m in waiting) + "。" if waiting else ""),
    )


def check_budget(facts: Facts) -> Result:
    return judged(facts.total > 0, f"The budget is {in_yen(facts.total)} yen.", f"経費総額 {in_yen(facts.total)}円。")


def check_budget_years(facts: Facts) -> Result:
    years = plan_years(facts)
    outside = sorted({fy for m in facts.members for fy, _item, yen in m.budget if yen and fy not in years})
    said = ", ".join(str(fy) for fy in outside) or "–"
    return judged(
        not outside,
        f"Budget in fiscal years outside the period: {said}.",
        f"期間外の年度の経費: {said}。",
    )


def is_number(text: str) -> bool:
    """A plain decimal number of sane length: no NaN, no infinity, no exponent."""
    plain = text.strip().replace(",", "")
    if not plain or len(plain) > 30 or not plain.isascii() or set(plain) - set("0123456789.-+"):
        return False
    try:
        return Decimal(plain).is_finite()
    except InvalidOperation:
        return False


def check_milestones(facts: Facts) -> Result:
    numeric = [m for m in facts.milestones if is_number(m[1])]
    return judged(
        len(numeric) >= 1 and len(numeric) == len(facts.milestones),
        f"{len(numeric)} of {len(facts.milestones)} milestones have a numeric target; at least 1 is needed.",
        f"マイルストーン {len(facts.milestones)} 件中、数値目標あり {len(numeric)} 件(1件以上必要)。",
    )


def check_milestone_dates(facts: Facts) -> Result:
    if not facts.milestones:
        return absent("There are no milestones yet.", "マイルストーンが未入力です。")
    if facts.starts_on is None or facts.ends_on is None:
        return absent("The period is not entered yet.", "期間が未入力です。")
    outside = [due for due, _target in facts.milestones if due is None or not facts.starts_on <= due <= facts.ends_on]
    return judged(
        not outside,
        f"{len(outside)} of {len(facts.milestones)} milestones lie outside {facts.starts_on} to {facts.ends_on}.",
        f"マイルストーン {len(facts.milestones)} 件中、期間外 {len(outside)} 件({facts.starts_on}~{facts.ends_on})。",
    )


def check_plan(facts: Facts) -> Result:
    plan = facts.plan or PlanFacts()
    texts = [plan.product, plan.market, plan.who_sells]
    filled = len([t for t in texts if t.strip()])
    return judged(
        filled == 3 and plan.first_sale_on is not None and len(plan.years) >= 1,
        f"{filled} of 3 texts (product, market, seller); first sale {plan.first_sale_on or '–'}; sales planned for"
        f" {len(plan.years)} year(s).",
        f"記述 {filled}/3(製品・市場・販売主体)、販売開始 {plan.first_sale_on or '–'}、売上計画 {len(plan.years)} 年分。",
    )


def check_people(facts: Facts) -> Result:
    """Rows that are half filled in, and researcher numbers whose check digit does not fit: worth a look, no more."""
    people = [one for m in facts.members for one in m.people]
    firms = [named for m in facts.members for named in m.subcontractors]
    if not people and not firms:
        return absent(
            "Nobody is named yet. Naming officers and researchers helps to keep reviewers with a tie away.",
            "役員・研究者等は未入力です。入力すると、利害関係のある審査員を除外しやすくなります。",
        )
    half = len([1 for named, role, _number in people if not (named and role)]) + firms.count(False)
    odd = len([1 for *_rest, number in people if number and not erad.fits(number)])
    return judged(
        not half and not odd,
        f"{len(people)} people and {len(firms)} subcontractors are named; rows without a name or role: {half};"
        f" e-Rad numbers whose check digit does not fit: {odd}.",
        f"氏名 {len(people)} 名、外注・再委託先 {len(firms)} 件。名称又は役割のない行 {half} 件、"
        f"検査数字の合わない研究者番号 {odd} 件。",
    )


def check_documents(facts: Facts) -> Result:
    missing = [d for d in facts.documents if d.mandatory and not d.attached]
    needed = len([d for d in facts.documents if d.mandatory])
    infected = [d for d in facts.documents if d.infected]
    absent = [d for d in missing if not d.infected]
    return judged(
        not missing and not infected,
        f"{needed - len(missing)} of {needed} required documents are attached."
        + (" Missing: " + ", ".join(d.name.en for d in absent) + "." if absent else "")
        + (" A virus was found in: " + ", ".join(d.name.en for d in infected) + "." if infected else ""),
        f"必要書類 {needed - len(missing)}/{needed} 添付済み。"
        + ("未添付: " + "、".join(d.name.ja for d in absent) + "。" if absent else "")
        + ("ウイルスを検出: " + "、".join(d.name.ja for d in infected) + "。" if infected else ""),
    )
