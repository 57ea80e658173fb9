"""Phases, lineage and fields of the regional industrial cluster projects."""

from enum import StrEnum
from pathlib import Path

from app.core import codelists
from app.core.i18n import Bilingual

DATA = Path(__file__).parent / "data"
#: Strategic fields (seven of 2004, S&T eight, cluster fields): one list, several tags per thing (domain.md 11.3).
FIELDS = codelists.load(DATA / "fields.csv")


class LinkKind(StrEnum):
    continues = "continues"
    merges = "merges"
    splits = "splits"
    renamed = "renamed"
    ended = "ended"
    new = "new"

    @property
    def label(self) -> Bilingual:
        return {
            "continues": Bilingual("continues as", "継続"),
            "merges": Bilingual("merged into", "統合"),
            "splits": Bilingual("split into", "分割"),
            "renamed": Bilingual("renamed to", "改称"),
            "ended": Bilingual("ended", "終了"),
            "new": Bilingual("newly established", "新設"),
        }[self.value]
