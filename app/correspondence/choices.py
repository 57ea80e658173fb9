"""Who speaks in a thread."""

from enum import StrEnum

from app.core.i18n import Bilingual


class Side(StrEnum):
    consortium = "consortium"
    office = "office"

    @property
    def label(self) -> Bilingual:
        return {
            "consortium": Bilingual("consortium", "申請者"),
            "office": Bilingual("programme office", "事業事務局"),
        }[self.value]
