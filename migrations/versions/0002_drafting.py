"""drafting: rights, confirmations kept for ever, hand-over of the lead, changes by field, presence

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RIGHT = sa.Enum("read", "write", "sign", name="right", native_enum=False, create_constraint=True, length=32)
ROLE = sa.Enum(
    "managing_organisation", "project_leader", "sub_leader", "core_company", "lead_company", "implementer",
    "cooperator", "adviser", name="memberrole", native_enum=False, create_constraint=True, length=32,
)  # fmt: skip


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ("member_person", "member_invitation"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("right", RIGHT, nullable=False, server_default="sign"))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("right", server_default=None, existing_type=RIGHT, existing_nullable=False)
    with op.batch_alter_table("consortium_member") as batch:
        batch.add_column(sa.Column("lead_fills", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("consortium_member") as batch:
        batch.alter_column("lead_fills", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)
    with op.batch_alter_table("planned_milestone") as batch:
        batch.alter_column("due_on", nullable=True, existing_type=sa.Date())
    with op.batch_alter_table("sales_forecast") as batch:
        batch.alter_column("sales_yen", nullable=True, existing_type=sa.BigInteger())
        batch.alter_column("profit_yen", nullable=True, existing_type=sa.BigInteger())
    with op.batch_alter_table("commercialization_plan") as batch:
        for name in ("new_jobs", "patents", "trl_start", "trl_target"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))

    op.create_table(
        "share_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("lapsed_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], ondelete="CASCADE",
                                name=op.f("fk_share_confirmation_application_id")),
        sa.ForeignKeyConstraint(["member_id"], ["consortium_member.id"], ondelete="SET NULL",
                                name=op.f("fk_share_confirmation_member_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_share_confirmation_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_confirmation")),
    )  # fmt: skip
    op.create_index(op.f("ix_share_confirmation_application_id"), "share_confirmation", ["application_id"])
    op.create_index(op.f("ix_share_confirmation_user_id"), "share_confirmation", ["user_id"])
    op.create_index("ix_share_confirmation_member", "share_confirmation", ["member_id", "id"])

    op.create_table(
        "lead_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("to_member_id", sa.Integer(), nullable=False),
        sa.Column("role_after", ROLE, nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", instant(), nullable=False),
        sa.Column("closed_at", instant(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], ondelete="CASCADE",
                                name=op.f("fk_lead_handover_application_id")),
        sa.ForeignKeyConstraint(["to_member_id"], ["consortium_member.id"], ondelete="CASCADE",
                                name=op.f("fk_lead_handover_to_member_id")),
        sa.ForeignKeyConstraint(["offered_by_id"], ["user.id"], name=op.f("fk_lead_handover_offered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_handover")),
    )  # fmt: skip
    op.create_index(op.f("ix_lead_handover_to_member_id"), "lead_handover", ["to_member_id"])
    op.create_index("uq_lead_handover_open", "lead_handover", ["application_id"], unique=True,
                    sqlite_where=sa.text("closed_at is null"), postgresql_where=sa.text("closed_at is null"))  # fmt: skip

    op.create_table(
        "draft_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("field", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], ondelete="CASCADE",
                                name=op.f("fk_draft_change_application_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_change_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_change")),
    )  # fmt: skip
    op.create_index(op.f("ix_draft_change_user_id"), "draft_change", ["user_id"])
    op.create_index("ix_draft_change_part", "draft_change", ["application_id", "part", "version"])

    op.create_table(
        "presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("field", sa.String(80), nullable=False),
        sa.Column("seen_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], ondelete="CASCADE",
                                name=op.f("fk_presence_application_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE", name=op.f("fk_presence_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
        sa.UniqueConstraint("application_id", "user_id", name=op.f("uq_presence_application_id_user_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_presence_user_id"), "presence", ["user_id"])


def downgrade() -> None:
    for table in ("presence", "draft_change", "lead_handover", "share_confirmation"):
        op.drop_table(table)
    with op.batch_alter_table("commercialization_plan") as batch:
        for name in ("new_jobs", "patents", "trl_start", "trl_target"):
            batch.drop_column(name)
    op.execute("update sales_forecast set sales_yen = coalesce(sales_yen, 0), profit_yen = coalesce(profit_yen, 0)")
    with op.batch_alter_table("sales_forecast") as batch:
        batch.alter_column("sales_yen", nullable=False, existing_type=sa.BigInteger())
        batch.alter_column("profit_yen", nullable=False, existing_type=sa.BigInteger())
    op.execute("delete from planned_milestone where due_on is null")
    with op.batch_alter_table("planned_milestone") as batch:
        batch.alter_column("due_on", nullable=False, existing_type=sa.Date())
    with op.batch_alter_table("consortium_member") as batch:
        batch.drop_column("lead_fills")
    for table in ("member_person", "member_invitation"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_right"), type_="check")
            batch.drop_column("right")
