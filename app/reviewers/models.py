"""What is known of reviewers and officers: profiles, employers, declared ties; what was judged, and what was read."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.models import Application
from app.core.clock import now, today
from app.core.db import Code, Json, Keyed, Long, Model, Short, UTCDateTime, Versioned
from app.core.fiscal import fiscal_year
from app.organisations.models import Organisation
from app.reviewers.choices import ConflictVerdict, InterestKind, ReadWhat, ReviewerKind


class ReviewerProfile(Keyed, Versioned, Model):
    """What the office knows of a reviewer. Without one nobody can tell a conflict, so that all count as conflicts."""

    __tablename__ = "reviewer_profile"
    __table_args__ = (
        CheckConstraint("load_limit is null or load_limit >= 0", "load"),
        Index("ix_reviewer_profile_kind", "kind", "user_id"),
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[ReviewerKind] = mapped_column(Code(ReviewerKind))
    languages: Mapped[str] = mapped_column(String(40), default="ja")  # codes separated by ;
    keywords: Mapped[str] = mapped_column(String(1000), default="")
    orcid: Mapped[str] = mapped_column(String(19), default="")
    erad_number: Mapped[str] = mapped_column(String(20), default="")  # researcher number of e-Rad; never refused
    load_limit: Mapped[int | None]  # reviews in one call; none: no limit of one's own
    name_kana: Mapped[str] = mapped_column(Short, default="")
    name_roman: Mapped[str] = mapped_column(Short, default="")
    other_names: Mapped[str] = mapped_column(Short, default="")  # separated by ; such as the name before marriage
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    user: Mapped[User] = relationship()
    fields: Mapped[list["ReviewerField"]] = relationship(order_by="ReviewerField.code", cascade="all, delete-orphan")

    @property
    def field_codes(self) -> list[str]:
        return [row.code for row in self.fields]


class ReviewerField(Keyed, Model):
    """A field in which a reviewer is at home (the clusters' list of fields)."""

    __tablename__ = "reviewer_field"
    __table_args__ = (UniqueConstraint("profile_id", "code"), Index("ix_reviewer_field_code", "code", "profile_id"))
    profile_id: Mapped[int] = mapped_column(ForeignKey("reviewer_profile.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))


class _Named:
    """Something that names an organisation: one of the register, or a free name with or without a corporate number."""

    @property
    def named(self: Any) -> Any:
        """The organisation's name for the reader."""
        return self.organisation.name if self.organisation is not None else self.organisation_name


class Employment(_Named, Keyed, Model):
    """An employer of a reviewer, from one day until another (empty = not known, or still)."""

    __tablename__ = "employment"
    __table_args__ = (
        CheckConstraint("ends_on is null or starts_on is null or ends_on >= starts_on", "period"),
        Index("ix_employment_user", "user_id", "id"),
        Index("ix_employment_org", "organisation_id"),
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    organisation_name: Mapped[str] = mapped_column(Short, default="")
    corporate_number: Mapped[str | None] = mapped_column(String(13))
    position: Mapped[str] = mapped_column(Short, default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    organisation: Mapped[Organisation | None] = relationship()


class DeclaredInterest(_Named, Keyed, Model):
    """A tie that a person declared for one fiscal year: to an organisation, or to a person by name (CON-14).

    Older ones, and those that were taken back, remain: they make a conflict possible until somebody has looked.
    """

    __tablename__ = "declared_interest"
    __table_args__ = (
        Index("ix_declared_interest_org", "organisation_id"),
        Index("ix_declared_interest_user", "user_id", "fiscal_year"),
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    fiscal_year: Mapped[int] = mapped_column(default=lambda: fiscal_year(today()))
    kind: Mapped[InterestKind] = mapped_column(Code(InterestKind))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    organisation_name: Mapped[str] = mapped_column(Short, default="")
    corporate_number: Mapped[str | None] = mapped_column(String(13))
    person_name: Mapped[str] = mapped_column(Short, default="")
    note: Mapped[str] = mapped_column(String(400), default="")
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    organisation: Mapped[Organisation | None] = relationship()


class InterestDeclaration(Keyed, Model):
    """A person's statement that the ties declared for a fiscal year are complete and true (or that there are none)."""

    __tablename__ = "interest_declaration"
    __table_args__ = (UniqueConstraint("user_id", "fiscal_year"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    fiscal_year: Mapped[int]
    no_ties: Mapped[bool] = mapped_column(default=False)
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class ConflictJudgement(Keyed, Model):
    """What somebody made of a person and an application. Rows are only ever added; the latest counts.

    ``hits`` are the keys of what was known then: "no conflict" clears those and nothing that comes to light later.
    """

    __tablename__ = "conflict_judgement"
    __table_args__ = (
        Index("ix_conflict_judgement_pair", "application_id", "user_id", "id"),
        Index("ix_conflict_judgement_user", "user_id", "id"),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    verdict: Mapped[ConflictVerdict] = mapped_column(Code(ConflictVerdict))
    reason: Mapped[str] = mapped_column(Long)
    hits: Mapped[list[str]] = mapped_column(Json, default=list)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    application: Mapped[Application] = relationship()


class PossibleConflict(Keyed, Model):
    """A reviewer was asked, and a possible conflict waits for a person's judgement: what officers have to do.

    Access never asks this table: it ends by what is known at the moment. The row goes when somebody has judged.
    """

    __tablename__ = "possible_conflict"
    __table_args__ = (
        UniqueConstraint("application_id", "user_id"),
        Index("ix_possible_conflict_user", "user_id"),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    found_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    user: Mapped[User] = relationship()
    application: Mapped[Application] = relationship()


class AccessRecord(Keyed, Model):
    """That somebody read a part of an application: first, last, how often. It stays when the access has ended."""

    __tablename__ = "access_record"
    __table_args__ = (
        UniqueConstraint("application_id", "user_id", "what"),
        Index("ix_access_record_user", "user_id", "id"),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    what: Mapped[ReadWhat] = mapped_column(Code(ReadWhat))
    first_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    times: Mapped[int] = mapped_column(default=1)
    user: Mapped[User] = relationship()
    application: Mapped[Application] = relationship()
