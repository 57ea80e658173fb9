"""panels: discussion, answers, meetings

Revision: 0011, after 0010
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
TABLES = (
    "panel_rules", "discussion", "discussion_post", "discussion_post_edit", "discussion_reading", "panel_meeting",
    "panel_meeting_member", "agenda_item", "agenda_attendance", "agenda_minutes", "minutes_copy", "rebuttal",
    "rebuttal_answer",
)  # fmt: skip


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def number(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=empty)


def instant(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def table(
    name: str, *parts: Any, keys: dict[str, str], unique: tuple[str, ...] = (), cascade: tuple[str, ...] = ()
) -> None:
    """A table with its key; ``keys`` are foreign keys (column: table), ``unique`` the columns of one constraint each,
    joined by a plus."""
    op.create_table(
        name,
        number("id"),
        *parts,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}"),
                ondelete="CASCADE" if column in cascade else None,
            )
            for column, other in keys.items()
        ),
        *(
            sa.UniqueConstraint(*columns.split("+"), name=op.f(f"uq_{name}_{columns.replace('+', '_')}"))
            for columns in unique
        ),
    )  # fmt: skip


def upgrade() -> None:
    _discussions()
    _meetings()
    _minutes()
    _rebuttals()


def _discussions() -> None:
    table(
        "panel_rules", number("version"), number("call_id"), sa.Column("names_shown", sa.Boolean(), nullable=False),
        keys={"call_id": "call"}, unique=("call_id",), cascade=("call_id",),
    )  # fmt: skip
    table(
        "discussion", number("version"), number("application_id"), instant("closed_at", empty=True),
        number("closed_by_id", empty=True),
        keys={"application_id": "application", "closed_by_id": "user"}, unique=("application_id",),
    )  # fmt: skip
    table(
        "discussion_post", number("version"), number("application_id"), number("author_id"),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.Column("audience", code("audience", "office", "reviewers", "panel"), nullable=False),
        sa.Column("text", sa.String(4000), nullable=False), instant("written_at"), instant("edited_at", empty=True),
        keys={"application_id": "application", "author_id": "user"},
    )  # fmt: skip
    op.create_index("ix_discussion_post_thread", "discussion_post", ["application_id", "audience", "id"])
    op.create_index(op.f("ix_discussion_post_author_id"), "discussion_post", ["author_id"])
    table(
        "discussion_post_edit", number("post_id"), sa.Column("text", sa.String(4000), nullable=False), instant("at"),
        keys={"post_id": "discussion_post"},
    )  # fmt: skip
    op.create_index(op.f("ix_discussion_post_edit_post_id"), "discussion_post_edit", ["post_id"])
    table(
        "discussion_reading", number("user_id"), number("application_id"), number("last_read_id"),
        keys={"user_id": "user", "application_id": "application"}, unique=("user_id+application_id",),
        cascade=("user_id",),
    )  # fmt: skip


def _meetings() -> None:
    table(
        "panel_meeting", number("version"), number("call_id"), instant("starts_at"),
        sa.Column("place", sa.String(200), nullable=False), number("chair_id", empty=True),
        instant("began_at", empty=True), instant("ended_at", empty=True), instant("driven_at", empty=True),
        number("made_by_id"), keys={"call_id": "call", "chair_id": "user", "made_by_id": "user"},
    )  # fmt: skip
    op.create_index("ix_panel_meeting_call", "panel_meeting", ["call_id", "starts_at"])
    table(
        "panel_meeting_member", number("meeting_id"), number("user_id"),
        sa.Column("present", sa.Boolean(), nullable=False),
        keys={"meeting_id": "panel_meeting", "user_id": "user"}, unique=("meeting_id+user_id",),
        cascade=("meeting_id",),
    )  # fmt: skip
    op.create_index("ix_panel_meeting_member_user", "panel_meeting_member", ["user_id"])
    table(
        "agenda_item", number("version"), number("meeting_id"), number("application_id"), number("position"),
        number("minutes"),
        sa.Column("status", code("itemstatus", "waiting", "discussing", "done", "postponed", "signed"), nullable=False),
        instant("began_at", empty=True), instant("ended_at", empty=True),
        sa.CheckConstraint("minutes between 1 and 240", name=op.f("ck_agenda_item_minutes")),
        keys={"meeting_id": "panel_meeting", "application_id": "application"}, unique=("meeting_id+application_id",),
    )  # fmt: skip
    op.create_index(op.f("ix_agenda_item_application_id"), "agenda_item", ["application_id"])


def _minutes() -> None:
    table(
        "agenda_attendance", number("item_id"), number("user_id"), sa.Column("in_room", sa.Boolean(), nullable=False),
        number("corrected_by_id", empty=True),
        keys={"item_id": "agenda_item", "user_id": "user", "corrected_by_id": "user"}, unique=("item_id+user_id",),
        cascade=("item_id",),
    )  # fmt: skip
    table(
        "agenda_minutes", number("version"), number("item_id"), sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recommendation", code("recommendation", "adopt", "reserve", "reject", "undecided"), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=True), number("written_by_id"), instant("written_at"),
        number("signed_by_id", empty=True), instant("signed_at", empty=True),
        sa.CheckConstraint("amount_yen >= 0", name=op.f("ck_agenda_minutes_amount")),
        keys={"item_id": "agenda_item", "written_by_id": "user", "signed_by_id": "user"}, unique=("item_id",),
    )  # fmt: skip
    table(
        "minutes_copy", number("meeting_id"), number("document_id"), sa.Column("application_ids", json(), nullable=False),
        number("by_id"), instant("at"),
        keys={"meeting_id": "panel_meeting", "document_id": "document", "by_id": "user"}, unique=("document_id",),
    )  # fmt: skip
    op.create_index(op.f("ix_minutes_copy_meeting_id"), "minutes_copy", ["meeting_id"])


def _rebuttals() -> None:
    table(
        "rebuttal", number("version"), number("application_id"), sa.Column("overall", sa.Text(), nullable=False),
        number("saved_by_id"), instant("saved_at"), number("sent_by_id", empty=True), instant("sent_at", empty=True),
        keys={"application_id": "application", "saved_by_id": "user", "sent_by_id": "user"},
        unique=("application_id",),
    )  # fmt: skip
    table(
        "rebuttal_answer", number("rebuttal_id"), number("review_id"),
        sa.Column("comment", sa.String(4000), nullable=False), sa.Column("text", sa.Text(), nullable=False),
        keys={"rebuttal_id": "rebuttal", "review_id": "review"}, unique=("rebuttal_id+review_id",),
        cascade=("rebuttal_id",),
    )  # fmt: skip
    op.create_index(op.f("ix_rebuttal_answer_review_id"), "rebuttal_answer", ["review_id"])


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
