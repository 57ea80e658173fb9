"""The life of an application and the roles in a consortium."""

from enum import StrEnum

from app.core.i18n import Bilingual


class ApplicationStatus(StrEnum):
    """What the applicant may know. A decision that is not yet released does not show here (reviews.Decision)."""

    draft = "draft"
    submitted = "submitted"
    correcting = "correcting"
    under_review = "under_review"
    ineligible = "ineligible"
    withdrawn = "withdrawn"
    adopted = "adopted"
    reserve = "reserve"
    rejected = "rejected"

    @property
    def label(self) -> Bilingual:
        return {
            "draft": Bilingual("Draft", "作成中"),
            "submitted": Bilingual("Submitted", "提出済み"),
            "correcting": Bilingual("Being corrected", "訂正中"),
            "under_review": Bilingual("Under review", "審査中"),
            "ineligible": Bilingual("Not eligible", "要件不適合"),
            "withdrawn": Bilingual("Withdrawn", "取下げ"),
            "adopted": Bilingual("Adopted", "採択"),
            "reserve": Bilingual("Reserve", "補欠"),
            "rejected": Bilingual("Not adopted", "不採択"),
        }[self.value]


#: In these states the consortium writes.
WRITABLE = (ApplicationStatus.draft, ApplicationStatus.correcting)


class CorrectionOutcome(StrEnum):
    """How a correction ended."""

    handed_in = "handed_in"
    cancelled = "cancelled"
    lapsed = "lapsed"

    @property
    def label(self) -> Bilingual:
        return {
            "handed_in": Bilingual("handed in anew", "再提出済み"),
            "cancelled": Bilingual("given up; the earlier version stands", "訂正取りやめ(従前の提出が有効)"),
            "lapsed": Bilingual("time ran out; the earlier version stands", "期限経過(従前の提出が有効)"),
        }[self.value]


class Measure(StrEnum):
    """What a consortium forecasts when it hands in."""

    first_sale = "first_sale"
    sales = "sales"
    profit = "profit"
    new_jobs = "new_jobs"
    patents = "patents"
    trl_start = "trl_start"
    trl_target = "trl_target"


class MemberRole(StrEnum):
    """Roles of the contract's participants file. The first four may stand once in a consortium (CON-4, NC-2)."""

    managing_organisation = "managing_organisation"
    project_leader = "project_leader"
    sub_leader = "sub_leader"
    core_company = "core_company"
    lead_company = "lead_company"
    implementer = "implementer"
    cooperator = "cooperator"
    adviser = "adviser"

    @property
    def label(self) -> Bilingual:
        return {
            "managing_organisation": Bilingual("Managing organisation", "管理法人"),
            "project_leader": Bilingual("Project leader's organisation", "総括研究代表者の所属機関"),
            "sub_leader": Bilingual("Sub-leader's organisation", "副総括研究代表者の所属機関"),
            "core_company": Bilingual("Core company", "コア企業"),
            "lead_company": Bilingual("Lead company", "代表企業"),
            "implementer": Bilingual("Research implementer", "研究実施者"),
            "cooperator": Bilingual("Cooperator", "連携・協力機関"),
            "adviser": Bilingual("Adviser", "アドバイザー"),
        }[self.value]


class PersonRole(StrEnum):
    """What a person named in a member's share is to the proposal."""

    representative = "representative"
    officer = "officer"
    project_leader = "project_leader"
    sub_leader = "sub_leader"
    researcher = "researcher"
    accounting = "accounting"

    @property
    def label(self) -> Bilingual:
        return {
            "representative": Bilingual("Representative", "代表者"),
            "officer": Bilingual("Director or officer", "役員"),
            "project_leader": Bilingual("Project leader", "総括研究代表者"),
            "sub_leader": Bilingual("Sub-leader", "副総括研究代表者"),
            "researcher": Bilingual("Researcher", "研究者"),
            "accounting": Bilingual("Accounting", "経理担当者"),
        }[self.value]


class Right(StrEnum):
    """What a person may do for a member. Each right includes the ones before it; signing is confirming and handing in."""

    read = "read"
    write = "write"
    sign = "sign"

    @property
    def label(self) -> Bilingual:
        return {
            "read": Bilingual("Read", "閲覧"),
            "write": Bilingual("Read and write", "閲覧・入力"),
            "sign": Bilingual("Read, write and sign (confirm, hand in)", "閲覧・入力・署名(確認・提出)"),
        }[self.value]


class NoveltyKind(StrEnum):
    """NC-6: what is new about the business."""

    new_product = "new_product"
    new_service = "new_service"
    new_production_or_sales = "new_production_or_sales"
    new_provision = "new_provision"

    @property
    def label(self) -> Bilingual:
        return {
            "new_product": Bilingual("Development or production of a new product", "新商品の開発又は生産"),
            "new_service": Bilingual("Development or provision of a new service", "新役務の開発又は提供"),
            "new_production_or_sales": Bilingual(
                "A new method of production or sale of goods", "商品の新たな生産又は販売の方式の導入"
            ),
            "new_provision": Bilingual("A new method of providing services", "役務の新たな提供の方式の導入"),
        }[self.value]


#: What the record of events says, in words for readers.
EVENTS = {
    "created": Bilingual("Draft started", "作成開始"),
    "deadline: individual": Bilingual("Closing time extended for this application", "個別に締切を延長"),
    "deadline: grace": Bilingual("Grace granted to this application", "個別に提出猶予を付与"),
    "basics saved": Bilingual("Basics saved", "基本事項を保存"),
    "milestones saved": Bilingual("Milestones saved", "マイルストーンを保存"),
    "commercialization plan saved": Bilingual("Commercialization plan saved", "事業化計画を保存"),
    "member added": Bilingual("Member added", "参加機関を追加"),
    "member removed": Bilingual("Member removed", "参加機関を削除"),
    "role changed": Bilingual("Role of a member changed", "参加機関の役割を変更"),
    "share saved": Bilingual("Share saved", "分担内容を保存"),
    "share confirmed": Bilingual("Share confirmed", "分担内容を確認"),
    "confirmation lapsed": Bilingual(
        "Confirmation lapsed, because the share changed", "分担内容の変更により確認が失効"
    ),
    "person invited": Bilingual("Person invited", "担当者を招待"),
    "invitation withdrawn": Bilingual("Invitation withdrawn", "招待を取消し"),
    "invitation accepted": Bilingual("Invitation accepted", "招待を受諾"),
    "right changed": Bilingual("Right of a person changed", "担当者の権限を変更"),
    "costs opened to the lead": Bilingual("Costs opened to the lead", "経費内訳を代表機関に開示"),
    "costs closed to the lead": Bilingual("Costs closed to the lead", "経費内訳の代表機関への開示を終了"),
    "lead offered": Bilingual("Lead offered to another member", "代表機関の引継ぎを申出"),
    "lead handed over": Bilingual("Lead handed over", "代表機関を引継ぎ"),
    "lead offer closed": Bilingual("Offer of the lead declined or withdrawn", "代表機関の引継ぎを辞退・取消し"),
    "kept by deadline insurance": Bilingual("Deadline insurance taken", "締切時自動提出を設定"),
    "deadline insurance ended": Bilingual("Deadline insurance ended", "締切時自動提出を解除"),
    "rule overridden": Bilingual("A rule set aside by the office", "事務局による要件の特例判断"),
    "person left": Bilingual("Person left", "担当者を解除"),
    "document attached": Bilingual("Document attached", "書類を添付"),
    "document removed": Bilingual("Document removed", "書類を削除"),
    "virus found in a document": Bilingual("A virus was found in a document", "添付書類からウイルスを検出"),
}
