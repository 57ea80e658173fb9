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
