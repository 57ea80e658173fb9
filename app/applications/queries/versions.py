"""What differs between two submissions: per answer, per partner, per budget line; texts word by word."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from app.applications.choices import MemberRole, NoveltyKind, PersonRole
from app.applications.models import Submission
from app.applications.queries.visibility import Standing
from app.calls.choices import COST_ITEMS
from app.core.i18n import Bilingual, show_yen

_PIECES = re.compile(r"[A-Za-z0-9_]+\s*|\s+|.", re.DOTALL)
MAX_PIECES = 6_000
MAX_PAIRS = 200_000  # texts of few words repeated without end would take minutes; 3,000 Japanese characters stay below

LABELS = {
    "title_en": Bilingual("Title in English", "課題名(英語)"),
    "title_ja": Bilingual("Title in Japanese", "課題名(日本語)"),
    "abstract": Bilingual("Abstract", "概要"),
    "field": Bilingual("Field", "分野"),
    "starts_on": Bilingual("Starts on", "開始日"),
    "ends_on": Bilingual("Ends on", "終了日"),
    "seed_technology": Bilingual("Seed technology", "シーズ技術"),
    "novelty": Bilingual("What is new (kinds)", "新規性の類型"),
    "novelty_text": Bilingual("What is new", "新規性"),
    "combination_text": Bilingual("Combination of fields", "異分野の組合せ"),
    "has_written_rules": Bilingual("Written rules", "規約"),
    "total_yen": Bilingual("Total budget", "経費総額"),
    "frame": Bilingual("Frame", "枠"),
    "product": Bilingual("Product or service", "製品・サービス"),
    "market": Bilingual("Market", "市場"),
    "who_sells": Bilingual("Who makes and sells", "製造・販売主体"),
    "first_sale_on": Bilingual("First sale", "販売開始"),
    "investment_yen": Bilingual("Investment", "投資額"),
    "new_jobs": Bilingual("Jobs created", "雇用創出"),
    "patents": Bilingual("Patent applications", "特許出願"),
    "trl_start": Bilingual("TRL at the start", "開始時TRL"),
    "trl_target": Bilingual("TRL at the end", "終了時TRL"),
    "role": Bilingual("Role", "役割"),
    "resources": Bilingual("What it brings", "経営資源・役割"),
    "contribution_pct": Bilingual("Contribution, percent", "貢献割合(%)"),
    "jsic": Bilingual("Industrial class", "産業細分類"),
    "holds_seed": Bilingual("Holds the seed technology", "シーズ保有"),
    "contact_name": Bilingual("Contact person", "担当者"),
    "confirmed_name": Bilingual("Confirmed by", "確認者"),
}
SECTION = {
    "basics": Bilingual("Basics", "基本事項"),
    "plan": Bilingual("Commercialization plan", "事業化計画"),
    "milestones": Bilingual("Milestones", "マイルストーン"),
    "attachments": Bilingual("Documents", "添付書類"),
    "answers": Bilingual("Questions of the call", "公募の質問"),
}
_TOP = ("title_en", "title_ja", "abstract", "field", "starts_on", "ends_on", "seed_technology", "novelty", "novelty_text",
        "combination_text", "has_written_rules", "total_yen")  # fmt: skip
_PLAN = ("product", "market", "who_sells", "first_sale_on", "investment_yen", "new_jobs", "patents", "trl_start",
         "trl_target")  # fmt: skip
_MEMBER = ("role", "resources", "contribution_pct", "jsic", "holds_seed", "contact_name", "total_yen", "confirmed_name")


@dataclass(frozen=True)
class Piece:
    """A stretch of text: the same in both versions, only in the earlier one, or only in the later one."""

    kind: str  # same, gone, new
    text: str


@dataclass(frozen=True)
class Difference:
    """One thing that differs, with the words that went and came."""

    section: Any
    label: Any
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        return word_diff(self.before, self.after)


def _pairs(old: list[str], new: list[str]) -> int:
    """How often a piece of one text stands in the other: what comparing them costs grows with it."""
    there = Counter(new)
    return sum(n * there[piece] for piece, n in Counter(old).items())


def word_diff(before: str, after: str) -> list[Piece]:
    """The two texts as one, word by word (Japanese letter by letter)."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    head, old, new = "".join(old[:start]), old[start:], new[start:]
    found = [Piece("same", head)] if head else []
    if len(old) + len(new) > MAX_PIECES or _pairs(old, new) > MAX_PAIRS:
        return [*found, *(Piece(kind, "".join(some)) for kind, some in (("gone", old), ("new", new)) if some)]
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece("gone", "".join(old[a:b])))
        if d > c:
            found.append(Piece("new", "".join(new[c:d])))
    return found


