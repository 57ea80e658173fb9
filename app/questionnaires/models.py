"""Questionnaires and their versions: a draft that officers edit, and published versions that nobody can change."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.db import Json, Keyed, Long, Model, Short, UTCDateTime, Versioned, session
from app.core.i18n import Bilingual


class Questionnaire(Keyed, Model):
    """The questions of one call. It does not know the call: the call points to it."""

    __tablename__ = "questionnaire"
    title_en: Mapped[str] = mapped_column(Short)
    title_ja: Mapped[str] = mapped_column(Short)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    versions: Mapped[list["QuestionnaireVersion"]] = relationship(
        order_by="QuestionnaireVersion.number.desc()", viewonly=True
    )

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_en, self.title_ja)


class QuestionnaireVersion(Keyed, Versioned, Model):
    """One version of a questionnaire. ``content`` is what definitions.read reads; ``content_hash`` is its SHA-256.

    At most one version is a draft; once ``published_at`` is set the row is frozen.
    """

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("questionnaire_id", "number"),)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    notes: Mapped[str] = mapped_column(Long, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


@event.listens_for(QuestionnaireVersion, "before_update")
def _frozen(mapper: Any, connection: Any, target: QuestionnaireVersion) -> None:
    """A published version never changes, whoever asks; the publishing itself is the last change."""
    publishing = inspect(target).attrs.published_at.history
    if any(publishing.added) and not any(publishing.deleted):
        return
    if session.is_modified(target) and (target.published_at is not None or any(publishing.deleted)):
        raise AssertionError("a published questionnaire is frozen")


@event.listens_for(QuestionnaireVersion, "before_delete")
def _kept(mapper: Any, connection: Any, target: QuestionnaireVersion) -> None:
    if target.published_at is not None:
        raise AssertionError("a published questionnaire is frozen")
