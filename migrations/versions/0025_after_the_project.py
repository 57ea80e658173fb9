"""outcomes: disputes of verified sales, quarterly reports of new collaboration plans

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def key(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def identity(table: str) -> tuple:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    _disputes()
    _years()
    with op.batch_alter_table("follow_up") as batch:
        batch.add_column(sa.Column("draft_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("draft_since", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_follow_up_draft_by_id"), "user", ["draft_by_id"], ["id"])
    given = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("flag", sa.Column("given", given, nullable=True))
    op.add_column("flag", sa.Column("gone", sa.String(20), server_default="", nullable=False))


def _disputes() -> None:
    op.create_table(
        "outcome_dispute",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("observation_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "status", code("disputestatus", "open", "answered", "upheld", "withdrawn", "corrected"), nullable=False
        ),
        sa.Column("undisputed", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(4000), nullable=False),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(4000), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("undisputed between -1 and 2", name=op.f("ck_outcome_dispute_undisputed")),
        key("outcome_dispute", "observation_id", "observation", "CASCADE"),
        key("outcome_dispute", "organisation_id", "organisation"),
        key("outcome_dispute", "opened_by_id", "user"),
        key("outcome_dispute", "decided_by_id", "user"),
        key("outcome_dispute", "correction_id", "observation"),
        *identity("outcome_dispute"),
    )
    op.create_index("ix_outcome_dispute_status", "outcome_dispute", ["status", "id"])
    op.create_index("ix_outcome_dispute_organisation", "outcome_dispute", ["organisation_id", "status"])
    op.create_table(
        "outcome_dispute_note",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(4000), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        key("outcome_dispute_note", "dispute_id", "outcome_dispute", "CASCADE"),
        key("outcome_dispute_note", "by_id", "user"),
        key("outcome_dispute_note", "file_id", "stored_file"),
        *identity("outcome_dispute_note"),
    )
    op.create_table(
        "evidence_mark",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("observation_id", sa.Integer(), nullable=True),
        sa.Column("sales_year_id", sa.Integer(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("level between -1 and 3", name=op.f("ck_evidence_mark_level")),
        sa.CheckConstraint("(observation_id is null) <> (sales_year_id is null)", name=op.f("ck_evidence_mark_one")),
        key("evidence_mark", "dispute_id", "outcome_dispute", "CASCADE"),
        key("evidence_mark", "observation_id", "observation", "CASCADE"),
        key("evidence_mark", "sales_year_id", "sales_year", "CASCADE"),
        *identity("evidence_mark"),
    )
    indexes("outcome_dispute", "observation_id")
    indexes("outcome_dispute_note", "dispute_id")
    indexes("evidence_mark", "dispute_id", "observation_id", "sales_year_id")


def _years() -> None:
    amounts = ("operating_profit_yen", "personnel_cost_yen", "depreciation_yen", "negotiating_yen", "funding_yen")
    op.create_table(
        "year_status",
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in amounts),
        sa.Column("negotiating", sa.Integer(), nullable=True),
        *(
            sa.Column(name, sa.String(4000), nullable=False)
            for name in ("sales_words", "funding", "members", "needs_words")
        ),
        sa.Column("members_changed", sa.Boolean(), nullable=True),
        sa.Column("needs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("personnel_cost_yen >= 0 and depreciation_yen >= 0", name=op.f("ck_year_status_costs")),
        sa.CheckConstraint(
            "negotiating >= 0 and negotiating_yen >= 0 and funding_yen >= 0", name=op.f("ck_year_status_amounts")
        ),
        key("year_status", "follow_up_id", "follow_up", "CASCADE"),
        sa.UniqueConstraint("follow_up_id", name=op.f("uq_year_status_follow_up_id")),
        *identity("year_status"),
    )
    op.create_table(
        "plan_item_year",
        sa.Column("year_status_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(200), nullable=False),
        sa.Column("grades", sa.String(4), nullable=False),
        sa.CheckConstraint("length(grades) = 4", name=op.f("ck_plan_item_year_grades")),
        key("plan_item_year", "year_status_id", "year_status", "CASCADE"),
        sa.UniqueConstraint("year_status_id", "position", name=op.f("uq_plan_item_year_year_status_id_position")),
        *identity("plan_item_year"),
    )


def downgrade() -> None:
    with op.batch_alter_table("follow_up") as batch:
        batch.drop_constraint(op.f("fk_follow_up_draft_by_id"), type_="foreignkey")
        batch.drop_column("draft_since")
        batch.drop_column("draft_by_id")
    op.drop_column("flag", "gone")
    op.drop_column("flag", "given")
    for table in ("plan_item_year", "year_status", "evidence_mark", "outcome_dispute_note", "outcome_dispute"):
        op.drop_table(table)
