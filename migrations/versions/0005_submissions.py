"""submissions: sealed parts, corrections, frozen forecasts, deadline insurance

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = ("draft", "submitted", "under_review", "ineligible", "withdrawn", "adopted", "reserve", "rejected")
AFTER = (*BEFORE[:2], "correcting", *BEFORE[2:])


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _statuses(values: tuple[str, ...]) -> None:
    said = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("application") as batch:
        batch.drop_constraint(op.f("ck_application_applicationstatus"), type_="check")
        batch.create_check_constraint(op.f("ck_application_applicationstatus"), f"status IN ({said})")


def upgrade() -> None:
    _statuses(AFTER)
    with op.batch_alter_table("application") as batch:
        batch.add_column(sa.Column("insured_at", instant(), nullable=True))
        batch.add_column(sa.Column("insured_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_application_insured_by_id"), "user", ["insured_by_id"], ["id"])
    with op.batch_alter_table("submission") as batch:
        batch.add_column(sa.Column("by_insurance", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("shared_document_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_submission_shared_document_id"), "document", ["shared_document_id"], ["id"])
    with op.batch_alter_table("submission") as batch:
        batch.alter_column("by_insurance", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)
    op.create_table(
        "sealed_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_sealed_part_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_part")),
        sa.UniqueConstraint("submission_id", "member_id", name=op.f("uq_sealed_part_submission_id_member_id")),
    )
    op.create_table(
        "frozen_forecast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("measure", code("measure", "first_sale", "sales", "profit", "new_jobs", "patents", "trl_start",
                                  "trl_target"), nullable=False),
        sa.Column("year_no", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_frozen_forecast_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_forecast")),
        sa.UniqueConstraint("submission_id", "measure", "year_no",
                            name=op.f("uq_frozen_forecast_submission_id_measure_year_no")),
    )  # fmt: skip
    op.create_index("ix_frozen_forecast_measure", "frozen_forecast", ["measure", "year_no"])
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        sa.Column("sent_back", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(4000), nullable=False),
        sa.Column("opened_at", instant(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("due_at", instant(), nullable=True),
        sa.Column("closed_at", instant(), nullable=True),
        sa.Column("outcome", code("correctionoutcome", "handed_in", "cancelled", "lapsed"), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_correction_application_id")),
        sa.ForeignKeyConstraint(["base_id"], ["submission.id"], name=op.f("fk_correction_base_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user.id"], name=op.f("fk_correction_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index("uq_correction_open", "correction", ["application_id"], unique=True,
                    sqlite_where=sa.text("closed_at is null"), postgresql_where=sa.text("closed_at is null"))  # fmt: skip
    op.create_index("ix_correction_due", "correction", ["closed_at", "due_at"])
    op.create_table(
        "ready_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("taken_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], ondelete="CASCADE",
                                name=op.f("fk_ready_copy_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_copy")),
        sa.UniqueConstraint("application_id", name=op.f("uq_ready_copy_application_id")),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("ready_copy", "correction", "frozen_forecast", "sealed_part"):
        op.drop_table(table)
    with op.batch_alter_table("submission") as batch:
        batch.drop_constraint(op.f("fk_submission_shared_document_id"), type_="foreignkey")
        batch.drop_column("shared_document_id")
        batch.drop_column("by_insurance")
    with op.batch_alter_table("application") as batch:
        batch.drop_constraint(op.f("fk_application_insured_by_id"), type_="foreignkey")
        batch.drop_column("insured_by_id")
        batch.drop_column("insured_at")
    op.execute("update application set status = 'submitted' where status = 'correcting'")
    _statuses(BEFORE)
