"""doubles: awards of other funders, likenesses found, what has been compared

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "funding_award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("funder", sa.String(200), nullable=False),
        sa.Column("award_no", sa.String(60), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.Column("title_ja", sa.String(200), nullable=False),
        sa.Column("abstract", sa.String(4000), nullable=False),
        sa.Column("corporate_numbers", sa.String(1000), nullable=False),
        sa.Column("people", sa.String(1000), nullable=False),
        sa.Column("people_key", sa.String(1000), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_award")),
        sa.UniqueConstraint("funder", "award_no", name=op.f("uq_funding_award_funder_award_no")),
    )
    op.create_table(
        "likeness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("other_kind", code("otherkind", "application", "project", "award"), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("other_number", sa.String(100), nullable=False),
        sa.Column("other_title_en", sa.String(200), nullable=False),
        sa.Column("other_title_ja", sa.String(200), nullable=False),
        sa.Column("title_score", sa.Integer(), nullable=False),
        sa.Column("text_score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("found_at", instant(), nullable=False),
        sa.Column("verdict", code("verdict", "open", "separate", "double"), nullable=False),
        sa.Column("note", sa.String(4000), nullable=False),
        sa.Column("judged_at", instant(), nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_likeness_application_id")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["user.id"], name=op.f("fk_likeness_judged_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness")),
        sa.UniqueConstraint("application_id", "other_kind", "other_id",
                            name=op.f("uq_likeness_application_id_other_kind_other_id")),
    )  # fmt: skip
    op.create_index("ix_likeness_verdict", "likeness", ["verdict", "id"])
    op.create_table(
        "doubles_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_doubles_check_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubles_check")),
        sa.UniqueConstraint("application_id", name=op.f("uq_doubles_check_application_id")),
    )


def downgrade() -> None:
    for table in ("doubles_check", "likeness", "funding_award"):
        op.drop_table(table)
