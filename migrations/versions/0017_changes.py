"""changes: requests with their items

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
STATUS = (
    "draft", "submitted", "returned", "approved", "approved_with_conditions", "rejected", "notified", "withdrawn",
)  # fmt: skip
KINDS = (
    "content", "goal", "period", "member_leaves", "member_joins", "managing_organisation", "succession", "item_transfer",
    "total_amount", "plan", "suspension", "abolition", "minor",
)  # fmt: skip


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "change_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status", sa.Enum(*STATUS, name="changestatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effect_on_goals", sa.Text(), nullable=False),
        sa.Column("effect_on_budget", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("effects", json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_change_request_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_change_request_created_by_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user.id"], name=op.f("fk_change_request_submitted_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_change_request_decided_by_id")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_change_request_project_id_number")),
    )
    op.create_index("ix_change_request_status", "change_request", ["status", "submitted_at", "id"])
    op.create_table(
        "change_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum(*KINDS, name="changekind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("given", json(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_change_item_position")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_item")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["change_request.id"], name=op.f("fk_change_item_request_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_change_item_request", "change_item", ["request_id", "position"])


def downgrade() -> None:
    op.drop_table("change_item")
    op.drop_table("change_request")
