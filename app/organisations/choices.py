"""Kinds of organisations and the code lists of places and industries."""

from enum import StrEnum
from pathlib import Path

from app.core import codelists
from app.core.i18n import Bilingual

DATA = Path(__file__).parent / "data"
PREFECTURES = codelists.load(DATA / "prefectures.csv")  # JIS X 0401, with the bureau in charge
BUREAUS = codelists.load(DATA / "bureaus.csv")  # METI's eight bureaus and Okinawa; also the regions
ORG_TYPES = codelists.load(DATA / "org_types.csv")  # domain.md 11.5
JSIC_DIVISIONS = codelists.load(DATA / "jsic_divisions.csv")  # revision 11

#: The company kinds of the contract: participation rates count these and no others (PR-1 to PR-8).
COMPANY_TYPES = ("company_large", "company_sme", "company_small", "sole_proprietor")
UNIVERSITY_TYPES = (
    "national_university",
    "public_university",
    "private_university",
    "junior_college",
    "technical_college",
)
#: CON-6: what counts as a research institution. Laboratories of companies or public-interest corporations do not.
RESEARCH_TYPES = (
    "national_university",
    "public_university",
    "private_university",
    "technical_college",
    "inter_university_institute",
    "national_rd_agency",
    "public_testing_institute",
    "special_corporation",
)


class ClusterMatch(StrEnum):
    """Was this organisation looked up in the cluster registers? Without that, no membership means *unknown*."""

    matched = "matched"
    unmatched = "unmatched"

    @property
    def label(self) -> Bilingual:
        return {
            ClusterMatch.matched: Bilingual("Looked up in the cluster registers", "クラスター名簿と照合済み"),
            ClusterMatch.unmatched: Bilingual("Not yet looked up", "未照合"),
        }[self]


class NameStatus(StrEnum):
    """A name waits for a person's decision, has it, or was taken back by those who brought it."""

    waiting = "waiting"
    settled = "settled"
    withdrawn = "withdrawn"

    @property
    def label(self) -> Bilingual:
        return {
            NameStatus.waiting: Bilingual("Waiting", "未照合"),
            NameStatus.settled: Bilingual("Settled", "照合済み"),
            NameStatus.withdrawn: Bilingual("Withdrawn", "取り下げ"),
        }[self]


class Decision(StrEnum):
    """Which organisation an incoming name means."""

    same = "same"
    another = "another"
    new = "new"
    none = "none"

    @property
    def label(self) -> Bilingual:
        return {
            Decision.same: Bilingual("the first suggestion", "第一候補と同一"),
            Decision.another: Bilingual("another organisation of the register", "登録済みの別の機関"),
            Decision.new: Bilingual("a new organisation", "新規の機関"),
            Decision.none: Bilingual("no organisation", "機関ではない"),
        }[self]


class NameContext(StrEnum):
    """Where an incoming name comes from."""

    membership = "membership"
    attendance = "attendance"
    typed = "typed"

    @property
    def label(self) -> Bilingual:
        return {
            NameContext.membership: Bilingual("list of members", "参加者名簿"),
            NameContext.attendance: Bilingual("list of attendees", "出席者名簿"),
            NameContext.typed: Bilingual("typed by hand", "手入力"),
        }[self]


class NameKind(StrEnum):
    """Why an organisation has a further name."""

    former = "former"
    alias = "alias"

    @property
    def label(self) -> Bilingual:
        return {
            NameKind.former: Bilingual("Former name", "旧名称"),
            NameKind.alias: Bilingual("Also known as", "別名"),
        }[self]


class SuccessionKind(StrEnum):
    """How one organisation goes on in another."""

    merger = "merger"
    split_off = "split"
    transfer = "transfer"

    @property
    def label(self) -> Bilingual:
        return {
            SuccessionKind.merger: Bilingual("merged into", "合併"),
            SuccessionKind.split_off: Bilingual("split off into", "分割"),
            SuccessionKind.transfer: Bilingual("business transferred to", "事業譲渡"),
        }[self]
