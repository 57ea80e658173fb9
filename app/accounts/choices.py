"""Roles: what a person may be in this system (domain.md 10, Person / User)."""

from enum import StrEnum

from app.core.i18n import Bilingual


class Role(StrEnum):
    applicant = "applicant"
    reviewer = "reviewer"
    officer = "officer"
    cluster_manager = "cluster_manager"
    auditor = "auditor"
    admin = "admin"

    @property
    def label(self) -> Bilingual:
        return LABELS[self]


#: Who decides on applications, or audits them, does not apply.
APART = frozenset({Role.officer, Role.auditor})

LABELS = {
    Role.applicant: Bilingual("Applicant", "申請者"),
    Role.reviewer: Bilingual("Reviewer", "審査員"),
    Role.officer: Bilingual("Programme officer", "事業担当官"),
    Role.cluster_manager: Bilingual("Cluster manager", "クラスター推進担当"),
    Role.auditor: Bilingual("Auditor", "監査担当"),
    Role.admin: Bilingual("Administrator", "システム管理者"),
}
