"""Firms, universities and other bodies; their sizes by year; who belongs to them; lists of them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Code, Keyed, Model, Short, Versioned, Yen
from app.organisations.choices import ClusterMatch


class Organisation(Keyed, Versioned, Model):
    """An organisation of the register. ``org_key`` is its stable key in files; ``corporate_number`` is the state's."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("capital_yen >= 0", "capital"),
        CheckConstraint("employees >= 0", "employees"),
        Index("ix_organisation_type", "org_type", "org_key"),
        Index("ix_organisation_prefecture", "prefecture", "org_key"),
    )
    org_key: Mapped[str] = mapped_column(String(60), unique=True)
    corporate_number: Mapped[str | None] = mapped_column(String(13), unique=True)
    name_ja: Mapped[str] = mapped_column(Short, index=True)
    name_en: Mapped[str] = mapped_column(Short, default="", index=True)
    org_type: Mapped[str] = mapped_column(String(40))
    prefecture: Mapped[str | None] = mapped_column(String(2))
    jsic: Mapped[str | None] = mapped_column(String(5))
    jsic_revision: Mapped[str | None] = mapped_column(String(10))
    capital_yen: Mapped[int | None] = mapped_column(Yen)
    employees: Mapped[int | None]
    established_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    cluster_match: Mapped[ClusterMatch] = mapped_column(Code(ClusterMatch), default=ClusterMatch.unmatched)
    is_synthetic: Mapped[bool] = mapped_column(default=False)

    @property
    def name(self) -> "object":
        from app.core.i18n import Bilingual

        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)


class OrgProfileYear(Keyed, Model):
    """An organisation's size in one fiscal year (domain.md 11.4: the SME test is computed per date from these)."""

    __tablename__ = "org_profile_year"
    __table_args__ = (UniqueConstraint("organisation_id", "fiscal_year"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    fiscal_year: Mapped[int]
    jsic: Mapped[str | None] = mapped_column(String(5))
    capital_yen: Mapped[int | None] = mapped_column(Yen)
    employees: Mapped[int | None]
    large_company_share_pct: Mapped[int | None]
    officers_from_large_pct: Mapped[int | None]
    organisation: Mapped[Organisation] = relationship()


class Affiliation(Keyed, Model):
    """A person acts for an organisation, from one day until another (empty = still)."""

    __tablename__ = "affiliation"
    __table_args__ = (
        UniqueConstraint("user_id", "organisation_id", "valid_from"),
        Index("ix_affiliation_org", "organisation_id"),
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    organisation: Mapped[Organisation] = relationship()


class PopulationList(Keyed, Model):
    """A published list of organisations, such as the 300 vigorous SMEs: the denominator of PR-8."""

    __tablename__ = "population_list"
    list_code: Mapped[str] = mapped_column(String(60), unique=True)
    name_en: Mapped[str] = mapped_column(Short)
    name_ja: Mapped[str] = mapped_column(Short)
    unit: Mapped[str] = mapped_column(String(40))
    as_of: Mapped[date | None]


class PopulationMember(Keyed, Model):
    __tablename__ = "population_member"
    __table_args__ = (
        UniqueConstraint("list_id", "organisation_id"),
        Index("ix_population_member_org", "organisation_id"),
    )
    list_id: Mapped[int] = mapped_column(ForeignKey("population_list.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    list: Mapped[PopulationList] = relationship()
    organisation: Mapped[Organisation] = relationship()
