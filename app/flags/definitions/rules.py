"""Rules that raise flags (domain.md 9.1): data in, findings out; each finding carries the facts it rests on."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Any, Literal

from app.core.i18n import Bilingual
from app.flags.definitions.facts import Cohort, Course, Facts, Finding, Firm, Record


@dataclass(frozen=True)
class Parameter:
    """A number that officers may set for a rule, for all programmes or one."""

    name: str
    label: Bilingual
    default: int
    low: int
    high: int


#: The values of a rule's parameters by name.
Values = Mapping[str, int]


@dataclass(frozen=True)
class FlagRule:
    """One rule: its code, what it means in both languages, its source, whether it calls for action, what it looks at."""

    code: str
    title: Bilingual
    explanation: Bilingual
    source: str
    attention: bool
    find: Callable[[Any, date, Values], Iterable[Finding]]
    parameters: tuple[Parameter, ...] = ()
    of: Literal["project", "cohort", "course", "firm"] = "project"

    @property
    def defaults(self) -> dict[str, int]:
        return {one.name: one.default for one in self.parameters}


def _first_reaching(stage: int) -> Callable[[Facts, date, Values], Iterator[Finding]]:
    def find(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
        reached = next((seen for seen in facts.observations if seen.stage >= stage), None)
        if reached is not None:
            yield Finding(
                f"NEW_STAGE_{stage}" if stage != 3 else "NEW_COMMERCIALIZED",
                "",
                {"observed_on": reached.observed_on.isoformat(), "stage": reached.stage, "threshold": stage},
            )

    return find


def _recent(facts: Facts, on: date, years: int) -> bool:
    """A change of stage calls for action only while somebody still reports."""
    return bool(facts.observations) and facts.observations[-1].observed_on >= on - timedelta(days=years * 365)


def _stage_drop(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    if not _recent(facts, on, p["years"]):
        return
    pairs = list(zip(facts.observations, facts.observations[1:], strict=False))
    if pairs and pairs[-1][1].stage < pairs[-1][0].stage:
        before, after = pairs[-1]
        yield Finding(
            "STAGE_DROP",
            after.observed_on.isoformat(),
            {"from": before.stage, "to": after.stage, "observed_on": after.observed_on.isoformat()},
        )


def _stalled(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    if not _recent(facts, on, p["years"]):
        return
    last = facts.observations[-p["reports"] :]
    if len(last) == p["reports"] and len({seen.stage for seen in last}) == 1 and last[0].stage < 3:
        if all(seen.dev_state != "stopped" for seen in last):
            yield Finding("STALLED", "", {"stage": last[0].stage, "since": last[0].observed_on.isoformat()})


def _report_due(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for owed in facts.owed:
        if on <= owed.due_on <= on + timedelta(days=p["days"]):
            yield Finding(
                "REPORT_DUE", f"{owed.kind}:{owed.identity}", {"kind": owed.kind, "due_on": owed.due_on.isoformat()}
            )


def _report_overdue(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for owed in facts.owed:
        if owed.due_on < on:
            yield Finding(
                "REPORT_OVERDUE", f"{owed.kind}:{owed.identity}", {"kind": owed.kind, "due_on": owed.due_on.isoformat()}
            )


def _members(facts: Facts) -> list[Firm]:
    return [firm for firm in facts.firms if firm.member_ever]


def _cluster_member(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    if found := _members(facts):
        yield Finding("CLUSTER_MEMBER", "", {"firms": [firm.name for firm in found], "of": len(facts.firms)})


def _core_member(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for firm in facts.firms:
        if firm.role in ("core_company", "lead_company") and firm.member_ever:
            yield Finding("CORE_MEMBER", "", {"firms": [firm.name], "role": firm.role})
            return


def _joined_after(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    found = _members(facts)
    if found and not any(firm.member_at_adoption for firm in facts.firms):
        yield Finding(
            "JOINED_AFTER_ADOPTION", "", {"firms": [f.name for f in found], "adopted_on": facts.adopted_on.isoformat()}
        )


def _unknown_match(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    unknown = [firm.name for firm in facts.firms if not firm.matched and not firm.member_ever]
    if unknown and not _members(facts):
        yield Finding("UNKNOWN_MATCH", "", {"firms": unknown})


def _consortium_invalid(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    if facts.failed_rules:
        yield Finding("CONSORTIUM_INVALID", "", {"rules": [f"{code}: {detail}" for code, detail in facts.failed_rules]})


def plain_title(title: str) -> str:
    """A title without what makes demonstration titles alike or different by number alone."""
    text = unicodedata.normalize("NFKC", title).casefold()
    text = re.sub(r"synthetic|合成|project|プロジェクト", " ", text)
    return re.sub(r"[\W\d_]+", " ", text).strip()


def _double_funding(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    own = plain_title(facts.title)
    if len(own) < 6:
        return
    for other in facts.others:
        overlap = facts.starts_on <= other.ends_on and other.starts_on <= facts.ends_on
        if overlap and SequenceMatcher(None, own, plain_title(other.title)).ratio() * 100 >= p["similar"]:
            yield Finding(
                "DOUBLE_FUNDING",
                other.project_key,
                {"project": other.project_key, "organisation": other.organisation, "title": other.title},
            )


def _asset_lost(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for one in facts.lost:
        if on <= one.restricted_until:
            yield Finding(
                "ASSET_UNAPPROVED_DISPOSAL", one.label,
                {"asset": f"{one.label} {one.name}", "found": one.finding, "restricted_until": one.restricted_until.isoformat()},
            )  # fmt: skip


def _profit_return(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for one in facts.returns:
        if one.yen > 0:
            yield Finding(
                "PROFIT_RETURN_DUE", str(one.fiscal_year),
                {"fiscal_year": one.fiscal_year, "yen": one.yen, "status": one.status},
            )  # fmt: skip


def _overattributed(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for one in facts.shared:
        if one.share > 10_000:
            yield Finding(
                "SALES_OVERATTRIBUTED", one.product_key, {"product": one.product_key, "percent": one.share / 100}
            )


def _plan_variance(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for year in facts.plan:
        if (
            year.planned_yen > 0
            and year.actual_yen is not None
            and year.actual_yen * 100 < year.planned_yen * p["percent"]
        ):
            yield Finding(
                "PLAN_VARIANCE", str(year.fiscal_year),
                {"fiscal_year": year.fiscal_year, "planned_yen": year.planned_yen, "actual_yen": year.actual_yen},
            )  # fmt: skip


def _outgrown(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for one in facts.outgrown:
        yield Finding(
            "SME_STATUS_CHANGED", one.name, {"firms": [one.name], "fiscal_year": one.fiscal_year, "size": one.size}
        )


def _disputed(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for one in facts.disputed:
        due = {"due_on": one.due_on.isoformat()} if one.due_on else {}
        yield Finding(
            "OUTCOME_DISPUTED", str(one.identity),
            {"observed_on": one.observed_on.isoformat(), "stage": one.stage, "since": one.opened_on.isoformat(), **due},
        )  # fmt: skip


def _value_added(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    """Only against a year before that was above zero: a loss has no percentage."""
    for one in facts.told:
        now, before = one.value_added_yen, one.before_yen
        if now is None or before is None or before <= 0:
            continue
        if (before - now) * 100 >= before * p["percent"]:
            yield Finding(
                "VALUE_ADDED_FELL", f"{one.organisation}:{one.fiscal_year}"[:100],
                {"organisation": one.organisation, "fiscal_year": one.fiscal_year, "before_yen": before, "actual_yen": now},
            )  # fmt: skip


def _plan_behind(facts: Facts, on: date, p: Values) -> Iterator[Finding]:
    for one in facts.told:
        if one.graded and one.behind * 100 >= one.graded * p["percent"]:
            yield Finding(
                "PLAN_ITEMS_BEHIND", f"{one.organisation}:{one.fiscal_year}"[:100],
                {"organisation": one.organisation, "fiscal_year": one.fiscal_year, "behind": one.behind, "graded": one.graded},
            )  # fmt: skip


def _cluster_share(cohort: Cohort, on: date, p: Values) -> Iterator[Finding]:
    """Unknown firms are given the benefit: only a share that stays below even if all were members is flagged (PR-10)."""
    if cohort.total >= p["projects"] and (cohort.yes + cohort.unknown) * 100 < cohort.total * p["percent"]:
        yield Finding(
            "CLUSTER_SHARE_LOW", "",
            {"fiscal_year": cohort.fiscal_year, "yes": cohort.yes, "unknown": cohort.unknown, "of": cohort.total,
             "threshold": p["percent"]},
            f"cohort:{cohort.programme}:{cohort.fiscal_year}",
        )  # fmt: skip


def _below_benchmark(course: Course, on: date, p: Values) -> Iterator[Finding]:
    if course.at_risk >= p["at_risk"] and course.incidence * 100 < p["percent"]:
        yield Finding(
            "BELOW_BENCHMARK", "",
            {"level": course.level, "years": course.years, "percent": round(course.incidence * 100, 1),
             "at_risk": course.at_risk, "of": course.projects, "threshold": p["percent"]},
            f"programme:{course.programme}",
        )  # fmt: skip


def _firm_below(record: Record, on: date, p: Values) -> Iterator[Finding]:
    """OUT-10: enough awards, and neither sales per award nor patents per award reach the benchmark."""
    if record.projects < p["projects"]:
        return
    if record.sales_yen >= p["yen"] * record.projects or record.patents * 100 >= p["patents"] * record.projects:
        return
    yield Finding(
        "FIRM_BELOW_BENCHMARK", "",
        {"firms": [record.name], "of": record.projects, "actual_yen": record.sales_yen, "patents": record.patents},
        f"organisation:{record.organisation_id}",
    )  # fmt: skip


def _number(name: str, en: str, ja: str, default: int, low: int, high: int) -> Parameter:
    return Parameter(name, Bilingual(en, ja), default, low, high)


_RECENT = _number("years", "Observed within years", "観測からの年数", 2, 1, 10)


def _rule(
    code: str, en: str, ja: str, why_en: str, why_ja: str, source: str, attention: bool, find: Any, *parameters: Parameter,
    of: Literal["project", "cohort", "course", "firm"] = "project",
) -> FlagRule:  # fmt: skip
    return FlagRule(code, Bilingual(en, ja), Bilingual(why_en, why_ja), source, attention, find, parameters, of)


RULES: dict[str, FlagRule] = {
    rule.code: rule
    for rule in (
        _rule("REPORT_OVERDUE", "Report overdue", "報告遅延", "A milestone or follow-up report has not arrived by its due date.",
              "マイルストーン報告又は事業化状況報告が期限までに提出されていません。", "MON-5, MON-10", True, _report_overdue),
        _rule("REPORT_DUE", "Report due soon", "報告期限間近", "A report falls due within the days that are set.",
              "設定した日数以内に報告期限が到来します。", "MON-5, MON-10", False, _report_due,
              _number("days", "Days before", "期限までの日数", 30, 1, 120)),
        _rule("CONSORTIUM_INVALID", "Consortium rule no longer holds", "体制要件の不充足",
              "A rule on the composition of the consortium is not met by today's participants.",
              "現在の参加機関では体制に関する要件を満たしていません。", "CON-4 to CON-7, NC-2 to NC-5", True, _consortium_invalid),
        _rule("DOUBLE_FUNDING", "Possible double funding", "重複採択の疑い",
              "The same organisation has another award of an overlapping period with a nearly equal title.",
              "同一機関が期間の重なる別の採択案件を類似の題名で実施しています。", "domain 9.1", True, _double_funding,
              _number("similar", "Likeness of titles, percent", "題名の類似度(%)", 90, 60, 100)),
        _rule("STAGE_DROP", "Stage fell", "事業化段階の低下", "The latest stage is lower than the one before it, and was observed within the years that are set.",
              "最新の事業化段階(設定年数以内の観測)が前回より低下しました。", "OUT-1, CR-9", True, _stage_drop, _RECENT),
        _rule("STALLED", "Stalled", "進展なし", "The same stage below 3 in so many reports in a row, and not stopped.",
              "設定した回数連続で同じ段階(3未満)にとどまり、中止もされていません。", "OUT-1", True, _stalled, _RECENT,
              _number("reports", "Reports in a row", "連続する報告の回数", 3, 2, 10)),
        _rule("NEW_COMMERCIALIZED", "First sale reached", "事業化(販売)達成", "Stage 3 was reached for the first time (E2).",
              "初めて事業化段階3に到達しました(E2)。", "OUT-1, OUT-6", False, _first_reaching(3)),
        _rule("NEW_STAGE_1", "Advertised or better (E0)", "事業化段階1到達(E0)", "Stage 1 was reached for the first time.",
              "初めて事業化段階1に到達しました。", "OUT-2, OUT-6", False, _first_reaching(1)),
        _rule("NEW_STAGE_4", "Continuous sales (E3)", "継続的販売(E3)", "Stage 4 was reached for the first time.",
              "初めて事業化段階4に到達しました。", "OUT-6", False, _first_reaching(4)),
        _rule("NEW_STAGE_5", "Continuous sales with profit (E4)", "利益を伴う継続的販売(E4)", "Stage 5 was reached for the first time.",
              "初めて事業化段階5に到達しました。", "OUT-6", False, _first_reaching(5)),
        _rule("CLUSTER_MEMBER", "Cluster firm takes part", "クラスター参加企業あり",
              "At least one company belongs or belonged to a regional industrial cluster, up to today.",
              "参加企業のうち1社以上が本日までに産業クラスターに参加しています。", "PR-1 (ever)", False, _cluster_member),
        _rule("CORE_MEMBER", "Core company is a cluster firm", "コア企業がクラスター参加企業",
              "The core or lead company belongs or belonged to a cluster.", "コア企業又は代表企業が産業クラスターに参加しています。",
              "PR-2", False, _core_member),
        _rule("JOINED_AFTER_ADOPTION", "Joined a cluster after adoption", "採択後にクラスター参加",
              "Its firms joined a cluster only after the project was adopted.", "採択後に初めて産業クラスターに参加しています。",
              "PR-13", False, _joined_after),
        _rule("UNKNOWN_MATCH", "Membership unknown", "参加状況不明", "No member is known, and some company was never looked up.",
              "参加企業が確認できず、名簿と未照合の企業があります。", "PR-10", False, _unknown_match),
        _rule("ASSET_UNAPPROVED_DISPOSAL", "Asset gone without approval", "処分制限財産の無承認処分",
              "An inspection found an asset missing or disposed of inside its restriction period, without approval.",
              "処分制限期間内の財産が、承認なく処分され又は所在不明であることが検査で判明しました。", "MON-7", True, _asset_lost),
        _rule("PROFIT_RETURN_DUE", "Profit to be returned", "収益納付の必要", "The profit of a year gives an amount to return that is not paid yet.",
              "当該年度の収益により納付額が生じており、未納です。", "MON-9", True, _profit_return),
        _rule("SALES_OVERATTRIBUTED", "Sales attributed beyond 100 %", "売上配分の超過",
              "The shares of one product over its projects add up to more than 100 %.", "1製品の売上のプロジェクト間配分が合計100%を超えています。",
              "OUT-7, CR-13", True, _overattributed),
        _rule("PLAN_VARIANCE", "Sales far below the plan", "売上の計画未達", "Actual sales of a year lie below the set share of what was planned for it.",
              "当該年度の売上実績が、計画額に対する設定割合を下回っています。", "domain 9.1", True, _plan_variance,
              _number("percent", "Percent of the plan", "計画額に対する割合(%)", 50, 1, 100)),
        _rule("OUTCOME_DISPUTED", "Verified outcome in dispute", "確認済み成果への異議", "A verified outcome is doubted and not decided; it counts only as far as it is undisputed.",
              "確認済みの成果に異議が出ており、判断が済んでいません。争いのない証拠水準でのみ算入されます。", "OUT-15", True, _disputed),
        _rule("VALUE_ADDED_FELL", "Value added fell", "付加価値額の減少", "An organisation's value added fell by the set share or more against the year before.",
              "機関の付加価値額が前年度から設定割合以上減少しました。", "MON-10", True, _value_added, _number("percent", "Fall of at least, percent", "減少率(%)", 30, 1, 100)),
        _rule("PLAN_ITEMS_BEHIND", "Plan items behind", "計画項目の遅れ", "Of the quarters that an organisation graded in a year, the set share or more are C or D.",
              "年度内の自己評価のうち、C又はDの割合が設定値以上です。", "MON-13", True, _plan_behind, _number("percent", "C and D at least, percent", "C・Dの割合(%)", 50, 1, 100)),
        _rule("SME_STATUS_CHANGED", "No longer an SME", "中小企業要件の喪失", "A firm that was an SME at adoption is a large or deemed-large company now.",
              "採択時に中小企業であった企業が、大企業又はみなし大企業に該当しています。", "domain 11.4", True, _outgrown),
        _rule("CLUSTER_SHARE_LOW", "Few projects with a cluster firm", "クラスター参加率の低下",
              "PR-1 of a year's adoptions lies below the threshold, even if all unknown firms were members. A threshold of 0 switches it off.",
              "年度別のPR-1が、不明分をすべて参加とみなしても基準を下回っています。基準を0にすると判定しません。", "PR-1, PR-10", True, _cluster_share,
              _number("percent", "Threshold, percent", "基準(%)", 0, 0, 100), _number("projects", "Projects at least", "最少案件数", 10, 1, 1000), of="cohort"),
        _rule("BELOW_BENCHMARK", "Programme below the official benchmark", "事業化率の目標未達",
              "The cumulative incidence so many years after completion lies below the benchmark.", "完了後の所定年数における累積事業化率が目標を下回っています。",
              "MON-11, CR-4", True, _below_benchmark, _number("percent", "Benchmark, percent", "目標(%)", 50, 1, 100),
              _number("years", "Years after completion", "完了後の年数", 5, 1, 10), _number("level", "Level E0 to E4", "水準(E0~E4)", 0, 0, 4),
              _number("at_risk", "At risk at least", "最少観察数", 10, 1, 1000), of="course"),
        _rule("FIRM_BELOW_BENCHMARK", "Firm with many awards and little to show", "多数採択企業の成果不足",
              "Enough completed projects in the span, and neither sales nor patents per project reach the benchmark.",
              "対象期間に多数の完了案件があり、1件当たりの売上・特許がいずれも基準に達していません。", "OUT-10", True, _firm_below,
              _number("projects", "Projects at least", "最少案件数", 16, 2, 200), _number("span", "Fiscal years looked at", "対象年度数", 10, 3, 20),
              _number("without", "Latest years left out", "除外する直近年度数", 2, 0, 5), _number("yen", "Sales per project (yen)", "1件当たり売上(円)", 10_000_000, 0, 10**9),
              _number("patents", "Patents per 100 projects", "100件当たり特許数", 15, 0, 1000), of="firm"),
    )
}  # fmt: skip


#: rule -> parameter -> value, and which rules are switched off
Settings = Mapping[str, Values]


def evaluate(facts: Facts, on: date, settings: Settings | None = None) -> list[Finding]:
    """Everything that holds for a project on a day. ``settings`` holds every rule that is switched on, with its values;
    without it all rules run with their own defaults."""
    return _evaluate("project", facts, on, settings)


def evaluate_cohort(cohort: Cohort, on: date, settings: Settings | None = None) -> list[Finding]:
    return _evaluate("cohort", cohort, on, settings)


def evaluate_course(course: Course, on: date, settings: Settings | None = None) -> list[Finding]:
    return _evaluate("course", course, on, settings)


def evaluate_firm(record: Record, on: date, settings: Settings | None = None) -> list[Finding]:
    return _evaluate("firm", record, on, settings)


def _evaluate(of: str, facts: Any, on: date, settings: Settings | None) -> list[Finding]:
    found: list[Finding] = []
    for rule in RULES.values():
        values = rule.defaults if settings is None else settings.get(rule.code)
        if rule.of == of and values is not None:
            found += rule.find(facts, on, values)
    return found
