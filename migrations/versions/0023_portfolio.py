"""portfolio: saved views, the record of exports, the PDCA board

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("page", code("kept", "explorer", "pivot", "map"), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("pairs", json(), nullable=False),
        sa.Column("changed_at", instant(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_saved_view_owner_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_saved_view_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_view_owner_id_name")),
    )
    op.create_index("ix_saved_view_shared", "saved_view", ["shared", "name"])
    op.create_table(
        "portfolio_export",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("made_at", instant(), nullable=False),
        sa.Column("page", code("kept", "explorer", "pivot", "map"), nullable=False),
        sa.Column("file_kind", code("filekind", "csv", "xlsx"), nullable=False),
        sa.Column("pairs", json(), nullable=False),
        sa.Column("sentence", sa.String(4000), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("row_count >= 0", name=op.f("ck_portfolio_export_row_count")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_portfolio_export_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_export")),
    )
    op.create_index("ix_portfolio_export_user", "portfolio_export", ["user_id", "made_at"])
    op.create_table(
        "pdca_target",
        sa.Column("indicator", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("baseline", sa.Float(), nullable=False),
        sa.Column("target", sa.Float(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("programme", code("programme", "consortium_rd", "new_collaboration"), nullable=True),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("actual", code("actual", "typed", "commercialization", "participation"), nullable=False),
        sa.Column("question", json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_pdca_target_period")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_pdca_target_cluster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pdca_target")),
    )
    op.create_index("ix_pdca_target_period", "pdca_target", ["starts_on", "ends_on"])
    op.create_index(op.f("ix_pdca_target_cluster_id"), "pdca_target", ["cluster_id"])
    op.create_table(
        "pdca_value",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("unknown", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("recorded_at", instant(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("numerator is null or numerator >= 0", name=op.f("ck_pdca_value_numerator")),
        sa.ForeignKeyConstraint(["target_id"], ["pdca_target.id"], name=op.f("fk_pdca_value_target_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_pdca_value_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pdca_value")),
    )
    op.create_index("ix_pdca_value_target", "pdca_value", ["target_id", "observed_on", "id"])
    op.create_table(
        "pdca_action",
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("cluster_target_id", sa.Integer(), nullable=True),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", code("actionstatus", "planned", "doing", "done", "dropped", "carried"), nullable=False),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("gap_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(2000), nullable=False),
        sa.Column("carried_from_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(target_id is null) <> (cluster_target_id is null)", name=op.f("ck_pdca_action_subject")),
        sa.ForeignKeyConstraint(["target_id"], ["pdca_target.id"], name=op.f("fk_pdca_action_target_id")),
        sa.ForeignKeyConstraint(
            ["cluster_target_id"], ["cluster_target.id"], name=op.f("fk_pdca_action_cluster_target_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_pdca_action_owner_id")),
        sa.ForeignKeyConstraint(["carried_from_id"], ["pdca_action.id"], name=op.f("fk_pdca_action_carried_from_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pdca_action")),
        sa.UniqueConstraint("carried_from_id", name=op.f("uq_pdca_action_carried_from_id")),
    )
    op.create_index("ix_pdca_action_year", "pdca_action", ["fiscal_year", "target_id"])
    op.create_index(op.f("ix_pdca_action_target_id"), "pdca_action", ["target_id"])
    op.create_index(op.f("ix_pdca_action_cluster_target_id"), "pdca_action", ["cluster_target_id"])
    op.create_index(op.f("ix_pdca_action_owner_id"), "pdca_action", ["owner_id"])


def downgrade() -> None:
    for table in ("pdca_action", "pdca_value", "pdca_target", "portfolio_export", "saved_view"):
        op.drop_table(table)
