"""Discussions of proposals, meetings of a panel with agenda and minutes, and the applicants' answers to reviews."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.models import Application
from app.calls.models import Call
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Versioned, Yen
from app.core.pdf import Document
from app.panels.choices import Audience, ItemStatus, Recommendation


class PanelRules(Keyed, Versioned, Model):
    """What an officer sets for a call's panel. A call without a row hides reviewers' names from one another."""

    __tablename__ = "panel_rules"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), unique=True)
    names_shown: Mapped[bool] = mapped_column(default=False)  # among reviewers; applicants never see any


class Discussion(Keyed, Versioned, Model):
    """The thread on one proposal; a row is made with its first post or when an officer closes it."""

    __tablename__ = "discussion"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Post(Keyed, Versioned, Model):
    """One post. It is never deleted; its author may mend it for a short while, and what it was is kept."""

    __tablename__ = "discussion_post"
    __table_args__ = (Index("ix_discussion_post_thread", "application_id", "audience", "id"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    by_office: Mapped[bool] = mapped_column(default=False)  # written as an officer
    audience: Mapped[Audience] = mapped_column(Code(Audience))
    text: Mapped[str] = mapped_column(Long)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    author: Mapped[User] = relationship()


class PostEdit(Keyed, Model):
    """What a post said before it was mended."""

    __tablename__ = "discussion_post_edit"
    post_id: Mapped[int] = mapped_column(ForeignKey("discussion_post.id"), index=True)
    text: Mapped[str] = mapped_column(Long)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class DiscussionReading(Keyed, Model):
    """Up to which post a person has read a thread."""

    __tablename__ = "discussion_reading"
    __table_args__ = (UniqueConstraint("user_id", "application_id"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    last_read_id: Mapped[int]


class Meeting(Keyed, Versioned, Model):
    """A meeting of a call's panel. Driving it (next item, postpone …) changes its version."""

    __tablename__ = "panel_meeting"
    __table_args__ = (Index("ix_panel_meeting_call", "call_id", "starts_at"),)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)  # as planned
    place: Mapped[str] = mapped_column(Short, default="")
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    driven_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    call: Mapped[Call] = relationship()
    members: Mapped[list["MeetingMember"]] = relationship(
        order_by="MeetingMember.id", cascade="all, delete-orphan", back_populates="meeting"
    )


class MeetingMember(Keyed, Model):
    """A reviewer who takes part in a meeting; ``present`` is told by an officer."""

    __tablename__ = "panel_meeting_member"
    __table_args__ = (UniqueConstraint("meeting_id", "user_id"), Index("ix_panel_meeting_member_user", "user_id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("panel_meeting.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    present: Mapped[bool] = mapped_column(default=True)
    meeting: Mapped[Meeting] = relationship(back_populates="members")
    user: Mapped[User] = relationship()


class AgendaItem(Keyed, Stateful, Model):
    """A proposal on the agenda of a meeting."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "application_id"),
        CheckConstraint("minutes between 1 and 240", "minutes"),
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("panel_meeting.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    position: Mapped[int]
    minutes: Mapped[int] = mapped_column(default=15)  # of time, as planned
    status: Mapped[ItemStatus] = mapped_column(Code(ItemStatus), default=ItemStatus.waiting)
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    application: Mapped[Application] = relationship()


class Attendance(Keyed, Model):
    """Whether a member was in the room while an item was discussed: computed, and corrected by an officer if need be."""

    __tablename__ = "agenda_attendance"
    __table_args__ = (UniqueConstraint("item_id", "user_id"),)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    in_room: Mapped[bool]
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Minutes(Keyed, Versioned, Model):
    """The minutes of one item: written by one officer, signed by another."""

    __tablename__ = "agenda_minutes"
    __table_args__ = (CheckConstraint("amount_yen >= 0", "amount"),)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    text: Mapped[str] = mapped_column(Text, default="")
    recommendation: Mapped[Recommendation] = mapped_column(Code(Recommendation))
    amount_yen: Mapped[int | None] = mapped_column(Yen)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    written_by: Mapped[User] = relationship(foreign_keys=[written_by_id])
    signed_by: Mapped[User | None] = relationship(foreign_keys=[signed_by_id])


class MinutesCopy(Keyed, Model):
    """A printed copy of a meeting's minutes and the applications of which it tells."""

    __tablename__ = "minutes_copy"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("panel_meeting.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    application_ids: Mapped[list[int]] = mapped_column(Json)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    document: Mapped[Document] = relationship()


class Rebuttal(Keyed, Versioned, Model):
    """A consortium's answer to its reviews; a draft of its own until ``sent_at`` is set, never changed afterwards."""

    __tablename__ = "rebuttal"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    overall: Mapped[str] = mapped_column(Text, default="")
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answers: Mapped[list["RebuttalAnswer"]] = relationship(order_by="RebuttalAnswer.id", cascade="all, delete-orphan")


class RebuttalAnswer(Keyed, Model):
    """The answer to one review's comment; ``comment`` is what was answered, kept as it was read."""

    __tablename__ = "rebuttal_answer"
    __table_args__ = (UniqueConstraint("rebuttal_id", "review_id"),)
    rebuttal_id: Mapped[int] = mapped_column(ForeignKey("rebuttal.id", ondelete="CASCADE"))
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    comment: Mapped[str] = mapped_column(Long, default="")
    text: Mapped[str] = mapped_column(Text, default="")


@event.listens_for(PostEdit, "before_update")
@event.listens_for(PostEdit, "before_delete")
@event.listens_for(Post, "before_delete")
def _kept(mapper: Any, connection: Any, target: Any) -> None:
    raise AssertionError("what was written in a discussion is kept")
