"""Published figures with the units they counted, and the reports and datasets made for the public."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.analytics.definitions import Verdict
from app.calls.choices import Programme
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime
from app.core.storage import StoredFile
from app.publishing.choices import (
    FileRole,
    FreezeFault,
    PublicationKind,
    PublicationStatus,
    QuestionKind,
    SnapshotStatus,
)


class Snapshot(Keyed, Stateful, Model):
    """A figure as it was counted once (CR-1): the question, the answer, the hash of the data, and who let it out.

    ``subject`` is the digest of the question without ``known_at``: of one subject one figure at most is published.
    ``rule`` is the digest of what the figure means, whatever its population: figures of one rule can be set off against
    each other (CR-14). ``known_at`` is a day that was over when the figure was frozen. ``project_ids`` are all projects
    that were looked at; whoever is kept out of one of them sees no list of records.
    """

    __tablename__ = "metric_snapshot"
    __table_args__ = (
        Index(
            "uq_metric_snapshot_published",
            "subject",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
        Index("ix_metric_snapshot_status", "status", "code"),
        Index("ix_metric_snapshot_rule", "rule", "status"),
        CheckConstraint("published_by_id is null or published_by_id <> proposed_by_id", "two_people"),
    )
    code: Mapped[str] = mapped_column(String(20), unique=True)
    status: Mapped[SnapshotStatus] = mapped_column(Code(SnapshotStatus), default=SnapshotStatus.draft)
    kind: Mapped[QuestionKind] = mapped_column(Code(QuestionKind))
    definition: Mapped[str] = mapped_column(String(8))
    definition_version: Mapped[int]
    words: Mapped[dict[str, Any]] = mapped_column(Json)  # title, text, source, caveat, unit: each in both languages
    parameters: Mapped[dict[str, Any]] = mapped_column(Json)
    subject: Mapped[str] = mapped_column(String(64))
    rule: Mapped[str] = mapped_column(String(64))
    programme: Mapped[Programme | None] = mapped_column(Code(Programme))
    remark_en: Mapped[str] = mapped_column(Long, default="")
    remark_ja: Mapped[str] = mapped_column(Long, default="")
    as_of: Mapped[date | None]
    known_at: Mapped[date]
    numerator: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    unknown: Mapped[int | None] = mapped_column(BigInteger)
    units_yes: Mapped[int | None]  # how many units stand behind a numerator in yen
    units_unknown: Mapped[int | None]
    units_no: Mapped[int | None]
    answer: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # cohorts and curve
    shown_years: Mapped[list[int] | None] = mapped_column(Json)  # the years that may stand beside the total (CR-14)
    held: Mapped[dict[str, Any] | None] = mapped_column(Json)  # what it would tell, beside what was public when frozen
    data_sha256: Mapped[str | None] = mapped_column(String(64))
    public_sha256: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64), deferred=True)
    office_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    public_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    project_ids: Mapped[list[int]] = mapped_column(Json, default=list, deferred=True)
    data_version: Mapped[int | None]
    fault: Mapped[FreezeFault | None] = mapped_column(Code(FreezeFault))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    frozen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("metric_snapshot.id"), index=True)
    replaces_reason_en: Mapped[str] = mapped_column(Long, default="")
    replaces_reason_ja: Mapped[str] = mapped_column(Long, default="")
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_units: Mapped[int | None]
    replaces: Mapped["Snapshot | None"] = relationship(remote_side="Snapshot.id")
    office_file: Mapped[StoredFile | None] = relationship(foreign_keys=office_file_id)
    public_file: Mapped[StoredFile | None] = relationship(foreign_keys=public_file_id)


class SnapshotUnit(Keyed, Model):
    """One unit that a figure counted, as it was then. Rows are only ever added."""

    __tablename__ = "metric_snapshot_unit"
    __table_args__ = (UniqueConstraint("snapshot_id", "key"), Index("ix_unit_verdict", "snapshot_id", "verdict", "key"))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("metric_snapshot.id"))
    key: Mapped[str] = mapped_column(String(130))
    verdict: Mapped[Verdict] = mapped_column(Code(Verdict))
    weight: Mapped[int] = mapped_column(BigInteger)
    cohort: Mapped[int | None]  # the fiscal year under which it stands; firms stand under none


class Publication(Keyed, Stateful, Model):
    """A programme report or a set of public data: ordered, made by the worker, published by somebody else.

    ``content`` is all that the files were made from; ``sha256`` is its digest. ``step`` of ``steps`` is how far the
    worker has come. ``cells_file`` holds what a report tells as sets of units: nobody gets it, later figures are held
    against it (CR-14).
    """

    __tablename__ = "publication"
    __table_args__ = (
        Index("ix_publication_status", "kind", "status", "code"),
        CheckConstraint("published_by_id is null or published_by_id <> ordered_by_id", "two_people"),
    )
    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[PublicationKind] = mapped_column(Code(PublicationKind))
    status: Mapped[PublicationStatus] = mapped_column(Code(PublicationStatus), default=PublicationStatus.ordered)
    title_en: Mapped[str] = mapped_column(Short)
    title_ja: Mapped[str] = mapped_column(Short)
    parameters: Mapped[dict[str, Any]] = mapped_column(Json)
    content: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, deferred=True)
    project_ids: Mapped[list[int]] = mapped_column(Json, default=list, deferred=True)
    cells_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    sha256: Mapped[str | None] = mapped_column(String(64))
    step: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=4)
    attempt: Mapped[int] = mapped_column(default=1)
    error: Mapped[str] = mapped_column(String(1000), default="")
    ordered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    ordered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"), index=True)
    replaces_reason_en: Mapped[str] = mapped_column(Long, default="")
    replaces_reason_ja: Mapped[str] = mapped_column(Long, default="")
    replaces: Mapped["Publication | None"] = relationship(remote_side="Publication.id")
    cells_file: Mapped[StoredFile | None] = relationship()
    files: Mapped[list["PublicationFile"]] = relationship(order_by="PublicationFile.id")


class PublicationFile(Keyed, Model):
    """A file of a publication."""

    __tablename__ = "publication_file"
    __table_args__ = (UniqueConstraint("publication_id", "role"),)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    role: Mapped[FileRole] = mapped_column(Code(FileRole))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    file: Mapped[StoredFile] = relationship()


class PublicationFigure(Keyed, Model):
    """A report rests on a figure."""

    __tablename__ = "publication_figure"
    __table_args__ = (
        UniqueConstraint("publication_id", "snapshot_id"),
        Index("ix_publication_figure_snapshot", "snapshot_id"),
    )
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("metric_snapshot.id"))


@event.listens_for(SnapshotUnit, "before_update")
@event.listens_for(SnapshotUnit, "before_delete")
def _as_it_was(mapper: Any, connection: Any, target: SnapshotUnit) -> None:
    raise AssertionError("what a figure counted stays as it was")


#: Of a frozen figure only what happens to it afterwards may change.
_AFTERWARDS = {
    "status", "version", "published_by_id", "published_at", "replaces_id", "replaces_reason_en", "replaces_reason_ja",
    "checked_at", "changed_units", "remark_en", "remark_ja",
}  # fmt: skip


@event.listens_for(Snapshot, "before_update")
def _frozen(mapper: Any, connection: Any, target: Snapshot) -> None:
    from sqlalchemy import inspect

    state = inspect(target)
    if state.attrs.frozen_at.history.unchanged in ((), (None,), [None], []):
        return  # it is being frozen just now, or is a draft still
    changed = {a.key for a in state.attrs if a.key in mapper.columns and a.history.has_changes()}
    if changed - _AFTERWARDS:
        raise AssertionError(f"a frozen figure is not overwritten: {sorted(changed - _AFTERWARDS)}")
