"""The ledger: rows are only ever added; what turns out otherwise is a later row."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Code, Keyed, Model, Short, Yen
from app.core.i18n import Bilingual
from app.organisations.models import Organisation
from app.outcomes.choices import Detail, DevState, ProductKind, RecordKind
from app.outcomes.models.reports import FollowUp
from app.projects.models import Project


class Observation(Keyed, Model):
    """What was true of a project on ``observed_on``, known since ``recorded_on``. Rows are only ever added.

    ``dev_state`` and ``stage`` are orthogonal (OUT-6). A later correction is a new row with a later ``recorded_on``.
    """

    __tablename__ = "observation"
    __table_args__ = (
        UniqueConstraint(
            "project_id",
            "observed_on",
            "recorded_on",
            "dev_state",
            "stage",
            "evidence_level",
            "product_key",
            "source",
            name="uq_observation_row",
        ),
        CheckConstraint("stage between 0 and 5", "stage"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
        Index(  # everything that rates read of an observation
            "ix_observation_project",
            *("project_id", "observed_on", "recorded_on", "evidence_level", "dev_state", "stage", "id"),
        ),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    observed_on: Mapped[date]
    recorded_on: Mapped[date]
    dev_state: Mapped[DevState] = mapped_column(Code(DevState))
    stage: Mapped[int]
    evidence_level: Mapped[int]
    product_key: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up.id"), index=True)
    project: Mapped[Project] = relationship()
    follow_up: Mapped[FollowUp | None] = relationship()


class Entry:
    """What every row of the ledger says of itself: what day it speaks of, since when it is on record, from where, how
    well shown (OUT-15), who recorded and who verified it."""

    event_on: Mapped[date]
    recorded_on: Mapped[date] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(Short, default="")
    evidence_level: Mapped[int] = mapped_column(default=0)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("outcome_claim.id"), index=True)


class Product(Keyed, Model):
    """A product, service or process that came of one project or of several. ``product_key`` is its key in files; what
    is known of it stands in its versions. Its row is locked while its shares change (OUT-7)."""

    __tablename__ = "product"
    product_key: Mapped[str] = mapped_column(String(60), unique=True)


class ProductVersion(Keyed, Entry, Model):
    """What was known of a product since a day; the last version recorded (``number``) holds."""

    __tablename__ = "product_version"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    number: Mapped[int]
    name_ja: Mapped[str] = mapped_column(Short, default="")
    name_en: Mapped[str] = mapped_column(Short, default="")
    kind: Mapped[ProductKind] = mapped_column(Code(ProductKind))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    first_sale_on: Mapped[date | None]  # CR-10: when known; else the year of the report is the event time
    withdrawn_on: Mapped[date | None]
    product: Mapped[Product] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)


class Attribution(Keyed, Entry, Model):
    """From ``event_on`` on this project's share of the product is ``share`` hundredths of a percent, until a row
    recorded later says otherwise. Together never more than 10,000 on any day (OUT-7)."""

    __tablename__ = "attribution"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint("share between 0 and 10000", "share"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
        Index("ix_attribution_project", "project_id", "product_id"),
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    share: Mapped[int]
    product: Mapped[Product] = relationship()
    project: Mapped[Project] = relationship()


class SalesYear(Keyed, Entry, Model):
    """What a product sold in one fiscal year, in whole yen: actual amounts only, no programme money (OUT-7). The row
    recorded last for a year holds; ``event_on`` is the year's last day."""

    __tablename__ = "sales_year"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint("sales_yen >= 0", "sales"),
        CheckConstraint("cost_yen >= 0", "cost"),
        CheckConstraint("export_yen >= 0 and export_yen <= sales_yen", "export"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
        Index("ix_sales_year_year", "fiscal_year", "product_id"),
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    number: Mapped[int]
    fiscal_year: Mapped[int]
    sales_yen: Mapped[int] = mapped_column(Yen)
    cost_yen: Mapped[int | None] = mapped_column(Yen)
    export_yen: Mapped[int | None] = mapped_column(Yen)
    product: Mapped[Product] = relationship()


class OutcomeRecord(Keyed, Entry, Model):
    """What else came of a project: a right, money, jobs, a company, a paper, a prize (OUT-8, OUT-13). A correction is a
    row that supersedes another; ``void`` takes it back."""

    __tablename__ = "outcome_record"
    __table_args__ = (
        CheckConstraint("amount_yen >= 0", "amount"),
        CheckConstraint("count >= 0", "count"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
        Index("ix_outcome_record_project", "project_id", "kind"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[RecordKind] = mapped_column(Code(RecordKind))
    detail: Mapped[Detail | None] = mapped_column(Code(Detail))
    title: Mapped[str] = mapped_column(Short)
    number: Mapped[str] = mapped_column(String(100), default="")
    registered_on: Mapped[date | None]
    owners: Mapped[str] = mapped_column(Short, default="")
    licensed: Mapped[bool | None]
    amount_yen: Mapped[int | None] = mapped_column(Yen)
    count: Mapped[int | None]
    void: Mapped[bool] = mapped_column(default=False)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("outcome_record.id"), unique=True)
    project: Mapped[Project] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


def _append_only(mapper: Any, connection: Any, target: Any) -> None:
    raise AssertionError("the ledger is append-only; record a new row")


for _model in (Observation, ProductVersion, Attribution, SalesYear, OutcomeRecord):
    event.listen(_model, "before_update", _append_only)
    event.listen(_model, "before_delete", _append_only)
