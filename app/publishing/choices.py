"""The lives of published figures and of what is made from them."""

from enum import StrEnum

from app.core.i18n import Bilingual


class QuestionKind(StrEnum):
    """Which kind of rate a figure is."""

    participation = "participation"
    commercialization = "commercialization"


class SnapshotStatus(StrEnum):
    """domain.md 12: draft, frozen, published, superseded; what is never published is discarded."""

    draft = "draft"
    frozen = "frozen"
    published = "published"
    superseded = "superseded"
    discarded = "discarded"

    @property
    def label(self) -> Bilingual:
        return {
            "draft": Bilingual("Proposed", "提案中"),
            "frozen": Bilingual("Frozen, not public yet", "確定(未公表)"),
            "published": Bilingual("Published", "公表"),
            "superseded": Bilingual("Superseded", "差替え済み"),
            "discarded": Bilingual("Discarded", "取下げ"),
        }[self.value]


class FreezeFault(StrEnum):
    """Why a proposed figure could not be frozen."""

    unsteady = "unsteady"
    disagrees = "disagrees"
    too_large = "too_large"
    nothing = "nothing"

    @property
    def label(self) -> Bilingual:
        return {
            "unsteady": Bilingual(
                "The records changed while they were read. Freeze it again.",
                "読み取り中に記録が変更されました。もう一度確定してください。",
            ),
            "disagrees": Bilingual(
                "The second, independent count came to another result. The figure is not frozen; tell the administrators.",
                "独立した再計算の結果が一致しませんでした。確定していません。管理者に連絡してください。",
            ),
            "too_large": Bilingual(
                "There are more records than one figure may hold. Choose fewer years.",
                "1つの数値に含められる記録の上限を超えています。年度の範囲を狭めてください。",
            ),
            "nothing": Bilingual("No record fits the question.", "該当する記録がありません。"),
        }[self.value]


class PublicationKind(StrEnum):
    report = "report"
    datasets = "datasets"

    @property
    def label(self) -> Bilingual:
        return {
            "report": Bilingual("Programme report", "事業報告書"),
            "datasets": Bilingual("Public datasets", "公開データ"),
        }[self.value]


class PublicationStatus(StrEnum):
    """From the order to the public."""

    ordered = "ordered"
    making = "making"
    ready = "ready"
    failed = "failed"
    published = "published"
    superseded = "superseded"
    discarded = "discarded"

    @property
    def label(self) -> Bilingual:
        return {
            "ordered": Bilingual("Ordered", "作成待ち"),
            "making": Bilingual("Being made", "作成中"),
            "ready": Bilingual("Ready", "完成"),
            "failed": Bilingual("Failed", "失敗"),
            "published": Bilingual("Published", "公表"),
            "superseded": Bilingual("Superseded", "差替え済み"),
            "discarded": Bilingual("Discarded", "取下げ"),
        }[self.value]


class FileRole(StrEnum):
    """What a file of a publication is; the workbook holds records and never becomes public."""

    pdf_ja = "pdf_ja"
    pdf_en = "pdf_en"
    workbook = "workbook"
    tables = "tables"
    datasets = "datasets"

    @property
    def public(self) -> bool:
        return self is not FileRole.workbook

    @property
    def label(self) -> Bilingual:
        return {
            "pdf_ja": Bilingual("Report in Japanese (PDF)", "報告書・日本語(PDF)"),
            "pdf_en": Bilingual("Report in English (PDF)", "報告書・英語(PDF)"),
            "workbook": Bilingual("Workbook with the records (XLSX)", "記録を含むブック(XLSX)"),
            "tables": Bilingual("Workbook of the tables (XLSX)", "集計表のブック(XLSX)"),
            "datasets": Bilingual("All datasets (ZIP)", "全データ(ZIP)"),
        }[self.value]
