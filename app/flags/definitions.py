"""Rules that raise flags (domain.md 9.1): data in, findings out; each finding carries the facts it rests on."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Any

from app.core.i18n import Bilingual


@dataclass(frozen=True)
class Seen:
    """One observation: the day it holds for, and the two scales."""

    observed_on: date
    stage: int
    dev_state: str


@dataclass(frozen=True)
class Firm:
    """A company of the project: whether it belonged to a cluster at adoption, and ever up to today."""

    organisation_id: int
    name: str
    role: str
    matched: bool
    member_at_adoption: bool
    member_ever: bool


@dataclass(frozen=True)
class Owed:
    """A report that has not arrived."""

    kind: str  # milestone_report or follow_up
    identity: int
    due_on: date


@dataclass(frozen=True)
class Other:
    """Another award of one of the project's organisations."""

    project_key: str
    title: str
    organisation: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Facts:
    """All that the rules look at for one project."""

    project_key: str
    title: str
    adopted_on: date
    starts_on: date
    ends_on: date
    observations: tuple[Seen, ...] = ()  # in order of observed_on
    firms: tuple[Firm, ...] = ()
    owed: tuple[Owed, ...] = ()
    others: tuple[Other, ...] = ()
    failed_rules: tuple[tuple[str, str], ...] = ()  # consortium rules that no longer hold: (id, detail)


@dataclass(frozen=True)
class Finding:
    rule: str
    occasion: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FlagRule:
    """One rule: its code, what it means in both languages, its source, whether it calls for action."""

    code: str
    title: Bilingual
    explanation: Bilingual
    source: str
    attention: bool
    find: Callable[[Facts, date], Iterable[Finding]]


def _first_reaching(stage: int) -> Callable[[Facts, date], Iterator[Finding]]:
    def find(facts: Facts, on: date) -> Iterator[Finding]:
        reached = next((seen for seen in facts.observations if seen.stage >= stage), None)
        if reached is not None:
            yield Finding(
                f"NEW_STAGE_{stage}" if stage != 3 else "NEW_COMMERCIALIZED",
                "",
                {"observed_on": reached.observed_on.isoformat(), "stage": reached.stage, "threshold": stage},
            )

    return find


#: A change of stage calls for action only while somebody still reports: this long after the latest observation.
RECENT = timedelta(days=2 * 365)


def _recent(facts: Facts, on: date) -> bool:
    return bool(facts.observations) and facts.observations[-1].observed_on >= on - RECENT


def _stage_drop(facts: Facts, on: date) -> Iterator[Finding]:
    if not _recent(facts, on):
        return
    pairs = list(zip(facts.observations, facts.observations[1:], strict=False))
    if pairs and pairs[-1][1].stage < pairs[-1][0].stage:
        before, after = pairs[-1]
        yield Finding(
            "STAGE_DROP",
            after.observed_on.isoformat(),
            {"from": before.stage, "to": after.stage, "observed_on": after.observed_on.isoformat()},
        )


def _stalled(facts: Facts, on: date) -> Iterator[Finding]:
    if not _recent(facts, on):
        return
    last = facts.observations[-3:]
    if len(last) == 3 and len({seen.stage for seen in last}) == 1 and last[0].stage < 3:
        if all(seen.dev_state != "stopped" for seen in last):
            yield Finding("STALLED", "", {"stage": last[0].stage, "since": last[0].observed_on.isoformat()})


def _report_due(facts: Facts, on: date) -> Iterator[Finding]:
    for owed in facts.owed:
        if on <= owed.due_on <= on + timedelta(days=30):
            yield Finding(
                "REPORT_DUE", f"{owed.kind}:{owed.identity}", {"kind": owed.kind, "due_on": owed.due_on.isoformat()}
            )


def _report_overdue(facts: Facts, on: date) -> Iterator[Finding]:
    for owed in facts.owed:
        if owed.due_on < on:
            yield Finding(
                "REPORT_OVERDUE", f"{owed.kind}:{owed.identity}", {"kind": owed.kind, "due_on": owed.due_on.isoformat()}
            )


def _members(facts: Facts) -> list[Firm]:
    return [firm for firm in facts.firms if firm.member_ever]


def _cluster_member(facts: Facts, on: date) -> Iterator[Finding]:
    if found := _members(facts):
        yield Finding("CLUSTER_MEMBER", "", {"firms": [firm.name for firm in found], "of": len(facts.firms)})


