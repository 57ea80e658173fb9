"""Kinds of reviewers, of ties, and of what is found and judged."""

from enum import StrEnum

from app.core.i18n import Bilingual


class ReviewerKind(StrEnum):
    academic = "academic"
    business = "business"
    public = "public"
    other = "other"

    @property
    def label(self) -> Bilingual:
        return {
            "academic": Bilingual("University or research", "大学・研究機関"),
            "business": Bilingual("Business", "産業界"),
            "public": Bilingual("Public body", "公的機関"),
            "other": Bilingual("Other", "その他"),
        }[self.value]


class Language(StrEnum):
    ja = "ja"
    en = "en"

    @property
    def label(self) -> Bilingual:
        return {"ja": Bilingual("Japanese", "日本語"), "en": Bilingual("English", "英語")}[self.value]


class InterestKind(StrEnum):
    """CON-14: what ties a person to an organisation or to another person."""

    employment = "employment"
    capital = "capital"
    officer = "officer"
    family = "family"
    joint_research = "joint_research"
    co_application = "co_application"
    mentor = "mentor"
    other = "other"

    @property
    def label(self) -> Bilingual:
        return {
            "employment": Bilingual("Employment", "雇用"),
            "capital": Bilingual("Capital (shares, loans)", "資本(株式・貸付等)"),
            "officer": Bilingual("Officer or adviser", "役員・顧問"),
            "family": Bilingual("Family", "親族"),
            "joint_research": Bilingual("Joint research", "共同研究"),
            "co_application": Bilingual("Joint application", "共同申請"),
            "mentor": Bilingual("Teacher or student", "師弟"),
            "other": Bilingual("Other", "その他"),
        }[self.value]


class Strength(StrEnum):
    """How sure a hit is: strong ones exclude at once, weak ones wait for a person, unknown means conflict."""

    strong = "strong"
    weak = "weak"
    unknown = "unknown"

    @property
    def label(self) -> Bilingual:
        return {
            "strong": Bilingual("Certain", "確実"),
            "weak": Bilingual("To be judged", "要判断"),
            "unknown": Bilingual("Unknown", "不明"),
        }[self.value]


class HitKind(StrEnum):
    """What was found between a person and an application."""

    own_application = "own_application"
    affiliation = "affiliation"
    declared = "declared"
    declared_person = "declared_person"
    applicant_in_call = "applicant_in_call"
    near_name = "near_name"
    old_tie = "old_tie"
    same_name = "same_name"
    domain = "domain"
    together = "together"
    judged = "judged"
    no_profile = "no_profile"
    no_declaration = "no_declaration"
    no_members = "no_members"

    @property
    def label(self) -> Bilingual:
        return {
            "own_application": Bilingual("is part of it", "当該申請の当事者"),
            "affiliation": Bilingual("belongs to it", "所属"),
            "declared": Bilingual("declared", "申告済み"),
            "declared_person": Bilingual("declared person", "申告済みの人物"),
            "applicant_in_call": Bilingual("applies in this call", "同じ公募に申請"),
            "near_name": Bilingual("similar name of an organisation", "類似の機関名"),
            "old_tie": Bilingual("tie of an earlier year", "過年度の申告"),
            "same_name": Bilingual("same name as a person", "同姓同名"),
            "domain": Bilingual("same mail domain", "同一のメールドメイン"),
            "together": Bilingual("worked together", "共同の実績"),
            "judged": Bilingual("judged", "判断済み"),
            "no_profile": Bilingual("no profile", "プロフィール未登録"),
            "no_declaration": Bilingual("no declaration", "利害関係の未申告"),
            "no_members": Bilingual("no members known", "参加機関が不明"),
        }[self.value]


class ConflictVerdict(StrEnum):
    conflict = "conflict"
    no_conflict = "no_conflict"

    @property
    def label(self) -> Bilingual:
        return {
            "conflict": Bilingual("Conflict of interest", "利益相反あり"),
            "no_conflict": Bilingual("No conflict", "利益相反なし"),
        }[self.value]


class State(StrEnum):
    """Where a person stands to an application."""

    clear = "clear"
    cleared = "cleared"
    waiting = "waiting"
    unknown = "unknown"
    conflict = "conflict"

    @property
    def label(self) -> Bilingual:
        return {
            "clear": Bilingual("Nothing found", "該当なし"),
            "cleared": Bilingual("Judged: no conflict", "判断済み:利益相反なし"),
            "waiting": Bilingual("To be judged", "要判断"),
            "unknown": Bilingual("Unknown: counts as a conflict", "不明(利益相反扱い)"),
            "conflict": Bilingual("Conflict of interest", "利益相反"),
        }[self.value]


class ReadWhat(StrEnum):
    """What of an application somebody has read."""

    proposal = "proposal"
    file = "file"
    reviews = "reviews"

    @property
    def label(self) -> Bilingual:
        return {
            "proposal": Bilingual("Proposal", "申請書"),
            "file": Bilingual("File", "添付ファイル"),
            "reviews": Bilingual("Reviews", "評価"),
        }[self.value]