def _flat(submission: Submission, standing: Standing) -> dict[tuple[str, str], tuple[Any, Any, str]]:
    """(section, name) -> (section's words, label, text) of everything in one version that this reader may see."""
    main = json.loads(submission.snapshot)
    found: dict[tuple[str, str], tuple[Any, Any, str]] = {}

    def put(section: str, words: Any, name: str, label: Any, text: str) -> None:
        found[section, name] = (words, label, text)

    for name in _TOP:
        put("basics", SECTION["basics"], name, LABELS[name], _said(name, main["application"].get(name)))
    frame = main["frame"]
    put("basics", SECTION["basics"], "frame", LABELS["frame"], str(Bilingual(frame["name_en"], frame["name_ja"])))
    sealed = {part.member_id: json.loads(part.content) for part in submission.sealed}
    # By number and organisation: SQLite gives the number of a member that was taken out to the next one.
    own = {(m.id, m.organisation_id) for m in submission.application.members if m.id in standing.member_ids}
    for row in main["members"]:
        _flat_member(row, sealed, standing, own, put)
    for row in main["milestones"]:
        said = f"{row['goal']} · {row['target_value']} {row['unit']} · {row['due_on'] or ''}"
        label = Bilingual(f"Milestone {row['position']}", f"マイルストーン {row['position']}")
        put("milestones", SECTION["milestones"], str(row["position"]), label, said)
    plan = main["plan"] or {}
    for name in _PLAN:
        put("plan", SECTION["plan"], name, LABELS[name], _said(name, plan.get(name)))
    for no, sales, profit in plan.get("years", []):
        said = f"{show_yen(sales)} / {show_yen(profit)}"
        put("plan", SECTION["plan"], f"year{no}", Bilingual(f"Year {no}: sales / profit", f"{no}年目 売上/利益"), said)
    for row in main["attachments"]:
        put("attachments", SECTION["attachments"], row["document"], row["document"],
            f"{row['name']} (SHA-256 {row['sha256'][:16]}…)")  # fmt: skip
    for row in _answers(main):
        put("answers", SECTION["answers"], row["key"], row["label"], row["text"])
    return found


def _flat_member(
    row: dict[str, Any], sealed: dict[int, dict[str, Any]], standing: Standing, own: set[tuple[int, int]], put: Any
) -> None:
    section = f"member-{row.get('member_id') or row['organisation_id']}"
    words = Bilingual(row["name_en"] or row["name_ja"], row["name_ja"] or row["name_en"])
    for name in _MEMBER:
        put(section, words, name, LABELS[name], _said(name, row.get(name)))
    for kind, no, label, said in _named(row):
        put(section, words, f"{kind}{no}", label, said)
    key = row.get("member_id")
    if key in sealed and (standing.agency or (key, row["organisation_id"]) in own):
        for year, item, yen in sealed[key]["budget"]:
            label = Bilingual(f"FY{year} {COST_ITEMS[item].name.en}", f"{year}年度 {COST_ITEMS[item].name.ja}")
            put(section, words, f"b_{year}_{item}", label, show_yen(yen))


def _named(row: dict[str, Any]) -> Iterable[tuple[str, int, Any, str]]:
    """The people and subcontractors of a share, as (kind, number, label, text)."""
    for one in row.get("people", ()):
        role = str(PersonRole(one["role"]).label) if one["role"] else ""
        parts = (one["name"], one["reading"], role, one["department"], one["erad_number"])
        no = one["position"]
        yield "person", no, Bilingual(f"Person {no}", f"関係者{no}"), " · ".join(part for part in parts if part)
    for one in row.get("subcontractors", ()):
        said = " · ".join(part for part in (one["name"], one["corporate_number"], one["task"]) if part)
        no = one["position"]
        yield "subcontractor", no, Bilingual(f"Subcontractor {no}", f"外注・再委託先{no}"), said


def _answers(main: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The answers to the call's own questions, as (key, label, text)."""
    for section in (main.get("questionnaire") or {}).get("sections", []):
        for row in section.get("answers", []):
            label = row.get("label") or {}
            value = row.get("text", row.get("value"))
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield {
                "key": row["key"],
                "label": Bilingual(label.get("en", row["key"]), label.get("ja", row["key"])),
                "text": "" if value is None else said,
            }


def _said(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name.endswith("_yen"):
        return show_yen(value)
    if name == "role":
        return str(MemberRole(value).label)
    if name == "novelty":
        return ", ".join(str(NoveltyKind(code).label) for code in value)
    if isinstance(value, bool):
        return "✓" if value else "–"
    return str(value)


def differences(earlier: Submission, later: Submission, standing: Standing) -> list[Difference]:
    """Everything that differs between two versions and that this reader may see, in the order of the proposal."""
    old, new = _flat(earlier, standing), _flat(later, standing)
    found = []
    for key in {**new, **old}:
        words, label, _text = new.get(key) or old[key]
        before, after = (side[key][2] if key in side else "" for side in (old, new))
        if before != after:
            found.append(Difference(words, label, before, after))
    return found


def by_section(found: Iterable[Difference]) -> list[tuple[Any, list[Difference]]]:
    """The same under the headings of the proposal, in its order."""
    return [(section, list(rows)) for section, rows in groupby(found, lambda one: one.section)]