def _core_member(facts: Facts, on: date) -> Iterator[Finding]:
    for firm in facts.firms:
        if firm.role in ("core_company", "lead_company") and firm.member_ever:
            yield Finding("CORE_MEMBER", "", {"firms": [firm.name], "role": firm.role})
            return


def _joined_after(facts: Facts, on: date) -> Iterator[Finding]:
    found = _members(facts)
    if found and not any(firm.member_at_adoption for firm in facts.firms):
        yield Finding(
            "JOINED_AFTER_ADOPTION", "", {"firms": [f.name for f in found], "adopted_on": facts.adopted_on.isoformat()}
        )


def _unknown_match(facts: Facts, on: date) -> Iterator[Finding]:
    unknown = [firm.name for firm in facts.firms if not firm.matched and not firm.member_ever]
    if unknown and not _members(facts):
        yield Finding("UNKNOWN_MATCH", "", {"firms": unknown})


def _consortium_invalid(facts: Facts, on: date) -> Iterator[Finding]:
    if facts.failed_rules:
        yield Finding("CONSORTIUM_INVALID", "", {"rules": [f"{code}: {detail}" for code, detail in facts.failed_rules]})


SIMILAR = 0.9


def plain_title(title: str) -> str:
    """A title without what makes demonstration titles alike or different by number alone."""
    text = unicodedata.normalize("NFKC", title).casefold()
    text = re.sub(r"synthetic|合成|project|プロジェクト", " ", text)
    return re.sub(r"[\W\d_]+", " ", text).strip()


def _double_funding(facts: Facts, on: date) -> Iterator[Finding]:
    own = plain_title(facts.title)
    if len(own) < 6:
        return
    for other in facts.others:
        overlap = facts.starts_on <= other.ends_on and other.starts_on <= facts.ends_on
        if overlap and SequenceMatcher(None, own, plain_title(other.title)).ratio() >= SIMILAR:
            yield Finding(
                "DOUBLE_FUNDING",
                other.project_key,
                {"project": other.project_key, "organisation": other.organisation, "title": other.title},
            )


def _rule(code: str, en: str, ja: str, why_en: str, why_ja: str, source: str, attention: bool, find: Any) -> FlagRule:
    return FlagRule(code, Bilingual(en, ja), Bilingual(why_en, why_ja), source, attention, find)


RULES: dict[str, FlagRule] = {
    rule.code: rule
    for rule in (
        _rule("REPORT_OVERDUE", "Report overdue", "報告遅延", "A milestone or follow-up report has not arrived by its due date.",
              "マイルストーン報告又は事業化状況報告が期限までに提出されていません。", "MON-5, MON-10", True, _report_overdue),
        _rule("REPORT_DUE", "Report due soon", "報告期限間近", "A report falls due within 30 days.",
              "30日以内に報告期限が到来します。", "MON-5, MON-10", False, _report_due),
        _rule("CONSORTIUM_INVALID", "Consortium rule no longer holds", "体制要件の不充足",
              "A rule on the composition of the consortium is not met by today's participants.",
              "現在の参加機関では体制に関する要件を満たしていません。", "CON-4 to CON-7, NC-2 to NC-5", True, _consortium_invalid),
        _rule("DOUBLE_FUNDING", "Possible double funding", "重複採択の疑い",
              "The same organisation has another award of an overlapping period with a nearly equal title.",
              "同一機関が期間の重なる別の採択案件を類似の題名で実施しています。", "domain 9.1", True, _double_funding),
        _rule("STAGE_DROP", "Stage fell", "事業化段階の低下", "The latest stage is lower than the one before it (observed within two years).",
              "最新の事業化段階(2年以内の観測)が前回より低下しました。", "OUT-1, CR-9", True, _stage_drop),
        _rule("STALLED", "Stalled", "進展なし", "The same stage below 3 in three consecutive reports, and not stopped.",
              "3回連続で同じ段階(3未満)にとどまり、中止もされていません。", "OUT-1", True, _stalled),
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
    )
}  # fmt: skip


def evaluate(facts: Facts, on: date) -> list[Finding]:
    """Everything that holds for a project on a day."""
    return [finding for rule in RULES.values() for finding in rule.find(facts, on)]
