"""Firms, universities and other bodies; their sizes by year; who belongs to them; lists of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Versioned, Yen
from app.organisations.choices import ClusterMatch, Decision, NameContext, NameKind, NameStatus, SuccessionKind


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
    #: Another entry of the register is the same organisation; this one stays for its key and its history.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)

    @property
    def name(self) -> "object":
        from app.core.i18n import Bilingual

        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)


class OrgProfileYear(Keyed, Model):
    """An organisation in one fiscal year: its size (domain.md 11.4: the SME test is computed per date from these) and
    what it earned and spent (CR-16). Profits may be negative; empty is not known."""

    __tablename__ = "org_profile_year"
    __table_args__ = (UniqueConstraint("organisation_id", "fiscal_year"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    fiscal_year: Mapped[int]
    jsic: Mapped[str | None] = mapped_column(String(5))
    capital_yen: Mapped[int | None] = mapped_column(Yen)
    employees: Mapped[int | None]
    large_company_share_pct: Mapped[int | None]
    officers_from_large_pct: Mapped[int | None]
    sales_yen: Mapped[int | None] = mapped_column(Yen)
    operating_profit_yen: Mapped[int | None] = mapped_column(Yen)
    net_profit_yen: Mapped[int | None] = mapped_column(Yen)
    rd_cost_yen: Mapped[int | None] = mapped_column(Yen)
    source: Mapped[str] = mapped_column(String(400), default="")
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


class OrganisationName(Keyed, Model):
    """A name that an organisation bore, or is also known by, from a day until before another (empty = not known)."""

    __tablename__ = "organisation_name"
    __table_args__ = (
        CheckConstraint("valid_to is null or valid_from is null or valid_to > valid_from", "period"),
        Index("ix_organisation_name_org", "organisation_id"),
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    kind: Mapped[NameKind] = mapped_column(Code(NameKind))
    name_ja: Mapped[str] = mapped_column(Short, default="")
    name_en: Mapped[str] = mapped_column(Short, default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(400), default="")

    @property
    def name(self) -> "object":
        from app.core.i18n import Bilingual

        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)


class IncomingName(Keyed, Stateful, Model):
    """A name that came in from outside and waits until a person has said which organisation it means.

    ``scope`` is the code of the cluster it came from (empty: none); ``candidates`` are the suggestions as the person
    saw them when deciding.
    """

    __tablename__ = "incoming_name"
    __table_args__ = (
        Index("ix_incoming_name_status", "status", "id"),
        Index("ix_incoming_name_scope", "scope", "status"),
        Index("ix_incoming_name_org", "organisation_id"),
    )
    name: Mapped[str] = mapped_column(Short)
    corporate_number: Mapped[str | None] = mapped_column(String(13))
    prefecture: Mapped[str | None] = mapped_column(String(2))
    context: Mapped[NameContext] = mapped_column(Code(NameContext))
    scope: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(400), default="")
    came_at: Mapped[datetime] = mapped_column(UTCDateTime)
    came_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    status: Mapped[NameStatus] = mapped_column(Code(NameStatus), default=NameStatus.waiting)
    decision: Mapped[Decision | None] = mapped_column(Code(Decision))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    why: Mapped[str] = mapped_column(String(400), default="")
    candidates: Mapped[list[Any]] = mapped_column(Json, default=list)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    organisation: Mapped[Organisation | None] = relationship()
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class Merge(Keyed, Model):
    """Two entries of the register were found to be one organisation. Holds everything that undoing needs."""

    __tablename__ = "organisation_merge"
    __table_args__ = (
        Index("ix_organisation_merge_kept", "kept_id"),
        Index("ix_organisation_merge_dropped", "dropped_id"),
    )
    kept_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    dropped_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str] = mapped_column(Long)
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: [table, column, key of the row]: every reference that was moved to the entry kept.
    moved: Mapped[list[Any]] = mapped_column(Json, default=list)
    #: [table, {column: value}]: rows that would have stood twice, whole as they were.
    set_aside: Mapped[list[Any]] = mapped_column(Json, default=list)
    #: {"kept" or "dropped": {column: [before, after]}}: what changed in the two entries themselves.
    changed: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    undo_reason: Mapped[str] = mapped_column(Long, default="")
    kept: Mapped[Organisation] = relationship(foreign_keys=[kept_id])
    dropped: Mapped[Organisation] = relationship(foreign_keys=[dropped_id])
    merged_by: Mapped[User] = relationship(foreign_keys=[merged_by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])


class Succession(Keyed, Model):
    """From a day on, one organisation goes on as, or in, another. What happened before stays under the old name."""

    __tablename__ = "succession"
    __table_args__ = (
        UniqueConstraint("predecessor_id", "successor_id"),
        CheckConstraint("predecessor_id <> successor_id", "two"),
        Index("ix_succession_successor", "successor_id"),
    )
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[SuccessionKind] = mapped_column(Code(SuccessionKind))
    effective_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(String(400), default="")
    #: What passed from the one to the other with it, so that it can be taken back: "affiliations": [[ended, begun]],
    #: "closed_on": the predecessor's day of closing before.
    passed_on: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    predecessor: Mapped[Organisation] = relationship(foreign_keys=[predecessor_id])
    successor: Mapped[Organisation] = relationship(foreign_keys=[successor_id])
    recorded_by: Mapped[User] = relationship()
