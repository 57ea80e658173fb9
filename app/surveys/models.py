"""Survey waves, their questions, who is asked, links, answers; series of industries."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.choices import Programme
from app.clusters.models import Cluster
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime
from app.core.i18n import Bilingual
from app.organisations.models import Organisation
from app.surveys.choices import Basis, ItemKind, ResponseStatus, SizeGroup, WaveKind, WaveStatus


class Wave(Keyed, Stateful, Model):
    """One asking: what, whom (as of a day), and from which day to which. Both days belong to it."""

    __tablename__ = "survey_wave"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", "days"),
        CheckConstraint("last_year >= first_year", "years"),
        CheckConstraint("(basis = 'programme') = (programme is not null)", "basis_is"),
        Index("ix_survey_wave_status", "status", "closes_on"),
    )
    kind: Mapped[WaveKind] = mapped_column(Code(WaveKind))
    title_en: Mapped[str] = mapped_column(Short)
    title_ja: Mapped[str] = mapped_column(Short)
    basis: Mapped[Basis] = mapped_column(Code(Basis))
    programme: Mapped[Programme | None] = mapped_column(Code(Programme))
    as_of: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    first_year: Mapped[int | None]  # of a wave of figures
    last_year: Mapped[int | None]
    status: Mapped[WaveStatus] = mapped_column(Code(WaveStatus), default=WaveStatus.draft)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    clusters: Mapped[list[Cluster]] = relationship(
        secondary="survey_wave_cluster", order_by="Cluster.cluster_code", lazy="selectin"
    )

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_en, self.title_ja)


class WaveCluster(Model):
    """A cluster whose members a wave asks."""

    __tablename__ = "survey_wave_cluster"
    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_wave.id", ondelete="CASCADE"), primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), primary_key=True)


class Item(Keyed, Model):
    """One question. ``standard`` is the code of one of the 18 of Monitoring Survey 1, empty for one of our own;
    ``options`` are those of a question that brings its own."""

    __tablename__ = "survey_item"
    __table_args__ = (Index("ix_survey_item_wave", "wave_id", "position"),)
    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_wave.id", ondelete="CASCADE"))
    position: Mapped[int]
    group: Mapped[str] = mapped_column("group_code", String(40))
    standard: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[ItemKind] = mapped_column(Code(ItemKind))
    text_en: Mapped[str] = mapped_column(String(400))
    text_ja: Mapped[str] = mapped_column(String(400))
    options: Mapped[list[Any]] = mapped_column(Json, default=list)

    @property
    def text(self) -> Bilingual:
        return Bilingual(self.text_en, self.text_ja)


class Asked(Keyed, Model):
    """An organisation that a wave asks. Cluster and size are as they were when it was drawn: one of each, so that the
    groups of a result are parts that do not overlap."""

    __tablename__ = "survey_asked"
    __table_args__ = (UniqueConstraint("wave_id", "organisation_id"), Index("ix_survey_asked_org", "organisation_id"))
    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_wave.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    size: Mapped[SizeGroup] = mapped_column(Code(SizeGroup))
    invited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    wave: Mapped[Wave] = relationship()
    organisation: Mapped[Organisation] = relationship()
    cluster: Mapped[Cluster | None] = relationship()
    response: Mapped["Response | None"] = relationship(back_populates="asked")


class Invitation(Keyed, Model):
    """A personal link to one organisation's answers, good until the wave closes. ``given_by`` is the address of
    whoever handed it on; empty when the office sent it."""

    __tablename__ = "survey_invitation"
    __table_args__ = (Index("ix_survey_invitation_asked", "asked_id"), Index("ix_survey_invitation_email", "email"))
    asked_id: Mapped[int] = mapped_column(ForeignKey("survey_asked.id"))
    email: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(5))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    given_by: Mapped[str] = mapped_column(String(254), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked: Mapped[Asked] = relationship()


class Response(Keyed, Stateful, Model):
    """What one organisation answers. ``answers``: by question (as text of its id) the option's code; or by fiscal year
    (as text) the figures by measure."""

    __tablename__ = "survey_response"
    asked_id: Mapped[int] = mapped_column(ForeignKey("survey_asked.id"), unique=True)
    status: Mapped[ResponseStatus] = mapped_column(Code(ResponseStatus), default=ResponseStatus.draft, index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    jsic: Mapped[str | None] = mapped_column(String(5))
    remark: Mapped[str] = mapped_column(Long, default="")
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_by: Mapped[str] = mapped_column(String(254), default="")
    asked: Mapped[Asked] = relationship(back_populates="response")


class IndustrySeries(Keyed, Model):
    """One published figure of an industry in one fiscal year, in the unit of its source (only ratios are used)."""

    __tablename__ = "industry_series"
    __table_args__ = (UniqueConstraint("source", "industry", "fiscal_year", "item"),)
    source: Mapped[str] = mapped_column(Short)
    industry: Mapped[str] = mapped_column(String(5))
    fiscal_year: Mapped[int]
    item: Mapped[str] = mapped_column(String(32))
    value: Mapped[int] = mapped_column(BigInteger)
